"""PyTorch's side: steps of training a model of random weights, eager, in float32.

    python torch_peer.py CONFIG BATCH THREADS LAYERS

CONFIG is a folder with a `config.json`, LAYERS how many layers from the end are taught, or `all`. A step is what the
Trainer does: forward pass, cross-entropy, backward pass, clipping to a norm of 1, fused AdamW.
"""
import sys
import time
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForImageClassification

sys.path.append(str(Path(__file__).resolve().parent.parent / "peers"))
from protocol import answer, peak_kb  # noqa: E402


def main():
    folder, batch, threads, layers = sys.argv[1:]
    batch = int(batch)
    torch.set_num_threads(int(threads))
    torch.manual_seed(1)
    start = time.perf_counter_ns()
    config = AutoConfig.from_pretrained(folder)
    model = AutoModelForImageClassification.from_config(config).train()
    if layers != "all":
        taught = range(config.num_hidden_layers - int(layers), config.num_hidden_layers)
        for name, parameter in model.named_parameters():
            number = [part for part in name.split(".") if part.isdigit()]
            after = name.startswith(("vit.layernorm", "classifier"))
            parameter.requires_grad_(after or bool(number) and int(number[0]) in taught)
    learnt = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learnt, lr=5e-5, weight_decay=0.0, fused=True)
    images = torch.rand(batch, config.num_channels, config.image_size, config.image_size) * 2 - 1
    labels = torch.arange(batch) % config.num_labels
    answer({"engine": f"PyTorch {torch.__version__}", "load_ns": time.perf_counter_ns() - start})
    for line in sys.stdin:
        words = line.split()
        if words[0] == "quit":
            break
        times = []
        for _ in range(int(words[1])):
            start = time.perf_counter_ns()
            optimizer.zero_grad(set_to_none=True)
            loss = torch.nn.functional.cross_entropy(model(pixel_values=images).logits, labels)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learnt, 1.0)
            optimizer.step()
            times.append(time.perf_counter_ns() - start)
        answer({"ns": times, "loss": loss.item()})
    answer({"peak_kb": peak_kb()})


main()

"""PyTorch (eager execution, transformers' default attention) behind the line protocol of aiguard-bench.

Started by run.py: python torch_peer.py MODEL PIXELS BATCH THREADS
"""
import json
import resource
import sys
import time

import numpy as np
import torch
from transformers import ViTForImageClassification


def answer(value):
    print(json.dumps(value), flush=True)


def main(folder, path, batch, threads):
    torch.set_num_threads(threads)
    start = time.perf_counter_ns()
    model = ViTForImageClassification.from_pretrained(folder, dtype=torch.float32).eval()
    loading = time.perf_counter_ns() - start
    config = model.config
    pixels = torch.from_numpy(np.fromfile(path, dtype="<f4")).reshape(
        batch, config.num_channels, config.image_size, config.image_size)
    answer({"engine": f"PyTorch {torch.__version__}", "kernels": torch.backends.cpu.get_cpu_capability(),
            "load_ns": loading})
    with torch.inference_mode():
        for line in sys.stdin:
            words = line.split()
            if words[0] == "quit":
                break
            times = []
            for _ in range(int(words[1])):
                start = time.perf_counter_ns()
                logits = model(pixel_values=pixels).logits
                times.append(time.perf_counter_ns() - start)
            answer({"ns": times, "logits": logits.flatten().tolist()})
    answer({"peak_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss})


main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))

"""A model that `aiguard train` has taught, and what transformers says of it.

    python Fixtures/trained/make.py path/to/aiguard

with transformers 5.23.0, torch 2.13.0, Pillow 13.0.0. The tool teaches a tiny ViT to tell bright bitmaps from dark ones
and writes `model`; transformers loads that folder, by AutoModelForImageClassification and AutoImageProcessor, and gives the
logits of four bitmaps in float64, which are the golden. The difference that float32 makes there is printed.

The bitmaps are 8 x 8 pixels of noise around a level. With other kernels than those of the CPU that this was run on the
model's last bits would be others; the golden is of the model that is here.
"""

import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

import PIL
import PIL.Image
import torch
import transformers

here = pathlib.Path(__file__).parent
labels = ["bright", "dark"]
config = {
    "architectures": ["ViTForImageClassification"], "model_type": "vit", "image_size": 8, "patch_size": 4,
    "num_channels": 3, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32,
    "hidden_act": "gelu", "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, "layer_norm_eps": 1e-6,
    "initializer_range": 0.02, "qkv_bias": True,
}
processor = {
    "image_processor_type": "ViTImageProcessor", "do_resize": True, "size": {"height": 8, "width": 8}, "resample": 2,
    "do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True, "image_mean": [0.5] * 3, "image_std": [0.5] * 3,
}
recipe = {
    "description": "Bright and dark noise", "num_train_epochs": 6, "learning_rate": 5e-3, "ema_decay": 0.9,
    "validation": {"fraction": 0.2, "group_by": "content"}, "metric_for_best_model": "loss",
}


def bitmap(path, label):
    offset = 130 if label == "bright" else 0
    pixels = bytes(offset + random.randrange(121) for _ in range(8 * 8 * 3))
    PIL.Image.frombytes("RGB", (8, 8), pixels).save(path)


def main():
    random.seed(1)
    for name in ["model", "images"]:
        shutil.rmtree(here / name, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for label in labels:
            (folder / "data" / label).mkdir(parents=True)
            for index in range(24):
                bitmap(folder / "data" / label / f"{index}.bmp", label)
        (folder / "net").mkdir()
        (folder / "net" / "config.json").write_text(json.dumps(config))
        (folder / "net" / "preprocessor_config.json").write_text(json.dumps(processor))
        (folder / "recipe.json").write_text(json.dumps(recipe))
        subprocess.run(
            [sys.argv[1], "train", "--data", folder / "data", "--config", folder / "net", "--recipe",
             folder / "recipe.json", "--out", here / "model"], check=True)
    (here / "images").mkdir()
    golden = {
        "transformers": transformers.__version__, "torch": torch.__version__, "pillow": PIL.__version__, "images": {},
    }
    network = transformers.AutoModelForImageClassification.from_pretrained(here / "model").eval()
    prepare = transformers.AutoImageProcessor.from_pretrained(here / "model", backend="pil")
    golden["labels"] = [network.config.id2label[index] for index in range(2)]
    worst = 0.0
    for index in range(4):
        path = here / "images" / f"{index}.bmp"
        bitmap(path, labels[index % 2])
        values = prepare(PIL.Image.open(path), return_tensors="pt")["pixel_values"]
        with torch.no_grad():
            single = network.float()(values).logits[0]
            exact = network.double()(values.double()).logits[0]
        worst = max(worst, (single.double() - exact).abs().max().item())
        golden["images"][path.name] = exact.tolist()
    (here / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")
    print("float32 of transformers differs from float64 by", worst)


main()

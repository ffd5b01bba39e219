"""What the PyTorch reference says of 2,000 CIFAKE test images with the default model.

Run: python make.py CIFAKE.ZIP [MODEL]     (MODEL: a model folder; without it Sources/CDefaultModel/model)
transformers 5.23.0, torch 2.13.0 on the CPU, Pillow 13.0.0, safetensors 0.8.0, NumPy 2.4.6.

Order: the entries of the archive whose names start with test/REAL/, sorted by the bytes of their names, the first
1,000 of them; then the same of test/FAKE/. Preparation: the reference's PIL back end; model: float32, the default
attention, batches of 100.

golden.safetensors: logits F32 [2000, 2] (columns REAL, FAKE).
manifest.json: oracle versions; SHA-256 of the model and of the joined names (each followed by a line feed);
`labels`, one character 0 or 1 an image, the index of the larger logit; `smallest_margin`, the smallest distance
between the two logits of an image, so that an error far below it cannot change a label.
The images are not here: CIFAKE (Bird and Lotfi 2023) is at kaggle.com/datasets/birdy654/cifake-real-and-ai-generated-synthetic-images.
"""
import hashlib
import io
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402

import numpy as np  # noqa: E402
import torch  # noqa: E402
from PIL import Image  # noqa: E402
from safetensors.numpy import save_file  # noqa: E402
from transformers import AutoImageProcessor, AutoModelForImageClassification  # noqa: E402


def main(archive, folder):
    torch.set_num_threads(2)
    processor = AutoImageProcessor.from_pretrained(folder, backend="pil")
    assert type(processor).__name__ == "ViTImageProcessorPil", type(processor)
    model = AutoModelForImageClassification.from_pretrained(folder, dtype=torch.float32).eval()
    assert model.config.id2label == {0: "REAL", 1: "FAKE"}
    logits = []
    with zipfile.ZipFile(archive) as entries:
        everything = sorted(entries.namelist(), key=lambda name: name.encode())
        names = [name for label in ("REAL", "FAKE")
                 for name in [n for n in everything if n.startswith(f"test/{label}/") and not n.endswith("/")][:1000]]
        assert len(names) == 2000
        for start in range(0, 2000, 100):
            images = [Image.open(io.BytesIO(entries.read(name))).convert("RGB") for name in names[start:start + 100]]
            with torch.no_grad():
                logits.append(model(**processor(images=images, return_tensors="pt")).logits)
    logits = torch.cat(logits).numpy()
    labels = logits.argmax(axis=1)
    save_file({"logits": logits}, HERE / "golden.safetensors")
    manifest = {
        "oracle": oracle.versions("transformers", "torch", "pillow", "safetensors", "numpy"),
        "cpu": oracle.cpu_model(),
        "modelSHA256": hashlib.sha256((Path(folder) / "model.safetensors").read_bytes()).hexdigest(),
        "namesSHA256": hashlib.sha256("".join(name + "\n" for name in names).encode()).hexdigest(),
        "firstNames": [names[0], names[1], names[1000], names[1001]],
        "accuracy": float((labels == np.repeat([0, 1], 1000)).mean()),
        "smallest_margin": float(np.abs(logits[:, 0] - logits[:, 1]).min()),
        "labels": "".join(map(str, labels)),
    }
    oracle.write_json(HERE / "manifest.json", manifest)
    print({key: value for key, value in manifest.items() if key != "labels"})


default = HERE.parent.parent / "Sources/CDefaultModel/model"
main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else default)

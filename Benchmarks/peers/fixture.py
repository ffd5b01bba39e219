"""The fixture Fixtures/vit-base: the model's folder, pixel files for the engines, and the float64 logits."""
import importlib.util
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "Fixtures/vit-base"
SHAPE = (3, 224, 224)
GFLOP_PER_IMAGE = 35.1  # two per multiply-add, one full forward pass


def _generator():
    spec = importlib.util.spec_from_file_location("vit_base_fixture", FOLDER / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_model(folder):
    folder = Path(folder)
    if not (folder / "preprocessor_config.json").exists():  # the last file to be written
        _generator().write_model(folder)
    return folder


def write_pixels(path, batch):
    """`batch` images of generated noise."""
    make = _generator()
    images = [make.generate(f"pixel_values.{index}", int(np.prod(SHAPE)), make.PIXEL_MULTIPLIER)
              for index in range(batch)]
    np.concatenate(images).astype("<f4").tofile(path)
    return path


def read_pixels(path, batch):
    return np.fromfile(path, dtype="<f4").reshape(batch, *SHAPE)


def golden_inputs(model):
    """The inputs whose float64 logits are known: [N, 3, 224, 224]."""
    from transformers import AutoImageProcessor

    make = _generator()
    processor = AutoImageProcessor.from_pretrained(model, backend="pil")
    return np.concatenate([make.pixel_values(dict(source), processor) for source in make.INPUTS])


def golden_logits():
    from safetensors.numpy import load_file

    return load_file(FOLDER / "golden.safetensors")["logits.f64"]

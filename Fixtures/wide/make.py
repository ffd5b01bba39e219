"""Models of one or two layers whose rows are so wide that products want them apart in memory, without stored weights.

Run: python make.py               (transformers 5.23.0, torch 2.13.0 on the CPU, safetensors 0.8.0, NumPy 2.4.6)

Rows of a multiple of 1,024 floats get a longer stride than their width (`MatrixProduct.stride`). The tiny models of the other
sets have none that wide, so each kind of layer has one here: its weights are the generator's of ../vit-base/make.py, and
written down is the rule for each tensor only.

Writes for each model of MODELS `<name>/config.json` as transformers saves it, and manifest.json: of each model its tensors with
their shapes, multipliers and offsets, the shape of its pixel values, which are the generator's tensor `pixel_values`, and the
reference's logits for them, in float64 and float32.
"""
import importlib.util
import json
import math
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402  before transformers: it makes torchvision importable

import numpy as np  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
from safetensors.numpy import load_file, save_file  # noqa: E402

transformers.utils.logging.disable_progress_bar()
oracle.exact_eager_attention()

_spec = importlib.util.spec_from_file_location("vit_base", HERE.parent / "vit-base/make.py")
generator = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(generator)

# Five tokens of ViT, maps of 8 x 8 and 4 x 4 of the others.
VIT = dict(image_size=32, patch_size=16, num_labels=3)
SWIN = dict(image_size=16, patch_size=2, embed_dim=512, depths=[1, 1], num_heads=[8, 16], window_size=4, mlp_ratio=2.0,
            num_labels=3)
CONVNEXT = dict(image_size=32, patch_size=4, hidden_sizes=[256, 256], depths=[1, 1], num_stages=2, num_labels=3)

MODELS = [
    ("vit", "ViT", dict(VIT, hidden_size=1024, num_attention_heads=16, intermediate_size=1024, num_hidden_layers=2)),
    ("beit", "Beit", dict(VIT, hidden_size=1024, num_attention_heads=16, intermediate_size=1024, num_hidden_layers=1,
                          use_relative_position_bias=True)),
    # (384 * 4 * 2 / 3 = 1,024 gated features)
    ("dinov2", "Dinov2", dict(VIT, hidden_size=384, num_attention_heads=6, num_hidden_layers=2, use_swiglu_ffn=True)),
    ("swin", "Swin", SWIN),
    ("swinv2", "Swinv2", SWIN),
    ("convnext", "ConvNext", CONVNEXT),
    ("convnextv2", "ConvNextV2", CONVNEXT),
]
IMAGES = 2


def recipe(key, shape):
    """(multiplier, offset) of a tensor."""
    if key.endswith(("layer_scale_parameter", "lambda1", "lambda_1", "lambda_2")) or "norm" in key and key.endswith("weight"):
        return 2838, 2**30  # 1 with a standard deviation of 0.1
    if key.endswith("logit_scale"):
        return 2838, 3 * 2**29  # 1.5
    if key.endswith("relative_position_bias_table") or "grn." in key:
        return 14189, 0  # 0.5
    if key.endswith("bias") or len(shape) < 2 or "token" in key or "position_embeddings" in key:
        return 568, 0  # 0.02
    return round(1 / math.sqrt(math.prod(shape[1:])) / 3.524e-5), 0  # sums of unit size


def make(name, family, settings):
    config, head = (getattr(transformers, family + suffix) for suffix in ("Config", "ForImageClassification"))
    with tempfile.TemporaryDirectory() as folder:
        head._from_config(config(**settings)).save_pretrained(folder)
        file = Path(folder) / "model.safetensors"
        saved = {key: value for key, value in load_file(file).items() if value.dtype == np.float32}
        rules = {key: (list(value.shape), *recipe(key, value.shape)) for key, value in saved.items()}
        save_file({key: generator.generate(key, math.prod(shape), *rule).reshape(shape)
                   for key, (shape, *rule) in rules.items()}, file, metadata={"format": "pt"})
        (HERE / name).mkdir(exist_ok=True)
        shutil.copyfile(Path(folder) / "config.json", HERE / name / "config.json")
        model = head.from_pretrained(folder, attn_implementation="eager" if "convnext" not in name else None).eval()
    shape = [IMAGES, 3, settings["image_size"], settings["image_size"]]
    pixels = torch.from_numpy(generator.generate("pixel_values", math.prod(shape), generator.PIXEL_MULTIPLIER)).reshape(shape)
    logits = {}
    with torch.no_grad():
        for key, dtype in (("f64", torch.float64), ("f32", torch.float32)):
            logits[key] = model.to(dtype)(pixels.to(dtype)).logits.double().flatten().tolist()
    print(name, [round(x, 3) for x in logits["f64"]],
          "PyTorch's error", max(abs(a - b) for a, b in zip(logits["f64"], logits["f32"])))
    tensors = [{"key": key, "shape": shape, "multiplier": multiplier, "offset": offset}
               for key, (shape, multiplier, offset) in sorted(rules.items())]
    return {"name": name, "tensors": tensors, "pixels": shape, "logits": logits}


def main():
    models = [make(*model) for model in MODELS]
    manifest = {"versions": oracle.versions("transformers", "torch", "safetensors", "numpy"), "models": models}
    (HERE / "manifest.json").write_text(json.dumps(manifest) + "\n")


if __name__ == "__main__":
    main()

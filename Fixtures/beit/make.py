"""Tiny random BEiT and Data2VecVision models, as transformers saves them; and a full-width one for measuring.

Run: python make.py               (transformers 5.23.0, torch 2.13.0 on the CPU, safetensors 0.8.0, NumPy 2.4.6)
     python make.py --base DIR    writes DIR/beit-base (224 pixels, patches of 16, biases of each layer)

Writes for each model of MODELS a folder as ../architectures/make.py does, with two differences: hidden states and
attentions are those of the float64 evaluation rounded to float32, and those of the float32 evaluation are left out.
manifest.json also has how far PyTorch's logits in bfloat16 and with linear layers in int8 are from those in float64.

What is not obvious about the reference:

- Inputs of any size are taken without being asked: biases are resampled (bilinear), and positions (bicubic).
  `interpolate_pos_encoding` resamples the biases once more, from as many tokens to as many, which changes nothing.
- The table of an image that is not square is read as if the image were turned over, so that it is resampled even for
  images of its own size.
- Positions fit square images alone: others see a resampled table, if the number of positions is a square.
- The keys have no bias. `qkv_bias` is not read, and by Data2VecVision neither is `head_dim`.
- The layer norm comes behind the mean of the patches, which does not take in the CLS token.
- BEiT takes no pair for `patch_size` where there are biases; Data2VecVision neither.
- There are no lambdas unless `layer_scale_init_value` is positive.
- `is_causal` true has an effect in a BEiT without biases (with SDPA, the default); not where there are any, which take the
  place of the mask, nor in Data2VecVision.
- Version 4 also wrote relative_position_index, which version 5 skips.
"""
import argparse
import math
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402  before transformers: it makes torchvision importable

import numpy as np  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402

torch.set_num_threads(2)
transformers.utils.logging.disable_progress_bar()
oracle.exact_eager_attention("beit")

BASE = dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40, image_size=12, patch_size=4)
OTHER_SIZES = [(16, 16), (8, 20), (13, 15), (20, 20)]
OWN = dict(use_relative_position_bias=True)
SHARED = dict(use_shared_relative_position_bias=True)
POSITIONS = dict(use_absolute_position_embeddings=True)
CLS = dict(use_mean_pooling=False)

# name, what it covers, its config beside BASE, the sizes of other inputs, sizes that the reference refuses
MODELS = [
    ("beit", "biases of each layer, layer scale, the mean of the patches", OWN, OTHER_SIZES, [(3, 12)]),
    ("beit-shared", "biases for all layers, positions, the CLS token; three labels; a mask token",
     {**SHARED, **POSITIONS, **CLS, "num_labels": 3, "use_mask_token": True}, [(16, 16), (13, 15)], [(12, 3)]),
    ("beit-both", "biases of both kinds, positions; head_dim, relu, eps 1e-3, one label, an image that patches do not divide",
     {**OWN, **SHARED, **POSITIONS, "head_dim": 5, "hidden_act": "relu", "layer_norm_eps": 1e-3, "num_labels": 1,
      "image_size": 14, "num_hidden_layers": 3}, [(14, 19), (12, 12)], []),
    ("beit-plain", "no biases, no positions, no layer scale; patches and an image that are not square, one channel, no labels",
     {**CLS, "layer_scale_init_value": 0.0, "image_size": [8, 15], "patch_size": [4, 3], "num_channels": 1, "num_labels": 0},
     [(16, 9), (9, 16)], [(3, 15)]),
    ("beit-rectangle", "biases of an image that is not square; CLS token", {**OWN, **CLS, "image_size": [8, 20]},
     [(20, 8), (12, 12)], []),
    ("beit-positions", "positions of an image that is not square, of a square number of patches; five heads",
     {**POSITIONS, "image_size": [4, 16], "hidden_size": 30, "num_attention_heads": 5, "hidden_act": "quick_gelu"},
     [(8, 8), (12, 20)], [(3, 16)]),
    ("data2vec-vision", "biases of both kinds, positions, a mask token",
     {**OWN, **SHARED, **POSITIONS, "use_mask_token": True}, [(16, 16), (8, 20)], [(3, 12)]),
    ("data2vec-vision-cls", "CLS token, no layer scale, no labels",
     {**OWN, **CLS, "layer_scale_init_value": 0.0, "num_labels": 0}, [(8, 8)], []),
]

# What a configuration has that says nothing of it.
DEFAULTS = ["hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "hidden_act", "layer_norm_eps", "image_size",
            "patch_size", "num_channels", "use_absolute_position_embeddings", "use_relative_position_bias",
            "use_shared_relative_position_bias", "layer_scale_init_value", "use_mean_pooling"]

# Models of which the names that their modules have in memory differ from those on disk: they are kept too.
IN_MEMORY = ("beit-both",)


def build(name, settings):
    family = "Data2VecVision" if name.startswith("data2vec") else "Beit"
    config, head = getattr(transformers, family + "Config"), getattr(transformers, family + "ForImageClassification")
    return head._from_config(config(**settings), attn_implementation="eager").eval()


def fill(model, seed):
    """oracle.fill, and terms that show: biases of unit size, factors around a half."""
    oracle.fill(model, seed)
    random = np.random.Generator(np.random.PCG64(5000 + seed))
    for name, parameter in sorted(model.named_parameters()):
        if name.endswith("relative_position_bias_table"):
            values = random.standard_normal(parameter.shape)
        elif "lambda_" in name:
            values = 0.5 + 0.5 * random.standard_normal(parameter.shape)
        else:
            continue
        parameter.data = torch.from_numpy(values.astype(np.float32))


def write_base(name, folder):
    """A model of the published size with weights of unit gain, the same in every run (346 MB)."""
    model = build(name, dict(OWN, num_labels=2))
    random = np.random.Generator(np.random.PCG64(1))
    for key, parameter in sorted(model.named_parameters()):
        values = random.standard_normal(parameter.shape, dtype=np.float32)
        if "norm" in key and key.endswith("weight"):
            values = 1 + 0.1 * values
        elif "lambda_" in key:
            values = 0.1 + 0.02 * values
        elif key.endswith("bias"):
            values *= 0.02
        elif key.endswith("weight"):
            values /= math.sqrt(values[0].size)
        parameter.data = torch.from_numpy(values.astype(np.float32))
    model.save_pretrained(folder)
    transformers.BeitImageProcessorPil().save_pretrained(folder)


def lower_precisions(folder, head, pixels):
    """The logits of PyTorch in bfloat16, and with its linear layers in int8."""
    for precision in ("bfloat16", "int8"):
        model = head.from_pretrained(folder, attn_implementation="eager").eval()
        dtype = torch.bfloat16 if precision == "bfloat16" else torch.float32
        if precision == "int8":
            model = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)
        with torch.no_grad():
            yield precision, model.to(dtype)(torch.from_numpy(pixels).to(dtype)).logits.double()


def main():
    manifest = {"oracle": oracle.versions("transformers", "torch", "safetensors", "numpy"),
                "cpu": oracle.cpu_model(), "pytorch": {}, "models": []}
    distances = {}
    for seed, (name, covers, settings, sizes, refused) in enumerate(MODELS, start=401):
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        model = build(name, {**BASE, **settings})
        head, config = type(model), model.config
        fill(model, seed)
        model.save_pretrained(folder)
        if name in IN_MEMORY:
            names = {key: value.contiguous() for key, value in model.state_dict().items()}
            assert set(names) != set(load_file(folder / "model.safetensors"))
            save_file(names, folder / "in-memory.safetensors")

        side = config.image_size
        height, width = side if isinstance(side, (list, tuple)) else (side, side)
        random = np.random.Generator(np.random.PCG64(6000 + seed))

        def pixels(h, w):
            return random.uniform(-1, 1, (2, config.num_channels, h, w)).astype(np.float32)

        golden, worst = {}, 0.0
        for prefix, h, w in [("", height, width)] + [(f"interpolated.{h}x{w}.", h, w) for h, w in sizes]:
            values = pixels(h, w)
            part, error = oracle.evaluate(model, torch.from_numpy(values), prefix, None)
            asked, _ = oracle.evaluate(model, torch.from_numpy(values), prefix, True)
            assert (asked[prefix + "logits.f64"] - part[prefix + "logits.f64"]).abs().max() < 1e-12
            golden |= {key: (value if "logits" in key or "pixel" in key else value.float()).contiguous()
                       for key, value in part.items() if "logits" in key or not key.endswith(".f32")}
            worst = max(worst, error)
            for precision, logits in lower_precisions(folder, head, values):
                distance = (logits - part[prefix + "logits.f64"]).abs().flatten().tolist()
                distances.setdefault(precision, []).extend(distance)
        for h, w in refused:
            try:
                with torch.no_grad():
                    model.float()(torch.from_numpy(pixels(h, w)))
            except (RuntimeError, TypeError):
                continue
            raise AssertionError(f"{name} runs with {h}x{w}")
        logits = torch.cat([value.flatten() for key, value in golden.items() if key.endswith("logits.f64")])
        save_file(golden, folder / "golden.safetensors")
        manifest["models"].append({
            "name": name, "covers": covers, "class": head.__name__,
            "interpolated": [f"{h}x{w}" for h, w in sizes], "refused": [f"{h}x{w}" for h, w in refused],
            "largest_logit": round(logits.abs().max().item(), 3), "largest_float32_logit_error": worst})
    manifest["pytorch"] = {precision: {"mean": float(np.mean(distance)), "largest": max(distance)}
                           for precision, distance in distances.items()}
    configs = [transformers.BeitConfig(), transformers.Data2VecVisionConfig()]
    manifest["defaults"] = [
        {key: getattr(config, key) for key in ["model_type", *DEFAULTS, "num_labels"]} for config in configs]
    oracle.write_json(HERE / "manifest.json", manifest)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", metavar="DIR", help="write the full-width model into this folder instead")
    arguments = parser.parse_args()
    if arguments.base:
        write_base("beit-base", Path(arguments.base) / "beit-base")
    else:
        main()

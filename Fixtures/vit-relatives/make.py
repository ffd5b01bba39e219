"""Tiny random models of vit_msn, ijepa and metaclip_2, as transformers saves them.

Run: python make.py            (transformers 5.23.0, torch 2.13.0 on the CPU, safetensors 0.8.0, NumPy 2.4.6)

Writes for each model of MODELS a folder as ../architectures/make.py does, with two differences: hidden states and
attentions are those of the float64 evaluation rounded to float32, and those of the float32 evaluation are left out.
manifest.json also has how far PyTorch's logits in bfloat16 and with linear layers in int8 are from those in float64.

What is not obvious about the reference:

- Of ViTMSNForImageClassification, version 5 saves the layers without the prefix `vit.` and all else with it. It
  reads files of version 4, where all keys have it, just as well: transformers4.safetensors is one.
- ijepa has no special token, so that its table has a row for each patch; the mean is of all tokens.
- metaclip_2's classes are copies of CLIP's.
"""
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
from safetensors.torch import load_file, save_file  # noqa: E402

torch.set_num_threads(2)
transformers.utils.logging.disable_progress_bar()
oracle.exact_eager_attention("vit_msn", "ijepa", "metaclip_2")

BASE = dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40, image_size=12, patch_size=4)
OTHER_SIZES = [(16, 16), (8, 20), (13, 15), (4, 36)]

# name, class without its ending, what it covers, its config beside BASE, the sizes of other inputs, sizes that are
# refused even with interpolation
MODELS = [
    ("vit-msn", "ViTMSN", "the defaults", dict(num_labels=3), OTHER_SIZES, [(3, 12)]),
    ("vit-msn-rectangle", "ViTMSN", "an image and patches that are not square, one channel; no bias of queries; head_dim",
     dict(image_size=[8, 15], patch_size=[4, 3], num_channels=1, qkv_bias=False, head_dim=5, hidden_act="relu", num_labels=0),
     [], [(16, 16)]),
    ("ijepa", "IJepa", "no special token, mean of all", dict(num_labels=2), OTHER_SIZES, [(12, 3)]),
    ("ijepa-rectangle", "IJepa", "an image that is not square, of a square number of patches; one label, eps 1e-3",
     dict(image_size=[4, 16], layer_norm_eps=1e-3, hidden_act="gelu_new", num_labels=1), [(4, 16), (8, 8)], []),
    ("metaclip-2", "MetaClip2", "quick_gelu, mean of the patches", {}, OTHER_SIZES, [(3, 3)]),
    ("metaclip-2-one-head", "MetaClip2", "one head, one layer, gelu; an image that patches do not divide",
     dict(num_attention_heads=1, num_hidden_layers=1, layer_norm_eps=1e-6, hidden_act="gelu", image_size=14), [(13, 8)], []),
]

# What a configuration has that says nothing of it.
DEFAULTS = ["hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "hidden_act", "layer_norm_eps", "image_size",
            "patch_size", "num_channels"]

# Models of which the names that their modules have in memory differ from those on disk: they are kept too.
IN_MEMORY = ("vit-msn", "ijepa")


def build(family, settings):
    head = getattr(transformers, family + "ForImageClassification")
    config_class = getattr(transformers, family + "Config")
    nested = family == "MetaClip2"
    config = config_class(vision_config=settings, num_labels=2) if nested else config_class(**settings)
    model = head._from_config(config, attn_implementation="eager").eval()
    return model, config.vision_config if nested else config


def lower_precisions(folder, head, pixels, asked):
    """The logits of PyTorch in bfloat16, and with its linear layers in int8."""
    for precision in ("bfloat16", "int8"):
        model = head.from_pretrained(folder, attn_implementation="eager").eval()
        dtype = torch.bfloat16 if precision == "bfloat16" else torch.float32
        if precision == "int8":
            model = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)
        with torch.no_grad():
            yield precision, model.to(dtype)(torch.from_numpy(pixels).to(dtype), **asked).logits.double()


def write_names_of_version_4(folder, head):
    """Checks that the reference reads them, too."""
    weights = load_file(folder / "model.safetensors")
    old = {"vit." + key if key.startswith("encoder.") else key: value for key, value in weights.items()}
    assert set(old) != set(weights)
    save_file(old, folder / "transformers4.safetensors", metadata={"format": "pt"})
    with tempfile.TemporaryDirectory() as other:
        shutil.copy(folder / "config.json", other)
        shutil.copy(folder / "transformers4.safetensors", Path(other) / "model.safetensors")
        ours, theirs = head.from_pretrained(other).state_dict(), head.from_pretrained(folder).state_dict()
        assert all(torch.equal(ours[key], theirs[key]) for key in theirs)


def main():
    manifest = {"oracle": oracle.versions("transformers", "torch", "safetensors", "numpy"),
                "cpu": oracle.cpu_model(), "pytorch": {}, "models": []}
    distances = {}
    for seed, (name, family, covers, settings, sizes, refused) in enumerate(MODELS, start=301):
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        model, config = build(family, {**BASE, **settings})
        head = type(model)
        oracle.fill(model, seed)
        model.save_pretrained(folder)
        if name in IN_MEMORY:
            names = {key: value.contiguous() for key, value in model.state_dict().items()}
            assert set(names) != set(load_file(folder / "model.safetensors"))
            save_file(names, folder / "in-memory.safetensors")
        if name == "vit-msn":
            write_names_of_version_4(folder, head)

        side = config.image_size
        height, width = side if isinstance(side, (list, tuple)) else (side, side)
        random = np.random.Generator(np.random.PCG64(4000 + seed))

        def pixels(h, w):
            return random.uniform(-1, 1, (2, config.num_channels, h, w)).astype(np.float32)

        golden, worst = {}, 0.0
        for prefix, h, w in [("", height, width)] + [(f"interpolated.{h}x{w}.", h, w) for h, w in sizes]:
            interpolate = bool(prefix)
            values = pixels(h, w)
            part, error = oracle.evaluate(model, torch.from_numpy(values), prefix, interpolate)
            golden |= {key: (value if "logits" in key or "pixel" in key else value.float()).contiguous()
                       for key, value in part.items() if "logits" in key or not key.endswith(".f32")}
            worst = max(worst, error)
            for precision, logits in lower_precisions(folder, head, values, {"interpolate_pos_encoding": interpolate}):
                distance = (logits - part[prefix + "logits.f64"]).abs().flatten().tolist()
                distances.setdefault(precision, []).extend(distance)
        for h, w in refused:
            try:
                with torch.no_grad():
                    model.float()(torch.from_numpy(pixels(h, w)), interpolate_pos_encoding=True)
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
    configs = [transformers.ViTMSNConfig(), transformers.IJepaConfig(), transformers.MetaClip2Config()]
    manifest["defaults"] = [
        {"model_type": config.model_type, "num_labels": config.num_labels}
        | {key: getattr(getattr(config, "vision_config", config), key) for key in DEFAULTS} for config in configs]
    oracle.write_json(HERE / "manifest.json", manifest)


main()

"""Tiny random ViTs as transformers saves them, with every intermediate result of the forward pass.

Run: python make.py            (transformers 5.23.0, torch 2.13.0 on the CPU, safetensors 0.8.0, NumPy 2.4.6)

Writes for each model of MODELS a folder with config.json, model.safetensors (4.x key names) and golden.safetensors:
  pixel_values                 F32 [2, C, H, W]
  logits.f64, logits.f32       [2, labels]
  hidden_states.N(.f32)        F64 (F32) [2, T, D], N = 0 ... layers; the last one is before the final layer norm
  attentions.N(.f32)           F64 (F32) [2, heads, T, T], N = 0 ... layers - 1
  interpolated.HxW.<as above>  the same for inputs of another size with interpolate_pos_encoding=True
The float64 results evaluate the float32 weights in float64 throughout. manifest.json lists the models, the oracle's
versions and how far the float32 run is from the float64 run; bad-configs.json lists configs that cannot work.
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
from transformers import ViTConfig, ViTForImageClassification  # noqa: E402

torch.set_num_threads(2)
transformers.utils.logging.disable_progress_bar()
oracle.exact_eager_attention()

NAMES = ["tabby cat", "naïve café", "虎", "a label, with a comma", "\"quoted\""]
BASE = dict(
    hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40, image_size=12, patch_size=4,
    num_channels=3, layer_norm_eps=1e-12, num_labels=2)

# name, what it covers, the changes to BASE, the input sizes for interpolate_pos_encoding
MODELS = [
    ("plain", "gelu (erf), three heads of 8", {}, [(12, 12), (16, 16), (8, 20), (13, 15), (4, 36)]),
    ("no-qkv-bias", "qkv_bias false; head_dim 7; gelu_new",
     dict(qkv_bias=False, hidden_size=21, hidden_act="gelu_new"), []),
    ("five-heads", "five heads of 6; quick_gelu; five labels with names; eps 1e-6",
     dict(hidden_size=30, num_attention_heads=5, hidden_act="quick_gelu", layer_norm_eps=1e-6,
          id2label=dict(enumerate(NAMES)), label2id={name: i for i, name in enumerate(NAMES)}), []),
    ("one-head", "one head of 13; relu; one label", dict(hidden_size=13, num_attention_heads=1, hidden_act="relu",
                                                        intermediate_size=17, num_labels=1), []),
    ("rectangle", "image_size [8, 20], scalar patch; silu", dict(image_size=[8, 20], hidden_act="silu"), []),
    ("rectangle-square-count", "image_size [4, 36]: nine patches, which the interpolation reads as 3 x 3",
     dict(image_size=[4, 36], hidden_act="gelu_pytorch_tanh"), [(4, 36), (12, 12), (8, 8)]),
    ("rectangular-patch", "patch_size [3, 5] of image_size [9, 15]; gelu_fast",
     dict(image_size=[9, 15], patch_size=[3, 5], hidden_act="gelu_fast"), []),
    ("patch-remainder", "image_size 14 with patch 4: two rows and columns are dropped; tanh",
     dict(image_size=14, hidden_act="tanh"), [(15, 15), (18, 14)]),
    ("remainder-rectangle", "image_size [11, 7] with patch_size [4, 3]; hidden 26, two heads of 13",
     dict(image_size=[11, 7], patch_size=[4, 3], hidden_size=26, num_attention_heads=2), []),
    ("grey", "one channel, four layers; swish", dict(num_channels=1, num_hidden_layers=4, hidden_act="swish"),
     [(20, 20)]),
    ("head-dim", "explicit head_dim 5 with three heads: an inner width of 15 beside hidden 24",
     dict(head_dim=5), []),
    ("heads-do-not-divide", "hidden 25 with three heads: 5.x rounds the head down to 8 (4.x refused such a config)",
     dict(hidden_size=25, image_size=8), []),
    ("one-patch", "one patch, so two tokens; patch 7; eps 1e-5", dict(image_size=7, patch_size=7,
                                                                      layer_norm_eps=1e-5), [(14, 21)]),
    ("single-pixel-patch", "patch 1; one layer; seven heads of 2",
     dict(image_size=[2, 3], patch_size=1, num_hidden_layers=1, hidden_size=14, num_attention_heads=7), []),
]


def main():
    manifest = {"oracle": oracle.versions("transformers", "torch", "safetensors", "numpy"),
                "cpu": oracle.cpu_model(), "models": []}
    for seed, (name, covers, changes, sizes) in enumerate(MODELS, start=1):
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        settings = {**BASE, **changes}
        if "id2label" in settings:
            del settings["num_labels"]  # it would win and name the labels LABEL_0 ...
        config = ViTConfig(**settings)
        model = ViTForImageClassification._from_config(config, attn_implementation="eager").eval()
        oracle.fill(model, seed)
        model.save_pretrained(folder)
        on_disk = load_file(folder / "model.safetensors")
        assert "vit.encoder.layer.0.attention.attention.query.weight" in on_disk

        height, width = config.image_size if isinstance(config.image_size, list) else [config.image_size] * 2
        random = np.random.Generator(np.random.PCG64(1000 + seed))
        golden, worst = {}, 0.0
        cases = [("", height, width, False)]
        cases += [(f"interpolated.{h}x{w}.", h, w, True) for h, w in sizes]
        for prefix, h, w, interpolate in cases:
            pixels = random.uniform(-1, 1, (2, config.num_channels, h, w)).astype(np.float32)
            part, error = oracle.evaluate(model, torch.from_numpy(pixels), prefix, interpolate)
            golden.update(part)
            worst = max(worst, error)
        logits = torch.cat([value.flatten() for key, value in golden.items() if key.endswith("logits.f64")])
        sharpest = max(value.max().item() for key, value in golden.items() if "attentions" in key)
        save_file(golden, folder / "golden.safetensors")
        manifest["models"].append({
            "name": name, "covers": covers, "interpolated": [f"{h}x{w}" for h, w in sizes],
            "largest_logit": round(logits.abs().max().item(), 3), "largest_attention": round(sharpest, 3),
            "largest_float32_logit_error": worst})
    oracle.write_json(HERE / "manifest.json", manifest)
    oracle.write_json(HERE / "bad-configs.json", bad_configs(manifest["oracle"]))


# name, the changes to BASE, why no model can be built from it
BAD = [
    ("more-heads-than-hidden", dict(num_attention_heads=25), "a head would have no width"),
    ("zero-heads", dict(num_attention_heads=0), "num_attention_heads must be positive"),
    ("negative-heads", dict(num_attention_heads=-3), "num_attention_heads must be positive"),
    ("zero-hidden", dict(hidden_size=0), "hidden_size must be positive"),
    ("negative-hidden", dict(hidden_size=-24), "hidden_size must be positive"),
    ("zero-intermediate", dict(intermediate_size=0), "intermediate_size must be positive"),
    ("negative-intermediate", dict(intermediate_size=-40), "intermediate_size must be positive"),
    ("negative-layers", dict(num_hidden_layers=-1), "num_hidden_layers must not be negative"),
    ("zero-channels", dict(num_channels=0), "num_channels must be positive"),
    ("negative-channels", dict(num_channels=-3), "num_channels must be positive"),
    ("zero-patch", dict(patch_size=0), "patch_size must be positive"),
    ("negative-patch", dict(patch_size=-4), "patch_size must be positive"),
    ("zero-patch-in-pair", dict(patch_size=[4, 0]), "patch_size must be positive"),
    ("patch-larger-than-image", dict(patch_size=13), "no patch fits into the image"),
    ("patch-larger-in-one-direction", dict(image_size=[12, 3]), "no patch fits into the image"),
    ("zero-image", dict(image_size=0), "image_size must be positive"),
    ("negative-image", dict(image_size=-12), "image_size must be positive"),
    ("image-of-three", dict(image_size=[12, 12, 12]), "image_size is one number or two"),
    ("image-of-none", dict(image_size=[]), "image_size is one number or two"),
    ("patch-of-one", dict(patch_size=[4]), "patch_size is one number or two"),
    ("patch-of-three", dict(patch_size=[4, 4, 4]), "patch_size is one number or two"),
    ("negative-eps", dict(layer_norm_eps=-1.0), "layer_norm_eps must not be negative"),
    ("integer-eps", dict(layer_norm_eps=0), "layer_norm_eps is written as an integer"),
    ("unknown-activation", dict(hidden_act="gelu_unknown"), "hidden_act names no activation function"),
    ("empty-activation", dict(hidden_act=""), "hidden_act names no activation function"),
    ("null-activation", dict(hidden_act=None), "hidden_act must be a string"),
    ("zero-head-dim", dict(head_dim=0), "head_dim must be positive"),
    ("negative-head-dim", dict(head_dim=-8), "head_dim must be positive"),
    ("hidden-as-string", dict(hidden_size="24"), "hidden_size must be an integer"),
    ("hidden-as-fraction", dict(hidden_size=24.5), "hidden_size must be an integer"),
    ("hidden-as-null", dict(hidden_size=None), "hidden_size must be an integer"),
    ("hidden-as-boolean", dict(hidden_size=True), "hidden_size must be an integer"),
    ("hidden-beyond-memory", dict(hidden_size=3 * 2**40), "hidden_size times hidden_size overflows 64 bits"),
    ("image-beyond-memory", dict(image_size=2**40), "the number of patches is beyond any memory"),
    ("qkv-bias-as-string", dict(qkv_bias="no"), "qkv_bias must be a boolean"),
    ("other-architecture", dict(model_type="swin"), "model_type is no architecture of ours"),
]


def bad_configs(versions):
    """What transformers makes of each: the stage at which it fails (config, build, forward) or `none`."""
    cases = []
    for name, changes, reason in BAD:
        written = {"model_type": "vit", "architectures": ["ViTForImageClassification"],
                   **{key: value for key, value in BASE.items() if key != "num_labels"}, **changes}
        stage, error = "config", None
        if "beyond-memory" in name:
            stage, error = "not tried", None
        else:
            try:
                with tempfile.TemporaryDirectory() as folder:
                    oracle.write_json(Path(folder) / "config.json", written)
                    config = ViTConfig.from_pretrained(folder)
                stage = "build"
                model = ViTForImageClassification._from_config(config, attn_implementation="eager").eval()
                stage = "forward"
                size = config.image_size if isinstance(config.image_size, list) else [config.image_size] * 2
                with torch.no_grad():
                    logits = model(pixel_values=torch.zeros(1, config.num_channels, *size)).logits
                stage = "none"
                if not logits.isfinite().all():
                    error = "the logits are not finite"
            except Exception as caught:  # every failure is the finding here
                text = str(caught).strip().splitlines()
                error = f"{type(caught).__name__}: {text[0] if text else ''}"[:160]
        # transformers wants 0.0 where the file says 0; to take it as zero is no harm.
        cases.append({"name": name, "reason": reason, "must_refuse": name != "integer-eps", "config": written,
                      "transformers": {"fails_at": stage, "error": error}})
    return {"oracle": versions, "cases": cases}


main()

"""Tiny random Swin and SwinV2 models, as transformers saves them; and full-width ones for measuring.

Run: python make.py               (transformers 5.23.0, torch 2.13.0 on the CPU, safetensors 0.8.0, NumPy 2.4.6)
     python make.py --base DIR    writes DIR/swin-base (224 pixels, window 7) and DIR/swinv2-base (256, window 8)

Writes for each model of MODELS a folder as ../architectures/make.py does, with two differences: hidden states and
attentions are those of the float64 evaluation rounded to float32, and those of the float32 evaluation are left out.
manifest.json also has how far PyTorch's logits in bfloat16 and with linear layers in int8 are from those in float64.
Both take inputs of any size without being asked, except for a Swin with `use_absolute_embeddings`.

What is not obvious about the reference:

- `hidden_states` has the embeddings and then the output of each stage, after its patch merging and without the final
  norm. `attentions` has one entry a stage, that of its last block, [batch * windows, heads, area, area], image by
  image and window by window in rows, of the map as it is cut: shifted and padded.
- Swin's window state changes with the first small input, for good: each size gets a model of its own here. A map
  whose shorter side is the window has no shift; one with a shorter side below the window is refused, since
  the bias is always that of `window_size`.
- SwinV2's window and shift are those of `image_size`, whatever the input's size: min(grid >> stage, window_size) of
  the height alone, the grid rounded down where the map is rounded up. A smaller input is padded to the window, and
  its blocks are shifted; at `image_size` they may not be.
- The padding of the map is zeros. Swin has them after the norm; their keys and values are the biases, and nothing
  masks them. The shift's mask goes by the padded map.
- SwinV2 adds the mask of -100 twice, and keeps its log-spaced coordinates in float32 also where it computes in float64.
- SwinV2 with `use_absolute_embeddings` has a position too many and refuses every usual input.
- The eps of `embeddings.norm` and of `downsample.norm` is 1e-5 whatever `layer_norm_eps` says.
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
oracle.exact_eager_attention()

BASE = dict(image_size=24, patch_size=2, embed_dim=16, depths=[2, 2], num_heads=[2, 4], window_size=4, mlp_ratio=2.0,
            num_labels=2)
# Pixels padded to a map of 9x11, that padded to 12x12 and merged with padding; then 8x14 and 4x7.
OTHER_SIZES = [(17, 22), (16, 28)]
OWN_WAYS = dict(qkv_bias=False, hidden_act="relu", layer_norm_eps=1e-3, mlp_ratio=2.5, num_labels=1)

# name, what it covers, its config beside BASE, the sizes of other inputs, sizes that the reference refuses
MODELS = [
    ("swin", "windows of 4 on maps of 12 and of 6 cells", {}, OTHER_SIZES, [(8, 24), (12, 12)]),
    ("swin-window-7", "windows of 7; an odd number of blocks; the second map is one window; three labels",
     dict(image_size=28, embed_dim=8, depths=[2, 1], num_heads=[1, 2], window_size=7, num_labels=3), [], [(24, 28)]),
    ("swin-three-stages", "windows of 2; no bias of queries, relu, eps 1e-3, a broken mlp_ratio, one label",
     dict(OWN_WAYS, image_size=16, embed_dim=8, depths=[1, 3, 2], num_heads=[1, 2, 4], window_size=2),
     [(20, 22), (9, 17)], [(2, 8), (5, 30)]),
    ("swin-with-positions", "use_absolute_embeddings; other sizes by interpolation; no labels",
     dict(image_size=16, embed_dim=12, depths=[2, 1], num_heads=[3, 2], num_labels=0, use_absolute_embeddings=True),
     [(24, 20), (16, 32)], [(15, 16)]),
    ("swin-rectangle", "an image and patches that are not square, one channel, windows of 3, four labels",
     dict(image_size=[16, 24], patch_size=[2, 4], num_channels=1, embed_dim=8, depths=[2, 2], num_heads=[2, 1],
          window_size=3, num_labels=4, hidden_act="gelu_new"), [(21, 22), (18, 48)], []),
    ("swinv2", "windows of 4 on maps of 12 and of 6 cells; an input smaller than the window", {},
     [(17, 22), (5, 10)], []),
    ("swinv2-window-7", "windows of 7, and of 6 where the map has 7 cells; three labels",
     dict(image_size=26, embed_dim=8, depths=[2, 1], num_heads=[1, 2], window_size=7, num_labels=3), [(14, 14)], []),
    ("swinv2-three-stages", "the window becomes the map: 4, 4 and 2 cells; no shift in later maps of any size; no labels",
     dict(image_size=16, embed_dim=8, depths=[2, 2, 2], num_heads=[1, 2, 4], num_labels=0), [(24, 24)], []),
    ("swinv2-pretrained-windows", "pretrained_window_sizes; no bias of queries, relu, eps 1e-3, a broken mlp_ratio, one label",
     dict(OWN_WAYS, image_size=24, embed_dim=8, depths=[1, 3], num_heads=[1, 2], window_size=3,
          pretrained_window_sizes=[6, 2]), [(17, 23)], []),
    ("swinv2-rectangle", "an image and patches that are not square: the window is that of the height; one channel",
     dict(image_size=[16, 48], patch_size=[4, 2], num_channels=1, embed_dim=8, depths=[2, 2], num_heads=[2, 1],
          num_labels=4, hidden_act="gelu_new"), [(24, 17)], []),
]

FULL_WIDTH = {"swin-base": dict(image_size=224, window_size=7), "swinv2-base": dict(image_size=256, window_size=8)}

# Models of which the names that their modules have in memory differ from those on disk: they are kept too.
IN_MEMORY = ("swin-window-7",)


def model_class(name):
    family = "Swinv2" if name.startswith("swinv2") else "Swin"
    return getattr(transformers, family + "Config"), getattr(transformers, family + "ForImageClassification")


def build(name, settings):
    config, head = model_class(name)
    return head._from_config(config(**settings), attn_implementation="eager").eval()


def fill(model, seed):
    """oracle.fill, and attention that shows every term: biases of unit size, some scales of SwinV2 above ln 100."""
    oracle.fill(model, seed)
    random = np.random.Generator(np.random.PCG64(2000 + seed))
    for name, parameter in sorted(model.named_parameters()):
        if name.endswith("relative_position_bias_table"):
            values = random.standard_normal(parameter.shape)
        elif name.endswith("logit_scale"):
            values = 1.5 + 0.7 * random.standard_normal(parameter.shape)
            if "blocks.1" in name:  # a shifted one, where it also shows that the mask is added twice
                values[-1] = math.log(100) + 0.5
        elif "continuous_position_bias_mlp.2" in name:  # a sum of 512, of which the sigmoid is taken
            values = 0.08 * random.standard_normal(parameter.shape)
        else:
            continue
        parameter.data = torch.from_numpy(values.astype(np.float32))


def write_base(name, folder):
    """A model of a published size with weights of unit gain, the same in every run (350 MB)."""
    settings = dict(embed_dim=128, depths=[2, 2, 18, 2], num_heads=[4, 8, 16, 32], num_labels=2)
    model = build(name, {**settings, **FULL_WIDTH[name]})
    random = np.random.Generator(np.random.PCG64(1))
    for key, parameter in sorted(model.named_parameters()):
        values = random.standard_normal(parameter.shape, dtype=np.float32)
        if "norm" in key and key.endswith("weight"):
            values = 1 + 0.1 * values
        elif key.endswith("logit_scale"):
            values = math.log(10) + 0.3 * values
        elif key.endswith("bias"):
            values *= 0.02
        elif key.endswith("weight"):
            values /= math.sqrt(values[0].size)
        parameter.data = torch.from_numpy(values.astype(np.float32))
    model.save_pretrained(folder)
    side = model.config.image_size
    transformers.ViTImageProcessorPil(size={"height": side, "width": side}).save_pretrained(folder)


def lower_precisions(folder, head, pixels, asked):
    """The logits of PyTorch in bfloat16, and with its linear layers in int8."""
    for precision in ("bfloat16", "int8"):
        model = head.from_pretrained(folder, attn_implementation="eager").eval()
        dtype = torch.bfloat16 if precision == "bfloat16" else torch.float32
        if precision == "int8":
            model = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)
        with torch.no_grad():
            yield precision, model.to(dtype)(torch.from_numpy(pixels).to(dtype), **asked).logits.double()


def golden_of(folder, head, pixels, prefix, interpolate):
    model = head.from_pretrained(folder, attn_implementation="eager").eval()
    golden, error = oracle.evaluate(model, torch.from_numpy(pixels), prefix, interpolate)
    kept = {key: value if "logits" in key or "pixel" in key else value.float()
            for key, value in golden.items() if "logits" in key or not key.endswith(".f32")}
    return kept, error


def main():
    manifest = {"oracle": oracle.versions("transformers", "torch", "safetensors", "numpy"),
                "cpu": oracle.cpu_model(), "pytorch": {}, "models": []}
    distances = {}
    for seed, (name, covers, settings, sizes, refused) in enumerate(MODELS, start=201):
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        model = build(name, {**BASE, **settings})
        fill(model, seed)
        model.save_pretrained(folder)
        if name in IN_MEMORY:
            names = {key: value.contiguous() for key, value in model.state_dict().items()}
            assert set(names) != set(load_file(folder / "model.safetensors"))
            save_file(names, folder / "in-memory.safetensors")

        config, head = model.config, type(model)
        side = config.image_size
        height, width = side if isinstance(side, (list, tuple)) else (side, side)
        random = np.random.Generator(np.random.PCG64(3000 + seed))

        def pixels(h, w):
            return random.uniform(-1, 1, (2, config.num_channels, h, w)).astype(np.float32)

        golden, worst = {}, 0.0
        for prefix, h, w in [("", height, width)] + [(f"interpolated.{h}x{w}.", h, w) for h, w in sizes]:
            interpolate = config.use_absolute_embeddings and bool(prefix)
            values = pixels(h, w)
            part, error = golden_of(folder, head, values, prefix, interpolate)
            golden.update(part)
            worst = max(worst, error)
            for precision, logits in lower_precisions(folder, head, values, {"interpolate_pos_encoding": interpolate}):
                distance = (logits - part[prefix + "logits.f64"]).abs().flatten().tolist()
                distances.setdefault(precision, []).extend(distance)
        for h, w in refused:
            try:
                golden_of(folder, head, pixels(h, w), "", config.use_absolute_embeddings)
            except RuntimeError:
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
    oracle.write_json(HERE / "manifest.json", manifest)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", metavar="DIR", help="write the full-width models into this folder instead")
    arguments = parser.parse_args()
    if arguments.base:
        for base in FULL_WIDTH:
            write_base(base, Path(arguments.base) / base)
    else:
        main()

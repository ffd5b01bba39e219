"""Tiny random ConvNeXt and ConvNeXtV2 models, as transformers saves them; and full-width ones for measuring.

Run: python make.py               (transformers 5.23.0, torch 2.13.0 on the CPU, safetensors 0.8.0, NumPy 2.4.6)
     python make.py --base DIR    writes DIR/convnext-tiny and DIR/convnextv2-tiny (224 pixels, 110 MB each)

Writes for each model of MODELS a folder as ../swin/make.py does: hidden states are those of the float64 evaluation
rounded to float32, as [images, positions, width]. manifest.json also has how far PyTorch's logits in bfloat16 and with
linear layers in int8 are from those in float64.

What is not obvious about the reference:

- Any size is taken, unasked, of which every stage has a position left: patch_size * 2 ** (num_stages - 1) at least. What
  does not divide is left out, at the patches and at every halving. `image_size` is never read.
- `hidden_states` has the embeddings and then the output of each stage, [images, channels, height, width]; there
  are no attentions.
- The eps of all layer norms but the last is 1e-6, whatever `layer_norm_eps` says; that one comes behind the mean.
- `num_stages` decides how many of `depths` and `hidden_sizes` count; but the head is as wide as the last of
  `hidden_sizes`. `num_hidden_layers` is another name of it. A stage may be without blocks.
- `layer_scale_init_value` decides only whether there is a layer scale: above zero. V2 has none.
- `drop_path_rate` is without effect. Names in memory are those on disk.
"""
import argparse
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

BASE = dict(image_size=20, patch_size=2, hidden_sizes=[16, 24], depths=[2, 1], num_stages=2, num_labels=2)
# Maps of 6x13 and 3x6; smaller than the kernel's reach; the smallest.
OTHER_SIZES = [(13, 27), (8, 11), (4, 5)]
OWN_WAYS = dict(hidden_act="relu", layer_norm_eps=1e-2, num_labels=1)

# name, what it covers, its config beside BASE, the sizes of other inputs, sizes that the reference refuses
MODELS = [
    ("convnext", "maps of 10x10 and of 5x5; a group of channels that is not full", {}, OTHER_SIZES,
     [(3, 8), (8, 3), (1, 1)]),
    ("convnext-four-stages", "the usual patches of 4 and four stages, one of equal width; three labels",
     dict(image_size=32, patch_size=4, hidden_sizes=[8, 16, 16, 20], depths=[1, 1, 2, 1], num_stages=4, num_labels=3),
     [(32, 47), (39, 66)], [(31, 64), (64, 28)]),
    ("convnext-own-ways", "no layer scale, relu, eps 1e-2, a stage without blocks, one label",
     dict(OWN_WAYS, layer_scale_init_value=0.0, hidden_sizes=[12, 20, 8], depths=[1, 0, 2], num_stages=3,
          image_size=24), [(9, 23)], [(7, 24)]),
    ("convnext-rectangle", "an image and patches that are not square, one channel, more depths than stages, no labels",
     dict(image_size=[12, 48], patch_size=[2, 4], num_channels=1, hidden_sizes=[17, 20], depths=[1, 2, 7],
          num_labels=0, hidden_act="gelu_new"), [(25, 39)], [(4, 7)]),
    ("convnext-one-stage", "one stage, wider than the map is high; four labels",
     dict(image_size=14, hidden_sizes=[34], depths=[2], num_stages=1, num_labels=4), [(2, 2), (35, 5)], [(1, 8)]),
    ("convnextv2", "maps of 10x10 and of 5x5; global response norm", {}, OTHER_SIZES, [(3, 8), (8, 3)]),
    ("convnextv2-four-stages", "the usual patches of 4 and four stages; three labels",
     dict(image_size=32, patch_size=4, hidden_sizes=[8, 12, 16, 20], depths=[1, 1, 2, 1], num_stages=4, num_labels=3),
     [(39, 66)], [(31, 64)]),
    ("convnextv2-own-ways", "relu, so that channels may be silent; eps 1e-2, a stage without blocks, one label",
     dict(OWN_WAYS, hidden_sizes=[12, 20, 8], depths=[1, 0, 2], num_stages=3, image_size=24), [(9, 23)], []),
    ("convnextv2-rectangle", "an image and patches that are not square, one channel, no labels",
     dict(image_size=[12, 48], patch_size=[2, 4], num_channels=1, hidden_sizes=[17, 20], depths=[1, 2],
          num_labels=0, hidden_act="gelu_new"), [(25, 39)], []),
]


def build(name, settings):
    family = "ConvNextV2" if name.startswith("convnextv2") else "ConvNext"
    config = getattr(transformers, family + "Config")(**settings)
    return getattr(transformers, family + "ForImageClassification")._from_config(config).eval()


def fill(model, seed):
    """oracle.fill, and sums of unit size: a depthwise convolution has 49 taps, an MLP is four times as wide."""
    oracle.fill(model, seed)
    random = np.random.Generator(np.random.PCG64(4000 + seed))
    for name, parameter in sorted(model.named_parameters()):
        values = random.standard_normal(parameter.shape)
        if name.endswith("layer_scale_parameter"):
            values = 0.6 + 0.2 * values
        elif "dwconv.weight" in name:
            values /= 5
        elif name.endswith(("pwconv1.weight", "pwconv2.weight")):
            values *= 1.2 / parameter.shape[1] ** 0.5
        elif ".grn." in name:
            values *= 0.5
        else:
            continue
        parameter.data = torch.from_numpy(values.astype(np.float32))


def write_base(name, folder):
    """The tiny model, which is the one of published size, with weights of unit gain, the same in every run."""
    model = build(name, dict(num_labels=2))
    random = np.random.Generator(np.random.PCG64(1))
    for key, parameter in sorted(model.named_parameters()):
        values = random.standard_normal(parameter.shape, dtype=np.float32)
        if "norm" in key and key.endswith("weight"):
            values = 1 + 0.1 * values
        elif key.endswith("layer_scale_parameter"):
            values = 0.3 + 0.1 * values
        elif key.endswith("bias"):
            values *= 0.02
        elif ".grn." in key:
            values *= 0.5
        elif key.endswith("weight"):
            values /= np.sqrt(values[0].size)
        parameter.data = torch.from_numpy(values.astype(np.float32))
    model.save_pretrained(folder)
    transformers.ConvNextImageProcessorPil(size={"shortest_edge": 224}, crop_pct=224 / 256).save_pretrained(folder)


def lower_precisions(folder, head, pixels):
    """The logits of PyTorch in bfloat16, and with its linear layers in int8."""
    for precision in ("bfloat16", "int8"):
        model = head.from_pretrained(folder).eval()
        dtype = torch.bfloat16 if precision == "bfloat16" else torch.float32
        if precision == "int8":
            model = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)
        with torch.no_grad():
            yield precision, model.to(dtype)(torch.from_numpy(pixels).to(dtype)).logits.double()


def golden_of(folder, head, pixels, prefix):
    model = head.from_pretrained(folder).eval()
    golden = {prefix + "pixel_values": torch.from_numpy(pixels)}
    for name, dtype in [("f64", torch.float64), ("f32", torch.float32)]:
        with torch.no_grad():
            output = model.to(dtype)(golden[prefix + "pixel_values"].to(dtype), output_hidden_states=True)
        golden[f"{prefix}logits.{name}"] = output.logits
        assert len(output.hidden_states) == model.config.num_stages + 1
        if name == "f64":
            for index, value in enumerate(output.hidden_states):
                assert value.dtype == dtype
                golden[f"{prefix}hidden_states.{index}"] = value.flatten(2).transpose(1, 2).float().contiguous()
    worst = (golden[prefix + "logits.f32"].double() - golden[prefix + "logits.f64"]).abs().max().item()
    return golden, worst


def main():
    manifest = {"oracle": oracle.versions("transformers", "torch", "safetensors", "numpy"),
                "cpu": oracle.cpu_model(), "pytorch": {}, "models": []}
    distances = {}
    for seed, (name, covers, settings, sizes, refused) in enumerate(MODELS, start=301):
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        model = build(name, {**BASE, **settings})
        fill(model, seed)
        model.save_pretrained(folder)
        assert set(model.state_dict()) == set(load_file(folder / "model.safetensors"))

        config, head = model.config, type(model)
        side = config.image_size
        height, width = side if isinstance(side, (list, tuple)) else (side, side)
        random = np.random.Generator(np.random.PCG64(5000 + seed))

        def pixels(h, w):
            return random.uniform(-1, 1, (2, config.num_channels, h, w)).astype(np.float32)

        golden, worst = {}, 0.0
        for prefix, h, w in [("", height, width)] + [(f"other.{h}x{w}.", h, w) for h, w in sizes]:
            values = pixels(h, w)
            part, error = golden_of(folder, head, values, prefix)
            golden.update(part)
            worst = max(worst, error)
            for precision, logits in lower_precisions(folder, head, values):
                distance = (logits - part[prefix + "logits.f64"]).abs().flatten().tolist()
                distances.setdefault(precision, []).extend(distance)
        for h, w in refused:
            try:
                golden_of(folder, head, pixels(h, w), "")
            except RuntimeError:
                continue
            raise AssertionError(f"{name} runs with {h}x{w}")
        logits = torch.cat([value.flatten() for key, value in golden.items() if key.endswith("logits.f64")])
        save_file(golden, folder / "golden.safetensors")
        manifest["models"].append({
            "name": name, "covers": covers, "class": head.__name__,
            "sizes": [f"{h}x{w}" for h, w in sizes], "refused": [f"{h}x{w}" for h, w in refused],
            "largest_logit": round(logits.abs().max().item(), 3), "largest_float32_logit_error": worst})
    manifest["pytorch"] = {precision: {"mean": float(np.mean(distance)), "largest": max(distance)}
                           for precision, distance in distances.items()}
    oracle.write_json(HERE / "manifest.json", manifest)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", metavar="DIR", help="write the full-width models into this folder instead")
    arguments = parser.parse_args()
    if arguments.base:
        for base in ("convnext-tiny", "convnextv2-tiny"):
            write_base(base, Path(arguments.base) / base)
    else:
        main()

"""A full-size ViT-B/16 from a deterministic generator, and the reference's logits for real and synthetic images.

Run: python make.py                  writes golden.safetensors and manifest.json beside this file
     python make.py --write FOLDER   writes the model itself (346 MB) as a Hugging Face folder

transformers 5.23.0, torch 2.13.0 on the CPU, Pillow 13.0.0, safetensors 0.8.0, NumPy 2.4.6.
The generator's rule stands in Tests/CFixtureWeights/include/CFixtureWeights.h; which multiplier and offset a tensor
gets, in `recipe` below and in Tests/TestSupport/FixtureModel.swift.

golden.safetensors (N inputs, in the order of manifest.json's `inputs`):
  logits.f64 [N, 2], logits.f32 [N, 2]      the reference in float64 throughout, and in float32 (default attention)
  cls.f64 [N, 768]                          the class token after the final layer norm, the classifier's input
  <input's name>.head F32 [8]               the first pixel values of each input that is not a file
manifest.json: oracle versions, PyTorch's own float32 errors (mean and largest, of the logits and of the class
token: 24 logits are few, 9,216 elements of the class token make a steadier mean), checksums of generated tensors,
and the inputs:
  file:      a path under Fixtures/, decoded and prepared by the reference's PIL back end
             (`pixelValuesSHA256` of the float32 values in NCHW order)
  generated: pixel values are the generator's tensor of that key with multiplier 14189 (standard deviation 0.5)
  ramp:      pixel value = ((3x + 5y + 40c) mod 256 - 127.5) / 127.5
  constant:  one value everywhere
"""
import argparse
import hashlib
import json
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402

import numpy as np  # noqa: E402

CONFIG = json.loads((HERE / "config.json").read_text())
CHECKED = ["vit.embeddings.cls_token", "vit.embeddings.patch_embeddings.projection.weight",
           "vit.encoder.layer.0.attention.attention.query.weight", "vit.encoder.layer.11.output.dense.bias",
           "vit.encoder.layer.5.layernorm_before.weight", "classifier.weight"]
INPUTS = [
    {"name": "astronaut", "file": "photos/astronaut.jpg"},
    {"name": "coffee", "file": "photos/coffee.jpg"},
    {"name": "chelsea", "file": "photos/chelsea.jpg"},
    {"name": "rocket", "file": "photos/rocket.jpg"},
    {"name": "chelsea-grey", "file": "photos/chelsea-grey.png"},
    {"name": "noise.0", "generated": "pixel_values.0"},
    {"name": "noise.1", "generated": "pixel_values.1"},
    {"name": "noise.2", "generated": "pixel_values.2"},
    {"name": "noise.3", "generated": "pixel_values.3"},
    {"name": "ramp", "ramp": True},
    {"name": "grey", "constant": 0.0},
    {"name": "white", "constant": 1.0},
]
PIXEL_MULTIPLIER = 14189


def fnv1a64(data):
    state = 0xCBF29CE484222325
    for byte in data:
        state = (state ^ byte) * 0x100000001B3 % 2**64
    return state


def generate(key, count, multiplier, offset=0):
    """The first `count` elements of the tensor `key`."""
    with np.errstate(over="ignore"):
        z = np.uint64(fnv1a64(key.encode())) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    parts = z.astype("<u8").view("<u2").reshape(count, 4).astype(np.int64).sum(axis=1) - 2 * 65535
    return (parts * multiplier + offset).astype(np.float32) * np.float32(2.0**-30)


def recipe(key):
    """(multiplier, offset) of the tensor `key`: standard deviation = multiplier * 3.524e-5."""
    if "norm" in key and key.endswith("weight"):
        return 2838, 2**30  # 1 with a standard deviation of 0.1
    if key.endswith("bias"):
        return 568, 0  # 0.02
    if key.endswith("query.weight") or key.endswith("key.weight"):
        return 1419, 0  # 0.05, so that attention is far from uniform
    if key.endswith("cls_token") or key.endswith("position_embeddings"):
        return 568, 0  # 0.02
    return 1021, 0  # 0.036: unit-scale logits from a normalised hidden state of 768


def shapes():
    hidden, inner = CONFIG["hidden_size"], CONFIG["intermediate_size"]
    result = {
        "classifier.bias": [2], "classifier.weight": [2, hidden],
        "vit.embeddings.cls_token": [1, 1, hidden],
        "vit.embeddings.patch_embeddings.projection.bias": [hidden],
        "vit.embeddings.patch_embeddings.projection.weight": [hidden, 3, 16, 16],
        "vit.embeddings.position_embeddings": [1, 197, hidden],
        "vit.layernorm.bias": [hidden], "vit.layernorm.weight": [hidden],
    }
    for index in range(CONFIG["num_hidden_layers"]):
        layer = f"vit.encoder.layer.{index}."
        for name in ("query", "key", "value"):
            result[f"{layer}attention.attention.{name}.bias"] = [hidden]
            result[f"{layer}attention.attention.{name}.weight"] = [hidden, hidden]
        result[f"{layer}attention.output.dense.bias"] = [hidden]
        result[f"{layer}attention.output.dense.weight"] = [hidden, hidden]
        result[f"{layer}intermediate.dense.bias"] = [inner]
        result[f"{layer}intermediate.dense.weight"] = [inner, hidden]
        result[f"{layer}output.dense.bias"] = [hidden]
        result[f"{layer}output.dense.weight"] = [hidden, inner]
        for name in ("layernorm_before", "layernorm_after"):
            result[f"{layer}{name}.bias"] = [hidden]
            result[f"{layer}{name}.weight"] = [hidden]
    return result


def write_model(folder):
    from safetensors.numpy import save_file

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {key: generate(key, int(np.prod(shape)), *recipe(key)).reshape(shape) for key, shape in shapes().items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    for name in ("config.json", "preprocessor_config.json"):
        shutil.copyfile(HERE / name, folder / name)


def pixel_values(source, processor):
    if "file" in source:
        from PIL import Image

        image = Image.open(oracle.FIXTURES / source["file"]).convert("RGB")
        values = processor(images=image, return_tensors="np")["pixel_values"]
        source["pixelValuesSHA256"] = hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()
        return values
    if "generated" in source:
        return generate(source["generated"], 3 * 224 * 224, PIXEL_MULTIPLIER).reshape(1, 3, 224, 224)
    if "ramp" in source:
        c, y, x = np.meshgrid(np.arange(3), np.arange(224), np.arange(224), indexing="ij")
        level = ((3 * x + 5 * y + 40 * c) % 256).astype(np.float32)
        return ((level - np.float32(127.5)) / np.float32(127.5))[None]
    return np.full((1, 3, 224, 224), source["constant"], dtype=np.float32)


def main():
    import tempfile

    import torch
    from safetensors.numpy import save_file
    from transformers import AutoImageProcessor, ViTForImageClassification

    torch.set_num_threads(2)
    golden, classes = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        write_model(folder)
        processor = AutoImageProcessor.from_pretrained(folder, backend="pil")
        assert type(processor).__name__ == "ViTImageProcessorPil", type(processor)
        inputs = [pixel_values(source, processor) for source in INPUTS]
        assert all(value.dtype == np.float32 and value.shape == (1, 3, 224, 224) for value in inputs)
        model = ViTForImageClassification.from_pretrained(folder, dtype=torch.float32).eval()
        print("attention:", model.config._attn_implementation)
        for name, dtype in [("f32", torch.float32), ("f64", torch.float64)]:
            model = model.to(dtype)
            logits, tokens, hidden = [], [], []
            with torch.no_grad():
                for pixels in inputs:
                    backbone = model.vit(torch.from_numpy(pixels).to(dtype))
                    tokens.append(backbone.last_hidden_state[:, 0])
                    logits.append(model.classifier(tokens[-1]))
            golden[f"logits.{name}"] = torch.cat(logits).numpy()
            classes[name] = torch.cat(tokens).double().numpy()
            if name == "f64":
                golden["cls.f64"] = classes[name]
                probe = torch.from_numpy(inputs[0]).to(dtype)
                with torch.no_grad():
                    sdpa = model(probe).logits
                    oracle.exact_eager_attention()
                    model.set_attn_implementation("eager")
                    output = model(probe, output_attentions=True, output_hidden_states=True)
                # The default attention is float64 throughout: it agrees with the plain sums.
                assert (output.logits - sdpa).abs().max() < 1e-12
                print("largest attention per layer:", [round(a.max().item(), 2) for a in output.attentions])
                print("hidden state rms:", [round(h.pow(2).mean().sqrt().item(), 2) for h in output.hidden_states])
    for source, pixels in zip(INPUTS, inputs):
        if "file" not in source:
            golden[f"{source['name']}.head"] = pixels.reshape(-1)[:8].copy()
    error = np.abs(golden["logits.f32"].astype(np.float64) - golden["logits.f64"])
    class_error = np.abs(classes["f32"] - classes["f64"])
    checksums = {}
    for key in CHECKED:
        values = generate(key, int(np.prod(shapes()[key])), *recipe(key)).astype("<f4").tobytes()
        checksums[key] = {"sha256": hashlib.sha256(values).hexdigest(), "fnv1a64": f"{fnv1a64(values):016x}"}
    save_file(golden, HERE / "golden.safetensors")
    oracle.write_json(HERE / "manifest.json", {
        "oracle": oracle.versions("transformers", "torch", "pillow", "safetensors", "numpy"),
        "cpu": oracle.cpu_model(), "torch_capability": torch.backends.cpu.get_cpu_capability(), "threads": 2,
        "torch_float32": {"mean_logit_error": error.mean(), "largest_logit_error": error.max(),
                          "mean_cls_error": class_error.mean(), "largest_cls_error": class_error.max()},
        "tensors": checksums, "inputs": INPUTS})
    print(golden["logits.f64"], error, error.mean(), sep="\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", metavar="FOLDER", help="write the model itself to this folder")
    arguments = parser.parse_args()
    write_model(arguments.write) if arguments.write else main()

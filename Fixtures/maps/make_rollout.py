"""Attention rollout (Abnar and Zuidema, 2020) of the reference's attentions, in float64.

Run: python make_rollout.py        (NumPy 2.4.6, safetensors 0.8.0)

The attentions are those that transformers computed in float64 for the tiny models of other sets: `attentions.N` in
their golden.safetensors, whose make.py say with which versions (some sets keep them rounded to float32). Here whole
matrices are multiplied, layer by layer, as the paper has it; the library multiplies a row through them.

Of each layer: heads fused by mean, max or min; the lowest floor(share * count) values of the whole matrix set to zero
(of equal ones the first; none is spared, where jacobgil/vit-explain spares that of CLS to CLS); residual times the
identity added to (1 - residual) times it; rows divided by their sums, rows without a sum left as they are. The product
is read where the classifier reads: CLS, both of DeiT's tokens, the mean of the patches, or CLS and that mean in equal
parts. Of it the columns of the patches are kept, [2, patches].

Writes rollout.safetensors, F64 [2, rows, columns] under SET/MODEL/PREFIX/FUSION/RESIDUAL/DISCARD (own sizes have the
prefix "own"), and rollout.json with the list.
"""
import json
from pathlib import Path

import numpy as np
import safetensors
from safetensors.numpy import load_file, save_file

HERE = Path(__file__).resolve().parent

# folder, tokens before the patches, patch (height, width), where the classifier reads, prefixes
MODELS = [
    ("vit-tiny/plain", 1, (4, 4), "cls", ["", "interpolated.8x20.", "interpolated.13x15.", "interpolated.4x36."]),
    ("vit-tiny/rectangle", 1, (4, 4), "cls", [""]),
    ("vit-tiny/rectangular-patch", 1, (3, 5), "cls", [""]),
    ("vit-tiny/remainder-rectangle", 1, (4, 3), "cls", [""]),
    ("vit-tiny/one-patch", 1, (7, 7), "cls", ["", "interpolated.14x21."]),
    ("vit-tiny/grey", 1, (4, 4), "cls", [""]),
    ("architectures/deit", 2, (4, 4), "cls", ["", "interpolated.8x20."]),
    ("architectures/deit-with-teacher", 2, (4, 4), "both", [""]),
    ("architectures/dinov2", 1, (4, 4), "cls+mean", ["", "interpolated.13x15."]),
    ("architectures/dinov2-with-registers", 4, (4, 4), "cls+mean", [""]),
    ("architectures/clip", 1, (4, 4), "mean", [""]),
    ("architectures/siglip", 0, (4, 4), "mean", [""]),
    ("vit-relatives/ijepa", 0, (4, 4), "mean", ["", "interpolated.8x20."]),
    ("vit-relatives/vit-msn", 1, (4, 4), "cls", [""]),
    ("vit-relatives/metaclip-2", 1, (4, 4), "mean", [""]),
    ("beit/beit", 1, (4, 4), "mean", ["", "interpolated.8x20."]),
    ("beit/beit-shared", 1, (4, 4), "cls", [""]),
    ("siglip2/naflex", 0, (4, 4), "mean", ["", "interpolated.12x20."]),
]
SETTINGS = [("mean", 0.5, 0.0), ("max", 0.5, 0.0), ("min", 0.5, 0.9), ("mean", 0.25, 0.5), ("max", 0.0, 0.3)]


def rollout(attentions, fusion, residual, discard):
    result = None
    for layer in attentions:
        fused = getattr(layer, fusion)(axis=0)
        if discard:
            flat = fused.flatten()
            flat[np.argsort(flat, kind="stable")[:int(discard * flat.size)]] = 0
            fused = flat.reshape(fused.shape)
        mixed = (1 - residual) * fused + residual * np.eye(len(fused))
        sums = mixed.sum(axis=1, keepdims=True)
        mixed = mixed / np.where(sums > 0, sums, 1)
        result = mixed if result is None else mixed @ result
    return result


def read(matrix, special, where):
    patches = matrix[special:].mean(axis=0)
    row = {"cls": matrix[0], "both": matrix[:2].mean(axis=0), "mean": patches,
           "cls+mean": (matrix[0] + patches) / 2}[where]
    return row[special:]


def main():
    tensors, cases = {}, []
    for folder, special, (patch_height, patch_width), where, prefixes in MODELS:
        golden = load_file(HERE.parent / folder / "golden.safetensors")
        config = json.loads((HERE.parent / folder / "config.json").read_text())
        config = config.get("vision_config", config)
        patch = config["patch_size"]
        assert (patch if isinstance(patch, list) else [patch] * 2) == [patch_height, patch_width], folder
        for prefix in prefixes:
            height, width = golden[prefix + "pixel_values"].shape[2:]
            layers = []
            while f"{prefix}attentions.{len(layers)}" in golden:
                layers.append(golden[f"{prefix}attentions.{len(layers)}"].astype(np.float64))
            assert layers, (folder, prefix)
            rows, columns = height // patch_height, width // patch_width
            assert layers[0].shape[-1] == special + rows * columns, (folder, prefix, layers[0].shape)
            for fusion, residual, discard in SETTINGS:
                key = f"{folder}/{prefix.rstrip('.') or 'own'}/{fusion}/{residual}/{discard}"
                tensors[key] = np.stack([
                    read(rollout([layer[image] for layer in layers], fusion, residual, discard), special, where)
                    for image in range(2)]).reshape(2, rows, columns)
                cases.append({"key": key, "model": folder, "prefix": prefix, "fusion": fusion,
                              "residual": residual, "discard": discard})
    save_file(tensors, HERE / "rollout.safetensors")
    versions = {"numpy": np.__version__, "safetensors": safetensors.__version__}
    (HERE / "rollout.json").write_text(json.dumps({"versions": versions, "cases": cases}, indent=1) + "\n")


main()

"""Tiny random models with 8-bit weights, as bitsandbytes (LLM.int8) and compressed-tensors save them.

Run: python make.py   (transformers 5.23.0, torch 2.13.0 on the CPU, bitsandbytes 0.50.2, compressed-tensors 0.20.0,
accelerate 1.15.0, safetensors 0.8.0, NumPy 2.4.6)

Writes for each model of MODELS a folder with config.json, model.safetensors, and golden.safetensors: the weights that
transformers makes of it when asked to dequantise (`dequantize()`, `CompressedTensorsConfig(dequantize=True)`), as
`weight.NAME` under the name on disk, in float32; pixel_values, and the logits that it computes from these weights in
float32 and in float64. Both makers also round the activations to 8 bits in their own forward pass, which is not done
here.
"""
import json
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
from compressed_tensors.compressors import BaseCompressor  # noqa: E402
from compressed_tensors.quantization import QuantizationScheme  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402
from transformers import AutoModelForImageClassification, BitsAndBytesConfig, CompressedTensorsConfig  # noqa: E402

torch.set_num_threads(2)
transformers.utils.logging.disable_progress_bar()

BASE = dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, image_size=12, patch_size=4, num_labels=3)
VIT = ("ViT", {**BASE, "intermediate_size": 40})
# What transformers 5.23 saves of this one and cannot load again: `weights_in` is joined, its SCB is not.
REFUSED = ("bitsandbytes-gated", ("Dinov2", {**BASE, "mlp_ratio": 3, "use_swiglu_ffn": True}))

# name, model, method, strategy, element type of the scales
MODELS = [
    ("bitsandbytes", VIT, "bitsandbytes", None, None),
    ("bitsandbytes-dinov2", ("Dinov2", {**BASE, "mlp_ratio": 2}), "bitsandbytes", None, None),
    ("compressed-channel", VIT, "compressed-tensors", "channel", torch.float32),
    ("compressed-tensor", VIT, "compressed-tensors", "tensor", torch.float32),
    ("compressed-channel-bfloat16", VIT, "compressed-tensors", "channel", torch.bfloat16),
    ("compressed-channel-float16", VIT, "compressed-tensors", "channel", torch.float16),
]


def compress(folder, strategy, scale_type):
    """Makes the folder one that compressed-tensors would have saved."""
    weights = {"num_bits": 8, "type": "int", "symmetric": True, "strategy": strategy, "dynamic": False}
    inputs = {"num_bits": 8, "type": "int", "symmetric": True, "strategy": "token", "dynamic": True}
    scheme = QuantizationScheme(targets=["Linear"], weights=weights, input_activations=inputs)
    compressor = BaseCompressor.get_value_from_registry("int-quantized")
    tensors = load_file(folder / "model.safetensors")
    result = {}
    for name, tensor in tensors.items():
        module, _, leaf = name.rpartition(".")
        is_linear = leaf == "weight" and tensor.dim() == 2 and module != "classifier" and "norm" not in module
        if not is_linear:
            result[name] = tensor
            continue
        largest = tensor.abs().amax(dim=1, keepdim=True) if strategy == "channel" else tensor.abs().max().reshape(1)
        scale = (largest / 127.5).to(scale_type)
        part = compressor.compress({"weight": tensor.to(scale_type), "weight_scale": scale}, scheme)
        for leaf, value in part.items():
            result[f"{module}.{leaf}"] = value.contiguous()
    save_file(result, folder / "model.safetensors", metadata={"format": "pt"})
    path = folder / "config.json"
    config = json.loads(path.read_text())
    config["quantization_config"] = {
        "config_groups": {"group_0": {
            "format": "int-quantized", "input_activations": inputs, "output_activations": None,
            "targets": ["Linear"], "weights": weights}},
        "format": "int-quantized", "ignore": ["classifier"], "kv_cache_scheme": None,
        "quant_method": "compressed-tensors", "quantization_status": "compressed"}
    path.write_text(json.dumps(config, indent=2) + "\n")


def save_8bit(plain, folder):
    with tempfile.TemporaryDirectory() as temporary:
        plain.save_pretrained(temporary)
        quantized = AutoModelForImageClassification.from_pretrained(
            temporary, dtype=torch.float32, quantization_config=BitsAndBytesConfig(load_in_8bit=True))
        quantized.save_pretrained(folder)


def build(family, settings, seed):
    config = getattr(transformers, family + "Config")(**settings)
    model = getattr(transformers, family + "ForImageClassification")(config).eval()
    oracle.fill(model, seed)
    return config, model


def dequantized(folder, method):
    if method == "bitsandbytes":
        model = AutoModelForImageClassification.from_pretrained(folder, dtype=torch.float32)
        return model.dequantize()
    return AutoModelForImageClassification.from_pretrained(
        folder, dtype=torch.float32, quantization_config=CompressedTensorsConfig(dequantize=True))


def main():
    manifest = {"oracle": oracle.versions("transformers", "torch", "bitsandbytes", "compressed-tensors", "safetensors", "numpy"),
                "cpu": oracle.cpu_model(), "models": []}
    for seed, (name, (family, settings), method, strategy, scale_type) in enumerate(MODELS, start=501):
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        config, plain = build(family, settings, seed)
        if method == "bitsandbytes":
            save_8bit(plain, folder)
        else:
            plain.save_pretrained(folder)
            compress(folder, strategy, scale_type)
        model = dequantized(folder, method).eval()
        with tempfile.TemporaryDirectory() as temporary:
            if hasattr(model.config, "quantization_config"):
                del model.config.quantization_config
            model.hf_quantizer = None
            dense = type(plain)(config).eval()
            dense.load_state_dict(model.state_dict())
            dense.save_pretrained(temporary)
            weights = load_file(Path(temporary) / "model.safetensors")
        on_disk = load_file(folder / "model.safetensors")
        golden = {f"weight.{key}": weights[key] for key, value in on_disk.items() if value.dtype == torch.int8}
        assert len(golden) >= 12, golden.keys()
        random = np.random.Generator(np.random.PCG64(1000 + seed))
        pixels = torch.from_numpy(random.uniform(-1, 1, (2, 3, 12, 12)).astype(np.float32))
        with torch.no_grad():
            golden["pixel_values"] = pixels
            golden["logits"] = dense(pixels).logits
            exact = dense.double()(pixels.double()).logits
            golden["logits.f64"] = exact
            change = (plain(pixels).logits - golden["logits"]).abs().max().item()
        save_file({key: value.contiguous() for key, value in golden.items()}, folder / "golden.safetensors")
        manifest["models"].append({
            "name": name, "class": type(plain).__name__, "method": method,
            "largest_change_of_a_logit_by_quantising": round(change, 4)})
        print(name, change, golden["logits"].tolist())
    name, (family, settings) = REFUSED
    shutil.rmtree(HERE / name, ignore_errors=True)
    save_8bit(build(family, settings, 500)[1], HERE / name)
    try:
        dequantized(HERE / name, "bitsandbytes")
        raise SystemExit(f"{name} can be loaded")
    except RuntimeError:
        manifest["refused"] = [name]
    oracle.write_json(HERE / "manifest.json", manifest)


main()

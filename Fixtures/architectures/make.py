"""Tiny random models of the other architectures that are the same encoder, as transformers saves them.

Run: python make.py            (transformers 5.23.0, torch 2.13.0 on the CPU, safetensors 0.8.0, NumPy 2.4.6)

Writes for each model of MODELS a folder as ../vit-tiny/make.py does. DINOv2 resamples its position table for inputs of
any size without being asked. in-memory.safetensors has the same weights under the names of version 5's modules.
"""
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

BASE = dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, image_size=12, patch_size=4, num_channels=3)
MLP = {**BASE, "intermediate_size": 40}
OTHER_SIZES = [(16, 16), (8, 20), (13, 15), (4, 36)]

# name, model class, what it covers, its config, the sizes of other inputs, a key that must be on disk
MODELS = [
    ("deit", "DeiT", "DeiTForImageClassification: a distillation token, one head", {**MLP, "num_labels": 3}, OTHER_SIZES,
     "deit.encoder.layer.0.attention.attention.query.weight"),
    ("deit-with-teacher", "DeiT", "DeiTForImageClassificationWithTeacher: two heads, averaged; no bias of queries",
     {**MLP, "num_labels": 2, "qkv_bias": False}, [(16, 16)], "deit.embeddings.distillation_token"),
    ("dinov2", "Dinov2", "layer scale, CLS and mean of the patches", {**BASE, "mlp_ratio": 2, "num_labels": 2},
     OTHER_SIZES + [(24, 24)], "dinov2.encoder.layer.0.layer_scale1.lambda1"),
    ("dinov2-swiglu", "Dinov2", "the gated MLP of the giant model; no mask token; no bias of queries",
     {**BASE, "mlp_ratio": 3, "use_swiglu_ffn": True, "use_mask_token": False, "qkv_bias": False, "num_labels": 4}, [],
     "dinov2.encoder.layer.0.mlp.weights_in.weight"),
    ("dinov2-without-labels", "Dinov2", "num_labels 0: CLS and mean themselves",
     {**BASE, "mlp_ratio": 1, "num_labels": 0}, [], "dinov2.layernorm.weight"),
    ("dinov2-with-registers", "Dinov2WithRegisters", "three registers; positions resampled with antialiasing",
     {**BASE, "image_size": 24, "mlp_ratio": 2, "num_register_tokens": 3, "num_labels": 2},
     [(12, 12), (8, 20), (32, 32), (4, 28)], "dinov2_with_registers.embeddings.register_tokens"),
    ("siglip", "Siglip", "no CLS token, mean of all tokens; a pooling head that classification does not use",
     {**MLP}, OTHER_SIZES, "vision_model.encoder.layers.0.self_attn.out_proj.weight"),
    ("siglip-without-head", "Siglip", "vision_use_head false; five heads; gelu", {
        **MLP, "hidden_size": 30, "num_attention_heads": 5, "vision_use_head": False, "hidden_act": "gelu"}, [],
     "vision_model.embeddings.position_embedding.weight"),
    ("clip", "CLIP", "layer norm before the layers, none after; mean of the patches; quick_gelu", {**MLP}, OTHER_SIZES,
     "vision_model.pre_layrnorm.weight"),
    ("clip-one-head", "CLIP", "one head, one layer, rectangular inputs only by resampling",
     {**MLP, "num_attention_heads": 1, "num_hidden_layers": 1, "layer_norm_eps": 1e-6}, [(4, 8)], "classifier.bias"),
]

# Models of which the names that their modules have in memory differ from those on disk: they are kept too.
IN_MEMORY = ("deit", "dinov2", "dinov2-swiglu")


def build(family, name, settings):
    nested = family in ("Siglip", "CLIP")
    config_class = getattr(transformers, family + "Config")
    head = family + "ForImageClassification" + ("WithTeacher" if name.endswith("teacher") else "")
    config = config_class(vision_config=settings, num_labels=2) if nested else config_class(**settings)
    model = getattr(transformers, head)._from_config(config, attn_implementation="eager").eval()
    return model, config.vision_config if nested else config


def main():
    manifest = {"oracle": oracle.versions("transformers", "torch", "safetensors", "numpy"),
                "cpu": oracle.cpu_model(), "models": []}
    for seed, (name, family, covers, settings, sizes, key) in enumerate(MODELS, start=101):
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        model, config = build(family, name, settings)
        oracle.fill(model, seed)
        model.save_pretrained(folder)
        on_disk = load_file(folder / "model.safetensors")
        assert key in on_disk, sorted(on_disk)

        if name in IN_MEMORY:
            names = {key: value.contiguous() for key, value in model.state_dict().items()}
            assert set(names) != set(on_disk)
            save_file(names, folder / "in-memory.safetensors")

        side = config.image_size
        asks = not family.startswith("Dinov2")
        random = np.random.Generator(np.random.PCG64(1000 + seed))
        golden, worst = {}, 0.0
        cases = [("", side, side, False if asks else None)]
        cases += [(f"interpolated.{h}x{w}.", h, w, True if asks else None) for h, w in sizes]
        for prefix, h, w, interpolate in cases:
            pixels = random.uniform(-1, 1, (2, config.num_channels, h, w)).astype(np.float32)
            part, error = oracle.evaluate(model, torch.from_numpy(pixels), prefix, interpolate)
            golden.update(part)
            worst = max(worst, error)
        logits = torch.cat([value.flatten() for key, value in golden.items() if key.endswith("logits.f64")])
        save_file(golden, folder / "golden.safetensors")
        manifest["models"].append({
            "name": name, "covers": covers, "class": type(model).__name__,
            "interpolated": [f"{h}x{w}" for h, w in sizes],
            "largest_logit": round(logits.abs().max().item(), 3), "largest_float32_logit_error": worst})
    oracle.write_json(HERE / "manifest.json", manifest)


main()

"""Saves one tiny Vision Transformer under the keys of each family, with and without the prefix `vit.`.

The 4.x files are what transformers itself writes; the 5.x files are its state dict as it is in memory; the timm
files come from a timm model that takes the same weights and must give the same logits. Every file holds the
same numbers, so a reader that understands all families reads the same tensors from each.

    python make.py        # needs the versions named in manifest.json
"""
import json
import pathlib
import platform
import tempfile

import safetensors
import torch

# A CPU build of torch beside a CUDA build of torchvision cannot import it unless these operators are declared.
shim = torch.library.Library("torchvision", "FRAGMENT")
shim.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
shim.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import timm
import transformers
from safetensors.torch import load_file, save_file
from transformers import ViTConfig, ViTForImageClassification

FOLDER = pathlib.Path(__file__).resolve().parent
torch.manual_seed(7)
config = ViTConfig(
    hidden_size=4, num_hidden_layers=2, num_attention_heads=2, intermediate_size=8, image_size=4, patch_size=2,
    num_channels=3, num_labels=3, layer_norm_eps=1e-6)
model = ViTForImageClassification(config).eval()
with torch.no_grad():
    for parameter in model.parameters():
        parameter.normal_()


def without_prefix(tensors):
    return {name.removeprefix("vit."): tensor for name, tensor in tensors.items()}


def save(name, tensors):
    save_file({key: tensor.contiguous() for key, tensor in tensors.items()}, FOLDER / f"{name}.safetensors",
              metadata={"format": "pt"})


with tempfile.TemporaryDirectory() as folder:
    model.save_pretrained(folder)
    on_disk = load_file(folder + "/model.safetensors")
assert "vit.encoder.layer.0.attention.attention.query.weight" in on_disk
in_memory = model.state_dict()
assert "vit.layers.0.attention.q_proj.weight" in in_memory

twin = timm.models.VisionTransformer(
    img_size=4, patch_size=2, embed_dim=4, depth=2, num_heads=2, mlp_ratio=2, num_classes=3).eval()
fused = {
    "cls_token": on_disk["vit.embeddings.cls_token"], "pos_embed": on_disk["vit.embeddings.position_embeddings"],
}
for leaf in ("weight", "bias"):
    fused[f"patch_embed.proj.{leaf}"] = on_disk[f"vit.embeddings.patch_embeddings.projection.{leaf}"]
    fused[f"norm.{leaf}"] = on_disk[f"vit.layernorm.{leaf}"]
    fused[f"head.{leaf}"] = on_disk[f"classifier.{leaf}"]
    for layer in range(2):
        ours, theirs = f"vit.encoder.layer.{layer}.", f"blocks.{layer}."
        fused[f"{theirs}attn.qkv.{leaf}"] = torch.cat(
            [on_disk[f"{ours}attention.attention.{part}.{leaf}"] for part in ("query", "key", "value")])
        for a, b in (("attention.output.dense", "attn.proj"), ("layernorm_before", "norm1"),
                     ("layernorm_after", "norm2"), ("intermediate.dense", "mlp.fc1"), ("output.dense", "mlp.fc2")):
            fused[f"{theirs}{b}.{leaf}"] = on_disk[f"{ours}{a}.{leaf}"]
twin.load_state_dict(fused, strict=True)
pixels = torch.randn(1, 3, 4, 4)
assert torch.allclose(twin(pixels), model(pixels).logits, atol=1e-5)

save("transformers4-vit", on_disk)
save("transformers4", without_prefix(on_disk))
save("transformers5-vit", in_memory)
save("transformers5", without_prefix(in_memory))
save("timm", twin.state_dict())
save("timm-vit", {"vit." + name: tensor for name, tensor in twin.state_dict().items()})
pooler = {"vit.pooler.dense.weight": torch.zeros(4, 4), "vit.pooler.dense.bias": torch.zeros(4)}
save("transformers4-vit-pooler", {**on_disk, **pooler})
(FOLDER / "manifest.json").write_text(json.dumps({
    "python": platform.python_version(), "torch": torch.__version__, "timm": timm.__version__,
    "transformers": transformers.__version__, "safetensors": safetensors.__version__}, indent=1) + "\n")

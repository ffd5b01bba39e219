"""Features of tiny random base models and classifiers, linear heads on them, and a .npy file.

Run: python make.py            (transformers 5.23.0, torch 2.13.0 on the CPU, safetensors 0.8.0, NumPy 2.4.6, Pillow 13.0.0, timm 1.0.31)

For each base model of MODELS a folder as save_pretrained writes it, with golden.safetensors beside the weights:
`pixel_values`, and `cls`, `pooled` and `mean` of the float64 evaluation, as far as the model has them.

- `cls` is last_hidden_state[:, 0], `mean` the mean of last_hidden_state without special tokens.
- `pooled` is pooler_output, and image_embeds of CLIPModel and CLIPVisionModelWithProjection.

classifiers.safetensors has the same of the classifiers of CLASSIFIERS and TIMM for the `pixel_values` of their own
goldens: there `pooled` is what the hook on the classifier sees.

heads/NAME.safetensors are linear heads as people save them (fc_weights.pth is one-logit by torch.save), and heads/golden.safetensors what they make in float64 of
the pooled (or other) features of the model that manifest.json names. `images` are two images, and images/golden.safetensors what the
models `vit` and `clip` make of them behind their own image processors; images/golden.npy is numpy.save of pooled of `clip`.

What is not obvious about the reference:

- CLIP's base model returns last_hidden_state without post_layernorm, which goes over the CLS token alone.
- A CLIPModel has the width of its projection in its own configuration; that in vision_config, 512 where nobody says, is
  without effect. A CLIPVisionModelWithProjection has it the other way round.
- ViTModel and DeiTModel fill a pooler that the file does not have with random numbers: `vit-without-pooler` has no `pooled`.
- torch.nn.functional.normalize divides by max(norm, 1e-12).
"""
import json
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402  before transformers: it makes torchvision importable

import numpy as np  # noqa: E402
import timm  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
from PIL import Image  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402

torch.set_num_threads(2)
transformers.utils.logging.disable_progress_bar()
transformers.utils.logging.set_verbosity_error()
oracle.exact_eager_attention()

BASE = dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, image_size=12, patch_size=4, num_channels=3)
MLP = {**BASE, "intermediate_size": 40}
TEXT = dict(vocab_size=20, hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1,
            max_position_embeddings=4, bos_token_id=0, eos_token_id=1, pad_token_id=1)
SWIN = dict(image_size=16, patch_size=2, embed_dim=8, depths=[1, 2], num_heads=[1, 2], window_size=4, mlp_ratio=2.0)
CLIP = dict(vision_config={**MLP, "projection_dim": 7}, text_config=TEXT, projection_dim=16)

# name, model class, its configuration, arguments of the class
MODELS = [
    ("vit", "ViTModel", MLP, {}),
    ("vit-pooler", "ViTModel", {**MLP, "pooler_output_size": 10, "pooler_act": "relu"}, {}),
    ("vit-without-pooler", "ViTModel", MLP, {"add_pooling_layer": False}),
    ("deit", "DeiTModel", MLP, {}),
    ("dinov2", "Dinov2Model", {**BASE, "mlp_ratio": 2}, {}),
    ("dinov2-with-registers", "Dinov2WithRegistersModel", {**BASE, "mlp_ratio": 2, "num_register_tokens": 3}, {}),
    ("clip", "CLIPModel", CLIP, {}),
    ("clip-vision", "CLIPVisionModel", MLP, {}),
    ("clip-vision-with-projection", "CLIPVisionModelWithProjection", {**MLP, "projection_dim": 16}, {}),
    ("siglip", "SiglipModel", dict(vision_config=MLP, text_config=TEXT), {}),
    ("siglip-vision", "SiglipVisionModel", MLP, {}),
    ("siglip-without-head", "SiglipVisionModel", {**MLP, "vision_use_head": False}, {}),
    ("swin", "SwinModel", SWIN, {}),
    ("swinv2", "Swinv2Model", SWIN, {}),
]
# Folders of classifiers, and the special tokens of each.
CLASSIFIERS = [
    ("vit-tiny/plain", 1), ("architectures/dinov2-without-labels", 1), ("architectures/deit", 2), ("architectures/deit-with-teacher", 2),
    ("architectures/dinov2", 1), ("architectures/dinov2-with-registers", 4), ("architectures/siglip", 0),
    ("architectures/clip", 1), ("swin/swin", 0), ("swin/swinv2", 0), ("vit-relatives/vit-msn", 1),
    ("vit-relatives/ijepa", 0), ("vit-relatives/metaclip-2", 1), ("beit/beit", 1), ("beit/data2vec-vision-cls", 1),
    ("convnext/convnext", 0), ("convnext/convnextv2", 0),
]


# Folders of timm's models, whose own methods give the features.
TIMM = ["timm/vit", "timm/registers-gap", "timm/eva", "timm/token-fc-norm", "timm/no-final-norm", "timm/siglip-gap"]


def special_tokens(config):
    """How many tokens come before the patches."""
    kind = config.model_type
    return {"deit": 2, "dinov2_with_registers": 1 + getattr(config, "num_register_tokens", 0), "siglip_vision_model": 0,
            "swin": 0, "swinv2": 0}.get(kind, 1)


def build(name, class_name, settings, arguments, seed):
    head = getattr(transformers, class_name)
    model = head._from_config(head.config_class(**settings), attn_implementation="eager", **arguments).eval()
    oracle.fill(model, seed)
    return model


def features(model, pixels):
    """cls, pooled and mean in float64."""
    tower = model
    if hasattr(model, "text_model"):
        tower = model.vision_model
    special = special_tokens(tower.config)
    with torch.no_grad():
        tower.double()
        model.double()
        output = tower(pixel_values=pixels.double())
        states = output.last_hidden_state
        if hasattr(model, "get_image_features"):
            pooled = model.get_image_features(pixel_values=pixels.double()).pooler_output
        elif "image_embeds" in output:
            pooled = output.image_embeds
        else:
            pooled = output.pooler_output
    has_cls = tower.config.model_type not in ("siglip_vision_model", "swin", "swinv2")
    golden = {"cls": states[:, 0]} if has_cls else {}
    if pooled is not None:
        golden["pooled"] = pooled
    golden["mean"] = states[:, special:].mean(1)
    return {key: value.clone().contiguous() for key, value in golden.items()}


def of_classifier(path, special):
    folder = HERE.parent / path
    config = transformers.AutoConfig.from_pretrained(folder)
    model = getattr(transformers, config.architectures[0]).from_pretrained(folder, attn_implementation="eager").eval().double()
    pixels = load_file(folder / "golden.safetensors")["pixel_values"].double()
    seen = []
    if hasattr(model, "classifier"):
        model.classifier.register_forward_hook(lambda module, inputs, output: seen.append(inputs[0]))
    tower = model.vision_model if hasattr(model, "vision_model") else getattr(model, model.base_model_prefix)
    with torch.no_grad():
        states = tower(pixel_values=pixels).last_hidden_state
        if states.dim() == 4:  # a map of ConvNeXt
            states = states.flatten(2).transpose(1, 2)
        model(pixel_values=pixels)
    golden = {"mean": states[:, special:].mean(1)}
    if special:
        golden["cls"] = states[:, 0]
    if seen:
        golden["pooled"] = seen[0]
    return {f"{path}.{key}": value.clone().contiguous() for key, value in golden.items()}


def of_timm(path):
    """`pooled` is what the classifier reads, behind a layer norm of its own."""
    folder = HERE.parent / path
    config = json.loads((folder / "config.json").read_text())
    model = timm.create_model(config["architecture"], **config["model_args"]).eval()
    weights = folder / "model.safetensors"
    model.load_state_dict(load_file(weights) if weights.exists() else torch.load(folder / "pytorch_model.bin"))
    pixels = load_file(folder / "golden.safetensors")["pixel_values"].double()
    with torch.no_grad():
        states = model.double().forward_features(pixels)
        golden = {"mean": states[:, model.num_prefix_tokens:].mean(1), "pooled": model.forward_head(states, pre_logits=True)}
    if model.has_class_token:
        golden["cls"] = states[:, 0]
    return {f"{path}.{key}": value.clone().contiguous() for key, value in golden.items()}


def heads(clip, vit):
    """Heads as people save them; the golden logits."""
    folder = HERE / "heads"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    random = np.random.Generator(np.random.PCG64(900))

    def tensor(*shape):
        return torch.from_numpy(random.standard_normal(shape).astype(np.float32))

    golden, described = {}, []

    def add(name, model, states, feature, tensors, metadata, dtype=torch.float32):
        tensors = {key: value.to(dtype) for key, value in tensors.items()}
        save_file(tensors, folder / f"{name}.safetensors", metadata)
        weight, bias = [next((v.double() for k, v in tensors.items() if k.endswith(end)), None) for end in ("weight", "bias")]
        x = states[feature]
        if (metadata or {}).get("normalize") == "l2":
            x = torch.nn.functional.normalize(x, dim=-1)
        golden[name] = torch.nn.functional.linear(x, weight, bias)
        described.append({"name": name, "model": model, "feature": feature})

    # UniversalFakeDetect's way: nn.Linear(768, 1) on CLIP's image_embeds, its state dict as it is.
    add("one-logit", "clip", clip, "pooled", {"weight": tensor(1, 16), "bias": tensor(1)}, None)
    torch.save(load_file(folder / "one-logit.safetensors"), folder / "fc_weights.pth")
    add("normalized", "clip", clip, "pooled", {"fc.weight": tensor(2, 16), "fc.bias": tensor(2)},
        {"format": "pt", "normalize": "l2", "labels": json.dumps(["real", "fake"])})
    add("class-token", "vit", vit, "cls", {"weight": tensor(3, 24), "bias": tensor(3)},
        {"feature": "cls", "normalize": "none", "labels": json.dumps(["a", "b", "c"])}, torch.float16)
    add("mean", "vit", vit, "mean", {"weight": tensor(2, 24)}, {"feature": "mean", "labels": json.dumps(["human", "ai"])})
    save_file(golden, folder / "golden.safetensors")
    return described


def images():
    folder = HERE / "images"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    random = np.random.Generator(np.random.PCG64(901))
    files = ["a.png", "b.png"]
    for index, file in enumerate(files):
        Image.fromarray(random.integers(0, 256, (20 + index, 17, 3), dtype=np.uint8)).save(folder / file)
    golden = {}
    for name in ("vit", "clip"):
        processor = transformers.AutoImageProcessor.from_pretrained(HERE / name, use_fast=False)
        pixels = processor([Image.open(folder / file) for file in files], return_tensors="pt")["pixel_values"]
        class_name = json.loads((HERE / name / "config.json").read_text())["architectures"][0]
        model = getattr(transformers, class_name).from_pretrained(HERE / name, attn_implementation="eager").eval()
        golden.update({f"{name}.{key}": value for key, value in features(model, pixels).items()})
    save_file(golden, folder / "golden.safetensors")
    np.save(folder / "golden.npy", golden["clip.pooled"].float().numpy())
    # 1,000 columns: a header of another length of the number.
    np.save(folder / "wide.npy", np.arange(3000, dtype=np.float32).reshape(3, 1000))


def main():
    manifest = {"oracle": oracle.versions("transformers", "torch", "safetensors", "numpy", "pillow", "timm"),
                "cpu": oracle.cpu_model(), "models": []}
    kept = {}
    for seed, (name, class_name, settings, arguments) in enumerate(MODELS, start=801):
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        model = build(name, class_name, settings, arguments, seed)
        model.save_pretrained(folder)
        if name == "vit":
            names = {"vit." + key: value for key, value in load_file(folder / "model.safetensors").items()}
            save_file(names, folder / "prefixed.safetensors")
            transformers.ViTImageProcessorPil(size={"height": 12, "width": 12}).save_pretrained(folder)
        if name == "clip":
            transformers.CLIPImageProcessorPil(size={"shortest_edge": 12}, crop_size={"height": 12, "width": 12}) \
                .save_pretrained(folder)
        side = 16 if "swin" in name else 12
        random = np.random.Generator(np.random.PCG64(1800 + seed))
        pixels = torch.from_numpy(random.uniform(-1, 1, (3, 3, side, side)).astype(np.float32))
        kept[name] = features(model, pixels)
        save_file({"pixel_values": pixels, **kept[name]}, folder / "golden.safetensors")
        manifest["models"].append({"name": name, "class": class_name,
                                   "widths": {key: value.shape[1] for key, value in kept[name].items()}})
    classifiers = {}
    for path, special in CLASSIFIERS:
        classifiers.update(of_classifier(path, special))
    for path in TIMM:
        classifiers.update(of_timm(path))
    save_file(classifiers, HERE / "classifiers.safetensors")
    manifest["classifiers"] = [path for path, _ in CLASSIFIERS] + TIMM
    manifest["heads"] = heads(kept["clip"], kept["vit"])
    images()
    oracle.write_json(HERE / "manifest.json", manifest)


main()

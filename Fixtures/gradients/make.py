"""The loss of tiny Vision Transformers and its gradient by every parameter, as PyTorch's autograd has them in float64.

Run: python make.py   (transformers 5.23.0, torch 2.13.0 on the CPU, timm 1.0.31, safetensors 0.8.0, NumPy 2.4.6)

The models are those of the sets `vit-tiny`, `architectures`, `vit-relatives`, `convnext` and `timm`, which this script only reads. It
writes for each of MODELS a file: three images (`pixel_values`), what the loss wants of them (`targets`, probabilities),
`logits` and `loss` (float64), and `gradient.NAME` for every tensor of the model's file that the loss depends on, rounded
to float32. The loss is the mean over the images of the cross-entropy with label smoothing 0.1, or with soft targets. Of
the models of ACTIVATIONS, which are one model with another `hidden_act`, two gradients are kept. manifest.json names all.

What is not obvious:

- transformers' eager attention rounds its softmax to float32: `oracle.exact_eager_attention` puts that right.
- Parameters are called otherwise in memory than on disk. The gradients go through `save_pretrained` in the place of the
  weights, so that the names are those that it writes.
- Where the gradient of a tensor is a small difference of large terms, float32 cannot tell it: images are drawn until
  PyTorch's own float32 gradients are within CONDITION of those in float64.
- A central difference along a random direction is compared with the gradients before anything is written.
"""
import json
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402  before timm: it makes torchvision importable

import numpy as np  # noqa: E402
import timm  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402
from transformers import AutoConfig, AutoModelForImageClassification  # noqa: E402

torch.set_num_threads(1)
transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
timm.layers.set_fused_attn(False)
oracle.exact_eager_attention("ijepa", "vit_msn", "metaclip_2")

# folder, whether the targets are soft
MODELS = [
    ("vit-tiny/no-qkv-bias", False), ("vit-tiny/single-pixel-patch", True),
    ("architectures/deit-with-teacher", True), ("architectures/dinov2-with-registers", False),
    ("architectures/dinov2-swiglu", False), ("architectures/siglip", False),
    ("vit-relatives/vit-msn", False),
    ("timm/registers-gap", False), ("timm/distilled", False), ("timm/dinov2-giant", False),
    ("convnext/convnext", False), ("convnext/convnextv2", True),
    ("timm/no-final-norm", False), ("timm/token-fc-norm", False), ("timm/clip", False),
]
ACTIVATIONS = ["gelu_10", "gelu_new", "quick_gelu", "relu", "silu", "relu2", "relu6", "leaky_relu", "hardswish", "sigmoid",
               "tanh", "mish", "laplace", "sqrtsoftplus", "linear"]
CONDITION = 3e-6
ACTIVATION_MODEL = "vit-tiny/single-pixel-patch"
ACTIVATION_GRADIENTS = ["vit.encoder.layer.0.intermediate.dense.weight", "vit.encoder.layer.0.layernorm_after.weight"]


def load(folder, activation=None):
    path = HERE.parent / folder
    if folder.startswith("timm/"):
        model = timm.create_model(f"local-dir:{path}", pretrained=True)
        return model, (lambda images: model(images)), model.patch_embed.img_size, model.patch_embed.proj.in_channels
    config = AutoConfig.from_pretrained(path)
    if activation is not None:
        config.hidden_act = activation
    model = AutoModelForImageClassification.from_pretrained(path, config=config, attn_implementation="eager")
    if config.architectures[0] != type(model).__name__:
        model = getattr(transformers, config.architectures[0]).from_pretrained(
            path, config=config, attn_implementation="eager")
    own = getattr(config, "vision_config", config)
    size = own.image_size if isinstance(own.image_size, (list, tuple)) else (own.image_size, own.image_size)
    return model, (lambda images: model(pixel_values=images).logits), size, own.num_channels


def gradients(model):
    """By their names on disk; without those that are not there."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.data = torch.full_like(parameter, float("nan")) if parameter.grad is None else parameter.grad.clone()
    if isinstance(model, transformers.PreTrainedModel):
        with tempfile.TemporaryDirectory() as folder:
            model.save_pretrained(folder)
            tensors = load_file(Path(folder) / "model.safetensors")
    else:
        tensors = {name: parameter.data for name, parameter in model.named_parameters()}
    return {name: value for name, value in tensors.items() if not value.isnan().any()}


def draw(random, channels, size, labels, soft):
    """Images, what is wanted of them, and the loss in terms of logits."""
    pixels = torch.from_numpy(random.standard_normal((3, channels, *size)).astype(np.float32))
    if soft:
        targets = torch.softmax(torch.from_numpy(random.standard_normal((3, labels))) * 2, dim=1).float().double()

        def loss_of(logits):
            return torch.nn.functional.cross_entropy(logits, targets.to(logits.dtype))
    else:
        classes = torch.arange(3) % labels
        targets = torch.full((3, labels), 0.1 / labels, dtype=torch.float64)
        targets[torch.arange(3), classes] += 0.9

        def loss_of(logits):
            return torch.nn.functional.cross_entropy(logits, classes, label_smoothing=0.1)
    return pixels, targets, loss_of


def autograd(model, run, images, loss_of):
    model.zero_grad()
    logits = run(images)
    loss = loss_of(logits)
    loss.backward()
    return logits, loss, {name: p.grad.double() for name, p in model.named_parameters() if p.grad is not None}


def make(folder, soft, seed, activation=None):
    model, run, size, channels = load(folder, activation)
    model = model.eval()
    random = np.random.Generator(np.random.PCG64(seed))
    with torch.no_grad():
        labels = run(torch.zeros(1, channels, *size)).shape[1]
    assert labels > 1
    for _ in range(100):
        pixels, targets, loss_of = draw(random, channels, size, labels, soft)
        single = autograd(model.float(), run, pixels, loss_of)[2]
        images = pixels.double()
        logits, loss, exact = autograd(model.double(), run, images, loss_of)
        every = torch.cat([value.flatten() for value in exact.values()]).norm()
        if all((single[name] - value).norm() < CONDITION * value.norm() for name, value in exact.items()
               if value.norm() > 1e-12 * every):
            break
    else:
        raise SystemExit(f"{folder}: no images whose gradients float32 can tell")
    parameters = [p for p in model.parameters() if p.grad is not None]
    directions = [torch.from_numpy(random.standard_normal(p.shape)) for p in parameters]
    slope = sum((p.grad * d).sum() for p, d in zip(parameters, directions)).item()
    step = 1e-6
    with torch.no_grad():
        sides = []
        for sign in (1, -2):
            for p, d in zip(parameters, directions):
                p += sign * step * d
            sides.append(loss_of(run(images)).item())
        for p, d in zip(parameters, directions):
            p += step * d
    difference = (sides[0] - sides[1]) / (2 * step)
    assert abs(difference - slope) < 1e-6 * max(1, abs(slope)), (folder, activation, difference, slope)

    golden = {"pixel_values": pixels, "targets": targets, "logits": logits.detach(), "loss": loss.detach().reshape(1)}
    for name, value in gradients(model).items():
        if activation is None or name in ACTIVATION_GRADIENTS:
            golden["gradient." + name] = value.float().contiguous()
    name = folder.replace("/", "-") if activation is None else "activation-" + activation
    save_file({key: value.contiguous() for key, value in golden.items()}, HERE / f"{name}.safetensors")
    return {"name": name, "folder": folder, "activation": activation}


def main():
    for file in HERE.glob("*.safetensors"):
        file.unlink()
    models = [make(folder, soft, 900 + index) for index, (folder, soft) in enumerate(MODELS)]
    models += [make(ACTIVATION_MODEL, False, 950 + index, name) for index, name in enumerate(ACTIVATIONS)]
    oracle.write_json(HERE / "manifest.json", {
        "versions": oracle.versions("transformers", "torch", "timm", "safetensors", "numpy"), "models": models})


main()

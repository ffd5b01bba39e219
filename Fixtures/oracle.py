"""What the generators beside the goldens share: the oracle's versions and a true float64 evaluation.

The goldens were made with Python 3.11, transformers 5.23.0, torch 2.13.0 (CPU), Pillow 13.0.0, safetensors 0.8.0
and NumPy 2.4.6. Each `manifest.json` records the versions of the run that made its set.
"""
import importlib.util
import json
import platform
from importlib.metadata import version
from pathlib import Path

FIXTURES = Path(__file__).resolve().parent


def cpu_model():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def versions(*packages):
    return {"python": platform.python_version(), **{name: version(name) for name in packages}}


def write_json(path, value):
    Path(path).write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def _declare_torchvision_operators():
    """Lets a CPU build of torch import a torchvision built for CUDA; the PIL back end runs none of its operators."""
    spec = importlib.util.find_spec("torchvision")
    if spec is None:
        return None
    import torch

    try:
        for library in Path(spec.origin).parent.glob("_C*.so"):
            torch.ops.load_library(str(library))
        return None
    except OSError:
        library = torch.library.Library("torchvision", "DEF")
        library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        return library  # the operators live as long as this object


_OPERATORS = _declare_torchvision_operators()


def fill(model, seed):
    """Weights of a size that keeps attention and logits lively: a default ViT gives nearly uniform attention."""
    import numpy as np
    import torch

    random = np.random.Generator(np.random.PCG64(seed))
    for name, parameter in sorted(model.named_parameters()):
        values = random.standard_normal(parameter.shape) * (0.3 if "norm" in name or "bias" in name else 0.25)
        if "norm" in name and name.endswith("weight"):
            values += 1
        if name.endswith("token") or name.endswith("embeddings"):
            values *= 2
        parameter.data = torch.from_numpy(np.asarray(values, np.float32))


def evaluate(model, pixels, prefix, interpolate):
    """All results of one forward pass in float64 and float32, and how far the logits of the two are apart.

    `interpolate` is None for models that resample their positions unasked.
    """
    import torch

    asked = {} if interpolate is None else {"interpolate_pos_encoding": interpolate}
    golden = {prefix + "pixel_values": pixels}
    results = {}
    for name, dtype in [("f64", torch.float64), ("f32", torch.float32)]:
        with torch.no_grad():
            output = model.to(dtype)(pixel_values=pixels.to(dtype), output_hidden_states=True,
                                     output_attentions=True, **asked)
        suffix = "" if name == "f64" else ".f32"
        results[name] = output.logits
        golden[f"{prefix}logits.{name}"] = output.logits
        for key in ("hidden_states", "attentions"):
            for index, value in enumerate(output[key]):
                golden[f"{prefix}{key}.{index}{suffix}"] = value.contiguous()
        layers = getattr(model.config, "vision_config", model.config).num_hidden_layers
        assert len(output.hidden_states) == layers + 1
        assert len(output.attentions) == layers
        assert all(value.dtype == dtype for value in output.attentions + output.hidden_states)
    worst = (results["f32"].double() - results["f64"]).abs().max().item()
    return golden, worst


def exact_eager_attention(*others):
    """transformers' eager attention rounds the softmax to float32 whatever the model's type.

    That would make a "float64" evaluation one in float32 at every layer, so the generators put this in its place:
    the same sum without the rounding. In float32 it computes the same values. `others`: models beside the usual.
    """
    import importlib

    import torch

    def forward(module, query, key, value, attention_mask, scaling=None, dropout=0.0, **kwargs):
        scores = torch.matmul(query, key.transpose(2, 3)) * scaling
        if attention_mask is not None:
            scores = scores + attention_mask
        weights = torch.softmax(scores, dim=-1)
        return torch.matmul(weights, value).transpose(1, 2).contiguous(), weights

    for name in ("vit", "deit", "dinov2", "dinov2_with_registers", "siglip", "clip", "swin", *others):
        importlib.import_module(f"transformers.models.{name}.modeling_{name}").eager_attention_forward = forward

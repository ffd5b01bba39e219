"""The peers of each precision and the ways to set each one up; the fastest with sane logits, and those near it, are measured."""
from dataclasses import dataclass

from export import ORT_INT8


@dataclass(frozen=True)
class Variant:
    engine: str  # as the table names it
    peer: str  # NAME of NAME_peer.py
    setting: str
    smallest_batch: int = 1

    @property
    def name(self):
        return f"{self.engine} {self.setting}"


def beside(variant):
    """The same under a name of its own, beside a faster setting of the same engine."""
    return Variant(variant.name, variant.peer, variant.setting)


def apart(variant):
    """The same with the images of a batch one by one in a queue; only OpenVINO has such a mode."""
    return Variant(f"{variant.engine} streams", variant.peer, f"{variant.setting},apart", smallest_batch=8)


PEERS = {
    "float32": [
        Variant("PyTorch", "torch", "float32"),
        Variant("ONNX Runtime", "onnxruntime", "float32"),
        Variant("ONNX Runtime", "onnxruntime", "fused"),
        Variant("OpenVINO", "openvino", "float32,f32"),
    ],
    "bfloat16": [
        Variant("PyTorch", "torch", "bfloat16"),
        Variant("PyTorch", "torch", "autocast"),
        Variant("OpenVINO", "openvino", "float32,bf16"),
    ],
    "int8": [
        Variant("PyTorch", "torch", "int8-dynamic"),
        *(Variant("ONNX Runtime", "onnxruntime", f"{graph}int8-{kind}") for graph in ("", "fused-")
          for kind in ORT_INT8),
        Variant("OpenVINO", "openvino", "int8,f32"),
        Variant("OpenVINO", "openvino", "int8,bf16"),
        Variant("OpenVINO", "openvino", "weights8,f32,dynamic32"),
        Variant("OpenVINO", "openvino", "weights8,f32,dynamic128"),
    ],
}

SANE = 0.5  # the largest logit error of a setting that counts; the fixture's logits are of unit scale
NEAR = 0.95  # a setting whose trial comes this near to the engine's fastest is measured too: trials are short
SLOW = 4  # an engine this many times slower than the fastest of its precision is tried, but not measured

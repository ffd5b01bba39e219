"""Writes what the peers load: a full-size model as ONNX and as OpenVINO IR, in float32 and quantised.

Run by run.py before anything is measured: python export.py FOLDER [NAME ...]

FOLDER is the Hugging Face folder, named after the model. A file that exists is kept.
"""
import sys
from pathlib import Path

import fixture

ORT_INT8 = {  # name: (weights signed, 7-bit weights)
    "s8": (True, False),
    "s8-7bit": (True, True),
    "u8": (False, False),
    "u8-7bit": (False, True),
}


def onnx_float32(path):
    """Straight from PyTorch, the batch left open."""
    import torch
    from transformers import AutoModelForImageClassification

    class Logits(torch.nn.Module):
        def __init__(self, model):
            super().__init__()
            self.model = model

        def forward(self, pixel_values):
            return self.model(pixel_values=pixel_values).logits

    # The default attention of Swin and BEiT cannot be exported with an open batch.
    attention = "eager" if fixture.model_of(path.parent).name.startswith(("swin", "beit")) else None
    model = Logits(AutoModelForImageClassification.from_pretrained(
        path.parent, dtype=torch.float32, attn_implementation=attention)).eval()
    # Two images, since a dimension of one would be taken for a constant.
    program = torch.onnx.export(
        model, (torch.zeros(2, *fixture.model_of(path.parent).shape),), dynamo=True, input_names=["pixel_values"],
        output_names=["logits"], dynamic_shapes={"pixel_values": {0: torch.export.Dim("batch")}})
    program.save(path, external_data=False)


def onnx_fused(path):
    """The same with ONNX Runtime's own operators for layer norm, GELU and attention where its optimiser finds them."""
    from onnxruntime.transformers import optimizer

    name = fixture.model_of(path.parent).name
    kind, heads, width = ("swin", 0, 0) if name.startswith("swin") else ("vit", 12, 768)
    model = optimizer.optimize_model(str(path.with_name("float32.onnx")), model_type=kind, num_heads=heads,
                                     hidden_size=width, opt_level=0, use_gpu=False)
    print("ONNX Runtime's optimiser:", {key: value for key, value in model.get_fused_operator_statistics().items()
                                        if value}, file=sys.stderr)
    model.save_model_to_file(str(path))


def onnx_int8(source, kind):
    def write(path):
        from onnxruntime.quantization import QuantType, quantize_dynamic

        signed, seven_bits = ORT_INT8[kind]
        quantize_dynamic(path.with_name(source), path, per_channel=True, reduce_range=seven_bits,
                         weight_type=QuantType.QInt8 if signed else QuantType.QUInt8,
                         op_types_to_quantize=["MatMul", "Gemm", "Attention"])

    return write


def openvino_float32(path):
    import openvino

    openvino.save_model(openvino.convert_model(path.with_name("float32.onnx")), path, compress_to_fp16=False)


def openvino_int8(path):
    """NNCF's post-training quantisation; calibrated on mirror images of the inputs that the error is measured on."""
    import nncf
    import numpy as np
    import openvino

    images = np.ascontiguousarray(fixture.model_of(path.parent).golden_inputs(path.parent)[..., ::-1])
    model = openvino.Core().read_model(path.with_name("openvino-float32.xml"))
    quantised = nncf.quantize(model, nncf.Dataset([image[None] for image in images]), subset_size=len(images),
                              model_type=nncf.ModelType.TRANSFORMER)
    openvino.save_model(quantised, path, compress_to_fp16=False)


def openvino_weights8(path):
    """Weights in 8 bits; what happens to the activations is decided when it runs."""
    import nncf
    import openvino

    model = openvino.Core().read_model(path.with_name("openvino-float32.xml"))
    openvino.save_model(nncf.compress_weights(model, mode=nncf.CompressWeightsMode.INT8_SYM), path,
                        compress_to_fp16=False)


QUANTISED = {*(f"{graph}int8-{kind}.onnx" for graph in ("", "fused-") for kind in ORT_INT8), "openvino-int8.xml",
             "openvino-weights8.xml"}  # what only int8 needs
WRITERS = {  # in an order in which each finds what it needs
    "float32.onnx": onnx_float32,
    "fused.onnx": onnx_fused,
    **{f"int8-{kind}.onnx": onnx_int8("float32.onnx", kind) for kind in ORT_INT8},
    **{f"fused-int8-{kind}.onnx": onnx_int8("fused.onnx", kind) for kind in ORT_INT8},
    "openvino-float32.xml": openvino_float32,
    "openvino-int8.xml": openvino_int8,
    "openvino-weights8.xml": openvino_weights8,
}


def main(folder, names):
    """Exits with 1 if one could not be written; the others are written all the same."""
    folder = Path(folder)
    failed = []
    for name in names or WRITERS:
        path = folder / name
        if path.exists():
            continue
        try:
            WRITERS[name](path)
        except Exception as error:  # whatever an exporter throws, the other peers can still be measured
            path.unlink(missing_ok=True)
            failed.append(name)
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))

"""ONNX Runtime behind the protocol; the variant is the model's file without its ending; see protocol.py."""
import onnxruntime

import protocol


def load(variant, folder, batch, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_free_dimension_override_by_name("batch", batch)
    session = onnxruntime.InferenceSession(f"{folder}/{variant}.onnx", options, providers=["CPUExecutionProvider"])

    def forward(pixels):
        return session.run(["logits"], {"pixel_values": pixels})[0]

    return f"ONNX Runtime {onnxruntime.__version__}", variant, forward


protocol.serve(load)

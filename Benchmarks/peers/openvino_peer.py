"""OpenVINO behind the protocol; see protocol.py.

VARIANT is MODEL,PRECISION[,dynamicN][,apart]: the file openvino-MODEL.xml, the inference precision asked for,
activations quantised while it runs in groups of N, and the images of a batch one by one in a queue, one stream a
thread, rather than as one batch.
"""
import collections

import numpy as np
import openvino

import protocol


def kernels(compiled):
    """What it says it computes in, and the kernels of most of its matrix multiplications."""
    used = collections.Counter()
    for node in compiled.get_runtime_model().get_ops():
        info = node.get_rt_info()
        if info["layerType"].astype(str) in ("FullyConnected", "MatMul"):
            used[info["primitiveType"].astype(str)] += 1
    hint = compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name()
    return f"{hint}: " + ", ".join(f"{count} {name}" for name, count in used.most_common(2))


def load(variant, folder, batch, threads):
    name, precision, *extras = variant.split(",")
    apart = "apart" in extras
    settings = {
        "INFERENCE_PRECISION_HINT": precision,
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": threads if apart else 1,
        "PERFORMANCE_HINT": "THROUGHPUT" if apart else "LATENCY",
    }
    for extra in extras:
        if extra.startswith("dynamic"):
            settings["DYNAMIC_QUANTIZATION_GROUP_SIZE"] = int(extra.removeprefix("dynamic"))
    core = openvino.Core()
    model = core.read_model(f"{folder}/openvino-{name}.xml")
    model.reshape([1 if apart else batch, *model.input().partial_shape[1:]])
    compiled = core.compile_model(model, "CPU", settings)
    version = f"OpenVINO {openvino.__version__.split('-')[0]}"
    if not apart:
        request = compiled.create_infer_request()
        return version, kernels(compiled), lambda pixels: request.infer({0: pixels}, share_inputs=True)[0]

    queue = openvino.AsyncInferQueue(compiled, threads)
    logits = np.empty((batch, 2), np.float32)

    def store(request, index):
        logits[index] = request.get_output_tensor(0).data[0]

    def forward(pixels):
        for index in range(batch):
            queue.start_async({0: pixels[index:index + 1]}, index, share_inputs=True)
        queue.wait_all()
        return logits

    queue.set_callback(store)
    return version, kernels(compiled), forward


protocol.serve(load)

"""PyTorch (eager execution, transformers' default attention) behind the protocol; see protocol.py."""
import torch
from transformers import AutoModelForImageClassification

import protocol


def load(variant, folder, batch, threads):
    torch.set_num_threads(threads)
    dtype = torch.bfloat16 if variant == "bfloat16" else torch.float32
    model = AutoModelForImageClassification.from_pretrained(folder, dtype=dtype).eval()
    if variant == "int8-dynamic":
        model = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)
    autocast = torch.autocast("cpu", torch.bfloat16, enabled=variant == "autocast")

    def forward(pixels):
        with torch.inference_mode(), autocast:
            return model(pixel_values=torch.from_numpy(pixels).to(dtype)).logits.float()

    kernels = torch.backends.cpu.get_cpu_capability()
    if variant == "int8-dynamic":
        kernels += f", {torch.backends.quantized.engine}"
    return f"PyTorch {torch.__version__}", kernels, forward


protocol.serve(load)

"""Pillow, transformers or hf-processors-rs in a process of its own, with the line protocol of `aiguard-bench --images`.

    python peer.py pillow|transformers-pil|transformers-torchvision|hf-processors-rs
"""
import io
import json
import sys
import time
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()
CONFIG = {"image_processor_type": "ViTImageProcessor", "size": {"height": 224, "width": 224}, "resample": 2,
          "image_mean": [0.5] * 3, "image_std": [0.5] * 3}


def decoded(content):
    return Image.open(io.BytesIO(content)).convert("RGB")


def preprocessor(engine):
    """A function from a decoded image, as the engine takes it, to its pixel values, and one to what it takes."""
    if engine == "hf-processors-rs":
        import hf_processors_rs

        processor = hf_processors_rs.AutoImageProcessor.from_dict(CONFIG)
        return lambda image: processor(image, return_tensors="np"), np.asarray
    backend = engine.removeprefix("transformers-")
    if backend == "pil":
        from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil as Processor
    else:
        import torch
        from transformers.models.vit.image_processing_vit import ViTImageProcessor as Processor

        torch.set_num_threads(1)
    processor = Processor(**{key: value for key, value in CONFIG.items() if key != "image_processor_type"})
    return lambda image: processor(image, return_tensors="np" if backend == "pil" else "pt"), lambda image: image


def operation(name, engine, content):
    if engine == "pillow":
        if name == "decode":
            return lambda: decoded(content)
        image = decoded(content)
        return lambda: image.resize((224, 224), Image.Resampling.BILINEAR)
    process, taken = preprocessor(engine)
    if name == "file":
        return lambda: process(taken(decoded(content)))
    image = taken(decoded(content))
    return lambda: process(image)


def peak_kb():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


def main():
    for line in sys.stdin:
        name, count, path = line.rstrip("\n").split(" ", 2)
        run = operation(name, sys.argv[1], Path(path).read_bytes())
        times = []
        for _ in range(int(count)):
            start = time.perf_counter_ns()
            run()
            times.append(time.perf_counter_ns() - start)
        print(json.dumps({"ns": times, "peak_kb": peak_kb()}), flush=True)


main()

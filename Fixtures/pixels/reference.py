"""What the scripts share: the reference's processors, the generated images, the versions."""
import json
import pathlib
import tempfile

import numpy as np
import torch

try:
    import torchvision
except RuntimeError:
    # A CPU build of torch beside another build of torchvision lacks two operators that are not used here.
    library = torch.library.Library("torchvision", "DEF")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    import torchvision

import PIL
import transformers

transformers.logging.set_verbosity_error()
MODEL = {"model_type": "vit", "architectures": ["ViTForImageClassification"]}


def versions():
    return {
        "pillow": PIL.__version__,
        "transformers": transformers.__version__,
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
        "numpy": np.__version__,
    }


def load(files, backend):
    """The image processor of a model folder with these JSON files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (pathlib.Path(folder) / name).write_text(json.dumps(content))
        return transformers.AutoImageProcessor.from_pretrained(folder, backend=backend)


def processor(preprocessor_config, backend):
    return load({"preprocessor_config.json": preprocessor_config, "config.json": MODEL}, backend)


def mix(value):
    """A 32-bit integer hash."""
    value = (value ^ (value >> 16)) * 0x45D9F3B & 0xFFFFFFFF
    value = (value ^ (value >> 16)) * 0x45D9F3B & 0xFFFFFFFF
    return value ^ (value >> 16)


def generated(width, height):
    """A noisy image, the same wherever it is made."""
    columns = np.array([[mix(3 * x + c + 1) & 255 for c in range(3)] for x in range(width)], np.uint8)
    rows = np.array([[mix(3 * y + c + 1000003) & 255 for c in range(3)] for y in range(height)], np.uint8)
    return columns[None, :, :] ^ rows[:, None, :]

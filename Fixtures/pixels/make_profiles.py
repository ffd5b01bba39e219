"""Resizes and crops of the profiles `pillow12` and `torchvision`: profiles.json. See README.md.

Run: pip install --target FOLDER 'pillow<13' && python make_profiles.py FOLDER
"""
import hashlib
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import PIL
from PIL import Image

import reference
from reference import generated

HERE = Path(__file__).resolve().parent
SIZES = [(1, 1), (2, 3), (402, 2), (50, 700), (300, 400), (640, 480), (1500, 1000), (540, 1200), (224, 500),
         (500, 224), (97, 233), (225, 223), (223, 226)]
TARGETS = [(224, 224), (96, 160), (384, 33)]
CROPS = [(61, 61), (71, 90), (40, 75), (100, 101), (223, 227)]
CROPPED = [(60, 60), (91, 60), (64, 101)]


def sha(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def pillow(width, height, target):
    image = Image.fromarray(generated(width, height))
    return [sha(np.asarray(image.resize(target, filter))) for filter in range(6)]


def torchvision(width, height, target):
    import torch
    from torchvision.transforms.v2 import InterpolationMode, functional

    image = torch.from_numpy(np.ascontiguousarray(generated(width, height).transpose(2, 0, 1)))
    modes = [InterpolationMode.NEAREST_EXACT, InterpolationMode.LANCZOS, InterpolationMode.BILINEAR,
             InterpolationMode.BICUBIC]
    size = [target[1], target[0]]
    return [sha(functional.resize(image, size, interpolation=mode, antialias=True).permute(1, 2, 0).numpy())
            for mode in modes]


def center_crops():
    for (width, height), (crop_height, crop_width) in itertools.product(CROPPED, CROPS):
        config = {"image_processor_type": "ViTImageProcessor", "do_resize": False, "do_rescale": False,
                  "do_normalize": False, "do_center_crop": True,
                  "crop_size": {"height": crop_height, "width": crop_width}}
        values = reference.processor(config, "torchvision")(
            Image.fromarray(generated(width, height)), return_tensors="np")["pixel_values"][0]
        yield {"width": width, "height": height, "crop": [crop_width, crop_height],
               "sha256": sha(np.asarray(values).astype(np.uint8).transpose(1, 2, 0))}


def main():
    if sys.argv[1] == "--pillow":
        print(json.dumps([PIL.__version__, [pillow(*size, target) for size, target in itertools.product(SIZES, TARGETS)]]))
        return
    run = subprocess.run([sys.executable, __file__, "--pillow"], check=True, capture_output=True, text=True,
                         env=os.environ | {"PYTHONPATH": sys.argv[1]})
    old_version, old = json.loads(run.stdout)
    assert old_version.startswith("12."), old_version
    cases = []
    for ((width, height), target), pillow12 in zip(itertools.product(SIZES, TARGETS), old):
        cases.append({"width": width, "height": height, "target": target, "pillow12": pillow12,
                      "torchvision": torchvision(width, height, target)})
    versions = json.dumps(reference.versions() | {"pillow12": old_version})
    lines = [",\n".join(json.dumps(case) for case in part) for part in (cases, center_crops())]
    (HERE / "profiles.json").write_text(
        f'{{"made_with": {versions},\n"cases": [\n{lines[0]}\n],\n"crops": [\n{lines[1]}\n]}}\n')


main()

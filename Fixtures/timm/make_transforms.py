"""timm's transforms for evaluation on images of awkward sizes: transforms.json.

Run: python make_transforms.py   (timm 1.0.31, transformers 5.23.0, Pillow 13.0.0, torch 2.13.0 on the CPU, torchvision)

For each `pretrained_cfg` of CASES the beginnings of the SHA-256 of the float32 pixel values of each of the images of SIZES,
by `create_transform(**resolve_data_config(pretrained_cfg))`, or null where timm or transformers refuses it. Those of
transformers' `TimmWrapperImageProcessor`, which is made of a config.json with that `pretrained_cfg`, are the same bytes:
the script fails where they are not. `AutoImageProcessor` takes it for either back end.
"""
import hashlib
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "pixels"))

import reference  # noqa: E402  before timm: it makes torchvision importable

import numpy as np  # noqa: E402
import timm  # noqa: E402
from PIL import Image  # noqa: E402

# Those of ../pixels/make_pairs.py.
SIDES = [1, 2, 3, 4, 5, 7, 8, 9, 11, 13, 15, 16, 17, 23, 31, 32, 33, 47, 63, 64, 65, 97, 100, 111, 112, 113, 127, 129,
         150, 191, 223, 224, 225, 255, 257, 299, 333, 447, 448, 449]
# Each side once as a width and once as a height, in no order.
SIZES = [(side, SIDES[(7 * index + 3) % len(SIDES)]) for index, side in enumerate(SIDES)]
BASE = {"input_size": [3, 33, 33], "fixed_input_size": True, "interpolation": "bicubic", "crop_pct": 0.9,
        "crop_mode": "center", "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}
CASES = [
    BASE, {}, {"input_size": [3, 48, 48]},
    *({**BASE, "crop_pct": share} for share in (0.875, 0.95, 1.0, 1, 0.7, 0.5, 0.96, 1.2, 2.5, 0, 0.0, None, -0.5, 1e-12, "0.9")),
    *({**BASE, "input_size": [3, side, side]} for side in (1, 2, 7, 31, 32, 64, 100)),
    *({**BASE, "interpolation": name} for name in ("bilinear", "nearest", "lanczos", "box", "hamming", "random", "cubic", "", None)),
    *({**BASE, "crop_mode": mode} for mode in ("squash", "border", "other", "", None)),
    {**BASE, "crop_mode": "squash", "input_size": [3, 20, 41]}, {**BASE, "crop_mode": "squash", "crop_pct": 1.0},
    {**BASE, "input_size": [3, 20, 41]},
    {**BASE, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]},
    {**BASE, "mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711]},
    {**BASE, "mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 1.0]}, {**BASE, "mean": [0.4], "std": [0.3]},
    {**BASE, "mean": [0.4, 0.5]}, {**BASE, "mean": 0.5}, {**BASE, "std": []}, {**BASE, "mean": None, "std": None},
    {**BASE, "mean": [0, 1, 0]}, {**BASE, "mean": ["0.5", "0.5", "0.5"]},
    {**BASE, "input_size": [33, 33]}, {**BASE, "input_size": 33}, {**BASE, "input_size": None, "img_size": 40},
    {**BASE, "input_size": None}, {**BASE, "input_size": [3, 0, 0]},
    {**BASE, "test_input_size": [3, 60, 60], "test_crop_pct": 1.0}, {"img_size": 30, "crop_pct": 0.8},
]


def hashes(transform, images):
    return [hashlib.sha256(np.ascontiguousarray(transform(image).numpy()).tobytes()).hexdigest()[:16] for image in images]


def main():
    images = [Image.fromarray(reference.generated(*size)) for size in SIZES]
    lines = []
    for case in CASES:
        config = {"architecture": "vit_tiny_patch16_224", "num_classes": 2, "pretrained_cfg": case}
        found = []
        for backend in ("pil", "torchvision"):
            try:
                processor = reference.load({"config.json": config}, backend)
                assert type(processor).__name__ == "TimmWrapperImageProcessor"
                found.append(hashes(lambda image: processor(image)["pixel_values"][0], images))
            except Exception as error:  # noqa: BLE001  whatever it says, the reference does not take it
                found.append(None)
                print(json.dumps(case), type(error).__name__, str(error)[:80], file=sys.stderr)
        own = None
        if found[0] is not None and case:
            data = timm.data.resolve_data_config(case, model=None)
            own = hashes(timm.data.create_transform(**data, is_training=False), images)
            assert own == found[0], case
        assert found[0] == found[1], case
        lines.append(json.dumps({"pretrained_cfg": case, "hashes": found[0]}))
    versions = {**reference.versions(), "timm": timm.__version__}
    body = ",\n".join(lines)
    (HERE / "transforms.json").write_text(
        f'{{"made_with": {json.dumps(versions)},\n"images": {json.dumps(SIZES)},\n"cases": [\n{body}\n]}}\n')


main()

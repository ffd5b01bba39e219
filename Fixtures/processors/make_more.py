"""Odd but legal configurations of EfficientNet's, LeViT's, MobileViT's and PoolFormer's image processors: more.json.

Run: python make_more.py   (transformers 5.23.0, Pillow 13.0.0, torch 2.13.0 on the CPU, torchvision, NumPy 2.4.6)

As make.py, and for some configurations of each (`"sizes": true`) images of forty awkward sizes instead of three.

What is not obvious about the reference: EfficientNet's divides by the deviation once more after normalising, with
`include_top`, which is the default; its offset is -1 whatever the factor. MobileViT's never normalises, whatever
`do_normalize` says, and its images have blue first. LeViT's multiplies `shortest_edge` by 256/224 and takes height and width as
they are; PoolFormer's divides both by `crop_pct`, and without one resizes as the others do. Where torchvision multiplies levels by an integer, they stay 8-bit numbers
and wrap around.
"""
import hashlib
import json
import pathlib
import sys
import warnings

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "pixels"))

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

import reference  # noqa: E402

warnings.simplefilter("ignore")
IMAGES = [(63, 49), (37, 110), (200, 31)]
# Those of ../pixels/make_pairs.py, each once as a width and once as a height.
SIDES = [1, 2, 3, 4, 5, 7, 8, 9, 11, 13, 15, 16, 17, 23, 31, 32, 33, 47, 63, 64, 65, 97, 100, 111, 112, 113, 127, 129,
         150, 191, 223, 224, 225, 255, 257, 299, 333, 447, 448, 449]
SIZES = [(side, SIDES[(7 * index + 3) % len(SIDES)]) for index, side in enumerate(SIDES)]
BASES = {
    "EfficientNet": {"size": {"height": 33, "width": 45}},
    "Levit": {"size": {"shortest_edge": 33}, "crop_size": {"height": 30, "width": 28}},
    "MobileViT": {"size": {"shortest_edge": 33}, "crop_size": {"height": 30, "width": 40}},
    "PoolFormer": {"size": {"shortest_edge": 33}, "crop_size": {"height": 30, "width": 28}},
}
FLAGS = ["do_resize", "do_rescale", "do_normalize", "do_center_crop", "do_convert_rgb", "default_to_square"]
OWN = {
    "EfficientNet": {"rescale_offset": [True, False, None, 1, 0, "", "no"], "include_top": [True, False, None, 1, 0, "", "no"]},
    "Levit": {"crop_pct": [0.5]},
    "MobileViT": {"do_flip_channel_order": [True, False, None, 1, 0, "", "no"], "do_reduce_labels": [True]},
    "PoolFormer": {"crop_pct": [0.5, 0.875, 0.9, 0.95, 1, 1.0, 2, 1.3, 0, 0.0, -0.5, None, "0.9", True, [0.9], 1e-9]},
}
VALUES = {
    "size": [20, 31, {"height": 20, "width": 30}, {"height": 24, "width": 24}, {"shortest_edge": 20}, {"shortest_edge": 0},
             {"shortest_edge": 20, "longest_edge": 25}, {"max_height": 20, "max_width": 30}, {"longest_edge": 20},
             {"height": 0, "width": 20}, [20, 30], None],
    "crop_size": [20, {"height": 20, "width": 25}, {"height": 70, "width": 80}, {"shortest_edge": 20}, None],
    "image_mean": [0.25, [0.25], [0.25, 0.5], [0.1, 0.2, 0.3], None], "image_std": [2, [0.25], [0.25, 0.5], [0.1, 0.2, 0.3]],
    "rescale_factor": [0.1, 1, 0, None], "resample": [0, 1, 2, 3, 4, 5],
    "do_pad": [False], "size_divisor": [32], "crop_mode": ["center"],
}
PAIRS = [
    {"do_rescale": False, "do_normalize": False}, {"do_normalize": False, "image_mean": None},
    {"do_resize": False, "size": None}, {"do_center_crop": True, "crop_size": 20}, {"do_center_crop": False},
    {"do_normalize": True, "image_mean": [0.1, 0.2, 0.3], "image_std": [0.4, 0.5, 0.6]},
    {"do_normalize": True, "image_mean": None},
    {"rescale_offset": True, "rescale_factor": 1 / 127.5}, {"rescale_offset": True, "rescale_factor": 0},
    {"rescale_offset": True, "rescale_factor": 1}, {"do_normalize": False, "rescale_factor": 2},
    {"rescale_offset": True, "do_normalize": False}, {"rescale_offset": True, "do_rescale": False},
    {"rescale_offset": True, "include_top": False}, {"include_top": False, "image_std": [0.4]},
    {"rescale_offset": True, "rescale_factor": 1 / 127.5, "image_mean": [0.1, 0.2, 0.3], "image_std": [0.4, 0.5, 0.6]},
    {"include_top": True, "do_rescale": False, "do_normalize": False}, {"include_top": True, "do_normalize": False},
    {"include_top": True, "do_normalize": False, "image_std": [0.4]}, {"include_top": True, "image_std": [0.2, 0.3, 0.4]},
    {"include_top": False, "do_rescale": False, "do_normalize": False},
    {"include_top": True, "do_normalize": False, "image_std": [0.4, 0.5]},
    {"size": {"height": 24, "width": 24}, "crop_pct": None}, {"size": {"height": 20, "width": 30}, "crop_pct": 0.8},
    {"size": {"max_height": 20, "max_width": 30}, "crop_pct": None}, {"do_resize": False, "crop_pct": 0},
    {"size": {"shortest_edge": 40, "longest_edge": 50}, "crop_pct": None},
]


def configurations():
    for name, base in BASES.items():
        base = {"image_processor_type": name + "ImageProcessor", **base}
        yield base, True
        yield {"image_processor_type": name + "ImageProcessor"}, name != "EfficientNet"
        for spelling in ("ImageProcessorFast", "ImageProcessorPil"):
            yield {**base, "image_processor_type": name + spelling}, False
        yield {"feature_extractor_type": name + "FeatureExtractor", **BASES[name]}, False
        for edge in (1, 2, 7, 31, 100, 223):
            yield {**base, "size": {"shortest_edge": edge}}, False
        for key in FLAGS:
            for value in (True, False, None, 1, 0, "", "no"):
                yield {**base, key: value}, False
        for key, values in {**OWN[name], **VALUES}.items():
            for value in values:
                yield {**base, key: value}, False
        for keys in PAIRS:
            yield {**base, **keys}, False


def answer(config, backend, images):
    try:
        with np.errstate(all="ignore"):
            processor = reference.processor(config, backend)
            result = []
            for image in images:
                values = np.asarray(processor(image, return_tensors="np")["pixel_values"])
                values = np.ascontiguousarray(values.astype(np.float32))
                result.append([list(values.shape)[1:], hashlib.sha256(values.tobytes()).hexdigest()[:16]])
            return result, None
    except Exception as error:  # noqa: BLE001  whatever it says, the reference does not take it
        return None, f"{type(error).__name__}: {error}".split("\n")[0][:80]


def main():
    images = {many: [Image.fromarray(reference.generated(*size)) for size in sizes]
              for many, sizes in ((False, IMAGES), (True, SIZES))}
    seen, lines = set(), []
    for config, many in configurations():
        key = json.dumps(config)
        if key in seen:
            continue
        seen.add(key)
        pil, pil_error = answer(config, "pil", images[many])
        fast, fast_error = answer(config, "torchvision", images[many])
        lines.append(json.dumps({"config": config, "sizes": many, "pil": pil, "torchvision": fast}))
        if "-v" in sys.argv and (pil is None or fast is None):
            print(key, "|", pil_error, "|", fast_error)
    versions = json.dumps(reference.versions())
    body = ",\n".join(lines)
    (HERE / "more.json").write_text(
        f'{{"made_with": {versions},\n"images": {json.dumps(IMAGES)},\n"sizes": {json.dumps(SIZES)},\n"cases": [\n{body}\n]}}\n')


main()

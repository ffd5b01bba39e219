"""Odd but legal image processor configurations, and what both back ends of transformers make of them.

Run: python make.py   (transformers 5.23.0, Pillow 13.0.0, torch 2.13.0 on the CPU, torchvision, NumPy 2.4.6)

Writes cases.json: for each configuration of each processor the shapes and the first half of the SHA-256 of the float32 pixel values of three
generated images, for the back ends `pil` and `torchvision`, or `null` where the back end refuses it.
"""
import hashlib
import itertools
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
TYPES = ["ViT", "DeiT", "CLIP", "Siglip", "Bit", "Beit", "Blip", "ConvNext"]
# A size that each of them takes, small, so that the whole is quick.
SIZES = {name: {"size": {"height": 33, "width": 45}} for name in TYPES}
SIZES["CLIP"] = SIZES["Bit"] = {"size": {"shortest_edge": 33}, "crop_size": {"height": 30, "width": 28}}
SIZES["ConvNext"] = {"size": {"shortest_edge": 33}}
SIZES["DeiT"] = {"size": {"height": 33, "width": 45}, "crop_size": {"height": 30, "width": 28}}

FLAGS = ["do_resize", "do_rescale", "do_normalize", "do_center_crop", "do_convert_rgb", "default_to_square", "do_pad"]
FLAG_VALUES = [True, False, None, 1, 0, 2, -1, 1.0, 0.0, 0.5, "true", "false", "True", "", "0", "no", [], [0], {}, {"a": 1}]
LISTS = ["image_mean", "image_std"]
LIST_VALUES = [
    0.25, 1, True, [0.25], [1], [0.25, 0.5], [0.1, 0.2, 0.3, 0.4], [1, 2, 3], [True, True, True], [0.5, 1, True], ["0.5"] * 3,
    "0.5", [], [[0.5, 0.5, 0.5]], [0.5, None, 0.5], {"r": 0.5}, [1e300, 1, 1], [-0.5, 0.5, 1e-30],
]
NUMBERS = ["rescale_factor"]
NUMBER_VALUES = [0.1, 1, 0, -1, 0.0, True, False, "0.1", "", [], [0.1], [0.1, 0.2, 0.3], {}, 1e300, 1e-300]
RESAMPLES = [0, 1, 2, 3, 4, 5, 0.0, 1.0, 2.0, 3.0, 2.5, -1.0, True, False, "2", "bicubic", "", [], [3], {}, 3e0, 6.0, 1e300]
SIZE_VALUES = [
    20, 20.0, 20.5, True, "20", [20, 30], [20], [20, 30, 40], [20.0, 30.0], [20.5, 30], ["20", "30"], [], {},
    {"height": 20, "width": 30}, {"width": 30, "height": 20}, {"height": 20.0, "width": 30.0}, {"height": 20.5, "width": 30},
    {"height": "20", "width": "30"}, {"height": True, "width": 30}, {"height": None, "width": 30},
    {"height": 20, "width": 30, "shortest_edge": None}, {"height": 20, "width": 30, "shortest_edge": 25},
    {"shortest_edge": 20}, {"shortest_edge": 20.0}, {"shortest_edge": 20.5}, {"shortest_edge": "20"}, {"shortest_edge": True},
    {"shortest_edge": None}, {"shortest_edge": 20, "longest_edge": 25}, {"shortest_edge": 20, "longest_edge": 25.0},
    {"shortest_edge": 20, "longest_edge": 0}, {"shortest_edge": 20, "longest_edge": None}, {"longest_edge": 20},
    {"max_height": 20, "max_width": 30}, {"max_height": 20.0, "max_width": 30}, {"min_pixels": 10, "max_pixels": 20}, 0, -3, 1,
]
OTHERS = {
    "crop_pct": [0.5, 0.875, 0.9, 0.95, 1, 1.0, 2, 1.3, 0, 0.0, -0.5, None, "0.9", True, [0.9], 1e-9],
    "input_data_format": ["channels_last", "channels_first", "none", None, 3],
    "data_format": ["channels_last", "channels_first", "none", 3],
    "do_reduce_labels": [True], "do_flip_channel_order": [True], "do_thumbnail": [True], "do_align_long_axis": [True],
    "do_grayscale": [True], "offset": [True], "rescale_offset": [True], "include_top": [True], "size_divisor": [32],
    "reducing_gap": [2], "antialias": [False], "interpolation": [0], "crop_mode": ["center"], "return_tensors": ["pt", "np"],
    "device": ["cpu"], "image_seq_length": [4], "disable_grouping": [True, False], "processor_class": ["CLIPProcessor"],
    "num_channels": [1, 3, 4], "do_rescale_and_normalize": [True], "pad_size": [{"height": 60, "width": 70}, 60],
    "keep_aspect_ratio": [True], "ensure_multiple_of": [4], "patch_size": [16], "do_split_image": [True], "mean": [[0, 0, 0]],
    "use_fast": [True, False], "image_processor_class": ["X"], "fill_color": [[1, 2, 3]], "background_color": [[1, 2, 3]],
}
PAIRS = [
    {"do_resize": False, "resample": 3.0}, {"do_resize": "false", "size": 20}, {"do_resize": 0, "size": None},
    {"do_normalize": 0, "image_mean": [0.1]}, {"do_rescale": "", "rescale_factor": None}, {"do_normalize": "", "image_mean": None},
    {"do_center_crop": 1, "crop_size": 20}, {"do_center_crop": "no", "crop_size": [20, 25]},
    {"do_center_crop": True, "crop_size": {"height": 20.0, "width": 25.0}}, {"do_center_crop": True, "crop_size": 20.0},
    {"do_center_crop": True, "crop_size": {"height": 20.5, "width": 25}}, {"do_center_crop": True, "crop_size": {"shortest_edge": 20}},
    {"do_center_crop": True, "crop_size": {"height": 20, "width": 25, "shortest_edge": None}},
    {"do_center_crop": True, "crop_size": True}, {"do_center_crop": True, "crop_size": {"height": "20", "width": 25}},
    {"do_center_crop": True, "crop_size": {"height": 70, "width": 80}}, {"do_pad": True, "pad_size": {"height": 60, "width": 70}},
    {"image_mean": [0.25], "image_std": [0.5]}, {"image_mean": [1], "image_std": 2}, {"image_mean": 0, "image_std": [0.5]},
    {"default_to_square": 0, "size": 20}, {"default_to_square": "no", "size": 20}, {"default_to_square": None, "size": 20},
    {"default_to_square": False, "size": 20, "do_center_crop": True, "crop_size": 18},
]


def configurations():
    for name in TYPES:
        base = {"image_processor_type": name + "ImageProcessor", **SIZES[name]}
        yield base
        yield {"image_processor_type": name + "ImageProcessor"}
        whole = name in ("ViT", "ConvNext")
        def take(values):
            return values if whole else values[:6:2] + values[-2:]
        for key in FLAGS:
            for value in FLAG_VALUES if whole else [None, 1, "false"]:
                yield {**base, key: value}
        for key, values in [*((key, LIST_VALUES) for key in LISTS), *((key, NUMBER_VALUES) for key in NUMBERS)]:
            for value in take(values):
                yield {**base, key: value}
        for value in RESAMPLES if whole else [3.0, 2]:
            yield {**base, "resample": value}
        for value in SIZE_VALUES if whole else SIZE_VALUES[:2] + SIZE_VALUES[13:14] + SIZE_VALUES[22:24] + SIZE_VALUES[28:29]:
            yield {**base, "size": value}
        for key, values in OTHERS.items():
            for value in values if whole or key in ("do_reduce_labels", "crop_pct") else values[:1] if name == "CLIP" else []:
                yield {**base, key: value}
        for keys in PAIRS if whole else PAIRS[:8:2]:
            yield {**base, **keys}
    # ConvNeXt: from 384 on without a crop; awkward sides.
    for edge, pct in itertools.product((1, 2, 7, 31, 224, 383, 384, 390), (0.875, 0.9, 0.95, 1.0)):
        yield {"image_processor_type": "ConvNextImageProcessor", "size": {"shortest_edge": edge}, "crop_pct": pct}
    for keys in ({"do_center_crop": True, "crop_size": 20}, {"do_resize": False}, {"size": 40}, {"size": {"height": 4, "width": 4}},
                 {"size": {"shortest_edge": 40, "longest_edge": 50}}, {"size": {"shortest_edge": 400, "longest_edge": 500}}):
        yield {"image_processor_type": "ConvNextImageProcessor", **keys}


def answer(config, backend, images):
    try:
        with np.errstate(all="ignore"):
            processor = reference.processor(config, backend)
            result = []
            for image in images:
                values = np.asarray(processor(image, return_tensors="np")["pixel_values"])
                if not (values.ndim == 4 and values.dtype.kind == "f"):
                    values = values.astype(np.float32)
                values = np.ascontiguousarray(values.astype(np.float32))
                result.append([list(values.shape)[1:], hashlib.sha256(values.tobytes()).hexdigest()[:32]])
            return result, None
    except Exception as error:  # noqa: BLE001  whatever it says, the reference does not take it
        return None, f"{type(error).__name__}: {error}".split("\n")[0][:80]


def main():
    images = [Image.fromarray(reference.generated(*size)) for size in IMAGES]
    seen, lines, errors = set(), [], {}
    for config in configurations():
        key = json.dumps(config)
        if key in seen:
            continue
        seen.add(key)
        pil, pil_error = answer(config, "pil", images)
        fast, fast_error = answer(config, "torchvision", images)
        lines.append(json.dumps({"config": config, "pil": pil, "torchvision": fast}))
        if "-v" in sys.argv and (pil is None or fast is None):
            print(key, "|", pil_error, "|", fast_error)
    versions = json.dumps(reference.versions())
    body = ",\n".join(lines)
    (HERE / "cases.json").write_text(f'{{"made_with": {versions},\n"images": {json.dumps(IMAGES)},\n"cases": [\n{body}\n]}}\n')


main()

"""Writes the goldens beside this script. See README.md."""
import hashlib
import itertools
import json
import pathlib
import tempfile
import warnings

import numpy as np
from PIL import Image

import reference

warnings.simplefilter("ignore")
HERE = pathlib.Path(__file__).resolve().parent
VIT = {"image_processor_type": "ViTImageProcessor"}


def sha(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def write(name, content):
    lines = ",\n".join(json.dumps(entry) for entry in content)
    versions = json.dumps(reference.versions())
    (HERE / name).write_text(f'{{"made_with": {versions},\n"cases": [\n{lines}\n]}}\n')


def resize_cases():
    sizes = [(1, 1), (2, 3), (402, 2), (50, 700), (300, 400), (3000, 2000), (1080, 2400), (224, 500), (500, 224)]
    targets = [(224, 224), (96, 160), (384, 33)]
    for width, height in sizes:
        image = Image.fromarray(reference.generated(width, height))
        for target in targets:
            yield {
                "width": width, "height": height, "target": target,
                "sha256": [sha(np.asarray(image.resize(target, f))) for f in range(6)],
            }


def table_cases():
    levels = np.stack([np.arange(256, dtype=np.uint8)] * 3, -1).reshape(16, 16, 3)
    constants = {
        "half": ([0.5] * 3, [0.5] * 3),
        "imagenet": ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        "clip": ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]),
        "odd": ([0.1, 0.7, 0.0], [1.0, 0.3, 0.01]),
    }
    for (name, (mean, std)), factor, rescale, normalize, backend in itertools.product(
        constants.items(), (1 / 255, 1 / 127.5, 0.01), (True, False), (True, False), ("pil", "torchvision")
    ):
        if not rescale and factor != 1 / 255:
            continue
        config = dict(
            VIT, image_mean=mean, image_std=std, rescale_factor=factor, do_rescale=rescale,
            do_normalize=normalize, do_resize=False)
        values = reference.processor(config, backend)(Image.fromarray(levels), return_tensors="np")
        table = values["pixel_values"][0].reshape(3, 256).astype(np.float32)
        case = {
            "name": name, "backend": backend, "mean": mean, "std": std, "factor": factor,
            "rescale": rescale, "normalize": normalize, "sha256": sha(table),
        }
        if factor == 1 / 255 and rescale and normalize and name != "odd":
            case["red"] = table[0].view(np.uint32).tolist()
        yield case


def size_cases():
    sizes = [
        224, {"height": 96, "width": 160}, [100, 200], {"shortest_edge": 224}, {"shortest_edge": 37},
        {"shortest_edge": 224, "longest_edge": 240}, {"shortest_edge": 50, "longest_edge": 333},
        {"shortest_edge": 33, "longest_edge": None}, {"max_height": 224, "max_width": 224},
        {"max_height": 50, "max_width": 301},
    ]
    images = [(1, 1), (2, 3), (3, 2), (402, 2), (50, 700), (300, 400), (224, 224), (240, 224), (333, 50), (640, 481)]
    for size, (width, height) in itertools.product(sizes, images):
        config = dict(VIT, size=size, resample=0, do_rescale=False, do_normalize=False)
        try:
            image = Image.fromarray(reference.generated(width, height))
            shape = reference.processor(config, "pil")(image, return_tensors="np")["pixel_values"].shape
            output = [int(shape[2]), int(shape[3])]
        except Exception:
            output = None
        yield {"size": size, "width": width, "height": height, "output": output}


def folder(preprocessor=None, model=reference.MODEL, nested=None):
    files = {}
    if preprocessor is not None:
        files["preprocessor_config.json"] = preprocessor
    if model is not None:
        files["config.json"] = model
    if nested is not None:
        files["processor_config.json"] = nested
    return files


def config_folders():
    def vit(**keys):
        return folder(dict(VIT, **keys))

    yield "defaults", vit()
    yield "integer size, old extractor", folder(
        {"feature_extractor_type": "ViTFeatureExtractor", "size": 96, "do_resize": True, "resample": 2})
    yield "no type, model says vit", folder({"size": 64})
    yield "no type, no model", folder({"size": 64}, model=None)
    yield "no type, model of another kind", folder({"size": 64}, model={"model_type": "bert"})
    yield "no preprocessor_config.json", folder()
    yield "unknown type", folder({"image_processor_type": "FooImageProcessor"})
    yield "fast type", folder({"image_processor_type": "ViTImageProcessorFast", "size": 64})
    yield "pil type", folder({"image_processor_type": "ViTImageProcessorPil", "size": 64})
    yield "both types", folder(dict(VIT, feature_extractor_type="FooFeatureExtractor", size=64))
    yield "nested object wins", folder(dict(VIT, size=64), nested={"image_processor": dict(VIT, size=48)})
    yield "nested without object", folder(dict(VIT, size=64), nested={"processor_class": "X"})
    yield "type in config.json", folder(
        {"size": 64}, model={"model_type": "deit", "image_processor_type": "ViTImageProcessor"})
    for name in ("DeiT", "CLIP", "Siglip", "Bit"):
        kind = {"image_processor_type": name + "ImageProcessor"}
        yield f"{name}: defaults", folder(kind)
        yield f"{name}: fast type", folder({"image_processor_type": name + "ImageProcessorFast"})
        yield f"{name}: old extractor", folder({"feature_extractor_type": name + "FeatureExtractor"})
        yield f"{name}: integer size", folder(dict(kind, size=96))
        yield f"{name}: integer sizes", folder(dict(kind, size=96, crop_size=80))
        yield f"{name}: other values", folder(dict(
            kind, size={"height": 60, "width": 40}, resample=2, do_center_crop=False, image_mean=[.1, .2, .3],
            do_convert_rgb=False))
        yield f"{name}: crop_size null", folder(dict(kind, crop_size=None))
        yield f"{name}: crop null", folder(dict(kind, do_center_crop=None))
        yield f"{name}: size null", folder(dict(kind, size=None))
        yield f"{name}: mean null", folder(dict(kind, image_mean=None))
    for name in ("deit", "dinov2", "dinov2_with_registers", "siglip", "clip", "swin", "swinv2"):
        yield f"no type, model says {name}", folder({"do_rescale": True}, model={"model_type": name})
    yield "unknown keys", vit(foo=1, do_flip=True, use_fast=False)
    for key in ("size", "resample", "rescale_factor", "image_mean", "image_std", "do_resize", "do_rescale",
                "do_normalize", "do_center_crop", "crop_size", "do_convert_rgb", "do_pad", "pad_size",
                "default_to_square", "data_format"):
        yield f"{key} null", vit(**{key: None})
    yield "size null, no resize", vit(size=None, do_resize=False)
    yield "mean null, no normalize", vit(image_mean=None, do_normalize=False)
    yield "factor null, no rescale", vit(rescale_factor=None, do_rescale=False)
    for value in range(6):
        yield f"resample {value}", vit(resample=value, size=[50, 80])
    yield "resample 8", vit(resample=8)
    yield "resample -1", vit(resample=-1)
    yield "resample bicubic as a string", vit(resample="bicubic", size=64)
    yield "resample nonsense as a string", vit(resample="nonsense", size=64)
    yield "size list", vit(size=[100, 50])
    yield "size list of one", vit(size=[100])
    yield "size string", vit(size="224")
    yield "size only height", vit(size={"height": 64})
    yield "size only height, no resize", vit(size={"height": 64}, do_resize=False)
    yield "size with another key", vit(size={"height": 64, "width": 64, "depth": 1})
    yield "size empty", vit(size={})
    yield "size zero", vit(size=0)
    yield "size zero height", vit(size={"height": 0, "width": 10})
    yield "size negative", vit(size=-5)
    yield "size longest only", vit(size={"longest_edge": 64})
    yield "size pixels", vit(size={"min_pixels": 10, "max_pixels": 64})
    yield "size shortest", vit(size={"shortest_edge": 64})
    yield "size shortest and longest", vit(size={"shortest_edge": 64, "longest_edge": 70})
    yield "size shortest and null", vit(size={"shortest_edge": 64, "longest_edge": None})
    yield "size max", vit(size={"max_height": 70, "max_width": 64})
    yield "integer not to square", vit(size=64, default_to_square=False)
    yield "crop smaller", vit(size=100, do_center_crop=True, crop_size=61)
    yield "crop larger", vit(size=60, do_center_crop=True, crop_size=[71, 90])
    yield "crop larger and smaller", vit(size=[60, 91], do_center_crop=True, crop_size={"height": 75, "width": 40})
    yield "crop without size", vit(do_center_crop=True)
    yield "crop shortest edge", vit(do_center_crop=True, crop_size={"shortest_edge": 30})
    yield "crop wrong keys, not cropping", vit(crop_size={"height": 30})
    yield "crop not cropping", vit(crop_size=30, size=64)
    yield "pad wrong keys, not padding", vit(pad_size={"height": 30})
    yield "no resize", vit(do_resize=False)
    yield "scalar mean", vit(image_mean=0.25, image_std=0.75, size=64)
    yield "scalar integer mean", vit(image_mean=0, image_std=1, size=64)
    yield "two means", vit(image_mean=[0.5, 0.5])
    yield "two means, no normalize", vit(image_mean=[0.5, 0.5], do_normalize=False, size=64)
    yield "mean string", vit(image_mean="half")
    yield "std zero", vit(image_std=[0.5, 0, 0.5], size=64)
    yield "factor 1/127.5", vit(rescale_factor=1 / 127.5, size=64)
    yield "factor integer", vit(rescale_factor=1, size=64)
    yield "convert rgb", vit(do_convert_rgb=True, size=64)
    yield "channels last", vit(data_format="channels_last", size=64)


def config_cases():
    image = Image.fromarray(reference.generated(130, 97))
    for name, files in config_folders():
        case = {"name": name, "files": files}
        try:
            with np.errstate(all="ignore"):
                values = reference.load(files, "pil")(image, return_tensors="np")["pixel_values"]
            case["shape"] = list(values.shape)
            case["sha256"] = sha(values.astype(np.float32))
        except Exception as error:
            case["error"] = f"{type(error).__name__}: {error}"[:160].split(tempfile.gettempdir())[0]
        yield case


if __name__ == "__main__":
    write("resize.json", resize_cases())
    write("tables.json", table_cases())
    write("sizes.json", size_cases())
    write("configs.json", config_cases())

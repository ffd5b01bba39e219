"""Writes expected.json: what the reference makes of the files beside this script.

Needs Pillow, pillow_heif, transformers, torch and torchvision in the versions that it records.
"""
import hashlib
import io
import json
import pathlib
import sys
import warnings

import numpy as np
import pillow_heif
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "pixels"))
import reference  # noqa: E402

warnings.simplefilter("ignore")
OURS = {".py", ".json", ".md"}
pillow_heif.register_heif_opener()


# AVIF by its brands, which pillow_heif takes for itself and cannot decode: what Pillow alone makes of it.
BY_PILLOW_ALONE = ("avif_majorbrand_mif1.avif", "avif_majorbrand_mif1.heic")


def sha(data):
    return hashlib.sha256(data).hexdigest()


def decode(data, formats=None):
    with Image.open(io.BytesIO(data), formats=formats) as image:
        # Before the conversion, which may change the mode of a lazily opened file.
        file_format, mode = image.format, image.mode
        return file_format, mode, image.convert("RGB")


def upright(data, formats=None):
    with Image.open(io.BytesIO(data), formats=formats) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


def cut_lengths(count):
    """25 prefixes over the whole file, and 25 that lack up to 49 bytes at the end."""
    return [count * i // 25 for i in range(25)] + [max(0, count - 1 - 2 * i) for i in range(25)]


def verdict(data, formats=None):
    try:
        return sha(decode(data, formats)[2].tobytes())[:16]
    except Exception:
        return ""


def describe(data, processor, formats=None):
    try:
        file_format, mode, rgb = decode(data, formats)
    except Exception as error:
        # Object addresses in the message change from run to run.
        return {"error": f"{type(error).__name__}: {error}".split(" <_io")[0]}
    values = processor(rgb, return_tensors="np")["pixel_values"]
    assert values.dtype == np.float32
    return {
        "format": "JPEG" if file_format == "MPO" else file_format,
        "mode": mode,
        "width": rgb.width,
        "height": rgb.height,
        "rgb": sha(rgb.tobytes()),
        "upright": sha(upright(data, formats).tobytes()),
        "resized": {str(f): sha(rgb.resize((224, 224), f).tobytes()) for f in range(6)},
        "pixelValues": sha(np.ascontiguousarray(values).tobytes()),
    }


def main():
    processor = reference.processor({"image_processor_type": "ViTImageProcessor"}, "pil")
    files = {}
    # The empty file has a test of its own.
    for path in sorted(p for p in HERE.iterdir() if p.suffix not in OURS and p.stat().st_size > 0):
        data = path.read_bytes()
        formats = ["AVIF"] if path.name in BY_PILLOW_ALONE else None
        entry = describe(data, processor, formats)
        entry["cuts"] = [verdict(data[:n], formats) for n in cut_lengths(len(data))]
        files[path.name] = entry
    text = json.dumps({"made_with": reference.versions() | {"pillow_heif": pillow_heif.__version__}, "files": files}, indent=1)
    (HERE / "expected.json").write_text(text + "\n")


if __name__ == "__main__":
    main()

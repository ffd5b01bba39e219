"""Writes operations.json and encodings.json beside this script: what Pillow makes of images that are generated.

Run as `python Fixtures/image-operations/make.py` with Pillow 13.0.0 (its wheel's libjpeg-turbo 3.2.0, libwebp 1.6.0).

Each image is made twice: "noise", of hashed numbers, in which every arithmetic slip shows, and "waves", smooth, like what
encoders are for. Tests make both again. Results are SHA-256 digests of the pixels or of the file.

Not obvious about the reference: `Image.rotate` has ways of its own for 0, 90, 180 and 270 degrees; `blend` truncates and
does not round; a box blur wraps round in 32 bits, so that radii far beyond the image still have one certain result; SMOOTH
leaves the edges, and images with a side of less than 3, as they are.
"""
import hashlib
import io
import json
import pathlib

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, __version__, features

HERE = pathlib.Path(__file__).resolve().parent


def mixed(value):
    value = np.asarray(value, np.uint32)
    for _ in range(2):
        value = (value ^ (value >> 16)) * np.uint32(0x45D9F3B)
    return ((value ^ (value >> 16)) & 255).astype(np.uint8)


def noise(width, height):
    columns = mixed(np.arange(width * 3) + 1).reshape(1, width, 3)
    rows = mixed(np.arange(height * 3) + 1_000_003).reshape(height, 1, 3)
    return columns ^ rows


def waves(width, height):
    """Triangles of period 2 * 255, at another speed in each band."""
    y, x = np.mgrid[:height, :width]
    bands = [x * 3 + y, x + y * 2 + 70, x * 2 + y * 4 + 140]
    return np.stack([np.abs(band % 510 - 255) for band in bands], -1).astype(np.uint8)


def sha(data):
    return hashlib.sha256(data).hexdigest()


def write(name, cases):
    versions = {
        "pillow": __version__, "libjpeg_turbo": features.version("libjpeg_turbo"), "libwebp": features.version("webp")}
    lines = ",\n".join(json.dumps(case) for case in cases)
    (HERE / name).write_text(f'{{"made_with": {json.dumps(versions)},\n"cases": [\n{lines}\n]}}\n')


SIZES = [(1, 1), (1, 9), (9, 1), (2, 2), (3, 3), (2, 7), (7, 5), (64, 48), (33, 101), (256, 256)]


def operations():
    for pattern in (noise, waves):
        for width, height in SIZES:
            image = Image.fromarray(pattern(width, height))

            def case(name, result, **values):
                return {
                    "pattern": pattern.__name__, "width": width, "height": height, "operation": name, **values,
                    "sha256": sha(result.tobytes())}

            for x, y, w, h in [(0, 0, 1, 1), (-2, -1, width + 4, height + 3), (width // 2, height // 3, width, height),
                               (width, height, 4, 4), (-7, 0, 3, 5)]:
                yield case("crop", image.crop((x, y, x + w, y + h)), box=[x, y, w, h])
            yield case("flip", image.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
            for degrees in (0, 3.7, -10, 15.25, 90, 180, 270, 360, 45, -725.5, 1e-9, 90.0000001):
                for filter in ("bilinear", "bicubic"):
                    fill = None if degrees == 45 else (10, 200, 90)
                    turned = image.rotate(degrees, Image.Resampling[filter.upper()], fillcolor=fill)
                    yield case("rotate", turned, value=degrees, filter=filter, fill=fill or [0, 0, 0])
            for radius in (0, 0.3, 1, 1.5, 2.75, 4, 10.1, 300, 1e6, 2e9):
                yield case("box", image.filter(ImageFilter.BoxBlur(radius)), value=radius)
            for radius in (0, 0.1, 0.5, 1, 2, 3.3, 8, 40, 5000):
                yield case("gaussian", image.filter(ImageFilter.GaussianBlur(radius)), value=radius)
            for name in ("Sharpness", "Color", "Brightness", "Contrast"):
                for factor in (0, 0.5, 0.9, 1, 1.1, 2, 7.3, -0.5, 1e30):
                    yield case(name.lower(), getattr(ImageEnhance, name)(image).enhance(factor), value=factor)


def encodings():
    for pattern in (noise, waves):
        for width, height in SIZES:
            image = Image.fromarray(pattern(width, height))

            def case(format, **settings):
                file = io.BytesIO()
                image.save(file, format, **settings)
                file.seek(0)
                pixels = Image.open(file).convert("RGB").tobytes()
                return {
                    "pattern": pattern.__name__, "width": width, "height": height, "format": format, **settings,
                    "sha256": sha(file.getvalue()), "pixels": sha(pixels)}

            for quality in (1, 30, 75, 95, 100):
                for subsampling in ("4:4:4", "4:2:2", "4:2:0"):
                    yield case("JPEG", quality=quality, subsampling=subsampling)
            for quality, method in ((80, 4), (0, 4), (50, 0), (92.5, 6), (100, 2)):
                yield case("WEBP", quality=quality, method=method)


write("operations.json", operations())
write("encodings.json", encodings())

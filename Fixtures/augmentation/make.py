"""What recorded augmentations make of an image, by Pillow; and orders of epochs, by NumPy's Philox.

Run with Pillow 13.0.0 and NumPy 2 (`python Fixtures/augmentation/make.py`). It writes `augmentation.json`:

- `images`: values as `AugmentationValues.json` has them, each with the size and the SHA-256 of the RGB bytes after all of
  them, in the order that `Augmentation` documents. The image is `image()`, which the test makes too.
- `orders`: for a seed, an epoch and a number of images the order of the epoch.

Not obvious: `ImageEnhance.Color` is saturation. `Philox(key, counter)` adds one to the counter before it makes the first
four words, so that the counter here is one less.
"""

import hashlib
import io
import json
import os

import numpy as np
import PIL
from PIL import Image, ImageEnhance, ImageFilter

HERE = os.path.dirname(os.path.abspath(__file__))


def image():
    width, height = 61, 47
    pixels = bytearray()
    for y in range(height):
        for x in range(width):
            pixels += bytes([(x * 5 + y * 3) % 256, (x * y) % 256, (x ^ y) * 7 % 256])
    return Image.frombytes("RGB", (width, height), bytes(pixels))


FILTERS = {name.lower(): value for name, value in Image.Resampling.__members__.items()}


def apply(values, im):
    if "crop" in values:
        x, y, w, h = values["crop"]
        im = im.crop((x, y, x + w, y + h))
    if "shift" in values:
        (right, down), (w, h) = values["shift"], im.size
        pad = max(abs(right), abs(down))
        pixels = np.pad(np.asarray(im), ((pad, pad), (pad, pad), (0, 0)), mode="reflect")
        im = Image.fromarray(np.ascontiguousarray(pixels[pad - down:pad - down + h, pad - right:pad - right + w]))
    if values.get("flip"):
        im = im.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if "rotation" in values:
        im = im.rotate(values["rotation"]["degrees"], FILTERS[values["rotation"]["filter"]])
    if "rescale" in values:
        im = im.resize(values["rescale"]["size"], FILTERS[values["rescale"]["filter"]])
    if "blur" in values:
        im = im.filter(ImageFilter.GaussianBlur(values["blur"]))
    for key, enhance in (("sharpness", ImageEnhance.Sharpness), ("color", ImageEnhance.Color),
                         ("brightness", ImageEnhance.Brightness), ("contrast", ImageEnhance.Contrast)):
        if key in values:
            im = enhance(im).enhance(values[key])
    for key in ("jpeg", "webp"):
        if key in values:
            file = io.BytesIO()
            im.save(file, key.upper(), **values[key])
            im = Image.open(io.BytesIO(file.getvalue())).convert("RGB")
    if "erased" in values:
        x, y, w, h = values["erased"]["box"]
        im = im.copy()
        im.paste(tuple(values["erased"]["color"]), (x, y, x + w, y + h))
    return im


VALUES = [
    {},
    {"crop": [3, 5, 40, 33]},
    {"flip": True},
    {"crop": [1, 0, 60, 46], "flip": True},
    {"rotation": {"degrees": 12.25, "filter": "bilinear"}},
    {"rotation": {"degrees": -7.5, "filter": "bicubic"}, "flip": True},
    {"rescale": {"factor": 0.5, "size": [31, 24], "filter": "bicubic"}, "blur": 0.8},
    {"rescale": {"factor": 1.75, "size": [107, 82], "filter": "lanczos"}, "sharpness": 1.6},
    {"blur": 1.3, "sharpness": 0.25, "color": 1.4, "brightness": 0.8, "contrast": 1.2},
    {"color": 0.1, "contrast": 1.9},
    {"jpeg": {"quality": 40, "subsampling": "4:2:0"}},
    {"jpeg": {"quality": 87, "subsampling": "4:4:4"}, "erased": {"box": [10, 11, 21, 9], "color": [1, 200, 77]}},
    {"shift": [2, -1]},
    {"shift": [-3, 3], "flip": True},
    {"crop": [5, 6, 7, 4], "shift": [-17, 9]},
    {"crop": [5, 6, 1, 4], "shift": [4, -2]},
    {"crop": [7, 2, 41, 44], "flip": True, "rotation": {"degrees": 3.5, "filter": "bilinear"},
     "rescale": {"factor": 0.8, "size": [33, 35], "filter": "bilinear"}, "blur": 0.5, "sharpness": 1.3,
     "color": 0.7, "brightness": 1.15, "contrast": 0.9, "jpeg": {"quality": 61, "subsampling": "4:2:2"},
     "erased": {"box": [0, 20, 12, 15], "color": [0, 0, 255]}},
]


def words(seed, stream, low, high):
    key = 0xCBF29CE484222325
    for byte in stream.encode():
        key = (key ^ byte) * 0x100000001B3 % 2**64
    counter = (low + (high << 64) - 1) % 2**256
    generator = np.random.Philox(counter=np.array([counter >> 64 * i & (2**64 - 1) for i in range(4)], dtype=np.uint64),
                                 key=np.array([seed, key], dtype=np.uint64))
    return [int(word) for word in generator.random_raw(4)]


def below(bound, seed, stream, low, high):
    for word in words(seed, stream, low, high):
        if word * bound % 2**64 >= 2**64 % bound:
            return word * bound >> 64
    raise AssertionError("four refusals")


def order(seed, epoch, count):
    items = list(range(count))
    for index in range(1, count):
        other = below(index + 1, seed, "order", index, epoch)
        items[index], items[other] = items[other], items[index]
    return items


result = {
    "pillow": PIL.__version__,
    "images": [],
    "orders": [
        {"seed": seed, "epoch": epoch, "order": order(seed, epoch, count)}
        for seed, epoch, count in ((0, 0, 20), (0, 1, 20), (7, 0, 20), (2**62 + 1, 1000, 33))
    ],
}
for values in VALUES:
    changed = apply(values, image())
    result["images"].append({
        "values": values,
        "size": list(changed.size),
        "sha256": hashlib.sha256(changed.tobytes()).hexdigest(),
    })
json.dump(result, open(os.path.join(HERE, "augmentation.json"), "w"), indent=1)

"""HEIC of 4:2:0 and 4:2:2 that are turned, many with odd sizes, and what Pillow makes of them: expected.json. See README.md."""
import hashlib
import json
from pathlib import Path

import numpy as np
import PIL
import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()
HERE = Path(__file__).resolve().parent
# Size, EXIF orientation (written as irot and imir), chroma, matrix coefficients, full range.
CASES = [((64, 48), 6, 422, 6, 1), ((63, 47), 8, 422, 1, 0), ((63, 47), 6, 422, 9, 0), ((63, 47), 3, 422, 6, 0),
         ((63, 47), 2, 422, 1, 1), ((64, 47), 3, 422, 6, 1), ((64, 47), 2, 420, 6, 0), ((63, 48), 2, 420, 6, 1),
         ((63, 48), 8, 420, 1, 0), ((64, 47), 6, 420, 1, 1), ((63, 47), 3, 420, 6, 1), ((63, 47), 6, 420, 9, 0),
         ((64, 48), 6, 420, 6, 1), ((63, 48), 6, 420, 6, 1)]


def image(width, height):
    y, x = np.mgrid[0:height, 0:width]
    colors = np.stack([(x * 5 + y * 2) % 256, (y * 7 + x) % 256, (x * 3 + y * 5 + 40) % 256], -1)
    noise = np.random.default_rng(3).normal(0, 25, (height, width, 3))
    return np.clip(colors * 0.7 + noise + 30, 0, 255).astype(np.uint16) * 257


def main():
    lines = []
    for (width, height), orientation, chroma, matrix, full in CASES:
        name = f"{width}x{height}-orientation{orientation}-{chroma}-matrix{matrix}-full{full}.heic"
        exif = Image.Exif()
        exif[0x112] = orientation
        file = pillow_heif.from_bytes("RGB;16", (width, height), image(width, height).tobytes())
        file.save(HERE / name, quality=60, chroma=chroma, exif=exif.tobytes(), matrix_coefficients=matrix,
                  full_range_flag=full, color_primaries=9 if matrix == 9 else 1)
        with Image.open(HERE / name) as opened:
            rgb = hashlib.sha256(opened.convert("RGB").tobytes()).hexdigest()
        lines.append(f" {json.dumps(name)}: {json.dumps(rgb)}")
    versions = {"pillow": PIL.__version__, "pillow_heif": pillow_heif.__version__}
    (HERE / "expected.json").write_text(
        f'{{"made_with": {json.dumps(versions)},\n"files": {{\n' + ",\n".join(lines) + "\n}}\n")


if __name__ == "__main__":
    main()

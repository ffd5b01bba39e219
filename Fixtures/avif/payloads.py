"""Coded AV1 images, made by `avifenc` (libavif 0.11 with libaom: it writes 10 and 12 bits, which Pillow does not)."""
import functools
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from container import coded_items


def picture(width, height, seed=3, alpha=False):
    y, x = np.mgrid[0:height, 0:width]
    colors = np.stack([(x * 7 + y * 2) % 256, (y * 9 + x) % 256, (x * 3 + y * 5 + 40 * seed) % 256], -1)
    colors = np.clip(colors * 0.8 + np.random.default_rng(seed).normal(0, 20, (height, width, 3)) + 20, 0, 255)
    # What lies beyond the colours of a limited range, and saturated colours.
    colors[: height // 4, : width // 3] = [0, 0, 0]
    colors[: height // 4, width // 2 :] = [255, 255, 255]
    colors[height // 2 : height * 2 // 3, : width // 4] = [255, 0, 0]
    colors[height // 2 : height * 2 // 3, width // 2 : width * 3 // 4] = [0, 0, 255]
    colors = colors.astype(np.uint8)
    if not alpha:
        return Image.fromarray(colors)
    levels = np.clip((x * 9 + y * 11) % 400 - 60, 0, 255).astype(np.uint8)
    return Image.fromarray(np.dstack([colors, levels]))


@functools.lru_cache(None)
def encode(width, height, depth=8, chroma=444, alpha=False, seed=3, cicp="1/13/6", range_="full", options=()):
    """[(coded data, av1C)] of the colours, and of alpha where it is asked for."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "a.png", Path(folder) / "a.avif"
        picture(width, height, seed, alpha).save(source)
        quality = ("--min", "12", "--max", "16", "--minalpha", "12", "--maxalpha", "16")
        subprocess.run(["avifenc", "--speed", "9", "--depth", str(depth), "--yuv", str(chroma), "--cicp", cicp, "--range",
                        range_, *quality, *options, source, target], check=True, capture_output=True)
        items = coded_items(target.read_bytes())
    return [items[number] for number in sorted(items)]

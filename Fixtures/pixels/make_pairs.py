"""Every pair of 40 awkward sizes, resized by each profile with each of its filters: pairs.json. See README.md.

Run: pip install --target FOLDER 'pillow<13' && python make_pairs.py FOLDER
"""
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import PIL
from PIL import Image

from reference import generated

HERE = Path(__file__).resolve().parent
# Around powers of two, multiples of vector lengths, the output itself, its halves and doubles, primes, tiny ones.
SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 11, 13, 15, 16, 17, 23, 31, 32, 33, 47, 63, 64, 65, 97, 100, 111, 112, 113, 127, 129,
         150, 191, 223, 224, 225, 255, 257, 299, 333, 447, 448, 449]
TARGETS = [(224, 224), (3, 2), (7, 301), (301, 7), (96, 160), (384, 384)]


def groups():
    """Each group holds every width and every height once."""
    for group in range(len(SIZES)):
        yield [(width, SIZES[(index + group) % len(SIZES)]) for index, width in enumerate(SIZES)]


def hashes(filters, resize):
    """[group][target][filter]: the beginning of the SHA-256 of all outputs one after the other."""
    result = []
    for pairs in groups():
        images = [generated(*pair) for pair in pairs]
        result.append([[hashlib.sha256(b"".join(resize(image, target, number) for image in images)).hexdigest()[:16]
                        for number in range(filters)] for target in TARGETS])
    return result


def pillow(pixels, target, number):
    return np.asarray(Image.fromarray(pixels).resize(target, number)).tobytes()


def torchvision(pixels, target, number):
    import torch
    from torchvision.transforms.v2 import InterpolationMode, functional

    modes = [InterpolationMode.NEAREST_EXACT, InterpolationMode.LANCZOS, InterpolationMode.BILINEAR,
             InterpolationMode.BICUBIC]
    image = torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))
    resized = functional.resize(image, [target[1], target[0]], interpolation=modes[number], antialias=True)
    return resized.permute(1, 2, 0).numpy().tobytes()


def main():
    if sys.argv[1] == "--pillow":
        print(json.dumps([PIL.__version__, hashes(6, pillow)]))
        return
    run = subprocess.run([sys.executable, __file__, "--pillow"], check=True, capture_output=True, text=True,
                         env=os.environ | {"PYTHONPATH": sys.argv[1]})
    old_version, old = json.loads(run.stdout)
    assert old_version.startswith("12."), old_version
    import reference

    profiles = {"pillow13": hashes(6, pillow), "pillow12": old, "torchvision": hashes(4, torchvision)}
    versions = reference.versions() | {"pillow12": old_version}
    lines = ",\n".join(f' "{name}": [\n' + ",\n".join(json.dumps(group) for group in content) + "\n ]"
                       for name, content in profiles.items())
    (HERE / "pairs.json").write_text(
        f'{{"made_with": {json.dumps(versions)},\n"sizes": {SIZES},\n"targets": {json.dumps(TARGETS)},\n'
        f'"profiles": {{\n{lines}\n}}}}\n')


main()

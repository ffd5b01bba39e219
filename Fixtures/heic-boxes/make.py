"""HEIC files of which every box field is varied, one at a time and in pairs, for `../differential/compare.py` to run through.

Run: python make.py OUTPUT [--pairs]     every file
     python make.py                      those of SELECTED beside this script, and expected.json

The pictures are written by pillow_heif; the boxes around them are written anew here. See README.md.
"""
import argparse
import copy
import hashlib
import itertools
import json
import struct
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402, F401  before transformers: it makes torchvision importable

import PIL  # noqa: E402
import pillow_heif  # noqa: E402
import transformers  # noqa: E402
from PIL import Image  # noqa: E402
from transformers.image_transforms import convert_to_rgb  # noqa: E402

from alpha_and_grids import alpha_variations, grid_variations  # noqa: E402
from pictures import bases  # noqa: E402
from variations import variations  # noqa: E402

pillow_heif.register_heif_opener()


IN_PAIRS = [
    "matrix0-range0", "matrix0-range1", "matrix8-range0", "matrix8-range1", "matrix12-primaries9", "matrix9-range0", "matrix3-range1",
    "no-color", "profile-first", "rotated1", "rotated2", "mirrored0", "aperture-odd-xy", "aperture-half-size",
    "aperture-odd-size-odd-offset", "aperture-beyond-left", "aperture-odd-xy-rotated1", "rotated3-aperture-half-size",
    "extent0", "extent1", "no-extent", "two-extents", "configuration-chroma0", "configuration-bits2", "pixi-three16", "no-pixi",
    "unknown-essential-property", "order-reversed", "essential-none", "association-beyond", "ipma-wide", "ipma-version1",
    "brand-mif1", "pitm-version1", "iref-version1", "infe-version3", "item-hev1", "item-hidden", "iloc-version0", "iloc-version2",
    "iloc-base", "item-pieces5", "item-idat", "exif", "exif-no-extents", "description-from-missing-item", "thmb-to-itself",
    "premultiplied", "premultiplied-by-itself", "alpha-of-two-items", "auxC-missing", "auxC-hevc-2015-auxid-2", "alpha-rotated",
    "both-rotated", "both-aperture", "color-rotated", "alpha-small", "alpha-10", "alpha-12", "alpha-420", "alpha-limited",
    "alpha-no-aperture", "two-alphas", "alpha-hidden",
    "grid-wide", "grid-reversed", "grid-other-width", "grid-one-tile", "tile-cut", "tile-matrix9", "grid-alpha", "grid-rotated1",
    "grid-aperture-odd", "grid-alpha-premultiplied",
]


def of_base(name, file):
    yield from variations()
    if "alpha" in name:
        yield from alpha_variations()
    if "grid" in name:
        yield from grid_variations()


def varied(file, *changes):
    file = copy.deepcopy(file)
    for change in changes:
        change(file)
    return file.bytes()


def files(in_pairs):
    for name, base in bases():
        yield name, base.bytes()
        changes = {}
        for label, change in of_base(name, base):
            assert label not in changes, label
            try:
                yield f"{name}__{label}", varied(base, change)
            except (StopIteration, KeyError, IndexError, OverflowError):
                continue  # The base has no such box.
            changes[label] = change
        if in_pairs:
            for one, other in itertools.combinations([label for label in IN_PAIRS if label in changes], 2):
                try:
                    yield f"{name}__{one}__{other}", varied(base, changes[one], changes[other])
                except (StopIteration, KeyError, IndexError, OverflowError, struct.error, ValueError):
                    continue  # One has taken away what the other changes.


#: The files beside this script: of each base some variations, and pairs of them.
SELECTED = {
    "420-8": """matrix0-range0 matrix8-range1 matrix12-primaries9 matrix13-primaries22 matrix12-primaries9-limited
        matrix12-primaries10 matrix12-primaries2 matrix3-range1 matrix11-range1 matrix14-range1 matrix15-range1 matrix255-range1
        primaries3 transfer0 two-colors color-cut color-of-another-kind aperture-odd-xy aperture-half-size aperture-third-size
        aperture-odd-size-odd-offset aperture-beyond-left aperture-odd-xy-rotated1 rotated3-aperture-half-size
        aperture-odd-xy-twice aperture-no-offset-divisor extent1 extent5 no-extent two-extents extent-version1
        configuration-bits2 configuration-chroma0 unknown-essential-property association-beyond association-split
        association-twice compatible-hevc iloc-version3 iloc-sizes3-3-0-0 infe-version4 iinf-more ipma-version2 pitm-version2
        exif-no-extents exif-of-missing-item exif-far exif-method2 unknown-item-no-extents description-from-missing-item
        extents-empty ipco-two two-iprp thmb-to-missing-item reference-count-fewer item-hev1 item-hidden
        matrix9-range0__aperture-odd-xy matrix8-range1__aperture-odd-xy""",
    "420-8-limited": "aperture-odd-xy matrix9-range1__aperture-odd-xy no-color__aperture-odd-xy-rotated1",
    "420-8-odd": "matrix9-range0__rotated1 rotated1-aperture-odd-xy",
    "420-10": "matrix8-range0 matrix0-range0 configuration-chroma-bits4 aperture-odd-xy",
    "422-10": "matrix8-range1 aperture-odd-xy aperture-even-xy-rotated1 matrix9-range0__rotated1",
    "444-10-limited": "matrix0-range0 matrix8-range1 matrix12-primaries9 aperture-quarter",
    "400-10": "matrix11-range1 configuration-chroma1 aperture-half-size",
    "420-8-alpha": """premultiplied premultiplied-rotated premultiplied-by-missing alpha-of-two-items alpha-of-missing-too
        auxC-missing auxC-avc-2015-auxid-1 auxC-unended auxC-hevc-2015-auxid-2 alpha-rotated alpha-rotated2 alpha-mirrored
        alpha-aperture both-rotated both-rotated-mirrored both-aperture color-rotated color-aperture alpha-no-aperture
        alpha-small alpha-large alpha-10 alpha-420 two-alphas alpha-is-primary thumbnail-is-primary alpha-item-hev1
        alpha-cut alpha-far alpha-limited""",
    "420-10-alpha": "premultiplied alpha-rotated",
    "400-8-alpha": "* premultiplied",
    "400-10-alpha": "* premultiplied",
    "grid-420": "aperture-even-xy grid-aperture-odd tile-cut grid-alpha",
    "grid-444": """grid-alpha-tiled grid-alpha-premultiplied grid-alpha-small tile-no-data tile-10 tile-low
        last-tile-without-configuration last-tile-without-extent grid-other-extent grid-no-extent grid-split-references
        grid-two-references grid-version1 no-configuration tile-matrix9 no-color__tile-matrix9""",
}


def selected():
    everything = dict(bases())
    for name, labels in SELECTED.items():
        changes = dict(of_base(name, everything[name]))
        for label in labels.split():
            of_label = [] if label == "*" else [changes[one] for one in label.split("__")]
            yield name if label == "*" else f"{name}__{label}", varied(everything[name], *of_label)


def by_pillow(path):
    try:
        with Image.open(path) as image:
            rgb = image.convert("RGB").tobytes()
            white = convert_to_rgb(image, return_numpy=True).tobytes()
            return {"mode": image.mode, "width": image.width, "height": image.height,
                    "rgb": hashlib.sha256(rgb).hexdigest(), "onWhite": hashlib.sha256(white).hexdigest()}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}".split(" at 0x")[0].split(" <_io")[0].split(" '/")[0]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", nargs="?", type=Path)
    parser.add_argument("--pairs", action="store_true")
    options = parser.parse_args()
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        for name, data in files(options.pairs):
            (options.output / f"{name}.heic").write_bytes(data)
        return
    for name, data in selected():
        (HERE / f"{name}.heic").write_bytes(data)
    lines = [f" {json.dumps(path.name)}: {json.dumps(by_pillow(path))}" for path in sorted(HERE.glob("*.heic"))]
    versions = {"pillow": PIL.__version__, "pillow_heif": pillow_heif.__version__, "libheif": pillow_heif.libheif_version(),
                "transformers": transformers.__version__}
    (HERE / "expected.json").write_text(
        f'{{"made_with": {json.dumps(versions)},\n"files": {{\n' + ",\n".join(lines) + "\n}}\n")


if __name__ == "__main__":
    main()

"""Runs any folders of files through Pillow and transformers, and through `aiguard inspect --json`, and prints where they
disagree.

Run: python compare.py AIGUARD FOLDER...     (AIGUARD: a built `aiguard`)
     [--policy pipeline] [--profile torchvision]

Compared are the verdict, format, mode, size, the RGB bytes and the pixel values of the built-in model's processor. A
format that `aiguard` does not decode is counted apart. Ends with 1 when anything disagrees.
"""
import argparse
import collections
import hashlib
import io
import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "pixels"))
import reference  # noqa: E402

import numpy as np  # noqa: E402
import pillow_heif  # noqa: E402
from PIL import Image, ImageOps  # noqa: E402

pillow_heif.register_heif_opener()
warnings.simplefilter("ignore")
CONFIG = HERE.parent.parent / "Sources/CDefaultModel/model/preprocessor_config.json"
NOT_DECODED = {"unsupported-format", "not-built-in"}
# Files at a time: enough to make the start of the process cheap, few enough for a command line.
BATCH = 100


def sha(data):
    return hashlib.sha256(data).hexdigest()


def by_pillow(path, processor, policy):
    try:
        # From memory, as the library takes it: opened by its name, an uncompressed grey TIFF is not turned.
        with Image.open(io.BytesIO(Path(path).read_bytes())) as image:
            file_format, mode = image.format, image.mode
            stored = image.convert("RGB")
            upright = ImageOps.exif_transpose(image).convert("RGB") if policy == "pipeline" else stored
        values = np.asarray(processor(upright, return_tensors="np")["pixel_values"])
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    return {"format": "JPEG" if file_format == "MPO" else file_format, "mode": mode, "width": stored.width,
            "height": stored.height, "rgbSHA256": sha(stored.tobytes()),
            "pixelValuesSHA256": sha(np.ascontiguousarray(values, dtype=np.float32).tobytes())}


def by_aiguard(aiguard, paths, options):
    run = subprocess.run([aiguard, "inspect", "--json", *options, *paths], capture_output=True, text=True)
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    if len(lines) != len(paths):
        raise SystemExit(f"aiguard answered {len(lines)} of {len(paths)} files: {run.stderr}")
    return lines


def disagreement(theirs, ours):
    if "error" in theirs or "error" in ours:
        if ("error" in theirs) == ("error" in ours):
            return None
        return f"Pillow: {theirs.get('error', 'an image')}; aiguard: {ours.get('error', 'an image')}"
    different = [key for key in theirs if theirs[key] != ours[key]]
    return ", ".join(f"{key}: {theirs[key]} and {ours[key]}" for key in different) or None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("aiguard")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--policy", default="asStored", choices=["asStored", "pipeline"])
    parser.add_argument("--profile", default="pillow13", choices=["pillow13", "torchvision"])
    options = parser.parse_args()
    backend = "torchvision" if options.profile == "torchvision" else "pil"
    processor = reference.processor(json.loads(CONFIG.read_text()), backend)
    paths = sorted(str(path) for folder in options.folders for path in folder.rglob("*") if path.is_file())
    counts = collections.Counter()
    not_decoded = collections.Counter()
    for first in range(0, len(paths), BATCH):
        batch = paths[first:first + BATCH]
        results = by_aiguard(os.path.abspath(options.aiguard), batch,
                             ["--policy", options.policy, "--profile", options.profile])
        for path, ours in zip(batch, results):
            theirs = by_pillow(path, processor, options.policy)
            if ours.get("error", {}).get("kind") in NOT_DECODED and "error" not in theirs:
                not_decoded[theirs["format"]] += 1
                continue
            problem = disagreement(theirs, ours)
            kind = "disagree" if problem else "refused by both" if "error" in ours else "the same image"
            counts[kind] += 1
            if problem:
                print(f"{path}: {problem}")
    print(f"{len(paths)} files:", ", ".join(f"{count} {kind}" for kind, count in counts.most_common()))
    if not_decoded:
        print("not decoded here:", ", ".join(f"{count} {name}" for name, count in not_decoded.most_common()))
    sys.exit(counts["disagree"] > 0)


main()

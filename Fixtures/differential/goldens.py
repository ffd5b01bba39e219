"""What Pillow and transformers make of a file, for manifests of goldens."""
import hashlib
import io
import json
import re
import sys
import warnings
from pathlib import Path

import PIL
from PIL import Image, features

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "pixels"))
import reference  # noqa: E402

from transformers.image_transforms import convert_to_rgb  # noqa: E402

warnings.simplefilter("ignore")


def sha(data):
    return hashlib.sha256(data).hexdigest()


def describe(data):
    """Of the image as stored, and composited on white."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            mode, rgb = image.mode, image.convert("RGB")
            on_white = convert_to_rgb(image, return_numpy=True)
        return {"mode": mode, "width": rgb.width, "height": rgb.height, "rgb": sha(rgb.tobytes()), "onWhite": sha(on_white.tobytes())}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}".split(" <_io")[0]}


def run(folder, files, kept, ending, more=(), **versions):
    """What the generators of a set do: all files into the folder that is named as an argument, or those that are kept and
    their manifest into their own."""
    if len(sys.argv) > 1:
        target = Path(sys.argv[1])
        target.mkdir(parents=True, exist_ok=True)
        for name, data in files:
            (target / f"{name}.{ending}").write_bytes(data)
        return
    for old in folder.glob(f"*.{ending}"):
        old.unlink()
    kept_files = ((name, data) for name, data in files if any(re.fullmatch(pattern, name) for pattern in kept))
    write(folder, kept_files, ending, more, **versions)


def write(folder, files, ending, more=(), **versions):
    """Writes files and their manifest. `more`: patterns of names, a key and its value for each."""
    lines = []
    for name, data in files:
        (folder / f"{name}.{ending}").write_bytes(data)
        case = describe(data)
        case.update({key: value for pattern, key, value in more if re.fullmatch(pattern, name)})
        lines.append(f" {json.dumps(name)}: {json.dumps(case)}")
    made_with = {"pillow": PIL.__version__, f"lib{ending}": features.version(ending),
                 "transformers": reference.versions()["transformers"], **versions}
    (folder / "expected.json").write_text(f'{{"made_with": {json.dumps(made_with)},\n"files": {{\n' + ",\n".join(lines) + "\n}}\n")

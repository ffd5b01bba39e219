"""Saves four free photographs of scikit-image's data folder as small JPEGs (sources and licences: README.md).

Run: python make.py            (scikit-image 0.26.0, Pillow 13.0.0)
"""
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402

import skimage  # noqa: E402
from PIL import Image  # noqa: E402

DATA = Path(skimage.__file__).parent / "data"

for name, options in [
    ("astronaut.png", dict(quality=80, subsampling="4:2:0")),
    ("coffee.png", dict(quality=75, subsampling="4:4:4")),
    ("chelsea.png", dict(quality=85, subsampling="4:2:0", progressive=True)),
    ("rocket.jpg", dict(quality=80, subsampling="4:2:2")),
]:
    image = Image.open(DATA / name).convert("RGB")
    image.save(HERE / (name[:-4] + ".jpg"), optimize=True, **options)
Image.open(DATA / "chelsea.png").convert("L").crop((130, 70, 227, 131)).save(HERE / "chelsea-grey.png", optimize=True)
oracle.write_json(HERE / "manifest.json", {"oracle": oracle.versions("scikit-image", "pillow")})

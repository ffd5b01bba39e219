"""The colours of viridis, 256 of 8 bits, by matplotlib, whose table of them is in the public domain (CC0).

Run: python make_viridis.py        (matplotlib 3.11.2)

Writes viridis.json: 256 triples of red, green and blue, the floats of matplotlib times 255 rounded to the nearest.
"""
import json
from pathlib import Path

import matplotlib

colors = matplotlib.colormaps["viridis"].colors
assert len(colors) == 256
rows = [[round(value * 255) for value in color] for color in colors]
lines = ",\n".join("  " + ", ".join(json.dumps(row) for row in rows[at:at + 8]) for at in range(0, 256, 8))
text = json.dumps({"matplotlib": matplotlib.__version__})[:-1] + ', "colors": [\n' + lines + "\n]}\n"
json.loads(text)
(Path(__file__).resolve().parent / "viridis.json").write_text(text)

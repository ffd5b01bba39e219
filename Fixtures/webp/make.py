"""WebP files and what Pillow makes of them: expected.json. See README.md.

Run: python make.py          (writes the files beside this script)
     python make.py FOLDER   (writes all of `variants.py` into a folder, for `compare.py`)
"""
from pathlib import Path

from variants import variants

import goldens

HERE = Path(__file__).resolve().parent
# What is kept of the thousands.
KEPT = [
    r"followed_(lossy|lossless_alpha)_(nul|crlf|text|xmp|json|zip|samsung|huge_chunk|seven|jpeg|webp)", r"followed_lossy_alpha_(huge_chunk|webp)_(extended|animated)",
    r"containers_(lossy_alpha|lossless_alpha|lossy)_(plain|flags0|flags16|flags18)", r"containers_lossy_riff_(-1|2|100|1048576)(_extended|_more|)",
    r"containers_lossy_vp8x_(long|short|behind)", r"containers_lossy_(abcd3|JUNK40|ALPH0|EXIF0)_(plain|flags0)_(before|behind)", r"containers_lossy_abcd3_first",
    r"containers_lossy_alpha_(image_twice|plain_twice|canvas_33x31|canvas_35x31)", r"alphas_(raw0_0|raw0_16|raw0_None|raw_short|raw_long|behind|alone|twice|with_lossless_alpha|between)",
    r"animations_(lossless_alpha|lossy)_(one|no_anim)_(0|2|18)", r"animations_(small_alpha|small_alpha_no_flag|no_frame|empty_frame)", r"animations_lossless_alpha_(larger_canvas|outside|blend2)",
]


if __name__ == "__main__":
    goldens.run(HERE, variants(), KEPT, "webp")

"""AVIF files and what Pillow alone, without pillow_heif, makes of them: expected.json. See README.md.

Run: python make.py          (writes the files beside this script)
     python make.py FOLDER   (writes all of `colors.py` and `structures.py` into a folder, for `compare.py`)

Needs avifenc, Pillow and transformers in the versions that it records.
"""
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "differential"))
import goldens  # noqa: E402

from colors import colors  # noqa: E402
from structures import structures  # noqa: E402

# What is kept of the thousands: files of every kind that older versions of libavif get wrong, and some beside them.
KEPT = [
    r"color_(10|12)_(400|420|422|444)_full(_alpha|_prem|)_m(4|6)", r"color_(8|10|12)_444_limited(_alpha|)_m(0|7)", r"color_10_420_full(_alpha|)_m(8|15)",
    r"color_(8|10|12)_400_full(_alpha|)_m(0|15)", r"color_10_(400|444)_full(_alpha|)_m16", r"color_10_420_full_m(3|10|13|14|16)",
    r"color_(10|12)_420_full_m12_p(1|9|12)", r"color_10_444_full_prem_m16", r"sequence_(10|12)_444_full_m(0|9|12)", r"size_10_420_1x7_1",
    r"auxiliaries_urn_(depth|hevc|other)(_then_alpha|)", r"auxiliaries_alpha_(irot|clap)", r"auxiliaries_iref_thmb_and_auxl", r"auxiliaries_alpha_grey_(10|12)_1",
    r"brands_mif1_(avif|avif_mif1_miaf|mif1_miaf|heic_avif)", r"brands_msf1_avif", r"brands_many", r"brands_meta_to_end(_alpha|)", r"brands_mdat_to_end",
    r"grids_2x2_(before|behind|behind_turned|mixed|one_twice|dimg_twice|dimg_split_turned|grid_4x1|numbers_descend_turned)", r"grids_1x5_before_turned",
    r"grids_2x2_data_(100x90|126x100)", r"grids_alpha_(grid|grid_turned|whole)_[01]", r"grids_alpha_tiles_(0|1|three|turned|10_444|12_420)",
    r"metadata_exif_(good|junk|short)", r"payloads_as_8_420_8_400", r"payloads_junk_behind", r"properties_av1c_of_8_400",
    r"properties_ispe_(44x33|90x66|64x64)", r"properties_more_clli_essential(_alpha|)", r"properties_(irot|imir)_1", r"properties_irot_1_optional",
    r"sequences_rgba_(track_urn_depth|all_urn_depth|without_last_auxi|without_auxi|major_mif1)",
]
# Where we differ on purpose, with the kind of our error, or "accepted".
DIFFERENT = {
    r"color_10_444_full_prem_m16|color_10_420_full_m16": "unsupported-variant", r"brands_mif1_heic_avif": "unsupported-variant",
    r"grids_2x2_grid_4x1|properties_av1c_of_8_400": "corrupt", r"metadata_exif_junk|payloads_junk_behind|properties_irot_1_optional": "accepted",
    r"properties_more_clli_essential": "unsupported-variant",
}
# Alpha that older versions of libavif do not find: refused where it is to be composited.
UNREAD_ALPHA = r"grids_alpha_tiles_(0|1|turned|10_444|12_420)|properties_more_clli_essential_alpha"


def files():
    yield from colors()
    yield from structures()


def main():
    version = subprocess.run(["avifenc", "--version"], capture_output=True, text=True).stdout.split(" (")[0].split()[-1]
    more = [*((pattern, "here", verdict) for pattern, verdict in DIFFERENT.items()), (UNREAD_ALPHA, "onWhiteHere", "unsupported-variant")]
    goldens.run(HERE, files(), KEPT, "avif", more, avifenc=version)


if __name__ == "__main__":
    main()

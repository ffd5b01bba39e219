"""Writes `cases.json`: small TIFF, BMP, GIF, JPEG and PNG files with odd headers or bytes behind the image, and what Pillow
makes of them.

Run: python make.py     (Pillow 13)

The files are those of `Fixtures/differential/fields.py` that `CHOSEN` names, a sample of the others, and some made here.
`olderCodec` marks those that need a newer libtiff or libjpeg-turbo than Debian 12 has; here they are refused.
"""
import base64
import hashlib
import io
import json
import random
import re
import struct
import sys
import warnings
import zlib
from pathlib import Path

import PIL
from PIL import Image, features

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "differential"))
import fields  # noqa: E402

warnings.simplefilter("ignore")
CHOSEN = re.compile("|".join([
    r"(le|be|big)_(rgb|grey|palette|tiled|planes|deflate|deep)", r"bigbe_rgb", r"(big|le)_(rgb|tiled|deflate|palette)_allgarbage",
    r"le_(rgb|deflate)_257_value[124]", r"be_(rgb|tiled)_(273_count3|278_is100|324_at16-50-16-20_4|324_count2|tiles16x16at2)",
    r"(le|big)_palette_(320_(twice|type1|type11|minus|fewer)|262_twice|258_count1000)", r"le_(rgb|tiled)_273_at100-16_1",
    r"(le|be)_deep_(339_byte_2|258_is1|274_is6|273_at16-16-16-16-16-16-16-16-16_4)", r"be_deflate_(262_is6|279_count1000|259_is32773)",
    r"le_planes_(266_is2|338_byte_0|338_0)", r"le_grey_(274_is[68]_type(1|5|11)|700_added[137]|259_type[15]|256_type5|tiles16x5at4)",
    r"le_deflate_(256_type13|259_twice|339_1x2)", r"greys\d+", r"h40_b8_c0_colors(256|257|300)", r"core", r"core_bits\d",
    r"h40_b8_c1", r"h(56|124)_b32_c3", r"(jpeg|png|gif|bmp|tiff)\w*_then_(random|another_jpeg|chunk|marker|frame|tga)"]))
OLDER_CODEC = re.compile(r"le_deflate_(256_type13|259_twice|339_1x2)|lossless_in_tiff")


def lossless():
    """A lossless JPEG of 8x8 grey, all differences zero, as the one strip of a TIFF."""
    def segment(marker, data):
        return bytes([255, marker]) + struct.pack(">H", len(data) + 2) + data
    jpeg = b"\xff\xd8" + segment(0xC3, struct.pack(">BHHB", 8, 8, 8, 1) + b"\1\x11\0") + segment(0xC4, b"\0\1" + bytes(15) + b"\0")
    jpeg += segment(0xDA, b"\1\1\0\1\0\0") + bytes(8) + b"\xff\xd9"
    entries = [fields.Entry(tag, 4 if tag in (273, 279) else 3, [value]) for tag, value in [
        (256, 8), (257, 8), (258, 8), (259, 7), (262, 1), (273, 16), (277, 1), (278, 8), (279, len(jpeg))]]
    return fields.tiff("<", False, jpeg, entries)


def packed_across_rows():
    """Runs of PackBits that go on in the next row, as some writers have them."""
    data = bytes([256 - 99, 7, 256 - 16, 200])
    entries = [fields.Entry(tag, 4 if tag in (273, 279) else 3, [value]) for tag, value in [
        (256, 13), (257, 9), (258, 8), (259, 32773), (262, 1), (273, 16), (277, 1), (278, 9), (279, len(data))]]
    return fields.tiff("<", False, data, entries)


def animated(interlaced, color_type, palette=b""):
    """An animation whose first frame covers a part of the canvas."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    channels = 1 if color_type == 3 else 3
    rows = b"".join(b"\0" + bytes((17 * y + 31 * x) % (2 if channels == 1 else 256) for x in range(5 * channels)) for y in range(4))
    if interlaced:  # Seven passes of a 5x4 image.
        sizes = [(1, 1), (1, 1), (2, 0), (1, 1), (3, 1), (2, 2), (5, 2)]
        rows = b"".join((b"\0" + bytes((i + x) % 2 for x in range(w * channels))) * h for i, (w, h) in enumerate(sizes))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 12, 9, 8, color_type, 0, 0, interlaced)) + chunk(b"acTL", struct.pack(">II", 2, 0))
            + palette + chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 5, 4, 3, 2, 1, 1, 0, 0)) + chunk(b"IDAT", zlib.compress(rows))
            + chunk(b"fcTL", struct.pack(">IIIIIHHBB", 1, 5, 4, 3, 2, 1, 1, 0, 0)) + chunk(b"fdAT", struct.pack(">I", 2) + zlib.compress(rows)) + chunk(b"IEND", b""))


def small_frames():
    """GIFs whose frame covers a part of the canvas, interlaced and not, with and without a transparent index."""
    image = Image.frombytes("P", (7, 5), bytes(i % 4 for i in range(35)))
    image.putpalette([200, 10, 20, 1, 2, 3, 90, 180, 30, 255, 255, 255])
    for interlace in (0, 1):
        for control in (b"", b"!\xf9\x04\x01\0\0\2\0"):
            out = io.BytesIO()
            image.save(out, "GIF", interlace=interlace)
            data = bytearray(out.getvalue())
            at = data.index(b",", 13 + 3 * (2 << (data[10] & 7)))
            data[6:10] = struct.pack("<HH", 20, 15)
            data[at + 1:at + 5] = struct.pack("<HH", 6, 4)
            yield f"gif_frame_{interlace}_{len(control)}", bytes(data[:at] + control + data[at:])


def jumping_runs():
    """Runs in a bitmap that jump, and rows that end early: what they pass over is index 0."""
    runs = bytes([0, 2, 3, 1, 4, 9, 0, 0, 2, 5, 0, 2, 1, 2, 13, 6, 0, 0]) + bytes([13, 1, 0, 0]) * 6 + b"\0\1"
    table = bytes(range(256)) * 4
    head = struct.pack("<IIIHHIIIIII", 40, 13, 9, 1, 8, 1, len(runs), 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 0, 0, 0, 54 + 1024) + head + table + runs


def files():
    red = b"\0\0\0\6PLTE" + b"\xff\0\0\0\xff\0" + struct.pack(">I", zlib.crc32(b"PLTE\xff\0\0\0\xff\0"))
    yield "lossless_in_tiff.tif", lossless()
    yield "packbits_across_rows.tif", packed_across_rows()
    yield "bmp_jumping_runs.bmp", jumping_runs()
    for interlaced in (0, 1):
        yield f"apng_rgb_{interlaced}.png", animated(interlaced, 2)
        yield f"apng_palette_{interlaced}.png", animated(interlaced, 3, red)
    yield from ((name + ".gif", data) for name, data in small_frames())
    for group, maker in [("tif", fields.tiffs), ("bmp", fields.bmps)]:
        every = list(maker(random.Random(1), 400))
        yield from ((f"{name}.{group}", data) for name, data in every if CHOSEN.fullmatch(name))
        yield from ((f"{name}.{group}", data) for name, data in random.Random(2).sample([f for f in every if len(f[1]) < 1500], 90))
    yield from ((name, data) for name, data in fields.tails(random.Random(1)) if CHOSEN.fullmatch(name))


def verdict(data):
    try:
        with Image.open(io.BytesIO(data)) as image:
            mode, rgb = image.mode, image.convert("RGB")
        return {"mode": mode, "width": rgb.width, "height": rgb.height, "rgb": hashlib.sha256(rgb.tobytes()).hexdigest()}
    except Exception as error:
        return {"error": type(error).__name__}


def main():
    cases = {}
    for name, data in files():
        case = {"file": base64.b64encode(data).decode(), **verdict(data)}
        if OLDER_CODEC.match(name):
            case["olderCodec"] = True
        cases[name] = case
    versions = {"Pillow": PIL.__version__, "libtiff": features.version_codec("libtiff"), "libjpeg_turbo": features.version_feature("libjpeg_turbo")}
    (HERE / "cases.json").write_text(json.dumps({"versions": versions, "files": cases}, indent=0) + "\n")
    print(len(cases), "files,", sum("error" in case for case in cases.values()), "refused")


main()

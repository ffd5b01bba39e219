"""EXIF blocks and XMP packets, good and bad, in JPEG, PNG and WebP files, and what Pillow makes of them.

Run: python make.py     (Pillow 13.0.0, NumPy 2.4.6)

cases.json: for each case the file in base64 and the SHA-256 of `ImageOps.exif_transpose(image).convert("RGB")`, or
`error` where Pillow raises. The pictures are noise of 5 x 3 (PNG, WebP) and 16 x 8 (JPEG) pixels, so that no two
orientations look alike.
"""
import base64
import hashlib
import io
import json
import struct
import sys
import warnings
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402

import numpy as np  # noqa: E402
from PIL import Image, ImageOps  # noqa: E402

warnings.simplefilter("ignore")
SHORT, LONG, RATIONAL = 3, 4, 5


def entry(order, tag, kind, count, data):
    return struct.pack(order + "HHL", tag, kind, count) + data.ljust(4, b"\0")


def block(entries, order="<", count=None, tail=b"", magic=None):
    """A TIFF structure with one directory; the tail begins at its offset 10 + 12 * entries."""
    magic = magic or (b"II*\0" if order == "<" else b"MM\0*")
    count = len(entries) if count is None else count
    return magic + struct.pack(order + "LH", 8, count) + b"".join(entries) + tail


def orientation(value, order="<", kind=SHORT, format="H", count=1):
    return entry(order, 0x0112, kind, count, struct.pack(order + format, value))


def directory(value, **options):
    order = options.get("order", "<")
    return block([orientation(value, **options)], order)


def far(kind, data, count=1, order="<"):
    """An Orientation whose value lies behind the directory."""
    return block([entry(order, 0x0112, kind, count, struct.pack(order + "L", 22))], order, tail=data)


def xmp(text):
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description {text}</x:xmpmeta>'.encode()


def blocks():
    for value in range(10):
        yield f"little-endian {value}", directory(value)
        yield f"big-endian {value}", directory(value, order=">")
    for name, kind, format in [("LONG", 4, "L"), ("BYTE", 1, "B"), ("SBYTE", 6, "b"), ("SSHORT", 8, "h"),
                               ("SLONG", 9, "l"), ("FLOAT", 11, "f"), ("IFD", 13, "L"), ("UNDEFINED", 7, "B")]:
        yield name, directory(6, kind=kind, format=format)
        yield f"{name} big-endian", directory(6, kind=kind, format=format, order=">")
    yield "ASCII", block([entry("<", 0x0112, 2, 2, b"6\0")])
    yield "unknown type", directory(6, kind=99)
    yield "no values", directory(6, count=0)
    yield "two values", block([entry("<", 0x0112, SHORT, 2, struct.pack("<HH", 6, 3))])
    yield "many values elsewhere", far(SHORT, struct.pack("<HHH", 8, 3, 1), 3)
    yield "RATIONAL", far(RATIONAL, struct.pack("<LL", 12, 2))
    yield "RATIONAL fraction", far(RATIONAL, struct.pack("<LL", 13, 2))
    yield "SRATIONAL", far(10, struct.pack("<ll", -6, -1))
    yield "DOUBLE", far(12, struct.pack("<d", 5.0))
    yield "DOUBLE fraction", far(12, struct.pack("<d", 5.5))
    yield "LONG8", far(16, struct.pack("<Q", 7))
    yield "big-endian DOUBLE", far(12, struct.pack(">d", 5.0), order=">")
    yield "data beyond the end", far(SHORT, struct.pack("<H", 8), 3)
    yield "first counts", block([orientation(3), orientation(6)])
    yield "second counts when the first is no value", block([orientation(3, kind=99), orientation(6)])
    yield "behind other tags", block([entry("<", 0x010F, 2, 3, b"ab\0"), entry("<", 0x011A, 5, 1, b"\1"), orientation(6)])
    yield "directory cut short", block([orientation(8)], count=5)
    yield "entry cut short", directory(8)[:-1]
    yield "directory beyond the end", b"II*\0" + struct.pack("<L", 1000)
    yield "magic in the other order", block([orientation(6)], magic=b"II\0*")
    yield "no directory", b"II*\0\0\0\0\0"
    yield "seven bytes", b"II*\0\0\0\0"
    yield "not TIFF", b"hello world, this is no directory"
    yield "empty", b""
    yield "prefix twice", b"Exif\0\0" + directory(6)


PACKETS = {
    "attribute": xmp('tiff:Orientation="6"/>'),
    "element": xmp("><tiff:Orientation>8</tiff:Orientation>"),
    "single quotes": xmp("tiff:Orientation='6'/>"),
    "two digits": xmp('tiff:Orientation="63"/>'),
    "the first match": xmp('tiff:Orientation="x" tiff:Orientation="3" tiff:Orientation="6"/>'),
    "nine": xmp('tiff:Orientation="9"/>'),
    "cut": xmp("")[:30] + b'tiff:Orientation="',
}


def jpeg(*segments):
    pixels = np.random.Generator(np.random.PCG64(1)).integers(0, 256, (8, 16, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90)
    data = file.getvalue()
    # Behind the start of image, and without JFIF's density, which decides when Pillow reads the block.
    assert data[2:4] == b"\xff\xe0"
    rest = data[4 + struct.unpack(">H", data[4:6])[0]:]
    return data[:2] + b"".join(b"\xff\xe1" + struct.pack(">H", 2 + len(s)) + s for s in segments) + rest


def chunk(name, data):
    return struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data))


def png(before=b"", after=b""):
    pixels = np.random.Generator(np.random.PCG64(2)).integers(0, 256, (3, 5, 3), dtype=np.uint8)
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">LLBBBBB", 5, 3, 8, 2, 0, 0, 0)) + before
            + chunk(b"IDAT", zlib.compress(rows)) + after + chunk(b"IEND", b""))


def webp(**metadata):
    pixels = np.random.Generator(np.random.PCG64(3)).integers(0, 256, (3, 5, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "WEBP", lossless=True, **metadata)
    return file.getvalue()


def raw_profile(data):
    digits = data.hex()
    lines = [digits[i:i + 72] for i in range(0, len(digits), 72)]
    return ("\nexif\n%8d\n" % len(data) + "\n".join(lines) + "\n").encode()


def files():
    exif, packet = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
    for name, data in blocks():
        yield f"JPEG: {name}", jpeg(exif + data)
        yield f"PNG: {name}", png(chunk(b"eXIf", data))
    for name, data in PACKETS.items():
        yield f"JPEG, XMP: {name}", jpeg(packet + data)
        yield f"PNG, XMP: {name}", png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + data))
    six = directory(6)
    for value in range(1, 9):
        yield f"WebP: {value}", webp(exif=exif + directory(value))
    yield "WebP: without prefix", webp(exif=six)
    yield "WebP: not TIFF", webp(exif=b"hello world")
    yield "WebP: XMP", webp(xmp=PACKETS["attribute"])
    yield "WebP: XMP and EXIF", webp(xmp=PACKETS["attribute"], exif=directory(3))
    yield "JPEG: block in two segments", jpeg(exif + six[:15], exif + six[15:])
    yield "JPEG: XMP before EXIF", jpeg(packet + PACKETS["element"], exif + six)
    yield "JPEG: XMP and a value of 0", jpeg(packet + PACKETS["element"], exif + directory(0))
    yield "JPEG: XMP and EXIF without the tag", jpeg(packet + PACKETS["element"], exif + block([]))
    yield "JPEG: XMP and bytes", jpeg(packet + PACKETS["element"], exif + directory(6, kind=1, format="B"))
    yield "JPEG: the last packet", jpeg(packet + PACKETS["element"], packet + PACKETS["attribute"])
    yield "PNG: behind the image", png(after=chunk(b"eXIf", six))
    yield "PNG: the last block", png(chunk(b"eXIf", six) + chunk(b"eXIf", directory(3)))
    yield "PNG: raw profile", png(chunk(b"tEXt", b"Raw profile type exif\0" + raw_profile(exif + six)))
    yield "PNG: compressed raw profile", png(
        chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(raw_profile(exif + six))))
    yield "PNG: raw profile and block", png(
        chunk(b"tEXt", b"Raw profile type exif\0" + raw_profile(exif + six)) + chunk(b"eXIf", directory(3)))
    yield "PNG: text exif", png(chunk(b"tEXt", b"exif\0" + six))
    yield "PNG: compressed XMP", png(
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(PACKETS["attribute"])))
    yield "PNG: XMP as plain text", png(chunk(b"tEXt", b"XML:com.adobe.xmp\0" + PACKETS["attribute"]))
    yield "PNG: XMP as compressed text", png(
        chunk(b"zTXt", b"XML:com.adobe.xmp\0\0" + zlib.compress(PACKETS["attribute"])))


def case(name, data):
    result = {"name": name, "file": base64.b64encode(data).decode()}
    try:
        upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
        result |= {"width": upright.width, "sha256": hashlib.sha256(upright.tobytes()).hexdigest()}
    except Exception as error:
        result["error"] = type(error).__name__
    return result


def main():
    cases = [case(name, data) for name, data in files()]
    print(len(cases), "cases; Pillow raises in", [c["name"] + ": " + c["error"] for c in cases if "error" in c])
    lines = ",\n".join(json.dumps(c) for c in cases)
    versions = json.dumps(oracle.versions("pillow", "numpy"))
    (HERE / "cases.json").write_text(f'{{"made_with": {versions},\n"cases": [\n{lines}\n]}}\n')


main()

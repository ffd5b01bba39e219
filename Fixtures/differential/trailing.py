"""Writes images with something behind their end, for `compare.py` to run through: text, archives, other images, zeros.

Run: python trailing.py OUTPUT FOLDER...     (every file of the folders that Pillow opens, with each of the trailers)
"""
import io
import sys
import zipfile
from pathlib import Path

from PIL import Image

PACKET = (b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
          b'<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>')


def trailers():
    """What may stand behind an image."""
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("a.txt", "text")
    out = {}
    for name in ("jpeg", "png", "gif", "bmp", "tiff", "webp", "avif"):
        file = io.BytesIO()
        Image.linear_gradient("L").resize((31, 27)).convert("RGB").save(file, name.upper())
        out[name] = file.getvalue()
    samsung = b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1700000000000SEFHk\0\0\0\x01\0\0\0\0\0\x01\x0a$\0\0\0$\0\0\0\x18\0\0\0SEFT"
    return {"nothing": b"", "nul": b"\0", "nuls": bytes(500), "lf": b"\n", "crlf": b"\r\n", "text": b"some words behind the end\n", "xmp": PACKET, "json": b'{"a": 1}',
            "zip": zipped.getvalue(), "html": b"<html></html>", "ff": b"\xff" * 300, "ffd9": b"\xff\xd9", "samsung": samsung, "riff": b"RIFF\x10\0\0\0WEBP",
            "chunk": b"EXIF\x04\0\0\0abcd", "huge_chunk": b"EXIF\xff\xff\xff\xff", "huge_text": b"a" * 70000, "iend": b"\0\0\0\0IEND\xae\x42\x60\x82", "gif_end": b"\x3b",
            "seven": b"1234567", "eight": b"12345678", **out}


def main():
    output, *folders = map(Path, sys.argv[1:])
    output.mkdir(parents=True, exist_ok=True)
    for path in sorted(file for folder in folders for file in folder.iterdir()):
        try:
            Image.open(path).close()
        except Exception:
            continue
        for name, content in trailers().items():
            (output / f"{path.stem}_{name}{path.suffix}").write_bytes(path.read_bytes() + content)


if __name__ == "__main__":
    main()

"""Cuts the seeds of the fuzz targets `xmp` and `generator` out of the samples of the folder above.

    python make.py

`NAME.xmp` is the packet of a file, `NAME.generator` the first `tEXt` of a PNG: key, a zero byte, text.
"""
import pathlib
import re
import struct

HERE = pathlib.Path(__file__).resolve().parent


def first_text(png):
    position = 8
    while position < len(png):
        length, kind = struct.unpack(">I4s", png[position:position + 8])
        if kind == b"tEXt" and length < 8000:
            return png[position + 8:position + 8 + length]
        position += 12 + length
    return None


for file in sorted(HERE.parent.glob("m[0-9]*")):
    data = file.read_bytes()
    if len(data) > 20000:
        continue
    packet = re.search(rb"<x:xmpmeta.*?</x:xmpmeta>", data, re.S)
    if packet and len(packet[0]) < 6000:
        (HERE / f"{file.stem}.xmp").write_bytes(packet[0])
    text = first_text(data) if data.startswith(b"\x89PNG") else None
    if text is not None:
        (HERE / f"{file.stem}.generator").write_bytes(text)

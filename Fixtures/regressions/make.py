"""Writes the files beside this script that are made by hand. See README.md."""
import struct
from pathlib import Path

HERE = Path(__file__).resolve().parent


def box(name, content):
    return struct.pack(">I", 8 + len(content)) + name + content


def full_box(name, content, version=0):
    return box(name, bytes([version, 0, 0, 0]) + content)


def overlapping_extents(count=300):
    """A grid whose description is the whole file, many times over."""
    def file(length):
        extents = struct.pack(">II", 0, length) * count
        items = full_box(b"infe", struct.pack(">HH4s", 1, 0, b"grid"), version=2)
        meta = [full_box(b"hdlr", struct.pack(">I4s13x", 0, b"pict")), full_box(b"pitm", struct.pack(">H", 1)),
                full_box(b"iinf", struct.pack(">H", 1) + items),
                full_box(b"iloc", struct.pack(">HHHHH", 0x4400, 1, 1, 0, count) + extents)]
        return box(b"ftyp", b"heic\0\0\0\0mif1heic") + full_box(b"meta", b"".join(meta))

    return file(len(file(0)))


if __name__ == "__main__":
    (HERE / "heif-overlapping-extents.heic").write_bytes(overlapping_extents())

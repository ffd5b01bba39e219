"""Writes files whose header fields are varied one at a time and in pairs, for `compare.py` to run through.

Run: python fields.py OUTPUT [--pairs N] [--seed S] [--only tiff|bmp|tails]

TIFF: every field of the directory, of seven kinds of images, classic in both byte orders and BigTIFF: every type, counts
around the right one and far from it, values in and out of range, bytes behind an inline value, the tag missing, twice or
out of order; fields added that contradict the others (strips and tiles, planes, predictors, compressions, sample formats).
BMP: every field of the file and information headers. Tails: bytes of many kinds behind a whole file of every format.
The same seed gives the same files.
"""
import argparse
import io
import random
import struct
import zlib
from pathlib import Path

from PIL import Image

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
LETTERS = {1: "B", 2: "B", 3: "H", 4: "I", 6: "b", 7: "B", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I", 16: "Q", 17: "q", 18: "Q"}
WIDTH, HEIGHT = 13, 9


def packed(order, kind, values):
    """The bytes of `values` as `kind`, as far as it can hold them."""
    out = b""
    for value in values:
        if kind in (5, 10):
            out += struct.pack(order + "II", value & 0xFFFFFFFF, 1)
        elif kind in (11, 12):
            out += struct.pack(order + LETTERS[kind], value)
        else:
            size = SIZES.get(kind, 4)
            out += (value & (1 << 8 * size) - 1).to_bytes(size, "little" if order == "<" else "big")
    return out


class Entry:
    def __init__(self, tag, kind, values, count=None, garbage=False):
        self.tag, self.kind, self.values, self.count, self.garbage = tag, kind, values, count, garbage

    def but(self, **changes):
        entry = Entry(self.tag, self.kind, self.values, self.count, self.garbage)
        for name, value in changes.items():
            setattr(entry, name, value)
        return entry


def tiff(order, big, data, entries):
    """`data` lies at 16; the entries stand as they are given."""
    size = 8 if big else 4
    word = order + ("Q" if big else "I")
    mark = b"II" if order == "<" else b"MM"
    out = bytearray(mark + struct.pack(order + "H", 43 if big else 42))
    out += struct.pack(order + "HHQ", 8, 0, 0) if big else bytes(4)
    out = bytearray(out.ljust(16, b"\0")) + data + b"\0" * (len(data) % 2)
    directory = b""
    for entry in entries:
        value = packed(order, entry.kind, entry.values)
        count = len(entry.values) if entry.count is None else entry.count
        if SIZES.get(entry.kind, 4) * count > size:
            position = len(out)
            out += value + b"\0" * (len(value) % 2)
            value = struct.pack(word, position)
        filler = b"\xa5\x5a\xc3\x3c\x99\x66\xf0\x0f" if entry.garbage else bytes(8)
        directory += struct.pack(order + ("HHQ" if big else "HHI"), entry.tag, entry.kind, count)
        directory += (value + filler[:max(0, size - len(value))])[:size]
    struct.pack_into(word, out, 8 if big else 4, len(out))
    return bytes(out) + struct.pack(order + ("Q" if big else "H"), len(entries)) + directory + bytes(size)


def bases(order, rng):
    """(name, image data, entries) of images that are right."""
    def entry(tag, *values, kind=None):
        return Entry(tag, kind or (4 if tag in (273, 279, 324, 325) else 3), list(values))

    def image(photometric, bits, compression=1):
        return [entry(256, WIDTH), entry(257, HEIGHT), entry(258, *bits), entry(259, compression),
                entry(262, photometric), entry(277, len(bits))]

    row = 3 * WIDTH
    pixels = rng.randbytes(row * HEIGHT)
    yield "rgb", pixels, image(2, [8] * 3) + [entry(273, 16, 16 + 5 * row), entry(278, 5), entry(279, 5 * row, 4 * row)]
    grey = rng.randbytes(WIDTH * HEIGHT)
    yield "grey", grey, image(1, [8]) + [entry(273, 16), entry(278, HEIGHT), entry(279, len(grey))]
    yield "palette", grey, image(3, [8]) + [entry(273, 16), entry(278, HEIGHT), entry(279, len(grey)),
                                            entry(320, *[rng.randrange(65536) for _ in range(768)])]
    tiles = rng.randbytes(16 * 16 * 3)
    yield "tiled", tiles, image(2, [8] * 3) + [entry(322, 16), entry(323, 16), entry(324, 16), entry(325, len(tiles))]
    planes = rng.randbytes(3 * WIDTH * HEIGHT)
    size = WIDTH * HEIGHT
    yield "planes", planes, image(2, [8] * 3) + [
        entry(273, 16, 16 + size, 16 + 2 * size), entry(278, HEIGHT), entry(279, size, size, size), entry(284, 2)]
    coded = zlib.compress(pixels)
    yield "deflate", coded, image(2, [8] * 3, 8) + [entry(273, 16), entry(278, HEIGHT), entry(279, len(coded)), entry(317, 2)]
    deep = zlib.compress(rng.randbytes(2 * WIDTH * HEIGHT))
    yield "deep", deep, image(1, [16], 8) + [entry(273, 16), entry(278, HEIGHT), entry(279, len(deep))]


def replaced(index, **changes):
    return lambda entries: entries[:index] + [entries[index].but(**changes)] + entries[index + 1:]


def with_entry(new):
    def change(entries):
        return sorted([entry for entry in entries if entry.tag != new.tag] + [new], key=lambda entry: entry.tag)
    return change


def changes(entries):
    """(name, function of the entries) for every single change."""
    for index, entry in enumerate(entries):
        tag, right = entry.tag, len(entry.values)
        for kind in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 99]:
            if kind != entry.kind:
                yield f"{tag}_type{kind}", replaced(index, kind=kind)
        for count in sorted({0, 1, 2, right - 1, right + 1, 1000, 2**31 - 1, 2**32 - 1} - {right}):
            yield f"{tag}_count{count}", replaced(index, count=count)
        for value in [0, 1, 2, 4, 7, 65535]:
            if right == 1:
                yield f"{tag}_value{value}", replaced(index, values=[value])
            elif right < 5:
                yield f"{tag}_first{value}", replaced(index, values=[value] + entry.values[1:])
                yield f"{tag}_all{value}", replaced(index, values=[value] * right)
        if right > 1:
            yield f"{tag}_fewer", replaced(index, values=entry.values[:-1])
            yield f"{tag}_reversed", replaced(index, values=entry.values[::-1])
        yield f"{tag}_twice", replaced(index, values=entry.values * 2)
        yield f"{tag}_minus", replaced(index, kind=9, values=[-value for value in entry.values])
        yield f"{tag}_garbage", replaced(index, garbage=True)
        for kind in [1, 3, 8]:
            yield f"{tag}_garbage{kind}", replaced(index, kind=kind, garbage=True)
        yield f"{tag}_missing", lambda all, tag=tag: [other for other in all if other.tag != tag]
        other = entry.but(values=[value + 1 for value in entry.values])
        yield f"{tag}_before", lambda all, other=other: [other] + all
        yield f"{tag}_again", lambda all, other=other: all + [other]
        empty = entry.but(count=0)
        yield f"{tag}_emptybefore", lambda all, empty=empty: [empty] + all
    yield "allgarbage", lambda all: [entry.but(garbage=True) for entry in all]
    yield "unsorted", lambda all: all[::-1]
    added = {
        259: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 32767, 32771, 32773, 32809, 32946, 34661, 34676, 34677, 34712, 34887, 34925, 50000, 50001],
        262: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 32803, 32844, 32845, 34892], 266: [0, 1, 2, 3],
        274: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 284: [0, 1, 2, 3], 317: [0, 1, 2, 3, 4], 254: [1, 2, 4], 278: [1, 3, 100],
        258: [1, 2, 4, 8, 12, 16, 32, 64], 277: [1, 2, 3, 4, 5, 6, 7]}
    for tag, values in added.items():
        for value in values:
            yield f"{tag}_is{value}", with_entry(Entry(tag, 3, [value]))
            if tag in (274, 284):
                for kind in [1, 5, 7, 11, 12]:
                    yield f"{tag}_is{value}_type{kind}", with_entry(Entry(tag, kind, [value]))
    for value in [0, 1, 2, 3, 4, 5, 6]:
        for count in [1, 2, 3, 4]:
            yield f"339_{value}x{count}", with_entry(Entry(339, 3, [value] * count))
        yield f"339_1_{value}", with_entry(Entry(339, 3, [1, 1, value]))
        yield f"339_byte_{value}", with_entry(Entry(339, 1, [value] * 3))
    for value in [[0], [1], [2], [3], [999], [0, 0], [2, 0], [0, 2], [1, 0]]:
        yield f"338_{'-'.join(map(str, value))}", with_entry(Entry(338, 3, value))
        yield f"338_byte_{'-'.join(str(v % 256) for v in value)}", with_entry(Entry(338, 1, [v % 256 for v in value]))
    for tag in [273, 324]:
        for values in [[16], [16, 16], [100, 16], [16, 50, 16, 20], [10**6], [16] * 9]:
            for kind in [1, 3, 4, 16]:
                if kind != 1 or max(values) < 256:
                    yield f"{tag}_at{'-'.join(map(str, values))}_{kind}", with_entry(Entry(tag, kind, values))
    for width, height in [(16, 16), (WIDTH, HEIGHT), (8, 8), (32, 4), (0, 16), (16, 0), (1, 1), (16, 5)]:
        tiles = [Entry(322, 3, [width]), Entry(323, 3, [height])]
        yield f"tiles{width}x{height}", lambda all, tiles=tiles: with_entry(tiles[0])(with_entry(tiles[1])(all))
        for offsets in [[16], [16, 20], [16, 16, 16, 16]]:
            both = tiles + [Entry(324, 4, offsets), Entry(325, 4, [9] * len(offsets))]
            def add(all, both=both):
                for entry in both:
                    all = with_entry(entry)(all)
                return all
            yield f"tiles{width}x{height}at{len(offsets)}", add
    for tag, values in [(330, [8]), (34665, [8]), (34853, [8]), (700, [60] * 20), (34675, [1] * 10), (347, [1, 2, 3]), (0xBC01, [1])]:
        for kind in [1, 3, 4, 7]:
            yield f"{tag}_added{kind}", with_entry(Entry(tag, kind, values))


def tiffs(rng, pairs):
    kinds = [("le", "<", False), ("be", ">", False), ("big", "<", True)]
    for mark, order, big in kinds:
        for name, data, entries in bases(order, rng):
            yield f"{mark}_{name}", tiff(order, big, data, entries)
            for change, function in changes(entries):
                yield f"{mark}_{name}_{change}", tiff(order, big, data, function(entries))
    name, data, entries = next(bases(">", rng))
    yield "bigbe_rgb", tiff(">", True, data, entries)
    for number in range(pairs):
        mark, order, big = rng.choice(kinds)
        name, data, entries = rng.choice(list(bases(order, rng)))
        # Both are made for the image as it was; the second may then miss its entry.
        first, second = rng.sample(list(changes(entries)), 2)
        try:
            changed = second[1](first[1](entries))
        except IndexError:
            continue
        yield f"{mark}_{name}_pair{number}_{first[0]}+{second[0]}", tiff(order, big, data, changed)


# MARK: Windows bitmaps

BMP_FIELDS = [("size", 2, 4), ("offset", 10, 4), ("header", 14, 4), ("width", 18, 4), ("height", 22, 4), ("planes", 26, 2),
              ("bits", 28, 2), ("compression", 30, 4), ("bytes", 34, 4), ("xdensity", 38, 4), ("colors", 46, 4), ("important", 50, 4)]
BMP_VALUES = {
    "bits": [0, 1, 2, 3, 4, 8, 12, 15, 16, 24, 31, 32, 33, 48, 64, 65535], "compression": list(range(14)) + [2**32 - 1],
    "header": [0, 11, 12, 13, 16, 39, 40, 41, 44, 48, 52, 56, 60, 63, 64, 68, 100, 107, 108, 112, 124, 125, 128, 2**31],
    "colors": [0, 1, 2, 3, 15, 16, 17, 128, 255, 256, 257, 258, 300, 512, 65535, 65536, 65537, 2**31, 2**32 - 1],
    "offset": [0, 1, 14, 26, 53, 54, 55, 58, 62, 66, 70, 118, 154, 1077, 1078, 1079, 2000, 2**31, 2**32 - 1],
    "width": [0, 1, 12, 14, 16, 17, 2**16, 2**31 - 1, 2**31, 2**32 - 13, 2**32 - 1],
    "height": [0, 1, 8, 10, 2**16, 2**31 - 1, 2**31, 2**32 - 9, 2**32 - 1, 0xFF000000, 0xFE000000]}


def bmps(rng, pairs):
    def base(header, bits, compression, colors):
        table = b"".join(rng.randbytes(3) + b"\0" for _ in range(colors))
        stride = (WIDTH * bits + 31) // 32 * 4
        data = rng.randbytes(stride * HEIGHT) if compression != 1 else b"".join(
            bytes([WIDTH, rng.randrange(256), 0, 0]) for _ in range(HEIGHT)) + b"\0\1"
        masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0) if compression == 3 else b""
        info = struct.pack("<IIIHHIIIIII", header, WIDTH, HEIGHT, 1, bits, compression, len(data), 2835, 2835, 0, 0) + masks
        info = info.ljust(header, b"\0") if header > 40 else info[:40] + masks[:12]
        start = 14 + len(info) + len(table)
        return bytearray(b"BM" + struct.pack("<IHHI", start + len(data), 0, 0, start) + info + table + data + bytes(1200))

    def greys(count):
        data = base(40, 8, 0, 256)
        table = b"".join(bytes([min(255, i)] * 3) + b"\0" for i in range(count))
        struct.pack_into("<II", data, 46, count, 0)
        struct.pack_into("<I", data, 10, 54 + len(table))
        return data[:54] + bytearray(table) + data[54 + 1024:]

    kinds = [(f"h{header}_b{bits}_c{compression}", base(header, bits, compression, 1 << bits if bits <= 8 else 0))
             for header in [40, 52, 56, 64, 108, 124] for bits, compression in [(1, 0), (4, 0), (8, 0), (8, 1), (16, 0), (24, 0), (32, 0), (32, 3)]]
    singles = [(name, at, size, value) for name, at, size in BMP_FIELDS
               for value in BMP_VALUES.get(name, [0, 1, 2, 65535, 2**31, 2**32 - 1]) if value < 1 << 8 * size]
    for kind, data in kinds:
        yield kind, bytes(data)
        for name, at, size, value in singles:
            changed = bytearray(data)
            changed[at:at + size] = value.to_bytes(size, "little")
            yield f"{kind}_{name}{value}", bytes(changed)
    for count in [2, 3, 4, 16, 17, 128, 255, 256, 257, 300]:
        yield f"greys{count}", bytes(greys(count))
    for number in range(pairs):
        kind, data = rng.choice(kinds)
        changed = bytearray(data)
        chosen = rng.sample(singles, 2)
        for name, at, size, value in chosen:
            changed[at:at + size] = value.to_bytes(size, "little")
        yield f"{kind}_pair{number}_" + "+".join(f"{name}{value}" for name, _, _, value in chosen), bytes(changed)
    core = struct.pack("<IHHHH", 12, WIDTH, HEIGHT, 1, 8) + rng.randbytes(768)
    data = bytearray(b"BM" + struct.pack("<IHHI", 0, 0, 0, 26 + 768) + core + rng.randbytes(16 * HEIGHT))
    yield "core", bytes(data)
    for name, at in [("width", 18), ("height", 20), ("planes", 22), ("bits", 24)]:
        for value in [0, 1, 2, 4, 8, 9, 16, 24, 32, 65535]:
            changed = bytearray(data)
            changed[at:at + 2] = value.to_bytes(2, "little")
            yield f"core_{name}{value}", bytes(changed)


# MARK: Bytes behind the image

def tails(rng):
    image = Image.frombytes("RGB", (17, 11), rng.randbytes(17 * 11 * 3))
    wholes = {}
    for name, options in [("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {}), ("GIF", {}), ("BMP", {}), ("TIFF", {}),
                          ("TIFF", {"compression": "tiff_lzw"}), ("TIFF", {"compression": "jpeg"})]:
        out = io.BytesIO()
        (image.quantize(32) if name == "GIF" else image).save(out, name, **options)
        wholes[name.lower() + "".join(f"_{value}" for value in options.values())] = out.getvalue()
    frames = io.BytesIO()
    image.quantize(32).save(frames, "GIF", save_all=True, append_images=[image.rotate(90).quantize(16)])
    wholes["gif_two"] = frames.getvalue()
    frames = io.BytesIO()
    image.save(frames, "PNG", save_all=True, append_images=[image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)])
    wholes["png_two"] = frames.getvalue()
    runs = b"".join(bytes([17, i * 20, 0, 0]) for i in range(11)) + b"\0\1"
    table = b"".join(bytes([i, 255 - i, i // 2, 0]) for i in range(256))
    head = struct.pack("<IIIHHIIIIII", 40, 17, 11, 1, 8, 1, len(runs), 0, 0, 0, 0)
    wholes["bmp_runs"] = b"BM" + struct.pack("<IHHI", 0, 0, 0, 54 + 1024) + head + table + runs
    ends = {"nothing": b"", "nul": bytes(1), "nuls": bytes(5000), "crlf": b"\r\n", "text": b"trailing text", "ff": b"\xff" * 40,
            "ff00": b"\xff\0" * 20, "jpeg_end": b"\xff\xd9", "marker": b"\xff\xe1\xff\xff", "chunk": b"\xff\xff\xff\xffIDAT", "iend": bytes(4) + b"IEND",
            "itxt": struct.pack(">I", 900) + b"iTXtcut", "badtype": struct.pack(">I", 0) + b"\1\2\3\4", "semicolon": b";;;;", "block": b"!\xf9\x04",
            "frame": b",\0\0\0\0\xff\xff\xff\xff\0", "samsung": b"SEFH" + bytes(8) + b"SEFT", "zip": b"PK\3\4" + bytes(30),
            "xml": b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>", "random": rng.randbytes(500), "mp4": struct.pack(">I", 24) + b"ftypmp42" + bytes(12),
            "motion": b"MotionPhoto_Data" + bytes(64), "exif": b"Exif\0\0II*\0\x08\0\0\0", "tga": bytes(8) + b"TRUEVISION-XFILE.\0"}
    for name, data in wholes.items():
        ends[f"another_{name}"] = data
    for name, data in wholes.items():
        for end, tail in ends.items():
            yield f"{name}_then_{end}", data + tail
        cut = {"jpeg": 2, "png": 12, "gif": 1, "tiff": 0, "bmp": 0}[name.split("_")[0]]
        for end, tail in ends.items():
            if cut:
                yield f"{name}_endless_then_{end}", data[:-cut] + tail


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", type=Path)
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=["tiff", "bmp", "tails"])
    options = parser.parse_args()
    for group, suffix, files in [("tiff", "tif", lambda rng: tiffs(rng, options.pairs)), ("bmp", "bmp", lambda rng: bmps(rng, options.pairs)),
                                 ("tails", "bin", tails)]:
        if options.only in (None, group):
            (options.output / group).mkdir(parents=True, exist_ok=True)
            for name, data in files(random.Random(options.seed)):
                (options.output / group / f"{name}.{suffix}").write_bytes(data)


if __name__ == "__main__":
    main()

"""HEIC files of which every box field is varied, one at a time and in pairs, for `../differential/compare.py` to run through.

Run: python make.py OUTPUT [--pairs]     every file
     python make.py                      those of SELECTED beside this script, and expected.json

The pictures are written by pillow_heif; the boxes around them are written anew here. See README.md.
"""
import argparse
import copy
import hashlib
import io
import itertools
import json
import struct
from pathlib import Path

import numpy as np
import PIL
import pillow_heif
import transformers
from PIL import Image
from transformers.image_transforms import convert_to_rgb

pillow_heif.register_heif_opener()
HERE = Path(__file__).resolve().parent


# MARK: Boxes

def u8(*values):
    return bytes(v & 0xFF for v in values)


def u16(*values):
    return b"".join(struct.pack(">H", v & 0xFFFF) for v in values)


def u32(*values):
    return b"".join(struct.pack(">I", v & 0xFFFFFFFF) for v in values)


def number(value, size):
    return value.to_bytes(size, "big") if size else b""


def box(kind, content, size=None):
    return u32(8 + len(content) if size is None else size) + kind + content


def full(kind, content, version=0, flags=0):
    return box(kind, u8(version) + number(flags, 3) + content)


def boxes(data):
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        yield kind, data[at + 8:at + size]
        at += size


class Item:
    def __init__(self, kind, data, name=b"", version=2, flags=0):
        self.kind, self.data, self.name, self.version, self.flags = kind, data, name, version, flags
        self.protection, self.method, self.pieces, self.reference = 0, 0, 1, 0


class File:
    """A HEIF file; what is not its items and properties has the values that encoders write."""

    def __init__(self):
        self.brands = (b"heic", 0, [b"mif1", b"heic"])
        self.handler = b"pict"
        self.primary = 1
        self.items = {}
        self.properties = []
        self.associations = []
        self.references = []
        self.pitm, self.iinf, self.iref, self.ipma, self.ipma_flags, self.iloc = 0, 0, 0, 0, 0, 1
        self.sizes = (4, 4, 0, 0)
        self.base = 0
        self.order = [b"hdlr", b"pitm", b"iinf", b"iref", b"iprp", b"iloc", b"idat"]
        self.before, self.after, self.extra_meta, self.extra_iprp = b"", b"", b"", b""
        self.left_out = set()
        self.twice = set()
        self.counts = {}
        self.raw_data = None
        self.beyond = None

    def add(self, item, kind, content, essential=False):
        self.properties.append((kind, content))
        self.associate(item, len(self.properties), essential)

    def associate(self, item, index, essential=False):
        for number_, entries in self.associations:
            if number_ == item:
                entries.append([index, essential])
                return
        self.associations.append([item, [[index, essential]]])

    def of(self, item):
        return next((entries for number_, entries in self.associations if number_ == item), [])

    def index(self, item, kind):
        return next(i for i, _ in self.of(item) if self.properties[i - 1][0] == kind)

    def set(self, item, kind, change):
        i = self.index(item, kind) - 1
        self.properties[i] = (kind, change(self.properties[i][1]))

    def drop(self, item, kind):
        i = self.index(item, kind)
        entries = self.of(item)
        entries[:] = [entry for entry in entries if entry[0] != i]

    def copy(self, item, other, *kinds):
        """Takes properties of another file's item 1."""
        for kind in kinds:
            if any(other.properties[i - 1][0] == kind for i, _ in other.of(1)):
                self.add(item, kind, other.properties[other.index(1, kind) - 1][1], kind == b"hvcC")

    def refer(self, kind, source, targets):
        self.references.append([kind, source, list(targets)])

    def box_of(self, kind, places):
        if kind == b"hdlr":
            return full(b"hdlr", u32(0) + self.handler + bytes(13))
        if kind == b"pitm":
            return full(b"pitm", number(self.primary, 2 if self.pitm == 0 else 4), self.pitm)
        if kind == b"iinf":
            entries = b""
            for number_, item in self.items.items():
                if item.version < 2:
                    content = u16(number_, item.protection) + item.name + b"\0" + b"\0\0"
                else:
                    content = number(number_, 2 if item.version == 2 else 4) + u16(item.protection) + item.kind + item.name + b"\0"
                    if item.kind == b"mime":
                        content += b"application/rdf+xml\0"
                entries += full(b"infe", content, item.version, item.flags)
            count = self.counts.get(b"iinf", len(self.items))
            return full(b"iinf", number(count, 2 if self.iinf == 0 else 4) + entries, self.iinf)
        if kind == b"iref":
            if not self.references:
                return b""
            size = 2 if self.iref == 0 else 4
            entries = b"".join(
                box(name, number(source, size) + u16(self.counts.get(name, len(targets)))
                    + b"".join(number(target, size) for target in targets))
                for name, source, targets in self.references)
            return full(b"iref", entries, self.iref)
        if kind == b"iprp":
            container = box(b"ipco", b"".join(box(name, content) for name, content in self.properties))
            entries = b""
            for number_, properties in self.associations:
                entries += number(number_, 2 if self.ipma == 0 else 4) + u8(self.counts.get(b"ipma1", len(properties)))
                for i, essential in properties:
                    entries += u16(i | essential << 15) if self.ipma_flags else u8(i | essential << 7)
            count = self.counts.get(b"ipma", len(self.associations))
            return box(b"iprp", container + full(b"ipma", u32(count) + entries, self.ipma, self.ipma_flags)
                       + self.extra_iprp)
        if kind == b"iloc":
            offset, length, base, index = self.sizes
            content = u8(offset << 4 | length, base << 4 | (index if self.iloc else 0))
            count = self.counts.get(b"iloc", len(places))
            content += number(count, 2 if self.iloc < 2 else 4)
            for number_, (method, extents) in places.items():
                content += number(number_, 2 if self.iloc < 2 else 4)
                content += u16(method) if self.iloc else b""
                content += u16(self.items[number_].reference) + number(self.base, base) + u16(len(extents))
                for start, count_ in extents:
                    content += number(0, index if self.iloc else 0)
                    content += number(max(0, start - (self.base if base else 0)), offset) + number(count_, length)
            return full(b"iloc", content, self.iloc)
        if kind == b"idat":
            inside = b"".join(i.data for i in self.items.values() if i.method == 1)
            return box(b"idat", inside) if inside else b""
        raise ValueError(kind)

    def bytes(self):
        major, minor, compatible = self.brands
        start = box(b"ftyp", major + u32(minor) + b"".join(compatible)) + self.before
        places = {n: (i.method, [(0, 0)] * i.pieces) for n, i in self.items.items()}
        for _ in range(2):  # The second time with the places that the first one gave.
            meta = b""
            for kind in self.order:
                if kind not in self.left_out:
                    meta += self.box_of(kind, places) * (2 if kind in self.twice else 1)
            head = start + full(b"meta", meta + self.extra_meta)
            places, at, inside = {}, len(head) + 8, 0
            for n, item in self.items.items():
                here = inside if item.method == 1 else at
                extents, rest = [], len(item.data)
                for piece in range(item.pieces):
                    count = rest if piece == item.pieces - 1 else min(rest, len(item.data) // item.pieces)
                    extents.append((here, count))
                    here, rest = here + count, rest - count
                if self.raw_data and n in self.raw_data:
                    extents = self.raw_data[n](extents)
                places[n] = (item.method, extents)
                if item.method == 1:
                    inside += len(item.data)
                else:
                    at += len(item.data)
        data = b"".join(i.data for i in self.items.values() if i.method != 1)
        return head + box(b"mdat", data) + self.after


def read(data):
    """What pillow_heif has written, as a File."""
    top = dict(boxes(data))
    file = File()
    kind = top[b"ftyp"]
    file.brands = (kind[:4], 0, [kind[i:i + 4] for i in range(8, len(kind), 4)])
    meta = dict(boxes(top[b"meta"][4:]))
    file.primary = struct.unpack(">H", meta[b"pitm"][4:6])[0]
    location, at = meta[b"iloc"], 8
    version, sizes = location[0], (location[4] >> 4, location[4] & 15, location[5] >> 4, location[5] & 15)
    places = {}
    for _ in range(struct.unpack(">H", location[6:8])[0]):
        def take(count):
            nonlocal at
            at += count
            return int.from_bytes(location[at - count:at], "big")
        item = take(2)
        method = take(2) if version else 0
        take(2)
        base, extents = take(sizes[2]), take(2)
        places[item] = b""
        for _ in range(extents):
            take(sizes[3] if version else 0)
            offset, length = base + take(sizes[0]), take(sizes[1])
            places[item] += (meta[b"idat"] if method == 1 else data)[offset:offset + length]
    for _, entry in boxes(meta[b"iinf"][6:]):
        item = struct.unpack(">H", entry[4:6])[0]
        file.items[item] = Item(entry[8:12], places.get(item, b""), flags=entry[3])
    for name, content in boxes(meta.get(b"iref", b"\0\0\0\0")[4:]):
        count = struct.unpack(">H", content[2:4])[0]
        file.refer(name, struct.unpack(">H", content[:2])[0], struct.unpack(f">{count}H", content[4:4 + 2 * count]))
    properties = dict(boxes(meta[b"iprp"]))
    file.properties = list(boxes(properties[b"ipco"]))
    entries, at = properties[b"ipma"], 8
    wide = entries[3] & 1
    for _ in range(struct.unpack(">I", entries[4:8])[0]):
        item, count = struct.unpack(">HB", entries[at:at + 3])
        at += 3
        for _ in range(count):
            value = int.from_bytes(entries[at:at + 1 + wide], "big")
            file.associate(item, value & (0x7FFF if wide else 0x7F), bool(value >> (15 if wide else 7)))
            at += 1 + wide
    return file


# MARK: Pictures

def pixels(width, height, channels, seed=3):
    y, x = np.mgrid[0:height, 0:width]
    planes = [(x * 5 + y * 2) % 256, (y * 7 + x) % 256, (x * 3 + y * 5 + 40) % 256, (x * 9 + y * 4) % 256]
    colors = np.stack(planes[:channels] if channels > 1 else planes[:1], -1)
    noise = np.random.default_rng(seed).normal(0, 25, colors.shape)
    return np.clip(colors * 0.7 + noise + 30, 0, 255).astype(np.uint16)


def written(chroma="420", bits=8, alpha=False, width=48, height=34, matrix=6, full_range=1, seed=3, thumbnail=False):
    channels = 1 if chroma == "400" else 4 if alpha else 3
    image = pixels(width, height, channels, seed)
    mode = {1: "L", 3: "RGB", 4: "RGBA"}[channels]
    if bits == 8:
        file = pillow_heif.from_bytes(mode, (width, height), image.astype(np.uint8).tobytes())
    else:
        file = pillow_heif.from_bytes(mode + ";16", (width, height), (image * 257).tobytes())
    out = io.BytesIO()
    options = {} if chroma == "400" else {"chroma": chroma}
    pillow_heif.options.SAVE_HDR_TO_12_BIT = bits == 12
    file.save(out, quality=60, matrix_coefficients=matrix, full_range_flag=full_range, color_primaries=1, **options)
    pillow_heif.options.SAVE_HDR_TO_12_BIT = False
    return read(out.getvalue())


def grid(rows=2, columns=2, width=0, height=0, chroma="420", bits=8, tile=(64, 64), full_range=1):
    """A grid of tiles that are items 1 to rows x columns; it is the item after them."""
    file = None
    for n in range(rows * columns):
        one = written(chroma, bits, width=tile[0], height=tile[1], seed=n + 5, full_range=full_range)
        if file is None:
            file, first = one, one.of(1)
            file.items[1].flags = 1
        else:
            file.items[n + 1] = Item(b"hvc1", one.items[1].data, flags=1)
            file.associations.append([n + 1, copy.deepcopy(first)])
    last = rows * columns + 1
    width, height = width or columns * tile[0] - 10, height or rows * tile[1] - 7
    file.items[last] = Item(b"grid", u8(0, 0, rows - 1, columns - 1) + u16(width, height))
    file.items[last].method = 1
    file.refer(b"dimg", last, range(1, last))
    file.add(last, b"ispe", u32(0, width, height))
    file.primary = last
    return file


def with_alpha(file, bits=8):
    """Grey pillow_heif writes without alpha."""
    alpha = written("400", bits, seed=9)
    file.items[2] = Item(b"hvc1", alpha.items[1].data)
    file.copy(2, alpha, b"hvcC", b"ispe", b"pixi", b"clap")
    file.add(2, b"auxC", u32(0) + b"urn:mpeg:hevc:2015:auxid:1\0", True)
    file.refer(b"auxl", 2, [1])
    return file


def bases():
    for chroma in ["420", "422", "444"]:
        for bits in [8, 10]:
            yield f"{chroma}-{bits}", written(chroma, bits)
    yield "420-12", written("420", 12)
    yield "400-8", written("400", 8)
    yield "400-10", written("400", 10)
    yield "420-8-limited", written("420", 8, full_range=0)
    yield "444-10-limited", written("444", 10, full_range=0)
    yield "422-8-odd", written("422", 8, width=47, height=33)
    yield "420-8-odd", written("420", 8, width=47, height=33)
    yield "420-8-alpha", written("420", 8, alpha=True)
    yield "444-8-alpha", written("444", 8, alpha=True)
    yield "420-10-alpha", written("420", 10, alpha=True)
    yield "422-8-alpha-odd", written("422", 8, alpha=True, width=47, height=33)
    yield "400-8-alpha", with_alpha(written("400"))
    yield "400-10-alpha", with_alpha(written("400", 10), 10)
    yield "grid-420", grid()
    yield "grid-422-10", grid(1, 2, chroma="422", bits=10)
    yield "grid-444", grid(2, 1, chroma="444")


# MARK: Variations

def nclx(primaries, matrix, full_range):
    return b"nclx" + u16(primaries, 13, matrix) + u8(full_range << 7)


def aperture(width, height, x=(0, 1), y=(0, 1)):
    return b"".join(u32(*part) for part in (width, height, x, y))


def colored(item):
    """The item whose colours count: of a grid its first tile."""
    return 1 if item.items[item.primary].kind == b"grid" else item.primary


def set_color(*values):
    def change(file):
        file.drop(colored(file), b"colr")
        for value in values:
            file.add(file.primary, b"colr", value)
    return change


def turned(*properties, item=None):
    """In place of the clean aperture that encoders write."""
    def change(file):
        target = file.primary if item is None else item
        for kind in (b"clap",):
            if any(file.properties[i - 1][0] == kind for i, _ in file.of(target)):
                file.drop(target, kind)
        for kind, content in properties:
            file.add(target, kind, content, True)
    return change


def also(*properties, item=None, essential=False):
    def change(file):
        for kind, content in properties:
            file.add(file.primary if item is None else item, kind, content, essential)
    return change


def assign(**values):
    def change(file):
        for name, value in values.items():
            setattr(file, name, value)
    return change


def on_item(n, **values):
    def change(file):
        for name, value in values.items():
            setattr(file.items[n], name, value)
    return change


def counted(kind, count):
    def change(file):
        file.counts[kind] = count
    return change


def refers(kind, source, targets):
    return lambda file: file.refer(kind, source, targets)


def without(kind):
    return lambda file: file.left_out.add(kind)


def doubled(kind):
    return lambda file: file.twice.add(kind)


def exif(method=0, pieces=1, target=None, data=b"\0\0\0\0II*\0\x08\0\0\0\0\0", kind=b"Exif", reference=b"cdsc"):
    def change(file):
        n = max(file.items) + 1
        file.items[n] = Item(kind, data)
        file.items[n].method, file.items[n].pieces = method, pieces
        file.refer(reference, n, [file.primary if target is None else target])
    return change


def extents(change):
    def apply(file):
        file.raw_data = {colored(file): change}
    return apply


def all_of(*changes):
    def change(file):
        for one in changes:
            one(file)
    return change


def moved(file):
    file.of(file.primary).reverse()


def essential(value):
    def change(file):
        for entry in file.of(file.primary):
            entry[1] = value
    return change


def patched(kind, at, content, item=None):
    def change(file):
        target = colored(file) if item is None else item
        file.set(target, kind, lambda old: old[:at] + content + old[at + len(content):])
    return change


def shared(kind):
    """The same property twice."""
    def change(file):
        target = colored(file)
        file.associate(target, file.index(target, kind))
    return change


def variations():
    """Name and change, one box field at a time."""
    for matrix in [*range(18), 255, 256]:
        for full_range in (0, 1):
            yield f"matrix{matrix}-range{full_range}", set_color(nclx(1, matrix, full_range))
    for primaries in [0, *range(2, 14), 22, 23, 255, 256]:
        yield f"primaries{primaries}", set_color(nclx(primaries, 6, 1))
        for matrix in (12, 13):
            yield f"matrix{matrix}-primaries{primaries}", set_color(nclx(primaries, matrix, 1))
    yield "matrix12-primaries9-limited", set_color(nclx(9, 12, 0))
    for transfer in [0, 1, 2, 3, 4, 18, 19, 255]:
        yield f"transfer{transfer}", set_color(b"nclx" + u16(1, transfer, 6) + u8(128))
    yield "no-color", set_color()
    yield "profile-only", set_color(b"prof" + bytes(20))
    yield "profile-first", set_color(b"prof" + bytes(20), nclx(1, 1, 1))
    yield "profile-last", set_color(nclx(1, 1, 1), b"rICC" + bytes(20))
    yield "two-colors", set_color(nclx(1, 1, 1), nclx(9, 9, 0))
    yield "color-of-another-kind", set_color(b"none" + bytes(9))
    yield "color-cut", set_color(nclx(1, 1, 1)[:-1])
    yield "color-cut-after-kind", set_color(b"nclx")
    yield "color-long", set_color(nclx(1, 9, 0) + bytes(4))
    yield "color-low-bits-of-range", set_color(nclx(1, 1, 0)[:-1] + b"\x7f")
    for angle in range(5):
        yield f"rotated{angle}", turned((b"irot", u8(angle)))
    for axis in range(3):
        yield f"mirrored{axis}", turned((b"imir", u8(axis)))
    yield "rotated-mirrored", turned((b"irot", u8(1)), (b"imir", u8(0)))
    yield "mirrored-rotated", turned((b"imir", u8(1)), (b"irot", u8(3)))
    yield "rotated-twice", turned((b"irot", u8(1)), (b"irot", u8(1)))
    yield "rotation-cut", turned((b"irot", b""))
    yield "mirror-cut", turned((b"imir", b""))
    apertures = {
        "whole": aperture((48, 1), (34, 1)), "odd-x": aperture((20, 1), (20, 1), (1, 2), (0, 1)),
        "odd-xy": aperture((20, 1), (20, 1), (3, 1), (-5, 1)), "even-xy": aperture((20, 1), (20, 1), (2, 1), (-4, 1)),
        "half-size": aperture((41, 2), (31, 2)), "third-size": aperture((61, 3), (62, 3), (1, 3), (-1, 3)),
        "half-offset": aperture((21, 1), (21, 1), (1, 2), (-1, 2)), "quarter": aperture((83, 4), (81, 4), (5, 4), (-7, 4)),
        "negative-size": aperture((-20, 1), (20, 1)), "no-size": aperture((0, 1), (20, 1)),
        "no-divisor": aperture((20, 0), (20, 1)), "no-offset-divisor": aperture((20, 1), (20, 1), (0, 0), (0, 0)),
        "negative-divisor": aperture((20, -1), (20, 1)), "negative-offset-divisor": aperture((20, 1), (20, 1), (2, -1), (0, 1)),
        "both-negative": aperture((-20, -1), (20, 1)),
        "beyond-left": aperture((20, 1), (20, 1), (-30, 1), (0, 1)), "beyond-right": aperture((20, 1), (20, 1), (30, 1), (0, 1)),
        "outside": aperture((20, 1), (20, 1), (200, 1), (0, 1)), "too-large": aperture((480, 1), (340, 1)),
        "one-pixel": aperture((1, 1), (1, 1)), "less-than-a-pixel": aperture((1, 2), (1, 3)),
        "large-numbers": aperture((2**31 - 1, 2**30), (2**31 - 1, 2**28), (2**31 - 1, 2**31 - 1), (0, 1)),
        "huge-size": aperture((2**31 - 1, 1), (34, 1)), "unsigned-size": aperture((2**32 - 4, 1), (34, 1)),
        "odd-size": aperture((19, 1), (17, 1)), "odd-size-odd-offset": aperture((19, 1), (17, 1), (1, 1), (1, 1)),
        "exact-half": aperture((47, 1), (33, 1)), "three-halves": aperture((3, 2), (5, 2), (7, 2), (9, 2)),
    }
    for name, content in apertures.items():
        yield f"aperture-{name}", turned((b"clap", content))
    yield "aperture-cut", turned((b"clap", apertures["odd-xy"][:-1]))
    for name in ("odd-xy", "even-xy", "half-size", "odd-size-odd-offset"):
        clap = (b"clap", apertures[name])
        for angle in (1, 2, 3):
            yield f"aperture-{name}-rotated{angle}", turned(clap, (b"irot", u8(angle)))
            yield f"rotated{angle}-aperture-{name}", turned((b"irot", u8(angle)), clap)
        yield f"aperture-{name}-mirrored0", turned(clap, (b"imir", u8(0)))
        yield f"aperture-{name}-mirrored1", turned(clap, (b"imir", u8(1)))
        yield f"mirrored1-aperture-{name}", turned((b"imir", u8(1)), clap)
        yield f"aperture-{name}-twice", turned(clap, (b"clap", aperture((9, 1), (7, 1), (1, 1), (1, 1))))
    for n, (width, height) in enumerate([(40, 30), (62, 64), (64, 63), (0, 64), (2**31, 2**31), (65, 64), (96, 68)]):
        yield f"extent{n}", patched(b"ispe", 4, u32(width, height))
    yield "no-extent", lambda file: file.drop(colored(file), b"ispe")
    yield "extent-version1", patched(b"ispe", 0, b"\1")
    yield "two-extents", also((b"ispe", u32(0, 20, 10)))
    yield "extent-cut", lambda file: file.set(colored(file), b"ispe", lambda old: old[:-1])
    yield "no-configuration", lambda file: file.drop(colored(file), b"hvcC")
    yield "two-configurations", shared(b"hvcC")
    yield "configuration-version0", patched(b"hvcC", 0, b"\0")
    yield "configuration-version2", patched(b"hvcC", 0, b"\2")
    for bits in (0, 2, 4, 7):
        yield f"configuration-bits{bits}", patched(b"hvcC", 17, u8(0xF8 | bits))
        yield f"configuration-chroma-bits{bits}", patched(b"hvcC", 18, u8(0xF8 | bits))
    for chroma in range(4):
        yield f"configuration-chroma{chroma}", patched(b"hvcC", 16, u8(0xFC | chroma))
    for length in range(4):
        yield f"configuration-lengths{length}", patched(b"hvcC", 21, u8(length))
    yield "configuration-no-sets", patched(b"hvcC", 22, b"\0")
    yield "configuration-more-sets", patched(b"hvcC", 22, b"\x09")
    yield "configuration-cut", lambda file: file.set(colored(file), b"hvcC", lambda old: old[:-2])
    yield "configuration-cut-early", lambda file: file.set(colored(file), b"hvcC", lambda old: old[:20])
    yield "configuration-longer", lambda file: file.set(colored(file), b"hvcC", lambda old: old + b"abc")
    for name, content in {"three16": u32(0) + u8(3, 16, 16, 16), "one8": u32(0) + u8(1, 8), "none": u32(0) + u8(0),
                          "cut": u32(0) + u8(3, 8), "mixed": u32(0) + u8(3, 8, 10, 10), "empty": b""}.items():
        yield f"pixi-{name}", lambda file, content=content: file.set(colored(file), b"pixi", lambda _: content)
    yield "no-pixi", lambda file: file.drop(colored(file), b"pixi")
    yield "pasp", also((b"pasp", u32(2, 1)))
    yield "pasp-zero", also((b"pasp", u32(0, 0)))
    yield "pasp-cut", also((b"pasp", u32(1)))
    yield "unknown-property", also((b"abcd", bytes(5)))
    yield "unknown-essential-property", also((b"abcd", bytes(5)), essential=True)
    yield "unknown-uuid-essential", also((b"uuid", bytes(20)), essential=True)
    yield "lsel", also((b"lsel", u16(0)), essential=True)
    yield "a1lx", also((b"a1lx", bytes(13)))
    yield "rloc", also((b"rloc", u32(0, 1, 1)))
    yield "udes", also((b"udes", u32(0) + b"en\0n\0d\0t\0"))
    yield "clli", also((b"clli", u16(1000, 400)))
    yield "clli-cut", also((b"clli", u16(1000)))
    yield "cclv", also((b"cclv", bytes(1)))
    yield "mdcv", also((b"mdcv", bytes(24)))
    yield "auxC-of-primary", also((b"auxC", u32(0) + b"urn:mpeg:hevc:2015:auxid:1\0"))
    yield "free-property", also((b"free", b""))
    yield "order-reversed", moved
    yield "essential-all", essential(True)
    yield "essential-none", essential(False)
    yield "association-zero", lambda file: file.associate(file.primary, 0)
    yield "association-beyond", lambda file: file.associate(file.primary, 99)
    yield "association-beyond-essential", lambda file: file.associate(file.primary, 99, True)
    yield "association-of-missing-item", lambda file: file.associate(77, 1)
    yield "association-twice", lambda file: file.associations.append(copy.deepcopy(
        next(entry for entry in file.associations if entry[0] == file.primary)))
    yield "association-split", lambda file: file.associations.append(
        [file.primary, [file.of(file.primary).pop()]])
    yield "association-none", lambda file: file.associations.clear()
    yield "ipma-version1", assign(ipma=1)
    yield "ipma-version2", assign(ipma=2)
    yield "ipma-wide", assign(ipma_flags=1)
    yield "ipma-more-items", counted(b"ipma", 9)
    yield "ipma-fewer-items", counted(b"ipma", 0)
    yield "ipma-more", counted(b"ipma1", 60)
    yield "ipma-two-turned", lambda file: (
        file.properties.append((b"irot", u8(1))),
        setattr(file, "extra_iprp", full(b"ipma", u32(1) + u16(file.primary) + u8(1, len(file.properties)))))
    yield "unused-color", lambda file: file.properties.append((b"colr", b"none1234"))
    yield "unused-unknown-property", lambda file: file.properties.append((b"abcd", b"1234"))
    yield "ipma-two", lambda file: setattr(file, "extra_iprp", full(b"ipma", u32(1) + u16(file.primary) + u8(1, 1)))
    yield "ipco-two", lambda file: setattr(file, "extra_iprp", box(b"ipco", box(b"irot", u8(1))))
    yield "brand-heix", assign(brands=(b"heix", 0, [b"mif1", b"heix"]))
    yield "brand-mif1", assign(brands=(b"mif1", 0, [b"mif1", b"heic"]))
    yield "brand-mif2", assign(brands=(b"mif2", 0, [b"mif1", b"heic"]))
    yield "brand-msf1", assign(brands=(b"msf1", 0, [b"mif1", b"heic"]))
    for brand in (b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs", b"avif", b"miaf", b"1pic", b"abcd", b"heif"):
        yield f"brand-{brand.decode()}", assign(brands=(brand, 0, [b"mif1", b"heic"]))
        yield f"compatible-{brand.decode()}", assign(brands=(b"heic", 0, [brand]))
    yield "compatible-none", assign(brands=(b"heic", 0, []))
    yield "compatible-mif1", assign(brands=(b"heic", 0, [b"mif1"]))
    yield "compatible-cut", assign(brands=(b"heic", 0, [b"mif1", b"he"]))
    yield "brand-version", assign(brands=(b"heic", 7, [b"mif1", b"heic"]))
    yield "handler-vide", assign(handler=b"vide")
    yield "handler-zero", assign(handler=bytes(4))
    for kind in (b"hdlr", b"pitm", b"iinf", b"iref", b"iprp", b"iloc"):
        yield f"no-{kind.decode()}", without(kind)
        yield f"two-{kind.decode()}", doubled(kind)
    yield "meta-reversed", lambda file: file.order.reverse()
    yield "meta-hdlr-last", lambda file: file.order.append(file.order.pop(0))
    yield "pitm-version1", assign(pitm=1)
    yield "pitm-version2", assign(pitm=2)
    yield "pitm-missing-item", assign(primary=55)
    yield "iinf-version1", assign(iinf=1)
    yield "iinf-version2", assign(iinf=2)
    yield "iinf-more", counted(b"iinf", 9)
    yield "iinf-fewer", counted(b"iinf", 0)
    yield "iref-version1", assign(iref=1)
    yield "iref-version2", assign(iref=2)
    for version in (0, 1, 3, 4):
        yield f"infe-version{version}", on_item(1, version=version)
    for kind in (b"hev1", b"hvc2", b"av01", b"jpeg", b"avc1", b"iden", b"iovl", b"unci", b"abcd", b"mime", b"Exif", bytes(4)):
        yield f"item-{kind.decode().strip(chr(0)) or 'zero'}", on_item(1, kind=kind)
    yield "item-hidden", lambda file: setattr(file.items[file.primary], "flags", 1)
    yield "item-protected", lambda file: setattr(file.items[file.primary], "protection", 1)
    yield "item-named", lambda file: setattr(file.items[file.primary], "name", b"name")
    for version in (0, 2, 3):
        yield f"iloc-version{version}", assign(iloc=version)
    for offset, length, base, index in [(8, 8, 0, 0), (4, 8, 8, 0), (4, 4, 4, 4), (8, 4, 0, 8), (0, 4, 0, 0), (4, 0, 0, 0),
                                        (2, 2, 0, 0), (3, 3, 0, 0), (4, 4, 4, 0), (4, 4, 0, 3), (15, 4, 0, 0)]:
        yield f"iloc-sizes{offset}-{length}-{base}-{index}", assign(sizes=(offset, length, base, index))
    yield "iloc-base", assign(sizes=(4, 4, 4, 0), base=100)
    yield "iloc-more", counted(b"iloc", 9)
    yield "iloc-fewer", counted(b"iloc", 0)
    yield "item-pieces2", on_item(1, pieces=2)
    yield "item-pieces5", on_item(1, pieces=5)
    yield "item-idat", on_item(1, method=1)
    yield "item-idat-pieces", on_item(1, method=1, pieces=3)
    yield "item-method2", on_item(1, method=2)
    yield "item-method3", on_item(1, method=3)
    yield "item-method16", on_item(1, method=16)
    yield "item-elsewhere", on_item(1, reference=1)
    yield "extents-none", extents(lambda e: [])
    yield "extents-empty", extents(lambda e: [(e[0][0], 0)])
    yield "extents-beyond", extents(lambda e: [(e[0][0], e[0][1] + 10**6)])
    yield "extents-far", extents(lambda e: [(10**8, e[0][1])])
    yield "extents-short", extents(lambda e: [(e[0][0], e[0][1] - 5)])
    yield "extents-longer", extents(lambda e: [(e[0][0], e[0][1] + 3)])
    yield "extents-empty-then-all", extents(lambda e: [(e[0][0], 0), e[0]])
    yield "exif", exif()
    yield "exif-no-extents", exif(pieces=0)
    yield "exif-empty", exif(data=b"")
    yield "exif-short", exif(data=b"\0\0")
    yield "exif-far-offset", exif(data=b"\0\xff\0\0II*\0")
    yield "exif-far", all_of(exif(), lambda file: setattr(file, "raw_data", {max(file.items): lambda e: [(10**8, 9)]}))
    yield "unknown-item-far", all_of(
        exif(kind=b"abcd"), lambda file: setattr(file, "raw_data", {max(file.items): lambda e: [(10**8, 9)]}))
    yield "exif-of-nothing", all_of(exif(), lambda file: file.references.pop())
    yield "exif-idat", exif(method=1)
    yield "exif-method2", exif(method=2)
    yield "exif-of-missing-item", exif(target=66)
    yield "exif-of-itself", exif(target=2)
    yield "xmp", exif(kind=b"mime", data=b"<x:xmpmeta/>")
    yield "xmp-no-extents", exif(kind=b"mime", pieces=0)
    yield "unknown-item", exif(kind=b"abcd")
    yield "unknown-item-no-extents", exif(kind=b"abcd", pieces=0)
    yield "description-from-missing-item", refers(b"cdsc", 88, [1])
    yield "description-of-image", refers(b"cdsc", 1, [1])
    for kind in (b"auxl", b"thmb", b"prem", b"dimg", b"base", b"iloc", b"tbas", b"exbl", b"fdl "):
        name = kind.decode().strip()
        yield f"{name}-to-itself", refers(kind, 1, [1])
        yield f"{name}-from-missing-item", refers(kind, 88, [1])
        yield f"{name}-to-missing-item", refers(kind, 1, [88])
    yield "reference-count-more", all_of(refers(b"prem", 1, [1]), counted(b"prem", 7))
    yield "reference-count-fewer", all_of(refers(b"prem", 1, [1, 1]), counted(b"prem", 1))
    yield "reference-count-zero", refers(b"prem", 1, [])
    yield "free-before", assign(before=box(b"free", bytes(9)))
    yield "mdat-first", assign(before=box(b"mdat", bytes(9)))
    yield "meta-twice", assign(after=full(b"meta", b""))
    yield "rubbish-after", assign(after=b"rubbish")
    yield "rubbish-box-after", assign(after=u32(10**6) + b"abcd")
    yield "moov-after", assign(after=box(b"moov", b""))
    yield "rubbish-in-meta", assign(extra_meta=b"rubbi")
    yield "unknown-in-meta", assign(extra_meta=box(b"abcd", b"xyz"))
    yield "grpl-in-meta", assign(extra_meta=box(b"grpl", full(b"altr", u32(5, 1, 1))))
    yield "dinf-in-meta", assign(extra_meta=box(b"dinf", full(b"dref", u32(0))))
    yield "iprp-second", assign(extra_meta=box(b"iprp", box(b"ipco", box(b"irot", u8(1)))))
    yield "unknown-in-iprp", assign(extra_iprp=box(b"abcd", b""))
    yield "large-box", lambda file: setattr(file, "before", u32(1) + b"free" + u32(0, 24) + bytes(8))


def alpha_variations():
    """Of files whose item 2 is the alpha of item 1."""
    yield "premultiplied", refers(b"prem", 1, [2])
    yield "premultiplied-twice", refers(b"prem", 1, [2, 2])
    yield "premultiplied-by-itself", refers(b"prem", 1, [1])
    yield "premultiplied-by-missing", refers(b"prem", 1, [88])
    yield "premultiplied-reversed", refers(b"prem", 2, [1])
    yield "alpha-of-two", lambda file: file.references[0][2].append(2)
    yield "alpha-of-missing-too", lambda file: file.references[0][2].append(77)
    yield "alpha-of-two-items", all_of(exif(), lambda file: file.references[0][2].append(3))
    yield "alpha-of-two-items-first", all_of(exif(), lambda file: file.references[0][2].insert(0, 3))
    yield "alpha-twice", refers(b"auxl", 2, [1])
    for name in (b"urn:mpeg:avc:2015:auxid:1", b"urn:mpeg:hevc:2015:auxid:1", b"urn:mpeg:hevc:2015:auxid:2", b"urn:x", b"",
                 b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:mpegB:cicp:systems:auxiliary:depth"):
        label = name.decode().split(":", 2)[-1].replace(":", "-") or "empty"
        yield f"auxC-{label}", lambda file, name=name: file.set(2, b"auxC", lambda _: u32(0) + name + b"\0")
    yield "auxC-subtypes", lambda file: file.set(2, b"auxC", lambda old: old + b"abc")
    yield "auxC-unended", lambda file: file.set(2, b"auxC", lambda old: old[:-1])
    yield "auxC-version1", lambda file: file.set(2, b"auxC", lambda old: b"\1" + old[1:])
    yield "auxC-cut", lambda file: file.set(2, b"auxC", lambda old: old[:3])
    yield "auxC-missing", lambda file: file.drop(2, b"auxC")
    yield "alpha-rotated", turned((b"irot", u8(1)), item=2)
    yield "alpha-rotated2", turned((b"irot", u8(2)), item=2)
    yield "alpha-mirrored", turned((b"imir", u8(1)), item=2)
    yield "alpha-aperture", turned((b"clap", aperture((20, 1), (20, 1), (3, 1), (3, 1))), item=2)
    yield "both-rotated", all_of(turned((b"irot", u8(1))), turned((b"irot", u8(1)), item=2))
    yield "both-rotated-mirrored", all_of(
        turned((b"irot", u8(3)), (b"imir", u8(0))), turned((b"irot", u8(3)), (b"imir", u8(0)), item=2))
    both = (b"clap", aperture((20, 1), (20, 1), (3, 1), (3, 1)))
    yield "both-aperture", all_of(turned(both), turned(both, item=2))
    yield "color-rotated", turned((b"irot", u8(1)))
    yield "color-aperture", turned(both)
    yield "premultiplied-rotated", all_of(turned((b"irot", u8(1))), turned((b"irot", u8(1)), item=2), refers(b"prem", 1, [2]))
    yield "alpha-no-aperture", turned(item=2)
    yield "alpha-no-extent", lambda file: file.drop(2, b"ispe")
    yield "alpha-no-configuration", lambda file: file.drop(2, b"hvcC")
    yield "alpha-no-data", lambda file: setattr(file, "raw_data", {2: lambda e: []})
    yield "alpha-cut", lambda file: setattr(file, "raw_data", {2: lambda e: [(e[0][0], e[0][1] // 2)]})
    yield "alpha-far", lambda file: setattr(file, "raw_data", {2: lambda e: [(10**8, 9)]})
    for kind in (b"hev1", b"av01", b"abcd", b"grid", b"Exif"):
        yield f"alpha-item-{kind.decode()}", on_item(2, kind=kind)
    yield "alpha-hidden", on_item(2, flags=1)
    yield "alpha-limited", also((b"colr", nclx(1, 6, 0)), item=2)
    yield "alpha-matrix3", also((b"colr", nclx(1, 3, 1)), item=2)
    yield "alpha-is-primary", assign(primary=2)
    def thumbnail(file):
        n = max(file.items) + 1
        file.items[n] = Item(b"hvc1", written("444", seed=9).items[1].data)
        file.copy(n, written("444", seed=9), b"hvcC", b"ispe", b"clap")
        file.refer(b"thmb", n, [1])
    yield "thumbnail", thumbnail
    yield "thumbnail-is-primary", all_of(thumbnail, lambda file: setattr(file, "primary", max(file.items)))
    yield "alpha-of-itself", lambda file: setattr(file, "references", [[b"auxl", 2, [2]]])
    yield "color-is-thumbnail", refers(b"thmb", 1, [2])
    yield "alpha-is-thumbnail-too", refers(b"thmb", 2, [1])
    yield "alpha-is-color", lambda file: setattr(file, "references", [[b"auxl", 1, [2]]])
    yield "alpha-of-two-in-two", lambda file: file.refer(b"auxl", 2, [2])

    def other(width, height, bits=8, chroma="400"):
        def change(file):
            small = written(chroma, bits, width=width, height=height, seed=9)
            file.items[2].data = small.items[1].data
            for kind in (b"hvcC", b"ispe", b"clap"):
                file.drop(2, kind)
            file.copy(2, small, b"hvcC", b"ispe", b"clap")
        return change
    yield "alpha-small", other(24, 17)
    yield "alpha-large", other(96, 70)
    yield "alpha-10", other(48, 34, 10)
    yield "alpha-12", other(48, 34, 12)
    yield "alpha-420", other(48, 34, 8, "420")
    yield "alpha-444", other(48, 34, 8, "444")

    def second(file):
        file.items[3] = Item(b"hvc1", written("400", seed=11).items[1].data)
        for i, is_essential in list(file.of(2)):
            file.associate(3, i, is_essential)
        file.refer(b"auxl", 3, [1])
    yield "two-alphas", second


def grid_variations():
    """Of files whose primary item is a grid of the items before it."""
    def described(change):
        return lambda file: setattr(file.items[file.primary], "data", change(file.items[file.primary].data))

    def targets(change):
        return lambda file: file.references[0].__setitem__(2, change(file.references[0][2]))

    def sized(width, height):
        return all_of(described(lambda d: d[:4] + u16(width, height)),
                      lambda file: file.set(file.primary, b"ispe", lambda _: u32(0, width, height)))
    yield "grid-version1", described(lambda d: u8(1) + d[1:])
    yield "grid-flags2", described(lambda d: d[:1] + u8(2) + d[2:])
    yield "grid-wide", described(lambda d: d[:1] + u8(1) + d[2:4] + u32(*struct.unpack(">HH", d[4:])))
    yield "grid-more-rows", described(lambda d: d[:2] + u8(d[2] + 1) + d[3:])
    yield "grid-fewer-rows", described(lambda d: d[:2] + u8(0) + d[3:])
    yield "grid-swapped", described(lambda d: d[:2] + d[3:4] + d[2:3] + d[4:])
    yield "grid-cut", described(lambda d: d[:-1])
    yield "grid-longer", described(lambda d: d + b"abc")
    yield "grid-empty", described(lambda d: b"")
    yield "grid-other-width", described(lambda d: d[:4] + u16(50) + d[6:])
    yield "grid-other-extent", lambda file: file.set(file.primary, b"ispe", lambda _: u32(0, 50, 50))
    yield "grid-no-extent", lambda file: file.drop(file.primary, b"ispe")
    yield "grid-zero", sized(0, 10)
    yield "grid-too-large", sized(1000, 1000)
    yield "grid-tiny", sized(3, 3)
    yield "grid-one-tile", sized(60, 60)
    yield "grid-exact", lambda file: sized(64 * (file.items[file.primary].data[3] + 1), 64 * (file.items[file.primary].data[2] + 1))(file)
    yield "grid-in-file", lambda file: setattr(file.items[file.primary], "method", 0)
    yield "grid-reversed", targets(lambda t: t[::-1])
    yield "grid-same-tile", targets(lambda t: [t[0]] * len(t))
    yield "grid-fewer-tiles", targets(lambda t: t[:-1])
    yield "grid-more-tiles", targets(lambda t: t + [t[0]])
    yield "grid-missing-tile", targets(lambda t: t[:-1] + [99])
    yield "grid-of-itself", lambda file: targets(lambda t: t[:-1] + [file.primary])(file)
    yield "grid-two-references", lambda file: file.refer(b"dimg", file.primary, [1])
    yield "grid-split-references", lambda file: (
        file.refer(b"dimg", file.primary, file.references[0][2][1:]), targets(lambda t: t[:1])(file))
    yield "tile-rotated", also((b"irot", u8(1)), item=1)
    yield "tile-aperture", also((b"clap", aperture((60, 1), (60, 1))), item=1)
    yield "tile-aperture-whole", also((b"clap", aperture((64, 1), (64, 1))), item=1)
    yield "tile-rotated0", also((b"irot", u8(0)), item=1)
    yield "tile-without-extent", lambda file: file.drop(1, b"ispe")
    yield "last-tile-without-extent", lambda file: file.drop(2, b"ispe")
    yield "last-tile-without-configuration", lambda file: file.drop(2, b"hvcC")
    yield "tile-shown", on_item(1, flags=0)
    yield "tile-no-data", lambda file: setattr(file, "raw_data", {2: lambda e: []})
    yield "tile-cut", lambda file: setattr(file, "raw_data", {2: lambda e: [(e[0][0], e[0][1] // 2)]})
    yield "tile-far", lambda file: setattr(file, "raw_data", {2: lambda e: [(10**8, 9)]})
    yield "tile-matrix9", lambda file: (file.drop(2, b"colr"), file.add(2, b"colr", nclx(1, 9, 1)))
    yield "tile-limited", lambda file: (file.drop(2, b"colr"), file.add(2, b"colr", nclx(1, 6, 0)))
    yield "grid-matrix9-tile6", also((b"colr", nclx(1, 9, 1)))
    yield "grid-profile", also((b"colr", b"prof" + bytes(8)))
    def other(chroma="420", bits=8, width=64, height=64):
        def change(file):
            one = written(chroma, bits, width=width, height=height, seed=8)
            file.items[2].data = one.items[1].data
            file.drop(2, b"hvcC")
            file.drop(2, b"ispe")
            file.copy(2, one, b"hvcC", b"ispe")
        return change
    yield "tile-10", other("420", 10)
    yield "tile-444", other("444")
    yield "tile-422", other("422", 10)
    yield "tile-400", other("400")
    yield "tile-wide", other(width=128)
    yield "tile-low", lambda file: (file.drop(2, b"ispe"), file.add(2, b"ispe", u32(0, 64, 32)))
    yield "tile-hev1", on_item(2, kind=b"hev1")
    yield "tile-av01", on_item(2, kind=b"av01")
    yield "tile-iden", on_item(2, kind=b"iden")
    yield "tile-is-primary", assign(primary=1)
    for angle in (1, 2, 3):
        yield f"grid-rotated{angle}", also((b"irot", u8(angle)))
    yield "grid-mirrored", also((b"imir", u8(1)))
    yield "grid-aperture-odd", also((b"clap", aperture((31, 1), (33, 1), (4, 1), (1, 1))))
    yield "grid-aperture-odd-rotated", also((b"clap", aperture((31, 1), (33, 1), (4, 1), (1, 1))), (b"irot", u8(1)))
    yield "grid-premultiplied", lambda file: file.refer(b"prem", file.primary, [1])

    def alpha(tiled=False, premultiplied=False, size=None):
        def change(file):
            n = max(file.items) + 1
            width, height = struct.unpack(">HH", file.items[file.primary].data[4:8])
            part = (64, 64) if tiled else size or (width, height)
            grey = written("400", width=part[0], height=part[1], seed=9)
            file.items[n] = Item(b"hvc1", grey.items[1].data)
            file.copy(n, grey, b"hvcC", b"ispe", b"clap")
            if tiled:
                rows, columns = file.items[file.primary].data[2] + 1, file.items[file.primary].data[3] + 1
                file.items[n + 1] = copy.deepcopy(file.items[file.primary])
                file.refer(b"dimg", n + 1, [n] * (rows * columns))
                n += 1
                file.add(n, b"ispe", u32(0, width, height))
            file.add(n, b"auxC", u32(0) + b"urn:mpeg:hevc:2015:auxid:1\0", True)
            file.refer(b"auxl", n, [file.primary])
            if premultiplied:
                file.refer(b"prem", file.primary, [n])
        return change
    yield "grid-alpha", alpha()
    yield "grid-alpha-premultiplied", alpha(premultiplied=True)
    yield "grid-alpha-small", alpha(size=(32, 32))
    yield "grid-alpha-tiled", alpha(tiled=True)
    yield "grid-alpha-tiled-premultiplied", alpha(tiled=True, premultiplied=True)


#: Of the variations that change how others are read, every pair is made.
IN_PAIRS = [
    "matrix0-range0", "matrix0-range1", "matrix8-range0", "matrix8-range1", "matrix12-primaries9", "matrix9-range0", "matrix3-range1",
    "no-color", "profile-first", "rotated1", "rotated2", "mirrored0", "aperture-odd-xy", "aperture-half-size",
    "aperture-odd-size-odd-offset", "aperture-beyond-left", "aperture-odd-xy-rotated1", "rotated3-aperture-half-size",
    "extent0", "extent1", "no-extent", "two-extents", "configuration-chroma0", "configuration-bits2", "pixi-three16", "no-pixi",
    "unknown-essential-property", "order-reversed", "essential-none", "association-beyond", "ipma-wide", "ipma-version1",
    "brand-mif1", "pitm-version1", "iref-version1", "infe-version3", "item-hev1", "item-hidden", "iloc-version0", "iloc-version2",
    "iloc-base", "item-pieces5", "item-idat", "exif", "exif-no-extents", "description-from-missing-item", "thmb-to-itself",
    "premultiplied", "premultiplied-by-itself", "alpha-of-two-items", "auxC-missing", "auxC-hevc-2015-auxid-2", "alpha-rotated",
    "both-rotated", "both-aperture", "color-rotated", "alpha-small", "alpha-10", "alpha-12", "alpha-420", "alpha-limited",
    "alpha-no-aperture", "two-alphas", "alpha-hidden",
    "grid-wide", "grid-reversed", "grid-other-width", "grid-one-tile", "tile-cut", "tile-matrix9", "grid-alpha", "grid-rotated1",
    "grid-aperture-odd", "grid-alpha-premultiplied",
]


def of_base(name, file):
    yield from variations()
    if "alpha" in name:
        yield from alpha_variations()
    if "grid" in name:
        yield from grid_variations()


def varied(file, *changes):
    file = copy.deepcopy(file)
    for change in changes:
        change(file)
    return file.bytes()


def files(in_pairs):
    for name, base in bases():
        yield name, base.bytes()
        changes = {}
        for label, change in of_base(name, base):
            assert label not in changes, label
            try:
                yield f"{name}__{label}", varied(base, change)
            except (StopIteration, KeyError, IndexError, OverflowError):
                continue  # The base has no such box.
            changes[label] = change
        if in_pairs:
            for one, other in itertools.combinations([label for label in IN_PAIRS if label in changes], 2):
                try:
                    yield f"{name}__{one}__{other}", varied(base, changes[one], changes[other])
                except (StopIteration, KeyError, IndexError, OverflowError, struct.error, ValueError):
                    continue  # One has taken away what the other changes.


#: The files beside this script: of each base some variations, and pairs of them.
SELECTED = {
    "420-8": """matrix0-range0 matrix8-range1 matrix12-primaries9 matrix13-primaries22 matrix12-primaries9-limited
        matrix12-primaries10 matrix12-primaries2 matrix3-range1 matrix11-range1 matrix14-range1 matrix15-range1 matrix255-range1
        primaries3 transfer0 two-colors color-cut color-of-another-kind aperture-odd-xy aperture-half-size aperture-third-size
        aperture-odd-size-odd-offset aperture-beyond-left aperture-odd-xy-rotated1 rotated3-aperture-half-size
        aperture-odd-xy-twice aperture-no-offset-divisor extent1 extent5 no-extent two-extents extent-version1
        configuration-bits2 configuration-chroma0 unknown-essential-property association-beyond association-split
        association-twice compatible-hevc iloc-version3 iloc-sizes3-3-0-0 infe-version4 iinf-more ipma-version2 pitm-version2
        exif-no-extents exif-of-missing-item exif-far exif-method2 unknown-item-no-extents description-from-missing-item
        extents-empty ipco-two two-iprp thmb-to-missing-item reference-count-fewer item-hev1 item-hidden
        matrix9-range0__aperture-odd-xy matrix8-range1__aperture-odd-xy""",
    "420-8-limited": "aperture-odd-xy matrix9-range1__aperture-odd-xy",
    "420-8-odd": "matrix9-range0__rotated1 rotated1-aperture-odd-xy",
    "420-10": "matrix8-range0 matrix0-range0 configuration-chroma-bits4 aperture-odd-xy",
    "422-10": "matrix8-range1 aperture-odd-xy aperture-even-xy-rotated1 matrix9-range0__rotated1",
    "444-10-limited": "matrix0-range0 matrix8-range1 matrix12-primaries9 aperture-quarter",
    "400-10": "matrix11-range1 configuration-chroma1 aperture-half-size",
    "420-8-alpha": """premultiplied premultiplied-rotated premultiplied-by-missing alpha-of-two-items alpha-of-missing-too
        auxC-missing auxC-avc-2015-auxid-1 auxC-unended auxC-hevc-2015-auxid-2 alpha-rotated alpha-rotated2 alpha-mirrored
        alpha-aperture both-rotated both-rotated-mirrored both-aperture color-rotated color-aperture alpha-no-aperture
        alpha-small alpha-large alpha-10 alpha-420 two-alphas alpha-is-primary thumbnail-is-primary alpha-item-hev1
        alpha-cut alpha-far alpha-limited""",
    "420-10-alpha": "premultiplied alpha-rotated",
    "400-8-alpha": "* premultiplied",
    "400-10-alpha": "* premultiplied",
    "grid-420": "aperture-even-xy grid-aperture-odd tile-cut grid-alpha",
    "grid-444": """grid-alpha-tiled grid-alpha-premultiplied grid-alpha-small tile-no-data tile-10 tile-low
        last-tile-without-configuration last-tile-without-extent grid-other-extent grid-no-extent grid-split-references
        grid-two-references grid-version1 no-configuration tile-matrix9 no-color__tile-matrix9""",
}


def selected():
    everything = dict(bases())
    for name, labels in SELECTED.items():
        changes = dict(of_base(name, everything[name]))
        for label in labels.split():
            of_label = [] if label == "*" else [changes[one] for one in label.split("__")]
            yield name if label == "*" else f"{name}__{label}", varied(everything[name], *of_label)


def by_pillow(path):
    try:
        with Image.open(path) as image:
            rgb = image.convert("RGB").tobytes()
            white = convert_to_rgb(image, return_numpy=True).tobytes()
            return {"mode": image.mode, "width": image.width, "height": image.height,
                    "rgb": hashlib.sha256(rgb).hexdigest(), "onWhite": hashlib.sha256(white).hexdigest()}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}".split(" at 0x")[0].split(" <_io")[0].split(" '/")[0]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", nargs="?", type=Path)
    parser.add_argument("--pairs", action="store_true")
    options = parser.parse_args()
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        for name, data in files(options.pairs):
            (options.output / f"{name}.heic").write_bytes(data)
        return
    for name, data in selected():
        (HERE / f"{name}.heic").write_bytes(data)
    lines = [f" {json.dumps(path.name)}: {json.dumps(by_pillow(path))}" for path in sorted(HERE.glob("*.heic"))]
    versions = {"pillow": PIL.__version__, "pillow_heif": pillow_heif.__version__, "libheif": pillow_heif.libheif_version(),
                "transformers": transformers.__version__}
    (HERE / "expected.json").write_text(
        f'{{"made_with": {json.dumps(versions)},\n"files": {{\n' + ",\n".join(lines) + "\n}}\n")


if __name__ == "__main__":
    main()

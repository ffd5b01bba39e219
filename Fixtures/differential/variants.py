"""Writes image files of every kind that the formats allow, and damaged ones, for `compare.py` to run through.

Run: python variants.py OUTPUT [--damaged N] [--seed S] [FOLDER...]

Without folders: bitmaps with every header, depth, bit field and run-length coding; GIFs with every code size, frame and
extension; TIFFs with every mode, compression, plane, tile, byte and bit order (those that Pillow cannot write by
`tiffcp`, where it is installed). With folders: `--damaged` copies of each of their files, with bytes changed, cut out,
repeated or cut off. The same seed gives the same files.
"""
import argparse
import itertools
import random
import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
from PIL import Image


def picture(width, height, channels, rng):
    noise = rng.integers(0, 256, (height, width, channels), dtype=np.uint8)
    y, x = np.mgrid[0:height, 0:width]
    smooth = np.stack([(x * 255 // max(1, width - 1) + 40 * c) % 256 for c in range(channels)], -1)
    return np.where(((x // 8 + y // 8) % 2 == 0)[..., None], noise, smooth).astype(np.uint8)


# MARK: Windows bitmaps

def bitmap(width, height, bits, *, header=40, compression=0, colors=None, masks=(), palette=None, data=None, offset=None,
           used=0, top_down=False):
    entry = 3 if header == 12 else 4
    table = b"".join(bytes(color[::-1]) + b"\0" * (entry - 3) for color in (palette or []))
    stride = (width * bits + 31) // 32 * 4
    data = data if data is not None else bytes(stride * height)
    if header == 12:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        stored = 2**32 - height if top_down else height
        info = struct.pack("<IIIHHIIIIII", header, width, stored, 1, bits, compression, len(data), 2835, 2835, used, 0)
        info += b"".join(struct.pack("<I", mask) for mask in masks)
        info = info.ljust(header, b"\0") if header > 40 else info
    start = 14 + len(info) + len(table) if offset is None else offset
    return b"BM" + struct.pack("<IHHI", 14 + len(info) + len(table) + len(data), 0, 0, start) + info + table + data


def runs(width, height, nibbles, rng):
    out = bytearray()
    for _ in range(height):
        x = 0
        while x < width:
            count = int(rng.integers(1, min(12, width - x) + 1))
            if rng.random() < 0.5 or count < 3:
                out += bytes([count, int(rng.integers(0, 256))])
            else:
                size = (count + 1) // 2 if nibbles else count
                out += bytes([0, count]) + rng.bytes(size) + b"\0" * (size % 2)
            x += count
        out += b"\0\0"
    return bytes(out + b"\0\1")


def bitmaps(rng):
    for width, height in [(1, 1), (7, 5), (33, 20)]:
        for bits, top_down in itertools.product([1, 4, 8, 16, 24, 32], [False, True]):
            stride = (width * bits + 31) // 32 * 4
            data = rng.bytes(stride * height)
            palette = [tuple(rng.bytes(3)) for _ in range(1 << bits)] if bits <= 8 else None
            greys = [(255 * i // max(1, (1 << bits) - 1),) * 3 for i in range(1 << bits)] if bits <= 8 else None
            name = f"{width}x{height}_{bits}{'_down' if top_down else ''}"
            for header in [40, 52, 56, 64, 108, 124]:
                yield f"{name}_h{header}", bitmap(
                    width, height, bits, header=header, palette=palette, data=data, top_down=top_down)
            if bits <= 8:
                yield f"{name}_grey", bitmap(width, height, bits, palette=greys, data=data, top_down=top_down)
                yield f"{name}_few", bitmap(width, height, bits, palette=palette[:2], used=2, data=data)
                yield f"{name}_two", bitmap(width, height, bits, palette=[(0,) * 3, (255,) * 3], used=2, data=data)
            if not top_down:
                yield f"{name}_core", bitmap(width, height, bits, header=12, palette=palette, data=data)
            yield f"{name}_short", bitmap(width, height, bits, palette=palette, data=data[:-2], top_down=top_down)
            yield f"{name}_zero", bitmap(width, height, bits, palette=palette, data=data, offset=0)
        fields = [(16, (0xF800, 0x7E0, 0x1F)), (16, (0x7C00, 0x3E0, 0x1F)), (16, (0xF00, 0xF0, 0xF)),
                  (24, (0xFF0000, 0xFF00, 0xFF)), (32, (0xFF0000, 0xFF00, 0xFF, 0)), (32, (0xFF000000, 0xFF0000, 0xFF00, 0)),
                  (32, (0xFF000000, 0xFF00, 0xFF, 0)), (32, (0xFF000000, 0xFF0000, 0xFF00, 0xFF)),
                  (32, (0xFF, 0xFF00, 0xFF0000, 0xFF000000)), (32, (0xFF0000, 0xFF00, 0xFF, 0xFF000000)),
                  (32, (0xFF000000, 0xFF00, 0xFF, 0xFF0000)), (32, (0, 0, 0, 0)), (32, (1, 2, 3, 4))]
        for (bits, masks), header in itertools.product(fields, [40, 52, 56, 108, 124]):
            data = rng.bytes((width * bits + 31) // 32 * 4 * height)
            yield f"{width}x{height}_fields{bits}_{'_'.join(f'{m:x}' for m in masks)}_h{header}", bitmap(
                width, height, bits, header=header, compression=3, masks=masks if header > 52 else masks[:3], data=data)
        for bits, compression, grey in itertools.product([4, 8], [1, 2], [False, True]):
            levels = range(1 << bits)
            palette = [(i,) * 3 for i in levels] if grey else [tuple(rng.bytes(3)) for _ in levels]
            for i in range(6):
                coded = runs(width, height, compression == 2, rng)
                if i == 4:
                    coded = coded[:len(coded) // 2]
                if i == 5:
                    coded = b"\0\2\1\0" + coded
                yield f"{width}x{height}_rle{bits}_{compression}_{grey}_{i}", bitmap(
                    width, height, bits, compression=compression, palette=palette, data=coded)


# MARK: GIFs

def lzw(indices, minimum):
    clear, end = 1 << minimum, (1 << minimum) + 1
    codes, bits, accumulator, filled, out = {}, minimum + 1, 0, 0, bytearray()

    def put(code):
        nonlocal accumulator, filled
        accumulator |= code << filled
        filled += bits
        while filled >= 8:
            out.append(accumulator & 255)
            accumulator >>= 8
            filled -= 8

    put(clear)
    codes = {(i,): i for i in range(clear)}
    following, prefix = end + 1, ()
    for index in indices:
        if prefix + (index,) in codes:
            prefix += (index,)
            continue
        put(codes[prefix])
        if following < 4096:
            codes[prefix + (index,)] = following
            following += 1
            if following > 1 << bits and bits < 12:
                bits += 1
        else:
            put(clear)
            codes = {(i,): i for i in range(clear)}
            following, bits = end + 1, minimum + 1
        prefix = (index,)
    if prefix:
        put(codes[prefix])
    put(end)
    if filled:
        out.append(accumulator & 255)
    return b"".join(bytes([len(out[i:i + 255])]) + bytes(out[i:i + 255]) for i in range(0, len(out), 255)) + b"\0"


def gif(canvas, frame, minimum, rng, *, palette=None, local=None, interlaced=False, extensions=b"", trailer=b";", background=0):
    width, height = frame[2], frame[3]
    indices = rng.integers(0, 1 << minimum, width * height).tolist()

    def table(colors):
        return b"".join(bytes(color) for color in colors)

    def flags(colors):
        return 0 if not colors else 0x80 | (len(colors).bit_length() - 2)

    out = b"GIF89a" + struct.pack("<HHBBB", *canvas, flags(palette), background, 0) + (table(palette) if palette else b"")
    out += extensions + b"," + struct.pack("<HHHHB", *frame, flags(local) | (0x40 if interlaced else 0))
    return out + (table(local) if local else b"") + bytes([minimum]) + lzw(indices, minimum) + trailer


def gifs(rng):
    colors = [tuple(rng.bytes(3)) for _ in range(256)]
    control = [b"", b"!\xf9\x04\x01\0\0\x03\0", b"!\xf9\x04\x00\0\0\x03\0", b"!\xf9\x04\x01\0\0\xff\0"]
    others = [b"", b"!\xfe\x05hello\0", b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0", b"!\xff\x0bNETSCAPE2.0\0", b"!\xfe\0", b"xx", b"!\x01\0\0"]
    for minimum in range(1, 9):
        for interlaced, count in itertools.product([False, True], [2, 16, 256]):
            yield f"bits{minimum}_{interlaced}_{count}", gif(
                (40, 30), (0, 0, 40, 30), minimum, rng, palette=colors[:count], interlaced=interlaced)
    for i, (canvas, frame) in enumerate([((40, 30), (5, 6, 20, 10)), ((10, 10), (5, 6, 20, 10)), ((0, 0), (0, 0, 9, 9)),
                                         ((40, 30), (0, 0, 0, 3)), ((40, 30), (0, 0, 40, 1)), ((300, 200), (0, 0, 300, 200))]):
        for j, before in enumerate(control):
            for interlaced in [False, True]:
                yield f"frame{i}_{j}_{interlaced}", gif(
                    canvas, frame, 4, rng, palette=colors[:16], interlaced=interlaced, extensions=before, background=7)
    for i, before in enumerate(others):
        yield f"extension{i}", gif((20, 20), (0, 0, 20, 20), 3, rng, palette=colors[:8], extensions=before)
    greys = [(i, i, i) for i in range(256)]
    yield "grey", gif((20, 20), (0, 0, 20, 20), 8, rng, palette=greys)
    yield "local", gif((20, 20), (0, 0, 20, 20), 8, rng, palette=greys, local=colors)
    yield "localgrey", gif((20, 20), (2, 2, 8, 8), 8, rng, palette=colors, local=greys)
    yield "nopalette", gif((20, 20), (2, 2, 8, 8), 4, rng)
    yield "notrailer", gif((20, 20), (0, 0, 20, 20), 4, rng, palette=colors[:16], trailer=b"")


# MARK: TIFFs

def tiff_entry(order, tag, kind, values):
    packed = struct.pack(order + {1: "B", 3: "H", 4: "I", 16: "Q"}[kind] * len(values), *values)
    return tag, kind, len(values), packed


def tiff(order, entries, strips, *, big=False, magic=42):
    """A file with a directory behind its strips; the entries for offsets are added."""
    mark, size = (b"II" if order == "<" else b"MM"), 8 if big else 4
    out = bytearray(mark + (struct.pack(order + "HHH", 43, 8, 0) if big else struct.pack(order + "H", magic)) + bytes(size))
    tag, data = strips
    offsets = []
    for strip in data:
        offsets.append(len(out))
        out += strip + b"\0" * (len(strip) % 2)
    counts = 279 if tag == 273 else 325
    entries = entries + [tiff_entry(order, tag, 4, offsets), tiff_entry(order, counts, 4, [len(s) for s in data])]
    directory = b""
    for number, kind, count, packed in sorted(entries):
        if len(packed) > size:
            position = len(out)
            out += packed + b"\0" * (len(packed) % 2)
            packed = struct.pack(order + ("Q" if big else "I"), position)
        directory += struct.pack(order + ("HHQ" if big else "HHI"), number, kind, count) + packed.ljust(size, b"\0")
    struct.pack_into(order + ("Q" if big else "I"), out, 8 if big else 4, len(out))
    return bytes(out) + struct.pack(order + ("Q" if big else "H"), len(entries)) + directory + bytes(size)


def tiffs(rng):
    kinds = [(p, s, b, e) for p, s, b, e in [
        (0, 1, [1], []), (1, 1, [1], []), (0, 1, [2], []), (1, 1, [2], []), (0, 1, [4], []), (1, 1, [4], []),
        (0, 1, [8], []), (1, 1, [8], []), (1, 2, [8], []), (1, 1, [12], []), (0, 1, [16], []), (1, 1, [16], []),
        (1, 2, [16], []), (0, 3, [32], []), (1, 3, [32], []), (1, 1, [32], []), (1, 2, [32], []), (1, 1, [8, 8], [0]),
        (1, 1, [8, 8], [1]), (1, 1, [8, 8], [2]), (2, 1, [8] * 3, []), (2, 1, [8] * 4, []), (2, 1, [8] * 4, [0]),
        (2, 1, [8] * 4, [1]), (2, 1, [8] * 4, [2]), (2, 1, [8] * 4, [999]), (2, 1, [8] * 5, [0, 0]), (2, 1, [8] * 5, [1, 0]),
        (2, 1, [8] * 5, [2, 0]), (2, 1, [8] * 6, [0, 0, 0]), (2, 1, [8] * 6, [2, 0, 0]), (2, 1, [16] * 3, []),
        (2, 1, [16] * 4, []), (2, 1, [16] * 4, [0]), (2, 1, [16] * 4, [1]), (2, 1, [16] * 4, [2]), (3, 1, [1], []),
        (3, 1, [2], []), (3, 1, [4], []), (3, 1, [8], []), (3, 1, [8, 8], [0]), (3, 1, [8, 8], [2]), (5, 1, [8] * 4, []),
        (5, 1, [8] * 5, [0]), (5, 1, [8] * 6, [0, 0]), (5, 1, [16] * 4, []), (6, 1, [8], []), (6, 1, [8] * 3, []),
        (8, 1, [8] * 3, []), (2, 1, [8, 8, 4], []), (4, 1, [8], []), (2, 2, [8] * 3, []), (1, 1, [64], [])]]
    for (photometric, sample_format, bits, extra), order, fill in itertools.product(kinds, "<>", [1, 2]):
        width, height = 19, 11
        name = f"p{photometric}_s{sample_format}_b{bits[0]}x{len(bits)}_e{'-'.join(map(str, extra))}_{'le' if order == '<' else 'be'}_f{fill}"
        common = [tiff_entry(order, 256, 3, [width]), tiff_entry(order, 257, 3, [height]), tiff_entry(order, 258, 3, bits),
                  tiff_entry(order, 262, 3, [photometric]), tiff_entry(order, 277, 3, [len(bits)])]
        if fill == 2:
            common.append(tiff_entry(order, 266, 3, [2]))
        if extra:
            common.append(tiff_entry(order, 338, 3, extra))
        if sample_format != 1:
            common.append(tiff_entry(order, 339, 3, [sample_format] * len(bits)))
        if photometric == 3:
            common.append(tiff_entry(order, 320, 3, rng.integers(0, 65536, 3 << bits[0]).tolist()))
        row = (width * sum(bits) + 7) // 8

        def rows(count, size=row):
            return rng.bytes(size * count)

        contiguous = common + [tiff_entry(order, 259, 3, [1]), tiff_entry(order, 284, 3, [1])]
        whole = contiguous + [tiff_entry(order, 278, 3, [height])]
        yield name + "_whole", tiff(order, whole, (273, [rows(height)]))
        yield name + "_norows", tiff(order, contiguous, (273, [rows(height)]))
        yield name + "_strips", tiff(order, contiguous + [tiff_entry(order, 278, 3, [4])], (273, [rows(4), rows(4), rows(3)]))
        yield name + "_missing", tiff(order, contiguous + [tiff_entry(order, 278, 3, [4])], (273, [rows(4), rows(4)]))
        yield name + "_huge", tiff(order, contiguous + [tiff_entry(order, 278, 4, [2**32 - 1])], (273, [rows(height)]))
        yield name + "_big", tiff(order, whole, (273, [rows(height)]), big=True)
        if fill == 1:
            plane = (width * bits[0] + 7) // 8
            separate = common + [tiff_entry(order, 259, 3, [1]), tiff_entry(order, 284, 3, [2]), tiff_entry(order, 278, 3, [height])]
            yield name + "_planes", tiff(order, separate, (273, [rows(height, plane) for _ in bits]))
            tiles = contiguous + [tiff_entry(order, 322, 3, [16]), tiff_entry(order, 323, 3, [16])]
            yield name + "_tiles", tiff(order, tiles, (324, [rows(16, 2 * sum(bits)) for _ in range(2)]))
            wide = contiguous + [tiff_entry(order, 322, 3, [32]), tiff_entry(order, 323, 3, [16])]
            yield name + "_tile", tiff(order, wide, (324, [rows(16, 4 * sum(bits))]))
        for orientation in [1, 6, 9] if fill == 1 else []:
            yield f"{name}_o{orientation}", tiff(order, whole + [tiff_entry(order, 274, 3, [orientation])], (273, [rows(height)]))
        yield name + "_cut", tiff(order, whole, (273, [rows(height)]))[:-3]


def compressed_tiffs(folder, plain):
    """Every plain file that `tiffcp` takes, with every compression, plane, tile and bit order that it has."""
    if shutil.which("tiffcp") is None:
        print("tiffcp is not installed: no compressed TIFFs")
        return
    choices = [["-c", c] for c in ["none", "lzw", "lzw:2", "zip", "zip:2", "zip:3", "packbits", "g3:1d", "g3:2d", "g4", "zstd", "lzma", "jpeg", "jpeg:r", "webp"]]
    for path in plain:
        for choice, layout in itertools.product(choices, [[], ["-t", "-w", "16", "-l", "16"], ["-p", "separate"], ["-r", "3"], ["-f", "lsb2msb"], ["-B"]]):
            if layout and choice[1] not in ("lzw", "zip", "jpeg", "g4"):
                continue
            name = f"{path.stem}_{choice[1].replace(':', '-')}{''.join(layout)}.tif"
            subprocess.run(["tiffcp", *choice, *layout, path, folder / name], capture_output=True, check=False)
            if (folder / name).exists() and (folder / name).stat().st_size == 0:
                (folder / name).unlink()


def written_tiffs(folder, rng):
    for mode, channels in [("L", 1), ("RGB", 3), ("RGBA", 4), ("CMYK", 4), ("YCbCr", 3), ("LAB", 3), ("LA", 2)]:
        image = Image.frombytes(mode, (60, 45), picture(60, 45, channels, rng).tobytes())
        for compression in ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "zstd", "webp"]:
            try:
                image.save(folder / f"{mode}_{compression}.tif", compression=compression)
            except (OSError, ValueError, KeyError):
                continue


def damage(data, random_state):
    data = bytearray(data)
    kind = random_state.randrange(6)
    at = random_state.randrange(len(data)) if random_state.random() < 0.5 else random_state.randrange(min(len(data), 200))
    if kind < 3:
        for _ in range(1 + random_state.randrange(3)):
            data[at] = random_state.choice([0, 255, 127, 128, data[at] ^ 1 << random_state.randrange(8), random_state.randrange(256)])
            at = min(len(data) - 1, at + random_state.randrange(6))
    elif kind == 3:
        del data[at:at + 1 + random_state.randrange(8)]
    elif kind == 4:
        data[at:at] = data[at:at + 1 + random_state.randrange(16)]
    else:
        del data[random_state.randrange(len(data)):]
    return bytes(data)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", type=Path)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--damaged", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_intermixed_args()
    options.output.mkdir(parents=True, exist_ok=True)
    if options.folders:
        random_state = random.Random(options.seed)
        for path in sorted(p for folder in options.folders for p in folder.rglob("*") if p.is_file() and p.stat().st_size):
            data = path.read_bytes()
            for i in range(options.damaged):
                (options.output / f"{path.stem}_{options.seed}_{i}{path.suffix}").write_bytes(damage(data, random_state))
        return
    rng = np.random.default_rng(options.seed)
    for suffix, files in [("bmp", bitmaps(rng)), ("gif", gifs(rng)), ("tif", tiffs(rng))]:
        for name, data in files:
            (options.output / f"{name}.{suffix}").write_bytes(data)
    written_tiffs(options.output, rng)
    plain = sorted(options.output.glob("*_le_f1_whole.tif")) + sorted(options.output.glob("*_raw.tif"))
    compressed_tiffs(options.output, plain)


main()

"""Pictures by pillow_heif, and grids of them, of which the boxes are varied."""
import copy
import io

import numpy as np
import pillow_heif

from boxes import u8, u16, u32, Item, read


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

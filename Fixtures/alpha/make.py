"""Images with alpha, composited on white by transformers: the files beside this script and expected.json. See README.md."""
import hashlib
import json
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import PIL
import pillow_heif
import transformers
from PIL import Image
from transformers.image_transforms import convert_to_rgb

warnings.simplefilter("ignore")
pillow_heif.register_heif_opener()
HERE = Path(__file__).resolve().parent
SIZE = (23, 17)
RANDOM = np.random.default_rng(5)
DECODED = {"AVIF", "HEIF", "JPEG", "MPO", "PNG", "TIFF", "WEBP", "GIF", "BMP"}


def noise(channels, most=256):
    pixels = RANDOM.integers(0, most, (SIZE[1], SIZE[0], channels), np.uint8)
    if channels in (2, 4):  # All of the ends, and something between.
        pixels[..., -1] = np.clip(RANDOM.integers(-120, 376, SIZE[::-1]), 0, 255)
    return pixels if channels > 1 else pixels[..., 0]


def png(name, depth, color, rows, chunks=(), interlaced=0):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", *SIZE, depth, color, 0, 0, interlaced)
    content = chunk(b"IHDR", header) + b"".join(chunk(*entry) for entry in chunks)
    content += chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows))) + chunk(b"IEND", b"")
    (HERE / name).write_bytes(b"\x89PNG\r\n\x1a\n" + content)


def packed(levels, bits):
    """Rows of samples of fewer than eight bits."""
    for row in levels:
        digits = "".join(format(value, f"0{bits}b") for value in row)
        digits += "0" * (-len(digits) % 8)
        yield int(digits, 2).to_bytes(len(digits) // 8, "big")


def adam7(pixels):
    for x, y, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        for row in pixels[y::dy, x::dx]:
            if row.size:
                yield row.tobytes()


def bitmap(name, masks, pixels):
    stored = pixels[::-1].tobytes()
    header = struct.pack("<IiiHHIIiiII", 108, *SIZE, 1, 32, 3, len(stored), 0, 0, 0, 0) + struct.pack("<4I", *masks)
    header += bytes(108 - len(header))
    (HERE / name).write_bytes(b"BM" + struct.pack("<IHHI", 122 + len(stored), 0, 0, 122) + header + stored)


def make_files():
    png("png_1_key.png", 1, 0, packed(noise(1, 2), 1), [(b"tRNS", b"\0\0")])
    png("png_2_key.png", 2, 0, packed(noise(1, 4), 2), [(b"tRNS", b"\0\x02")])
    png("png_2_key_black.png", 2, 0, packed(noise(1, 4), 2), [(b"tRNS", b"\0\0")])
    png("png_16_key.png", 16, 0, (row.astype(">u2").tobytes() for row in noise(1).astype(np.uint16)), [(b"tRNS", b"\0\x05")])
    png("png_rgb_key_interlaced.png", 8, 2, adam7(noise(3, 2) * 255), [(b"tRNS", b"\0\xff\0\0\0\xff")], 1)
    png("png_rgba_interlaced.png", 8, 6, adam7(noise(4)), interlaced=1)
    palette = RANDOM.integers(0, 256, 30, np.uint8).tobytes()
    png("png_p_interlaced.png", 8, 3, adam7(noise(1, 12)), [(b"PLTE", palette), (b"tRNS", b"\0\x40\x80\xc0\xff")], 1)
    Image.fromarray(noise(2), "LA").save(HERE / "tiff_la.tif")
    Image.fromarray(noise(2), "LA").save(HERE / "tiff_la_lzw.tif", compression="tiff_lzw")
    Image.fromarray(noise(4), "RGBA").save(HERE / "tiff_rgba_deflate.tif", compression="tiff_adobe_deflate")
    indexed = Image.fromarray(noise(2), "LA").convert("PA")
    indexed.putpalette(RANDOM.integers(0, 256, 768, np.uint8).tolist())
    indexed.save(HERE / "tiff_pa.tif")
    Image.fromarray(noise(1), "L").save(HERE / "gif_l.gif", transparency=7)
    bitmap("bmp_bgra.bmp", (0xFF0000, 0xFF00, 0xFF, 0xFF000000), noise(4))
    bitmap("bmp_rgba.bmp", (0xFF, 0xFF00, 0xFF0000, 0xFF000000), noise(4))
    bitmap("bmp_abgr.bmp", (0xFF000000, 0xFF0000, 0xFF00, 0xFF), noise(4))
    Image.fromarray(noise(4), "RGBA").save(HERE / "heic_rgba.heic", quality=-1)


def expected():
    for path in sorted([*HERE.iterdir(), *(HERE.parent / "images").iterdir()]):
        name = str(path.relative_to(HERE.parent))
        if path.suffix in (".py", ".md", ".json"):
            continue
        try:
            image = Image.open(path)
            if image.format not in DECODED:
                continue
            image.load()
        except Exception:
            continue  # What Pillow makes of such files is the matter of the other goldens.
        case = {"mode": image.mode, "hasAlpha": "A" in image.getbands() or image.info.get("transparency") is not None}
        try:
            case["rgb"] = hashlib.sha256(convert_to_rgb(image, return_numpy=True).tobytes()).hexdigest()
        except Exception as error:
            case["error"] = f"{type(error).__name__}: {error}"
        yield name, case


if __name__ == "__main__":
    make_files()
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(case)}" for name, case in expected())
    versions = {"pillow": PIL.__version__, "pillow_heif": pillow_heif.__version__,
                "transformers": transformers.__version__}
    (HERE / "expected.json").write_text(f'{{"made_with": {json.dumps(versions)},\n"files": {{\n{lines}\n}}}}\n')

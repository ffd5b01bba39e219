"""WebP files in which one thing at a time is unusual or wrong: chunks, their order and sizes, flags, frames, what follows."""
import io
import itertools
import struct
import sys
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "differential"))
from trailing import PACKET, trailers  # noqa: E402

SIZE = (34, 31)
ANIMATION, XMP, EXIF, ALPHA, ICC = 2, 4, 8, 16, 32
EXIF_DATA = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"


def picture(alpha, size=SIZE, seed=1):
    y, x = np.mgrid[0:size[1], 0:size[0]]
    colors = [(x * 7 + y) % 256, (y * 8 + x * 3) % 256, (x * y + 40 * seed) % 256]
    if alpha:
        colors.append(np.clip((x * 13 + y * 9) % 420 - 80, 0, 255))
    return Image.fromarray(np.stack(colors, -1).astype(np.uint8))


def saved(alpha=False, lossless=False, **options):
    out = io.BytesIO()
    picture(alpha, **{key: options.pop(key) for key in ("size", "seed") if key in options}).save(
        out, "WEBP", lossless=lossless, quality=70, exact=True, **options)
    return out.getvalue()


def chunks(data):
    found, at = [], 12
    while at + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, at)
        found.append((kind, data[at + 8:at + 8 + size]))
        at += 8 + size + size % 2
    return found


def chunk(kind, content, size=None, pad=True):
    return kind + struct.pack("<I", len(content) if size is None else size) + content + (b"\0" if pad and len(content) % 2 else b"")


def riff(*content, size=None):
    body = b"WEBP" + b"".join(content)
    return b"RIFF" + struct.pack("<I", len(body) if size is None else size) + body


def vp8x(flags, size=SIZE, more=b"", reserved=b"\0\0\0"):
    return chunk(b"VP8X", bytes([flags]) + reserved + (size[0] - 1).to_bytes(3, "little") + (size[1] - 1).to_bytes(3, "little") + more)


LOSSY = chunks(saved())[0]
LOSSLESS = chunks(saved(lossless=True))[0]
LOSSLESS_ALPHA = next(entry for entry in chunks(saved(True, True)) if entry[0] == b"VP8L")
ALPH, COLORS = [entry for entry in chunks(saved(True)) if entry[0] in (b"ALPH", b"VP8 ")]
IMAGES = {"lossy": [LOSSY], "lossless": [LOSSLESS], "lossless_alpha": [LOSSLESS_ALPHA], "lossy_alpha": [ALPH, COLORS]}


def anmf(image, x=0, y=0, size=SIZE, flags=0, duration=100, more=b""):
    head = b"".join(value.to_bytes(3, "little") for value in (x // 2, y // 2, size[0] - 1, size[1] - 1, duration)) + bytes([flags])
    return chunk(b"ANMF", head + b"".join(chunk(*entry) for entry in image) + more)


def anim(background=0, loops=0):
    return chunk(b"ANIM", struct.pack("<IH", background, loops))


def containers():
    for name, image in IMAGES.items():
        body = b"".join(chunk(*entry) for entry in image)
        yield f"{name}_plain", riff(body)
        for flags in (0, ALPHA, EXIF, XMP, ICC, ANIMATION, ALPHA | ANIMATION, 0xC1, 0xFF):
            yield f"{name}_flags{flags}", riff(vp8x(flags), body)
        yield f"{name}_reserved", riff(vp8x(ALPHA, reserved=b"\1\2\3"), body)
        for size in ((33, 31), (34, 30), (35, 31), (34, 32), (68, 62), (1, 1), (1 << 24, 1 << 24), (16384, 16384)):
            yield f"{name}_canvas_{size[0]}x{size[1]}", riff(vp8x(ALPHA, size), body)
        yield f"{name}_vp8x_long", riff(vp8x(ALPHA, more=b"abcd"), body)
        yield f"{name}_vp8x_short", riff(chunk(b"VP8X", bytes(8)), body)
        yield f"{name}_vp8x_twice", riff(vp8x(ALPHA), vp8x(ALPHA), body)
        yield f"{name}_vp8x_behind", riff(body, vp8x(ALPHA))
        yield f"{name}_image_twice", riff(vp8x(ALPHA), body, body)
        yield f"{name}_plain_twice", riff(body, body)
        others = b"".join(chunk(*entry) for entry in IMAGES["lossy" if name != "lossy" else "lossless_alpha"])
        yield f"{name}_then_other", riff(vp8x(ALPHA), body, others)
        yield f"{name}_plain_then_other", riff(body, others)
        for kind, content in ((b"EXIF", EXIF_DATA), (b"XMP ", PACKET), (b"ICCP", bytes(129)), (b"abcd", b"xyz"), (b"JUNK", bytes(40)), (b"EXIF", b""),
                              (b"EXIF", b"junk"), (b"ANIM", bytes(6)), (b"ALPH", ALPH[1]), (b"ALPH", b""), (b"VP8X", bytes(10)), (b"ANMF", bytes(16)), (b"\0\0\0\0", b""), (b"RIFF", b"WEBP"), (b"FRGM", bytes(6))):
            tag = f"{name}_{kind.decode().strip() if kind.strip(bytes(1)) else 'nul'}{len(content)}"
            for flags in (None, 0, ALPHA | EXIF | XMP | ICC):
                head = vp8x(flags) if flags is not None else b""
                form = "plain" if flags is None else f"flags{flags}"
                yield f"{tag}_{form}_before", riff(head, chunk(kind, content), body)
                yield f"{tag}_{form}_behind", riff(head, body, chunk(kind, content))
                yield f"{tag}_{form}_twice", riff(head, chunk(kind, content), body, chunk(kind, content))
            yield f"{tag}_first", riff(chunk(kind, content), vp8x(ALPHA), body)
            for size in (0, 1, len(content) + 1, len(content) + 2, 1000, 0x7FFFFFFF, 0xFFFFFFF5, 0xFFFFFFFF):
                yield f"{tag}_size{size}_before", riff(vp8x(ALPHA | EXIF | XMP), chunk(kind, content, size), body)
                yield f"{tag}_size{size}_behind", riff(vp8x(ALPHA | EXIF | XMP), body, chunk(kind, content, size))
        plain = riff(body)
        for change in (-1000, -10, -9, -2, -1, 1, 2, 8, 9, 100, 1 << 20):
            size = max(0, len(plain) - 8 + change)
            yield f"{name}_riff_{change}", riff(body, size=size)
            yield f"{name}_riff_{change}_extended", riff(vp8x(ALPHA), body, size=max(0, len(plain) + 18 - 8 + change))
            yield f"{name}_riff_{change}_more", riff(body, size=size) + bytes(200)
        for size in (0, 4, 11, 12, 0xFFFFFFFF, 0xFFFFFFF6, 0x80000000):
            yield f"{name}_riff_is_{size}", riff(body, size=size)
        for place, (kind, content) in enumerate(image):
            for change in (-len(content), -30, -2, -1, 1, 2, 30, 1 << 20):
                entries = [chunk(*entry) for entry in image]
                entries[place] = chunk(kind, content, max(0, len(content) + change))
                yield f"{name}_chunk{place}_{change}", riff(*entries)
                yield f"{name}_chunk{place}_{change}_extended", riff(vp8x(ALPHA), *entries)
            entries = [chunk(*entry) for entry in image]
            entries[place] = chunk(kind, content[:len(content) // 2])
            yield f"{name}_chunk{place}_half", riff(*entries)
            entries[place] = chunk(kind, content + b"\0" * 30)
            yield f"{name}_chunk{place}_long", riff(*entries)
            entries[place] = chunk(kind, content + b"a" * (1 - len(content) % 2), pad=False)
            yield f"{name}_chunk{place}_unpadded", riff(*entries)
            entries[place] = chunk(kind.lower(), content)
            yield f"{name}_chunk{place}_lower", riff(*entries)
            yield f"{name}_chunk{place}_lower_extended", riff(vp8x(ALPHA), *entries)


def alphas():
    for first in range(256):
        yield f"head{first}", riff(vp8x(ALPHA), chunk(b"ALPH", bytes([first]) + ALPH[1][1:]), chunk(*COLORS))
    raw = np.asarray(picture(True))[..., 3]
    for first, flags in itertools.product((0, 4, 8, 12, 16, 32, 48, 64), (0, ALPHA, None)):
        head = vp8x(flags) if flags is not None else b""
        yield f"raw{first}_{flags}", riff(head, chunk(b"ALPH", bytes([first]) + raw.tobytes()), chunk(*COLORS))
    yield "raw_short", riff(vp8x(ALPHA), chunk(b"ALPH", b"\0" + raw.tobytes()[:-1]), chunk(*COLORS))
    yield "raw_long", riff(vp8x(ALPHA), chunk(b"ALPH", b"\0" + raw.tobytes() + b"abc"), chunk(*COLORS))
    yield "empty", riff(vp8x(ALPHA), chunk(b"ALPH", b""), chunk(*COLORS))
    yield "one", riff(vp8x(ALPHA), chunk(b"ALPH", b"\0"), chunk(*COLORS))
    yield "behind", riff(vp8x(ALPHA), chunk(*COLORS), chunk(*ALPH))
    yield "alone", riff(vp8x(ALPHA), chunk(*ALPH))
    yield "twice", riff(vp8x(ALPHA), chunk(*ALPH), chunk(*ALPH), chunk(*COLORS))
    yield "with_lossless", riff(vp8x(ALPHA), chunk(*ALPH), chunk(*LOSSLESS))
    yield "with_lossless_alpha", riff(vp8x(ALPHA), chunk(*ALPH), chunk(*LOSSLESS_ALPHA))
    yield "between", riff(vp8x(ALPHA), chunk(*ALPH), chunk(b"abcd", b"12"), chunk(*COLORS))
    yield "cut", riff(vp8x(ALPHA), chunk(b"ALPH", ALPH[1][:-20]), chunk(*COLORS))


def animations():
    small = chunks(saved(size=(20, 16)))[0]
    small_alpha = next(entry for entry in chunks(saved(True, True, size=(20, 16))) if entry[0] == b"VP8L")
    for name, image in IMAGES.items():
        for flags in (ANIMATION, ANIMATION | ALPHA, 0, ALPHA):
            yield f"{name}_one_{flags}", riff(vp8x(flags), anim(), anmf(image))
            yield f"{name}_two_{flags}", riff(vp8x(flags), anim(), anmf(image), anmf([LOSSY]))
            yield f"{name}_no_anim_{flags}", riff(vp8x(flags), anmf(image))
            yield f"{name}_anim_behind_{flags}", riff(vp8x(flags), anmf(image), anim())
            yield f"{name}_anim_twice_{flags}", riff(vp8x(flags), anim(), anim(), anmf(image))
            yield f"{name}_still_before_{flags}", riff(vp8x(flags), anim(), chunk(*LOSSY), anmf(image))
            yield f"{name}_still_behind_{flags}", riff(vp8x(flags), anim(), anmf(image), chunk(*LOSSY))
            yield f"{name}_no_vp8x_{flags}", riff(anim(), anmf(image))
        for frame_flags in range(8):
            yield f"{name}_blend{frame_flags}", riff(vp8x(ANIMATION | ALPHA), anim(0xFF00FF80), anmf(image, flags=frame_flags))
        yield f"{name}_larger_canvas", riff(vp8x(ANIMATION | ALPHA, (60, 50)), anim(0xFFFFFFFF), anmf(image, 4, 6))
        yield f"{name}_outside", riff(vp8x(ANIMATION | ALPHA), anim(), anmf(image, 2, 0))
        for size in ((33, 31), (35, 31), (1, 1), (20, 16)):
            yield f"{name}_frame_{size[0]}x{size[1]}", riff(vp8x(ANIMATION | ALPHA), anim(), anmf(image, size=size))
        yield f"{name}_more", riff(vp8x(ANIMATION | ALPHA), anim(), anmf(image, more=chunk(b"abcd", b"12")))
        yield f"{name}_more_image", riff(vp8x(ANIMATION | ALPHA), anim(), anmf(image, more=chunk(*LOSSY)))
        yield f"{name}_more_junk", riff(vp8x(ANIMATION | ALPHA), anim(), anmf(image, more=b"abc"))
        yield f"{name}_second_bad", riff(vp8x(ANIMATION | ALPHA), anim(), anmf(image), anmf([(b"VP8 ", LOSSY[1][:60])]))
        yield f"{name}_second_outside", riff(vp8x(ANIMATION | ALPHA), anim(), anmf(image), anmf([LOSSY], 40, 40))
        yield f"{name}_second_cut", riff(vp8x(ANIMATION | ALPHA), anim(), anmf(image), anmf([LOSSY]))[:-100]
        yield f"{name}_unknown_between", riff(vp8x(ANIMATION | ALPHA), anim(), chunk(b"abcd", b"123"), anmf(image), chunk(b"EXIF", EXIF_DATA))
    yield "no_frame", riff(vp8x(ANIMATION | ALPHA), anim())
    yield "no_frame_still", riff(vp8x(ANIMATION | ALPHA), anim(), chunk(*LOSSY))
    yield "empty_frame", riff(vp8x(ANIMATION | ALPHA), anim(), anmf([]))
    yield "small", riff(vp8x(ANIMATION), anim(0xFF123456), anmf([small], 6, 4, (20, 16)))
    yield "small_alpha", riff(vp8x(ANIMATION | ALPHA), anim(0xFF123456), anmf([small_alpha], 6, 4, (20, 16)))
    yield "small_alpha_no_flag", riff(vp8x(ANIMATION), anim(0xFF123456), anmf([small_alpha], 6, 4, (20, 16)))


def followed():
    for name, image in IMAGES.items():
        plain = riff(*(chunk(*entry) for entry in image))
        extended = riff(vp8x(ALPHA), *(chunk(*entry) for entry in image))
        moving = riff(vp8x(ALPHA | ANIMATION), anim(), anmf(image))
        for tail, content in trailers().items():
            yield f"{name}_{tail}", plain + content
            yield f"{name}_{tail}_extended", extended + content
            yield f"{name}_{tail}_animated", moving + content


def variants():
    for group in (containers, alphas, animations, followed):
        for name, data in group():
            yield f"{group.__name__}_{name}", data

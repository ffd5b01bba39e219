"""The variations of what every file has, one at a time."""
import copy

from boxes import u8, u16, u32, box, full
from changes import (
    nclx, aperture, colored, set_color, turned, also, assign, on_item, counted, refers, without, doubled, exif,
    extents, all_of, moved, essential, patched, shared)


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

"""The variations of alpha, and those of grids."""
import copy
import struct

from boxes import u8, u16, u32, Item
from changes import nclx, aperture, turned, also, assign, on_item, refers, exif, all_of
from pictures import written


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

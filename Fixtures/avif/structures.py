"""AVIF files in which one thing at a time is unusual or wrong: every box, every field of it, items, grids and sequences."""
import dataclasses
import io
import itertools
import struct

from PIL import Image

from container import (ALPHA, ALPHA_HEVC, DEPTH, File, Item, auxc, boxes, box, clap, full, grid, imir, irot, ispe, nclx,
                       pixi)
from payloads import encode, picture

SIZE = (45, 33)
COLOR = nclx(1, 13, 6, 1)
EXIF = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"


def color_item(size=SIZE, depth=8, chroma=420, seed=3, properties=(), **fields):
    data, av1c = encode(*size, depth, chroma, seed=seed)[0]
    return Item(data, [ispe(*size), pixi(*[depth] * (1 if chroma == 400 else 3)), av1c, COLOR, *properties], **fields)


def alpha_item(size=SIZE, depth=8, properties=(), urn=ALPHA, seed=3, **fields):
    data, av1c = encode(*size, depth, 444, alpha=True, seed=seed)[1]
    return Item(data, [ispe(*size), pixi(depth), av1c, *([auxc(urn)] if urn is not None else []), *properties], **fields)


def plain(**fields):
    return File([color_item()], **fields)


def with_alpha(alpha=None, references=(("auxl", 2, [1]),), **fields):
    return File([color_item(), alpha or alpha_item()], list(references), **fields)


def replaced(item, kind, content, **fields):
    """An item one of whose properties is another, or none where `content` is None."""
    properties = []
    for entry in item.properties:
        name = (entry[0] if isinstance(entry, tuple) else entry)[4:8]
        if name != kind:
            properties.append(entry)
        elif content is not None:
            properties.append(content)
    return dataclasses.replace(item, properties=properties, **fields)


def brands():
    for major in ("avif", "avis", "mif1", "msf1", "miaf", "MA1B", "heic", "heix", "mif2", "isom", "av01"):
        for listed in (("avif", "mif1", "miaf"), ("mif1", "miaf"), ("avis",), ("avif",), (), ("heic", "avif"), ("avif", "heic")):
            yield f"{major}_{'_'.join(listed) or 'none'}", plain(major=major, brands=listed)
    yield "many", plain(major="mif1", brands=("xxxx",) * 60 + ("avif",))
    yield "too_many", plain(major="mif1", brands=("xxxx",) * 300 + ("avif",))
    yield "before_free", plain(before=box("free", bytes(8)))
    yield "between_free", plain(between=box("free", bytes(80)))
    yield "between_uuid", plain(between=box("uuid", bytes(16), b"x"))
    yield "between_ftyp", plain(between=box("ftyp", b"avif", bytes(4), b"avif"))
    yield "behind", plain(behind=box("free", bytes(8)))
    yield "behind_junk", plain(behind=b"some text behind the file\r\n")
    yield "behind_nul", plain(behind=bytes(300))
    yield "behind_cut", plain(behind=struct.pack(">I", 5000) + b"free")
    yield "behind_meta", plain(behind=full("meta", 0, 0, bytes(10)))
    yield "behind_moov", plain(behind=box("moov", bytes(10)))
    yield "mdat_first", plain(mdat_first=True)
    for name in ("hdlr", "pitm", "iloc", "iinf", "iprp"):
        yield f"without_{name}", plain(left_out=(name,))
    for order in (("pitm", "hdlr"), ("iprp", "iinf", "hdlr"), ("iinf", "iloc"), ("iref", "iloc", "iinf")):
        rest = tuple(name for name in File([]).order if name not in order)
        yield f"order_{'_'.join(order)}", with_alpha(order=("hdlr",) * ("hdlr" not in order) + order +
                                                     tuple(name for name in rest if name != "hdlr"))
    for handler in ("pict", "vide", "auxv", "\0\0\0\0"):
        yield f"handler_{handler.strip(chr(0)) or 'nul'}", plain(handler=handler)
    yield "hdlr_version", plain(replaced={"hdlr": full("hdlr", 1, 0, bytes(4), b"pict", bytes(13))})
    yield "hdlr_reserved", plain(replaced={"hdlr": full("hdlr", 0, 0, bytes(4), b"pict", b"\1" * 13)})
    yield "hdlr_no_end", plain(replaced={"hdlr": full("hdlr", 0, 0, bytes(4), b"pict", bytes(12), b"abc")})
    yield "hdlr_short", plain(replaced={"hdlr": full("hdlr", 0, 0, bytes(4), b"pict")})
    yield "meta_more", plain(more=box("free", bytes(7)))
    yield "meta_more_unknown", plain(more=box("abcd", bytes(7)))
    yield "meta_more_cut", plain(more=struct.pack(">I", 900) + b"free")
    yield "meta_more_junk", plain(more=b"abc")
    yield "meta_twice", File([color_item()], behind=full("meta", 0, 0, full("hdlr", 0, 0, bytes(4), b"pict", bytes(13))))
    endless = plain().bytes()
    at = endless.index(b"mdat") - 4
    yield "mdat_to_end", endless[:at] + bytes(4) + endless[at + 4:]
    for name in ("hdlr", "pitm", "iloc", "iinf", "iref", "iprp"):
        yield f"twice_{name}", with_alpha(order=File([]).order + (name,))
    yield "meta_to_end", File([color_item(in_idat=True)], iloc_version=1, meta_to_end=True)
    yield "meta_to_end_alpha", File([color_item(in_idat=True), alpha_item(in_idat=True)], [("auxl", 2, [1])], iloc_version=1,
                                    meta_to_end=True)


def locations():
    for version, flags in itertools.product((0, 1, 2, 3), (0,)):
        yield f"version{version}", plain(iloc_version=version)
    for offset, length in itertools.product((0, 4, 8, 2), (0, 4, 8, 2)):
        yield f"sizes_{offset}_{length}", plain(offset_bytes=offset, length_bytes=length)
    size = len(color_item().data)
    yield "extents2", File([color_item(extents=[100, size - 100])])
    yield "extents_each10", File([color_item(extents=[10] * (size // 10) + [size % 10])])
    yield "extents_none", File([color_item(extents=[])])
    yield "extents_empty_first", File([color_item(extents=[0, size])])
    yield "extents_empty_last", File([color_item(extents=[size, 0])])
    for name, change in {"offset_beyond": (10_000_000, 0), "length_beyond": (0, 5000), "length_1_more": (0, 1),
                         "length_1_less": (0, -1), "length_9_less": (0, -9), "offset_1_more": (1, -1), "offset_zero": (-10**6, 0),
                         "offset_negative": (-2000, 0)}.items():
        yield name, plain(moved={0: change})
        yield name + "_alpha", with_alpha(moved={1: change})
    yield "length_zero", File([color_item(extents=[0])])
    yield "idat", File([color_item(in_idat=True)], iloc_version=1)
    yield "idat_version0", File([color_item(in_idat=True)])
    yield "idat_and_mdat", File([color_item(in_idat=True), alpha_item()], [("auxl", 2, [1])], iloc_version=1)
    yield "idat_missing", File([color_item(in_idat=True)], iloc_version=1, left_out=("idat",))
    yield "idat_before", File([color_item(in_idat=True)], iloc_version=1, order=("idat",) + File([]).order[:-1])
    yield "no_location", plain(no_location=(0,))
    yield "no_location_alpha", with_alpha(no_location=(1,))
    for number in (1, 2, 65535, 70000):
        yield f"item_{number}", File([color_item(number=number)], primary=number, pitm_version=int(number > 65535),
                                     infe_version=3 if number > 65535 else 2, iloc_version=2 if number > 65535 else 0,
                                     ipma_version=int(number > 65535))
    for primary in (0, 2, 3):
        yield f"primary_{primary}", with_alpha(primary=primary)
    yield "primary_version1", plain(pitm_version=1)
    yield "primary_second", File([color_item(seed=5), color_item()], primary=2)
    yield "primary_second_alpha", File([color_item(seed=5), color_item(), alpha_item()], [("auxl", 3, [2])], primary=2)
    yield "item_zero", File([color_item(number=0)], primary=0)


def entries():
    for version in (0, 1, 2, 3, 4):
        yield f"infe{version}", plain(infe_version=version)
    for flags in (1, 2, 0xFFFFFF):
        yield f"flags{flags}", File([color_item(flags=flags)])
        yield f"flags{flags}_alpha", with_alpha(alpha_item(flags=flags))
    yield "protected", File([color_item(protection=1)])
    yield "protected_alpha", with_alpha(alpha_item(protection=1))
    yield "named", File([color_item(name=b"Color")])
    for kind in ("hvc1", "av1C", "jpeg", "mime", "unci", "j2k1", "iden", "iovl", "tmap", "sato"):
        yield f"kind_{kind}", File([color_item(kind=kind, mime=b"image/avif\0" if kind == "mime" else b"")])
        yield f"alpha_kind_{kind}", with_alpha(alpha_item(kind=kind))
    entry = full("infe", 2, 0, struct.pack(">HH", 1, 0), b"av01\0")
    iinf = lambda count, *content: full("iinf", 0, 0, struct.pack(">H", count), *content)
    yield "iinf_count_0", plain(replaced={"iinf": iinf(0, entry)})
    yield "iinf_count_2", plain(replaced={"iinf": iinf(2, entry)})
    yield "iinf_twice", plain(replaced={"iinf": iinf(2, entry, entry)})
    yield "iinf_twice_hevc", plain(replaced={"iinf": iinf(2, entry, entry.replace(b"av01", b"hvc1"))})
    yield "iinf_version1", plain(replaced={"iinf": full("iinf", 1, 0, struct.pack(">I", 1), entry)})
    yield "iinf_version2", plain(replaced={"iinf": full("iinf", 2, 0, struct.pack(">I", 1), entry)})
    yield "iinf_other", plain(replaced={"iinf": iinf(2, entry, box("free", bytes(4)))})
    yield "iinf_item_zero", plain(replaced={"iinf": iinf(1, entry.replace(b"\0\1\0\0av01", b"\0\0\0\0av01"))})
    yield "infe_short", plain(replaced={"iinf": iinf(1, full("infe", 2, 0, struct.pack(">HH", 1, 0), b"av01"))})
    for name in ("Exif", "mime"):
        yield f"named_{name}", File([color_item(name=name.encode())])


def properties():
    item = color_item()
    for kind in (b"ispe", b"pixi", b"av1C", b"colr"):
        yield f"without_{kind.decode()}", File([replaced(item, kind, None)])
        found = next(entry for entry in item.properties if entry[4:8] == kind)
        yield f"essential_{kind.decode()}", File([replaced(item, kind, (found, True))])
        yield f"optional_{kind.decode()}", File([replaced(item, kind, (found, False))])
        yield f"twice_{kind.decode()}", File([color_item(properties=[found])], raw_properties=[*item.properties, found],
                                             associations={1: [(i, False) for i in range(1, 6)]})
        yield f"short_{kind.decode()}", File([replaced(item, kind, struct.pack(">I", len(found) - 1) + found[4:-1])])
        yield f"long_{kind.decode()}", File([replaced(item, kind, struct.pack(">I", len(found) + 1) + found[4:] + b"\0")])
        yield f"version1_{kind.decode()}", File([replaced(item, kind, found[:8] + b"\1" + found[9:])])
        yield f"flags1_{kind.decode()}", File([replaced(item, kind, found[:11] + b"\1" + found[12:])])
        yield f"last_{kind.decode()}", File([Item(item.data, [e for e in item.properties if e != found] + [found])])
    for width, height in ((45, 32), (44, 33), (46, 33), (90, 66), (22, 16), (1, 1), (45, 34), (0, 33), (45, 0), (60000, 60000),
                          (1 << 31, 1 << 31), (33, 45), (64, 64)):
        yield f"ispe_{width}x{height}", File([replaced(item, b"ispe", ispe(width, height))])
        yield f"ispe_{width}x{height}_alpha", with_alpha(replaced(alpha_item(), b"ispe", ispe(width, height)))
        if width * height < 10000:
            both = File([replaced(item, b"ispe", ispe(width, height)), replaced(alpha_item(), b"ispe", ispe(width, height))],
                        [("auxl", 2, [1])])
            yield f"ispe_{width}x{height}_both", both
            for chroma, depth in ((444, 8), (400, 8), (422, 10), (420, 10), (444, 12)):
                yield (f"ispe_{width}x{height}_{chroma}_{depth}",
                       File([replaced(color_item(chroma=chroma, depth=depth), b"ispe", ispe(width, height))]))
    for depths in ((8,), (8, 8), (10, 10, 10), (8, 8, 10), (8, 8, 8, 8), (), (0, 0, 0), (8,) * 5, (12, 12, 12), (9, 9, 9)):
        yield f"pixi_{'_'.join(map(str, depths)) or 'none'}", File([replaced(item, b"pixi", pixi(*depths))])
        yield f"pixi_{'_'.join(map(str, depths)) or 'none'}_alpha", with_alpha(replaced(alpha_item(), b"pixi", pixi(*depths)))
    for depth, chroma in itertools.product((8, 10, 12), (400, 420, 422, 444)):
        other = encode(*SIZE, depth, chroma)[0][1]
        yield f"av1c_of_{depth}_{chroma}", File([replaced(item, b"av1C", other)])
        yield f"av1c_of_{depth}_{chroma}_alpha", with_alpha(replaced(alpha_item(), b"av1C", other))
    av1c = next(entry for entry in item.properties if entry[4:8] == b"av1C")
    for byte, bit in itertools.product(range(4), range(8)):
        changed = bytearray(av1c)
        changed[8 + byte] ^= 1 << bit
        yield f"av1c_byte{byte}_bit{bit}", File([replaced(item, b"av1C", bytes(changed))])
    yield "av1c_with_obu", File([replaced(item, b"av1C", box("av1C", av1c[8:], item.data[:14]))])
    yield "av1c_with_junk", File([replaced(item, b"av1C", box("av1C", av1c[8:], b"\xff" * 9))])
    for angle in (0, 1, 2, 3, 4, 5, 0x80, 0xFF):
        yield f"irot_{angle}", File([color_item(properties=[irot(angle)])])
        yield f"irot_{angle}_optional", File([color_item(properties=[(irot(angle), False)])])
    for axis in (0, 1, 2, 0x81):
        yield f"imir_{axis}", File([color_item(properties=[imir(axis)])])
        yield f"imir_{axis}_optional", File([color_item(properties=[(imir(axis), False)])])
    for angle, axis in itertools.product(range(4), range(2)):
        yield f"irot_{angle}_imir_{axis}", File([color_item(properties=[irot(angle), imir(axis)])])
        yield f"imir_{axis}_irot_{angle}", File([color_item(properties=[imir(axis), irot(angle)])])
    yield "irot_twice", File([color_item(properties=[irot(1), irot(2)])])
    yield "imir_twice", File([color_item(properties=[imir(0), imir(1)])])
    yield "irot_empty", File([color_item(properties=[box("irot")])])
    yield "irot_before_ispe", File([Item(item.data, [irot(1), *item.properties])])
    for name, values in {"whole": (45, 1, 33, 1, 0, 1, 0, 1), "inner": (20, 1, 16, 1, 2, 1, -3, 1), "fraction": (81, 2, 33, 1, 0, 1, 0, 1),
                         "beyond": (90, 1, 66, 1, 0, 1, 0, 1), "zero": (0, 1, 33, 1, 0, 1, 0, 1), "by_zero": (20, 0, 16, 0, 0, 0, 0, 0),
                         "odd": (21, 1, 15, 1, 1, 1, 1, 1), "negative": (-20, 1, 16, 1, 0, 1, 0, 1)}.items():
        yield f"clap_{name}", File([color_item(properties=[clap(*values)])])
        yield f"clap_{name}_optional", File([color_item(properties=[(clap(*values), False)])])
        yield f"clap_{name}_irot", File([color_item(properties=[clap(*values), irot(1)])])
    yield "clap_short", File([color_item(properties=[box("clap", bytes(31))])])
    icc = box("colr", b"prof", bytes(128))
    for name, entries in {"two_nclx": [COLOR, nclx(1, 13, 1, 0)], "two_nclx_turned": [nclx(1, 13, 1, 0), COLOR],
                          "prof": [icc], "prof_and_nclx": [icc, COLOR], "nclx_and_prof": [COLOR, icc], "two_prof": [icc, icc + b""],
                          "ricc": [box("colr", b"rICC", bytes(128))], "empty_prof": [box("colr", b"prof")], "unknown": [box("colr", b"abcd", bytes(8))],
                          "nclc": [box("colr", b"nclc", bytes(6))], "empty": [box("colr")], "nclx_short": [box("colr", b"nclx", bytes(6))],
                          "nclx_reserved": [COLOR[:-1] + b"\xff"], "nclx_limited_reserved": [COLOR[:-1] + b"\x7f"]}.items():
        base = [entry for entry in item.properties if entry[4:8] != b"colr"]
        yield f"colr_{name}", File([Item(item.data, base + entries)])
    for name, content in {"pasp": box("pasp", struct.pack(">II", 2, 1)), "pasp_zero": box("pasp", bytes(8)), "pasp_short": box("pasp", bytes(7)),
                          "clli": box("clli", bytes(4)), "clli_short": box("clli", bytes(3)), "mdcv": box("mdcv", bytes(24)), "cclv": box("cclv", bytes(4)),
                          "a1op": box("a1op", b"\0"), "a1op1": box("a1op", b"\1"), "a1op31": box("a1op", b"\x1f"), "a1op32": box("a1op", b"\x20"),
                          "lsel": box("lsel", b"\0\0"), "lsel1": box("lsel", b"\0\1"), "lsel_all": box("lsel", b"\xff\xff"), "lsel_bad": box("lsel", b"\0\7"),
                          "a1lx": box("a1lx", b"\0" + bytes(6)), "a1lx_some": box("a1lx", b"\0", struct.pack(">HHH", 100, 0, 0)),
                          "a1lx_big": box("a1lx", b"\0", struct.pack(">HHH", 60000, 0, 0)),
                          "unknown": box("abcd", bytes(5)), "uuid": box("uuid", bytes(20)), "udes": full("udes", 0, 0, bytes(4)), "iscl": full("iscl", 0, 0, struct.pack(">4H", 1, 2, 1, 2)),
                          "rref": full("rref", 0, 0, b"\0"), "crtt": full("crtt", 0, 0, bytes(8)), "free": box("free", b"a"), "auxC": auxc(), "auxC_other": auxc("x"),
                          "rloc": full("rloc", 0, 0, bytes(8)), "amve": box("amve", bytes(8)), "reve": full("reve", 0, 0, bytes(12)), "ndwt": full("ndwt", 0, 0, bytes(4)),
                          "hvcC": box("hvcC", bytes(23)), "cmin": full("cmin", 0, 0, bytes(12)), "altt": full("altt", 0, 0, b"a\0en\0")}.items():
        for essential in (False, True):
            yield f"more_{name}_{'essential' if essential else 'optional'}", File([color_item(properties=[(content, essential)])])
            yield (f"more_{name}_{'essential' if essential else 'optional'}_alpha",
                   with_alpha(alpha_item(properties=[(content, essential)])))
    count = len(item.properties)
    usual = [(index, False) for index in range(1, count + 1)]
    for version, flags in itertools.product((0, 1), (0, 1)):
        yield f"ipma_version{version}_flags{flags}", plain(ipma_version=version, ipma_flags=flags)
    yield "ipma_zero", plain(associations={1: usual + [(0, False)]})
    yield "ipma_zero_essential", plain(associations={1: usual + [(0, True)]})
    yield "ipma_beyond", plain(associations={1: usual + [(count + 1, False)]})
    yield "ipma_beyond_essential", plain(associations={1: usual + [(count + 1, True)]})
    yield "ipma_none", plain(associations={})
    yield "ipma_missing_item", plain(associations={1: usual, 9: usual})
    yield "ipma_item_zero", plain(associations={0: usual, 1: usual})
    yield "ipma_descending", File([item, alpha_item(number=9)], [("auxl", 9, [1])], associations={9: [(1, False)], 1: usual})
    yield "ipco_unknown_unused", plain(raw_properties=[*item.properties, box("abcd", bytes(3))], associations={1: usual})
    yield "ipco_junk", plain(raw_properties=[*item.properties, b"abc"], associations={1: usual})
    yield "ipco_cut", plain(raw_properties=[*item.properties, struct.pack(">I", 90) + b"free"], associations={1: usual})
    ipma = lambda version, flags, *content: full("ipma", version, flags, *content)
    one = struct.pack(">HB", 1, count) + bytes(range(1, count + 1))
    ipco = box("ipco", *item.properties)
    yield "ipma_twice", plain(replaced={"iprp": box("iprp", ipco, ipma(0, 0, struct.pack(">I", 1), one), ipma(0, 0, struct.pack(">I", 1), one))})
    yield "ipma_item_twice", plain(replaced={"iprp": box("iprp", ipco, ipma(0, 0, struct.pack(">I", 2), one, one))})
    yield "ipma_count_more", plain(replaced={"iprp": box("iprp", ipco, ipma(0, 0, struct.pack(">I", 2), one))})
    yield "ipma_first", plain(replaced={"iprp": box("iprp", ipma(0, 0, struct.pack(">I", 1), one), ipco)})
    yield "ipco_twice", plain(replaced={"iprp": box("iprp", ipco, ipco, ipma(0, 0, struct.pack(">I", 1), one))})
    yield "iprp_more", plain(replaced={"iprp": box("iprp", ipco, ipma(0, 0, struct.pack(">I", 1), one), box("free", b"a"))})


def auxiliaries():
    for name, urn, end in (("alpha", ALPHA, b"\0"), ("hevc", ALPHA_HEVC, b"\0"), ("depth", DEPTH, b"\0"), ("other", "urn:x", b"\0"),
                           ("empty", "", b"\0"), ("no_end", ALPHA, b""), ("more", ALPHA, b"\0abc"), ("hdr", "urn:com:apple:photo:2020:aux:hdrgainmap", b"\0"),
                           ("upper", ALPHA.upper(), b"\0")):
        item = alpha_item(urn=None, properties=[auxc(urn, end)])
        yield f"urn_{name}", with_alpha(item)
        yield f"urn_{name}_prem", with_alpha(item, [("auxl", 2, [1]), ("prem", 1, [2])])
        yield f"urn_{name}_then_alpha", File([color_item(), item, alpha_item(seed=6)], [("auxl", 2, [1]), ("auxl", 3, [1])])
        yield f"alpha_then_urn_{name}", File([color_item(), alpha_item(seed=6), item], [("auxl", 2, [1]), ("auxl", 3, [1])])
    yield "no_auxc", with_alpha(alpha_item(urn=None))
    yield "no_reference", with_alpha(references=())
    for name, references in {"two_targets": [("auxl", 2, [1, 1])], "missing_target": [("auxl", 2, [9])], "and_missing": [("auxl", 2, [9, 1])], "and_missing_after": [("auxl", 2, [1, 9])],
                             "turned": [("auxl", 1, [2])], "itself": [("auxl", 2, [2])], "twice": [("auxl", 2, [1]), ("auxl", 2, [1])],
                             "thmb": [("thmb", 2, [1])], "thmb_and_auxl": [("thmb", 2, [1]), ("auxl", 2, [1])], "dimg": [("dimg", 2, [1])], "dimg_and_auxl": [("dimg", 2, [1]), ("auxl", 2, [1])],
                             "cdsc": [("cdsc", 2, [1])], "cdsc_and_auxl": [("cdsc", 2, [1]), ("auxl", 2, [1])], "prem": [("auxl", 2, [1]), ("prem", 1, [2])], "prem_first": [("prem", 1, [2]), ("auxl", 2, [1])],
                             "prem_turned": [("auxl", 2, [1]), ("prem", 2, [1])], "prem_alone": [("prem", 1, [2])], "prem_missing": [("auxl", 2, [1]), ("prem", 1, [9])],
                             "prem_itself": [("auxl", 2, [1]), ("prem", 1, [1])], "prem_two": [("auxl", 2, [1]), ("prem", 1, [9, 2])], "unknown": [("auxl", 2, [1]), ("abcd", 1, [2])],
                             "none": [("auxl", 2, [])], "zero": [("auxl", 2, [0])], "from_missing": [("auxl", 2, [1]), ("cdsc", 9, [1])], "from_zero": [("auxl", 2, [1]), ("cdsc", 0, [1])],
                             "base": [("auxl", 2, [1]), ("base", 1, [2])], "mutual": [("auxl", 2, [1]), ("auxl", 1, [2])]}.items():
        yield f"iref_{name}", with_alpha(references=references)
    yield "iref_version1", with_alpha(iref_version=1)
    yield "iref_empty", plain(replaced={"iref": full("iref", 0, 0)})
    yield "iref_cut", with_alpha(replaced={"iref": full("iref", 0, 0, box("auxl", struct.pack(">HH", 2, 1)))})
    yield "iref_version2", with_alpha(replaced={"iref": full("iref", 2, 0, box("auxl", struct.pack(">HHH", 2, 1, 1)))})
    for size in ((45, 32), (44, 33), (64, 64), (22, 17), (90, 66)):
        yield f"alpha_{size[0]}x{size[1]}", with_alpha(alpha_item(size))
    for depth, alpha_depth in itertools.product((8, 10, 12), (8, 10, 12)):
        yield f"alpha_depth_{depth}_{alpha_depth}", File([color_item(depth=depth), alpha_item(depth=alpha_depth)], [("auxl", 2, [1])])
    for chroma in (420, 422, 444, 400):
        data, av1c = encode(*SIZE, 8, chroma, seed=5)[0]
        yield f"alpha_of_{chroma}", with_alpha(Item(data, [ispe(*SIZE), pixi(8, 8, 8), av1c, auxc()]))
        yield f"alpha_of_{chroma}_limited", with_alpha(Item(encode(*SIZE, 8, chroma, seed=5, range_="limited")[0][0], [ispe(*SIZE), pixi(8, 8, 8), av1c, auxc()]))
        yield f"alpha_of_{chroma}_limited_colr", with_alpha(Item(data, [ispe(*SIZE), pixi(8, 8, 8), av1c, auxc(), nclx(1, 13, 6, 0)]))
    for name, extra in {"irot": irot(1), "imir": imir(1), "clap": clap(20, 1, 16, 1, 0, 1, 0, 1)}.items():
        yield f"alpha_{name}", with_alpha(alpha_item(properties=[extra]))
        yield f"both_{name}", File([color_item(properties=[extra]), alpha_item(properties=[extra])], [("auxl", 2, [1])])
        yield f"color_{name}", File([color_item(properties=[extra]), alpha_item()], [("auxl", 2, [1])])
    yield "alpha_first", File([alpha_item(), color_item()], [("auxl", 1, [2])], primary=2)
    yield "two_alphas", File([color_item(), alpha_item(seed=6), alpha_item()], [("auxl", 2, [1]), ("auxl", 3, [1])])
    yield "two_alphas_numbers", File([color_item(), alpha_item(seed=6, number=7), alpha_item(number=4)], [("auxl", 7, [1]), ("auxl", 4, [1])])
    yield "alpha_of_alpha", File([color_item(), alpha_item(), alpha_item(seed=6)], [("auxl", 2, [1]), ("auxl", 3, [2])])
    for depth, premultiplied in itertools.product((8, 10, 12), (0, 1)):
        yield f"alpha_grey_{depth}_{premultiplied}", File([color_item(chroma=400, depth=depth), alpha_item(depth=depth)],
                                                        [("auxl", 2, [1])] + [("prem", 1, [2])] * premultiplied)


def metadata():
    for name, data in {"good": bytes([0, 0, 0, 6]) + EXIF, "offset0": bytes(4) + EXIF[6:], "offset0_exif": bytes(4) + EXIF, "offset1": b"\0\0\0\1" + EXIF,
                       "offset_beyond": b"\0\0\1\0" + EXIF, "offset_huge": b"\xff\xff\xff\xff" + EXIF, "short": b"\0\0\0", "four": bytes(4), "empty": b"",
                       "junk": bytes(4) + b"some junk", "later": b"\0\0\0\3abc" + EXIF[6:], "later_wrong": b"\0\0\0\0abc" + EXIF[6:], "little": bytes(4) + b"II*\0\x08\0\0\0" + bytes(6)}.items():
        exif = Item(data, [], kind="Exif")
        yield f"exif_{name}", File([color_item(), exif], [("cdsc", 2, [1])])
        yield f"exif_{name}_irot", File([color_item(properties=[irot(1)]), exif], [("cdsc", 2, [1])])
    good = Item(bytes([0, 0, 0, 6]) + EXIF, [], kind="Exif")
    yield "exif_no_cdsc", File([color_item(), good])
    yield "exif_cdsc_turned", File([color_item(), good], [("cdsc", 1, [2])])
    yield "exif_cdsc_other", File([color_item(), good, alpha_item()], [("cdsc", 2, [3]), ("auxl", 3, [1])])
    yield "exif_two", File([color_item(), Item(bytes([0, 0, 0, 6]) + EXIF.replace(b"\0\6\0", b"\0\3\0"), [], kind="Exif"), good], [("cdsc", 2, [1]), ("cdsc", 3, [1])])
    yield "exif_no_location", File([color_item(), good], [("cdsc", 2, [1])], no_location=(1,))
    yield "exif_beyond", File([color_item(), good], [("cdsc", 2, [1])], moved={1: (10**6, 0)})
    yield "exif_hidden", File([color_item(), dataclasses.replace(good, flags=1)], [("cdsc", 2, [1])])
    yield "exif_protected", File([color_item(), dataclasses.replace(good, protection=1)], [("cdsc", 2, [1])])
    yield "exif_essential", File([color_item(), dataclasses.replace(good, properties=[(box("abcd", b"1"), True)])], [("cdsc", 2, [1])])
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
    for name, data in {"good": packet, "empty": b"", "junk": b"\0\1\2"}.items():
        for mime in (b"application/rdf+xml\0", b"application/rdf+xml\0\0", b"application/xml\0", b"application/rdf+xml", b""):
            xmp = Item(data, [], kind="mime", mime=mime)
            yield f"xmp_{name}_{mime.decode().count(chr(0))}{len(mime)}", File([color_item(), xmp], [("cdsc", 2, [1])])
    yield "xmp_and_exif", File([color_item(), good, Item(packet, [], kind="mime", mime=b"application/rdf+xml\0")], [("cdsc", 2, [1]), ("cdsc", 3, [1])])
    yield "thumbnail", File([color_item(), color_item((16, 16))], [("thmb", 2, [1])])
    yield "primary_thumbnail", File([color_item(), color_item((16, 16))], [("thmb", 2, [1])], primary=2)
    yield "grpl", plain(more=box("grpl", full("altr", 0, 0, struct.pack(">III", 9, 1, 1))))
    yield "iref_unknown", File([color_item(), good], [("abcd", 2, [1])])


def tiles(rows, columns, size=(64, 64), **fields):
    return [color_item(size, seed=10 + place, **fields) for place in range(rows * columns)]


def gridded(rows, columns, size=(64, 64), output=None, order=None, parts=None, data=None, properties=(), before=False, extra=(),
            references=(), **fields):
    parts = parts if parts is not None else tiles(rows, columns, size)
    output = output or (columns * size[0], rows * size[1])
    depths = next(entry for entry in parts[0].properties if entry[4:8] == b"pixi")
    main = Item(grid(rows, columns, *output) if data is None else data, [ispe(*output), depths, COLOR, *properties], kind="grid")
    if before:
        items, first, number = [main, *parts], 2, 1
    else:
        items, first, number = [*parts, main], 1, len(parts) + 1
    ends = [first + place for place in (order if order is not None else range(len(parts)))]
    return File([*items, *extra], [("dimg", number, ends), *references], primary=number, **fields)


def grids():
    for rows, columns in ((1, 1), (1, 2), (2, 1), (2, 2), (1, 5), (3, 2)):
        for before in (False, True):
            place = "before" if before else "behind"
            yield f"{rows}x{columns}_{place}", gridded(rows, columns, before=before)
            yield f"{rows}x{columns}_{place}_turned", gridded(rows, columns, before=before, order=list(range(rows * columns))[::-1])
    yield "2x2_mixed", gridded(2, 2, order=[2, 0, 3, 1])
    yield "2x2_one_twice", gridded(2, 2, order=[0, 1, 2, 2])
    yield "2x2_all_one", gridded(2, 2, order=[0, 0, 0, 0])
    yield "2x2_too_few", gridded(2, 2, order=[0, 1, 2])
    yield "2x2_too_many", gridded(2, 2, parts=tiles(1, 5))
    yield "2x2_missing", gridded(2, 2, order=[0, 1, 2, 60])
    yield "2x2_itself", gridded(2, 2, order=[0, 1, 2, 4])
    numbered = [dataclasses.replace(tile, number=number) for tile, number in zip(tiles(2, 2), (40, 30, 20, 10))]
    main = Item(grid(2, 2, 128, 128), [ispe(128, 128), pixi(8, 8, 8), COLOR], kind="grid", number=50)
    yield "2x2_numbers_descend", File([*numbered, main], [("dimg", 50, [40, 30, 20, 10])], primary=50)
    yield "2x2_numbers_descend_turned", File([*numbered, main], [("dimg", 50, [10, 20, 30, 40])], primary=50)
    for order in (("hdlr", "pitm", "iinf", "iloc", "iref", "iprp"), ("hdlr", "iref", "pitm", "iinf", "iloc", "iprp"), ("hdlr", "iprp", "iref", "pitm", "iinf", "iloc"),
                  ("hdlr", "pitm", "iref", "iloc", "iinf", "iprp")):
        yield f"2x2_order_{order[1]}_{order[2]}", File([*numbered, main], [("dimg", 50, [40, 30, 20, 10])], primary=50, order=order)
        yield f"2x2_order_{order[1]}_{order[2]}_turned", File([*numbered, main], [("dimg", 50, [10, 20, 30, 40])], primary=50, order=order)
    for output in ((128, 128), (127, 127), (100, 90), (65, 65), (64, 64), (129, 128), (200, 128), (126, 100), (0, 128)):
        yield f"2x2_output_{output[0]}x{output[1]}", gridded(2, 2, output=output)
        yield f"2x2_data_{output[0]}x{output[1]}", gridded(2, 2, data=grid(2, 2, *output))
    for size in ((32, 32), (65, 64), (64, 65), (66, 66), (16, 64), (100, 70)):
        yield f"2x2_tiles_{size[0]}x{size[1]}", gridded(2, 2, size)
        yield f"2x2_tiles_{size[0]}x{size[1]}_cropped", gridded(2, 2, size, output=(2 * size[0] - 10, 2 * size[1] - 10))
        yield f"2x2_tiles_{size[0]}x{size[1]}_cropped_odd", gridded(2, 2, size, output=(2 * size[0] - 11, 2 * size[1] - 11))
    for depth, chroma in itertools.product((8, 10, 12), (400, 420, 422, 444)):
        yield f"2x2_{depth}_{chroma}", gridded(2, 2, parts=tiles(2, 2, depth=depth, chroma=chroma))
        mixed = tiles(2, 2)
        mixed[3] = color_item((64, 64), depth, chroma)
        yield f"2x2_last_{depth}_{chroma}", gridded(2, 2, parts=mixed)
    mixed = tiles(2, 2)
    mixed[3] = color_item((32, 64))
    yield "2x2_last_small", gridded(2, 2, parts=mixed)
    mixed = tiles(2, 2)
    mixed[2] = replaced(mixed[2], b"colr", nclx(1, 13, 1, 0))
    yield "2x2_tile_colr", gridded(2, 2, parts=mixed)
    yield "2x2_tiles_no_colr", gridded(2, 2, parts=[replaced(tile, b"colr", None) for tile in tiles(2, 2)])
    yield "2x2_tiles_irot", gridded(2, 2, parts=[dataclasses.replace(tile, properties=[*tile.properties, irot(1)]) for tile in tiles(2, 2)])
    yield "2x2_tiles_hidden", gridded(2, 2, parts=[dataclasses.replace(tile, flags=1) for tile in tiles(2, 2)])
    yield "2x2_tile_no_ispe", gridded(2, 2, parts=[replaced(tile, b"ispe", None) for tile in tiles(2, 2)])
    yield "2x2_tile_other_ispe", gridded(2, 2, parts=[replaced(tile, b"ispe", ispe(32, 64)) for tile in tiles(2, 2)])
    yield "2x2_tile_hevc", gridded(2, 2, parts=[dataclasses.replace(tile, kind="hvc1") for tile in tiles(2, 2)])
    yield "2x2_tile_grid", gridded(2, 2, parts=[*tiles(1, 3), Item(grid(1, 1, 64, 64), [ispe(64, 64)], kind="grid")])
    yield "2x2_irot", gridded(2, 2, properties=[irot(1)])
    yield "2x2_clap", gridded(2, 2, properties=[clap(100, 1, 100, 1, 0, 1, 0, 1)])
    for name, data in {"version1": grid(2, 2, 128, 128, version=1), "flags1": grid(2, 2, 128, 128, 1), "flags2": grid(2, 2, 128, 128, 2), "short": grid(2, 2, 128, 128)[:-1],
                       "long": grid(2, 2, 128, 128) + b"\0", "empty": b"", "3x3": grid(3, 3, 128, 128), "1x4": grid(1, 4, 128, 128), "4x1": grid(4, 1, 64, 256),
                       "flags1_short": grid(2, 2, 128, 128, 1)[:8]}.items():
        yield f"2x2_grid_{name}", gridded(2, 2, data=data)
    yield "2x2_no_dimg", dataclasses.replace(gridded(2, 2), references=[])
    file = gridded(2, 2)
    yield "2x2_dimg_twice", dataclasses.replace(file, references=file.references * 2)
    yield "2x2_dimg_split", dataclasses.replace(file, references=[("dimg", 5, [1, 2]), ("dimg", 5, [3, 4])])
    yield "2x2_dimg_split_turned", dataclasses.replace(file, references=[("dimg", 5, [3, 4]), ("dimg", 5, [1, 2])])
    yield "2x2_tile_shared", dataclasses.replace(gridded(2, 2, extra=[Item(grid(1, 1, 64, 64), [ispe(64, 64)], kind="grid")]),
                                                 references=[("dimg", 5, [1, 2, 3, 4]), ("dimg", 6, [1])])
    # Alpha of a grid: a grid too, one image, or an auxiliary of each tile.
    alphas = [alpha_item((64, 64), seed=20 + place) for place in range(4)]
    alpha_grid = Item(grid(2, 2, 128, 128), [ispe(128, 128), pixi(8), auxc()], kind="grid")
    for premultiplied in (0, 1):
        prem = [("prem", 5, [10])] * premultiplied
        yield f"alpha_grid_{premultiplied}", File([*file.items, *alphas, alpha_grid], [*file.references, ("dimg", 10, [6, 7, 8, 9]), ("auxl", 10, [5]), *prem], primary=5)
        yield f"alpha_grid_turned_{premultiplied}", File([*file.items, *alphas, alpha_grid], [*file.references, ("dimg", 10, [9, 8, 7, 6]), ("auxl", 10, [5]), *prem], primary=5)
        yield (f"alpha_whole_{premultiplied}", File([*file.items, alpha_item((128, 128))], [*file.references, ("auxl", 6, [5])] + [("prem", 5, [6])] * premultiplied, primary=5))
        each = [("auxl", 6 + place, [1 + place]) for place in range(4)]
        yield f"alpha_tiles_{premultiplied}", File([*file.items, *alphas], [*file.references, *each] + [("prem", 5, [6])] * premultiplied, primary=5)
        yield (f"alpha_tiles_premultiplied_{premultiplied}",
               File([*file.items, *alphas], [*file.references, *each] + [("prem", 1 + place, [6 + place]) for place in range(4)] * premultiplied, primary=5))
    yield "alpha_tiles_three", File([*file.items, *alphas[:3]], [*file.references, *each[:3]], primary=5)
    yield "alpha_tiles_one", File([*file.items, *alphas[:1]], [*file.references, *each[:1]], primary=5)
    yield "alpha_tiles_turned", File([*file.items, *alphas], [*file.references, *(("auxl", 9 - place, [1 + place]) for place in range(4))], primary=5)
    yield "alpha_tiles_unknown", File([*file.items, *(alpha_item((64, 64), urn="urn:x") for _ in range(4))], [*file.references, *each], primary=5)
    for depth, chroma in itertools.product((8, 10, 12), (400, 420, 422, 444)):
        some = gridded(2, 2, parts=tiles(2, 2, depth=depth, chroma=chroma))
        yield f"alpha_tiles_{depth}_{chroma}", File([*some.items, *(alpha_item((64, 64), depth, seed=20 + place) for place in range(4))], [*some.references, *each], primary=5)
    yield "alpha_grid_color_whole", File([color_item((128, 128)), *alphas, dataclasses.replace(alpha_grid)], [("auxl", 6, [1]), ("dimg", 6, [2, 3, 4, 5])])
    yield "alpha_grid_other_shape", File([*file.items, *alphas[:2], Item(grid(1, 2, 128, 64), [ispe(128, 64), pixi(8), auxc()], kind="grid")],
                                         [*file.references, ("dimg", 8, [6, 7]), ("auxl", 8, [5])], primary=5)
    yield "alpha_grid_other_tiles", File([*file.items, *(alpha_item((128, 64), seed=20 + place) for place in range(2)), Item(grid(2, 1, 128, 128), [ispe(128, 128), pixi(8), auxc()], kind="grid")],
                                         [*file.references, ("dimg", 8, [6, 7]), ("auxl", 8, [5])], primary=5)


def sequence(**options):
    frames = [picture(45, 33, seed=40 + place, alpha=options.get("alpha", False)) for place in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "AVIF", save_all=True, append_images=frames[1:], duration=100, speed=9, quality=70)
    return out.getvalue()


def changed(data, old, new, count=-1):
    assert old in data and len(old) == len(new)
    return data.replace(old, new, count)


def sequences():
    plain_data, alpha_data = sequence(), sequence(alpha=True)
    for kind, data in (("rgb", plain_data), ("rgba", alpha_data)):
        yield f"{kind}", data
        for major in (b"avif", b"avis", b"mif1", b"msf1"):
            yield f"{kind}_major_{major.decode()}", data[:8] + major + data[12:]
        for brand in (b"avis", b"avif", b"msf1"):
            if brand in data[16:48]:
                yield f"{kind}_without_{brand.decode()}", data[:16] + data[16:64].replace(brand, b"xxxx") + data[64:]
        for name in (b"meta", b"moov", b"trak", b"tkhd", b"mdia", b"mdhd", b"hdlr", b"minf", b"stbl", b"stsd", b"stts", b"stsc", b"stsz", b"stco", b"stss", b"edts",
                     b"elst", b"tref", b"auxl", b"av01", b"av1C", b"colr", b"auxi", b"ccst", b"vmhd", b"dinf", b"iloc", b"iinf", b"pitm", b"iref", b"iprp", b"mvhd"):
            if name in data:
                yield f"{kind}_without_{name.decode()}", data.replace(name, b"xxxx")
                at = data.rindex(name)
                yield f"{kind}_without_last_{name.decode()}", data[:at] + b"xxxx" + data[at + 4:]
                at = data.index(name)
                yield f"{kind}_without_first_{name.decode()}", data[:at] + b"xxxx" + data[at + 4:]
        at = data.index(b"tkhd")
        size = struct.unpack(">I", data[at - 4:at])[0]
        for width, height in ((44, 33), (90, 66), (0, 0), (45, 34)):
            end = at - 4 + size
            yield f"{kind}_tkhd_{width}x{height}", data[:end - 8] + struct.pack(">II", width << 16, height << 16) + data[end:]
        at = data.index(b"av01", data.index(b"stsd"))
        for width, height in ((44, 33), (90, 66)):
            yield f"{kind}_entry_{width}x{height}", data[:at + 28] + struct.pack(">HH", width, height) + data[at + 32:]
    for urn in (ALPHA, DEPTH, ALPHA_HEVC, "urn:x"):
        if ALPHA.encode() not in alpha_data:
            break
        name = urn.split(":")[-1]
        new = urn.encode().ljust(len(ALPHA), b"\0")
        yield f"rgba_all_urn_{name}", alpha_data.replace(ALPHA.encode(), new)
        at = alpha_data.rindex(ALPHA.encode())
        yield f"rgba_track_urn_{name}", alpha_data[:at] + new + alpha_data[at + len(new):]
        at = alpha_data.index(ALPHA.encode())
        yield f"rgba_item_urn_{name}", alpha_data[:at] + new + alpha_data[at + len(new):]
    yield "rgba_tracks_only_depth", changed(changed(alpha_data, ALPHA.encode(), DEPTH.encode()), b"pict", b"pict")


def payloads():
    data, av1c = encode(*SIZE, 8, 420)[0]
    base = [ispe(*SIZE), pixi(8, 8, 8), av1c, COLOR]
    delimiter = b"\x12\0"
    for name, content in {"delimiter": delimiter + data, "two_delimiters": delimiter * 2 + data, "padding": data + b"\x7a\x03abc", "junk_behind": data + b"junk",
                          "nul_behind": data + bytes(8), "twice": data + data, "cut_half": data[:len(data) // 2], "cut_1": data[:-1], "cut_20": data[:-20], "header_only": data[:14],
                          "empty": b"", "zero": bytes(50), "metadata": data[:14] + b"\x2a\x03\x01\0\0" + data[14:], "tail_changed": data[:-3] + b"abc"}.items():
        yield name, File([Item(content, base)])
    other = encode(*SIZE, 8, 420, seed=9)[0][0]
    yield "two_frames", File([Item(data + other, base)])
    yield "two_frames_delimited", File([Item(delimiter + data + delimiter + other, base)])
    for depth, chroma in itertools.product((8, 10, 12), (400, 420, 422, 444)):
        found, own = encode(*SIZE, depth, chroma)[0]
        yield f"as_8_420_{depth}_{chroma}", File([Item(found, base)])
        yield f"no_pixi_{depth}_{chroma}", File([Item(found, [ispe(*SIZE), own, COLOR])])
        yield f"grain_{depth}_{chroma}", File([Item(encode(*SIZE, depth, chroma, options=("-a", "film-grain-test=1"))[0][0], [ispe(*SIZE), own, COLOR])])
    for range_, cicp in itertools.product(("full", "limited"), ("1/13/6", "9/16/9", "1/13/1", "2/2/2", "12/16/12")):
        found, own = encode(*SIZE, 8, 420, range_=range_, cicp=cicp)[0]
        yield f"stream_{range_}_{cicp.replace('/', '_')}", File([Item(found, [ispe(*SIZE), pixi(8, 8, 8), own])])
        yield f"stream_{range_}_{cicp.replace('/', '_')}_icc", File([Item(found, [ispe(*SIZE), pixi(8, 8, 8), own, box("colr", b"prof", bytes(128))])])


def structures():
    for group in (brands, locations, entries, properties, auxiliaries, metadata, grids, sequences, payloads):
        for name, file in group():
            yield f"{group.__name__}_{name}", file if isinstance(file, bytes) else file.bytes()

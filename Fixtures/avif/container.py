"""Takes AVIF files of one image apart and writes AVIF files of any structure, right or wrong."""
import dataclasses
import struct


def box(kind, *content):
    data = b"".join(content)
    return struct.pack(">I", 8 + len(data)) + kind.encode("latin-1") + data


def full(kind, version, flags, *content):
    return box(kind, struct.pack(">I", version << 24 | flags), *content)


def boxes(data, start=0, end=None):
    """The boxes of one level: type, start of the content, end."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        head = 8
        if size == 1:
            size, head = struct.unpack_from(">Q", data, start + 8)[0], 16
        stop = end if size == 0 else start + size
        yield kind.decode("latin-1"), start + head, stop
        start = stop


def find(data, *path, start=0, end=None):
    """The content of the first box at a path; `meta` is entered behind its version."""
    for kind, first, stop in boxes(data, start, end):
        if kind == path[0]:
            if len(path) == 1:
                return first, stop
            return find(data, *path[1:], start=first + 4 if kind == "meta" else first, end=stop)
    raise KeyError(path[0])


def coded_items(data):
    """The coded data and `av1C` of the items of a file that avifenc or Pillow wrote: {item: (data, av1C)}."""
    first, _ = find(data, "meta", "iloc")
    sizes, count = struct.unpack_from(">HH", data, first + 4)
    assert data[first] == 0 and sizes == 0x4400
    found, at = {}, first + 8
    for _ in range(count):
        item, _, extents = struct.unpack_from(">HHH", data, at)
        assert extents == 1
        offset, length = struct.unpack_from(">II", data, at + 6)
        found[item] = data[offset:offset + length]
        at += 14
    first, stop = find(data, "meta", "iprp", "ipco")
    properties = [data[a - 8:b] for _, a, b in boxes(data, first, stop)]
    first, _ = find(data, "meta", "iprp", "ipma")
    count, at, result = struct.unpack_from(">I", data, first + 4)[0], first + 8, {}
    for _ in range(count):
        item, number = struct.unpack_from(">HB", data, at)
        for index in data[at + 3:at + 3 + number]:
            if properties[(index & 127) - 1][4:8] == b"av1C":
                result[item] = (found[item], properties[(index & 127) - 1])
        at += 3 + number
    return result


# MARK: Properties

def ispe(width, height):
    return full("ispe", 0, 0, struct.pack(">II", width, height))


def pixi(*depths):
    return full("pixi", 0, 0, bytes([len(depths), *depths]))


def nclx(primaries, transfer, matrix, full_range):
    return box("colr", b"nclx", struct.pack(">HHHB", primaries, transfer, matrix, full_range << 7))


def irot(angle):
    return box("irot", bytes([angle]))


def imir(axis):
    return box("imir", bytes([axis]))


def clap(*fractions):
    return box("clap", struct.pack(">8I", *(value & 0xFFFFFFFF for value in fractions)))


ALPHA = "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"
ALPHA_HEVC = "urn:mpeg:hevc:2015:auxid:1"
DEPTH = "urn:mpeg:mpegB:cicp:systems:auxiliary:depth"


def auxc(urn=ALPHA, end=b"\0"):
    return full("auxC", 0, 0, urn.encode(), end)


def grid(rows, columns, width, height, flags=0, version=0):
    sizes = struct.pack(">II" if flags & 1 else ">HH", width, height)
    return bytes([version, flags, rows - 1, columns - 1]) + sizes


# MARK: Files

@dataclasses.dataclass
class Item:
    data: bytes
    properties: list  # boxes, or pairs of a box and whether it is essential
    kind: str = "av01"
    number: int = 0  # 0: its place in the list, from 1
    flags: int = 0
    name: bytes = b""
    protection: int = 0
    extents: list = None  # lengths of the pieces that it is stored in
    in_idat: bool = False
    mime: bytes = b""


ESSENTIAL = {b"av1C", b"irot", b"imir", b"clap", b"a1op", b"lsel"}


@dataclasses.dataclass
class File:
    items: list
    references: list = dataclasses.field(default_factory=list)  # type, from, [to]
    primary: int = 1
    major: str = "avif"
    brands: tuple = ("avif", "mif1", "miaf")
    handler: str = "pict"
    iloc_version: int = 0
    iref_version: int = 0
    ipma_version: int = 0
    ipma_flags: int = 0
    pitm_version: int = 0
    infe_version: int = 2
    offset_bytes: int = 4
    length_bytes: int = 4
    order: tuple = ("hdlr", "pitm", "iloc", "iinf", "iref", "iprp", "idat")
    left_out: tuple = ()
    replaced: dict = dataclasses.field(default_factory=dict)  # box -> bytes
    moved: dict = dataclasses.field(default_factory=dict)     # item -> (added to the offset, to the length)
    no_location: tuple = ()
    more: bytes = b""        # boxes at the end of meta
    before: bytes = b""      # boxes before ftyp
    between: bytes = b""     # boxes before meta
    behind: bytes = b""      # bytes behind mdat
    mdat_first: bool = False
    meta_to_end: bool = False  # meta has size 0
    raw_properties: list = None  # of ipco, in place of what the items have
    associations: dict = None    # item -> [(index, essential)], in place of what the items have

    def number(self, place):
        return self.items[place].number or place + 1

    def bytes(self):
        file_type = box("ftyp", self.major.encode(), bytes(4), *(brand.encode() for brand in self.brands))
        head = self.before + file_type + self.between
        meta_size = len(self.meta({}))
        start = len(head) + 8 + (0 if self.mdat_first else meta_size)
        places, data = {}, b""
        for item in self.items:
            if not item.in_idat:
                places[id(item)] = start + len(data)
                data += item.data
        meta, mdat = self.meta(places), box("mdat", data)
        if self.meta_to_end:
            meta = bytes(4) + meta[4:]
            return head + meta
        return head + (mdat + meta if self.mdat_first else meta + mdat) + self.behind

    def meta(self, places):
        idat = b"".join(item.data for item in self.items if item.in_idat)
        content = {"hdlr": full("hdlr", 0, 0, bytes(4), self.handler.encode(), bytes(13)),
                   "pitm": full("pitm", self.pitm_version, 0,
                                struct.pack(">I" if self.pitm_version else ">H", self.primary)),
                   "iloc": self.iloc(places), "iinf": self.iinf(), "iref": self.iref(), "iprp": self.iprp(),
                   "idat": box("idat", idat) if idat else b""}
        content.update(self.replaced)
        return full("meta", 0, 0, *(content[name] for name in self.order if name not in self.left_out), self.more)

    def iloc(self, places):
        def uint(value, count):
            return (value % (1 << 8 * count)).to_bytes(count, "big") if count else b""

        out, at = b"", 0
        for place, item in enumerate(self.items):
            if place in self.no_location:
                continue
            first = at if item.in_idat else places.get(id(item), 0)
            at += len(item.data) if item.in_idat else 0
            added, longer = self.moved.get(place, (0, 0))
            number = self.number(place)
            out += struct.pack(">I" if self.iloc_version == 2 else ">H", number)
            if self.iloc_version:
                out += struct.pack(">H", 1 if item.in_idat else 0)
            lengths = [len(item.data)] if item.extents is None else item.extents
            out += struct.pack(">H", 0) + struct.pack(">H", len(lengths))
            for length in lengths:
                out += uint(first + added, self.offset_bytes) + uint(length + longer, self.length_bytes)
                first += length
        count = len(self.items) - len(self.no_location)
        sizes = self.offset_bytes << 12 | self.length_bytes << 8
        return full("iloc", self.iloc_version, 0, struct.pack(">H", sizes),
                    struct.pack(">I" if self.iloc_version == 2 else ">H", count), out)

    def iinf(self):
        entries = b""
        for place, item in enumerate(self.items):
            number = struct.pack(">I" if self.infe_version == 3 else ">H", self.number(place))
            entries += full("infe", self.infe_version, item.flags, number, struct.pack(">H", item.protection),
                            item.kind.encode(), item.name + b"\0", item.mime)
        return full("iinf", 0, 0, struct.pack(">H", len(self.items)), entries)

    def iref(self):
        form = ">I" if self.iref_version else ">H"
        if not self.references:
            return b""
        return full("iref", self.iref_version, 0, *(
            box(kind, struct.pack(form, start), struct.pack(">H", len(ends)), *(struct.pack(form, end) for end in ends))
            for kind, start, ends in self.references))

    def iprp(self):
        properties, associations = [], {}
        for place, item in enumerate(self.items):
            for entry in item.properties:
                content, essential = entry if isinstance(entry, tuple) else (entry, entry[4:8] in ESSENTIAL)
                if content not in properties:
                    properties.append(content)
                associations.setdefault(self.number(place), []).append((properties.index(content) + 1, essential))
        properties = properties if self.raw_properties is None else self.raw_properties
        associations = associations if self.associations is None else self.associations
        out = b""
        for number, entries in associations.items():
            out += struct.pack(">I" if self.ipma_version else ">H", number) + bytes([len(entries)])
            for index, essential in entries:
                out += struct.pack(">H", index | essential << 15) if self.ipma_flags else bytes([index | essential << 7])
        ipma = full("ipma", self.ipma_version, self.ipma_flags, struct.pack(">I", len(associations)), out)
        return box("iprp", box("ipco", *properties), ipma)

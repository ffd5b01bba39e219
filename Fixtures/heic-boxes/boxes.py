"""HEIF files as items with properties and references, read from boxes and written as boxes."""
import struct


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

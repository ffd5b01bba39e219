"""10,000 small safetensors files, most of them wrong in some way, and what the reference says of each.

Run: python make.py            (safetensors 0.8.0)

cases.bin holds for each file a byte (0: the reference refuses it; 1: it takes it; 2: it takes it, and we refuse it
because a name occurs twice), the file's length in two bytes, little-endian, and the file.
"""
import json
import random
import struct
import unicodedata
from pathlib import Path

from safetensors import deserialize

HERE = Path(__file__).resolve().parent
SIZES = {"BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "I16": 16, "U16": 16, "F16": 16,
         "BF16": 16, "I32": 32, "U32": 32, "F32": 32, "F64": 64, "I64": 64, "U64": 64, "C64": 64, "F4": 4,
         "F6_E2M3": 6, "F6_E3M2": 6}
rng = random.Random(20261123)


def tensors():
    """A valid header as a list of [name, fields], and the length of the data."""
    position, header = 0, []
    for index in range(rng.choice([0, 1, 1, 2, 2, 3])):
        dtype = rng.choice(list(SIZES))
        shape = [rng.choice([0, 1, 1, 2, 3, 4]) for _ in range(rng.choice([0, 1, 1, 2, 2, 3]))]
        count = 1
        for extent in shape:
            count *= extent
        if count * SIZES[dtype] % 8:
            shape, count = shape + [8], count * 8
        size = count * SIZES[dtype] // 8
        if size > 200:
            continue
        header.append([rng.choice("abcxyz") + str(index), {
            "dtype": dtype, "shape": shape, "data_offsets": [position, position + size]}])
        position += size
    rng.shuffle(header)
    if rng.random() < .3:
        header.insert(rng.randrange(len(header) + 1), ["__metadata__", rng.choice(
            [{}, {"format": "pt"}, {"a": "b", "c": ""}, None])])
    return header, position


NUMBERS = ["-1", "1.0", "1e0", "0.5", "18446744073709551615", "18446744073709551616", "9223372036854775808", "-0", "00",
           "01", "true", "null", '"1"', "[]", "{}", "NaN", "1e400", "4294967296", "281474976710656", "+1", "0x1", ".5"]
TEXTS = ['"f32"', '"F128"', '""', "null", "5", '{"F32":null}', '{"F32":1}', "[]", '"F32 "', '"\\u0046\\u0033\\u0032"',
         '"I4"', '"F8_E4M3FNUZ"', '"F8_E5M2FNUZ"']
METADATA = ['[]', '{"a":1}', '{"a":null}', '{"a":{"b":"c"}}', '"x"', "5", '{"a":"b","a":"c"}', "true", "null"]


def dump(header):
    """JSON text of a list of members, in which a value may be raw text."""
    def value(v):
        return v.text if isinstance(v, Raw) else json.dumps(v, separators=(",", ":"), ensure_ascii=False)

    def fields(v):
        if not isinstance(v, list):
            return value(v)
        return "{" + ",".join(f"{json.dumps(k)}:{value(x)}" for k, x in v) + "}"

    return "{" + ",".join(f"{json.dumps(k, ensure_ascii=False)}:{fields(v)}" for k, v in header) + "}"


class Raw:
    def __init__(self, text):
        self.text = text


def mutate_structure(header, size):
    """One change of meaning. Members of tensors become lists of [key, value], so that keys may repeat."""
    header = [[k, list(map(list, v.items())) if isinstance(v, dict) and k != "__metadata__" else v] for k, v in header]
    names = [member for member in header if isinstance(member[1], list)]
    kind = rng.randrange(14)
    if kind == 0:
        header.append(["__metadata__", Raw(rng.choice(METADATA))])
    elif kind == 1:
        return header, size + rng.choice([-1, 1, 8, 100])
    elif kind == 2 or not names:
        header.append([rng.choice(["", "é", "e\u0301", "\u0000", "a" * 40, "__metadata", "\U0001F600"]),
                       [["dtype", "U8"], ["shape", [0]], ["data_offsets", [size, size]]]])
    else:
        name, fields = rng.choice(names)
        field = rng.choice(fields)
        key, old = field
        if kind == 3:
            fields.remove(field)
        elif kind == 4:
            fields.append([key, old])
        elif kind == 5:
            fields.append([rng.choice(["extra", "DTYPE", "offsets"]), rng.choice([1, None, "x", [[]]])])
        elif kind == 6:
            header.append([name, [list(f) for f in fields]])
        elif kind == 7:
            for f in fields:
                if f[0] == "data_offsets":
                    a, b = f[1] if isinstance(f[1], list) else (0, 0)
                    f[1] = rng.choice([[b, a], [a + 1, b], [a, b + 1], [a], [a, b, b], [a + 1, b + 1], [], [0, b]])
        elif kind == 8 and key == "shape" and isinstance(old, list) and old:
            index = rng.randrange(len(old))
            texts = [str(extent) for extent in old]
            texts[index] = rng.choice(NUMBERS)
            field[1] = Raw("[" + ",".join(texts) + "]")
        elif kind == 9:
            field[1] = Raw(rng.choice(TEXTS if key == "dtype" else NUMBERS))
        elif kind == 10:
            field[1] = Raw(rng.choice(["[" * 50 + "]" * 50, "[" * 140 + "]" * 140, "{" * 3 + "}" * 3]))
        elif kind == 11:
            order = {"dtype": 0, "shape": 1, "data_offsets": 2}
            values = sorted((f for f in fields if f[0] in order), key=lambda f: order[f[0]])
            texts = [f[1].text if isinstance(f[1], Raw) else json.dumps(f[1]) for f in values]
            header[[m[0] for m in header].index(name)][1] = Raw("[" + ",".join(texts) + "]")
        elif kind == 12:
            for f in fields:
                if f[0] == "data_offsets" and isinstance(f[1], list) and f[1]:
                    texts = [str(n) for n in f[1]]
                    texts[rng.randrange(len(texts))] = rng.choice(NUMBERS)
                    f[1] = Raw("[" + ",".join(texts) + "]")
        else:
            rng.shuffle(fields)
    return header, size


def mutate_bytes(text):
    data = bytearray(text)
    for _ in range(rng.choice([1, 1, 2])):
        kind = rng.randrange(6)
        at = rng.randrange(len(data) + 1)
        if kind == 0 and data:
            del data[min(at, len(data) - 1)]
        elif kind == 1:
            data[at:at] = rng.choice([b" ", b"\n", b"\t", b",", b"\x00", b"\xff", b"\xef\xbb\xbf", b"//", b"\"", b"}", b"\\",
                                      b"\\ud800", b"\\u00e9", b"\x0c", b"\xed\xa0\x80", b"\xc3\xa9", b"1", b"{"])
        elif kind == 2 and data:
            data[min(at, len(data) - 1)] = rng.randrange(256)
        elif kind == 3:
            data[:0] = rng.choice([b" ", b"\n\r\t ", b"\xef\xbb\xbf", b"\x00"])
        elif kind == 4:
            data += rng.choice([b" ", b"   ", b"\x00", b"{}", b",", b"\n"])
        elif data:
            data = data[:at]
    return bytes(data)


def build():
    header, size = tensors()
    plain = rng.random() < .15
    if not plain and rng.random() < .75:
        header, size = mutate_structure(header, size)
    text = dump(header).encode("utf-8", "surrogatepass")
    if not plain and rng.random() < .35:
        text = mutate_bytes(text)
    length = len(text)
    if not plain and rng.random() < .05:
        length = rng.choice([length + 1, max(0, length - 1), 0, 2**63, 100_000_001, 2**64 - 1, length + 8])
    content = struct.pack("<Q", length) + text + bytes(max(0, size))
    if not plain and rng.random() < .05:
        content = content[:rng.randrange(len(content) + 1)]
    return content


def repeats(content):
    """Whether the header has a tensor's name twice."""
    length = struct.unpack("<Q", content[:8])[0]
    found = []

    def hook(pairs):
        found.append([unicodedata.normalize("NFC", key) for key, _ in pairs])
        return dict(pairs)

    json.loads(content[8:8 + length], object_pairs_hook=hook)
    names = [name for name in found[-1] if name != "__metadata__"]
    return len(set(names)) < len(names)


def verdict(content):
    try:
        deserialize(content)
    except Exception:  # any refusal is one
        return 0
    return 2 if repeats(content) else 1


def main():
    seen, counts, out = set(), [0, 0, 0], bytearray()
    while len(seen) < 10_000:
        content = build()
        if content in seen or len(content) > 60_000:
            continue
        seen.add(content)
        found = verdict(content)
        counts[found] += 1
        out += struct.pack("<BH", found, len(content)) + content
    (HERE / "cases.bin").write_bytes(out)
    print("refused, taken, taken with a name twice:", counts, len(out), "bytes")


main()

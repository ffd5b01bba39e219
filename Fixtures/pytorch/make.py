"""State dicts as torch.save writes them, and files that are none.

Run: python make.py            (torch 2.13.0, safetensors 0.8.0, NumPy 2.4.6)

Writes good/NAME.bin, each with the same tensors as good/NAME.safetensors, which the tests compare them with; a model in
two shards in sharded/; and hostile/NAME.bin. manifest.json says of each hostile file which error we must give
(`kind`, or "ok") and what torch.load(weights_only=True) makes of it.
"""
import collections
import io
import pickle
import shutil
import struct
import sys
import warnings
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402

import torch  # noqa: E402
from safetensors.torch import save_file  # noqa: E402

warnings.filterwarnings("ignore")
torch.manual_seed(5)
OLD = dict(_use_new_zipfile_serialization=False)


def good():
    every = {
        "f32": torch.randn(3, 5), "f16": torch.randn(4, 2).half(), "bf16": torch.randn(4, 2).bfloat16(),
        "f64": torch.randn(2, 2).double(), "i64": torch.tensor([-(2**40), 7]), "i32": torch.tensor([-5, 6]).int(),
        "i16": torch.tensor([-300, 5]).short(), "i8": torch.tensor([-128, 127]).char(),
        "u8": torch.tensor([0, 255]).byte(), "bool": torch.tensor([True, False, True]),
        "scalar": torch.tensor(1.5), "empty": torch.zeros(0, 3), "long.name.with.dots": torch.ones(1),
    }
    base = torch.arange(24.0).reshape(4, 6)
    views = {
        "transposed": base.t(), "offset": base.t()[1:, 1:], "every-other": base[::2, ::3], "row": base[2],
        "column": base[:, 3], "half": base.half()[1:, ::2], "position_ids": torch.arange(4).expand((1, -1)),
        "permuted": torch.arange(24).reshape(2, 3, 4).permute(2, 0, 1), "nothing": base[2:2],
    }
    layer = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.LayerNorm(4))
    tied = torch.randn(5, 2)
    many = {f"layer.{i}.weight": torch.full((2, 2), float(i)) for i in range(400)}
    return {
        "every-type": every, "views": views, "module": layer.state_dict(), "parameters": dict(layer.named_parameters()),
        "tied": collections.OrderedDict(a=tied, b=tied, c=tied[1:3]), "many": many, "nothing": {},
    }


def zipped(*entries, root="archive", compression=zipfile.ZIP_STORED):
    """An archive as Python's zipfile writes it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in entries:
            archive.writestr(f"{root}/{name}" if root else name, content)
    return buffer.getvalue()


def text(value):
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def number(value):
    return b"J" + struct.pack("<i", value) if -(2**31) <= value < 2**31 else (
        b"\x8a\x08" + struct.pack("<q", value))


def numbers(values):
    return b"(" + b"".join(number(value) for value in values) + b"t"


def tensor(shape=(2, 3), strides=(3, 1), offset=0, count=6, key="0", kind="FloatStorage", extra=b""):
    storage = b"(" + text("storage") + b"ctorch\n" + kind.encode() + b"\n" + text(key) + text("cpu") + number(count) + b"tQ"
    return (b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + number(offset) + numbers(shape) + numbers(strides)
            + b"\x89ccollections\nOrderedDict\n)R" + extra + b"tR")


def state(*items):
    return b"\x80\x02}(" + b"".join(text(name) + value for name, value in items) + b"u."


DATA = struct.pack("<6f", *range(6))


def archive(pickled, data=DATA, more=()):
    return zipped(("data.pkl", pickled), ("byteorder", "little"), ("data/0", data), ("version", "3\n"), *more)


def directory_entry(archive_bytes, name):
    """The offset of an entry of the central directory."""
    position = archive_bytes.index(b"PK\x01\x02")
    while archive_bytes[position:position + 4] == b"PK\x01\x02":
        a, b, c = struct.unpack_from("<HHH", archive_bytes, position + 28)
        if archive_bytes[position + 46:position + 46 + a].decode().endswith(name):
            return position
        position += 46 + a + b + c
    raise KeyError(name)


def patched(archive_bytes, offset, value):
    return archive_bytes[:offset] + value + archive_bytes[offset + len(value):]


def overlapping():
    content = archive(state(("a", tensor())))
    other = struct.unpack_from("<I", content, directory_entry(content, "version") + 42)[0]
    return patched(content, directory_entry(content, "byteorder") + 42, struct.pack("<I", other))


def resized(name, change):
    content = archive(state(("a", tensor())))
    at = directory_entry(content, name)
    size = struct.unpack_from("<I", content, at + 24)[0] + change
    return patched(content, at + 20, struct.pack("<II", size, size))


def header_field(name, offset, value):
    content = archive(state(("a", tensor())))
    return patched(content, directory_entry(content, name) + offset, value)


def two_headers_beyond():
    """Both in order and far behind the directory: a reader that looks at each entry's neighbour alone reads there."""
    content = archive(state(("a", tensor())))
    for name, offset in [("data/0", 1 << 24), ("version", 1 << 25)]:
        content = patched(content, directory_entry(content, name) + 42, struct.pack("<I", offset))
    return content


def local_name():
    content = archive(state(("a", tensor())))
    at = struct.unpack_from("<I", content, directory_entry(content, "version") + 42)[0]
    return patched(content, at + 30, b"Archive")


def twice():
    content = archive(state(("a", tensor())), more=[("vErsion", "3\n")])
    return content.replace(b"vErsion", b"version")


def wide():
    """Sizes and offsets in ZIP64 fields, as files above 4 GB have them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, content in [("a/data.pkl", state(("a", tensor()))), ("a/data/0", DATA), ("a/version", b"3\n")]:
            with made.open(name, "w", force_zip64=True) as entry:
                entry.write(content)
    return buffer.getvalue()


def wide_directory(lies=False):
    """The sizes of an entry, all ones, in its ZIP64 field."""
    content = wide()
    at = directory_entry(content, "data/0")
    name, extra, _ = struct.unpack_from("<HHH", content, at + 28)
    field = struct.pack("<HHQQ", 1, 16, 24, 1 << 62 if lies else 24)
    entry = content[at:at + 46 + name]
    entry = patched(entry, 20, b"\xff" * 8)
    entry = patched(entry, 30, struct.pack("<H", len(field)))
    content = content[:at] + entry + field + content[at + 46 + name + extra:]
    end = content.rindex(b"PK\x05\x06")
    size = struct.unpack_from("<I", content, end + 12)[0]
    return patched(content, end + 12, struct.pack("<I", size + len(field) - extra))


def end_field(offset, value):
    content = archive(state(("a", tensor())))
    return patched(content, content.rindex(b"PK\x05\x06") + offset, value)


def legacy(value=None, **changes):
    buffer = io.BytesIO()
    torch.save(value or {"a": torch.arange(6.0)}, buffer, **OLD)
    content = buffer.getvalue()
    for old, new in changes.get("replace", []):
        assert old in content
        content = content.replace(old, new)
    return content[:changes.get("length", len(content))]


class Evil:
    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


def evil(function, *arguments):
    return archive(pickle.dumps({"a": Evil(function, *arguments)}, protocol=2))


def named(module, name):
    return archive(state(("a", f"c{module}\n{name}\n".encode() + b")R")))


def hostile():
    loop = b"\x80\x02}q\x00" + text("self") + b"h\x00s."
    laughs = b"\x80\x02(]q\x00" + b"".join(
        b"](" + b"h" + bytes([i]) * 1 + (b"h" + bytes([i])) * 9 + b"eq" + bytes([i + 1]) for i in range(100))
    import os
    cases = [
        ("global-os-system", "forbidden-global", evil(os.system, "true")),
        ("global-eval", "forbidden-global", evil(eval, "1")),
        ("global-import", "forbidden-global", named("importlib", "import_module")),
        ("global-load-from-bytes", "forbidden-global", named("torch.storage", "_load_from_bytes")),
        ("global-rebuild-v1", "forbidden-global", named("torch._utils", "_rebuild_tensor")),
        ("global-rebuild-v3", "forbidden-global", named("torch._utils", "_rebuild_tensor_v3")),
        ("global-complex-storage", "forbidden-global",
         archive(state(("a", tensor(kind="ComplexFloatStorage"))))),
        ("global-dotted", "forbidden-global", named("torch", "FloatStorage.__init__")),
        ("global-without-end", "cut", archive(b"\x80\x02ctorch")),
        ("global-long-name", "invalid-pickle", archive(b"\x80\x02c" + b"a" * 5000)),
        ("call-of-a-storage", "invalid-pickle", named("torch", "FloatStorage")),
        ("call-of-text", "invalid-pickle", archive(state(("a", text("os.system") + b")R")))),
        ("ordered-dict-of-something", "invalid-pickle",
         archive(state(("a", b"ccollections\nOrderedDict\n(" + text("x") + b"tR")))),
        ("attributes-of-a-tensor", "invalid-pickle", archive(state(("a", tensor() + b"}b")))),
        ("memo-loop", "not-a-tensor", archive(loop)),
        ("list-in-itself", "not-a-state-dict", archive(b"\x80\x02]q\x00h\x00a.")),
        ("billion-laughs", "not-a-state-dict", archive(laughs + b"t.")),
        ("deep-tuples", "not-a-state-dict", archive(b"\x80\x02)" + b"\x85" * 30_000 + b".")),
        ("deep-marks", "invalid-pickle", archive(b"\x80\x02" + b"(" * 30_000 + b".")),
        ("huge-text", "cut", archive(b"\x80\x02X\xff\xff\xff\xff.")),
        ("huge-memo-index", "not-a-state-dict", archive(b"\x80\x02]r\xff\xff\xff\xff.")),
        ("unknown-memo-index", "invalid-pickle", archive(b"\x80\x02h\x07.")),
        ("empty-stack", "invalid-pickle", archive(b"\x80\x02R.")),
        ("put-without-value", "invalid-pickle", archive(b"\x80\x02q\x00N.")),
        ("pop-below-a-mark", "invalid-pickle", archive(b"\x80\x02N(\x85.")),
        ("no-mark", "invalid-pickle", archive(b"\x80\x02Nt.")),
        ("items-of-a-list", "invalid-pickle", archive(b"\x80\x02](" + text("a") + b"Nu.")),
        ("odd-items", "invalid-pickle", archive(b"\x80\x02}(" + text("a") + b"u.")),
        ("append-to-a-dict", "invalid-pickle", archive(b"\x80\x02}Na.")),
        ("two-results", "invalid-pickle", archive(b"\x80\x02}}.")),
        ("nothing", "invalid-pickle", archive(b"\x80\x02.")),
        ("empty-pickle", "cut", archive(b"")),
        ("after-the-end", "invalid-pickle", archive(state(("a", tensor())) + b"N.")),
        ("text-no-utf8", "invalid-pickle", archive(b"\x80\x02X\x01\x00\x00\x00\xff.")),
        ("protocol-4", "invalid-pickle", archive(pickle.dumps({"a": 1}, protocol=4))),
        ("stack-global", "invalid-pickle", archive(b"\x80\x02" + text("os") + text("system") + b"\x93.")),
        ("instance", "invalid-pickle", archive(b"\x80\x02(ios\nsystem\n.")),
        ("new-object", "invalid-pickle", archive(b"\x80\x02ccollections\nOrderedDict\n)\x81.")),
        ("root-is-a-number", "not-a-state-dict", archive(b"\x80\x02K\x05.")),
        ("root-is-a-tensor", "not-a-state-dict", archive(b"\x80\x02" + tensor() + b".")),
        ("value-is-a-number", "not-a-tensor", archive(state(("epoch", number(3)), ("a", tensor())))),
        ("value-is-a-dictionary", "not-a-tensor", archive(state(("state_dict", b"}")))),
        ("key-is-a-number", "not-a-state-dict", archive(b"\x80\x02}(K\x01" + tensor() + b"u.")),
        ("persistent-id-is-text", "invalid-pickle", archive(b"\x80\x02" + text("x") + b"Q.")),
        ("persistent-id-of-a-module", "invalid-pickle",
         archive(b"\x80\x02(" + text("module") + b"ctorch\nFloatStorage\n" + text("0") + text("cpu") + b"K\x06tQ.")),
        ("negative-storage", "invalid-pickle", archive(state(("a", tensor(count=-6))))),
        ("storage-beyond-64-bits", "invalid-pickle", archive(state(("a", tensor(count=2**62))))),
        ("storage-too-short", "storage-size", archive(state(("a", tensor(count=7))))),
        ("storage-too-long", "storage-size", archive(state(("a", tensor(count=5, shape=(5,), strides=(1,)))))),
        ("storage-missing", "missing-storage", archive(state(("a", tensor(key="1"))))),
        ("storage-outside", "missing-storage", archive(state(("a", tensor(key="../../data.pkl"))))),
        ("storage-of-two-types", "storage-size",
         archive(state(("a", tensor()), ("b", tensor(kind="DoubleStorage"))))),
        ("tensor-too-large", "tensor-outside-storage", archive(state(("a", tensor(shape=(3, 3)))))),
        ("offset-beyond", "tensor-outside-storage", archive(state(("a", tensor(offset=1))))),
        ("offset-negative", "tensor-outside-storage", archive(state(("a", tensor(offset=-1))))),
        ("stride-beyond", "tensor-outside-storage", archive(state(("a", tensor(strides=(4, 1)))))),
        ("stride-overflows", "tensor-outside-storage", archive(state(("a", tensor(strides=(2**62, 2**61)))))),
        ("shape-overflows", "tensor-outside-storage",
         archive(state(("a", tensor(shape=(2**40, 2**40), strides=(0, 0)))))),
        ("expanded-bomb", "tensor-outside-storage", archive(state(("a", tensor(shape=(2**34,), strides=(0,)))))),
        ("extent-negative", "invalid-pickle", archive(state(("a", tensor(shape=(-2, 3)))))),
        ("ranks-differ", "invalid-pickle", archive(state(("a", tensor(shape=(6,)))))),
        ("shape-is-a-number", "invalid-pickle",
         archive(state(("a", tensor().replace(numbers((2, 3)), number(6)))))),
        ("too-few-arguments", "invalid-pickle",
         archive(state(("a", b"ctorch._utils\n_rebuild_tensor_v2\n)R")))),
        ("parameter-of-a-number", "invalid-pickle",
         archive(state(("a", b"ctorch._utils\n_rebuild_parameter\n(K\x01\x89}tR")))),
        ("ok-metadata-argument", "ok", archive(state(("a", tensor(extra=b"}"))))),
        ("ok-name-twice", "ok", archive(state(("a", tensor()), ("a", tensor(shape=(3, 2), strides=(2, 1)))))),
        ("compressed", "invalid-zip",
         zipped(("data.pkl", state(("a", tensor()))), ("data/0", DATA * 1), compression=zipfile.ZIP_DEFLATED)),
        ("overlapping", "invalid-zip", overlapping()),
        ("name-twice", "invalid-zip", twice()),
        ("size-too-large", "invalid-zip", resized("data/0", 200)),
        ("size-too-small", "invalid-zip", resized("data/0", -4)),
        ("size-of-4-gb", "invalid-zip", header_field("data/0", 20, b"\xfe\xff\xff\xff" * 2)),
        ("sizes-differ", "invalid-zip", header_field("data/0", 20, struct.pack("<I", 4))),
        ("encrypted", "invalid-zip", header_field("data/0", 8, b"\x01\x00")),
        ("header-elsewhere", "invalid-zip", header_field("data/0", 42, b"\x01\x00\x00\x00")),
        ("header-beyond", "invalid-zip", header_field("data/0", 42, b"\xf0\xff\xff\x7f")),
        ("two-headers-beyond", "invalid-zip", two_headers_beyond()),
        ("other-name-in-header", "invalid-zip", local_name()),
        ("too-many-entries", "invalid-zip", end_field(8, b"\xff\xff\xff\xff")),
        ("too-few-entries", "invalid-zip", end_field(8, b"\x02\x00\x02\x00")),
        ("directory-beyond", "invalid-zip", end_field(16, b"\xf0\xff\xff\x7f")),
        ("directory-size", "invalid-zip", end_field(12, b"\x01\x00\x00\x00")),
        ("second-disk", "invalid-zip", end_field(4, b"\x01\x00")),
        ("something-before", "invalid-zip", b"PK\x03\x04" + archive(state(("a", tensor())))),
        ("no-data-pkl", "invalid-zip", zipped(("other.pkl", state()))),
        ("two-data-pkl", "invalid-zip", zipped(("a/data.pkl", state()), ("b/data.pkl", state()), root="")),
        ("data-pkl-at-the-top", "invalid-zip", zipped(("data.pkl", state()), root="")),
        ("ok-zip64-headers", "ok", wide()),
        ("ok-zip64-directory", "ok", wide_directory()),
        ("zip64-lies", "invalid-zip", wide_directory(lies=True)),
        ("ok-comment", "ok", end_field(20, b"\x05\x00") + b"hello"),
        ("torchscript", "torch-script", archive(state(("a", tensor())), more=[("constants.pkl", b"\x80\x02).")])),
        ("big-endian", "big-endian", archive(state(("a", tensor()))).replace(b"little", b"biglit")),
        ("empty", "not-pytorch", b""),
        ("safetensors", "not-pytorch", struct.pack("<Q", 2) + b"{}"),
        ("text", "git-lfs-pointer", b"version https://git-lfs.github.com/spec/v1\n"),
        ("only-pk", "invalid-zip", b"PK\x03\x04"),
        ("plain-pickle", "invalid-pickle", pickle.dumps({"a": 1}, protocol=2)),
        ("plain-evil-pickle", "forbidden-global", pickle.dumps(Evil(os.system, "true"), protocol=2)),
        ("ok-legacy", "ok", legacy()),
        ("legacy-version", "invalid-pickle", legacy(replace=[(b"M\xe9\x03.", b"M\xea\x03.")])),
        ("legacy-big-endian", "invalid-pickle", legacy(replace=[(b"little_endianq\x02\x88", b"little_endianq\x02\x89")])),
        ("legacy-cut", "cut", legacy(length=len(legacy()) - 1)),
        ("legacy-without-data", "cut", legacy(length=len(legacy()) - 32)),
        ("legacy-count", "storage-size", legacy(replace=[(struct.pack("<q", 6), struct.pack("<q", 7))])),
        ("legacy-huge-count", "storage-size",
         legacy(replace=[(struct.pack("<q", 6), struct.pack("<q", -1))])),
    ]
    return cases


def torch_says(content):
    try:
        value = torch.load(io.BytesIO(content), weights_only=True)
        return "ok" if isinstance(value, dict) else type(value).__name__
    except MemoryError:
        return "MemoryError"
    except Exception as error:  # whatever it is, it is the finding
        return type(error).__name__


def main():
    for name in ("good", "sharded", "hostile"):
        shutil.rmtree(HERE / name, ignore_errors=True)
        (HERE / name).mkdir()
    for name, value in good().items():
        torch.save(value, HERE / f"good/{name}.bin")
        torch.save(value, HERE / f"good/{name}-legacy.bin", **OLD)
        plain = {key: tensor.detach().clone().contiguous() for key, tensor in value.items()}
        save_file(plain, HERE / f"good/{name}.safetensors")
    first, second = {"a": torch.ones(2), "c": torch.arange(3)}, {"b": torch.randn(2, 2).half()}
    torch.save(first, HERE / "sharded/pytorch_model-00001-of-00002.bin")
    torch.save(second, HERE / "sharded/pytorch_model-00002-of-00002.bin")
    save_file({**first, **second}, HERE / "sharded/whole.safetensors")
    files = {key: "pytorch_model-00001-of-00002.bin" for key in first}
    files |= {key: "pytorch_model-00002-of-00002.bin" for key in second}
    oracle.write_json(HERE / "sharded/pytorch_model.bin.index.json",
                      {"metadata": {"total_size": 40}, "weight_map": files})
    cases = {}
    for name, kind, content in hostile():
        (HERE / f"hostile/{name}.bin").write_bytes(content)
        cases[name] = {"kind": kind, "torch": torch_says(content)}
    oracle.write_json(HERE / "manifest.json", {
        "oracle": oracle.versions("torch", "safetensors", "numpy"), "good": list(good()), "hostile": cases})


main()

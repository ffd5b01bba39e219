"""Asks the reference implementation what it says of every .safetensors file in this folder.

Writes expected.json: per file the verdict, and for accepted files each tensor's element type, shape, bytes
and, where torch can convert it, the bits of its float32 values.

    python make.py        # needs the safetensors and torch named in expected.json's "oracle"
"""
import json
import pathlib
import platform
import struct

import safetensors
import torch

FOLDER = pathlib.Path(__file__).resolve().parent
TORCH_TYPES = {
    "BOOL": torch.bool, "U8": torch.uint8, "I8": torch.int8, "I16": torch.int16, "U16": torch.uint16,
    "I32": torch.int32, "U32": torch.uint32, "I64": torch.int64, "U64": torch.uint64,
    "F16": torch.float16, "BF16": torch.bfloat16, "F32": torch.float32, "F64": torch.float64,
}


def float_bits(dtype, data):
    """The tensor's values as torch converts them to float32, as unsigned integers."""
    if dtype not in TORCH_TYPES or not data:
        return None
    if dtype == "BOOL":  # any byte but 0 is true; torch itself does not define bytes above 1
        data = bytes(min(byte, 1) for byte in data)
    values = torch.frombuffer(bytearray(data), dtype=TORCH_TYPES[dtype]).to(torch.float32)
    return list(struct.unpack(f"<{values.numel()}I", values.numpy().tobytes()))


def repeats_a_tensor(data):
    """Whether a header names a tensor twice: the reference accepts that, this package does not."""
    names = []

    def collect(pairs):
        names[:] = [key for key, _ in pairs]  # the outermost object is finished last
        return dict(pairs)

    length = struct.unpack("<Q", data[:8])[0]
    json.loads(data[8:8 + length], object_pairs_hook=collect)
    return len(names) != len(set(names))


def verdict(path):
    data = path.read_bytes()
    try:
        tensors = safetensors.deserialize(data)
    except Exception as error:
        return {"verdict": "error", "reason": str(error).removeprefix("Error while deserializing: ")[:90]}
    result = {"verdict": "ok"}
    if repeats_a_tensor(data):
        return {"verdict": "ok", "stricter": "duplicate-tensor"}
    with safetensors.safe_open(path, "pt") as file:
        result["metadata"] = file.metadata() or {}
    result["tensors"] = {}
    for name, info in sorted(tensors):
        entry = {"dtype": info["dtype"], "shape": info["shape"], "bytes": bytes(info["data"]).hex()}
        bits = float_bits(info["dtype"], bytes(info["data"]))
        if bits is not None:
            entry["float32"] = bits
        result["tensors"][name] = entry
    return result


cases = {path.stem: verdict(path) for path in sorted(FOLDER.glob("*.safetensors"))}
oracle = {
    "python": platform.python_version(), "safetensors": safetensors.__version__, "torch": torch.__version__,
}
lines = [f"{json.dumps(name)}: {json.dumps(case, separators=(',', ':'))}" for name, case in cases.items()]
text = '{"oracle": ' + json.dumps(oracle) + ',\n"cases": {\n' + ",\n".join(lines) + "\n}}\n"
(FOLDER / "expected.json").write_text(text)
print(len(cases), "files,", sum(case["verdict"] == "ok" for case in cases.values()), "accepted")

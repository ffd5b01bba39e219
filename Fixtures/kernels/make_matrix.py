"""A small matrix product in bfloat16 and in int8, computed by NumPy and PyTorch.

Run: python make_matrix.py     (torch 2.13.0, NumPy 2.4.6, safetensors 0.8.0)

matrix.safetensors: `rows` F32 [9, 303] and `weights` F32 [21, 303]; 303 fits no step of any kernel, and is whole groups and a
part of one of int8's weights. `bfloat16.rows`, `bfloat16.weights`: rounded by PyTorch; `bfloat16.product` F64: their exact
products summed in float64.

`int8.*`: `rows` with `row_scales` and `zeros`, all F32 although most are integers; of row 0 what rounding left is kept in
`remainders`, 256ths of a unit. `int8.64.*` and `int8.256.*` are of weights in groups of so many: `weights`, already multiplied by
their group's multiplier, with `scales` (one a row), and `product` F32: what the kernels must give to the bit, which is
float32((rows - zeros) weights^T) + float32(remainders weights^T) / 256, times float32(row_scale * scale). Without multipliers
weights are at most 127, and so is in groups of 64, before rounding, the sum of an even one and the next.
"""
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402

import numpy as np  # noqa: E402
import torch  # noqa: E402
from safetensors.numpy import save_file  # noqa: E402

K = 303


def operands():
    random = np.random.Generator(np.random.PCG64(11))
    rows = random.standard_normal((9, K)).astype(np.float32)
    weights = random.standard_normal((21, K)).astype(np.float32)
    rows[1] = 0
    rows[2] = np.abs(rows[2])          # of one sign: the zero point is at an end
    rows[3] = -np.abs(rows[3])
    rows[4] *= np.float32(2.0**-110)   # too small to be quantised
    rows[5] *= np.float32(1e4)
    rows[6] = 1                        # the greatest 8-bit sums, with weights[2]
    weights[1] = 0
    weights[2] = 1
    weights[3] = -1
    weights[4] *= np.float32(2.0**-110)
    weights[5, 7] = 50                 # one large weight takes the others' precision
    weights[6, 8:12] = 3, 3, -3, 3     # two that count together, and two that do not
    return rows, weights


def bfloat16(x):
    return torch.from_numpy(x).to(torch.bfloat16).to(torch.float32).numpy()


def quantized_weights(weights, length):
    size = np.abs(weights)
    if length == 64:
        pairs = weights.copy()
        pairs[:, :-1:2] += weights[:, 1::2]
        size = np.maximum(size, np.abs(pairs))
    most = size.max(axis=1)
    tiny = most < np.float32(2.0**-100)
    sizes = (np.abs(weights) / np.where(tiny, np.float32(1), most)[:, None]).sum(axis=1)
    multipliers = np.clip(np.floor(0.99 * 2**31 / 255 / (127 * sizes + K / 2)), 1, 255).astype(np.float32)
    unit = np.where(tiny, np.float32(1), most / multipliers)
    integers = []
    for start in range(0, K, length):
        group = slice(start, start + length)
        m = np.clip(np.ceil(size[:, group].max(axis=1) / unit), 1, multipliers)
        inverse = np.where(tiny, np.float32(0), np.float32(127) / (m * unit))
        q = np.rint(weights[:, group] * inverse[:, None])
        assert np.abs(q).max() <= 127 and (length > 64 or np.abs(q[:, :-1:2] + q[:, 1::2]).max() <= 128)
        integers.append(q * m[:, None])
    q = np.concatenate(integers, axis=1)
    assert np.abs(q).sum(axis=1).max() * 255 < 2**31
    return q, np.where(tiny, np.float32(0), unit / np.float32(127))


def quantized_rows(rows):
    low = np.minimum(rows.min(axis=1), 0)
    span = np.maximum(rows.max(axis=1), 0) - low
    tiny = span < np.float32(2.0**-100)
    with np.errstate(divide="ignore"):
        inverse = np.where(tiny, np.float32(0), np.float32(255) / span)
    zeros = np.rint(-low * inverse)
    scaled = rows * inverse[:, None]
    q = np.clip(np.rint(scaled) + zeros[:, None], 0, 255)
    remainders = np.clip(np.rint((scaled - (q - zeros[:, None])) * 256), -128, 127)
    return q, np.where(tiny, np.float32(0), span / np.float32(255)), zeros, remainders


def main():
    rows, weights = operands()
    golden = {"rows": rows, "weights": weights, "bfloat16.rows": bfloat16(rows), "bfloat16.weights": bfloat16(weights)}
    golden["bfloat16.product"] = (
        golden["bfloat16.rows"].astype(np.float64) @ golden["bfloat16.weights"].astype(np.float64).T)
    q, row_scales, zeros, remainders = quantized_rows(rows)
    remainders[1:] = 0
    golden |= {"int8.rows": q, "int8.row_scales": row_scales, "int8.zeros": zeros, "int8.remainders": remainders}
    exact = rows.astype(np.float64) @ weights.astype(np.float64).T
    size = np.abs(rows).max(axis=1)[:, None] * np.abs(weights).max(axis=1)[None]
    for length in (64, 256):
        w, scales = quantized_weights(weights, length)
        sums = (q - zeros[:, None]).astype(np.int64) @ w.astype(np.int64).T
        rests = (remainders.astype(np.int64) @ w.astype(np.int64).T).astype(np.float32) / np.float32(256)
        product = (sums.astype(np.float32) + rests) * (row_scales[:, None] * scales[None])
        golden |= {f"int8.{length}.weights": w, f"int8.{length}.scales": scales, f"int8.{length}.product": product}
        error = np.abs(product - exact).max(where=size > 1e-20, initial=0) / size.max()
        print(f"int8, groups of {length}: {error:.1e} of the largest product")
    assert all(values.dtype == np.float32 for name, values in golden.items() if name != "bfloat16.product")
    save_file(golden, HERE / "matrix.safetensors")
    oracle.write_json(HERE / "matrix-manifest.json", {
        "oracle": oracle.versions("torch", "numpy", "safetensors"), "tensors": sorted(golden)})


main()

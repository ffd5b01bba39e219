"""Activation functions and their parts at chosen float32 arguments, rounded once to float64 from 60 digits.

Run: python make.py            (mpmath 1.3.0, NumPy 2.4.6, safetensors 0.8.0)

golden.safetensors: `x` F32 [N] and, as F64 [N] under their config.json names, every function of FUNCTIONS; `erf`,
`exp` and `tanh` are the plain functions. The tanh forms use the constants of transformers' code as float64, and
each function is what transformers' code means at +-infinity (a finite limit where the code gives NaN, as for
gelu(-inf), is what the table holds; `x` = NaN is not in it). Values below float64's normal range may be rounded twice.
"""
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402

import mpmath  # noqa: E402
import numpy as np  # noqa: E402
from mpmath import mpf  # noqa: E402
from safetensors.numpy import save_file  # noqa: E402

mpmath.mp.dps = 60
ROOT_2_OVER_PI = mpf((2 / np.pi) ** 0.5)  # math.sqrt(2 / math.pi) in transformers
GELU_FAST = mpf(0.7978845608)


def sigmoid(x):
    return 1 / (1 + mpmath.exp(-x))


def gelu(x):
    return x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2  # 1 + erf(z) would lose every digit for large negative x


def tanh_gelu(constant):
    # 0.5 * (1 + tanh(u)) = sigmoid(2u)
    return lambda x: x * sigmoid(2 * constant * (x + mpf(0.044715) * x**3))


def softplus(x):
    return x + mpmath.log1p(mpmath.exp(-x)) if x > 0 else mpmath.log1p(mpmath.exp(x))


def relu6(x):
    return min(max(x, mpf(0)), mpf(6))


# name: (function, its value at -infinity, at +infinity)
INF = float("inf")
FUNCTIONS = {
    "erf": (mpmath.erf, -1, 1),
    "exp": (mpmath.exp, 0, INF),
    "tanh": (mpmath.tanh, -1, 1),
    "gelu": (gelu, 0, INF),
    "gelu_10": (lambda x: min(gelu(x), mpf(10)), 0, 10),
    "gelu_new": (tanh_gelu(ROOT_2_OVER_PI), 0, INF),
    "gelu_pytorch_tanh": (tanh_gelu(mpmath.sqrt(2 / mpmath.pi)), 0, INF),
    "gelu_fast": (lambda x: x * sigmoid(2 * (x * GELU_FAST) * (1 + mpf(0.044715) * x * x)), 0, INF),
    "quick_gelu": (lambda x: x * sigmoid(mpf(1.702) * x), 0, INF),
    "silu": (lambda x: x * sigmoid(x), 0, INF),
    "sigmoid": (sigmoid, 0, 1),
    "relu": (lambda x: max(x, mpf(0)), 0, INF),
    "relu2": (lambda x: max(x, mpf(0)) ** 2, 0, INF),
    "relu6": (relu6, 0, 6),
    "leaky_relu": (lambda x: x if x > 0 else mpf(0.01) * x, -INF, INF),
    "hardswish": (lambda x: x * relu6(x + 3) / 6, 0, INF),
    "mish": (lambda x: x * mpmath.tanh(softplus(x)), 0, INF),
    "laplace": (lambda x: (1 + mpmath.erf((x - mpf(0.707107)) / (mpf(0.282095) * mpmath.sqrt(2)))) / 2, 0, 1),
    "sqrtsoftplus": (lambda x: mpmath.sqrt(softplus(x)), 0, INF),
}


def arguments():
    random = np.random.Generator(np.random.PCG64(5))
    steps = np.float32([1, 1.25, 1.5, 1.9375])
    positive = [np.ldexp(steps, e).astype(np.float32) for e in range(-126, 128)]          # every exponent
    positive += [np.float32([2.0**-149, 3 * 2.0**-149, 2.0**-140, 2.0**-127, 2.0**-126 - 2.0**-149])]  # subnormal
    positive += [np.arange(0, 14, 0.03125, dtype=np.float32)]                             # the range that matters
    positive += [np.abs(random.standard_normal(400)).astype(np.float32)]                  # what a network sees
    # Where implementations change their formula or a result leaves float32's range, and the floats on both sides.
    edges = [0.5, 0.625, 0.84375, 0.921875, 1, 1.25, 2**0.5, 2, 2.5, 2.857142857, 3, 3.832507, 3.92, 4, 4.5, 5, 5.419,
             6, 7, 8, 8.664, 9, 9.010913, 10, 10.054, 13, 13.2, 14.4, 16, 17.33, 20, 50, 87.33654, 88.02969,
             88.72283, 88.72284, 89, 103.2789, 103.97208, 104, 127, 128, 150, 0.34657359, 0.693147, 1.0397207]
    for edge in np.float32(edges):
        positive += [np.float32([np.nextafter(edge, np.float32(0)), edge, np.nextafter(edge, np.float32(np.inf))])]
    positive += [np.float32([0, np.finfo(np.float32).max, np.inf])]
    positive = np.unique(np.concatenate(positive))
    return np.concatenate([-positive[::-1], positive])  # -0 and +0 both


def main():
    x = arguments()
    golden = {"x": x}
    for name, (function, low, high) in FUNCTIONS.items():
        values = np.empty(len(x), dtype=np.float64)
        for index, argument in enumerate(x):
            if np.isinf(argument):
                values[index] = high if argument > 0 else low
            elif name == "exp" and abs(argument) > 1e6:
                values[index] = INF if argument > 0 else 0.0
            else:
                values[index] = float(function(mpf(float(argument))))
        zero = np.flatnonzero((x == 0) & np.signbit(x))
        if name in ("erf", "tanh", "leaky_relu") or "gelu" in name or name in ("silu", "hardswish", "mish"):
            values[zero] = -0.0  # odd, or x times something: the sign of zero stays
        golden[name] = values
    save_file(golden, HERE / "golden.safetensors")
    oracle.write_json(HERE / "manifest.json", {
        "oracle": oracle.versions("mpmath", "numpy", "safetensors"), "arguments": len(x),
        "functions": list(FUNCTIONS)})
    check(golden)


def check(golden):
    """The table against transformers' own code in float64, where that code is exact enough to be a check."""
    import torch
    from transformers.activations import ACT2FN

    x = torch.from_numpy(golden["x"]).double()
    usual = x.abs() < 30
    for name in FUNCTIONS:
        if name in ("erf", "exp"):
            theirs = getattr(torch, name)(x)
        else:
            theirs = ACT2FN[name](x)
        ours = torch.from_numpy(golden[name])
        error = ((theirs - ours).abs() / ours.abs().clamp(min=1))[usual].max().item()
        print(f"{name:18} {error:.1e}")
        assert error < (1e-10 if name == "sqrtsoftplus" else 1e-15), name  # torch's softplus is x above 20


main()

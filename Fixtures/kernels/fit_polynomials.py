"""Fits the polynomials of Sources/CTensorKernels (erf, log erfc, exp, powers of two, GELU) and prints their coefficients.

Run: python fit_polynomials.py   (needs numpy and mpmath)
Interpolation at Chebyshev nodes in 60-digit arithmetic, coefficients rounded to float32 from the
highest order down, each lower order refitted around the rounded ones.
"""
import numpy as np, mpmath as mp
mp.mp.dps = 60

def fit(f, lo, hi, degree, fixed=()):
    """Coefficients c0..cn as float32 of a near-minimax polynomial for f on [lo, hi]."""
    lo, hi = mp.mpf(lo), mp.mpf(hi)
    coeffs = [None] * (degree + 1)
    for k in range(degree, -1, -1):
        # interpolate f - (already rounded high orders) by degree k
        n = k + 1
        nodes = [(lo + hi) / 2 + (hi - lo) / 2 * mp.cos(mp.pi * (2 * i + 1) / (2 * n)) for i in range(n)]
        rest = lambda x: f(x) - sum(coeffs[j] * x ** j for j in range(k + 1, degree + 1))
        a = mp.matrix(n, n); b = mp.matrix(n, 1)
        for i, x in enumerate(nodes):
            b[i] = rest(x)
            for j in range(n): a[i, j] = x ** j
        c = mp.lu_solve(a, b)
        coeffs[k] = mp.mpf(float(np.float32(float(c[k]))))
    return [float(c) for c in coeffs]

def err(f, c, lo, hi, n=400):
    return max(abs(float(f(x) - sum(mp.mpf(v) * x ** j for j, v in enumerate(c)))) for x in [mp.mpf(lo) + (mp.mpf(hi) - mp.mpf(lo)) * i / n for i in range(n + 1)])

def q(t):
    t = mp.mpf(t)
    if t == 0: return 2 / mp.sqrt(mp.pi) - 1
    x = mp.sqrt(t); return mp.erf(x) / x - 1
def lerfc(u):  # about the middle of [1, 4]
    return -mp.log(mp.erfc(u))
def show(name, c): print(name, ', '.join(float(v).hex() + 'f' for v in c))
for d in (6,7,8):
    c = fit(q, 0, 1, d); print(d, err(q, c, 0, 1)); 
c = fit(q, 0, 1, 7); show('erf_q', c)
for d in (8,9,10):
    g = lambda u: lerfc(u + 1); cc = fit(g, 0, 3, d)
    w = max(abs(float((g(x) - sum(mp.mpf(v) * x ** j for j, v in enumerate(cc))) * mp.erfc(1 + x))) for x in [mp.mpf(3) * i / 300 for i in range(301)])
    print(d, 'weighted', w); show('lerfc%d' % d, cc)
h = mp.log(2) / 2
for d in (3,4,5):
    e = lambda r: (mp.exp(r) - 1 - r) / r ** 2 if abs(r) > 1e-15 else mp.mpf('0.5') + r / 6
    ec = fit(e, -h * mp.mpf('1.01'), h * mp.mpf('1.01'), d); print(d, err(e, ec, -h, h)*float(h*h))
    show('exp%d' % d, ec)
# 2^r = 1 + r P(r)
power = lambda r: (mp.mpf(2) ** r - 1) / r if abs(r) > 1e-15 else mp.log(2) + r * mp.log(2) ** 2 / 2
pc = fit(power, -0.5, 0.5, 4); print('power of two', err(power, pc, -0.5, 0.5)); show('power4', pc)
# GELU: x Phi(x) = max(x, 0) - a q(a - 1.5)^2 with a = min(|x|, 6), q the root of the normal tail Phi(-a). Least
# squares, reweighted until the largest error of a q^2 is as small as it gets.
import math
from numpy.polynomial import Chebyshev, Polynomial
nodes = np.cos((np.arange(3000) + .5) * np.pi / 3000); a = 3 * (nodes + 1)
root = np.sqrt([math.erfc(x / math.sqrt(2)) / 2 for x in a])
weight = 2 * np.maximum(a, 1e-3) * root; emphasis = np.ones_like(a); best = (1, None)
for _ in range(30):
    w = np.sqrt(emphasis) * weight
    c = np.linalg.lstsq(np.polynomial.chebyshev.chebvander(nodes, 13) * w[:, None], root * w, rcond=None)[0]
    error = np.abs(weight * (np.polynomial.chebyshev.chebval(nodes, c) - root))
    best = min(best, (error.max(), tuple(c)))
    emphasis *= error / error.max() + 1e-3; emphasis /= emphasis.max()
print('gelu', best[0]); in_shifted = Chebyshev(best[1], domain=[-1.5, 4.5]).convert(kind=Polynomial, domain=[-1, 1])
show('gelu_tail13', np.float32(in_shifted.coef))
# The slope of GELU at -a: e^(-a^2 / 2) g(a - 1) with a up to 6, g = e^(a^2 / 2) Phi(-a) - a / sqrt(2 pi). At a it is one
# minus that. The same kind of fit, for the error of the product.
a = 3 * (nodes + 1); density = np.exp(-a * a / 2)
g = np.array([float(mp.erfc(x / mp.sqrt(2)) / 2 * mp.exp(x * x / 2) - x / mp.sqrt(2 * mp.pi)) for x in map(mp.mpf, a)])
emphasis = np.ones_like(a); best = (1, None)
for _ in range(60):
    w = np.sqrt(emphasis) * density
    c = np.linalg.lstsq(np.polynomial.chebyshev.chebvander(nodes, 11) * w[:, None], g * w, rcond=None)[0]
    error = np.abs(density * (np.polynomial.chebyshev.chebval(nodes, c) - g))
    best = min(best, (error.max(), tuple(c)))
    emphasis *= error / error.max() + 1e-3; emphasis /= emphasis.max()
print('gelu slope', best[0]); in_shifted = Chebyshev(best[1], domain=[-1, 5]).convert(kind=Polynomial, domain=[-1, 1])
show('gelu_slope11', np.float32(in_shifted.coef))

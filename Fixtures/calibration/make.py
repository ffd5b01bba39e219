"""Goldens of fitting a calibration: temperature and bias, and the unsure band.

Run: python Fixtures/calibration/make.py   (Python 3.11, numpy 2.x, scipy 1.x, scikit-learn 1.x; versions are in the file)

Temperature and bias are those of an unpenalised logistic regression on one feature, the log-odds: its coefficient is
1 / T and its intercept the bias. Two solvers have to agree on it: scikit-learn's `newton-cholesky` and scipy's L-BFGS-B
with exact gradients, polished by Newton's method in long double.

The band is split-conformal for each class (Mondrian), written out plainly below. `by_source` is the same for an image of
a source that was not there (Lee, Barber and Willett 2023, "Distribution-free inference with hierarchical data"): each
source weighs 1 / (K + 1), shared by its images, and so much weight is at infinity.
"""

import json
import math
import sys
from collections import defaultdict
from fractions import Fraction

import numpy as np
import scipy
import sklearn
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression


def fit(x, y):
    def loss(p):
        z = p[0] * x + p[1]
        q = 1 / (1 + np.exp(-np.clip(z, -700, 700)))
        return np.sum(np.logaddexp(0, z) - y * z), np.array([np.sum((q - y) * x), np.sum(q - y)])

    start = minimize(loss, [1 / max(np.std(x), 1e-9), 0], jac=True, method="L-BFGS-B",
                     options=dict(maxiter=10000, ftol=1e-15, gtol=1e-12)).x
    # Long double, so that the last digits of a double are right.
    lx, ly, p = x.astype(np.longdouble), y.astype(np.longdouble), start.astype(np.longdouble)
    for _ in range(50):
        q = 1 / (1 + np.exp(-(p[0] * lx + p[1])))
        g = np.array([np.sum((q - ly) * lx), np.sum(q - ly)])
        w = q * (1 - q)
        a, b, d = np.sum(w * lx * lx), np.sum(w * lx), np.sum(w)
        det = a * d - b * b
        p = p - np.array([(d * g[0] - b * g[1]) / det, (a * g[1] - b * g[0]) / det])
    slope, bias = float(p[0]), float(p[1])
    other = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-12, max_iter=1000).fit(x[:, None], y)
    assert abs(other.coef_[0, 0] - slope) < 1e-6 * abs(slope), (other.coef_, slope)
    assert abs(other.intercept_[0] - bias) < 1e-6 * max(1, abs(bias)), (other.intercept_, bias)
    return dict(temperature=1 / slope, bias=bias, log_loss=float(loss([slope, bias])[0] / len(x)))


def bound(scores, rate):
    """The score that at most `rate` of further ones exceed: the ceil((n + 1)(1 - rate))-th smallest."""
    rate = Fraction(str(rate))
    k = math.ceil((len(scores) + 1) * (1 - rate))
    return sorted(scores)[k - 1] if k <= len(scores) else math.inf


def source_bound(scores, sources, rate):
    rate = Fraction(str(rate))
    groups = defaultdict(list)
    for score, source in zip(scores, sources):
        groups[source].append(score)
    weights = sorted((s, Fraction(1, (len(groups) + 1) * len(g))) for g in groups.values() for s in g)
    total = Fraction(0)
    for index, (score, weight) in enumerate(weights):
        total += weight
        last = index + 1 == len(weights) or weights[index + 1][0] != score
        if last and total >= 1 - rate:
            return score
    return math.inf


def source_rate(scores, sources, limit):
    """The rate that holds for a new source where everything above `limit` is an error."""
    groups = defaultdict(list)
    for score, source in zip(scores, sources):
        groups[source].append(score)
    k = len(groups) + 1
    return float(1 - sum(Fraction(1, k * len(g)) for g in groups.values() for s in g if s <= limit))


def band(score, y, rate, sources=None, source=None):
    real, fake = score[y == 0], -score[y == 1]
    to, start = bound(real, rate), bound(fake, rate)
    if source is not None:
        to = max(to, source_bound(real, sources[y == 0], source))
        start = max(start, source_bound(fake, sources[y == 1], source))
    to, start = min(to, 1.0), max(-start, 0.0)
    if start > to:
        # Every score is beyond one bound or both: one threshold serves both classes.
        start = to = min(max(0.5, to), start)
    return dict(error_rate=rate, source_error_rate=source, **{"from": float(start), "to": float(to)})


def case(name, x, y, sources):
    x, y, sources = np.asarray(x, float), np.asarray(y, int), np.asarray(sources)
    order = np.random.default_rng(1).permutation(len(x))
    x, y, sources = x[order], y[order], sources[order]
    fitted = fit(x, y)
    z = x / fitted["temperature"] + fitted["bias"]
    score = np.where(z < 0, np.exp(z) / (1 + np.exp(z)), 1 / (1 + np.exp(-z)))
    bands = [band(score, y, rate) for rate in (0.01, 0.02, 0.05, 0.1, 0.2, 0.49)]
    bands += [band(score, y, 0.02, sources, rate) for rate in (0.02, 0.1, 0.25)]
    for b in bands:
        b["real_source_rate"] = source_rate(score[y == 0], sources[y == 0], b["to"])
        b["fake_source_rate"] = source_rate(-score[y == 1], sources[y == 1], -b["from"])
    return dict(name=name, log_odds=x.tolist(), fake=y.tolist(), sources=sources.tolist(), fit=fitted, bands=bands)


def main():
    g = np.random.default_rng(20261126)
    cases = []
    y = np.repeat([0, 1], [177, 157])
    cases.append(case("like the photographs", np.where(y, g.normal(2.2, 2, 334), g.normal(-2.2, 1.9, 334)), y,
                      [f"s{i % 31}" for i in range(334)]))
    y = np.repeat([0, 1], [300, 30])
    cases.append(case("unbalanced", np.where(y, g.normal(1, 3, 330), g.normal(-3, 2, 330)), y,
                      [f"s{i * i % 23}" for i in range(330)]))
    y = np.repeat([0, 1], [40, 40])
    cases.append(case("large logits", np.where(y, g.normal(300, 400, 80), g.normal(-300, 400, 80)), y, ["one"] * 80))
    y = np.repeat([0, 1], [60, 60])
    cases.append(case("far from zero", np.where(y, g.normal(101, 1, 120), g.normal(99.5, 1, 120)), y,
                      [f"s{i % 7}" for i in range(120)]))
    y = np.repeat([0, 1], [150, 150])
    cases.append(case("nearly apart, bounds cross", np.where(y, g.normal(6, 2, 300), g.normal(-6, 2, 300)) +
                      np.where(np.arange(300) % 149 == 3, np.where(y, -14, 14), 0), y, [f"s{i % 40}" for i in range(300)]))
    y = np.array([0, 0, 0, 1, 1])
    cases.append(case("five images", [-2, -1, 1, 0.5, 3], y, ["a", "a", "b", "a", "c"]))
    y = np.repeat([0, 1], [50, 50])
    cases.append(case("ties", np.round(np.where(y, g.normal(1, 1, 100), g.normal(-1, 1, 100))), y,
                      [f"s{i % 11}" for i in range(100)]))
    json.dump(dict(python=sys.version.split()[0], numpy=np.__version__, scipy=scipy.__version__,
                   sklearn=sklearn.__version__, cases=cases),
              open("Fixtures/calibration/fits.json", "w"), separators=(",", ":"))


main()

"""Goldens of the metrics of `Evaluation`, by scikit-learn, SciPy and NumPy.

    python Fixtures/metrics/make.py

Made with scikit-learn 1.9.1, SciPy and NumPy of the versions that `metrics.json` names.

What is not obvious:

- `roc_curve` drops points that continue their neighbours' step (`drop_intermediate`, its default): by second differences,
  so that of a straight stretch in unequal steps all points stay. Both forms are here.
- Areas of one class: `roc_auc_score` gives NaN with a warning, and `average_precision_score` 0 where nothing is positive.
  Both are null here: there is no such figure.
- `calibration_curve` puts a score that is an edge into the bin below it, and gives only bins that have images. The expected
  calibration error is not in scikit-learn; it is computed from its bins here.
- Large sets are not stored: both sides draw them with SplitMix64 (`drawn`).
- Bootstrap: the draws are those that `Bootstrap` documents, the areas are scikit-learn's of the drawn images, the
  percentiles NumPy's.
- Macro averages are over the classes that are there or said, which is what scikit-learn does without `labels=`.
"""

import json
import pathlib
import warnings

import numpy as np
import scipy
import scipy.stats
import sklearn
from sklearn import calibration, metrics

HERE = pathlib.Path(__file__).parent
MASK = (1 << 64) - 1
warnings.simplefilter("ignore")


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def unit(self):
        return (self.next() >> 11) * 2.0**-53


def drawn(count, seed, steps):
    """Truths and scores: positive images are drawn the higher of two numbers, on `steps` steps where that is not 0."""
    generator = SplitMix64(seed)
    labels, scores = [], []
    for _ in range(count):
        positive = generator.next() & 1 == 1
        first, second = generator.unit(), generator.unit()
        score = max(first, second) if positive else min(first, second)
        if steps:
            score = float(int(score * steps)) / steps
        labels.append(int(positive))
        scores.append(score)
    return np.array(labels), np.array(scores)


def none(value):
    return None if value is None or not np.isfinite(value) else float(value)


def prf(y, p, average):
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        y, p, average=average, pos_label=1, zero_division=0)
    return [float(precision), float(recall), float(f1)]


def wilson(count, total):
    interval = scipy.stats.binomtest(int(count), int(total)).proportion_ci(0.95, method="wilson")
    return [float(interval.low), float(interval.high)]


def calibrated(y, s, strategy):
    true, predicted = calibration.calibration_curve(y, s, n_bins=15, strategy=strategy, pos_label=1)
    edges = (np.percentile(s, np.linspace(0, 1, 16) * 100) if strategy == "quantile" else np.linspace(0, 1, 16))
    ids = np.searchsorted(edges[1:-1], s)
    counts = np.bincount(ids, minlength=15)
    counts = counts[counts != 0]
    distances = np.abs(true - predicted)
    return {
        "positives": true.tolist(), "meanScores": predicted.tolist(), "counts": counts.tolist(),
        "expectedError": float(np.sum(distances * counts) / len(s)), "maximumError": float(distances.max()),
    }


def rate_at(y, s, limit):
    fpr, tpr, thresholds = metrics.roc_curve(y, s, drop_intermediate=False)
    allowed = np.flatnonzero(fpr <= limit)
    best = allowed[np.argmax(tpr[allowed])]  # the first of the best: the highest threshold
    return [none(thresholds[best]), float(fpr[best]), float(tpr[best])]


def bootstrap(y, s, threshold, replicates, seed):
    generator = SplitMix64(seed)
    positives, negatives = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    figures = []
    for _ in range(replicates):
        chosen = np.concatenate([
            group[[generator.next() * len(group) >> 64 for _ in group]] for group in (positives, negatives)])
        yy, ss = y[chosen], s[chosen]
        figures.append([
            metrics.roc_auc_score(yy, ss), metrics.average_precision_score(yy, ss),
            metrics.balanced_accuracy_score(yy, ss >= threshold)])
    ends = np.percentile(np.array(figures), [2.5, 97.5], axis=0)
    return {
        name: ends[:, column].tolist()
        for column, name in enumerate(["rocArea", "averagePrecision", "balancedAccuracy"])}


def curve(points):
    return [[none(value) for value in point] for point in points]


def figures(name, y, s, threshold=0.5, curves=True, replicates=0):
    y, s = np.asarray(y), np.asarray(s, dtype=np.float64)
    p = (s >= threshold).astype(int)
    both = 0 < y.sum() < len(y)
    matrix = metrics.confusion_matrix(y, p, labels=[0, 1])
    result = {
        "name": name, "threshold": threshold, "confusion": matrix.tolist(),
        "accuracy": float(metrics.accuracy_score(y, p)), "accuracyInterval": wilson((y == p).sum(), len(y)),
        "balancedAccuracy": none(metrics.balanced_accuracy_score(y, p)),
        "binary": prf(y, p, "binary") if both else None,
        "macro": prf(y, p, "macro"), "weighted": prf(y, p, "weighted"),
        "rocArea": none(metrics.roc_auc_score(y, s)) if both else None,
        "averagePrecision": float(metrics.average_precision_score(y, s)) if y.sum() else None,
        "logLoss": float(metrics.log_loss(y, s, labels=[0, 1])),
        "brierScore": float(np.mean((s - y) ** 2)) if not both else float(metrics.brier_score_loss(y, s)),
        "equalWidth": calibrated(y, s, "uniform"), "equalMass": calibrated(y, s, "quantile"),
    }
    if y.sum():
        precision, recall, _ = metrics.precision_recall_curve(y, s)
        result["precisionRecallArea"] = float(metrics.auc(recall, precision))
    if both:
        result["at1Percent"] = rate_at(y, s, 0.01)
        result["at5Percent"] = rate_at(y, s, 0.05)
    if curves and both:
        fpr, tpr, thresholds = metrics.roc_curve(y, s, drop_intermediate=False)
        result["roc"] = curve(zip(thresholds, fpr, tpr))
        fpr, tpr, thresholds = metrics.roc_curve(y, s)
        result["rocDropped"] = curve(zip(thresholds, fpr, tpr))
        precision, recall, thresholds = metrics.precision_recall_curve(y, s)
        result["precisionRecall"] = curve(zip(np.append(thresholds, np.inf), precision, recall))
    if replicates:
        result["bootstrap"] = bootstrap(y, s, threshold, replicates, 42) | {"replicates": replicates}
    return result


def stored(name, y, s, **options):
    return figures(name, y, s, **options) | {
        "labels": "".join(str(int(v)) for v in y), "scores": [float(v) for v in s]}


def from_draw(name, count, seed, steps, **options):
    y, s = drawn(count, seed, steps)
    return figures(name, y, s, **options) | {"drawn": {"count": count, "seed": seed, "steps": steps}}


def classes(name, labels, y, p):
    macro = metrics.precision_recall_fscore_support(y, p, average="macro", zero_division=0)
    weighted = metrics.precision_recall_fscore_support(y, p, average="weighted", zero_division=0)
    each = metrics.precision_recall_fscore_support(
        y, p, average=None, labels=list(range(labels)), zero_division=0)
    return {
        "name": name, "labels": labels, "actual": [int(v) for v in y], "predicted": [int(v) for v in p],
        "confusion": metrics.confusion_matrix(y, p, labels=list(range(labels))).tolist(),
        "accuracy": float(metrics.accuracy_score(y, p)),
        "balancedAccuracy": float(metrics.balanced_accuracy_score(y, p)),
        "macro": [float(v) for v in macro[:3]], "weighted": [float(v) for v in weighted[:3]],
        "each": np.array(each[:3]).T.tolist(),
    }


def main():
    random = np.random.default_rng(7)
    y, s = drawn(150, 1, 0)
    binary = [
        from_draw("random", 150, 1, 0, replicates=200),
        from_draw("random, threshold 0.3", 150, 1, 0, threshold=0.3, curves=False, replicates=50),
        from_draw("tied", 200, 2, 8, replicates=200),
        from_draw("few steps", 64, 3, 3, replicates=100),
        from_draw("huge", 60_000, 4, 0, curves=False),
        from_draw("huge and tied", 60_000, 5, 1000, curves=False),
        stored("float32 scores", y[:80], s[:80].astype(np.float32).astype(np.float64)),
        stored("one of each", [1, 0], [0.9, 0.1], replicates=5),
        stored("one of each, wrong", [1, 0], [0.1, 0.9]),
        stored("separated", [0] * 10 + [1] * 12, [i / 50 for i in range(10)] + [0.7 + i / 50 for i in range(12)]),
        stored("all scores equal", [0, 1, 1, 0, 1], [0.5] * 5, replicates=5),
        stored("all 0 and 1", [0, 1, 1, 0, 1, 0], [0, 1, 0, 1, 1, 0]),
        stored("only real", [0, 0, 0], [0.2, 0.7, 0.4]),
        stored("only generated", [1, 1, 1], [0.2, 0.7, 0.4]),
        stored("one real image", [0], [0.2]),
        stored("edges of bins", [i % 2 for i in range(31)], [i / 30 for i in range(31)]),
        stored("nothing called generated", [0, 1, 1], [0.1, 0.2, 0.3]),
        stored("everything called generated", [0, 0, 1], [0.7, 0.6, 0.9]),
        stored("straight stretches", [1, 0] * 6, [1 - i // 2 / 10 for i in range(12)]),
    ]
    y = random.integers(0, 5, 200)
    p = np.where(random.random(200) < 0.6, y, random.integers(0, 5, 200))
    multi = [
        classes("five classes", 5, y, p),
        classes("a class that is never said", 4, [0, 1, 2, 3, 3, 0], [0, 1, 2, 2, 1, 0]),
        classes("a class that is only said", 4, [0, 1, 2, 2, 1, 0], [0, 1, 3, 2, 3, 0]),
        classes("a class that is neither", 4, [0, 1, 3, 3], [0, 1, 3, 0]),
        classes("one class", 3, [1, 1], [1, 1]),
    ]
    intervals = [[k, n] + wilson(k, n) for k, n in [
        (0, 1), (1, 1), (0, 10), (10, 10), (1, 10), (5, 10), (81, 263), (9389, 10000), (18423, 19622), (1, 1_000_000)]]
    document = {
        "versions": {
            "scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
        "binary": binary, "classes": multi, "wilson": intervals,
    }
    text = json.dumps(document, separators=(",", ":"))
    (HERE / "metrics.json").write_text(text.replace('{"name"', '\n{"name"') + "\n")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""What the layers of a frozen network know of images from sources that no training image came from.

usage: layers.py MODEL IMAGES.zip [--folds 5]      (Python with torch, transformers, pillow and scikit-learn)

The zip has SPLIT/LABEL/SOURCE/name.jpg with images of 256 pixels; both splits are taken. For each layer the CLS row, and the mean
and the standard deviation over patches, of the middle 224 pixels ("native") and of the whole image at 224 pixels ("whole"). On
them logistic regression, classes balanced, sources weighted by the root of their size, judged on whole sources that are left out:
the parts are dealt as `aiguard cross-validate` deals them. The regularisation is the best of three by the printed area, so that
the figures flatter by a little.
"""
import argparse
import io
import zipfile

import numpy as np
import torch
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler
from transformers import ViTForImageClassification

SETS = {
    "CLS of the last layer": [(12, 0)],
    "mean of the last layer": [(12, 1)],
    "CLS of layer 5": [(5, 0)],
    "CLS of layer 6": [(6, 0)],
    "CLS of layer 7": [(7, 0)],
    "CLS of layer 8": [(8, 0)],
    "CLS of layers 4 to 9": [(layer, 0) for layer in range(4, 10)],
    "CLS and mean of layers 6 and 8": [(layer, k) for layer in (6, 8) for k in (0, 1)],
    "CLS and mean of layers 6, 9, 12": [(layer, k) for layer in (6, 9, 12) for k in (0, 1)],
    "CLS, mean and deviation of layers 4, 8, 12": [(layer, k) for layer in (4, 8, 12) for k in (0, 1, 2)],
    "mean of every layer": [(layer, 1) for layer in range(1, 13)],
}


def views(image):
    edge = (image.width - 224) // 2
    yield "native", image.crop((edge, edge, edge + 224, edge + 224))
    yield "whole", image.resize((224, 224), Image.BICUBIC)


def features(model, archive, names):
    mean = np.array([0.485, 0.456, 0.406], np.float32)
    deviation = np.array([0.229, 0.224, 0.225], np.float32)
    found = {name: np.zeros([len(names), 13, 3, 384], np.float16) for name in ("native", "whole")}
    with torch.no_grad():
        for first in range(0, len(names), 16):
            batches = {name: [] for name in found}
            for path in names[first : first + 16]:
                for name, view in views(Image.open(io.BytesIO(archive.read(path))).convert("RGB")):
                    batches[name].append((np.asarray(view, np.float32) / 255 - mean) / deviation)
            for name, batch in batches.items():
                pixels = torch.from_numpy(np.stack(batch)).permute(0, 3, 1, 2)
                for layer, state in enumerate(model.vit(pixels, output_hidden_states=True).hidden_states):
                    rows = found[name][first : first + 16, layer]
                    rows[:, 0], rows[:, 1], rows[:, 2] = state[:, 0], state[:, 1:].mean(1), state[:, 1:].std(1)
    return found


def deal(labels, sources, folds):
    names, counts = np.unique(sources, return_counts=True)
    totals, part = np.zeros([folds, 2]), {}
    for index in np.argsort(-counts, kind="stable"):
        mine = labels[sources == names[index]]
        fold = int(np.argmin(totals[:, int(mine.mean() > 0.5)]))
        part[names[index]] = fold
        totals[fold] += [(mine == 0).sum(), (mine == 1).sum()]
    return np.array([part[source] for source in sources])


def weights(labels, sources):
    found = np.zeros(len(labels))
    for label in (0, 1):
        mine = labels == label
        counts = dict(zip(*np.unique(sources[mine], return_counts=True)))
        found[mine] = [counts[source] ** -0.5 for source in sources[mine]]
        found[mine] /= found[mine].sum()
    return found * len(labels) / 2


def scores(x, labels, part, weight, regularisation):
    found = np.zeros(len(labels))
    for fold in range(part.max() + 1):
        taught = part != fold
        scale = StandardScaler().fit(x[taught])
        fit = LogisticRegression(C=regularisation, max_iter=300, tol=1e-3)
        fit.fit(scale.transform(x[taught]), labels[taught], sample_weight=weight[taught])
        found[~taught] = fit.decision_function(scale.transform(x[~taught]))
    return found


def figures(found, labels, part):
    areas, balanced = [], []
    for fold in range(part.max() + 1):
        mine = part == fold
        areas.append(roc_auc_score(labels[mine], found[mine]))
        said = found[mine] > 0
        balanced.append((said[labels[mine] == 1].mean() + (~said[labels[mine] == 0]).mean()) / 2)
    return np.mean(areas), np.mean(balanced), roc_auc_score(labels, found)


parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("images")
parser.add_argument("--folds", type=int, default=5)
arguments = parser.parse_args()
archive = zipfile.ZipFile(arguments.images)
names = sorted(name for name in archive.namelist() if name.endswith(".jpg"))
labels = np.array([name.split("/")[1] == "FAKE" for name in names]).astype(int)
sources = np.array([name.split("/")[2] for name in names])
part, weight = deal(labels, sources, arguments.folds), weights(labels, sources)
found = features(ViTForImageClassification.from_pretrained(arguments.model).eval(), archive, names)
print("| features | view | area, mean of the parts | balanced accuracy, mean | area, pooled |\n|---|---|---|---|---|")
for title, columns in SETS.items():
    both = 0
    for view, rows in found.items():
        x = np.concatenate([rows[:, layer, kind].astype(np.float32) for layer, kind in columns], 1)
        tried = [scores(x, labels, part, weight, c) for c in (1e-3, 1e-2, 1e-1)]
        best = max(tried, key=lambda s: figures(s, labels, part)[0])
        both = both + best
        print(f"| {title} | {view} | " + " | ".join(f"{f:.3f}" for f in figures(best, labels, part)) + " |", flush=True)
    print(f"| {title} | both | " + " | ".join(f"{f:.3f}" for f in figures(both, labels, part)) + " |", flush=True)

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

import numpy as np
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from transformers import ViTForImageClassification

from probe import Images, crop, deal, features, figures, weights

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


VIEWS = {
    "native": lambda image: crop(image, 16, 16),
    "whole": lambda image: image.resize((224, 224), Image.BICUBIC),
}


def scores(x, labels, part, weight, regularisation):
    found = np.zeros(len(labels))
    for fold in range(part.max() + 1):
        taught = part != fold
        scale = StandardScaler().fit(x[taught])
        fit = LogisticRegression(C=regularisation, max_iter=300, tol=1e-3)
        fit.fit(scale.transform(x[taught]), labels[taught], sample_weight=weight[taught])
        found[~taught] = fit.decision_function(scale.transform(x[~taught]))
    return found


parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("images")
parser.add_argument("--folds", type=int, default=5)
arguments = parser.parse_args()
images = Images(arguments.images)
labels, part, weight = images.labels, deal(images, arguments.folds), weights(images)
found = features(ViTForImageClassification.from_pretrained(arguments.model).eval(), images, VIEWS)
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

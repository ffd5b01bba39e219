#!/usr/bin/env python3
"""A hybrid: a convolutional network over pixels, taught together with a reading of a frozen network's middle layers.

usage: hybrid.py MODEL IMAGES.zip [--keep FOLDER] [--epochs 5]   (Python with torch, transformers, pillow and scikit-learn)

The convolutions (four, 16 to 64 channels, the first at full size) see what a blur of 3 x 3 pixels takes away, and their mean over
all places goes beside the CLS rows and means of layers 6 and 8 into one linear classifier. Whole sources are left out, in five
parts, dealt as `aiguard cross-validate` deals them. Taught on pieces of 128 pixels of four views, mirrored by chance, judged on
the mean of the four views.
"""
import argparse
import time

import numpy as np
import torch
from torch import nn
from transformers import ViTForImageClassification

from probe import Images, deal, figures, weights
from sources import PLAIN, view_features

PIECE, BATCH = 128, 32


class Convolutions(nn.Module):
    def __init__(self):
        super().__init__()
        layers, channels = [], 3
        for width, stride in ((16, 1), (32, 2), (48, 2), (64, 2)):
            layers += [nn.Conv2d(channels, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
            channels = width
        self.layers, self.width = nn.Sequential(*layers), channels

    def forward(self, pixels):
        residual = (pixels - nn.functional.avg_pool2d(pixels, 3, 1, 1, count_include_pad=False)) * 20
        return self.layers(residual.clamp(-3, 3)).mean((2, 3))


class Hybrid(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.convolutions = Convolutions()
        self.drop, self.head = nn.Dropout(0.3), nn.Linear(self.convolutions.width + features, 1)

    def forward(self, pixels, rows):
        return self.head(self.drop(torch.cat([self.convolutions(pixels), rows], 1)))[:, 0]


def floats(pixels):
    return pixels.permute(0, 3, 1, 2).float() / 255


def pieces(pixels, generator):
    """The same piece of each image of a batch, mirrored or not: uint8, N x H x W x 3, to floats, N x 3 x PIECE x PIECE."""
    top, left = (int(torch.randint(pixels.shape[1] - PIECE + 1, (1,), generator=generator)) for _ in range(2))
    piece = pixels[:, top : top + PIECE, left : left + PIECE]
    return floats(piece.flip(2) if torch.rand(1, generator=generator) < 0.5 else piece)


def fit(pixels, rows, labels, weight, epochs):
    """pixels: a tensor for each view; rows: the same of features. All of them of the images to learn from."""
    torch.manual_seed(42)
    generator = torch.Generator().manual_seed(42)
    model = Hybrid(rows[0].shape[1]).train()
    steps = epochs * ((len(labels) + BATCH - 1) // BATCH)
    groups = [{"params": model.convolutions.parameters(), "lr": 2e-3}, {"params": model.head.parameters(), "lr": 1e-3}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, [2e-3, 1e-3], total_steps=steps, pct_start=0.1)
    for _ in range(epochs):
        for chosen in torch.randperm(len(labels), generator=generator).split(BATCH):
            view = int(torch.randint(len(pixels), (1,), generator=generator))
            said = model(pieces(pixels[view][chosen], generator), rows[view][chosen])
            losses = nn.functional.binary_cross_entropy_with_logits(said, labels[chosen], reduction="none")
            optimizer.zero_grad()
            (losses * weight[chosen]).mean().backward()
            optimizer.step()
            schedule.step()
    return model.eval()


def scores(pixels, rows, labels, weight, part, epochs):
    found = np.zeros(len(labels))
    for fold in range(part.max() + 1):
        mine = torch.from_numpy(np.flatnonzero(part != fold))
        rest = torch.from_numpy(np.flatnonzero(part == fold))
        began = time.monotonic()
        model = fit([x[mine] for x in pixels], [x[mine] for x in rows], labels[mine], weight[mine], epochs)
        with torch.no_grad():
            for chosen in rest.split(BATCH):
                said = [model(floats(x[chosen]), y[chosen]) for x, y in zip(pixels, rows)]
                found[chosen] = torch.stack(said).mean(0).numpy()
        print(f"part {fold + 1}: {time.monotonic() - began:.0f} s", flush=True)
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("images")
    parser.add_argument("--keep")
    parser.add_argument("--epochs", type=int, default=5)
    arguments = parser.parse_args()
    images = Images(arguments.images)
    model = ViTForImageClassification.from_pretrained(arguments.model).eval()
    rows = [view_features(model, images, name, view, arguments.keep) for name, view in PLAIN.items()]
    mean, deviation = np.mean([x.mean(0) for x in rows], axis=0), np.mean([x.std(0) for x in rows], axis=0) + 1e-6
    rows = [torch.from_numpy(((x - mean) / deviation).astype(np.float32)) for x in rows]
    pixels = [torch.from_numpy(np.stack([np.asarray(view(image)) for image in images])) for view in PLAIN.values()]
    labels = torch.from_numpy(images.labels.astype(np.float32))
    weight, part = torch.from_numpy(weights(images).astype(np.float32)), deal(images, 5)
    found = scores(pixels, rows, labels, weight, part, arguments.epochs)
    print("area and balanced accuracy, means of the parts, and area of all: "
          + ", ".join(f"{f:.3f}" for f in figures(found, images.labels, part)))


main()

"""Co-occurrences of residuals, as steganalysis counts them: what the differences of neighbouring pixels say, and no content.

Fridrich and Kodovsky, Rich Models for Steganalysis of Digital Images (2012), reduced to residuals of first, second and third
order, cut off at two, in runs of four.
"""
import numpy as np
from PIL import Image

MOST = 2
LENGTH = 2 * MOST + 1


def _mirrors():
    """Of the runs of four that are the same mirrored or negated, the first."""
    runs = np.arange(LENGTH**4).reshape([LENGTH] * 4)
    negated = runs[::-1, ::-1, ::-1, ::-1]
    mirrored = runs.transpose(3, 2, 1, 0)
    return np.unique(np.minimum.reduce([runs, negated, mirrored, negated.transpose(3, 2, 1, 0)]))


FIRST = _mirrors()


def runs(residual, down):
    """How often each run of four comes, the root of its part."""
    r = np.clip(residual, -MOST, MOST).astype(np.int32) + MOST
    if down:
        r = r.T
    number = ((r[:, :-3] * LENGTH + r[:, 1:-2]) * LENGTH + r[:, 2:-1]) * LENGTH + r[:, 3:]
    counts = np.bincount(number.ravel(), minlength=LENGTH**4).astype(np.float32).reshape([LENGTH] * 4)
    counts = counts + counts[::-1, ::-1, ::-1, ::-1]
    counts = counts + counts.transpose(3, 2, 1, 0)
    return np.sqrt(counts / counts.sum()).ravel()[FIRST]


def of_plane(p):
    first = p[:, 1:] - p[:, :-1], p[1:] - p[:-1]
    second = 2 * p[:, 1:-1] - p[:, :-2] - p[:, 2:], 2 * p[1:-1] - p[:-2] - p[2:]
    found = []
    for unit, (across, down) in ((1, first), (1.5, second)):
        across, down = np.round(across / unit), np.round(down / unit)
        found += [runs(across, False) + runs(down, True), runs(across, True) + runs(down, False)]
    corners = p[:-2, :-2] + p[:-2, 2:] + p[2:, :-2] + p[2:, 2:]
    edges = p[:-2, 1:-1] + p[1:-1, :-2] + p[1:-1, 2:] + p[2:, 1:-1]
    square = np.round((2 * edges - corners - 4 * p[1:-1, 1:-1]) / 4)
    return found + [runs(square, False) + runs(square, True)]


def of_image(image):
    """Of luma, Cb, red less green, and luma at half the size."""
    rgb, ycc = np.asarray(image, np.int32), np.asarray(image.convert("YCbCr"), np.int32)
    half = np.asarray(image.resize((image.width // 2, image.height // 2), Image.BOX).convert("L"), np.int32)
    planes = ycc[..., 0], ycc[..., 1], rgb[..., 0] - rgb[..., 1], half
    return np.concatenate([row for plane in planes for row in of_plane(plane)])

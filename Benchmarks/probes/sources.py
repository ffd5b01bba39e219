#!/usr/bin/env python3
"""What a linear reading of a frozen network's middle layers wants for: views, other features, images or sources.

usage: sources.py MODEL IMAGES.zip [--keep FOLDER]      (Python with torch, transformers, pillow and scikit-learn)

Ridge regression on the CLS row and the mean over patches of layers 6 and 8, judged on whole sources that are left out, five
parts, dealt in five ways: the first as `aiguard cross-validate` deals them, four by chance. `--keep`: features are kept there,
or taken from there.
"""
import argparse
import io
import random
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter
from transformers import ViTForImageClassification

import residuals
from probe import Images, crop, deal, features, figures, weights

COLUMNS = [(layer, kind) for layer in (6, 8) for kind in (0, 1)]
RIDGE = 0.5


def recoded(image, form, low, high):
    file = io.BytesIO()
    image.save(file, form, quality=random.randint(low, high))
    return Image.open(file).convert("RGB")


def rescaled(image, low, high):
    side = round(image.width * random.uniform(low, high))
    return image.resize((side, side), random.choice([Image.BICUBIC, Image.BILINEAR, Image.LANCZOS]))


def blurred(image):
    return image.filter(ImageFilter.GaussianBlur(random.uniform(0.2, 1.0)))


def anywhere(image):
    missing = max(0, 224 - image.width)
    sides = missing // 2, missing - missing // 2
    image = Image.fromarray(np.pad(np.asarray(image), (sides, sides, (0, 0)), "reflect"))
    return crop(image, random.randint(0, image.width - 224), random.randint(0, image.height - 224))


PLAIN = {
    "middle": lambda image: crop(image, 16, 16),
    "top-left": lambda image: crop(image, 0, 0),
    "bottom-right": lambda image: crop(image, 32, 32),
    "mirrored": lambda image: crop(image, 16, 16).transpose(Image.FLIP_LEFT_RIGHT),
}
# The names are the seeds of what is by chance.
CHANGED = {
    "a1": lambda image: anywhere(recoded(image, "JPEG", 40, 90)),
    "a2": lambda image: anywhere(rescaled(image, 0.9, 1.4)),
    "a3": lambda image: anywhere(recoded(blurred(image), "WEBP", 40, 90)),
    "a4": lambda image: anywhere(recoded(rescaled(image, 0.7, 1.2), "JPEG", 50, 95)),
    "a5": lambda image: anywhere(recoded(rescaled(image, 0.9, 1.5).transpose(Image.FLIP_LEFT_RIGHT), "JPEG", 40, 95)),
}


def kept(folder, name, compute):
    path = Path(folder) / f"{name}.npy" if folder else None
    if path and path.exists():
        return np.load(path)
    found = compute()
    if path:
        np.save(path, found)
    return found


def view_features(model, images, name, view, folder):
    def compute():
        random.seed(name)
        return features(model, images, {name: view})[name]

    found = kept(folder, name, compute)
    return np.concatenate([found[:, layer, kind].astype(np.float32) for layer, kind in COLUMNS], 1)


def taught(x, target, weight):
    """Weighted ridge regression of targets (1 for generated, -1) on standardised features, as a function of features."""
    total = weight.sum()
    mean = weight @ x / total
    deviation = np.sqrt(weight @ (x - mean) ** 2 / total) + 1e-6
    z = (x - mean) / deviation
    level = weight @ target / total
    weighted = z * weight[:, None]
    slope = np.linalg.solve(weighted.T @ z + RIDGE * total * np.eye(z.shape[1]), weighted.T @ (target - level))
    return lambda rows: ((rows - mean) / deviation) @ slope + level


def some_sources(images, part):
    """Takes of the sources that are taught a part of each class's."""
    def take(mine, seed):
        chance, names = np.random.default_rng(seed), np.unique(images.sources[mine])
        fake = [name for name in names if images.labels[mine & (images.sources == name)].mean() > 0.5]
        real = [name for name in names if name not in fake]
        taken = [n for group in (fake, real) for n in chance.permutation(group)[: max(1, round(part * len(group)))]]
        return mine & np.isin(images.sources, taken)
    return take


def some_images(part):
    return lambda mine, seed: mine & (np.random.default_rng(seed).random(len(mine)) < part)


class Judge:
    def __init__(self, images):
        self.images, self.weight, self.truth = images, weights(images), 2.0 * images.labels - 1
        self.deals = [deal(images, 5)] + [deal(images, 5, np.random.default_rng(i)) for i in range(4)]

    def scores(self, teach, judge, weight=None, take=None):
        """Of each way to deal every image's score: the mean over the views `judge` by what the views `teach` taught."""
        weight = self.weight if weight is None else weight
        found = [np.zeros(len(self.images)) for _ in self.deals]
        for number, (part, scores) in enumerate(zip(self.deals, found)):
            for fold in range(5):
                mine = part != fold
                if take:
                    mine = take(mine, number * 10 + fold)
                read = self.reading(teach, mine, self.truth[mine], weight)
                scores[part == fold] = np.mean([read(x[part == fold]) for x in judge], axis=0)
        return found

    def reading(self, teach, mine, target, weight):
        return taught(np.concatenate([x[mine] for x in teach]), np.tile(target, len(teach)), np.tile(weight[mine], len(teach)))

    def distilled(self, views, rows):
        """As `scores`, of the middle view alone: half of what it is taught is what an average of the views and of the residuals
        `rows` says of an image, by teachers that did not see its source."""
        found = [np.zeros(len(self.images)) for _ in self.deals]
        for number, (part, scores) in enumerate(zip(self.deals, found)):
            for fold in range(5):
                mine, said = part != fold, np.zeros(len(part))
                for other in set(range(5)) - {fold}:
                    seen, unseen = mine & (part != other), part == other
                    read, read_rows = (self.reading(x, seen, self.truth[seen], self.weight) for x in (views, [rows]))
                    said[unseen] = np.mean([read(x[unseen]) for x in views], axis=0) + read_rows(rows[unseen]) / 4
                read = self.reading(views, mine, ((self.truth + said) / 2)[mine], self.weight)
                scores[part == fold] = read(views[0][part == fold])
        return found

    def show(self, title, scores):
        all_figures = [figures(s, self.images.labels, part)[:2] for s, part in zip(scores, self.deals)]
        first, mean = all_figures[0], np.mean(all_figures, axis=0)
        print(f"| {title} | {first[0]:.3f} / {first[1]:.3f} | {mean[0]:.3f} / {mean[1]:.3f} |", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("images")
    parser.add_argument("--keep")
    arguments = parser.parse_args()
    images = Images(arguments.images)
    model = ViTForImageClassification.from_pretrained(arguments.model).eval()
    plain, changed = ([view_features(model, images, name, view, arguments.keep) for name, view in views.items()]
                      for views in (PLAIN, CHANGED))
    rows = kept(arguments.keep, "residuals", lambda: np.stack([residuals.of_image(image) for image in images]))

    judge = Judge(images)
    print("| | dealt as by `cross-validate` | mean of five ways to deal |\n|---|---|---|")
    judge.show("middle crop", judge.scores(plain[:1], plain[:1]))
    four = judge.scores(plain, plain)
    judge.show("four views, taught and judged", four)
    judge.show("the same, taught on five changed views too", judge.scores(plain + changed, plain))
    alone = judge.scores([rows], [rows])
    judge.show("residuals alone", alone)
    judge.show("four views, and a quarter of the residuals' score", [a + b / 4 for a, b in zip(four, alone)])
    judge.show("four views taught, the middle judged", judge.scores(plain, plain[:1]))
    judge.show("the same, distilled from views and residuals", judge.distilled(plain, rows))
    faces = (images.labels == 0) & (images.sources == "faces_ffhq_sg2")
    for factor in (2, 8):
        weight = np.where(faces, factor, 1) * judge.weight
        weight[images.labels == 0] *= len(images) / 2 / weight[images.labels == 0].sum()
        judge.show(f"four views, real portraits {factor} times", judge.scores(plain, plain, weight=weight))
    for part in (0.125, 0.25, 0.5, 0.75):
        judge.show(f"four views, {part} of the sources", judge.scores(plain, plain, take=some_sources(images, part)))
    for part in (0.125, 0.25, 0.5):
        judge.show(f"four views, {part} of the images", judge.scores(plain, plain, take=some_images(part)))
    print(f"\nreal portraits said to be generated: {np.mean([(s[faces] > 0).mean() for s in four]):.2f}")


if __name__ == "__main__":
    main()

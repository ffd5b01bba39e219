"""What the probes share: the images, their frozen features, parts of whole sources, and figures."""
import io
import zipfile

import numpy as np
import torch
from PIL import Image
from sklearn.metrics import roc_auc_score

MEAN = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)


class Images:
    """A zip of SPLIT/LABEL/SOURCE/name.jpg with images of 256 pixels; both splits are taken."""

    def __init__(self, path):
        self.archive = zipfile.ZipFile(path)
        self.names = sorted(name for name in self.archive.namelist() if name.endswith(".jpg"))
        self.labels = np.array([name.split("/")[1] == "FAKE" for name in self.names]).astype(int)
        self.sources = np.array([name.split("/")[2] for name in self.names])

    def __iter__(self):
        for name in self.names:
            yield Image.open(io.BytesIO(self.archive.read(name))).convert("RGB")

    def __len__(self):
        return len(self.names)


def crop(image, left, top):
    return image.crop((left, top, left + 224, top + 224))


def features(model, images, views):
    """Of each view (a function of an image, 224 pixels), layer and image the CLS row, and mean and deviation over patches."""
    layers, width = model.config.num_hidden_layers + 1, model.config.hidden_size
    found = {name: np.zeros([len(images), layers, 3, width], np.float16) for name in views}

    def run(first, batch):
        for name, view in views.items():
            pixels = np.stack([(np.asarray(view(image), np.float32) / 255 - MEAN) / DEVIATION for image in batch])
            states = model.vit(torch.from_numpy(pixels).permute(0, 3, 1, 2), output_hidden_states=True).hidden_states
            for layer, state in enumerate(states):
                rows = found[name][first : first + len(batch), layer]
                rows[:, 0], rows[:, 1], rows[:, 2] = state[:, 0], state[:, 1:].mean(1), state[:, 1:].std(1)

    batch = []
    with torch.no_grad():
        for number, image in enumerate(images, 1):
            batch.append(image)
            if len(batch) == 16 or number == len(images):
                run(number - len(batch), batch)
                batch = []
    return found


def deal(images, folds, random=None):
    """Each image's part, dealt as `aiguard cross-validate` deals sources; `random` deals them otherwise."""
    names, counts = np.unique(images.sources, return_counts=True)
    sizes = counts if random is None else counts * random.uniform(0.3, 1.7, len(counts))
    totals, part = np.zeros([folds, 2]), {}
    for index in np.argsort(-sizes, kind="stable"):
        mine = images.labels[images.sources == names[index]]
        fold = int(np.argmin(totals[:, int(mine.mean() > 0.5)]))
        part[names[index]] = fold
        totals[fold] += [(mine == 0).sum(), (mine == 1).sum()]
    return np.array([part[source] for source in images.sources])


def weights(images):
    """Classes balanced, sources by the root of their size."""
    found = np.zeros(len(images))
    for label in (0, 1):
        mine = images.labels == label
        counts = dict(zip(*np.unique(images.sources[mine], return_counts=True)))
        found[mine] = [counts[source] ** -0.5 for source in images.sources[mine]]
        found[mine] /= found[mine].sum()
    return found * len(images) / 2


def figures(scores, labels, part):
    """ROC area and balanced accuracy, means over the parts, and the area of all scores together."""
    areas, balanced = [], []
    for fold in range(part.max() + 1):
        mine = part == fold
        areas.append(roc_auc_score(labels[mine], scores[mine]))
        said = scores[mine] > 0
        balanced.append((said[labels[mine] == 1].mean() + (~said[labels[mine] == 0]).mean()) / 2)
    return np.mean(areas), np.mean(balanced), roc_auc_score(labels, scores)

"""The full-size models that are measured: folders, pixel files for the engines, float64 logits, and what they cost."""
import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


def _generator(fixture):
    spec = importlib.util.spec_from_file_location(fixture.replace("-", "_"), ROOT / "Fixtures" / fixture / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Attention:
    """A stage of attention and MLP."""
    blocks: int
    tokens: int
    width: int
    heads: int
    reach: int  # tokens that a token attends to

    @property
    def multiply_adds(self):
        return self.tokens * (self.weights + 2 * self.blocks * self.width * self.reach)

    @property
    def weights(self):
        return 12 * self.blocks * self.width**2

    @property
    def activations(self):
        """Per block layer norms, query, key, value, context, projections and the wide inner layer, and the scores."""
        return self.blocks * self.tokens * (12 * self.width + self.heads * self.reach)


@dataclass(frozen=True)
class Convolution:
    """A stage of ConvNeXt: a depthwise convolution of 7x7 and an MLP."""
    blocks: int
    tokens: int
    width: int

    @property
    def multiply_adds(self):
        return self.tokens * self.weights

    @property
    def weights(self):
        return self.blocks * self.width * (49 + 8 * self.width)

    @property
    def activations(self):
        """Per block the convolution, its layer norm, the wide inner layer and what is added."""
        return self.blocks * self.tokens * 7 * self.width


@dataclass(frozen=True)
class Model:
    name: str
    fixture: str  # whose make.py writes it
    title: str
    side: int  # of its images
    patch: int
    stages: tuple

    @property
    def shape(self):
        return 3, self.side, self.side

    @property
    def gflop(self):
        """Of one image: two per multiply-add of the matrix products; what is constant is computed at load."""
        grid = (self.side // self.patch) ** 2
        count = grid * self._stem + sum(stage.multiply_adds for stage in self.stages)
        return round(2e-9 * (count + sum(tokens * weights for tokens, weights in self._merging)), 1)

    @property
    def weights(self):
        """Elements of its matrices."""
        return (self._stem + sum(stage.weights for stage in self.stages)
                + sum(weights for _, weights in self._merging))

    @property
    def activations(self):
        """Elements of the results of one image."""
        return sum(stage.activations for stage in self.stages)

    @property
    def _stem(self):
        return 3 * self.patch**2 * self.stages[0].width

    @property
    def _merging(self):
        """For each stage but the first its tokens, and the matrix that makes one of four of the stage before."""
        return [(stage.tokens, 4 * before.width * stage.width) for before, stage in zip(self.stages, self.stages[1:])]

    def write(self, folder):
        if (folder / "preprocessor_config.json").exists():  # the last file to be written
            return
        if self.name == "vit-base":
            _generator("vit-base").write_model(folder)
        else:
            _generator(self.fixture).write_base(self.name, folder)

    def write_pixels(self, path, batch):
        """`batch` images of generated noise."""
        self._noise(batch).astype("<f4").tofile(path)

    def _noise(self, count):
        make = _generator("vit-base")
        return np.stack([make.generate(f"pixel_values.{index}", int(np.prod(self.shape)), make.PIXEL_MULTIPLIER)
                         .reshape(self.shape) for index in range(count)])

    def golden_inputs(self, folder):
        """The inputs whose float64 logits are known: [12, 3, side, side]."""
        from transformers import AutoImageProcessor

        make = _generator("vit-base")
        processor = AutoImageProcessor.from_pretrained(folder, backend="pil")
        if self.name == "vit-base":
            return np.concatenate([make.pixel_values(dict(source), processor) for source in make.INPUTS])
        photos = [make.pixel_values(dict(source), processor) for source in make.INPUTS if "file" in source]
        return np.concatenate([*photos, self._noise(len(make.INPUTS) - len(photos))])

    def golden_logits(self, folder):
        """The fixture's own, or those of transformers, computed once."""
        if self.name == "vit-base":
            from safetensors.numpy import load_file

            return load_file(ROOT / "Fixtures/vit-base/golden.safetensors")["logits.f64"]
        path = folder / "golden.npy"
        if not path.exists():
            import torch
            from transformers import AutoModelForImageClassification

            model = AutoModelForImageClassification.from_pretrained(folder, dtype=torch.float64).eval()
            with torch.inference_mode():
                images = torch.from_numpy(self.golden_inputs(folder)).double()
                np.save(path, np.concatenate([model(pixel_values=image[None]).logits.numpy() for image in images]))
        return np.load(path)


def _swin(window):
    grids = [8 * window >> stage for stage in range(4)]
    return tuple(Attention(blocks, grid * grid, 128 << stage, 4 << stage, window * window)
                 for stage, (blocks, grid) in enumerate(zip((2, 2, 18, 2), grids)))


_base = (Attention(12, 197, 768, 12, 197),)
_convnext_tiny = tuple(Convolution(blocks, (56 >> stage) ** 2, 96 << stage)
                       for stage, blocks in enumerate((3, 3, 9, 3)))

MODELS = {model.name: model for model in (
    Model("vit-base", "vit-base", "ViT-B/16", 224, 16, _base),
    Model("swin-base", "swin", "Swin-B, windows of 7", 224, 4, _swin(7)),
    Model("swinv2-base", "swin", "SwinV2-B, windows of 8", 256, 4, _swin(8)),
    Model("beit-base", "beit", "BEiT-B/16", 224, 16, _base),
    Model("convnext-tiny", "convnext", "ConvNeXt-T", 224, 4, _convnext_tiny),
    Model("convnextv2-tiny", "convnext", "ConvNeXtV2-T", 224, 4, _convnext_tiny),
)}


def model_of(folder):
    """The model whose folder this is: it has the model's name."""
    return MODELS[Path(folder).name]


def read_pixels(path, batch, shape):
    return np.fromfile(path, dtype="<f4").reshape(batch, *shape)

"""Writes saved.json beside this script: what the reference's image processors save, of configurations that name each of
them and leave much unsaid.

Run: python make.py   (transformers 5.23.0, the PIL back end)
"""
import json
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402, F401  before transformers: it makes torchvision importable

import transformers  # noqa: E402
from transformers import AutoImageProcessor  # noqa: E402

NAMES = ["ViT", "DeiT", "Bit", "CLIP", "Siglip", "Beit", "Blip", "ConvNext", "EfficientNet", "Levit", "MobileViT",
         "PoolFormer"]
SOURCES = [{"image_processor_type": name + "ImageProcessor"} for name in NAMES] + [
    {"image_processor_type": "DeiTImageProcessor", "size": 96, "crop_size": 80},
    {"image_processor_type": "CLIPImageProcessor", "size": {"height": 60, "width": 40}, "do_center_crop": False},
    {"image_processor_type": "BitImageProcessorFast", "size": {"shortest_edge": 256, "longest_edge": 300}, "crop_size": 224},
    {"image_processor_type": "ViTImageProcessor", "size": {"max_height": 90, "max_width": 70}, "do_normalize": False},
    {"image_processor_type": "SiglipImageProcessor", "do_resize": False, "image_mean": [0.1, 0.2, 0.3]},
    {"image_processor_type": "ConvNextImageProcessor", "size": {"shortest_edge": 224}},
    {"image_processor_type": "ConvNextImageProcessor", "size": {"shortest_edge": 224}, "crop_pct": 0.9},
    {"image_processor_type": "ConvNextImageProcessor", "size": 288, "crop_pct": 0.95},
    {"image_processor_type": "ConvNextImageProcessor", "size": {"shortest_edge": 512}, "crop_pct": 0.5},
    {"image_processor_type": "ConvNextImageProcessor", "do_resize": False},
    {"image_processor_type": "EfficientNetImageProcessor", "rescale_offset": True, "include_top": False, "size": 300},
    {"image_processor_type": "LevitImageProcessor", "size": {"height": 60, "width": 40}},
    {"image_processor_type": "MobileViTImageProcessor", "do_flip_channel_order": False, "size": 288},
    {"image_processor_type": "PoolFormerImageProcessor", "crop_pct": 0.95, "size": {"height": 60, "width": 60}},
    {"image_processor_type": "PoolFormerImageProcessor", "do_resize": False},
]


def saved(source):
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as target:
        pathlib.Path(folder, "preprocessor_config.json").write_text(json.dumps(source))
        AutoImageProcessor.from_pretrained(folder, backend="pil").save_pretrained(target)
        return json.loads(pathlib.Path(target, "preprocessor_config.json").read_text())


cases = ",\n".join(json.dumps({"source": source, "saved": saved(source)}) for source in SOURCES)
versions = json.dumps({"transformers": transformers.__version__})
(HERE / "saved.json").write_text(f'{{"made_with": {versions},\n"cases": [\n{cases}\n]}}\n')

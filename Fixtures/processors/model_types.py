"""Which image processor transformers takes for a model whose files do not name one.

Run: python model_types.py     (transformers 5.23.0, Pillow 13.0.0)

model-types.json has for each `model_type` the class that AutoImageProcessor makes of a folder with a config.json of that type
and an empty preprocessor_config.json, without the name of its back end; null where it refuses the folder.
"""
import json
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402  before transformers: it makes torchvision importable

from transformers import AutoImageProcessor  # noqa: E402

MODEL_TYPES = ["vit", "deit", "dinov2", "dinov2_with_registers", "siglip", "clip", "swin", "swinv2", "vit_msn", "ijepa",
               "metaclip_2", "beit", "data2vec-vision"]


def processor(model_type):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.json").write_text(json.dumps({"model_type": model_type}))
        (Path(folder) / "preprocessor_config.json").write_text("{}")
        try:
            made = AutoImageProcessor.from_pretrained(folder, backend="pil")
        except ValueError:
            return None
        return type(made).__name__.removesuffix("Pil")


oracle.write_json(HERE / "model-types.json", {
    "oracle": oracle.versions("transformers", "pillow"),
    "processors": {model_type: processor(model_type) for model_type in MODEL_TYPES}})

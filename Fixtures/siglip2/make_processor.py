"""What both back ends of transformers' Siglip2ImageProcessor (NaFlex) make of sizes, pixels and configurations.

Run: python make_processor.py   (transformers 5.23.0, Pillow 13.0.0, torch 2.13.0 on the CPU, torchvision, NumPy 2.4.6)

Writes processor.json:

- sizes: for some patches and numbers of them the size that images become: of some sides every pair, as one hash for each
  first side of lines "height width output-height output-width", and some pairs in full.
- pixels: the rows and columns of patches, and the first half of the SHA-256 of the float32 rows of patches as the reference has
  them (without the padding), of the 40 sizes of ../pixels/make_pairs.py in three combinations, one hash for each.
- cases: the same of three images for one configuration after the other; null where the back end refuses it, or gives what
  the model cannot take.
- saved: what the processor saves of some configurations.

What is not obvious about the reference:

- The scale is searched by bisection from 1e-6 to 100 until the interval is below 1e-5, and the sides are rounded up to whole
  patches: small images are not enlarged beyond 100 times, and of an image of extreme proportions the number of patches may
  exceed the maximum, which only the model refuses.
- `size`, `crop_size`, `do_center_crop` and `do_pad` are read, judged, and without effect. `resample` null is bilinear.
- With `do_resize` false an image must be of whole patches, and no more than the maximum.
"""
import hashlib
import json
import pathlib
import sys
import tempfile
import warnings

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "pixels"))

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

import reference  # noqa: E402
from transformers.models.siglip2 import image_processing_pil_siglip2, image_processing_siglip2  # noqa: E402

warnings.simplefilter("ignore")
MODEL = {"model_type": "siglip2", "architectures": ["Siglip2ForImageClassification"]}
TYPE = {"image_processor_type": "Siglip2ImageProcessor"}
BASE = {**TYPE, "patch_size": 4, "max_num_patches": 20}
IMAGES = [(63, 49), (37, 110), (200, 31)]

# Sides around multiples of patches, of photographs, primes, extremes.
SIDES = [1, 2, 3, 5, 7, 13, 14, 15, 16, 17, 31, 32, 33, 47, 64, 97, 100, 127, 128, 150, 191, 224, 255, 256, 257, 299, 320, 333, 384,
         480, 512, 577, 600, 640, 683, 720, 768, 800, 853, 960, 1000, 1024, 1080, 1200, 1280, 1365, 1536, 1920, 2000, 2048, 2160, 2448,
         3000, 3024, 3264, 3840, 4000, 4032, 5184, 6000, 8192, 10007, 16384, 30011]
GRIDS = [(16, 256), (16, 1024), (14, 256), (16, 1), (7, 50), (32, 49), (1, 3), (16, 729)]

FLAGS = ["do_resize", "do_rescale", "do_normalize", "do_center_crop", "do_convert_rgb", "default_to_square", "do_pad"]
OTHERS = {
    "patch_size": [1, 5, 8, 0, -4, 4.0, 4.5, True, None, "4", [4, 4], {"height": 4, "width": 4}, 64, 1000],
    "max_num_patches": [1, 3, 64, 0, -1, 20.0, 20.5, True, None, "20", [20]],
    "size": [20, {"height": 20, "width": 30}, {"shortest_edge": 20}, {"longest_edge": 5}, None, "20", {}, {"height": 1}, [8, 9], 0],
    "crop_size": [20, {"height": 20, "width": 30}, None, {"height": 1}, "x"],
    "pad_size": [20, {"height": 20, "width": 30}, None, {"height": 1}],
    "resample": [0, 1, 2, 3, 4, 5, None, 2.0, "bilinear", 8, True],
    "image_mean": [0.25, [0.1, 0.2, 0.3], [0.25], [0.1, 0.2], None], "image_std": [0.25, [0.1, 0.2, 0.3], [0.25], None],
    "rescale_factor": [0.1, 1, 0, None], "num_patches": [9], "min_num_patches": [9], "eps": [0.1], "do_flip_channel_order": [True],
    "return_tensors": [None, "np"], "data_format": ["channels_first", "channels_last"], "input_data_format": [None], "device": [None],
    "disable_grouping": [None, True], "processor_class": ["Siglip2Processor"], "use_fast": [True, False], "image_seq_length": [4],
}
CONFIGS = [
    TYPE, BASE, {}, {"image_processor_type": "Siglip2ImageProcessorFast"}, {"image_processor_type": "Siglip2ImageProcessorPil"},
    # As google/siglip2-base-patch16-naflex has it: of 4.49, and of later versions, whose fast processor saved more keys.
    {"do_convert_rgb": None, "do_normalize": True, "do_rescale": True, "do_resize": True, "image_mean": [0.5, 0.5, 0.5],
     "image_processor_type": "Siglip2ImageProcessor", "image_std": [0.5, 0.5, 0.5], "max_num_patches": 256, "patch_size": 16,
     "processor_class": "Siglip2Processor", "resample": 2, "rescale_factor": 0.00392156862745098},
    {"crop_size": None, "data_format": "channels_first", "default_to_square": True, "device": None, "disable_grouping": None,
     "do_center_crop": None, "do_convert_rgb": None, "do_normalize": True, "do_pad": None, "do_rescale": True, "do_resize": True,
     "image_mean": [0.5, 0.5, 0.5], "image_processor_type": "Siglip2ImageProcessorFast", "image_std": [0.5, 0.5, 0.5],
     "input_data_format": None, "max_num_patches": 256, "pad_size": None, "patch_size": 16, "processor_class": "Siglip2Processor",
     "resample": 2, "rescale_factor": 0.00392156862745098, "return_tensors": None, "size": None},
    {**BASE, "do_center_crop": True, "crop_size": 8}, {**BASE, "do_pad": True, "pad_size": {"height": 300, "width": 300}},
    {**BASE, "do_normalize": False, "image_mean": None}, {**BASE, "do_rescale": False, "rescale_factor": None},
    {**BASE, "do_resize": False, "patch_size": 1, "max_num_patches": 10000}, {**BASE, "do_resize": False, "patch_size": 31},
    {**BASE, "do_resize": False, "patch_size": 1, "max_num_patches": 4000}, {**BASE, "patch_size": 31, "max_num_patches": 1},
]
SAVED = [TYPE, BASE, {**TYPE, "resample": 3, "image_mean": [0.1, 0.2, 0.3], "do_convert_rgb": True}, {**BASE, "do_resize": False}]


def load(config, backend):
    return reference.load({"preprocessor_config.json": config, "config.json": MODEL}, backend)


def sha(values):
    return hashlib.sha256(values).hexdigest()[:32]


def size(width, height, patch, most):
    found = image_processing_siglip2.get_image_size_for_max_num_patches(height, width, patch, most)
    assert found == image_processing_pil_siglip2.get_image_size_for_max_num_patches(height, width, patch, most)
    return found


def size_cases():
    for patch, most in GRIDS:
        hashes = []
        for height in SIDES:
            lines = [f"{height} {width} %d %d\n" % size(width, height, patch, most) for width in SIDES]
            hashes.append(sha("".join(lines).encode())[:16])
        some = [(640, 480), (1, 1), (3000, 2000), (30011, 1), (1, 30011), (223, 225), (33, 16384), (4032, 3024), (1080, 1920)]
        yield {"patch": patch, "most": most, "hashes": hashes,
               "some": [[width, height, *size(width, height, patch, most)] for width, height in some]}


def patches(processor, image):
    """The grid, and the rows of real patches. Refuses what the model would."""
    output = processor(image, return_tensors="np")
    values, mask, (shape,) = (np.asarray(output[key]) for key in ("pixel_values", "pixel_attention_mask", "spatial_shapes"))
    count = int(shape[0] * shape[1])
    if values.shape[1] != mask.shape[1] or count != mask.sum() or count > values.shape[1] or count == 0:
        raise ValueError(f"{count} patches of {values.shape[1]}")
    rows = np.ascontiguousarray(values[0, :count].astype(np.float32))
    assert not values[0, count:].any()
    return [int(side) for side in shape], rows


def pixel_cases():
    import ast

    source = (HERE.parent / "pixels" / "make_pairs.py").read_text()
    sizes = ast.literal_eval(source[source.index("SIZES = [") + 8:source.index("TARGETS")].strip())
    assert len(sizes) == 40
    for config, offset in [(TYPE, 1), ({**TYPE, "patch_size": 7, "max_num_patches": 50}, 17), ({**BASE, "resample": 3}, 29)]:
        for backend in ("pil", "torchvision"):
            processor = load(config, backend)
            found = []
            for index, width in enumerate(sizes):
                height = sizes[(index + offset) % 40]
                grid, rows = patches(processor, Image.fromarray(reference.generated(width, height)))
                found.append([width, height, *grid, sha(rows.tobytes())])
            yield {"config": config, "backend": backend, "images": found}


def configurations():
    yield from CONFIGS
    for key in FLAGS:
        for value in [True, False, None, 1, 0, "false", ""]:
            yield {**BASE, key: value}
    for key, values in OTHERS.items():
        for value in values:
            yield {**BASE, key: value}


def answer(config, backend, images):
    try:
        with np.errstate(all="ignore"):
            processor = load(config, backend)
            found = []
            for image in images:
                grid, rows = patches(processor, image)
                found.append([*grid, sha(rows.tobytes())])
            return found
    except Exception as error:  # noqa: BLE001  whatever it says, the reference does not take it
        if "-v" in sys.argv:
            print(backend, json.dumps(config)[:200], "|", f"{type(error).__name__}: {error}".split("\n")[0][:120])
        return None


def config_cases():
    images = [Image.fromarray(reference.generated(*size)) for size in IMAGES]
    seen = set()
    for config in configurations():
        if (key := json.dumps(config)) in seen:
            continue
        seen.add(key)
        yield {"config": config, "pil": answer(config, "pil", images), "torchvision": answer(config, "torchvision", images)}


def saved(config):
    with tempfile.TemporaryDirectory() as target:
        load(config, "pil").save_pretrained(target)
        return {"source": config, "saved": json.loads(pathlib.Path(target, "preprocessor_config.json").read_text())}


def main():
    def rows(values):
        return ",\n".join(json.dumps(value) for value in values)

    (HERE / "processor.json").write_text(
        f'{{"made_with": {json.dumps(reference.versions())},\n"sides": {SIDES},\n"sizes": [\n{rows(size_cases())}\n],\n'
        f'"pixels": [\n{rows(pixel_cases())}\n],\n"images": {json.dumps(IMAGES)},\n"cases": [\n{rows(config_cases())}\n],\n'
        f'"saved": [\n{rows(saved(config) for config in SAVED)}\n]}}\n')


main()

"""Tiny random SigLIP 2 models, as transformers saves them: NaFlex ones, and one of fixed size with the files of published ones.

Run: python make.py   (transformers 5.23.0, torch 2.13.0 on the CPU, torchvision, safetensors 0.8.0, Pillow 13.0.0, NumPy 2.4.6)

Writes for each model of MODELS a folder as ../swin/make.py does: hidden states and attentions of the float64 evaluation
rounded to float32, logits in float64 and float32. Images of all sizes go through the reference together, as it does that:
flattened patches, padded to one length and masked. The golden has the pixel values as [2, 3, height, width], and
of hidden states and attentions what belongs to real patches; that the rest of the real rows is zero is asserted.
end-to-end.json has for folders with an image processor the logits in float64 of image files by both back ends.

What is not obvious about the reference:

- A patch is flattened row by row, the channels of a pixel side by side; the weight is that of a linear layer.
- The position table is resampled for each image in float32, bilinear with antialiasing, whatever the type of the model. For
  "float64" it is done in float64 here (`exact_positions`).
- On a CPU antialiased resampling of that table to a width of one position (not in its own height) gives each row the
  weights of the first one, in PyTorch 2.13: the table's memory is taken for one that is contiguous. DINOv2's is not.
- The classifier sees the mean over the patches that the mask has, after the last norm; the pooling head is unused.
- With num_labels 0 the model cannot be made.
- A position table that is no square is accepted by the configuration, and by no image.
- SigLIP 2 of fixed size is `model_type` siglip. Files of the time of its publication name SiglipImageProcessor or
  SiglipImageProcessorFast; the latter saved its unset keys as null.
"""
import importlib
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402  before transformers: it makes torchvision importable

import numpy as np  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
from PIL import Image  # noqa: E402
from safetensors.torch import save_file  # noqa: E402
from transformers.models.siglip2 import modeling_siglip2  # noqa: E402
from transformers.models.siglip2.image_processing_siglip2 import (  # noqa: E402
    convert_image_to_patches, pad_along_first_dim)

torch.set_num_threads(2)
transformers.utils.logging.disable_progress_bar()
oracle.exact_eager_attention()
modeling_siglip2.eager_attention_forward = importlib.import_module(
    "transformers.models.siglip.modeling_siglip").eager_attention_forward

BASE = dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40, num_channels=3)
# name, what it covers, the vision configuration beside BASE, labels, the grids of other images
MODELS = [
    ("naflex", "a table of 4x4; the same number of patches in other proportions, fewer and more", dict(patch_size=4, num_patches=16), 2,
     [(2, 8), (8, 2), (1, 16), (16, 1), (1, 1), (3, 5), (5, 3), (4, 5), (5, 7), (1, 20), (9, 2)]),
    ("naflex-without-head", "vision_use_head false; five heads, gelu, eps 1e-3, one label, a table of 3x3",
     dict(patch_size=2, num_patches=9, hidden_size=30, num_attention_heads=5, vision_use_head=False, hidden_act="gelu",
          layer_norm_eps=1e-3), 1, [(9, 1), (2, 4), (6, 5), (3, 4)]),
    ("naflex-one-channel", "one channel, one head, one layer, a table of one, four labels", dict(
        patch_size=3, num_patches=1, num_attention_heads=1, num_hidden_layers=1, num_channels=1), 4, [(2, 3), (4, 1)]),
]
# Of several proportions; two of the same.
FILES = ["photos/astronaut.jpg", "photos/chelsea.jpg", "photos/rocket.jpg", "photos/chelsea-grey.png", "images/jpeg_1x37.jpg",
         "images/jpeg_7x5.jpg", "images/jpeg_420_even.jpg", "images/png_gama.png", "images/png_rgb.png", "photos/coffee.jpg",
         "images/jpeg_1x1.jpg"]


def exact_positions():
    """Resampling in the type of the table: in float64 for the float64 evaluation."""
    reference = modeling_siglip2.Siglip2VisionEmbeddings.resize_positional_embeddings

    def resize(table, shapes, max_length):
        found = reference(table, shapes, max_length)
        if table.dtype == torch.float64:
            for index, (height, width) in enumerate(shapes.tolist()):
                exact = torch.nn.functional.interpolate(
                    table.permute(2, 0, 1)[None], size=(height, width), mode="bilinear", align_corners=False, antialias=True)
                exact = exact[0].flatten(1).T
                assert (exact - found[index, :height * width]).abs().max() < 1e-5
                found[index, :height * width] = exact
                found[index, height * width:] = exact[0]
        return found

    modeling_siglip2.Siglip2VisionEmbeddings.resize_positional_embeddings = staticmethod(resize)


def build(settings, labels):
    config = transformers.Siglip2Config(vision_config={**BASE, **settings}, text_config=dict(hidden_size=8, num_hidden_layers=1),
                                        num_labels=labels)
    return transformers.Siglip2ForImageClassification._from_config(config, attn_implementation="eager").eval()


def batch(images, patch):
    """What the image processor gives for normalised images, [channels, height, width] each."""
    grids = [(image.shape[1] // patch, image.shape[2] // patch) for image in images]
    most = max(height * width for height, width in grids) + 3
    rows, masks = zip(*(pad_along_first_dim(convert_image_to_patches(image, patch), most) for image in images))
    return dict(pixel_values=torch.stack(rows), pixel_attention_mask=torch.stack(masks), spatial_shapes=torch.tensor(grids))


def run(model, inputs, dtype=None, **asked):
    if dtype is not None:
        model = model.to(dtype)
        inputs = {**inputs, "pixel_values": inputs["pixel_values"].to(dtype)}
    with torch.no_grad():
        return model(**inputs, **asked)


def golden_of(folder, head, pixels, patch):
    """Of pixel values by prefix, all in one batch."""
    images = [image for pair in pixels.values() for image in torch.from_numpy(pair)]
    inputs = batch(images, patch)
    golden, results, distances = {}, {}, {}
    for name, dtype in [("f64", torch.float64), ("f32", torch.float32)]:
        model = head.from_pretrained(folder, attn_implementation="eager").eval()
        results[name] = run(model, inputs, dtype, output_hidden_states=True, output_attentions=True)
    output = results["f64"]
    layers = model.config.vision_config.num_hidden_layers
    assert len(output.hidden_states) == layers + 1 and len(output.attentions) == layers
    for index, (prefix, pair) in enumerate(pixels.items()):
        both = slice(2 * index, 2 * index + 2)
        count = int(inputs["spatial_shapes"][2 * index].prod())
        golden[prefix + "pixel_values"] = torch.from_numpy(pair)
        for name, result in results.items():
            golden[f"{prefix}logits.{name}"] = result.logits[both].contiguous()
        for state, value in enumerate(output.hidden_states):
            golden[f"{prefix}hidden_states.{state}"] = value[both, :count].float().contiguous()
        for layer, value in enumerate(output.attentions):
            assert not value[both, :, :count, count:].any()
            golden[f"{prefix}attentions.{layer}"] = value[both, :, :count, :count].float().contiguous()
    for precision in ("bfloat16", "int8"):
        model = head.from_pretrained(folder, attn_implementation="eager").eval()
        if precision == "int8":
            # The patches stay in float32, as the convolution of other models does.
            linear = {name for name, module in model.named_modules()
                      if type(module) is torch.nn.Linear and not name.endswith("patch_embedding")}
            model = torch.ao.quantization.quantize_dynamic(model, linear, dtype=torch.qint8)
            logits = run(model, inputs).logits
        else:
            logits = run(model, inputs, torch.bfloat16).logits
        distances[precision] = (logits.double() - output.logits).abs().flatten().tolist()
    worst = (results["f32"].logits.double() - output.logits).abs().max().item()
    return golden, worst, distances


NAFLEX_PROCESSOR = {  # of transformers 4.49, for small patches
    "do_convert_rgb": None, "do_normalize": True, "do_rescale": True, "do_resize": True, "image_mean": [0.5, 0.5, 0.5],
    "image_processor_type": "Siglip2ImageProcessor", "image_std": [0.5, 0.5, 0.5], "max_num_patches": 40, "patch_size": 4,
    "processor_class": "Siglip2Processor", "resample": 2, "rescale_factor": 0.00392156862745098}
FIXED_PROCESSORS = {
    # As detectors made from google/siglip2-base-patch16-224 have it, with another size.
    "preprocessor_config.json": {
        "do_convert_rgb": None, "do_normalize": True, "do_rescale": True, "do_resize": True, "image_mean": [0.5, 0.5, 0.5],
        "image_processor_type": "SiglipImageProcessor", "image_std": [0.5, 0.5, 0.5], "processor_class": "SiglipProcessor",
        "resample": 2, "rescale_factor": 0.00392156862745098, "size": {"height": 16, "width": 16}},
    "fast.json": {
        "crop_size": None, "data_format": "channels_first", "default_to_square": True, "device": None, "disable_grouping": None,
        "do_center_crop": None, "do_convert_rgb": None, "do_normalize": True, "do_pad": None, "do_rescale": True, "do_resize": True,
        "image_mean": [0.5, 0.5, 0.5], "image_processor_type": "SiglipImageProcessorFast", "image_std": [0.5, 0.5, 0.5],
        "input_data_format": None, "pad_size": None, "processor_class": "Siglip2Processor", "resample": 2,
        "rescale_factor": 0.00392156862745098, "return_tensors": None, "size": {"height": 16, "width": 16}},
    # What transformers 5 saves a whole processor as, tokenizer and all.
    "nested.json": {
        "image_processor": {
            "do_convert_rgb": True, "do_normalize": True, "do_rescale": True, "do_resize": True, "image_mean": [0.5, 0.5, 0.5],
            "image_processor_type": "SiglipImageProcessor", "image_std": [0.5, 0.5, 0.5], "resample": 2,
            "rescale_factor": 0.00392156862745098, "size": {"height": 16, "width": 16}},
        "processor_class": "SiglipProcessor", "tokenizer_class": "GemmaTokenizer"},
}


def write_fixed():
    """A classifier on SigLIP 2 of fixed size, with a configuration as transformers 4.49 to 4.57 wrote it."""
    folder = HERE / "fixed"
    shutil.rmtree(folder, ignore_errors=True)
    vision = {**BASE, "image_size": 16, "patch_size": 4}
    model = transformers.SiglipForImageClassification._from_config(
        transformers.SiglipConfig(vision_config=vision, num_labels=3)).eval()
    oracle.fill(model, 411)
    model.save_pretrained(folder)
    oracle.write_json(folder / "config.json", {
        "_name_or_path": "google/siglip2-base-patch16-224", "architectures": ["SiglipForImageClassification"],
        "id2label": {"0": "AI", "1": "Deepfake", "2": "Real"}, "initializer_factor": 1.0,
        "label2id": {"AI": 0, "Deepfake": 1, "Real": 2}, "model_type": "siglip", "problem_type": "single_label_classification",
        "text_config": {"attention_dropout": 0.0, "hidden_act": "gelu_pytorch_tanh", "hidden_size": 8, "intermediate_size": 16,
                        "layer_norm_eps": 1e-06, "max_position_embeddings": 64, "model_type": "siglip_text_model",
                        "num_attention_heads": 2, "num_hidden_layers": 1, "projection_size": 8, "torch_dtype": "float32",
                        "vocab_size": 256000},
        "torch_dtype": "float32", "transformers_version": "4.50.0",
        "vision_config": {"attention_dropout": 0.0, "hidden_act": "gelu_pytorch_tanh", "layer_norm_eps": 1e-06,
                          "model_type": "siglip_vision_model", "torch_dtype": "float32", **vision}})
    for name, content in FIXED_PROCESSORS.items():
        oracle.write_json(folder / name, content)


def end_to_end():
    """The logits of image files, of all of a folder's images in one batch."""
    images = [Image.open(HERE.parent / name).convert("RGB") for name in FILES]
    result = []
    for folder in ("naflex", "fixed"):
        for backend in ("pil", "torchvision"):
            processor = transformers.AutoImageProcessor.from_pretrained(HERE / folder, backend=backend)
            model = transformers.AutoModelForImageClassification.from_pretrained(HERE / folder, attn_implementation="eager").eval()
            inputs = dict(processor(images=images, return_tensors="pt"))
            logits = run(model, inputs, torch.float64).logits
            entry = {"folder": folder, "backend": backend, "logits": logits.tolist()}
            if "spatial_shapes" in inputs:
                entry["grids"] = inputs["spatial_shapes"].tolist()
                one = [run(model, dict(processor(images=image, return_tensors="pt")), torch.float64).logits for image in images]
                assert (torch.cat(one) - logits).abs().max() < 1e-12
            result.append(entry)
    oracle.write_json(HERE / "end-to-end.json", {
        "oracle": oracle.versions("transformers", "torch", "torchvision", "pillow"),
        "files": FILES, "results": result})


def main():
    manifest = {"oracle": oracle.versions("transformers", "torch", "safetensors", "numpy"),
                "cpu": oracle.cpu_model(), "pytorch": {}, "models": []}
    exact_positions()
    distances = {}
    for seed, (name, covers, settings, labels, grids) in enumerate(MODELS, start=401):
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        model = build(settings, labels)
        oracle.fill(model, seed)
        # The table is a weight like others there; here its differences are to show.
        model.vision_model.embeddings.position_embedding.weight.data *= 4
        model.save_pretrained(folder)
        patch, side = settings["patch_size"], int(settings["num_patches"] ** 0.5)
        random = np.random.Generator(np.random.PCG64(4000 + seed))
        pixels = {}
        for height, width in [(side, side), *grids]:
            prefix = f"interpolated.{height * patch}x{width * patch}." if pixels else ""
            channels = model.config.vision_config.num_channels
            pixels[prefix] = random.uniform(-1, 1, (2, channels, height * patch, width * patch)).astype(np.float32)
        golden, worst, found = golden_of(folder, type(model), pixels, patch)
        for precision, values in found.items():
            distances.setdefault(precision, []).extend(values)
        save_file(golden, folder / "golden.safetensors")
        logits = torch.cat([value.flatten() for key, value in golden.items() if key.endswith("logits.f64")])
        manifest["models"].append({
            "name": name, "covers": covers, "class": type(model).__name__,
            "interpolated": [prefix.split(".")[1] for prefix in pixels if prefix],
            "largest_logit": round(logits.abs().max().item(), 3), "largest_float32_logit_error": worst})
    oracle.write_json(HERE / "naflex" / "preprocessor_config.json", NAFLEX_PROCESSOR)
    manifest["pytorch"] = {precision: {"mean": float(np.mean(distance)), "largest": max(distance)}
                           for precision, distance in distances.items()}
    oracle.write_json(HERE / "manifest.json", manifest)
    write_fixed()
    end_to_end()


main()

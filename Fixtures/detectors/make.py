"""The published detectors, tiny: the configuration files that each has, random weights, and what the references say.

Run: python make.py    (transformers 5.23.0, timm 1.0.31, torch 2.13.0 on the CPU, Pillow 13.0.0, safetensors 0.8.0)

No published weights are here: the widths are tiny and the weights random, while model type, image size, patch or
window, labels, spellings of keys and what is odd about a repository are as published. A folder is named after its id.
Weights that several share lie in `weights`, under the name that manifest.json gives; a test puts them together.

manifest.json has for each: the labels, which of them mean "generated" (written here by hand after the cards, not
computed), the logits of two photographs in float64, and P(generated) out of these: the sigmoid of one logit, or the sum of
softmax over the generated labels.

What is not obvious about the repositories:

- One upload of CommunityForensics lacks `do_center_crop`: neither reference crops then, and the network refuses the image.
- `ViTFeatureExtractor` as `image_processor_type`, and `feature_extractor_type` with a size that is one number, were read by
  transformers 4; transformers 5 refuses the first. Their pixel values are those of ViTImageProcessor.
- One repository has another network in its safetensors; the right weights are in its pytorch_model.bin.
- AutoTrain writes `label2id` with strings for values.
- timm's own folders are evaluated by timm, with its transforms.
"""
import json
import math
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402  before transformers: it makes torchvision importable

import numpy as np  # noqa: E402
import timm  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
from PIL import Image  # noqa: E402
from safetensors.torch import save_file  # noqa: E402

torch.set_num_threads(2)
transformers.utils.logging.disable_progress_bar()
oracle.exact_eager_attention()

PHOTOS = ["astronaut.jpg", "rocket.jpg"]
HALVES = {"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}
IMAGENET = {"image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}
VIT4 = {"do_normalize": True, "do_rescale": True, "do_resize": True, "resample": 2, "rescale_factor": 1 / 255,
        "size": {"height": 224, "width": 224}, "image_processor_type": "ViTImageProcessor"}
CROPPED = {**VIT4, "size": {"shortest_edge": 440}, "crop_size": {"height": 384, "width": 384}, "do_center_crop": True}


def vit(**settings):
    return "vit", dict(hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=16, **settings)


def swin(kind="swin", window=7, side=224, **settings):
    return kind, dict(image_size=side, window_size=window, embed_dim=4, depths=[1, 1, 2, 1], num_heads=[1, 2, 4, 4],
                      mlp_ratio=2.0, **settings)


def siglip():
    return "siglip", dict(vision_config=dict(hidden_size=8, num_hidden_layers=2, num_attention_heads=2,
                                             intermediate_size=16, image_size=224, patch_size=16),
                          text_config=dict(hidden_size=8, num_hidden_layers=1, num_attention_heads=2,
                                           intermediate_size=16, vocab_size=16))


def registers():
    return "dinov2_with_registers", dict(hidden_size=8, num_hidden_layers=2, num_attention_heads=2, mlp_ratio=2,
                                         image_size=224, patch_size=14, num_register_tokens=4)


# id, network, labels, the generated ones, preprocessor_config.json, what is odd
DETECTORS = [
    ("buildborderless/CommunityForensics-DeepfakeDet-ViT", vit(image_size=384), None, [0], {**CROPPED, **HALVES}, {}),
    ("aiwithoutborders-xyz/OpenSight-CommunityForensics-Deepfake-ViT", vit(image_size=384), None, [0],
     {key: value for key, value in {**CROPPED, **HALVES}.items() if key != "do_center_crop"}, {"refused": True}),
    ("Organika/sdxl-detector", swin(), ["artificial", "human"], [0], {**VIT4, **IMAGENET, "resample": 3}, {}),
    ("haywoodsloan/ai-image-detector-deploy",
     swin("swinv2", 16, 256, pretrained_window_sizes=[12, 12, 12, 6]), ["artificial", "real"], [0],
     {**VIT4, **IMAGENET, "resample": 3, "size": {"height": 256, "width": 256}}, {}),
    ("umm-maybe/AI-image-detector", swin(), ["artificial", "human"], [0], {**VIT4, **IMAGENET, "resample": 3},
     {"label2id": {"artificial": "0", "human": "1"}}),
    ("Ateeqq/ai-vs-human-image-detector", siglip(), ["ai", "hum"], [0],
     {**VIT4, **HALVES, "image_processor_type": "SiglipImageProcessor"}, {}),
    ("prithivMLmods/AI-vs-Deepfake-vs-Real-Siglip2", siglip(), ["AI", "Deepfake", "Real"], [0, 1],
     {**VIT4, **HALVES, "image_processor_type": "SiglipImageProcessor"}, {}),
    ("prithivMLmods/AI-vs-Deepfake-vs-Real-v2", siglip(), ["Artificial", "Deepfake", "Real"], [0, 1],
     {**VIT4, **HALVES, "image_processor_type": "SiglipImageProcessor"}, {}),
    ("prithivMLmods/Deep-Fake-Detector-v2-Model", vit(), ["Realism", "Deepfake"], [1], {**VIT4, **HALVES}, {}),
    ("dima806/ai_vs_real_image_detection", vit(), ["REAL", "FAKE"], [1], {**VIT4, **HALVES}, {}),
    ("dima806/deepfake_vs_real_image_detection", vit(), ["Real", "Fake"], [1], {**VIT4, **HALVES}, {}),
    ("dima806/ai_vs_human_generated_image_detection", vit(), ["human", "AI-generated"], [1], {**VIT4, **HALVES}, {}),
    ("Nahrawy/AIorNot", swin(), ["real", "ai"], [1],
     {**VIT4, **IMAGENET, "resample": 3, "image_processor_type": "ViTFeatureExtractor"}, {}),
    ("NYUAD-ComNets/NYUAD_AI-generated_images_detector", vit(), ["dalle", "real", "sd"], [0, 2],
     {**VIT4, **HALVES, "image_processor_type": "ViTFeatureExtractor"}, {}),
    ("Smogy/SMOGY-Ai-images-detector", swin(), ["artificial", "human"], [0], {**VIT4, **IMAGENET, "resample": 3}, {}),
    ("XenArcAI/AIRealNet", swin("swinv2", 8, 256), ["artificial", "real"], [0],
     {**VIT4, **IMAGENET, "resample": 3, "size": {"height": 256, "width": 256}}, {}),
    ("capcheck/ai-image-detection", vit(), ["REAL", "FAKE"], [1], {**VIT4, **HALVES}, {}),
    ("jacoballessio/ai-image-detect", vit(), ["fake", "real"], [0], {**VIT4, **HALVES},
     {"custom_ensemble_info": {"threshold": 0.58}}),
    ("yaya36095/ai-source-detector", vit(), ["stable_diffusion", "midjourney", "dalle", "real", "other_ai"],
     [0, 1, 2, 4], {"feature_extractor_type": "ViTFeatureExtractor", "size": 224, "resample": 2, **HALVES,
                    "do_normalize": True, "do_resize": True}, {"pytorch": True}),
    ("WpythonW/dinoV2-deepfake-detector", registers(), ["FAKE", "REAL"], [0],
     {**CROPPED, **IMAGENET, "size": {"shortest_edge": 256}, "crop_size": {"height": 224, "width": 224}, "resample": 3,
      "do_convert_rgb": True, "image_processor_type": "BitImageProcessor"}, {}),
]
# id, architecture, labels, the generated ones; None where the labels say nothing of origin
TIMM = [
    ("OwensLab/commfor-model-384", "vit_small_patch16_384", None, [0]),
    ("Marqo/nsfw-image-detection-384", "vit_tiny_patch16_384", ["NSFW", "SFW"], None),
]


def probability(logits, generated):
    if len(logits) == 1:
        value = 1 / (1 + math.exp(-logits[0]))
        return value if generated else 1 - value
    exponentials = [math.exp(value - max(logits)) for value in logits]
    return sum(exponentials[index] for index in generated) / sum(exponentials)


def images():
    return [Image.open(HERE.parent / "photos" / name).convert("RGB") for name in PHOTOS]


def fresh(model_id):
    folder = HERE / model_id.replace("/", "--")
    folder.mkdir()
    return folder


def write(folder, name, value):
    (folder / name).write_text(json.dumps(value, indent=2) + "\n")


def build(network, labels):
    model_type, settings = network
    names = labels or ["LABEL_0"]
    config = transformers.AutoConfig.for_model(
        model_type, id2label=dict(enumerate(names)), label2id={name: index for index, name in enumerate(names)}, **settings)
    model = transformers.AutoModelForImageClassification.from_config(config, attn_implementation="eager")
    oracle.fill(model, len(names))
    return model.eval()


def detector(model_id, network, labels, generated, processor, odd):
    model = build(network, labels)
    weights = f"{network[0]}-{network[1].get('image_size', 224)}-{len(labels or [0])}"
    scratch = HERE / "scratch"
    model.save_pretrained(scratch)
    (HERE / "weights").mkdir(exist_ok=True)
    config = json.loads((scratch / "config.json").read_text())
    config["torch_dtype"] = config.pop("dtype", "float32")
    config["transformers_version"] = "4.44.2"
    if not labels:
        del config["id2label"], config["label2id"]
        config["num_labels"] = 1
    config |= {key: value for key, value in odd.items() if key in ("label2id", "custom_ensemble_info")}
    folder = fresh(model_id)
    write(folder, "config.json", config)
    write(folder, "preprocessor_config.json", processor)
    entry = {"id": model_id, "folder": folder.name, "labels": labels or ["LABEL_0"], "generated": generated}
    if "pytorch" in odd:
        torch.save(model.state_dict(), folder / "pytorch_model.bin")
        save_file({"conv_stem.weight": torch.zeros(4, 3, 3, 3)}, folder / "model.safetensors", {"format": "pt"})
        entry["weights_file"] = "pytorch_model.bin"
    else:
        shared = HERE / "weights" / f"{weights}.safetensors"
        written = (scratch / "model.safetensors").read_bytes()
        assert not shared.exists() or shared.read_bytes() == written, shared
        shared.write_bytes(written)
        entry["weights"] = f"{weights}.safetensors"
    shutil.rmtree(scratch)
    # As transformers 5 has to be told.
    told = {key: value for key, value in processor.items() if key != "feature_extractor_type"}
    if isinstance(told["size"], int):
        told["size"] = {"height": told["size"], "width": told["size"]}
    kind = told.pop("image_processor_type", "ViTImageProcessor").replace("FeatureExtractor", "ImageProcessor")
    prepare = getattr(transformers, f"{kind}Pil")(**told)
    if "refused" in odd:
        try:
            model(**prepare(images()[0], return_tensors="pt"))
        except ValueError as error:
            return entry | {"refused": str(error)}
        raise AssertionError(f"{model_id}: the reference takes it")
    logits = []
    for image in images():
        pixels = prepare(image, return_tensors="pt")["pixel_values"]
        with torch.no_grad():
            logits.append(model.double()(pixels.double()).logits[0].tolist())
    return entry | outcome(logits, generated)


def outcome(logits, generated):
    result = {"logits": dict(zip(PHOTOS, logits))}
    if generated is not None:
        result["generated_score"] = {photo: probability(values, generated) for photo, values in result["logits"].items()}
    return result


def timm_detector(model_id, architecture, labels, generated):
    count = len(labels or [0])
    model = timm.create_model(architecture, num_classes=count, embed_dim=8, depth=2, num_heads=2, mlp_ratio=2).eval()
    oracle.fill(model, count)
    folder = fresh(model_id)
    extra = {"model_args": {"embed_dim": 8, "depth": 2, "num_heads": 2, "mlp_ratio": 2}}
    if labels:
        extra["label_names"] = labels
    timm.models.save_for_hf(model, folder, model_config=extra, safe_serialization=True)
    transform = timm.data.create_transform(**timm.data.resolve_data_config(pretrained_cfg=model.pretrained_cfg, model=model))
    logits = []
    for image in images():
        with torch.no_grad():
            logits.append(model.double()(transform(image)[None].double())[0].tolist())
    return {"id": model_id, "folder": folder.name, "labels": labels or ["LABEL_0"], "generated": generated,
            **outcome(logits, generated)}


def main():
    for folder in HERE.iterdir():
        if folder.is_dir():
            shutil.rmtree(folder)
    entries = [detector(*row) for row in DETECTORS] + [timm_detector(*row) for row in TIMM]
    oracle.write_json(HERE / "manifest.json", {
        "versions": oracle.versions("transformers", "timm", "torch", "pillow", "safetensors", "numpy"),
        "photos": PHOTOS, "detectors": entries})


if __name__ == "__main__":
    main()

"""What keys of config.json change the logits of SigLIP 2 (NaFlex): siglip2-cases.json, as make.py writes the others.

Run: python make_siglip2.py   (transformers 5.23.0, torch 2.13.0 on the CPU, torchvision, NumPy 2.4.6)

The inputs are those of make.py, cut into patches of 4x4 whatever the configuration says, as an image processor would. Not
tried is a patch_size of -4, with which the reference runs, because its square is that of 4.
"""
import make  # before transformers: it makes torchvision importable
import torch
from transformers import AutoModelForImageClassification
from transformers.models.siglip2.image_processing_siglip2 import convert_image_to_patches

PATCH = 4
KEYS = {
    "num_patches": [1, 4, 9, 15, 17, 25, 0, -1, 16.0, "16", None, [4, 4]],
    "patch_size": [1, 3, 8, [4, 4], [4], 4.0, "4", 0], "image_size": [8, 16, [16, 16], "a"], "max_num_patches": [4],
    "spatial_shapes": [[4, 4]], "hidden_act": ["gelu_python", "quick_gelu", "unknown"], "layer_norm_eps": [1e-5, 0], "vision_use_head": [None],
    "num_attention_heads": [4, 5, 0], "hidden_size": [25], "position_embedding_size": [2], "interpolate_mode": ["bicubic"],
    "model_type": ["siglip", "siglip2", "siglip2_vision_model", "siglip_vision_model"], "num_labels": [2, 3], "id2label": [{"0": "a", "1": "b"}],
}


def logits(folder, inputs):
    model = AutoModelForImageClassification.from_pretrained(folder).eval()
    patches = torch.stack([convert_image_to_patches(image, PATCH) for image in inputs])
    shapes = torch.tensor([[inputs.shape[2] // PATCH, inputs.shape[3] // PATCH]] * len(inputs))
    # With padding, as always.
    padding = torch.zeros(len(inputs), 3, patches.shape[2])
    mask = torch.ones(len(inputs), patches.shape[1] + 3, dtype=torch.int32)
    mask[:, -3:] = 0
    with torch.no_grad():
        output = model(torch.cat([patches, padding], 1).to(model.dtype), pixel_attention_mask=mask, spatial_shapes=shapes)
    result = (next(item for item in output if torch.is_tensor(item)) if isinstance(output, tuple) else output.logits).float()
    if not torch.isfinite(result).all():
        raise ValueError("not finite")
    return result


if __name__ == "__main__":
    make.logits = logits
    make.write("siglip2-cases.json", ["siglip2/naflex"], [*make.KEYS.items(), *KEYS.items()])

"""PEFT LoRA adapters of tiny random models, and what `merge_and_unload()` makes of them.

Run: python make.py     (peft 0.21.2, transformers 5.23.0, torch 2.13.0 on the CPU, safetensors 0.8.0, NumPy 2.4.6)

For each case of CASES a folder: `base` as transformers saves it (or the name of the case whose base it is, in
manifest.json), `adapter` as PEFT saves it, and golden.safetensors with `pixel_values`, `logits.f64` (of the merged
float32 weights, evaluated in float64) and `merged.KEY` for each tensor that merging changed, under its name on disk.
keys.json has what PEFT makes of other values in adapter_config.json: whether the merged weights are the `same`,
`differ`, or loading ends with an `error`.

What is not obvious about the reference:

- transformers 5 has modules of other names than its files on disk (`vit.layers.0.attention.q_proj` in memory,
  `vit.encoder.layer.0.attention.attention.query` on disk), and PEFT saves those in memory. Adapters that were made with
  transformers 4 have its names, and PEFT 0.21.2 refuses their `target_modules` (`query`) under transformers 5. The
  cases `vit-4`, `swin-4` and `dinov2-4` are computed under the names of 5 and renamed as 4 would have saved them.
- With `bias` a bias of an adapted module is saved as `MODULE.base_layer.bias`; PEFT before 0.7 wrote `MODULE.bias`,
  which 0.21.2 passes over.
- `scaling` is lora_alpha / r, or lora_alpha / sqrt(r); patterns are regular expressions that must match the end of the
  module's name, and of several the first counts.
- `fan_in_fan_out` is switched off for linear layers with a warning.
- `all-linear` adapts SigLIP's pooling head, which classification does not use.
- B @ A is float32, times the factor as float32, plus the weight; the order of the sum over the rank is that of the BLAS.
- pissa, olora, corda and loftq as `init_lora_weights` change the base's weights when an adapter is loaded.
"""
import json
import re
import shutil
import sys
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402  before transformers: it makes torchvision importable

import numpy as np  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
from peft import LoraConfig, PeftModel, get_peft_model  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402
from transformers import AutoModelForImageClassification  # noqa: E402

torch.set_num_threads(1)
transformers.utils.logging.disable_progress_bar()
transformers.utils.logging.set_verbosity_error()
warnings.simplefilter("ignore")

TINY = dict(hidden_size=12, num_hidden_layers=2, num_attention_heads=2, image_size=8, patch_size=4)
TOWERS = dict(
    vision_config=dict(TINY, intermediate_size=20),
    text_config=dict(hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8, vocab_size=8,
                     max_position_embeddings=4))
BASES = {
    "vit": transformers.ViTConfig(**TINY, intermediate_size=20, num_labels=2),
    "swin": transformers.SwinConfig(embed_dim=8, depths=[1, 1], num_heads=[1, 2], window_size=2, image_size=8,
                                    patch_size=2, mlp_ratio=2.0, num_labels=2),
    "dinov2": transformers.Dinov2Config(**TINY, mlp_ratio=2, use_swiglu_ffn=True, num_labels=2),
    "siglip": transformers.SiglipConfig(**TOWERS, num_labels=2),
    "clip": transformers.CLIPConfig(**TOWERS, num_labels=2),
}
HEAD = ["classifier"]
ATTENTION = ["q_proj", "v_proj"]
VIT_4 = [("vit.layers.", "vit.encoder.layer."), ("attention.q_proj", "attention.attention.query"),
         ("attention.k_proj", "attention.attention.key"), ("attention.v_proj", "attention.attention.value"),
         ("attention.o_proj", "attention.output.dense"), ("mlp.fc1", "intermediate.dense"), ("mlp.fc2", "output.dense")]
SWIN_4 = [(a, b.replace("attention.attention", "attention.self")) for a, b in VIT_4[1:]]
DINOV2_4 = VIT_4[1:5] + [("mlp.down_proj", "mlp.weights_out")]

# name, base, what it covers, LoraConfig, the number of labels, how its keys are spelt: pairs of names, or a function
CASES = [
    ("vit", "vit", "three labels from the saved classifier; the patches' convolution too",
     dict(r=3, lora_alpha=5, target_modules=ATTENTION + ["fc1", "projection"], modules_to_save=HEAD), 3, []),
    ("vit-4", "vit", "the names of transformers 4, patterns, rank-stabilised, all biases",
     dict(r=4, lora_alpha=7, target_modules=["q_proj", "k_proj", "fc1", "fc2"], bias="all", use_rslora=True,
          rank_pattern={r"layers\.0\.attention\.q_proj": 2, "fc2": 5}, alpha_pattern={"k_proj": 3, r"1\.mlp\.fc1": 2.5}),
     2, VIT_4),
    ("vit-headless", "vit", "a base without classifier and without prefix",
     dict(r=2, lora_alpha=4, target_modules="all-linear", modules_to_save=HEAD), 2, []),
    ("swin", "swin", "a layer between the stages, biases of what is adapted, a layer norm",
     dict(r=2, lora_alpha=6, target_modules=ATTENTION + ["o_proj", "reduction"], bias="lora_only",
          modules_to_save=HEAD + ["swin.layernorm"]), 2, []),
    ("swin-4", "swin", "the names of transformers 4",
     dict(r=2, lora_alpha=2, target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "fc1", "fc2"]), 2, SWIN_4),
    ("dinov2", "dinov2", "halves of one matrix on disk; one layer only",
     dict(r=2, lora_alpha=4, target_modules=ATTENTION + ["gate_proj", "up_proj", "down_proj"],
          layers_to_transform=[1], layers_pattern="layer", modules_to_save=HEAD), 2, []),
    ("dinov2-4", "dinov2", "the names of transformers 4",
     dict(r=2, lora_alpha=4, target_modules=ATTENTION + ["down_proj"]), 2, DINOV2_4),
    ("siglip", "siglip", "every linear layer, the unused head's too",
     dict(r=1, lora_alpha=2, target_modules="all-linear", modules_to_save=HEAD), 2, []),
    ("clip", "clip", "adapter_model.bin in float16, fan_in_fan_out",
     dict(r=8, lora_alpha=16, target_modules=r".*\.(q_proj|out_proj|fc2)", fan_in_fan_out=True), 2, "bin"),
    ("clip-default", "clip", "keys with the adapter's name in them",
     dict(r=2, lora_alpha=1, target_modules=["k_proj", "classifier"]), 2, "default"),
]


def on_disk(model):
    """The tensors that save_pretrained would write."""
    folder = HERE / "on-disk"
    model.save_pretrained(folder)
    tensors = load_file(folder / "model.safetensors")
    shutil.rmtree(folder)
    return tensors


def load(folder, labels):
    return AutoModelForImageClassification.from_pretrained(
        folder, num_labels=labels, ignore_mismatched_sizes=True, dtype=torch.float32)


def make_base(name, config, folder):
    model = AutoModelForImageClassification.from_config(config)
    oracle.fill(model, len(name))
    for vision in (getattr(model, "vision_model", None),):
        if vision is not None and hasattr(vision, "head"):
            torch.manual_seed(1)
    model.save_pretrained(folder)
    size = config.vision_config.image_size if hasattr(config, "vision_config") else config.image_size
    oracle.write_json(folder / "preprocessor_config.json", {
        "image_processor_type": "ViTImageProcessor", "do_resize": True, "size": {"height": size, "width": size},
        "resample": 2, "do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True,
        "image_mean": [0.5] * 3, "image_std": [0.5] * 3})


def train(model, seed):
    """Random values for all that PEFT would save."""
    random = np.random.Generator(np.random.PCG64(seed))
    for name, parameter in sorted(model.named_parameters()):
        if parameter.requires_grad:
            parameter.data = torch.from_numpy((random.standard_normal(parameter.shape) * 0.3).astype(np.float32))


def respell(folder, spelling):
    path = folder / "adapter_model.safetensors"
    tensors = load_file(path)
    config = json.loads((folder / "adapter_config.json").read_text())
    if spelling == "bin":
        torch.save({key: value.half() for key, value in tensors.items()}, folder / "adapter_model.bin")
        path.unlink()
        return
    if spelling == "default":
        tensors = {re.sub(r"(lora_[AB])", r"\1.default", key): value for key, value in tensors.items()}
    else:
        def old(name):
            for new, before in spelling:
                name = name.replace(new, before)
            return name
        tensors = {old(key): value for key, value in tensors.items()}
        if isinstance(config["target_modules"], list) and spelling:
            config["target_modules"] = sorted({old(f"attention.{n}" if n.endswith("_proj") else f"mlp.{n}").split(".")[-1]
                                               for n in config["target_modules"]})
        def pattern(values):
            return {re.sub(r"\.", r"\\.", old(key.replace("\\.", ".").replace("layers", "vit.layers")
                                              if "." in key else
                                              ("attention." if key.endswith("_proj") else "mlp.") + key)): value
                    for key, value in values.items()}
        if spelling:
            config["rank_pattern"], config["alpha_pattern"] = (
                pattern(config["rank_pattern"]), pattern(config["alpha_pattern"]))
    save_file(tensors, path, metadata={"format": "pt"})
    oracle.write_json(folder / "adapter_config.json", config)


def main():
    manifest = {"versions": oracle.versions("peft", "transformers", "torch", "safetensors", "numpy"), "cases": []}
    for name, config in BASES.items():
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        make_base(name, config, folder / "base")
    for number, (name, base, covers, options, labels, spelling) in enumerate(CASES):
        folder = HERE / name
        if name != base:
            shutil.rmtree(folder, ignore_errors=True)
        base_folder = HERE / base / "base"
        if name == "vit-headless":
            base_folder = folder / "base"
            base_folder.mkdir(parents=True)
            for file in ("config.json", "preprocessor_config.json"):
                shutil.copy(HERE / base / "base" / file, base_folder)
            tensors = load_file(HERE / base / "base" / "model.safetensors")
            save_file({key.removeprefix("vit."): value for key, value in tensors.items() if key.startswith("vit.")},
                      base_folder / "model.safetensors", metadata={"format": "pt"})
        model = get_peft_model(load(base_folder, labels), LoraConfig(**options))
        train(model, 100 + number)
        adapter = folder / "adapter"
        model.save_pretrained(adapter)
        (adapter / "README.md").unlink(missing_ok=True)
        if spelling == "bin":
            tensors = load_file(adapter / "adapter_model.safetensors")
            save_file({key: value.half().float() for key, value in tensors.items()},
                      adapter / "adapter_model.safetensors", metadata={"format": "pt"})
        # From the file again, as a user does it.
        fresh = load(base_folder, labels)
        before = on_disk(fresh)
        merged = PeftModel.from_pretrained(fresh, adapter).merge_and_unload()
        after = on_disk(merged)
        size = 8
        pixels = torch.from_numpy(
            np.random.Generator(np.random.PCG64(number)).standard_normal((2, 3, size, size)).astype(np.float32))
        with torch.no_grad():
            logits = merged.double()(pixel_values=pixels.double()).logits
        golden = {"pixel_values": pixels, "logits.f64": logits}
        for key, value in after.items():
            if key not in before or not torch.equal(before[key], value):
                golden["merged." + key] = value
        save_file(golden, folder / "golden.safetensors")
        config = json.loads((adapter / "adapter_config.json").read_text())
        config["base_model_name_or_path"] = "aiguardvision/tiny-" + base
        oracle.write_json(adapter / "adapter_config.json", config)
        respell(adapter, spelling)
        manifest["cases"].append({
            "name": name, "base": name if name == "vit-headless" else base, "covers": covers, "labels": labels,
            "merged": sum(key.startswith("merged.") for key in golden)})
        print(name, manifest["cases"][-1]["merged"], "tensors changed", flush=True)
    oracle.write_json(HERE / "manifest.json", manifest)
    oracle.write_json(HERE / "keys.json", other_keys())


# Values of adapter_config.json, one at a time.
KEYS = [
    ("use_dora", True), ("lora_bias", True), ("use_rslora", True), ("fan_in_fan_out", True), ("lora_alpha", 9),
    ("lora_dropout", 0.5), ("inference_mode", False), ("bias", "all"), ("init_lora_weights", False),
    ("init_lora_weights", "gaussian"), ("init_lora_weights", "pissa"), ("init_lora_weights", "pissa_niter_2"),
    ("init_lora_weights", "olora"), ("init_lora_weights", "corda"), ("init_lora_weights", "eva"),
    ("init_lora_weights", "loftq"), ("init_lora_weights", "lora_ga"), ("init_lora_weights", "orthogonal"),
    ("init_lora_weights", "mica"),
    ("loftq_config", {"loftq_bits": 4, "loftq_iter": 1}), ("eva_config", {"rho": 2.0}), ("corda_config", {}),
    ("lora_ga_config", {}), ("velora_config", {"num_groups": 1}), ("kasa_config", {}),
    ("monteclora_config", {}), ("arrow_config", {}), ("use_bdlora", {"nblocks": 1}), ("use_qalora", True),
    ("qalora_group_size", 8), ("alora_invocation_tokens", [1]), ("trainable_token_indices", [0]),
    ("target_parameters", ["classifier.weight"]), ("layer_replication", [[0, 2], [1, 2]]),
    ("megatron_config", {"a": 1}), ("megatron_core", "other"), ("layers_to_transform", [0]),
    ("layers_pattern", "layers"), ("exclude_modules", ["fc9"]), ("ensure_weight_tying", True),
    ("modules_to_save", ["vit.layernorm"]), ("target_modules", r".*\.(q_proj|v_proj|fc1)"), ("revision", "main"),
    ("task_type", "FEATURE_EXTRACTION"), ("peft_version", "99.0"), ("key_of_the_future", True),
    ("peft_type", "IA3"), ("peft_type", "LOHA"), ("peft_type", "ADALORA"), ("r", 3),
    ("rank_pattern", {"fc1": 3}), ("alpha_pattern", {"fc1": 9}), ("alpha_pattern", {"c1": 9}),
    ("alpha_pattern", {r"layers\.\d+\.attention\.[qv]_proj": 9}), ("alpha_pattern", {"vit": 9}),
    ("alpha_pattern", {r"^layers.0.attention.q_proj": 9}), ("alpha_pattern", {".*": 9, "fc1": 3}),
    ("alpha_pattern", {"fc1": 3, ".*": 9}), ("alpha_pattern", {"vit.layers.0.mlp.fc1": 9}),
]


def other_keys():
    base, adapter = HERE / "vit" / "base", HERE / "keys-adapter"
    shutil.rmtree(adapter, ignore_errors=True)
    model = get_peft_model(load(base, 2), LoraConfig(r=2, lora_alpha=4, target_modules=ATTENTION + ["fc1"]))
    train(model, 7)
    model.save_pretrained(adapter)
    text = (adapter / "adapter_config.json").read_text()

    def merged():
        torch.manual_seed(0)
        return PeftModel.from_pretrained(load(base, 2), adapter).merge_and_unload().state_dict()

    plain, answers = merged(), []
    for key, value in KEYS:
        (adapter / "adapter_config.json").write_text(json.dumps({**json.loads(text), key: value}))
        try:
            tensors = merged()
        except Exception as error:  # noqa: BLE001
            answers.append({"key": key, "value": value, "outcome": "error", "message": f"{type(error).__name__}: {error}"[:160]})
        else:
            changed = [name for name in plain if not torch.equal(tensors.get(name, torch.zeros(0)), plain[name])]
            answers.append({"key": key, "value": value, "outcome": "differ" if changed else "same", "changed": changed[:12]})
        print(answers[-1], flush=True)
    shutil.rmtree(adapter)
    return answers


if __name__ == "__main__":
    main()

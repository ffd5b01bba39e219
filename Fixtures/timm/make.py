"""Tiny random Vision Transformers of timm as timm pushes them, what its names of architectures mean, and the labels.

Run: python make.py   (timm 1.0.31, transformers 5.23.0, torch 2.13.0 on the CPU, safetensors 0.8.0, NumPy 2.4.6)

Writes

- for each model of MODELS a folder by `timm.models._hub.save_for_hf` (`config.json`, `model.safetensors` or
  `pytorch_model.bin`), and golden.safetensors: logits in float64 (`logits.f64`) and float32 (`logits.f32`), what the blocks
  start from and the output of each (`hidden_states.N`), the attention probabilities of each (`attentions.N`), both of
  the float64 evaluation rounded to float32;
- architectures.json: for every name of `vision_transformer.py` and `deit.py` the arguments of the class, as its
  entrypoint gives them, or null for a network that is not the plain encoder;
- labels.json: configurations and the labels that transformers' `AutoConfig` has for them, null where it fails;
- manifest.json: the models, arguments that timm or this package refuses, pipelines of transformers on photographs.

What is not obvious about the references:

- timm 1.0.31 writes `num_classes` into `model_args` too, and transformers 5.23 fails on such a file ("multiple values for
  keyword argument"); timm reads it. The pipelines here run on copies without it, as earlier versions of timm wrote.
- transformers makes the model by its architecture and `model_args` alone; timm also takes the size and the channels of
  `pretrained_cfg.input_size` where `fixed_input_size` is true. `size-of-pretrained-cfg` is a model that only timm loads.
- The architecture gives the epsilon of all layer norms: 1e-6, or 1e-5 after CLIP. `norm_layer: "layernorm"` in
  `model_args` makes it 1e-6.
- `init_values: 0` is no layer scale, and `fc_norm` unset means behind the pooling unless that is the class token's.
- In a model with registers and without `no_embed_class` the registers have positions.
- Fused attention keeps its probabilities to itself: it is switched off, which changes no result beyond rounding.
"""
import functools
import json
import math
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402  before timm: it makes torchvision importable

import numpy as np  # noqa: E402
import timm  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
from PIL import Image  # noqa: E402
from safetensors.torch import save_file  # noqa: E402
from timm.models import _registry, deit, vision_transformer  # noqa: E402
from timm.models._hub import save_for_hf  # noqa: E402

torch.set_num_threads(2)
warnings.simplefilter("ignore")
transformers.utils.logging.disable_progress_bar()
transformers.utils.logging.set_verbosity_error()
timm.layers.set_fused_attn(False)

TINY = dict(img_size=16, patch_size=4, embed_dim=12, depth=2, num_heads=3, num_classes=2)

# folder, architecture, what it covers, its arguments beside TINY, labels
MODELS = [
    ("vit", "vit_tiny_patch16_224", "all as by default; pytorch_model.bin", {}, ["ai", "real"]),
    ("one-logit", "vit_small_patch16_384", "one class without a name", dict(num_classes=1, depth=3), None),
    ("clip", "vit_base_patch16_clip_quickgelu_224", "norm_pre, eps 1e-5, no bias of patches, quick_gelu", {}, None),
    ("clip-norm", "vit_base_patch16_clip_224", "norm_layer sets the epsilon back; sizes by two numbers",
     dict(norm_layer="layernorm", patch_size=[4, 4], img_size=[16, 16]), None),
    ("siglip-gap", "vit_base_patch32_siglip_gap_256", "no class token, the norm before the mean, gelu_tanh", {}, None),
    ("siglip-map-as-gap", "vit_base_patch16_siglip_224", "another pooling than the architecture's",
     dict(global_pool="avg"), None),
    ("registers-gap", "vit_betwixt_patch16_reg4_gap_256", "registers without positions, layer scale, fc_norm",
     dict(num_classes=3), ["a", "b", "c"]),
    ("registers-positioned", "vit_so150m2_patch16_reg1_gap_256", "registers with positions, no qkv bias, mlp_ratio",
     dict(reg_tokens=3), None),
    ("dinov2", "vit_small_patch14_dinov2", "layer scale", {}, None),
    ("dinov2-registers", "vit_base_patch14_reg4_dinov2", "a class token and registers without positions", {}, None),
    ("dinov2-giant", "vit_giant_patch14_reg4_dinov2", "the gated MLP", {}, None),
    ("deit3", "deit3_small_patch16_224", "a class token without position", {}, None),
    ("distilled", "deit_tiny_distilled_patch16_224", "two tokens, two heads", dict(num_classes=3), None),
    ("eva", "eva_large_patch14_196", "a class token that the mean leaves out, fc_norm", {}, None),
    ("token-fc-norm", "vit_tiny_patch16_224", "fc_norm on the class token", dict(fc_norm=True), None),
    ("no-final-norm", "vit_base_patch16_radio_v3", "final_norm false, seven registers", {}, None),
    ("rectangle", "vit_tiny_patch16_224", "an image and patches that are not square, one channel, relu, no layer scale",
     dict(img_size=[16, 24], patch_size=[8, 4], in_chans=1, act_layer="relu", init_values=0, num_classes=4), None),
    ("size-of-pretrained-cfg", "vit_tiny_patch16_224", "the size stands in pretrained_cfg alone", {}, None),
    ("dynamic", "test_vit2", "dynamic_img_size, at the model's own size", {}, None),
]
IN_BIN = {"vit"}

# architecture, model_args that timm or this package refuses
REFUSED = [
    ("vit_base_patch16_xp_224", {}), ("beit3_base_patch16_224", {}), ("aimv2_large_patch14_224", {}),
    ("vit_base_patch16_rpn_224", {}), ("vit_dwee_patch16_reg1_gap_256", {}), ("resnet50", {}), ("beit_base_patch16_224", {}),
    ("vit_nothing", {}), ("vit_base_patch16_siglip_224", {}),
    ("vit_tiny_patch16_224", {"global_pool": "avgmax"}), ("vit_tiny_patch16_224", {"global_pool": "max"}),
    ("vit_tiny_patch16_224", {"global_pool": "map"}), ("vit_tiny_patch16_224", {"global_pool": ""}),
    ("vit_tiny_patch16_224", {"class_token": False}), ("vit_tiny_patch16_224", {"qk_norm": True}),
    ("vit_tiny_patch16_224", {"scale_attn_norm": True}), ("vit_tiny_patch16_224", {"scale_mlp_norm": True}),
    ("vit_tiny_patch16_224", {"proj_bias": False}), ("vit_tiny_patch16_224", {"pos_embed": "none"}),
    ("vit_tiny_patch16_224", {"norm_layer": "rmsnorm"}), ("vit_tiny_patch16_224", {"act_layer": "prelu"}),
    ("vit_tiny_patch16_224", {"act_layer": "elu"}), ("vit_tiny_patch16_224", {"pool_include_prefix": True}),
    ("vit_tiny_patch16_224", {"dynamic_img_pad": True}), ("vit_tiny_patch16_224", {"features_only": True}),
    ("vit_tiny_patch16_224", {"no_such_argument": 1}), ("vit_tiny_patch16_224", {"num_classes": 3}),
    ("vit_tiny_patch16_224", {"use_naflex": True}), ("vit_tiny_patch16_224", {"num_heads": 5}),
    ("vit_tiny_patch16_224", {"depth": "2"}), ("vit_tiny_patch16_224", {"mlp_ratio": 0}),
    ("vit_tiny_patch16_224", {"embed_norm_layer": "layernorm"}), ("vit_tiny_patch16_224", {"attn_layer": "diff"}),
    ("vit_giant_patch14_dinov2", {"act_layer": "gelu"}), ("deit_tiny_distilled_patch16_224", {"global_pool": "avg"}),
]

PRETRAINED = {"input_size": [3, 224, 224], "fixed_input_size": True}
LABELS = [
    {"num_classes": 2}, {"num_classes": 1}, {"num_classes": 0}, {}, {"num_classes": None}, {"num_classes": -1},
    {"num_classes": True}, {"num_classes": "2"}, {"num_classes": 2.0}, {"num_classes": 2, "label_names": ["a", "b"]},
    {"num_classes": 3, "label_names": ["a", "b"]}, {"label_names": ["a", "b"]}, {"num_classes": 2, "label_names": ["a", "a"]},
    {"num_classes": 2, "label_names": {"1": "a", "0": "b"}}, {"num_classes": 2, "label_names": []},
    {"num_classes": 2, "label_names": None}, {"num_classes": 2, "label_names": [1, 2]},
    {"num_classes": 1, "label_names": ["fake"]}, {"num_classes": 1, "label_names": ["fake", "real"]},
    {"num_classes": 2, "label_names": ["a", "b"], "label_descriptions": {"a": "A", "b": "B"}},
    {"num_classes": 2, "pretrained_cfg": {**PRETRAINED, "label_names": ["x", "y"], "num_classes": 5}},
    {"num_labels": 3, "num_classes": 2}, {"num_labels": 3}, {"id2label": {"0": "p", "1": "q"}},
    {"id2label": {"0": "p", "1": "q", "2": "r"}, "num_classes": 2}, {"id2label": {"0": "p", "1": "q"}, "num_classes": 2},
    {"id2label": {"0": "p", "1": "q"}, "num_classes": 2, "label_names": ["a", "b"]},
    {"id2label": {"0": "p", "1": "q"}, "num_classes": 2, "label_names": ["a"]},
    {"num_classes": 1, "problem_type": "single_label_classification"}, {"num_classes": 2, "model_type": "timm_wrapper"},
    {"num_classes": 3, "label_names": ["a", "b"], "model_type": "timm_wrapper"}, {"num_classes": 2, "model_type": "vit"},
]


def create(architecture, arguments):
    return timm.create_model(architecture, **{**TINY, **arguments}).eval()


def write_folder(name, architecture, arguments, labels, seed):
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    model = create(architecture, arguments)
    oracle.fill(model, seed)
    for key, parameter in model.named_parameters():
        if key.endswith("gamma"):
            parameter.data *= 3
    save_for_hf(model, folder, model_config={"label_names": labels} if labels else None,
                safe_serialization=name not in IN_BIN)
    if name == "size-of-pretrained-cfg":
        config = json.loads((folder / "config.json").read_text())
        config["model_args"].pop("img_size")
        oracle.write_json(folder / "config.json", config)
    return folder


def results(folder, pixels, dtype):
    """Logits, states and attentions of the model that timm loads from the folder."""
    model = timm.create_model(f"local-dir:{folder}", pretrained=True).eval().to(dtype)
    states, attentions = [], []
    model.blocks[0].register_forward_pre_hook(lambda module, inputs: states.append(inputs[0]))
    for block in model.blocks:
        block.register_forward_hook(lambda module, inputs, output: states.append(output))
        block.attn.attn_drop.register_forward_hook(lambda module, inputs, output: attentions.append(output))
    with torch.no_grad():
        logits = model(torch.from_numpy(pixels).to(dtype))
    assert len(states) == len(attentions) + 1 == len(model.blocks) + 1
    return logits, states, attentions


def lower_precisions(folder, pixels):
    for precision in ("bfloat16", "int8"):
        model = timm.create_model(f"local-dir:{folder}", pretrained=True).eval()
        dtype = torch.bfloat16 if precision == "bfloat16" else torch.float32
        if precision == "int8":
            model = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)
        with torch.no_grad():
            yield precision, model.to(dtype)(torch.from_numpy(pixels).to(dtype)).double()


def refuses_other_sizes(folder, shape):
    model = timm.create_model(f"local-dir:{folder}", pretrained=True).eval()
    height, width = shape[2:]
    for other in [(height + 8, width + 8), (height, width + 4)]:
        try:
            model(torch.zeros(1, shape[1], *other))
        except (AssertionError, RuntimeError):
            continue
        return False
    return True


def pipelines():
    """What transformers' pipeline says of photographs."""
    for name in ("vit", "one-logit", "siglip-gap", "registers-gap", "distilled"):
        with tempfile.TemporaryDirectory() as copy:
            shutil.copytree(HERE / name, copy, dirs_exist_ok=True)
            path = Path(copy, "config.json")
            config = json.loads(path.read_text())
            config["model_args"].pop("num_classes")
            path.write_text(json.dumps(config))
            pipe = transformers.pipeline("image-classification", model=copy, device="cpu")
            model = pipe.model.eval()
            for photo in ("coffee.jpg", "chelsea.jpg", "rocket.jpg"):
                image = Image.open(HERE.parent / "photos" / photo).convert("RGB")
                with torch.no_grad():
                    logits = model(**pipe.image_processor(image, return_tensors="pt")).logits[0]
                yield {"model": name, "photo": photo, "logits": logits.tolist(),
                       "scores": [[entry["label"], entry["score"]] for entry in pipe(image)]}


def architectures():
    """The arguments that each entrypoint gives to the class, by the names of the class."""
    given = {}

    def record(variant, pretrained=False, distilled=False, **arguments):
        raise Found(variant, distilled, arguments)

    class Found(Exception):
        pass

    makers = (vision_transformer._create_vision_transformer, deit._create_deit)
    vision_transformer._create_vision_transformer = deit._create_deit = record
    for name, module in sorted(_registry._model_to_module.items()):
        if module not in ("vision_transformer", "deit"):
            continue
        try:
            _registry._model_entrypoints[name]()
        except Found as found:
            variant, distilled, arguments = found.args
        given[name] = plain(variant, distilled, arguments)
    vision_transformer._create_vision_transformer, deit._create_deit = makers
    return given


def plain(variant, distilled, arguments):
    """None where the arguments ask for more than the plain encoder."""
    size = timm.get_pretrained_cfg(variant).input_size
    row = {"embed_dim": 768, "depth": 12, "num_heads": 12, "patch_size": 16, "img_size": size[1], "mlp_ratio": 4.0,
           "qkv_bias": True, "layer_scale": False, "class_token": True, "no_embed_class": False, "reg_tokens": 0,
           "pre_norm": False, "final_norm": True, "fc_norm": None, "global_pool": "token", "eps": 1e-6,
           "act_layer": "gelu", "swiglu": False, "distilled": distilled}
    for key, value in arguments.items():
        if key in ("pretrained_cfg", "pretrained_cfg_overlay", "cache_dir", "dynamic_img_size"):
            continue
        if key == "norm_layer" and isinstance(value, functools.partial) and value.func is timm.layers.LayerNorm:
            row["eps"] = value.keywords["eps"]
        elif key == "mlp_layer" and isinstance(value, functools.partial) and value.func is timm.layers.mlp.GluMlp:
            assert value.keywords["act_layer"] is torch.nn.SiLU and value.keywords["gate_last"] is False
            row["swiglu"] = True
        elif key == "act_layer":
            row[key] = "silu" if value is torch.nn.SiLU else value
        elif key == "init_values":
            row["layer_scale"] = bool(value)
        elif key in row:
            row[key] = value
        else:
            return None
    return row


def labels():
    for keys in LABELS:
        config = {"architecture": "vit_tiny_patch16_224", "pretrained_cfg": PRETRAINED, **keys}
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "config.json").write_text(json.dumps(config))
            try:
                read = transformers.AutoConfig.from_pretrained(folder)
                names = [str(read.id2label[index]) for index in range(read.num_labels)]
            except Exception:  # noqa: BLE001  whatever it says, the reference does not take it
                names = None
        yield {"config": config, "labels": names}


def lines(path, versions, key, values):
    body = ",\n".join(json.dumps(value) for value in values)
    path.write_text(f'{{"made_with": {json.dumps(versions)},\n"{key}": [\n{body}\n]}}\n')


def main():
    versions = oracle.versions("timm", "transformers", "torch", "safetensors", "numpy")
    manifest = {"oracle": versions, "cpu": oracle.cpu_model(), "pytorch": {}, "models": []}
    distances = {}
    for seed, (name, architecture, covers, arguments, names) in enumerate(MODELS, start=301):
        folder = write_folder(name, architecture, arguments, names, seed)
        settings = {**TINY, **arguments}
        side = settings["img_size"]
        shape = (2, settings.get("in_chans", 3), *(side if isinstance(side, list) else (side, side)))
        pixels = np.random.Generator(np.random.PCG64(4000 + seed)).uniform(-1, 1, shape).astype(np.float32)
        exact, states, attentions = results(folder, pixels, torch.float64)
        single = results(folder, pixels, torch.float32)[0]
        golden = {"pixel_values": torch.from_numpy(pixels), "logits.f64": exact, "logits.f32": single}
        golden.update({f"hidden_states.{index}": value.float().contiguous() for index, value in enumerate(states)})
        golden.update({f"attentions.{index}": value.float().contiguous() for index, value in enumerate(attentions)})
        save_file(golden, folder / "golden.safetensors")
        for precision, logits in lower_precisions(folder, pixels):
            distances.setdefault(precision, []).extend((logits - exact).abs().flatten().tolist())
        fixed = "dynamic_img_size" not in json.dumps(json.loads((folder / "config.json").read_text())) and name != "dynamic"
        assert not fixed or refuses_other_sizes(folder, shape), name
        manifest["models"].append({
            "name": name, "architecture": architecture, "covers": covers,
            "largest_logit": round(exact.abs().max().item(), 3),
            "largest_float32_logit_error": (single.double() - exact).abs().max().item()})
        assert math.isfinite(exact.abs().max().item())
    manifest["pytorch"] = {precision: {"mean": float(np.mean(distance)), "largest": max(distance)}
                           for precision, distance in distances.items()}
    manifest["refused"] = [{"architecture": name, "model_args": arguments} for name, arguments in REFUSED]
    manifest["pipelines"] = list(pipelines())
    oracle.write_json(HERE / "manifest.json", manifest)
    lines(HERE / "architectures.json", versions, "architectures",
          ({"name": name, "arguments": row} for name, row in architectures().items()))
    lines(HERE / "labels.json", versions, "cases", labels())


if __name__ == "__main__":
    main()

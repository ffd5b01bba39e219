"""What keys of config.json change the logits of transformers' models.

Run: python make.py   (transformers 5.23.0, torch 2.13.0 on the CPU, NumPy 2.4.6)

For each model of MODELS (../vit-tiny, ../architectures) each key of KEYS is set to each of its values, beside what the file has, in the
encoder's own object and for CLIP and SigLIP at the top as well. cases.json has what became of it: "same" where the logits of
ones and of a ramp are those of the untouched folder to 1e-6, "refused" where the model cannot be loaded or run, else the logits.
swin-cases.json has the same for SWIN_MODELS (../swin), with SWIN_KEYS besides; relatives-cases.json for RELATIVES
(../vit-relatives), with RELATIVES_KEYS; beit-cases.json for BEIT_MODELS (../beit), with BEIT_KEYS;
convnext-cases.json for CONVNEXT_MODELS (../convnext), with CONVNEXT_KEYS. With names of these files as arguments only
those are written.
"""
import json
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402  before transformers: it makes torchvision importable

import torch  # noqa: E402
import transformers  # noqa: E402
from transformers import AutoModelForImageClassification  # noqa: E402

torch.set_num_threads(2)
transformers.utils.logging.disable_progress_bar()
transformers.utils.logging.set_verbosity(50)

MODELS = ["vit-tiny/plain", "architectures/deit", "architectures/dinov2", "architectures/dinov2-with-registers",
          "architectures/siglip", "architectures/clip"]
BOTH = [True, False]
KEYS = {
    # What the configuration classes have.
    "hidden_size": [32], "num_hidden_layers": [0, 1], "num_attention_heads": [1, 2], "intermediate_size": [8], "mlp_ratio": [1],
    "hidden_act": ["relu", "gelu_new", "gelu"], "hidden_dropout_prob": [0.5], "attention_probs_dropout_prob": [0.5], "attention_dropout": [0.5],
    "dropout": [0.5], "initializer_range": [0.5], "initializer_factor": [2.0], "layer_norm_eps": [0.1], "image_size": [8], "patch_size": [2],
    "num_channels": [1, 4], "qkv_bias": BOTH, "encoder_stride": [4], "pooler_output_size": [5], "pooler_act": ["relu"],
    "layerscale_value": [0.5], "drop_path_rate": [0.5], "use_swiglu_ffn": BOTH, "apply_layernorm": [False],
    "reshape_hidden_states": [False], "use_mask_token": BOTH, "num_register_tokens": [0, 1], "vision_use_head": BOTH,
    "projection_dim": [3], "logit_scale_init_value": [1.0], "out_indices": [[1]], "out_features": [["stage1"]], "stage_names": [["a"]],
    # What classes of other models have, or had.
    "head_dim": [4, 8], "use_mean_pooling": BOTH, "use_absolute_position_embeddings": [False], "use_relative_position_bias": [True],
    "use_shared_relative_position_bias": [True], "layer_scale_init_value": [0.1], "mlp_bias": [False], "attention_bias": [False],
    "proj_bias": [False], "query_bias": [False], "key_bias": [False], "value_bias": [False], "use_gated_mlp": [True],
    "rope_theta": [100.0], "rope_parameters": [{"rope_theta": 100.0, "rope_type": "default"}], "rope_scaling": [{"type": "linear", "factor": 2.0}],
    "use_qk_norm": [True], "qk_layernorm": [True], "qk_norm": [True], "hidden_activation": ["relu"], "activation_function": ["relu"], "act": ["relu"],
    "layer_norm_epsilon": [0.1], "norm_eps": [0.1], "rms_norm_eps": [0.1], "embed_dim": [8], "d_model": [8], "n_layers": [1], "depth": [1],
    "num_heads": [1], "n_head": [1], "sliding_window": [2], "is_causal": BOTH, "attn_logit_softcapping": [1.0], "final_logit_softcapping": [1.0],
    "scale_attn_weights": [False], "scale": [2.0], "attention_multiplier": [2.0], "residual_multiplier": [0.5], "logit_scale": [2.0],
    "logits_scaling": [2.0], "pooling": ["mean"], "pooling_type": ["mean"], "global_pool": ["avg"], "pooler_type": ["mean"],
    "use_pooler": [True], "add_pooling_layer": [True], "use_cls_token": [False], "num_prefix_tokens": [3], "no_embed_class": [True],
    "use_post_norm": [True], "pre_norm": [False], "norm_first": [False], "post_layernorm": [False], "interpolate_pos_encoding": [True],
    "interpolate_antialias": [True], "interpolate_offset": [0.1], "layer_types": [["sliding_attention", "full_attention"]],
    "skip_layers": [[0]], "num_labels_extra": [1], "classifier_dropout": [0.5], "summary_activation": ["tanh"],
    # What every configuration has.
    "chunk_size_feed_forward": [1, 2], "is_decoder": [True], "is_encoder_decoder": [True], "add_cross_attention": [True], "cross_attention_hidden_size": [8],
    "pruned_heads": [{"0": [0]}], "tie_word_embeddings": BOTH, "tie_encoder_decoder": [True], "tie_last_hidden_states": BOTH,
    "torchscript": [True], "return_dict": BOTH, "output_hidden_states": BOTH, "output_attentions": BOTH, "use_cache": BOTH, "use_bfloat16": [True],
    "attn_implementation": ["eager", "sdpa"], "_attn_implementation": ["eager", "sdpa"], "_attn_implementation_internal": ["eager"],
    "experts_implementation": ["eager"], "finetuning_task": ["a"], "task_specific_params": [{"image-classification": {"hidden_act": "relu"}}],
    "problem_type": ["regression", "multi_label_classification"], "per_layer_config": [
        {"0": {"hidden_act": "relu"}}, {"0": {"skip": ["mlp"]}}, {"1": {"layer_norm_eps": 0.5}}, {"0": {"num_attention_heads": 1}}, {}],
    "quantization_config": [None], "compression_config": [{"quant_method": "gptq"}], "auto_map": [{"AutoConfig": "a.B"}], "extra_files": [["a"]],
    "dtype": ["float32", "float16", "bfloat16", "float64", "float8_e4m3fn", "float8_e5m2", "int8", "int32", "bool", "uint8", "complex64"],
    "torch_dtype": ["float8_e4m3fn"], "label_smoothing": [0.1], "architectures": [["ViTModel"], ["ViTForMaskedImageModeling"]],
    "base_model_name_or_path": ["x"], "peft_type": ["LORA"], "adapters": [{"a": 1}], "model_type": ["vit_msn"],
}
SWIN_MODELS = ["swin/swin", "swin/swinv2"]
SWIN_KEYS = {
    "depths": [[2], [2, 1], [2, 2, 2], [2, 0], [0, 2], [], 2, [2.0, 2]], "num_heads": [2, [4, 2], [2], [2, 4, 8], [3, 4], [1, 1], [2.0, 4]],
    "num_layers": [1, 3], "window_size": [1, 2, 3, 6, 8, 12, 0, -4, 4.0, [4, 4], "4"], "embed_dim": [16.0],
    "pretrained_window_sizes": [[0, 0], [6, 6], [0, 12], [12], [1, 0], [0, 1], [-1, 2], [6, 6, 6], [6.0, 6], [[6, 6], [6, 6]], 6, None],
    "mlp_ratio": [2, 2.0, 2.01, 2.1, 4.0, 0, "2"], "qkv_bias": [None, 0, "false"],
    "use_absolute_embeddings": BOTH, "path_norm": BOTH, "ape": [True], "patch_norm": [False], "layer_norm_eps": [1e-5, 1e-12, 0],
    "image_size": [4, 12, 16, 20, 26, 48, [24, 24], [12, 24], [24, 12], [24], 24.0], "patch_size": [[2, 2], [2, 1], [2], 4],
    "hidden_act": ["gelu_pytorch_tanh", "quick_gelu", "silu", "gelu_python", "unknown"], "shift_size": [1], "always_partition": [True],
    "output_hidden_states_before_downsampling": [True], "num_attention_heads": [[1, 1]], "num_hidden_layers": [2],
    "model_type": ["swin", "swinv2", "donut-swin", "swin2sr", "maskformer-swin"],
}
RELATIVES = ["vit-relatives/vit-msn", "vit-relatives/ijepa", "vit-relatives/metaclip-2"]
RELATIVES_KEYS = {
    "layer_norm_eps": [0, 1e-12, 1e-5], "image_size": [12, 14, [12, 12], [12, 16], [12], 12.0], "patch_size": [[4, 4], [4, 3], [4], 4.0],
    "hidden_act": ["quick_gelu", "silu", "gelu_pytorch_tanh", "tanh", "unknown"], "head_dim": [0, 8.0], "hidden_size": [12, 24.0],
    "pooler_output_size": [0, 24, None], "pooler_act": ["unknown"], "qkv_bias": [None, 0], "num_attention_heads": [5, 6, 0],
    "vision_config_dict": [{}, {"hidden_act": "relu"}, {"layer_norm_eps": 0.1}], "text_config": [None],
    "model_type": ["vit", "deit", "ijepa", "clip", "metaclip_2", "metaclip_2_vision_model"],
}
BEIT_MODELS = ["beit/beit", "beit/data2vec-vision"]
BEIT_KEYS = {
    "use_mean_pooling": [None, 0, "false"], "use_relative_position_bias": [False, None], "use_shared_relative_position_bias": [False],
    "use_absolute_position_embeddings": [True], "layer_scale_init_value": [0.0, -1.0, 0, 1, 1.0, None, "0.1"],
    "patch_size": [[4, 4], [4, 3], [4], 4.0], "image_size": [13, 14, [12, 12], [14, 15], [12, 16], [12], 12.0], "head_dim": [0, 8.0],
    "num_attention_heads": [5, 6, 0], "hidden_size": [30], "layer_norm_eps": [0, 1e-5], "vocab_size": [5], "add_fpn": [False],
    "hidden_act": ["quick_gelu", "silu", "gelu_pytorch_tanh", "tanh", "unknown"], "qkv_bias": [None, 0, "false"],
    "use_auxiliary_head": BOTH, "pool_scales": [[1]], "segmentation_indices": [[1]], "semantic_loss_ignore_index": [1],
    "auxiliary_channels": [3], "model_type": ["vit", "deit", "beit", "data2vec-vision"],
}
CONVNEXT_MODELS = ["convnext/convnext", "convnext/convnextv2"]
CONVNEXT_KEYS = {
    "num_stages": [1, 3, 0, -1, 2.0, None], "depths": [[2], [2, 1, 1], [1, 1], [2, 0], [0, 0], [2, -1], [3, 1], [], 2, [2.0, 1], None],
    "hidden_sizes": [[16], [16, 24, 24], [16, 24, 8], [16, 16], [24, 16], [], 16, [16.0, 24], None], "num_hidden_layers": [2, 2.0],
    "patch_size": [1, 2, 4, [2, 2], [2, 1], [2], 0, 2.0], "image_size": [1, 4, 40, [20, 20], [12, 24], 20.0, "20"],
    "layer_norm_eps": [1e-5, 1e-12, 0, 1], "layer_scale_init_value": [1e-6, 1.0, 0.0, -1.0, 0, 1, None], "drop_path_rate": [1.5, 1, "0"],
    "hidden_act": ["gelu_pytorch_tanh", "quick_gelu", "silu", "gelu_python", "unknown"], "use_grn": BOTH, "use_abs_pos": BOTH, "kernel_size": [3, 7],
    "stem_type": ["patch"], "head_init_scale": [0.5], "out_indices": [[1], [2]], "out_features": [["stage1"], ["stem"]],
    "model_type": ["convnext", "convnextv2", "dinov3_convnext"],
}
FILES = {"cases.json": (MODELS, {}), "swin-cases.json": (SWIN_MODELS, SWIN_KEYS),
         "relatives-cases.json": (RELATIVES, RELATIVES_KEYS), "beit-cases.json": (BEIT_MODELS, BEIT_KEYS),
         "convnext-cases.json": (CONVNEXT_MODELS, CONVNEXT_KEYS)}


def logits(folder, inputs, complete):
    model, loading = AutoModelForImageClassification.from_pretrained(folder, output_loading_info=True)
    if complete and any("mask_token" not in key for key in loading["missing_keys"]):
        raise ValueError("weights are missing")
    model.eval()
    with torch.no_grad():
        output = model(inputs.to(model.dtype))
        result = (output[0] if isinstance(output, tuple) else output.logits).float()
    if isinstance(output, tuple):  # return_dict false
        result = next(item for item in output if torch.is_tensor(item)).float()
    if not torch.isfinite(result).all():
        raise ValueError("not finite")
    return result


def write(path, names, keys, complete=False):
    """`complete`: whether weights that the reference makes up, the same each time, make it a refusal too; not those that only training reads."""
    models, cases = [], []
    for name in names:
        source = HERE.parent / name
        config = json.loads((source / "config.json").read_text())
        own = config["vision_config"] if "vision_config" in config else config
        # SigLIP 2 has a square table of positions instead.
        side = own["image_size"] if "image_size" in own else int(own["num_patches"] ** 0.5) * own["patch_size"]
        assert isinstance(side, int) and own.get("num_channels", 3) == 3
        count = 3 * side * side
        inputs = torch.stack([torch.ones(count), torch.arange(count, dtype=torch.float32) / count - 0.5]).reshape(2, 3, side, side)
        torch.manual_seed(1)
        plain = logits(source, inputs, complete)
        models.append({"name": name, "side": side, "logits": plain.flatten().tolist()})
        places = ["", "vision_config"] if "vision_config" in config else [""]
        for key, values in keys:
            for value in values:
                for place in places:
                    changed = json.loads(json.dumps(config))
                    (changed[place] if place else changed)[key] = value
                    case = {"model": name, "place": place, "key": key, "value": value}
                    with tempfile.TemporaryDirectory() as folder:
                        shutil.copy(source / "model.safetensors", folder)
                        (Path(folder) / "config.json").write_text(json.dumps(changed))
                        try:
                            # Weights that are not found are made at random: two seeds tell.
                            torch.manual_seed(1)
                            found = logits(folder, inputs, complete)
                            torch.manual_seed(2)
                            if not torch.equal(found, logits(folder, inputs, complete)):
                                raise ValueError("weights are missing")
                            same = found.shape == plain.shape and (found - plain).abs().max() <= 1e-6
                            case["result"] = "same" if same else found.flatten().tolist()
                        except Exception as error:  # noqa: BLE001
                            case["result"] = "refused"
                            if "-v" in sys.argv:
                                print(name, place, key, value, str(error).split("\n")[0][:120])
                    cases.append(case)
                    if "-v" in sys.argv and isinstance(case["result"], list):
                        print("DIFFERENT", name, place, key, value)
    lines = ",\n".join(json.dumps(case) for case in cases)
    versions = json.dumps(oracle.versions("transformers", "torch", "numpy"))
    (HERE / path).write_text(
        f'{{"oracle": {versions},\n"models": {json.dumps(models)},\n"cases": [\n{lines}\n]}}\n')


def main():
    named = [name for name in sys.argv[1:] if name in FILES]
    for name in named or FILES:
        models, keys = FILES[name]
        write(name, models, [*KEYS.items(), *keys.items()], complete=name == "beit-cases.json")


if __name__ == "__main__":
    main()

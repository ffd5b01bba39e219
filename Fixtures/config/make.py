"""Asks transformers what it makes of many config.json texts.

Writes cases.json: per case the text, and either the error or what AutoConfig read. `stricter` names the cases
that this package refuses although the reference takes them, `elsewhere` those that the reference refuses for a
reason that is not this reader's concern (whether the model type is known).

    python make.py        # needs the transformers named in cases.json's "oracle"
"""
import json
import logging
import pathlib
import platform
import tempfile

import torch
import transformers
from transformers import AutoConfig

transformers.logging.set_verbosity(logging.CRITICAL)
FOLDER = pathlib.Path(__file__).resolve().parent
AB = {"0": "a", "1": "b"}
KEYS = ("hidden_size", "layer_norm_eps", "hidden_dropout_prob", "qkv_bias", "hidden_act", "image_size")

GOOD_AND_BAD = {
    "nothing": {}, "num_labels 3": {"num_labels": 3}, "num_labels null": {"num_labels": None},
    "num_labels text": {"num_labels": "3"}, "num_labels 3.0": {"num_labels": 3.0},
    "num_labels true": {"num_labels": True}, "num_labels negative": {"num_labels": -1},
    "num_labels 0": {"num_labels": 0}, "id2label null": {"id2label": None},
    "id2label null, num_labels 4": {"id2label": None, "num_labels": 4}, "id2label empty": {"id2label": {}},
    "id2label empty, num_labels 3": {"id2label": {}, "num_labels": 3}, "id2label list": {"id2label": ["a", "b"]},
    "id2label text": {"id2label": "a"}, "id2label key no integer": {"id2label": {"a": "x"}},
    "id2label key with spaces": {"id2label": {" 1 ": "x", "0": "y"}},
    "id2label key with plus": {"id2label": {"+1": "x", "0": "y"}},
    "id2label key with zero": {"id2label": {"01": "x", "0": "y"}},
    "id2label key with underscore": {"id2label": {"1_0": "x", "0": "y"}},
    "id2label key with two underscores": {"id2label": {"1__0": "x"}},
    "id2label key ends in underscore": {"id2label": {"1_": "x"}},
    "id2label key empty": {"id2label": {"": "x"}}, "id2label key sign only": {"id2label": {"-": "x"}},
    "id2label key 0.0": {"id2label": {"0.0": "x"}}, "id2label key negative": {"id2label": {"-1": "x", "0": "y"}},
    "id2label keys equal as integers": {"id2label": {"1": "x", "01": "y", "0": "z"}},
    "id2label values integers": {"id2label": {"0": 5, "1": 6}}, "id2label out of order": {"id2label": {"1": "b", "0": "a"}},
    "id2label with a hole": {"id2label": {"0": "a", "2": "b"}}, "id2label and same num_labels": {"id2label": AB, "num_labels": 2},
    "id2label and more num_labels": {"id2label": AB, "num_labels": 5},
    "id2label and fewer num_labels": {"id2label": AB, "num_labels": 1},
    "id2label and null num_labels": {"id2label": AB, "num_labels": None},
    "id2label and 0 num_labels": {"id2label": AB, "num_labels": 0},
    "id2label with a hole and num_labels": {"id2label": {"0": "a", "2": "b"}, "num_labels": 3},
    "id2label of eleven": {"id2label": {str(i): f"name {i}" for i in range(10, -1, -1)}},
    "label2id alone": {"label2id": {"a": 0, "b": 1, "c": 2}}, "label2id contradicts": {"id2label": AB, "label2id": {"a": 1, "b": 0}},
    "one label": {"id2label": {"0": "only"}},
    "one label, single": {"id2label": {"0": "only"}, "problem_type": "single_label_classification"},
    "one label, multi": {"id2label": {"0": "only"}, "problem_type": "multi_label_classification"},
    "one label, regression": {"num_labels": 1, "problem_type": "regression"},
    "problem_type single": {"problem_type": "single_label_classification"}, "problem_type unknown": {"problem_type": "foo"},
    "problem_type null": {"problem_type": None}, "problem_type integer": {"problem_type": 1},
    "torch_dtype": {"torch_dtype": "float16"}, "dtype": {"dtype": "bfloat16"},
    "dtype before torch_dtype": {"dtype": "bfloat16", "torch_dtype": "float16"},
    "dtype null, torch_dtype": {"dtype": None, "torch_dtype": "float16"}, "dtype unknown": {"dtype": "foo"},
    "dtype with module": {"dtype": "torch.float16"}, "architectures null": {"architectures": None},
    "architectures": {"architectures": ["ViTForImageClassification"]}, "architectures text": {"architectures": "X"},
    "integer as text": {"hidden_size": "32"}, "integer with point": {"hidden_size": 32.0},
    "integer true": {"hidden_size": True}, "integer null": {"hidden_size": None}, "integer negative": {"hidden_size": -1},
    "eps 0": {"layer_norm_eps": 0}, "eps 1": {"layer_norm_eps": 1}, "eps null": {"layer_norm_eps": None},
    "eps text": {"layer_norm_eps": "1e-12"}, "eps true": {"layer_norm_eps": True}, "eps 1e-6": {"layer_norm_eps": 1e-6},
    "eps NaN": {"layer_norm_eps": float("nan")}, "eps infinite": {"layer_norm_eps": float("inf")},
    "dropout integer": {"hidden_dropout_prob": 0}, "dropout false": {"hidden_dropout_prob": False},
    "dropout null": {"hidden_dropout_prob": None}, "bool 1": {"qkv_bias": 1}, "bool null": {"qkv_bias": None},
    "bool text": {"qkv_bias": "true"}, "bool false": {"qkv_bias": False}, "text null": {"hidden_act": None},
    "text integer": {"hidden_act": 1}, "text": {"hidden_act": "quick_gelu"}, "sides": {"image_size": [224, 192]},
    "sides with points": {"image_size": [224.0, 192]}, "sides texts": {"image_size": ["224", "192"]},
    "sides true": {"image_size": [True, 1]}, "side null": {"image_size": None}, "side with point": {"image_size": 224.0},
    "side object": {"image_size": {"height": 224, "width": 224}}, "side true": {"image_size": True},
    "unknown keys": {"foo": [1, {"bar": None}], "_num_labels": 2},
}
STRICTER = {
    "id2label key of another script": {"id2label": {"\uff11": "x", "0": "y"}},
    "id2label key beyond 64 bits": {"id2label": {"99999999999999999999": "a", "0": "b"}},
    "id2label value null": {"id2label": {"0": None, "1": "b"}}, "dtype integer": {"dtype": 1},
    "architectures integers": {"architectures": [1]}, "integer beyond 64 bits": {"hidden_size": 2**70},
    "sides none": {"image_size": []}, "sides one": {"image_size": [224]}, "sides three": {"image_size": [224, 192, 1]},
}
TEXTS = {
    "key twice": '{"model_type":"vit","hidden_size":32,"hidden_size":64}',
    "id twice": '{"model_type":"vit","id2label":{"0":"a","0":"b"}}',
    "byte order mark": '\ufeff{"model_type":"vit"}', "list": "[]", "null": "null", "empty": "", "cut": '{"model_type":"vit"',
    "trailing comma": '{"model_type":"vit",}', "comment": '{"model_type":"vit"}//x', "single quotes": "{'model_type':'vit'}",
    "num_labels -0": '{"model_type":"vit","num_labels":-0}', "num_labels 1e0": '{"model_type":"vit","num_labels":1e0}',
    "eps 1e999": '{"model_type":"vit","layer_norm_eps":1e999}', "eps 1e-12": '{"model_type":"vit","layer_norm_eps":1e-12}',
    "control character": '{"model_type":"vit","id2label":{"0":"a\tb"}}',
    "escapes": '{"model_type":"vit","id2label":{"0":"\\u00e9\\ud83d\\ude00","\\u0031":"b\\n"}}',
}
ELSEWHERE = {"model_type missing": '{"id2label":{"0":"a"}}', "model_type unknown": '{"model_type":"nope"}'}


def plain(value):
    """A value that JSON can hold: floating-point numbers as their shortest text."""
    if isinstance(value, torch.dtype):
        return str(value).removeprefix("torch.")
    return repr(value) if isinstance(value, float) else value


def case(name, text, **marks):
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "config.json").write_text(text, encoding="utf-8")
        try:
            config = AutoConfig.from_pretrained(folder)
        except Exception as error:
            message = str(error).replace(folder, "FOLDER").replace("\n", " ")
            return {"name": name, "text": text, "error": f"{type(error).__name__}: {' '.join(message.split())[:120]}", **marks}
    if marks.get("stricter"):
        return {"name": name, "text": text, **marks}
    # What Python's config.id2label[i] gives for each row of the classifier; a missing name has no meaning there.
    labels = [str(config.id2label.get(index, f"LABEL_{index}")) for index in range(config.num_labels)]
    return {
        "name": name, "text": text, "labels": labels, "dtype": plain(config.dtype),
        "problem_type": config.problem_type if isinstance(config.problem_type, str) else None,
        "values": {key: plain(getattr(config, key)) for key in KEYS}, **marks}


cases = [case(name, json.dumps({"model_type": "vit", **keys})) for name, keys in GOOD_AND_BAD.items()]
cases += [case(name, json.dumps({"model_type": "vit", **keys}), stricter=True) for name, keys in STRICTER.items()]
cases += [case(name, text) for name, text in TEXTS.items()]
cases += [case(name, text, elsewhere=True) for name, text in ELSEWHERE.items()]
oracle = {"python": platform.python_version(), "transformers": transformers.__version__, "torch": torch.__version__}
body = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in cases)
(FOLDER / "cases.json").write_text('{"oracle": ' + json.dumps(oracle) + ',\n"cases": [\n' + body + "\n]}\n")
print(len(cases), "cases,", sum("error" in entry for entry in cases), "errors")

"""The columns that a classified table has more than before: what `aiguard.spark` and `aiguard.ray` share."""
from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from .worker import Answer

#: The columns, in their order.
NAMES = (
    "sha256", "model_sha256", "verdict", "score", "calibrated_score", "label", "logits", "evidence", "provenance", "error_kind", "error",
    "attempts",
)

#: Of an image that is not there.
MISSING = Answer(None, None, "missing-content", "there is no image", 0)

_PROVENANCE = ("model", "version", "kernels", "precision", "profile", "policy")


def row(content: Any, answer: Answer, hello: Mapping[str, Any]) -> dict[str, Any]:
    """One row. `sha256` is the image's, so that together with `model_sha256` it is the key of a result; `logits` are by label,
    `evidence` and `provenance` JSON.
    """
    values: dict[str, Any] = dict.fromkeys(NAMES)
    values["sha256"] = None if content is None else hashlib.sha256(content).hexdigest()
    values["model_sha256"] = hello["model"]["sha256"]
    values["error_kind"], values["error"], values["attempts"] = answer.error_kind, answer.error, answer.attempts
    if answer.result is None:
        return values
    result = answer.result.get("classification", answer.result)
    evidence = answer.result.get("evidence")
    predictions = result["predictions"]
    values["verdict"] = result.get("verdict")
    values["score"] = result.get("generatedScore")
    values["calibrated_score"] = result.get("calibratedScore")
    values["label"] = predictions[0]["label"] if predictions else None
    values["logits"] = {prediction["label"]: prediction["logit"] for prediction in predictions}
    values["evidence"] = None if evidence is None else json.dumps(evidence, sort_keys=True)
    values["provenance"] = json.dumps({key: result[key] for key in _PROVENANCE if key in result}, sort_keys=True)
    return values

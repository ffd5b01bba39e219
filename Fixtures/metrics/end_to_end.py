"""Figures of an evaluation from the scores that `aiguard evaluate --scores` printed, by scikit-learn.

    python Fixtures/metrics/end_to_end.py scores.jsonl

The scores are those of the built-in model on the fixtures that `EvaluatorTests.files` lists, put into such folders; both
stay in `end-to-end.json`. Made with the versions that `metrics.json` names.
"""

import json
import pathlib
import sys

import make

rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
y, s = [int(row["isGenerated"]) for row in rows], [row["score"] for row in rows]
document = {
    "names": [row["name"] for row in rows], "scores": s, "figures": make.stored("end to end", y, s, curves=False)}
path = pathlib.Path(__file__).parent / "end-to-end.json"
path.write_text(json.dumps(document, indent=1) + "\n")

"""AI Guard Vision on Ray Data.

    import ray
    from aiguard.ray import Classifier

    images = ray.data.read_binary_files("s3://bucket/images")
    images.map_batches(Classifier, fn_constructor_kwargs={"arguments": ["--model", "/models/vit"]}, concurrency=4, num_cpus=1)

Where the actors together take every CPU, nothing is left for reading, and the job stands still: leave one.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .columns import MISSING, NAMES, row
from .worker import AIGuardWorker


class Classifier:
    """An actor with a child of its own. Its batches get the columns of `aiguard.columns.NAMES`; logits are JSON there."""

    def __init__(
        self, column: str = "bytes", *, arguments: Sequence[str] = (), program: str = "aiguard", expect: Mapping[str, Any] | None = None,
        timeout: float = 120, attempts: int = 3, environment: Mapping[str, str] | None = None,
    ):
        self._column = column
        self._worker = AIGuardWorker(
            arguments, program=program, expect=expect, timeout=timeout, attempts=attempts, environment=environment)

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        import json

        import numpy

        contents = list(batch[self._column])
        answers = self._worker.classify_each(content for content in contents if content is not None)
        rows = [row(content, MISSING if content is None else next(answers), self._worker.hello) for content in contents]
        # Beyond the last answer there is none: so the worker sees the end.
        assert next(answers, None) is None
        added = dict(batch)
        for name in NAMES:
            values = [values[name] for values in rows]
            if name == "logits":
                values = [None if value is None else json.dumps(value, sort_keys=True) for value in values]
            added[name] = numpy.array(values, dtype=numpy.int32 if name == "attempts" else object)
        return added

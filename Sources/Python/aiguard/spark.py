"""AI Guard Vision on Apache Spark.

    from aiguard.spark import classify, remaining

    images = spark.read.format("binaryFile").load("s3://bucket/images")
    classify(images, arguments=["--model", "/models/vit", "--evidence"]).drop("content").write.parquet("s3://bucket/verdicts")

Every Python worker of Spark has a child `aiguard worker` that is kept between tasks (`spark.python.worker.reuse`). A task that is run
twice, by a retry or by speculation, gives the same rows to the last bit.
"""
from __future__ import annotations

import atexit
import collections
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow

from .columns import MISSING, NAMES, row
from .worker import AIGuardWorker

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

#: The columns that `classify` adds, as Spark's DDL.
SCHEMA = (
    "sha256 string, model_sha256 string, verdict string, score double, calibrated_score double, label string, logits map<string, float>, "
    "evidence string, provenance string, error_kind string, error string, attempts int"
)

#: The workers of this process, by what they were made with.
_workers: dict[str, AIGuardWorker] = {}


@atexit.register
def _close() -> None:
    for worker in _workers.values():
        worker.close()


def _worker(settings: Mapping[str, Any]) -> AIGuardWorker:
    key = json.dumps(settings, sort_keys=True)
    if key not in _workers:
        _workers[key] = AIGuardWorker(**settings)
    return _workers[key]


def classify(
    df: DataFrame, column: str = "content", *, arguments: Sequence[str] = (), program: str = "aiguard", expect: Mapping[str, Any] | None = None,
    timeout: float = 120, attempts: int = 3, environment: Mapping[str, str] | None = None,
) -> DataFrame:
    """Adds the columns of `aiguard.columns.NAMES` to a table with encoded images.

    :param column: The images, of type binary. Where it is null the row has the error `missing-content`.
    :param arguments: Of `aiguard worker`. Without `--threads` it has as many as a task has cores (`spark.task.cpus`).
    :param program: The path of `aiguard` on the executors.
    :param expect: What the worker has to say of itself: pass `model_identity(...)` of the driver, so that an executor with another
        binary or model fails the job before it has made a row.
    """
    present = sorted(set(NAMES) & set(df.columns))
    if present:
        raise ValueError(f"the table has columns of these names already: {', '.join(present)}")
    settings = {
        "arguments": list(arguments), "program": program, "expect": dict(expect or {}), "timeout": timeout, "attempts": attempts,
        "environment": None if environment is None else dict(environment),
    }
    schema = ", ".join(f"`{field.name}` {field.dataType.simpleString()}" for field in df.schema.fields)

    def map_batches(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        from pyspark import TaskContext

        context = TaskContext.get()
        own = dict(settings)
        if "--threads" not in own["arguments"]:
            own["arguments"] = [*own["arguments"], "--threads", str(context.cpus() if context else 1)]
        yield from classify_batches(_worker(own), batches, column)

    return df.mapInArrow(map_batches, f"{schema}, {SCHEMA}")


def classify_batches(worker: AIGuardWorker, batches: Iterable[pyarrow.RecordBatch], column: str) -> Iterator[pyarrow.RecordBatch]:
    """The batches with their new columns. The worker never waits between two of them."""
    pending: collections.deque[tuple[pyarrow.RecordBatch, list[Any], list[dict[str, Any]]]] = collections.deque()

    def images() -> Iterator[Any]:
        for batch in batches:
            contents = [value.as_buffer() for value in batch.column(column)]
            pending.append((batch, contents, []))
            yield from (content for content in contents if content is not None)

    def done() -> Iterator[pyarrow.RecordBatch]:
        while pending:
            batch, contents, rows = pending[0]
            while len(rows) < len(contents) and contents[len(rows)] is None:
                rows.append(row(None, MISSING, worker.hello))
            if len(rows) < len(contents):
                return
            pending.popleft()
            yield _with_columns(batch, rows)

    for answer in worker.classify_each(images()):
        yield from done()
        _, contents, rows = pending[0]
        rows.append(row(contents[len(rows)], answer, worker.hello))
        yield from done()
    yield from done()


_TYPES = {
    "score": pyarrow.float64(), "calibrated_score": pyarrow.float64(), "logits": pyarrow.map_(pyarrow.string(), pyarrow.float32()),
    "attempts": pyarrow.int32(),
}


def _with_columns(batch: pyarrow.RecordBatch, rows: list[dict[str, Any]]) -> pyarrow.RecordBatch:
    arrays, names = list(batch.columns), list(batch.schema.names)
    for name in NAMES:
        values = [values[name] for values in rows]
        if name == "logits":
            values = [None if value is None else list(value.items()) for value in values]
        arrays.append(pyarrow.array(values, type=_TYPES.get(name, pyarrow.string())))
        names.append(name)
    return pyarrow.RecordBatch.from_arrays(arrays, names=names)


def model_identity(arguments: Sequence[str] = (), *, program: str = "aiguard", environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What a worker with these arguments says of itself on this machine, as `expect` takes it."""
    with AIGuardWorker(arguments, program=program, environment=environment) as worker:
        return {key: worker.hello.get(key) for key in ("protocol", "version", "model", "profile", "policy", "precision", "topK", "evidence")}


def remaining(
    df: DataFrame, results: DataFrame, column: str = "content", *, model_sha256: str, retry: Sequence[str] = ()
) -> DataFrame:
    """The rows whose image has no row of that model among the results yet.

    :param retry: Kinds of errors that are no result, as `["crashed", "timeout"]`: their images are asked for again.
    """
    from pyspark.sql import functions

    had = results.where(functions.col("model_sha256") == model_sha256)
    if retry:
        had = had.where(~functions.coalesce(functions.col("error_kind"), functions.lit("")).isin(*retry))
    hashed = df.withColumn("_sha256", functions.sha2(functions.col(column), 256))
    return hashed.join(had.select(functions.col("sha256").alias("_sha256")).distinct(), "_sha256", "left_anti").drop("_sha256")

"""Classifies the images of a folder or of Parquet files on Apache Spark, and does only what is missing when it is run again.

usage: spark-submit aiguard_job.py --input DIR --output DIR [--model M] [--format binaryFile|parquet] [--write parquet|json] [-- WORKER ARGUMENTS]
"""
from __future__ import annotations

import argparse
import sys
import time

from pyspark.sql import SparkSession, functions
from pyspark.sql.utils import AnalysisException

from aiguard.spark import SCHEMA, classify, model_identity, remaining


def parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    split = arguments.index("--") if "--" in arguments else len(arguments)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--model", default="builtin:photo")
    parser.add_argument("--program", default="aiguard", help="the tool on the executors")
    parser.add_argument("--format", choices=["binaryFile", "parquet"], default="binaryFile")
    parser.add_argument("--write", choices=["parquet", "json"], default="parquet")
    parser.add_argument("--column", default="content")
    parser.add_argument("--partitions", type=int, help="tasks; by default as the input has them")
    parser.add_argument("--retry", nargs="*", default=[], help="kinds of errors whose images are done again: crashed, timeout")
    parser.add_argument("--timeout", type=float, default=120, help="seconds for one image")
    return parser.parse_args(arguments[:split]), arguments[split + 1:]


def main() -> None:
    options, others = parse(sys.argv[1:])
    arguments = ["--model", options.model, *others]
    spark = SparkSession.builder.appName("aiguard").getOrCreate()
    # A batch of 10,000 images would be gigabytes.
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "64")
    # Here and before any row: a wrong model fails at once, and an executor that has another one too.
    identity = model_identity(arguments, program=options.program)
    reader = spark.read.format(options.format)
    if options.format == "binaryFile":
        reader = reader.option("recursiveFileLookup", "true")
    images = reader.load(options.input)
    # JSON leaves out what no row has, so what there is does not say what there may be.
    written = spark.read.format(options.write).schema(f"{SCHEMA}, task int")
    try:
        had = written.load(options.output)
    except AnalysisException:
        had = None
    todo = images if had is None else remaining(
        images, had, options.column, model_sha256=identity["model"]["sha256"], retry=options.retry)
    if options.partitions:
        todo = todo.repartition(options.partitions)
    start = time.monotonic()
    results = classify(
        todo, options.column, arguments=arguments, program=options.program, expect=identity, timeout=options.timeout
    ).drop(options.column)
    results = results.withColumn("task", functions.spark_partition_id())
    results.write.mode("append").format(options.write).save(options.output)
    seconds = time.monotonic() - start
    summarise(written.load(options.output), identity["model"]["sha256"], seconds)
    spark.stop()


def summarise(results, model: str, seconds: float) -> None:
    """What there is of this model now, and how evenly the tasks had it."""
    own = results.where(functions.col("model_sha256") == model).cache()
    rows = own.count()
    print(f"{rows} rows of this model, {own.select('sha256').distinct().count()} images; this run took {seconds:.1f} s")
    for title, column in [("verdicts", "verdict"), ("errors", "error_kind")]:
        counts = {row[0] or "none": row[1] for row in own.groupBy(column).count().orderBy(column).collect()}
        print(f"{title}: {', '.join(f'{name} {count}' for name, count in counts.items()) or 'none'}")
    sizes = [row[1] for row in own.groupBy("task").count().collect()]
    if sizes:
        print(f"tasks: {len(sizes)}, the largest with {max(sizes) / (sum(sizes) / len(sizes)):.2f} times the mean's rows")


if __name__ == "__main__":
    main()

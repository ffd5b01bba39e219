#!/usr/bin/env python3
"""Images a second on Spark, beside the tool on the same files and cores, and beside the usual way, a pandas UDF with transformers.

usage: run.py --tool AIGUARD --files FOLDER --model MODEL [--count N] [--rounds 3] [--cores 2] [--standalone] [--transformers]
Needs pyspark with Java 17; with --transformers also torch and transformers, for MODEL a folder. Rounds in turns in one session of
local[CORES], or of a standalone cluster with as many workers of one core; the tool with as many threads, the first of each kind not
counted: the tasks of a job find Spark and the workers warm. Memory is the most that one process of a kind had: a child of ours beside
its Python worker, or a Python worker with transformers in it.
"""
import atexit
import contextlib
import os
import pathlib
import re
import subprocess
import sys

import rounds

ROOT = pathlib.Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "Sources/Python"), str(ROOT / "Sources/Python/tests")]
parser = rounds.parser(__doc__)
parser.add_argument("--standalone", action="store_true")
parser.add_argument("--transformers", action="store_true")
arguments = parser.parse_args()
os.environ |= {
    "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1",
    "PYTHONPATH": f"{ROOT / 'Sources/Python'}:{os.environ.get('PYTHONPATH', '')}",
}
import pandas
from pyspark.sql import SparkSession, functions

from aiguard.spark import classify
from standalone import Standalone

files = rounds.Images(arguments.files, arguments.count)
cluster = contextlib.ExitStack()
atexit.register(cluster.close)
master = cluster.enter_context(Standalone(os.environ, arguments.cores)) if arguments.standalone else f"local[{arguments.cores}]"
spark = (
    SparkSession.builder.master(master).config("spark.ui.enabled", "false").config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.host", "127.0.0.1").config("spark.log.level", "ERROR").config("spark.ui.showConsoleProgress", "false")
    .config("spark.sql.execution.arrow.maxRecordsPerBatch", "64").config("spark.executor.cores", "1")
    # The cached images may all lie with the executor that was there first; carrying them costs less than waiting for it.
    .config("spark.locality.wait", "0")
    .getOrCreate())
images = spark.read.parquet(files.parquet).repartition(8).cache()
images.count()


def write(df):
    df.drop("content").write.format("noop").mode("overwrite").save()


def ours():
    write(classify(images, arguments=["--model", arguments.model], program=arguments.tool))


@functions.pandas_udf("string")
def udf(contents: "pandas.Series") -> "pandas.Series":
    import io

    import torch
    from PIL import Image
    from transformers import AutoImageProcessor, ViTForImageClassification

    global kept
    try:
        processor, model = kept
    except NameError:
        torch.set_num_threads(1)
        processor, model = kept = AutoImageProcessor.from_pretrained(arguments.model), ViTForImageClassification.from_pretrained(arguments.model).eval()
    results = []
    for first in range(0, len(contents), 8):
        pictures = [Image.open(io.BytesIO(content)).convert("RGB") for content in contents[first:first + 8]]
        with torch.no_grad():
            results += model(**processor(pictures, return_tensors="pt")).logits.tolist()
    return pandas.Series([str(logits) for logits in results])


def usual():
    write(images.withColumn("logits", udf("content")))


def memory(pattern):
    """The most of one process, in MB."""
    sizes = [0]
    for pid in subprocess.run(["pgrep", "-f", pattern], capture_output=True, text=True).stdout.split():
        try:
            sizes.append(int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) // 1024)
        except (OSError, TypeError):
            pass
    return max(sizes)


kinds = {"tool": lambda: rounds.by_tool(arguments, files), "Spark": ours} | ({"transformers": usual} if arguments.transformers else {})
processes = {"tool": "^$", "Spark": f"^{re.escape(arguments.tool)} worker", "transformers": "pyspark.daemon"}
peak = dict.fromkeys(kinds, 0)


def note_peak(name):
    peak[name] = max(peak[name], memory(processes[name]))


rates = rounds.in_turns(kinds, arguments.rounds, len(files.paths), note_peak)
for name, rate in rates.items():
    print(f"{name}: {rate:.2f} images/s, {rate / rates['tool']:.2f} of the tool's" + (f", {peak[name]} MB a process" if peak[name] else ""))
spark.stop()

#!/usr/bin/env python3
"""Images a second on Spark, beside the tool on the same files and cores, and beside the usual way, a pandas UDF with transformers.

usage: run.py --tool AIGUARD --files FOLDER --model MODEL [--count N] [--rounds 3] [--cores 2] [--standalone] [--transformers]
Needs pyspark with Java 17; with --transformers also torch and transformers, for MODEL a folder. Rounds in turns in one session of
local[CORES], or of a standalone cluster with as many workers of one core; the tool with as many threads, the first of each kind not
counted: the tasks of a job find Spark and the workers warm. Memory is the most that one process of a kind had: a child of ours beside
its Python worker, or a Python worker with transformers in it.
"""
import argparse
import contextlib
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "Sources/Python"), str(ROOT / "Sources/Python/tests")]
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
for name in ["tool", "files", "model"]:
    parser.add_argument(f"--{name}", required=True)
parser.add_argument("--count", type=int, default=600)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--cores", type=int, default=2)
parser.add_argument("--standalone", action="store_true")
parser.add_argument("--transformers", action="store_true")
arguments = parser.parse_args()
tool = os.path.abspath(arguments.tool)
os.environ |= {
    "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1",
    "PYTHONPATH": f"{ROOT / 'Sources/Python'}:{os.environ.get('PYTHONPATH', '')}",
}
import pandas
import pyarrow
import pyarrow.parquet
from pyspark.sql import SparkSession, functions

from aiguard.spark import classify
from standalone import Standalone

paths = sorted(path for path in pathlib.Path(arguments.files).rglob("*") if path.is_file())[:arguments.count]
folder = tempfile.TemporaryDirectory()
table = pyarrow.table({"content": pyarrow.array([path.read_bytes() for path in paths], pyarrow.binary())})
pyarrow.parquet.write_table(table, f"{folder.name}/images.parquet", row_group_size=64)
cluster = contextlib.ExitStack()
master = cluster.enter_context(Standalone(os.environ, arguments.cores)) if arguments.standalone else f"local[{arguments.cores}]"
spark = (
    SparkSession.builder.master(master).config("spark.ui.enabled", "false").config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.host", "127.0.0.1").config("spark.log.level", "ERROR").config("spark.ui.showConsoleProgress", "false")
    .config("spark.sql.execution.arrow.maxRecordsPerBatch", "64").config("spark.executor.cores", "1")
    # The cached images may all lie with the executor that was there first; carrying them costs less than waiting for it.
    .config("spark.locality.wait", "0")
    .getOrCreate())
images = spark.read.parquet(f"{folder.name}/images.parquet").repartition(8).cache()
images.count()


def write(df):
    df.drop("content").write.format("noop").mode("overwrite").save()


def ours():
    write(classify(images, arguments=["--model", arguments.model], program=tool))


def by_tool():
    subprocess.run(
        [tool, "classify", "--json", "--model", arguments.model, "--threads", str(arguments.cores), *map(str, paths)], stdout=subprocess.DEVNULL, check=True)


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


kinds = {"tool": by_tool, "Spark": ours} | ({"transformers": usual} if arguments.transformers else {})
times = {name: [] for name in kinds}
peak = dict.fromkeys(kinds, 0)
for number in range(arguments.rounds + 1):
    for name, run in kinds.items():
        start = time.monotonic()
        run()
        seconds = time.monotonic() - start
        peak[name] = max(peak[name], memory({"tool": "^$", "Spark": f"^{re.escape(tool)} worker", "transformers": "pyspark.daemon"}[name]))
        if number:
            times[name].append(seconds)
            print(f"round {number}: {name} {len(paths) / seconds:.2f} images/s", flush=True)
rates = {name: len(paths) / statistics.median(seconds) for name, seconds in times.items()}
for name, rate in rates.items():
    print(f"{name}: {rate:.2f} images/s, {rate / rates['tool']:.2f} of the tool's" + (f", {peak[name]} MB a process" if peak[name] else ""))
spark.stop()
cluster.close()

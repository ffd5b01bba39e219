#!/usr/bin/env python3
"""Images a second on Ray Data, beside the tool on the same files and cores.

usage: ray_data.py --tool AIGUARD --files FOLDER --model MODEL [--count N] [--rounds 3] [--cores 2]
Needs Ray. Rounds in turns, the first of each kind not counted. One actor, whose child has as many threads as the tool; starting both
counts, as Ray does it for each job and the shell for each run of the tool.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "Sources/Python"))
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
for name in ["tool", "files", "model"]:
    parser.add_argument(f"--{name}", required=True)
parser.add_argument("--count", type=int, default=600)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--cores", type=int, default=2)
arguments = parser.parse_args()
tool = os.path.abspath(arguments.tool)
os.environ |= {"PYTHONPATH": str(ROOT / "Sources/Python"), "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
import pyarrow
import pyarrow.parquet
import ray

from aiguard.ray import Classifier

paths = sorted(path for path in pathlib.Path(arguments.files).rglob("*") if path.is_file())[:arguments.count]
folder = tempfile.TemporaryDirectory()
table = pyarrow.table({"content": pyarrow.array([path.read_bytes() for path in paths], pyarrow.binary())})
pyarrow.parquet.write_table(table, f"{folder.name}/images.parquet", row_group_size=64)
# One CPU for the actor, one for reading: it is the threads that compute.
ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR", log_to_driver=False)
ray.data.DataContext.get_current().enable_progress_bars = False
options = ["--model", arguments.model, "--threads", str(arguments.cores)]


def by_ray():
    rows = ray.data.read_parquet(f"{folder.name}/images.parquet").map_batches(
        Classifier, batch_size=64, concurrency=1, num_cpus=1,
        fn_constructor_kwargs={"column": "content", "program": tool, "arguments": options}).drop_columns(["content"])
    assert sum(len(batch["verdict"]) for batch in rows.iter_batches(batch_size=None)) == len(paths)


def by_tool():
    subprocess.run([tool, "classify", "--json", *options, *map(str, paths)], stdout=subprocess.DEVNULL, check=True)


kinds = {"tool": by_tool, "Ray": by_ray}
times = {name: [] for name in kinds}
for number in range(arguments.rounds + 1):
    for name, run in kinds.items():
        start = time.monotonic()
        run()
        seconds = time.monotonic() - start
        if number:
            times[name].append(seconds)
            print(f"round {number}: {name} {len(paths) / seconds:.2f} images/s", flush=True)
rates = {name: len(paths) / statistics.median(seconds) for name, seconds in times.items()}
for name, rate in rates.items():
    print(f"{name}: {rate:.2f} images/s, {rate / rates['tool']:.2f} of the tool's")
ray.shutdown()

#!/usr/bin/env python3
"""Images a second on Ray Data, beside the tool on the same files and cores.

usage: ray_data.py --tool AIGUARD --files FOLDER --model MODEL [--count N] [--rounds 3] [--cores 2]
Needs Ray. Rounds in turns, the first of each kind not counted. One actor, whose child has as many threads as the tool; starting both
counts, as Ray does it for each job and the shell for each run of the tool.
"""
import os
import pathlib
import sys

import rounds

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "Sources/Python"))
arguments = rounds.parser(__doc__).parse_args()
os.environ |= {"PYTHONPATH": str(ROOT / "Sources/Python"), "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
import ray

from aiguard.ray import Classifier

images = rounds.Images(arguments.files, arguments.count)
# One CPU for the actor, one for reading: it is the threads that compute.
ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR", log_to_driver=False)
ray.data.DataContext.get_current().enable_progress_bars = False


def by_ray():
    rows = ray.data.read_parquet(images.parquet).map_batches(
        Classifier, batch_size=64, concurrency=1, num_cpus=1,
        fn_constructor_kwargs={
            "column": "content", "program": arguments.tool, "arguments": ["--model", arguments.model, "--threads", str(arguments.cores)],
        }).drop_columns(["content"])
    assert sum(len(batch["verdict"]) for batch in rows.iter_batches(batch_size=None)) == len(images.paths)


rates = rounds.in_turns(
    {"tool": lambda: rounds.by_tool(arguments, images), "Ray": by_ray}, arguments.rounds, len(images.paths))
for name, rate in rates.items():
    print(f"{name}: {rate:.2f} images/s, {rate / rates['tool']:.2f} of the tool's")
ray.shutdown()

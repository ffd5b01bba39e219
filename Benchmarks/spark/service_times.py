#!/usr/bin/env python3
"""Milliseconds of one image after the other on one thread, and sizes of files, for simulate.py.

usage: service_times.py --tool AIGUARD --files FOLDER --model MODEL [--count N] > times.json
"""
import argparse
import json
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "Sources/Python"))
from aiguard import AIGuardWorker

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
for name in ["tool", "files", "model"]:
    parser.add_argument(f"--{name}", required=True)
parser.add_argument("--count", type=int, default=300)
arguments = parser.parse_args()
images = [path.read_bytes() for path in sorted(pathlib.Path(arguments.files).rglob("*")) if path.is_file()][:arguments.count]


def quantiles(values):
    """101 of them, from the least to the most."""
    values = sorted(values)
    return [round(values[(len(values) - 1) * number // 100], 3) for number in range(101)]


begin = time.perf_counter()
with AIGuardWorker(["--model", arguments.model, "--threads", "1"], program=arguments.tool) as worker:
    start = time.perf_counter() - begin
    worker.classify(images[0])
    times = []
    for image in images:
        begin = time.perf_counter()
        worker.classify(image)
        times.append((time.perf_counter() - begin) * 1000)
    pid = worker.process.pid
    memory = int(next(line for line in open(f"/proc/{pid}/status") if line.startswith("VmHWM")).split()[1]) // 1024
json.dump(
    {"model": arguments.model, "kernels": worker.hello["kernels"], "images": len(images), "start_seconds": round(start, 2), "memory_mb": memory,
     "mean_ms": round(statistics.mean(times), 2), "ms": quantiles(times), "bytes": quantiles(map(len, images))}, sys.stdout)
print()

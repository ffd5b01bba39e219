"""The peer's side of the line protocol of aiguard-bench.

    python NAME_peer.py VARIANT MODEL PIXELS BATCH THREADS

MODEL is the folder that export.py filled, PIXELS a file of raw little-endian float32 [BATCH, 3, side, side]. Each answer
is one line of JSON: after loading `{"engine", "kernels", "load_ns"}`; to a line `run N` the times of N forward passes
and the logits of the last; to `quit`, or at the end of the input, the peak memory.
"""
import json
import sys
import time
from pathlib import Path

import fixture


def answer(value):
    print(json.dumps(value), flush=True)


def peak_kb():
    """Not getrusage's: that starts at the size of the process that started this one."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


def serve(load):
    """`load(variant, folder, batch, threads)` gives the engine's name, its kernels and a function of the pixels."""
    variant, folder, path, batch, threads = sys.argv[1:]
    pixels = fixture.read_pixels(path, int(batch), fixture.model_of(folder).shape)
    start = time.perf_counter_ns()
    engine, kernels, forward = load(variant, folder, int(batch), int(threads))
    answer({"engine": engine, "kernels": kernels, "load_ns": time.perf_counter_ns() - start})
    for line in sys.stdin:
        words = line.split()
        if words[0] == "quit":
            break
        times = []
        for _ in range(int(words[1])):
            start = time.perf_counter_ns()
            logits = forward(pixels)
            times.append(time.perf_counter_ns() - start)
        answer({"ns": times, "logits": logits.flatten().tolist()})
    answer({"peak_kb": peak_kb()})

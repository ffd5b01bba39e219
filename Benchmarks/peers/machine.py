"""What the table says of the machine: the processor, its relevant flags, memory bandwidth, arithmetic peaks."""
import concurrent.futures
import subprocess
import time
from pathlib import Path

import numpy as np

from engine import environment

FLAGS = ("avx2", "fma", "f16c", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_tile",
         "amx_bf16", "amx_int8", "asimd", "asimddp", "i8mm", "bf16", "sve")


def cpu():
    fields = {}
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        fields.setdefault(key.strip(), value.strip())
    flags = fields.get("flags", fields.get("Features", "")).split()
    return {"model": fields.get("model name", "unknown"), "flags": [flag for flag in FLAGS if flag in flags]}


def bandwidth(threads, megabytes=256, rounds=5):
    """GB/s of reading arrays larger than the caches, one a thread; the best of a few rounds, as a roof should be."""
    arrays = [np.zeros(megabytes * 2**18, np.float32) + index for index in range(threads)]
    best = 0
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        for _ in range(rounds + 1):
            start = time.perf_counter()
            list(pool.map(np.max, arrays))
            best = max(best, threads * arrays[0].nbytes / (time.perf_counter() - start) * 1e-9)
    return best


def arithmetic_peaks(bench):
    """{(precision, threads): GFLOP/s} as `aiguard-bench --peak` measures them; empty if it cannot."""
    process = subprocess.run([bench, "--peak"], env=environment(), capture_output=True, text=True)
    peaks = {}
    for line in process.stdout.splitlines():
        words = line.split()
        if process.returncode == 0 and len(words) == 4 and words[0] == "peak":
            peaks[words[1], int(words[2].removeprefix("t"))] = float(words[3])
    return peaks

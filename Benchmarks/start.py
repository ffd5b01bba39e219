"""Times whole runs of `aiguard classify` with a model folder, at each precision in turn, and its peak memory.

    python3 Benchmarks/start.py .build/release/aiguard MODEL_FOLDER [ROUNDS]

The rounds are interleaved, so that a slow moment of the machine falls on all. Unset every OPENBLAS_* variable first.
"""
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

PHOTO = Path(__file__).resolve().parent.parent / "Fixtures" / "photos" / "chelsea.jpg"


def run(arguments):
    begin = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    if status != 0:
        sys.exit(f"{' '.join(arguments)} failed")
    return seconds, usage.ru_maxrss / 1024


def main():
    tool, model, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 11
    base = [tool, "classify", str(PHOTO)]
    cases = {name: [*base, "--model", model, "--precision", name] for name in ("float32", "bfloat16", "int8")}
    cases["float32 --json"] = [*cases["float32"], "--json"]
    cases["built-in model"] = base
    results = {name: [] for name in cases}
    for name, arguments in cases.items():
        run(arguments)  # brings the files into the page cache
    for _ in range(rounds):
        for name, arguments in cases.items():
            results[name].append(run(arguments))
    for name, found in results.items():
        seconds = [second for second, _ in found]
        print(f"{name:16} median {statistics.median(seconds):.3f} s, fastest {min(seconds):.3f} s, "
              f"peak {max(peak for _, peak in found):.0f} MB")


if __name__ == "__main__":
    main()

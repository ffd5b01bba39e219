"""Measures this library beside PyTorch on the full-size ViT-B/16 of Fixtures/vit-base.

Run: pip install -r requirements.txt, then python run.py [--threads 1,2] [--batch 1,8] [--rounds 7]

Each engine runs in a process of its own with the same number of threads; the rounds are interleaved (A B A B ...), so
that a slow minute of the machine falls on both, and the medians are compared. Every OPENBLAS_* and NVPL_* variable is
removed for all of them. Then the start: from the start of the process `aiguard classify` with the built-in model to
its first label. The last lines are one a row, `ratio float32 b<batch> t<threads> <ratio>`, for programs to read.
"""
import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def environment(threads=None):
    dropped = ("OPENBLAS_", "NVPL_", "GOTO_", "OMP_", "MKL_", "KMP_", "GOMP_", "BLIS_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    clean.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", HF_HUB_DISABLE_PROGRESS_BARS="1")
    if threads:
        clean["OMP_NUM_THREADS"] = str(threads)
    return clean


class Engine:
    """A process that speaks the protocol of aiguard-bench."""

    def __init__(self, command, model, pixels, batch, threads):
        self.process = subprocess.Popen(
            [*command, str(model), str(pixels), str(batch), str(threads)], env=environment(threads), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sys.stderr)
        self.ready = self.line()
        self.times = []

    def line(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.process.args[0]} ended with status {self.process.wait()}")
        return json.loads(line)

    def run(self, count, keep=True):
        self.process.stdin.write(f"run {count}\n")
        self.process.stdin.flush()
        answer = self.line()
        self.logits = np.array(answer["logits"])
        if keep:
            self.times += answer["ns"]
        time.sleep(0.05)  # until its threads have stopped spinning

    def quit(self):
        self.process.stdin.write("quit\n")
        self.process.stdin.flush()
        self.peak = self.line()["peak_kb"] / 1024
        self.process.stdin.close()
        self.process.wait()

    def images_per_second(self, batch):
        return batch / (statistics.median(self.times) * 1e-9)


def build(package, product, options):
    command = ["swift", "build", "-c", "release", "--package-path", str(package), *options]
    if product:
        subprocess.run([*command, "--product", product], check=True, stdout=sys.stderr)
    return Path(subprocess.run([*command, "--show-bin-path"], check=True, capture_output=True, text=True).stdout.strip())


def cpu_model():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown"


def cold_start(aiguard, runs):
    """Seconds from the start of the process to the first line of its result, the median."""
    image = ROOT / "Fixtures/photos/astronaut.jpg"
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        process = subprocess.Popen([aiguard, "classify", "--json", str(image)], env=environment(), text=True,
                                   stdout=subprocess.PIPE)
        first = process.stdout.readline()
        times.append(time.perf_counter() - start)
        process.communicate()
        assert process.returncode == 0 and json.loads(first)["predictions"], first
    return statistics.median(times[1:])  # the first run fills the page cache


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    numbers = lambda text: [int(part) for part in text.split(",")]  # noqa: E731
    parser.add_argument("--threads", type=numbers, default=[1, 2], help="thread counts (1,2)")
    parser.add_argument("--batch", type=numbers, default=[1, 8], help="batch sizes (1,8)")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each engine (7)")
    parser.add_argument("--passes", type=int, default=2, help="forward passes a turn (2)")
    parser.add_argument("--starts", type=int, default=10, help="process starts to time (10); 0 for none")
    parser.add_argument("--bench", type=Path, help="a built aiguard-bench, instead of building it")
    parser.add_argument("--aiguard", type=Path, help="a built aiguard, instead of building it")
    options = parser.parse_args()

    bench = options.bench or build(HERE.parent, "aiguard-bench", []) / "aiguard-bench"
    spec = importlib.util.spec_from_file_location("fixture", ROOT / "Fixtures/vit-base/make.py")
    fixture = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fixture)

    print(f"CPU: {cpu_model()}, {len(os.sched_getaffinity(0))} available")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        fixture.write_model(folder)
        print(f"{'threads':>7} {'batch':>5} {'ours img/s':>11} {'torch img/s':>12} {'ratio':>6} {'logits differ':>13}"
              f" {'ours MB':>8} {'torch MB':>8} {'ours load s':>11}", flush=True)
        for threads in options.threads:
            for batch in options.batch:
                pixels = Path(folder) / f"pixels.{batch}.f32"
                keys = [f"pixel_values.{index}" for index in range(batch)]
                np.concatenate([fixture.generate(key, 3 * 224 * 224, fixture.PIXEL_MULTIPLIER) for key in keys]).astype(
                    "<f4").tofile(pixels)
                ours = Engine([bench], folder, pixels, batch, threads)
                torch = Engine([sys.executable, HERE / "torch_peer.py"], folder, pixels, batch, threads)
                for engine in (ours, torch):
                    engine.run(1, keep=False)
                for _ in range(options.rounds):
                    for engine in (ours, torch):
                        engine.run(options.passes)
                for engine in (ours, torch):
                    engine.quit()
                a, b = (engine.images_per_second(batch) for engine in (ours, torch))
                difference = np.abs(ours.logits - torch.logits).max()
                rows.append(f"ratio float32 b{batch} t{threads} {a / b:.3f}")
                print(f"{threads:7} {batch:5} {a:11.2f} {b:12.2f} {a / b:6.2f} {difference:13.1e} {ours.peak:8.0f}"
                      f" {torch.peak:8.0f} {ours.ready['load_ns'] * 1e-9:11.2f}", flush=True)
        print(f"engines: {ours.ready['engine']} ({ours.ready['kernels']}), {torch.ready['engine']}"
              f" ({torch.ready['kernels']}); {options.rounds} rounds of {options.passes} passes, medians")
    if options.starts:
        aiguard = options.aiguard or build(ROOT, "aiguard", []) / "aiguard"
        seconds = cold_start(aiguard, options.starts)
        print(f"start of the process to the first label of the built-in model: {seconds:.3f} s"
              f" (median of {options.starts})")
    print(*rows, sep="\n")


if __name__ == "__main__":
    main()

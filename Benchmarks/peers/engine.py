"""A process that speaks the protocol of aiguard-bench, and the environment that all of them get."""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


# What holds the engines that can be held to fewer instructions than the CPU has.
AVX2 = {"AIGUARD_KERNELS": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"}
held = {}


def environment(threads=None):
    """Nothing that steers a BLAS or an OpenMP run time from outside, for all engines alike."""
    dropped = ("OPENBLAS_", "NVPL_", "GOTO_", "OMP_", "MKL_", "KMP_", "GOMP_", "BLIS_", "DNNL_", "ONEDNN_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    clean.update(held, HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", HF_HUB_DISABLE_PROGRESS_BARS="1")
    if threads:
        clean["OMP_NUM_THREADS"] = str(threads)
    return clean


def peer(name, variant):
    return [sys.executable, str(HERE / f"{name}_peer.py"), variant]


class EngineFailed(Exception):
    pass


class LineProcess:
    """A process that answers `run N` and `quit` with a line of JSON each."""

    def __init__(self, command, threads):
        self.errors = tempfile.TemporaryFile("w+")
        self.times = []
        self.process = subprocess.Popen(
            [*map(str, command)], env=environment(threads), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.errors)
        self.ready = self.line()

    def line(self):
        """Its next answer; some peers also print notes of their own."""
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        self.process.wait()
        self.errors.seek(0)
        said = [line for line in self.errors.read().splitlines() if line.strip()]
        raise EngineFailed(said[-1] if said else f"ended with status {self.process.returncode}")

    def ask(self, words):
        try:
            self.process.stdin.write(f"{words}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # `line` tells why
        return self.line()

    def run(self, count, keep=True):
        answer = self.ask(f"run {count}")
        if keep:
            self.times += answer["ns"]
        time.sleep(0.05)  # until its threads have stopped spinning
        return answer

    def quit(self):
        self.peak_mb = self.ask("quit")["peak_kb"] / 1024
        self.process.stdin.close()
        self.process.wait()

    @property
    def seconds(self):
        """The median of what was timed."""
        return statistics.median(self.times) * 1e-9


class Engine(LineProcess):
    """One that classifies."""

    def __init__(self, command, model, pixels, batch, threads):
        self.batch = batch
        started = time.perf_counter()
        super().__init__([*command, model, pixels, batch, threads], threads)
        self.run(1, keep=False)
        self.first_result = time.perf_counter() - started  # seconds from the start of the process to its first logits

    def run(self, count, keep=True):
        self.logits = super().run(count, keep)["logits"]

    @property
    def images_per_second(self):
        return self.batch / self.seconds

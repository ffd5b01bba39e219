"""Runs the engines: first every setting once, then the chosen ones in turns, then their starts."""
import json
import math
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

import export
import fixture
import machine
import variants
from engine import HERE, Engine, EngineFailed, environment, held, peer

OURS = "AIGuardVision"


def note(text):
    print(text, file=sys.stderr, flush=True)


class Comparison:
    def __init__(self, bench, model, folder):
        self.bench = bench
        self.model = model
        self.folder = folder  # of the model, with the peers' forms of it beside
        self.results = {"cpu": machine.cpu(), "date": time.strftime("%Y-%m-%d"), "model": model.name, "bandwidth": {}, "peaks": {},
                        "tried": [], "starts": [], "rows": []}
        self.peaks = {}  # (precision, threads): what each round measured

    def prepare(self, batches, precisions):
        self.model.write(self.folder)
        self.golden = self.model.golden_logits(self.folder)
        exports = [name for name in export.WRITERS if "int8" in precisions or name not in export.QUANTISED]
        subprocess.run([sys.executable, HERE / "export.py", self.folder, *exports], env=environment(),
                       stdout=sys.stderr)
        for batch in {1, *batches}:
            self.model.write_pixels(self.pixels(batch), batch)
        self.model.golden_inputs(self.folder).astype("<f4").tofile(self.pixels("golden"))

    def pixels(self, batch):
        return self.folder / f"pixels.{batch}.f32"

    def start(self, precision, variant, batch, threads, pixels=None):
        """The engine with its first pass done; None, and a note, if it refuses. `variant` None is our own."""
        ours = variant is None
        command = [self.bench, "--precision", precision] if ours else peer(variant.peer, variant.setting)
        try:
            return Engine(command, self.folder, pixels or self.pixels(batch), batch, threads)
        except EngineFailed as error:
            note(f"{OURS if ours else variant.name} does not run in {precision}: {error}")
            return None

    def logit_error(self, precision, variant, threads):
        """The largest difference from the float64 logits of the fixture's inputs, as one batch."""
        engine = self.start(precision, variant, len(self.golden), threads, self.pixels("golden"))
        if not engine:
            return math.nan
        engine.quit()
        return float(np.abs(np.reshape(engine.logits, self.golden.shape) - self.golden).max())

    def choose(self, precision, threads):
        """Tries each setting at batch 1; gives [(variant, logit error)], our own (None) first if it
        runs."""
        tried = []
        for variant in variants.PEERS[precision]:
            if held and variant.peer != "openvino":
                continue
            engine = self.start(precision, variant, 1, threads)
            if engine:
                engine.run(3)
                engine.quit()
                tried.append((engine.images_per_second, variant, engine.ready))
        tried.sort(key=lambda entry: -entry[0])
        chosen, fastest = [], {}
        for speed, variant, ready in tried:
            known = {"precision": precision, "engine": variant.engine, "setting": variant.setting,
                     "images_per_second": speed, "version": ready["engine"], "kernels": ready["kernels"],
                     "logit_error": math.nan, "measured": False}
            self.results["tried"].append(known)
            first = fastest.get(variant.engine)
            if speed * variants.SLOW < tried[0][0] or (first and speed < first * variants.NEAR):
                continue
            known["logit_error"] = error = self.logit_error(precision, variant, threads)
            if error <= variants.SANE:
                known["measured"] = True
                fastest.setdefault(variant.engine, speed)
                chosen.append((variants.beside(variant) if first else variant, error))
        error = self.logit_error(precision, None, threads)
        ours = [] if math.isnan(error) else [(None, error)]
        queued = [(variants.apart(variant), error) for variant, error in chosen if variant.peer == "openvino"]
        return [*ours, *chosen, *queued]

    def measure_peaks(self):
        if held:
            return  # they are those of all instructions
        for key, value in machine.arithmetic_peaks(self.bench).items():
            self.peaks.setdefault(key, []).append(value)
        self.results["peaks"] = {f"{precision} t{threads}": statistics.median(values)
                                 for (precision, threads), values in self.peaks.items()}

    def peak(self, precision, threads):
        """GFLOP/s; a processor without bfloat16 arithmetic computes it in float32."""
        peaks = self.results["peaks"]
        known = peaks.get(f"{precision} t{threads}")
        if precision == "bfloat16":
            known = known or peaks.get(f"float32 t{threads}")
        return known or math.nan

    def row(self, precision, chosen, batch, threads, rounds, passes):
        """One precision, batch size and number of threads: A B C A B C ..., each a process of its own."""
        engines = {}
        for variant, error in chosen:
            if variant is None or batch >= variant.smallest_batch:
                engine = self.start(precision, variant, batch, threads)
                if engine:
                    engines[variant] = engine, error

        def each(ask):
            for variant, (engine, _) in list(engines.items()):
                try:
                    ask(engine)
                except EngineFailed as failure:
                    note(f"{variant.name if variant else OURS} ended in {precision}, batch {batch}: {failure}")
                    del engines[variant]

        for _ in range(rounds):
            self.measure_peaks()
            each(lambda engine: engine.run(passes))
        each(Engine.quit)
        best = max((engine.images_per_second for variant, (engine, _) in engines.items() if variant), default=math.nan)
        for variant, (engine, error) in engines.items():
            speed = engine.images_per_second
            self.results["rows"].append({
                "precision": precision, "batch": batch, "threads": threads, "rounds": rounds,
                "engine": variant.engine if variant else OURS, "setting": variant.setting if variant else precision,
                "version": engine.ready["engine"], "kernels": engine.ready["kernels"], "images_per_second": speed,
                "ratio": speed / best, "peak_mb": engine.peak_mb, "logit_error": error, "ns": engine.times})
        for known in self.results["rows"]:  # the median of the peaks has moved for those before as well
            arithmetic = self.peak(known["precision"], known["threads"])
            known["share"] = known["images_per_second"] * self.model.gflop / arithmetic

    def starts(self, precision, chosen, threads, count):
        """From the start of the process to the first logits of one image, and the memory that takes; medians."""
        for variant, _ in chosen:
            if variant and variant.smallest_batch > 1:
                continue
            runs = []
            for _ in range(count):
                engine = self.start(precision, variant, 1, threads)
                if not engine:
                    break
                engine.quit()
                runs.append(engine)
            if runs:
                self.results["starts"].append({
                    "precision": precision, "engine": variant.engine if variant else OURS,
                    "cold_start_s": statistics.median(run.first_result for run in runs),
                    "load_s": statistics.median(run.ready["load_ns"] for run in runs) * 1e-9,
                    "peak_mb": statistics.median(run.peak_mb for run in runs)})

    def write_json(self, path):
        if path:
            plain = json.loads(json.dumps(self.results), parse_constant=lambda _: None)  # JSON has no NaN
            Path(path).write_text(json.dumps(plain, indent=1) + "\n")


def first_label(aiguard, runs):
    """Seconds from the start of `aiguard classify` with the built-in model to the first line, the median."""
    image = fixture.ROOT / "Fixtures/photos/astronaut.jpg"
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        process = subprocess.Popen([aiguard, "classify", "--model", "builtin:cifake", "--json", str(image)], env=environment(), text=True,
                                   stdout=subprocess.PIPE)
        first = process.stdout.readline()
        times.append(time.perf_counter() - start)
        process.communicate()
        if process.returncode != 0 or '"predictions"' not in first:
            note(f"{aiguard} classify answered {first!r} with status {process.returncode}")
            return math.nan
    return statistics.median(times[1:])  # the first run fills the page cache

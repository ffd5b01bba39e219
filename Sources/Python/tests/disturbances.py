"""The job on Spark while things go wrong, and on Ray: every row once, with the tool's own verdicts and logits to the last bit.

usage: disturbances.py --program AIGUARD --images FOLDER [--count 600] [--only NAME ...]

Needs pyspark with Java 17 (and Ray for its row) in the Python that runs it; what is missing is said and passed over.
"""
from __future__ import annotations

import argparse
import collections
import contextlib
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from standalone import Standalone

POISON = 2


class Case:
    """600 images, two of which kill a worker, as a Parquet file, and what the tool says of them."""

    def __init__(self, program: str, images: str, count: int, folder: pathlib.Path):
        import pyarrow
        import pyarrow.parquet

        self.folder, self.program = folder, program
        paths = sorted(path for path in pathlib.Path(images).rglob("*") if path.is_file())
        contents = {}
        for path in paths:
            content = path.read_bytes()
            contents.setdefault(hashlib.sha256(content).hexdigest(), (path, content))
            if len(contents) == count - POISON:
                break
        lines = subprocess.run(
            [program, "classify", "--json", *(str(path) for path, _ in contents.values())], capture_output=True
        ).stdout.decode().splitlines()
        self.expected = {}
        for sha, line in zip(contents, lines):
            value = json.loads(line)
            error = value.get("error", {}).get("kind")
            self.expected[sha] = (error, value.get("verdict"), logits(value.get("predictions", [])))
        rows = [content for _, content in contents.values()]
        for number in range(POISON):
            rows.insert(len(rows) * (number + 1) // 3, b"POISON %d" % number)
            self.expected[hashlib.sha256(b"POISON %d" % number).hexdigest()] = ("crashed", None, None)
        self.input = folder / "input.parquet"
        pyarrow.parquet.write_table(pyarrow.table({"content": pyarrow.array(rows, pyarrow.binary())}), self.input, row_group_size=50)
        self.count = len(rows)
        self.rows = rows

    def check(self, rows: list[dict], count: int | None = None) -> str:
        count = count or self.count
        found = collections.Counter(row["sha256"] for row in rows)
        wrong = [
            row["sha256"] for row in rows
            if self.expected.get(row["sha256"]) != (row["error_kind"], row["verdict"], row["logits"])
        ]
        errors = collections.Counter(row["error_kind"] for row in rows if row["error_kind"])
        text = f"{len(rows)} rows, {len(found)} distinct, {len(wrong)} unlike the tool's, errors {dict(errors)}"
        if len(rows) != count or len(found) != count or wrong:
            raise SystemExit(f"FAILED: {text}; first {wrong[:2]}")
        return text


def logits(predictions):
    """By label, the bits."""
    return {p["label"]: struct.pack("<f", p["logit"]) for p in predictions} or None


def rows_of(output) -> list[dict]:
    import pyarrow.dataset

    table = pyarrow.dataset.dataset(str(output), format="parquet", exclude_invalid_files=True).to_table()
    rows = table.select(["sha256", "error_kind", "verdict", "logits"]).to_pylist()
    for row in rows:
        row["logits"] = None if row["logits"] is None else {label: struct.pack("<f", value) for label, value in row["logits"]}
    return rows


def rows_of_json(output) -> list[dict]:
    """As Spark writes them: members without a value are left out."""
    rows = [json.loads(line) for path in pathlib.Path(output).glob("*.json") for line in path.read_text().splitlines()]
    return [
        {
            **{name: row.get(name) for name in ["sha256", "error_kind", "verdict"]},
            "logits": {label: struct.pack("<f", value) for label, value in row.get("logits", {}).items()} or None,
        } for row in rows
    ]


def processes(pattern: str) -> list[int]:
    return [int(pid) for pid in subprocess.run(["pgrep", "-f", pattern], capture_output=True, text=True).stdout.split()]


def children(pid: int) -> list[int]:
    return [int(child) for child in subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()]


def wait_for(find, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = find()
        if found:
            return found
        time.sleep(0.1)
    raise SystemExit("FAILED: nothing to disturb")


class Spark:
    def __init__(self, case: Case):
        import pyspark

        self.case = case
        self.home = pathlib.Path(pyspark.__file__).parent
        self.events = case.folder / "events"
        self.events.mkdir()
        self.environment = {
            **os.environ, "SPARK_HOME": str(self.home), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1",
            "PYTHONPATH": f"{HERE.parent}:{self.home.parent}", "AIGUARD_REAL": case.program,
        }

    def run(self, master: str, output: pathlib.Path, disturb=None, *options: str, fails=False, **settings: str) -> tuple[float, str]:
        settings = {
            "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1", "spark.ui.enabled": "false",
            "spark.sql.files.maxPartitionBytes": "1m", "spark.executor.cores": "1", "spark.log.level": "ERROR",
            **settings,
        }
        submit = [f"--master {master}", *(f"--conf {key}={value}" for key, value in settings.items()), "pyspark-shell"]
        start = time.monotonic()
        # Of an option that is given twice the last one counts.
        job = subprocess.Popen(
            [sys.executable, str(HERE.parent / "jobs/aiguard_job.py"), "--input", str(self.case.input), "--output", str(output), "--format",
             "parquet", "--partitions", "12", "--program", str(HERE / "poisoned_aiguard.py"), *options],
            env={**self.environment, "PYSPARK_SUBMIT_ARGS": " ".join(submit)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if disturb:
            disturb()
        out, errors = job.communicate(timeout=600)
        if (job.returncode != 0) != fails:
            raise SystemExit(f"FAILED: the job ended with {job.returncode}\n{out}\n{errors[-3000:]}")
        return time.monotonic() - start, errors if fails else out


def kill_python_worker():
    """One that has a child which works, in the middle of a task."""
    daemon = wait_for(lambda: [pid for pid in processes("pyspark.daemon") if children(pid)])
    worker = wait_for(lambda: [pid for pid in children(daemon[-1]) if children(pid)])
    time.sleep(4)
    os.kill(worker[0], signal.SIGKILL)


def kill_executor():
    executors = wait_for(lambda: processes("CoarseGrainedExecutorBackend"))
    wait_for(lambda: [pid for pid in processes("pyspark.daemon") if children(pid)])
    time.sleep(4)
    os.kill(executors[0], signal.SIGKILL)


def stop_a_child(program: str):
    """One in the middle of a task, for so long that its task is given to another executor too."""
    # The first one only says what it is, to the driver.
    wait_for(lambda: [pid for pid in processes("pyspark.daemon") if children(pid)])
    time.sleep(6)

    def stopped():
        child = max(processes(re.escape(program) + " worker"), default=None)
        if child is None:
            return None
        os.kill(child, signal.SIGSTOP)
        # One that a killer has just ended is no slow one.
        time.sleep(3)
        return child if child in processes(re.escape(program) + " worker") else None

    child = wait_for(stopped)

    def resume():
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGCONT)

    threading.Timer(100, resume).start()


def no_children(program: str):
    wait_for(lambda: not processes(re.escape(program) + " worker"), 20)


def say(name, text, seconds=None):
    print(f"| {name} | {text} |" + ("" if seconds is None else f" {seconds:.1f} s |"), flush=True)


def on_spark(case: Case, only):
    try:
        spark = Spark(case)
    except ImportError:
        return say("Spark", "pyspark is not here: passed over")
    if not shutil.which("java"):
        return say("Spark", "Java is not here: passed over")
    number = 0

    def one(name, master, disturb=None, **settings):
        nonlocal number
        if only and name not in only:
            return None
        number += 1
        output = case.folder / f"out-{number}"
        seconds, _ = spark.run(master, output, disturb, **settings)
        text = case.check(rows_of(output))
        no_children(case.program)
        say(name, text, seconds)
        return output

    one("local[1]", "local[1,4]")
    output = one("local[2]", "local[2,4]")
    if output:
        seconds, out = spark.run("local[2,4]", output)
        say("second run", case.check(rows_of(output)) + ": nothing was done again", seconds)
        seconds, errors = spark.run("local[2,4]", case.folder / "wrong", None, "--model", "/nowhere", fails=True)
        if "model cannot be loaded" not in errors or list((case.folder / "wrong").glob("*.parquet")):
            raise SystemExit(f"FAILED: a wrong model\n{errors[-1500:]}")
        say("a model that is not there", "fails before any row", seconds)
    if not only or "a folder, JSON" in only:
        files = case.folder / "files"
        files.mkdir()
        some = case.rows[:40]
        for index, content in enumerate(some):
            (files / f"{index} ä.jpg").write_bytes(content)
        for name in ["a folder, JSON", "the same again"]:
            seconds, _ = spark.run(
                "local[2,4]", case.folder / "json", None, "--input", str(files), "--format", "binaryFile", "--write", "json", "--partitions", "4")
            say(name, case.check(rows_of_json(case.folder / "json"), len(some)), seconds)
    one("a Python worker killed", "local[2,4]", kill_python_worker)
    with Standalone(spark.environment, workers=2) as master:
        one("standalone, two workers", master)
        one("an executor killed", master, kill_executor)
        # Of a task that is slow another executor gets a copy, and the first result of both counts.
        output = one(
            "a slow child, speculation", master, lambda: stop_a_child(case.program),
            **{
                "spark.speculation": "true", "spark.speculation.interval": "500ms", "spark.speculation.quantile": "0.3", "spark.speculation.multiplier": "1.5",
                "spark.eventLog.enabled": "true", "spark.eventLog.dir": spark.events.as_uri(), "spark.eventLog.compress": "false",
            })
        if output:
            log = "".join(path.read_text() for path in spark.events.rglob("events_*"))
            copies = len({(line["Stage ID"], line["Task Info"]["Index"]) for line in map(json.loads, log.splitlines())
                          if line["Event"] == "SparkListenerTaskStart" and line["Task Info"]["Speculative"]})
            if not copies:
                raise SystemExit("FAILED: no task was given out twice")
            say("", f"{copies} tasks were given out twice")
    no_children(case.program)


def on_ray(case: Case, only):
    if only and "Ray" not in only:
        return
    try:
        import ray
    except ImportError:
        return say("Ray", "Ray is not here: passed over")
    os.environ |= {"AIGUARD_REAL": case.program, "PYTHONPATH": str(HERE.parent), "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
    ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR", log_to_driver=False)
    from aiguard.ray import Classifier

    ray.data.DataContext.get_current().enable_progress_bars = False
    start = time.monotonic()
    data = ray.data.read_parquet(str(case.input)).map_batches(
        Classifier, batch_size=64, concurrency=1, num_cpus=1,
        fn_constructor_kwargs={"column": "content", "program": str(HERE / "poisoned_aiguard.py"), "arguments": ["--threads", "2"]})
    rows = data.take_all()
    for row in rows:
        if row["logits"] is not None:
            row["logits"] = {label: struct.pack("<f", value) for label, value in json.loads(row["logits"]).items()}
    text = case.check(rows)
    ray.shutdown()
    no_children(case.program)
    say("Ray", text, time.monotonic() - start)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, type=os.path.abspath)
    parser.add_argument("--images", required=True)
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--only", nargs="*")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        case = Case(options.program, options.images, options.count, pathlib.Path(folder))
        on_spark(case, options.only)
        on_ray(case, options.only)


if __name__ == "__main__":
    main()

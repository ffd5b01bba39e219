"""A standalone Spark cluster on this machine, for tests and benchmarks."""
from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping

PORT = 7099


class Standalone:
    """A master and workers of one core each, on hosts of their own as Spark sees it: it gives no host a second copy of a task. What
    `with` gives is the master's address."""

    def __init__(self, environment: Mapping[str, str], workers: int):
        import pyspark

        self._folder = tempfile.TemporaryDirectory()
        home = pathlib.Path(pyspark.__file__).parent
        self._class = home / "bin/spark-class"
        self._environment = {**environment, "SPARK_HOME": str(home), "SPARK_WORKER_DIR": self._folder.name}
        self._workers = workers
        self._processes: list[subprocess.Popen] = []

    def _launch(self, kind: str, host: str, *arguments: str):
        self._processes.append(
            subprocess.Popen(
                [str(self._class), f"org.apache.spark.deploy.{kind}", "--host", host, "--webui-port", "0", *arguments],
                env={**self._environment, "SPARK_LOCAL_IP": host}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True))

    def __enter__(self) -> str:
        self._launch("master.Master", "127.0.0.1", "--port", str(PORT))
        time.sleep(5)
        for number in range(self._workers):
            self._launch("worker.Worker", f"127.0.0.{number + 1}", "-c", "1", "-m", "1g", f"spark://127.0.0.1:{PORT}")
        time.sleep(5)
        return f"spark://127.0.0.1:{PORT}"

    def __exit__(self, *_):
        for process in self._processes:
            os.killpg(process.pid, signal.SIGTERM)
        for process in self._processes:
            process.wait()
        self._folder.cleanup()

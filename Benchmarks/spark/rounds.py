"""What the benchmarks beside the tool share: their arguments, their images as one Parquet file, rounds in turns."""
from __future__ import annotations

import argparse
import os
import pathlib
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable


def parser(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", required=True, type=os.path.abspath)
    for name in ["files", "model"]:
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cores", type=int, default=2)
    return parser


class Images:
    """The first files below a folder, and their bytes in the column `content` of a Parquet file that goes with this object."""

    def __init__(self, folder: str, count: int):
        import pyarrow
        import pyarrow.parquet

        self.paths = sorted(path for path in pathlib.Path(folder).rglob("*") if path.is_file())[:count]
        self._folder = tempfile.TemporaryDirectory()
        self.parquet = f"{self._folder.name}/images.parquet"
        table = pyarrow.table({"content": pyarrow.array([path.read_bytes() for path in self.paths], pyarrow.binary())})
        pyarrow.parquet.write_table(table, self.parquet, row_group_size=64)


def by_tool(arguments: argparse.Namespace, images: Images) -> None:
    subprocess.run(
        [arguments.tool, "classify", "--json", "--model", arguments.model, "--threads", str(arguments.cores), *map(str, images.paths)],
        stdout=subprocess.DEVNULL, check=True)


def in_turns(kinds: dict[str, Callable[[], None]], rounds: int, images: int, after: Callable[[str], None] = lambda name: None) -> dict[str, float]:
    """Images a second of each kind: the median of rounds in turns, the first of each kind not counted.

    :param after: Called with the name of each kind that has run.
    """
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for number in range(rounds + 1):
        for name, run in kinds.items():
            start = time.monotonic()
            run()
            seconds = time.monotonic() - start
            after(name)
            if number:
                times[name].append(seconds)
                print(f"round {number}: {name} {images / seconds:.2f} images/s", flush=True)
    return {name: images / statistics.median(seconds) for name, seconds in times.items()}

"""Measures two builds of this package against each other: forward passes of a model, starts of the tool, peak memory.

    python3 Benchmarks/builds.py OLD NEW MODEL_FOLDER [ROUNDS]

OLD and NEW are checkouts in which `swift build -c release --product aiguard` and, in `Benchmarks`,
`swift build -c release --product aiguard-bench` have been done. The turns are interleaved, so that a slow moment of the
machine falls on both; medians are compared. Every variable that steers a BLAS from outside is removed.
"""
import array
import json
import os
import random
import statistics
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "peers"))

import engine  # noqa: E402
import start  # noqa: E402


def noise(folder, batch, path):
    """Images of noise of the model's own size."""
    config = json.loads((folder / "config.json").read_text())
    side, generator = config.get("image_size", 224), random.Random(0)
    pixels = array.array("f", (generator.uniform(-1, 1) for _ in range(batch * 3 * side * side)))
    if sys.byteorder != "little":
        pixels.byteswap()
    path.write_bytes(pixels.tobytes())


def passes(checkouts, model, precision, threads, batch, rounds):
    bench = ["Benchmarks/.build/release/aiguard-bench", "--precision", precision]
    with tempfile.TemporaryDirectory() as folder:
        pixels = Path(folder) / "pixels"
        noise(model, batch, pixels)
        engines = [engine.Engine([checkout / bench[0], *bench[1:]], model, pixels, batch, threads)
                   for checkout in checkouts]
        for _ in range(rounds):
            for one in engines:
                one.run(max(1, 4 // batch))
        for one in engines:
            one.quit()
    old, new = ([statistics.median(one.times) * 1e-6 for one in engines])
    same = "the same bits" if engines[0].logits == engines[1].logits else "OTHER BITS"
    kernels = " -> ".join(dict.fromkeys(one.ready["kernels"] for one in engines))
    print(f"{precision:9} t{threads} b{batch}  {old:8.2f} -> {new:8.2f} ms  {old / new:.3f} times as fast  "
          f"peak {engines[0].peak_mb:.0f} -> {engines[1].peak_mb:.0f} MB  {kernels}  {same}", flush=True)


def starts(checkouts, model, rounds):
    photo = str(start.PHOTO)
    for arguments in (["--version"], ["info"], ["classify", photo], ["classify", "--model", str(model), photo]):
        found = [[], []]
        for turn in range(rounds + 1):
            for results, checkout in zip(found, checkouts):
                result = start.run([str(checkout / ".build/release/aiguard"), *arguments])
                if turn:  # the first brings the files into the page cache
                    results.append(result)
        old, new = (statistics.median(second for second, _ in results) * 1e3 for results in found)
        peaks = [max(peak for _, peak in results) for results in found]
        name = " ".join("MODEL" if word == str(model) else "PHOTO" if word == photo else word for word in arguments)
        print(f"aiguard {name:30} {old:7.1f} -> {new:7.1f} ms  peak {peaks[0]:.1f} -> {peaks[1]:.1f} MB", flush=True)


def main():
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    *checkouts, model = (Path(path).resolve() for path in sys.argv[1:4])
    rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 6
    os.environ.update(engine.environment())
    for name in set(os.environ) - set(engine.environment()):
        del os.environ[name]
    for precision in ("float32", "bfloat16", "int8"):
        for threads, batch in ((1, 1), (2, 8)):
            passes(checkouts, model, precision, threads, batch, rounds)
    starts(checkouts, model, 5 * rounds)


if __name__ == "__main__":
    main()

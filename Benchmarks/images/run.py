"""Measures decoding and preprocessing beside Pillow, transformers and hf-processors-rs, on one core.

Run: python3 run.py [--rounds N] [--markdown FILE] [--json FILE]

The files are made of the photographs in Fixtures/photos. Every engine runs in a process of its own, all on the same
core; the turns are interleaved. Times are medians over the rounds, ratios the medians of the rounds' own ratios. The last
lines, `ratio <what> <file> <value>`, are for programs.
"""
import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "peers"))
SIZES = {"640x480": (640, 480), "1920x1080": (1920, 1080), "4032x3024": (4032, 3024)}
FILES = ["640x480.jpg", "1920x1080.jpg", "4032x3024.jpg", "1920x1080.png", "4032x3024.heic"]
PEERS = ["pillow", "transformers-pil", "transformers-torchvision", "hf-processors-rs"]
# What each engine can be asked; "resize" is the resize alone, "image" with the float stage, "file" from the file on.
OPERATIONS = {"codec": ["AIGuardVision"], "decode": ["AIGuardVision", "pillow"], "resize": ["AIGuardVision", "pillow"],
              "image": ["AIGuardVision", *PEERS[1:]], "file": ["AIGuardVision", *PEERS[1:]]}


def load_peers_run():
    """The sibling's script: how a virtual environment is entered and a product built."""
    spec = importlib.util.spec_from_file_location("peers_run", HERE.parent / "peers/run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def photograph(size):
    import numpy as np
    from PIL import Image

    image = Image.open(HERE.parent.parent / "Fixtures/photos/coffee.jpg").resize(size, Image.Resampling.BICUBIC)
    # Enlarging leaves no detail, which would flatter the entropy decoders.
    noise = np.random.default_rng(1).normal(0, 4, (size[1], size[0], 3))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


def annex_b(heic):
    """The HEVC stream of a file with one coded image: the parameter sets, then the units of the image data."""
    content = heic.read_bytes()
    start_code = b"\0\0\0\1"

    def box(name):
        at = content.index(name)
        return content[at + 4:at - 4 + int.from_bytes(content[at - 4:at], "big")]

    configuration, stream = box(b"hvcC"), b""
    at = 23
    for _ in range(configuration[22]):
        count, at = int.from_bytes(configuration[at + 1:at + 3], "big"), at + 3
        for _ in range(count):
            length = int.from_bytes(configuration[at:at + 2], "big")
            stream += start_code + configuration[at + 2:at + 2 + length]
            at += 2 + length
    data, at = box(b"mdat"), 0
    while at < len(data):
        length = int.from_bytes(data[at:at + 4], "big")
        stream += start_code + data[at + 4:at + 4 + length]
        at += 4 + length
    return stream


def make_files(folder):
    import pillow_heif

    pillow_heif.register_heif_opener()
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        path = folder / name
        if not path.exists():
            options = {".jpg": {"quality": 90}, ".png": {}, ".heic": {"quality": 70}}[path.suffix]
            photograph(SIZES[path.stem]).save(path, **options)
        if path.suffix == ".heic" and not path.with_suffix(".265").exists():
            path.with_suffix(".265").write_bytes(annex_b(path))


class Engine:
    def __init__(self, command):
        from engine import environment

        self.process = subprocess.Popen(["taskset", "-c", "0", *map(str, command)], env=environment(1), text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def run(self, operation, count, path):
        self.process.stdin.write(f"{operation} {count} {path}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.process.args} ended")
        return json.loads(line)

    def quit(self):
        self.process.stdin.close()
        self.process.wait()


def peak_mb(command, path):
    """Of a process that does nothing but take one file, from its start."""
    engine = Engine(command)
    peak = engine.run("file", 1, path)["peak_kb"] / 1024
    engine.quit()
    return peak


def measure(commands, folder, rounds):
    """{(operation, file, engine): the median milliseconds of each round}"""
    engines = {name: Engine(command) for name, command in commands.items()}
    times = {}
    for file in FILES:
        path = folder / file
        for operation, names in OPERATIONS.items():
            # Resizing does not depend on the format.
            if operation in ("resize", "image") and path.suffix != ".jpg":
                continue
            source = path.with_suffix(".265") if operation == "codec" and path.suffix == ".heic" else path
            first = engines["AIGuardVision"].run(operation, 1, source)["ns"][0]
            count = max(1, min(20, int(1e8 / first)))
            for turn in range(rounds + 1):
                for name in names:
                    answer = engines[name].run(operation, count, source)
                    if turn:  # The first warms caches and imports.
                        times.setdefault((operation, file, name), []).append(statistics.median(answer["ns"]) * 1e-6)
    for engine in engines.values():
        engine.quit()
    return times


def quotient(times, above, below):
    """The median over the rounds: within one the machine is as busy for both."""
    return statistics.median(a / b for a, b in zip(times[above], times[below]))


def ratios(times):
    """To the best of the others."""
    def ratio(what, file, ours, others):
        yield f"ratio {what} {file} {min(quotient(times, other, ours) for other in others):.2f}"

    for file in FILES:
        def key(operation, name="AIGuardVision"):
            return operation, file, name

        if file.endswith(".jpg"):
            yield from ratio("image/pillow-resize", file, key("image"), [key("resize", "pillow")])
            yield from ratio("image/hf-processors-rs", file, key("image"), [key("image", "hf-processors-rs")])
            yield from ratio("image/transformers", file, key("image"), [key("image", name) for name in PEERS[1:3]])
        yield from ratio("file/hf-processors-rs", file, key("file"), [key("file", "hf-processors-rs")])
        yield from ratio("file/transformers", file, key("file"), [key("file", name) for name in PEERS[1:3]])
        yield f"overhead file/codec {file} {quotient(times, key('file'), key('codec')):.3f}"


def table(times, peaks):
    yield ["file", "what", "engine", "ms", "peak MB"]
    for (operation, file, name), rounds in times.items():
        peak = peaks.get((file, name)) if operation == "file" else None
        yield [file, operation, name, f"{statistics.median(rounds):.2f}", f"{peak:.0f}" if peak else "–"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7, help="turns of each engine (7)")
    parser.add_argument("--json", type=Path, help="write everything measured to this file")
    parser.add_argument("--markdown", type=Path, help="write the table to this file")
    parser.add_argument("--venv", type=Path, default=HERE / ".venv", help="the peers' virtual environment")
    parser.add_argument("--files", type=Path, default=HERE / ".files", help="the images that are measured")
    parser.add_argument("--bench", type=Path, help="a built aiguard-bench, instead of building it")
    options = parser.parse_args()
    for name in ("json", "markdown", "venv", "files", "bench"):
        path = getattr(options, name)
        setattr(options, name, path and path.absolute())
    peers_run = load_peers_run()
    peers_run.enter(options.venv, HERE / "requirements.txt")
    import machine

    began = time.monotonic()
    bench = options.bench or peers_run.build(HERE.parent, "aiguard-bench")
    make_files(options.files)
    commands = {"AIGuardVision": [bench, "--images"]}
    commands |= {name: [sys.executable, HERE / "peer.py", name] for name in PEERS}
    peaks = {(file, name): peak_mb(commands[name], options.files / file)
             for file in FILES for name in commands if name in OPERATIONS["file"]}
    times = measure(commands, options.files, options.rounds)
    lines = list(table(times, peaks))
    if options.markdown:
        rows = ["| " + " | ".join(line) + " |" for line in [lines[0], ["---"] * len(lines[0]), *lines[1:]]]
        options.markdown.write_text("\n".join(rows) + "\n")
    if options.json:
        options.json.write_text(json.dumps([dict(zip(lines[0], line)) for line in lines[1:]], indent=1) + "\n")
    print(machine.cpu()["model"])
    for line in lines:
        print("  ".join(cell.ljust(26) for cell in line))
    print(f"medians of {options.rounds} interleaved rounds; {(time.monotonic() - began) / 60:.1f} minutes")
    print(*ratios(times), sep="\n")


if __name__ == "__main__":
    main()

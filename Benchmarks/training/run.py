"""Measures a step of training (forward pass, backward pass, AdamW) beside PyTorch's, eager, in float32.

Run: python3 run.py [--threads N] [--rounds N] [--only NAME,...] [--markdown FILE] [--json FILE]

The models have random weights and the images are random. Each engine runs in a process of its own with the same number of
threads; the turns are interleaved (A B A B ...), one step each, so that a slow minute of the machine falls on both, and
medians are compared. The processor's time is that of all threads: on a machine with other work, take it on one thread,
where PyTorch's threads do not wait for each other in loops. The last lines are one a row, `ratio <name> <PyTorch's time / ours> memory <PyTorch's / ours>`, for
programs.
"""
import argparse
import importlib.util
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = HERE.parent / "peers"
# The script of the other peers, which has this one's name, and what its processes get for an environment.
spec = importlib.util.spec_from_file_location("peers_run", PEERS / "run.py")
peers_run = importlib.util.module_from_spec(spec)
spec.loader.exec_module(peers_run)
sys.path.append(str(PEERS))
from engine import LineProcess  # noqa: E402

LABELS = {"id2label": {"0": "REAL", "1": "FAKE"}, "label2id": {"REAL": 0, "FAKE": 1}}
COMMON = {"architectures": ["ViTForImageClassification"], "model_type": "vit", "hidden_act": "gelu",
          "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, "initializer_range": 0.02,
          "layer_norm_eps": 1e-6, "num_channels": 3, "qkv_bias": True, **LABELS}
TINY = {**COMMON, "hidden_size": 128, "intermediate_size": 384, "num_hidden_layers": 6, "num_attention_heads": 2,
        "image_size": 32, "patch_size": 4}
SMALL = {**COMMON, "hidden_size": 384, "intermediate_size": 1536, "num_hidden_layers": 12, "num_attention_heads": 6,
         "image_size": 224, "patch_size": 14}
# Name, configuration, images of a step, layers from the end that are taught.
ROWS = [("tiny", TINY, 256, "all"), ("vit-s-last-4", SMALL, 16, "4"), ("vit-s", SMALL, 16, "all")]


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=2, help="of each engine (2)")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each engine (7)")
    parser.add_argument("--only", type=lambda text: text.split(","), help="rows: " + ",".join(row[0] for row in ROWS))
    parser.add_argument("--json", type=Path, help="write everything measured to this file")
    parser.add_argument("--markdown", type=Path, help="write the table to this file")
    parser.add_argument("--venv", type=Path, default=PEERS / ".venv", help="the peers' virtual environment")
    parser.add_argument("--bench", type=Path, help="a built aiguard-bench, instead of building it")
    options = parser.parse_args()
    for name in ("json", "markdown", "venv", "bench"):
        path = getattr(options, name)
        setattr(options, name, path and path.absolute())
    if unknown := set(options.only or []) - {row[0] for row in ROWS}:
        parser.error(f"no row {unknown.pop()!r}")
    return options


class Trainer(LineProcess):
    """One that makes steps of training."""

    def __init__(self, command, threads):
        super().__init__(command, threads)
        self.processor_times = []
        self.run(1, keep=False)

    def step(self):
        before = self.processor_time()
        self.run(1)
        self.processor_times.append(self.processor_time() - before)

    def processor_time(self):
        """Seconds of all threads; what other processes do moves it less than the time on the clock."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(name, config, batch, layers, options):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.json").write_text(json.dumps(config))
        arguments = [folder, batch, options.threads, layers]
        ours = Trainer([options.bench, "--train", *arguments], options.threads)
        peer = Trainer([sys.executable, HERE / "torch_peer.py", *arguments], options.threads)
    ratios = []
    for _ in range(options.rounds):
        ours.step()
        peer.step()
        ratios.append(peer.times[-1] / ours.times[-1])
    ours.quit()
    peer.quit()
    return {"name": name, "batch": batch, "layers": layers, "threads": options.threads, "peer": peer.ready["engine"],
            "kernels": ours.ready["kernels"], "ours_s": ours.seconds, "peer_s": peer.seconds,
            "ratio": peer.seconds / ours.seconds, "median_of_ratios": statistics.median(ratios),
            "ours_cpu_s": statistics.median(ours.processor_times), "peer_cpu_s": statistics.median(peer.processor_times),
            "ours_mb": ours.peak_mb, "peer_mb": peer.peak_mb, "ours_ns": ours.times, "peer_ns": peer.times}


def table(results):
    yield "| model | batch | taught | ours | PyTorch | ratio | of processor time | peak memory, ours | PyTorch |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for row in results:
        taught = "all layers" if row["layers"] == "all" else f"last {row['layers']} layers"
        yield (f"| {row['name']} | {row['batch']} | {taught} | {row['ours_s']:.2f} s | {row['peer_s']:.2f} s |"
               f" {row['ratio']:.2f} | {row['peer_cpu_s'] / row['ours_cpu_s']:.2f} | {row['ours_mb']:.0f} MB | {row['peer_mb']:.0f} MB |")


def main():
    options = parse()
    peers_run.enter(options.venv)
    options.bench = options.bench or peers_run.build(HERE.parent, "aiguard-bench")
    results = [measure(*row, options) for row in ROWS if not options.only or row[0] in options.only]
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))
    lines = list(table(results))
    if options.markdown:
        options.markdown.write_text("\n".join(lines) + "\n")
    print(*lines, f"medians of {options.rounds} interleaved steps on {options.threads} threads", sep="\n")
    for row in results:
        print(f"ratio {row['name']} {row['ratio']:.2f} memory {row['peer_mb'] / row['ours_mb']:.2f}")


if __name__ == "__main__":
    main()

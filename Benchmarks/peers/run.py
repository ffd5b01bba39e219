"""Measures this library beside PyTorch, ONNX Runtime and OpenVINO on a full-size model of random weights.

Run: python3 run.py [--model NAME] [--quick] [--markdown FILE] [--svg FILE] [--json FILE]

From nothing: it makes a virtual environment with the pinned peers, builds our own process, writes the model and exports
it for each peer. Then each engine runs in a process of its own with the same number of threads, the turns are
interleaved (A B C A B C ...), so that a slow minute of the machine falls on all, and medians are compared. Every
variable that steers a BLAS or OpenMP run time is removed for all of them. The last lines are one a row,
`ratio <precision> b<batch> t<threads> <ratio to the best peer> share <share of the arithmetic peak>`, for programs.
"""
import argparse
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PRECISIONS = ["float32", "bfloat16", "int8"]


def parse():
    def numbers(text):
        return [int(part) for part in text.split(",")]

    def precisions(text):
        parts = text.split(",")
        if unknown := [part for part in parts if part not in PRECISIONS]:
            raise argparse.ArgumentTypeError(f"no precision {unknown[0]!r}")
        return parts

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="vit-base",
                        choices=("vit-base", "swin-base", "swinv2-base", "beit-base", "convnext-tiny", "convnextv2-tiny"),
                        help="what is measured (vit-base)")
    parser.add_argument("--quick", action="store_true", help="batches 1 and 8 on 2 threads (under 15 minutes)")
    parser.add_argument("--precision", type=precisions, default=PRECISIONS, help="float32,bfloat16,int8")
    parser.add_argument("--threads", type=numbers, help="thread counts (1,2)")
    parser.add_argument("--batch", type=numbers, help="batch sizes (1,8,32)")
    parser.add_argument("--avx2", action="store_true",
                        help="hold engines to AVX2: ours and OpenVINO, without those that cannot be, and without shares of the peak")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each engine (5); half at batch 32")
    parser.add_argument("--starts", type=int, default=3, help="process starts to time (3); 0 for none")
    parser.add_argument("--json", type=Path, help="write everything measured to this file")
    parser.add_argument("--markdown", type=Path, help="write the tables to this file")
    parser.add_argument("--svg", type=Path, help="write the roofline figure to this file")
    parser.add_argument("--venv", type=Path, default=HERE / ".venv", help="the peers' virtual environment")
    parser.add_argument("--models", type=Path, default=HERE / ".models", help="the exported models (about 2 GB each)")
    parser.add_argument("--bench", type=Path, help="a built aiguard-bench, instead of building it")
    parser.add_argument("--aiguard", type=Path, help="a built aiguard, instead of building it")
    options = parser.parse_args()
    options.threads = options.threads or ([2] if options.quick else [1, 2])
    options.batch = options.batch or ([1, 8] if options.quick else [1, 8, 32])
    for name in ("json", "markdown", "svg", "venv", "models", "bench", "aiguard"):
        path = getattr(options, name)
        setattr(options, name, path and path.absolute())
    return options


def enter(venv, requirements=HERE / "requirements.txt"):
    """Runs this script again with the Python of the virtual environment, which is made or brought up to date first."""
    if Path(sys.prefix).resolve() == venv.resolve():
        return
    python = venv / "bin/python"
    stamp = venv / "installed"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if not (stamp.exists() and stamp.read_text() == wanted):
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", requirements], check=True,
                       stdout=sys.stderr)
        stamp.write_text(wanted)
    os.execv(python, [str(python), *sys.argv])


def build(package, product):
    command = ["swift", "build", "-c", "release", "--package-path", str(package)]
    subprocess.run([*command, "--product", product], check=True, stdout=sys.stderr)
    folder = subprocess.run([*command, "--show-bin-path"], check=True, capture_output=True, text=True).stdout.strip()
    return Path(folder) / product


def main():
    began = time.monotonic()
    options = parse()
    enter(options.venv)
    import compare
    import engine
    import fixture
    import machine
    import report

    if options.avx2:
        engine.held.update(engine.AVX2)
    bench = options.bench or build(HERE.parent, "aiguard-bench")
    folder = options.models / options.model
    folder.mkdir(parents=True, exist_ok=True)
    comparison = compare.Comparison(bench, fixture.MODELS[options.model], folder)
    comparison.prepare(options.batch, options.precision)
    results = comparison.results
    expected = []
    for threads in options.threads:
        results["bandwidth"][str(threads)] = machine.bandwidth(threads)
    comparison.measure_peaks()
    if not results["peaks"] and not engine.held:
        compare.note(f"{bench} --peak printed no peaks: the shares will be nan")

    for precision in options.precision:
        compare.note(f"{precision}: trying every setting")
        chosen = comparison.choose(precision, max(options.threads))
        if options.starts:
            comparison.starts(precision, chosen, max(options.threads), options.starts)
        for threads in options.threads:
            for batch in options.batch:
                compare.note(f"{precision}: {threads} threads, batch {batch}")
                expected.append((precision, batch, threads))
                # A large batch is a mean over many images already, a small one is over quickly.
                rounds = options.rounds if batch < 32 else (options.rounds + 1) // 2
                comparison.row(precision, chosen, batch, threads, rounds, passes=max(1, 4 // batch))
                comparison.write_json(options.json)

    if options.starts:
        aiguard = options.aiguard or build(HERE.parent.parent, "aiguard")
        results["first_label_s"] = compare.first_label(aiguard, 10)
    comparison.write_json(options.json)
    if options.markdown:
        options.markdown.write_text(report.markdown(results))
    if options.svg:
        import roofline

        options.svg.write_text(roofline.figure(results))
    print(*report.machine(results), "", report.text(results), "", sep="\n")
    for line in [report.TRIED, *report.tried(results)]:
        print("  ".join(line))
    if options.starts:
        print(f"from the start of `aiguard classify` to the first label of the built-in model:"
              f" {results['first_label_s']:.3f} s")
    print(f"medians of {options.rounds} interleaved rounds; {(time.monotonic() - began) / 60:.1f} minutes")
    print(*report.ratios(results, expected), sep="\n")


if __name__ == "__main__":
    main()

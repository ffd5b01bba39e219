#!/usr/bin/env python3
"""The service beside Flask and transformers, as the original's back end has them: the same model, files, form and route.

usage: compare.py --server AIGUARD_SERVER --model FOLDER --files FOLDER --python PYTHON [--rounds 3] [--seconds 20]
PYTHON has flask, torch, transformers and pillow; needs wrk. Rounds in turns, four connections, medians; memory is the most
that a server had. A model that is loaded for each request runs one round of its own.
"""
import argparse
import pathlib
import statistics
import tempfile

from server import AIGuardServer, Server, files_below

parser = argparse.ArgumentParser()
for name in ["server", "model", "files", "python"]:
    parser.add_argument(f"--{name}", required=True)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--seconds", type=int, default=20)
arguments = parser.parse_args()
files = files_below(arguments.files)
flask = str(pathlib.Path(__file__).with_name("flask_server.py"))


def measure(make):
    with tempfile.TemporaryDirectory() as folder, make(folder) as server:
        server.load(files, connections=4, seconds=3, form=True)
        _, refused, rate = server.load(files[len(files) // 2:], connections=4, seconds=arguments.seconds, form=True)
        if refused:
            raise SystemExit(f"{refused} requests were refused")
        return rate, server.memory("VmHWM")


def ours(_):
    return AIGuardServer(arguments.server, 8091, arguments.model, "--threads", "2")


def theirs(*options):
    return lambda folder: Server([arguments.python, flask, "8092", arguments.model, f"{folder}/db", *options], 8092)


results = {"ours": [], "Flask": []}
for number in range(arguments.rounds):
    for name, make in [("ours", ours), ("Flask", theirs("once"))]:
        results[name].append(measure(make))
        print(f"round {number + 1}: {name} {results[name][-1][0]:.2f} images/s, {results[name][-1][1]} MB at most", flush=True)
rates = {name: statistics.median(rate for rate, _ in rows) for name, rows in results.items()}
memory = {name: max(megabytes for _, megabytes in rows) for name, rows in results.items()}
each, each_memory = measure(theirs())
print(f"ours {rates['ours']:.2f} images/s and {memory['ours']} MB; Flask, the model loaded once, {rates['Flask']:.2f} and {memory['Flask']} MB: "
      f"{rates['ours'] / rates['Flask']:.2f} times; loaded for each request {each:.2f} and {each_memory} MB: {rates['ours'] / each:.1f} times")

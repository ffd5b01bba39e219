#!/usr/bin/env python3
"""The service beside the tool on the same files, and what HTTP, queue and store cost a request.

usage: run.py --server AIGUARD_SERVER --tool AIGUARD --files FOLDER [--rounds 3] [--threads N]       (needs wrk)

Rounds in turns: all files through `aiguard classify --json`, then five seconds of wrk with eight connections and other files to
a fresh server: more files are needed than it answers in that time. Then one file at a time to a server with the model for
photographs: the time that the client sees, less what the answer says that computing took (in whole milliseconds, so that the
difference is within half of one), the same within the server by its own clock, and the times of requests that compute nothing.
"""
import argparse
import json
import pathlib
import re
import statistics
import subprocess
import time

from server import AIGuardServer, Client, files_below

PORT = 8093
parser = argparse.ArgumentParser()
for name in ["server", "tool", "files"]:
    parser.add_argument(f"--{name}", required=True)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--threads", type=int, default=2)
arguments = parser.parse_args()
files = files_below(arguments.files)
threads = ["--threads", str(arguments.threads)]


def through_the_server():
    with AIGuardServer(arguments.server, PORT, "builtin:cifake", *threads) as server:
        _, refused, rate = server.load(files, connections=8, seconds=5)
        metrics = server.send("GET", "/metrics")[1].decode()
        sources = {source: int(count) for source, count in re.findall(r'aiguard_answers_total{source="(\w+)"} (\d+)', metrics)}
        # wrk asks for one request more than it sends, and files may be equal.
        if refused or sources["computed"] < 0.98 * sum(sources.values()):
            raise SystemExit(f"not every request was computed, {sources}, {refused} refused: more files are needed")
        return rate, server.memory("VmHWM")


def through_the_tool():
    start = time.monotonic()
    subprocess.run(
        [arguments.tool, "classify", "--model", "builtin:cifake", "--policy", "pipeline", *threads, "--json", *files],
        stdout=subprocess.DEVNULL, check=True)
    return len(files) / (time.monotonic() - start)


shares = []
for number in range(arguments.rounds):
    tool = through_the_tool()
    rate, memory = through_the_server()
    shares.append(rate / tool)
    print(f"round {number + 1}: tool {tool:.0f} images/s, server {rate:.0f}, {memory} MB at most", flush=True)
print(f"median share of the tool's rate: {statistics.median(shares):.2f}")

with AIGuardServer(arguments.server, PORT, "builtin:photo", *threads) as server:
    client = Client(server.address)
    empty = [client.send("GET", "/livez")[0] for _ in range(300)]
    before = server.stages()
    overheads, computing = [], []
    for name in files[:300]:
        milliseconds, answer = client.send("POST", "/v1/images", pathlib.Path(name).read_bytes())
        computing.append(json.loads(answer)["milliseconds"])
        overheads.append(milliseconds - computing[-1])
    after = server.stages()
    stored = [client.send("POST", "/v1/images", pathlib.Path(name).read_bytes())[0] for name in files[:300]]
    pause = statistics.median(computing) / 1000
    paused = []
    for _ in range(100):
        time.sleep(pause)
        paused.append(client.send("GET", "/livez")[0])
print(f"beside computing, in milliseconds: {statistics.median(overheads):.2f} (median) for the client")
inside = {stage: (after[stage] - before[stage]) / len(overheads) for stage in after}
print(f"of these {inside['request'] - inside['inference']:.2f} (mean) in the server's handlers, of which the store {inside['store']:.2f}")
print(f"an empty request after a pause as long as computing takes: {statistics.median(paused):.2f}; without a pause: {statistics.median(empty):.2f}")
print(f"an answer from the store, without a pause: {statistics.median(stored):.2f}")

#!/usr/bin/env python3
"""The service beside the tool on the same files, and what HTTP, queue and store cost a request.

usage: run.py --server AIGUARD_SERVER --tool AIGUARD --files FOLDER [--rounds 3] [--threads N]

Rounds in turns: all files through `aiguard classify --json`, then five seconds of wrk with four connections and other files to
a fresh server: more files are needed than it answers in that time. Then one file at a time to a server with the model for photographs: the time that the client sees, less what the
answer says that computing took (in whole milliseconds, so that the difference is within half of one), and the time of an answer
from the store.
"""
import argparse
import http.client
import json
import pathlib
import re
import statistics
import subprocess
import tempfile
import time
import urllib.request

parser = argparse.ArgumentParser()
for name in ["server", "tool", "files"]:
    parser.add_argument(f"--{name}", required=True)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--threads", type=int, default=2)
arguments = parser.parse_args()
files = sorted(str(p) for p in pathlib.Path(arguments.files).rglob("*") if p.is_file())
PORT = 8093


class Server:
    def __init__(self, model):
        self.folder = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen(
            [arguments.server, "--port", str(PORT), "--model", model, "--threads", str(arguments.threads), "--database", f"{self.folder.name}/db"],
            stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                if post("GET", "/readyz")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise SystemExit("the server is not ready")

    def memory(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))

    def end(self):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()


def post(method, path, body=None, connection=None):
    connection = connection or http.client.HTTPConnection("127.0.0.1", PORT)
    connection.request(method, path, body, {"Content-Type": "application/octet-stream"})
    answer = connection.getresponse()
    return answer.status, answer.read()


def through_the_server(seconds=5, clients=4):
    server = Server("builtin:cifake")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as names:
        names.write("\n".join(files))
        names.flush()
        run = subprocess.run(
            ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "-s", str(pathlib.Path(__file__).with_name("once.lua")), f"http://127.0.0.1:{PORT}", "--", names.name],
            capture_output=True, text=True, check=True).stdout
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/metrics") as answer:
        sources = dict(re.findall(r'aiguard_answers_total{source="(\w+)"} (\d+)', answer.read().decode()))
    memory = server.memory()
    server.end()
    # wrk asks for one request more than it sends, and files may be equal.
    if "Non-2xx" in run or int(sources["computed"]) < 0.98 * sum(map(int, sources.values())):
        raise SystemExit(f"not every request was computed, {sources}: more files are needed\n{run}")
    return float(re.search(r"Requests/sec: +([\d.]+)", run)[1]), memory


def through_the_tool():
    start = time.monotonic()
    subprocess.run(
        [arguments.tool, "classify", "--model", "builtin:cifake", "--policy", "pipeline", "--threads", str(arguments.threads), "--json", *files],
        stdout=subprocess.DEVNULL, check=True)
    return len(files) / (time.monotonic() - start)


rates = []
for number in range(arguments.rounds):
    tool = through_the_tool()
    server, memory = through_the_server()
    rates.append((tool, server))
    print(f"round {number + 1}: tool {tool:.0f} images/s, server {server:.0f}, {memory} MB at most", flush=True)
print(f"median share of the tool's rate: {statistics.median(s / t for t, s in rates):.2f}")

server = Server("builtin:photo")
connection = http.client.HTTPConnection("127.0.0.1", PORT)
overheads, stored = [], []
for name in files[:300]:
    with open(name, "rb") as file:
        body = file.read()
    for times in (overheads, stored):
        start = time.monotonic()
        _, answer = post("POST", "/v1/images", body, connection)
        milliseconds = (time.monotonic() - start) * 1000
        times.append(milliseconds - (json.loads(answer)["milliseconds"] if times is overheads else 0))
server.end()
print(f"beside computing: {statistics.median(overheads):.2f} ms (median); an answer from the store: {statistics.median(stored):.2f} ms")

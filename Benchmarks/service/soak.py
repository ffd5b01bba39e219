#!/usr/bin/env python3
"""Many requests to one server, and its memory meanwhile.

usage: soak.py --server AIGUARD_SERVER --files FOLDER [--requests 100000]    (needs wrk)

wrk with eight connections goes through the files again and again: the first round is computed, later ones come from the store.
Each line has the requests so far and the memory then, in MB.
"""
import argparse
import pathlib
import re
import subprocess
import tempfile
import time
import urllib.request

parser = argparse.ArgumentParser()
for name in ["server", "files"]:
    parser.add_argument(f"--{name}", required=True)
parser.add_argument("--requests", type=int, default=100_000)
arguments = parser.parse_args()
files = sorted(str(p) for p in pathlib.Path(arguments.files).rglob("*") if p.is_file())
base = "http://127.0.0.1:8094"

with tempfile.TemporaryDirectory() as folder:
    names = pathlib.Path(folder, "names")
    names.write_text("\n".join(files))
    server = subprocess.Popen(
        [arguments.server, "--port", "8094", "--model", "builtin:cifake", "--database", f"{folder}/db"], stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{base}/readyz")
                break
            except OSError:
                time.sleep(0.05)
        done, failed = 0, 0
        while done < arguments.requests:
            run = subprocess.run(
                ["wrk", "-t1", "-c8", "-d10s", "-s", str(pathlib.Path(__file__).with_name("once.lua")), base, "--", str(names)],
                capture_output=True, text=True, check=True).stdout
            done += int(re.search(r"(\d+) requests in", run)[1])
            failed += int((re.search(r"Non-2xx or 3xx responses: (\d+)", run) or [0, 0])[1])
            status = pathlib.Path(f"/proc/{server.pid}/status").read_text()
            memory = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) // 1024
            print(f"{done} requests, {failed} failed, {memory} MB", flush=True)
    finally:
        server.terminate()
        server.wait()

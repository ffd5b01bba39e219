#!/usr/bin/env python3
"""Many requests to one server, and its memory meanwhile.

usage: soak.py --server AIGUARD_SERVER --files FOLDER [--requests 100000]    (needs wrk)

wrk with eight connections goes through the files again and again: the first round is computed, later ones come from the store.
Each line has the requests so far and the memory then, in MB.
"""
import argparse

from server import AIGuardServer, files_below

parser = argparse.ArgumentParser()
for name in ["server", "files"]:
    parser.add_argument(f"--{name}", required=True)
parser.add_argument("--requests", type=int, default=100_000)
arguments = parser.parse_args()
files = files_below(arguments.files)

with AIGuardServer(arguments.server, 8094, "builtin:cifake") as server:
    done, failed = 0, 0
    while done < arguments.requests:
        requests, refused, _ = server.load(files, connections=8, seconds=10)
        done += requests
        failed += refused
        print(f"{done} requests, {failed} failed, {server.memory('VmRSS')} MB", flush=True)

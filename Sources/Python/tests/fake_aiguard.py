#!/usr/bin/env python3
"""A worker for tests: it speaks Docs/Worker.md, and images tell it how to fail. usage: fake_aiguard.py worker [CHOICE]"""
import hashlib
import json
import os
import select
import signal
import struct
import sys
import time

header = struct.Struct("<4sII")
choice = sys.argv[2] if len(sys.argv) > 2 else ""


def send(kind, id, value):
    content = json.dumps(value).encode()
    sys.stdout.buffer.write(header.pack(kind, id, len(content)) + content)
    sys.stdout.buffer.flush()


def receive(count):
    content = b""
    while len(content) < count:
        some = os.read(0, count - len(content))
        if not some:
            break
        content += some
    return content


def answer(id, image):
    if image == b"hang":
        time.sleep(1000)
    if image == b"other-number":
        id += 1
    if image == b"half":
        sys.stdout.buffer.write(header.pack(b"DONE", id, 100) + b"{")
        sys.stdout.buffer.flush()
        sys.exit(1)
    if image == b"bad":
        send(b"FAIL", id, {"error": {"kind": "invalid-image", "message": "no image"}})
    else:
        send(b"DONE", id, {"predictions": [{"label": hashlib.sha256(image).hexdigest(), "score": 1, "logit": 0.1}], "version": "1"})


if choice == "no-model":
    sys.exit(3)
if choice == "silent":
    time.sleep(1000)
if choice == "stops":
    # Takes nothing: what is written to it stays in the pipe.
    send(b"HELO", 0, {"protocol": 1, "model": {"sha256": "m"}, "window": 4})
    time.sleep(1000)
send(b"HELO", 0, {"protocol": 2 if choice == "protocol" else 1, "model": {"sha256": "m"}, "window": 4})
# As the real one: what has come is computed together, then answered.
while True:
    requests = []
    while len(requests) < (3 if choice == "batches" else 1) and (not requests or select.select([0], [], [], 0.05)[0]):
        head = receive(header.size)
        if not head:
            break
        _, id, length = header.unpack(head)
        requests.append((id, receive(length)))
    if not requests:
        break
    if any(image == b"die" for _, image in requests):
        os.kill(os.getpid(), signal.SIGKILL)
    for id, image in requests:
        answer(id, image)

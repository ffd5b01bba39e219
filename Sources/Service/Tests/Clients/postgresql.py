"""A server whose PostgreSQL is killed and comes back while clients upload.

usage: Sources/Service/Tests/with-postgresql.sh python3 Sources/Service/Tests/Clients/postgresql.py SERVER_PROGRAM IMAGE...
Every answer is a result or says that the database is away; of what was answered with a result
nothing is lost, equal images have equal logits, and the server, which nobody restarts, is ready again.
"""
import collections
import glob
import json
import os
import pathlib
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

program, *images = sys.argv[1:]
base = "http://127.0.0.1:8096"
database = dict(part.split("=") for part in os.environ["AIGUARD_TEST_POSTGRESQL"].split())
folder = database["host"]


def start():
    """As it was started before: its options are beside its data."""
    control = sorted(glob.glob("/usr/lib/postgresql/*/bin/pg_ctl"))[-1]
    command = ["runuser", "-u", "postgres", "--", control, "-D", f"{folder}/data", "-w", "-t", "60", "-l", f"{folder}/log", "restart"]
    if subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        sys.exit("FAILED: " + pathlib.Path(folder, "log").read_text()[-600:])


def kill():
    """All of its processes at once, as when a machine is lost."""
    pid = pathlib.Path(folder, "data", "postmaster.pid").read_text().splitlines()[0]
    # It would start others for those that are killed before it.
    subprocess.run(["kill", "-STOP", pid], check=True)
    subprocess.run(["pkill", "-KILL", "-P", pid], check=True)
    subprocess.run(["kill", "-KILL", pid], check=True)
    # Where nobody takes notice of its end, its number stays taken, and these would say that it still runs.
    for name in ["data/postmaster.pid", ".s.PGSQL.5432.lock"]:
        pathlib.Path(folder, name).unlink()


def ask(path, body=None):
    try:
        with urllib.request.urlopen(urllib.request.Request(base + path, body), timeout=90) as answer:
            return answer.status, json.load(answer) if path.startswith("/v1") else answer.read()
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


server = subprocess.Popen(
    [program, "--port", "8096", "--model", "builtin:cifake", "--database", "postgresql:///{dbname}?host={host}&user={user}".format(**database)],
    stderr=subprocess.DEVNULL)
data = [pathlib.Path(image).read_bytes() for image in images]
answers, ended = [], threading.Event()


def upload(client):
    number = 0
    while not ended.is_set():
        # Bytes behind the image's end make another file of it: each is computed, and half of the files come twice.
        image = number // 2 % len(data)
        answers.append((time.monotonic(), image, *ask("/v1/images", data[image] + b"%d %d" % (client, number // 2))))
        number += 1


def ready(wanted):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if ask("/readyz")[0] == wanted:
                return time.monotonic()
        except OSError:
            pass
        time.sleep(0.05)
    sys.exit(f"FAILED: /readyz was not {wanted} within a minute")


try:
    ready(200)
    clients = [threading.Thread(target=upload, args=[client]) for client in range(4)]
    for client in clients:
        client.start()
    for _ in range(2):
        time.sleep(2)
        kill()
        ready(503)
        time.sleep(1)
        start()
        back = ready(200)
        time.sleep(1)
    last = time.monotonic()
    time.sleep(1)
    ended.set()
    for client in clients:
        client.join()
    statuses = collections.Counter(status for _, _, status, _ in answers)
    kinds = {body["kind"] for _, _, status, body in answers if status != 200}
    logits = collections.defaultdict(set)
    for _, image, status, body in answers:
        if status == 200:
            logits[image].add(json.dumps([p["logit"] for p in body["examination"]["classification"]["predictions"]]))
    results = {body["id"]: body for _, _, status, body in answers if status == 200}
    lost = [id for id in results if ask(f"/v1/results/{id}")[0] != 200]
    late = [status for at, _, status, _ in answers if at > last and status != 200]
    print(f"answers by status {dict(statuses)}, kinds of failure {kinds}, {len(results)} results, {len(lost)} lost")
    if not (set(statuses) == {200, 503} and kinds == {"store"}):
        sys.exit("FAILED: another answer than a result or 503 store")
    if lost or late or any(len(values) != 1 for values in logits.values()) or server.poll() is not None:
        sys.exit(f"FAILED: lost {lost[:3]}, late failures {late[:3]}, logits {[len(v) for v in logits.values()]}")
    print("PostgreSQL killed twice: nothing lost, and back without a restart")
finally:
    ended.set()
    server.terminate()
    server.wait()

"""A server of its own for a measurement, and wrk's requests to it."""
import http.client
import pathlib
import re
import subprocess
import tempfile
import time


class Server:
    """`aiguard-server` on a port, with an empty database; ready when made, and gone at the end of `with`."""

    def __init__(self, program, port, model, *options):
        self.address = ("127.0.0.1", port)
        self.folder = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen(
            [program, "--port", str(port), "--model", model, "--database", f"{self.folder.name}/db", *options],
            stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                if self.send("GET", "/readyz")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise SystemExit("the server is not ready")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()

    def send(self, method, path, body=None, connection=None):
        connection = connection or http.client.HTTPConnection(*self.address)
        connection.request(method, path, body, {"Content-Type": "application/octet-stream"})
        answer = connection.getresponse()
        return answer.status, answer.read()

    def memory(self, name):
        """In MB: `VmRSS` now, or `VmHWM` at most."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+)", status)[1]) // 1024

    def load(self, files, connections, seconds):
        """Files one after the other: requests, of these refused, and requests a second."""
        names = pathlib.Path(self.folder.name, "names")
        names.write_text("\n".join(files))
        script = pathlib.Path(__file__).with_name("once.lua")
        run = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script), "http://%s:%d" % self.address, "--", str(names)],
            capture_output=True, text=True, check=True).stdout
        refused = re.search(r"Non-2xx or 3xx responses: (\d+)", run)
        return int(re.search(r"(\d+) requests in", run)[1]), int(refused[1]) if refused else 0, float(re.search(r"Requests/sec: +([\d.]+)", run)[1])


def files_below(folder):
    return sorted(str(path) for path in pathlib.Path(folder).rglob("*") if path.is_file())

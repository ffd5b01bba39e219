"""A server of its own for a measurement, and wrk's requests to it."""
import http.client
import pathlib
import re
import socket
import subprocess
import tempfile
import time


class Server:
    """A server on a port of this machine; ready when made, and gone at the end of `with`."""

    def __init__(self, command, port):
        self.address = ("127.0.0.1", port)
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(1200):
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

    def send(self, method, path, body=None, connection=None):
        connection = connection or http.client.HTTPConnection(*self.address)
        connection.request(method, path, body, {"Content-Type": "application/octet-stream"})
        answer = connection.getresponse()
        return answer.status, answer.read()

    def stages(self):
        """Milliseconds of all requests until now, by stage."""
        metrics = self.send("GET", "/metrics")[1].decode()
        return {stage: float(sum) * 1000 for stage, sum in re.findall(r'aiguard_duration_seconds_sum{stage="(\w+)"} (\S+)', metrics)}

    def memory(self, name):
        """In MB: `VmRSS` now, or `VmHWM` at most."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+)", status)[1]) // 1024

    def load(self, files, connections, seconds, form=False):
        """Files one after the other, as bodies or in the original's form: requests, of these refused, and requests a second."""
        script = pathlib.Path(__file__).with_name("once.lua")
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as names:
            names.write("\n".join(files))
            names.flush()
            run = subprocess.run(
                ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s", "-s", str(script), "http://%s:%d" % self.address,
                 "--", names.name, *(["form"] if form else [])],
                capture_output=True, text=True, check=True).stdout
        refused = re.search(r"Non-2xx or 3xx responses: (\d+)", run)
        return int(re.search(r"(\d+) requests in", run)[1]), int(refused[1]) if refused else 0, float(re.search(r"Requests/sec: +([\d.]+)", run)[1])


class Client:
    """One connection, each request in one piece: what a client itself takes is as little as Python can."""

    def __init__(self, address):
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, method, path, body=b""):
        """Milliseconds until the last byte of the answer, and its body."""
        start = time.perf_counter()
        self.socket.sendall(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.socket.recv(65536)
        head, content = answer.split(b"\r\n\r\n", 1)
        length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
        while len(content) < length:
            content += self.socket.recv(65536)
        return (time.perf_counter() - start) * 1000, content


class AIGuardServer(Server):
    """`aiguard-server` with an empty database."""

    def __init__(self, program, port, model, *options):
        self.folder = tempfile.TemporaryDirectory()
        super().__init__([program, "--port", str(port), "--model", model, "--database", f"{self.folder.name}/db", *options], port)

    def __exit__(self, *_):
        super().__exit__()
        self.folder.cleanup()


def files_below(folder):
    return sorted(str(path) for path in pathlib.Path(folder).rglob("*") if path.is_file())

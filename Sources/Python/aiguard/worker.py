"""One child process `aiguard worker`: started, asked, and replaced when it fails. The protocol is in Docs/Worker.md."""
from __future__ import annotations

import collections
import dataclasses
import io
import json
import os
import queue
import select
import struct
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

PROTOCOL = 1
_HEADER = struct.Struct("<4sII")
# No answer is longer: one with every manifest of a file's evidence stays far below.
_ANSWER_LIMIT = 256 << 20


class WorkerError(Exception):
    """The worker cannot be used: no program, a wrong model, another protocol. It is the same for every image."""


@dataclasses.dataclass(frozen=True)
class Answer:
    """What came of one image: a result, or why there is none."""

    #: As `aiguard classify --json` writes it, or `examine --json` with evidence; `None` after an error.
    result: dict[str, Any] | None
    #: The same as text, every digit as it came.
    text: str | None
    #: `crashed` and `timeout` where the worker did not live to answer, else a kind of Docs/PublicAPI.md.
    error_kind: str | None
    error: str | None
    #: How often it was asked for.
    attempts: int


class _Crash(Exception):
    def __init__(self, kind: str, message: str):
        super().__init__(message)
        self.kind = kind


class _Child:
    """One process. Whoever catches a `_Crash` throws it away: a child that failed once is never asked again."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str] | None, start_timeout: float):
        try:
            self.process = subprocess.Popen(
                command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=None if environment is None else {**os.environ, **environment})
        except OSError as error:
            raise WorkerError(f"cannot start {command[0]}: {error}") from error
        assert self.process.stdin is not None and self.process.stdout is not None
        os.set_blocking(self.process.stdin.fileno(), False)
        self._answers = io.BufferedReader(self.process.stdout, 1 << 16)
        # Frames, and at the end what ended them.
        self._frames: queue.SimpleQueue[tuple[bytes, int, bytes] | _Crash] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, name="aiguard-answers", daemon=True)
        self._reader.start()
        try:
            kind, _, content = self.frame(start_timeout)
        except _Crash as crash:
            self.end()
            status = self.process.returncode
            reason = {2: "its arguments are wrong", 3: "its model cannot be loaded"}.get(status, str(crash))
            raise WorkerError(f"{' '.join(command)} did not begin: {reason} (see its standard error)") from crash
        if kind != b"HELO":
            self.end()
            raise WorkerError(f"{command[0]} is no worker: it began with {kind!r}")
        self.hello: dict[str, Any] = json.loads(content)

    def _read(self) -> None:
        stream = self._answers
        try:
            while True:
                header = stream.read(_HEADER.size)
                if len(header) < _HEADER.size:
                    raise _Crash("crashed", "the worker ended")
                kind, id, length = _HEADER.unpack(header)
                if length > _ANSWER_LIMIT:
                    raise _Crash("crashed", "the worker's answer is none")
                content = stream.read(length)
                if len(content) < length:
                    raise _Crash("crashed", "the worker ended within an answer")
                self._frames.put((kind, id, content))
        except (_Crash, OSError, ValueError) as error:
            self._frames.put(error if isinstance(error, _Crash) else _Crash("crashed", str(error)))

    def frame(self, timeout: float) -> tuple[bytes, int, bytes]:
        try:
            frame = self._frames.get(timeout=timeout)
        except queue.Empty:
            raise _Crash("timeout", f"no answer within {timeout:g} s") from None
        if isinstance(frame, _Crash):
            raise frame
        return frame

    def send(self, id: int, image: bytes, timeout: float) -> None:
        """Writes a request. A worker that takes nothing for `timeout` seconds is lost, as one that says nothing."""
        assert self.process.stdin is not None
        descriptor = self.process.stdin.fileno()
        try:
            for part in (_HEADER.pack(b"IMAG", id, len(image)), image):
                left = memoryview(part)
                while left:
                    if not select.select([], [descriptor], [], timeout)[1]:
                        raise _Crash("timeout", f"the worker took nothing for {timeout:g} s")
                    left = left[os.write(descriptor, left):]
        except (OSError, ValueError) as error:
            raise _Crash("crashed", f"the worker takes nothing: {error}") from error

    def end(self) -> None:
        """Ends it, and waits until it is gone: by this handle, never by a number that may be another's by now."""
        self.process.kill()
        self.process.wait()
        self._close_input()
        # While the thread reads, the number of what it reads must not become another child's. It ends with the child's output,
        # unless a child of the child holds that open: then the thread keeps it.
        self._reader.join(timeout=5)
        if not self._reader.is_alive():
            self._answers.close()

    def _close_input(self) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.close()
        except OSError:
            pass

    def finish(self, timeout: float) -> None:
        """Lets it end by itself, which it does when its input ends."""
        self._close_input()
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            pass
        self.end()


class AIGuardWorker:
    """Classifies images by a child of its own, and never gives up because of one of them.

    A child that crashes, or is silent for longer than `timeout`, is killed and replaced. One of the images that it had not answered
    may have been the reason, so each of these is asked for again alone; who does not let a child live for `attempts` attempts
    is an error of its own. Not for use by several threads at once.

    :param arguments: Of `aiguard worker`, as `["--model", "path/to/model", "--threads", "2"]`.
    :param program: The path of `aiguard`, or its name in `PATH`.
    :param expect: What the first frame has to say, as `{"model": {"sha256": "..."}}`: a worker that says anything else is refused
        before an image is sent.
    :param timeout: Seconds for one answer.
    :param attempts: How often an image is asked for that the worker does not survive.
    """

    def __init__(
        self, arguments: Sequence[str] = (), *, program: str = "aiguard", expect: Mapping[str, Any] | None = None,
        timeout: float = 120, start_timeout: float = 120, attempts: int = 3, environment: Mapping[str, str] | None = None,
    ):
        if attempts < 1:
            raise ValueError("attempts is at least 1")
        self._command = [program, "worker", *arguments]
        self._expect: Mapping[str, Any] = dict(expect or {})
        self._timeout, self._start_timeout, self._attempts = timeout, start_timeout, attempts
        self._environment = environment
        self._child: _Child | None = None
        self._next_id = 0
        #: Of children that did not live to answer.
        self.crashes = 0
        self._start()

    # MARK: Life

    def _start(self) -> _Child:
        child = _Child(self._command, self._environment, self._start_timeout)
        try:
            if child.hello.get("protocol") != PROTOCOL:
                raise WorkerError(f"{self._command[0]} speaks protocol {child.hello.get('protocol')}, and this package {PROTOCOL}")
            _compare(self._expect, child.hello)
        except WorkerError:
            child.end()
            raise
        # A child that takes over has to be what the first one was.
        self._expect = self._hello = child.hello
        self._child = child
        return child

    @property
    def hello(self) -> dict[str, Any]:
        """What the worker said of itself when it was last started."""
        return self._hello

    @property
    def process(self) -> subprocess.Popen[bytes]:
        return (self._child or self._start()).process

    def close(self) -> None:
        """Ends the child. Later calls start another."""
        if self._child:
            self._child.finish(timeout=5)
            self._child = None

    def __enter__(self) -> AIGuardWorker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        child = getattr(self, "_child", None)
        if child:
            # At the interpreter's end the thread that reads stands still, with what it reads: only the process can be ended.
            child.process.kill()
            child.process.wait()

    def _lose_child(self) -> None:
        if self._child:
            self._child.end()
            self._child = None

    # MARK: Images

    def classify(self, image: bytes) -> Answer:
        """What comes of one image."""
        return next(self.classify_each([image]))

    def classify_each(self, images: Iterable[bytes]) -> Iterator[Answer]:
        """Answers in the order of the images, of which no more are taken than the worker reads ahead."""
        source = iter(images)
        # Asked for and not answered; to be asked for again, alone; each with the oldest first.
        waiting: collections.deque[_Job] = collections.deque()
        suspects: collections.deque[_Job] = collections.deque()
        try:
            while True:
                child = self._child or self._start()
                try:
                    while len(waiting) < (1 if suspects else child.hello["window"]) and not (waiting and waiting[-1].attempts > 1):
                        job = suspects.popleft() if suspects else _next_job(source)
                        if job is None:
                            break
                        job.attempts += 1
                        job.id = self._next_id = (self._next_id + 1) % 2**32
                        waiting.append(job)
                        child.send(job.id, job.image, self._timeout)
                    if not waiting:
                        return
                    job = waiting[0]
                    kind, id, content = child.frame(self._timeout)
                    if id != job.id or kind not in (b"DONE", b"FAIL"):
                        raise _Crash("crashed", f"the worker cannot go on: {content[:500].decode(errors='replace')}")
                except _Crash as crash:
                    self._lose_child()
                    self.crashes += 1
                    suspects.extendleft(reversed(waiting))
                    waiting.clear()
                    if suspects[0].attempts >= self._attempts:
                        yield Answer(None, None, crash.kind, str(crash), suspects.popleft().attempts)
                    continue
                yield _answer(kind, content, waiting.popleft().attempts)
        finally:
            # Whoever stops in the middle would find these answers before the next ones.
            if waiting:
                self._lose_child()


@dataclasses.dataclass
class _Job:
    image: bytes
    attempts: int = 0
    id: int = 0


def _next_job(images: Iterator[bytes]) -> _Job | None:
    image = next(images, None)
    return None if image is None else _Job(image)


def _answer(kind: bytes, content: bytes, attempts: int) -> Answer:
    text = content.decode()
    value = json.loads(text)
    if kind == b"FAIL":
        return Answer(None, None, value["error"]["kind"], value["error"]["message"], attempts)
    return Answer(value, text, None, None, attempts)


def _compare(expected: Mapping[str, Any], found: Mapping[str, Any], path: str = "") -> None:
    for key, value in expected.items():
        other = found.get(key)
        if isinstance(value, Mapping) and isinstance(other, Mapping):
            _compare(value, other, f"{path}{key}.")
        elif value != other:
            raise WorkerError(f"the worker's {path}{key} is {other!r}, and {value!r} was expected")

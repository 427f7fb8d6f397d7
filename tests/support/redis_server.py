"""A redis-server for tests: Debian's, with nothing on the disk, on a free port of the loopback interface."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.support.server import free_port

WITHIN_S: Final = 10.0


def program() -> str | None:
    return shutil.which("redis-server")


class RedisServer:
    """Start it, stop it, make it hang: the port stays the same, what it held is lost with each stop. All of it blocks."""

    def __init__(self, program: str, folder: Path) -> None:
        self.port = free_port()
        self._program = program
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = f"--bind 127.0.0.1 --port {self.port} --dir {self._folder} --appendonly no --save".split()
        self._process = subprocess.Popen([self._program, *options, ""], stdout=subprocess.DEVNULL)
        end = time.monotonic() + WITHIN_S
        while not self._answers():
            assert self._process.poll() is None, "redis-server ended"
            assert time.monotonic() < end, "redis-server does not answer"
            time.sleep(0.01)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1.0) as probe:
            probe.sendall(b"PING\r\n")
            return probe.recv(16).startswith(b"+PONG")
        return False

    def stop(self) -> None:
        """At once, as a crash would."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def hang(self) -> None:
        """It takes what it is sent, and does not answer until :meth:`wake`."""
        self._signal(signal.SIGSTOP)

    def wake(self) -> None:
        self._signal(signal.SIGCONT)

    def empty(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port), WITHIN_S) as line:
            line.sendall(b"FLUSHALL\r\n")
            assert line.recv(16).startswith(b"+OK")

    @property
    def running(self) -> bool:
        return self._process is not None

    def _signal(self, number: int) -> None:
        assert self._process is not None
        os.kill(self._process.pid, number)


@contextmanager
def redis_server(program: str) -> Iterator[RedisServer]:
    """Takes about 50 ms."""
    with tempfile.TemporaryDirectory(prefix="parley-redis-") as name:
        server = RedisServer(program, Path(name))
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def redis_process() -> Iterator[RedisServer]:
    found = program()
    if found is None:
        pytest.skip("no Redis server is installed (apt install redis-server)")
    with redis_server(found) as server:
        yield server


@pytest.fixture
def redis(redis_process: RedisServer) -> Iterator[RedisServer]:
    """One that runs and is empty, for a test to do with as it likes."""
    if redis_process.running:
        redis_process.empty()
    else:
        redis_process.start()
    yield redis_process
    if redis_process.running:
        redis_process.wake()

"""A real ``parley run``: a child process with its own data folder on free ports of the loopback interface."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).parents[2]

START_WITHIN_S: Final = 30.0
STOP_WITHIN_S: Final = 20.0


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def clean_environment(**variables: str) -> dict[str, str]:
    """This process's environment without settings of Parley's, and with ``variables``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | variables


class ParleyServer:
    """Start it, stop it, kill it, start it again: ports and data stay the same."""

    command: tuple[str, ...] = ("-m", "parley", "run")
    """What the Python interpreter is given."""

    def __init__(self, folder: Path, *arguments: str, **variables: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.media_port = free_port(socket.SOCK_DGRAM)
        self.lines: list[str] = []
        """What it printed on standard output, of all its runs."""
        self.log = folder / "log.txt"
        """What it printed on standard error."""
        self._arguments = arguments
        self._variables = {
            "PARLEY_PORT": str(self.port),
            "PARLEY_MEDIA_PORT": str(self.media_port),
            "PARLEY_DATA": str(folder / "data"),
            "PARLEY_LOG_FORMAT": "json",
        } | variables
        self._printed = threading.Condition()
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    @property
    def scheme(self) -> str:
        """What the process itself speaks; a proxy in front may make https of it."""
        return "https" if any("https://localhost" in line for line in self.lines) else "http"

    @property
    def address(self) -> str:
        return f"{self.scheme}://localhost:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Returns when ``/health`` says that everything works."""
        assert self._process is None, "it runs already"
        ready = threading.Event()
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self.command, *self._arguments],
                env=clean_environment(**self._variables),
                cwd=self.folder,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._reader = threading.Thread(target=self._read, args=(self._process, ready), daemon=True)
        self._reader.start()
        if not ready.wait(START_WITHIN_S) or self._process.poll() is not None:
            self.kill()
            raise AssertionError(f"the server did not start: {''.join(self.lines)}\n{self.log.read_text()}")
        self._wait_until_healthy()

    def _read(self, process: subprocess.Popen[str], ready: threading.Event) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            with self._printed:
                self.lines.append(line)
                self._printed.notify_all()
            if line.startswith("Ready"):
                ready.set()
        ready.set()  # it ended; start() looks which it was

    def _wait_until_healthy(self) -> None:
        end = time.monotonic() + START_WITHIN_S
        answer: object = None
        while time.monotonic() < end:
            status, answer = self.request("GET", "/health")
            if status == 200:
                return
            time.sleep(0.1)
        self.kill()
        raise AssertionError(f"the server is not healthy: {answer}\n{self.log.read_text()}")

    def request(
        self, method: str, path: str, body: object = None, token: str | None = None, **headers: str
    ) -> tuple[int, Any]:
        """One request on its own connection: status and decoded JSON (None where there is none)."""
        data = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} if data is not None else {}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.address + path, data=data, method=method, headers=sent)
        unchecked = ssl._create_unverified_context()
        try:
            with urllib.request.urlopen(request, timeout=20, context=unchecked) as response:
                return response.status, _decode(response.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _decode(error.read())

    def sign_up(self, username: str, password: str = "correct horse battery", **fields: Any) -> str:
        """Makes an account; returns its access token."""
        body = {"username": username, "password": password, "tokens": "body"} | fields
        status, answer = self.request("POST", "/api/auth/signup", body)
        assert status == 201, answer
        token: str = answer["access_token"]
        return token

    @property
    def owner_token(self) -> str | None:
        """From the one-time link, if it was printed."""
        found = re.search(r"/signup\?owner=(\S+)", "".join(self.lines))
        return found.group(1) if found else None

    def prints(self, pattern: str, before: int = 0, within_s: float = 20) -> str:
        """The first group of the last match in what it has printed after the first ``before`` lines, once there is one."""

        def matches() -> list[str]:
            return re.findall(pattern, "".join(self.lines[before:]))

        with self._printed:
            assert self._printed.wait_for(matches, within_s), f"it did not print {pattern}"
            found = matches()
        return found[-1]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Sends the signal; returns the exit code."""
        assert self._process is not None
        self._process.send_signal(number)
        try:
            return self._end(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server did not stop: {self.log.read_text()}") from None

    def kill(self) -> None:
        """SIGKILL: the process gets no word in. (What the disk does with a power cut is another question.)"""
        if self._process is not None:
            self._process.kill()
            self._end(STOP_WITHIN_S)

    def _end(self, within_s: float) -> int:
        assert self._process is not None
        code = self._process.wait(within_s)
        if self._reader is not None:
            self._reader.join(within_s)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None
        return code

    @property
    def running(self) -> bool:
        return self._process is not None


def _decode(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None


@contextlib.contextmanager
def running(folder: Path, *arguments: str, **variables: str) -> Iterator[ParleyServer]:
    server = ParleyServer(folder, *arguments, **variables)
    server.start()
    try:
        yield server
    finally:
        if server.running:
            server.stop()


@pytest.fixture
def parley_server(tmp_path: Path) -> Iterator[ParleyServer]:
    with running(tmp_path) as server:
        yield server

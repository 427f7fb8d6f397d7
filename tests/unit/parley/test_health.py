from __future__ import annotations

import dataclasses
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from parley.config import Settings, load
from parley.health import ask
from tests.support.server import free_port


def settings(port: int, host: str = "127.0.0.1") -> Settings:
    found = load({"PARLEY_PORT": str(port)}, secrets=Path("/none"))
    return dataclasses.replace(found, http=dataclasses.replace(found.http, hosts=(host,)))


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """A server that says one thing to one client."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            client, _ = server.accept()
            with client:
                client.recv(4096)
                client.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)


def http(status: int, body: bytes) -> bytes:
    return b"HTTP/1.1 %d x\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (status, len(body), body)


def test_well() -> None:
    with answering(http(200, b'{"status": "ok", "media": "ok"}')) as port:
        assert ask(settings(port)) == (True, "status: ok media: ok")


def test_ill_says_where() -> None:
    with answering(http(503, b'{"status": "failing", "media": "restarting"}')) as port:
        assert ask(settings(port)) == (False, "status: failing media: restarting")


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-x\r\n\r\n", http(200, b"hello"), http(200, b"[]")])
def test_another_program_is_not_well(answer: bytes) -> None:
    with answering(answer) as port:
        assert ask(settings(port)).well is False


def test_nobody_there() -> None:
    port = free_port()
    state = ask(settings(port))
    assert not state.well
    assert state.text.startswith(f"no answer from http://127.0.0.1:{port}: ")

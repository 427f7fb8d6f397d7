from __future__ import annotations

import socket
from pathlib import Path

import pytest

from parley.doctor import ports
from parley.doctor.ports import check_page_port, check_voice_port
from parley.health import State
from tests.support.doctor import levels, patient, said
from tests.support.server import free_port
from tests.unit.parley.test_health import answering, http

WELL = State(True, "status: ok media: ok database: ok")


def test_free_ports(tmp_path: Path) -> None:
    someone = patient(tmp_path, PARLEY_PORT="0", PARLEY_MEDIA_PORT="0", PARLEY_HOST="127.0.0.1")
    assert levels(check_page_port(someone)) == ["pass"]
    found = check_voice_port(someone)
    assert levels(found) == ["pass"]
    assert "there and back" in said(found)
    assert "cannot be seen from here" in said(found)


def test_ports_that_others_have(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("0.0.0.0", 0))
        someone = patient(
            tmp_path,
            PARLEY_HOST="127.0.0.1",
            PARLEY_PORT=str(tcp.getsockname()[1]),
            PARLEY_MEDIA_PORT=str(udp.getsockname()[1]),
        )
        found = check_page_port(someone)
        assert levels(found) == ["fail"]
        assert "is taken by another program -> Stop that one, or choose another port with PARLEY_PORT." in said(found)
        found = check_voice_port(someone)
        assert levels(found) == ["fail"]
        assert "PARLEY_MEDIA_PORT" in said(found)


def test_a_firewall_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "own_addresses", lambda: ("192.0.2.200", "2001:db8::1"))
    monkeypatch.setattr(ports, "_ECHO_WITHIN_S", 0.05)
    found = check_voice_port(patient(tmp_path, PARLEY_MEDIA_PORT="0"))
    assert levels(found) == ["fail"]
    assert "datagrams to 192.0.2.200" in said(found)


def test_our_server_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "ask", lambda _settings: WELL)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("0.0.0.0", 0))
        someone = patient(tmp_path, running=True, PARLEY_MEDIA_PORT=str(udp.getsockname()[1]))
        assert levels(check_page_port(someone)) == ["pass"]
        assert levels(check_voice_port(someone)) == ["pass"]
    assert levels(check_voice_port(someone)) == ["warn"], "it has another port"


def test_our_server_is_not_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "ask", lambda _settings: State(False, "status: failing media: restarting"))
    someone = patient(tmp_path, running=True)
    assert levels(check_page_port(someone)) == ["fail"]
    assert levels(check_voice_port(someone)) == ["fail"]


def redirecting(tmp_path: Path, port: int, *, running: bool) -> list[str]:
    given = {
        "PARLEY_HOST": "127.0.0.1",
        "PARLEY_PORT": str(free_port()),
        "PARLEY_SERVER_NAME": "chat.example.org:8443",
        "PARLEY_TLS_FULLCHAIN": "/a",
        "PARLEY_TLS_PRIVKEY": "/b",
        "PARLEY_REDIRECT_PORT": str(port),
    }
    return levels(check_page_port(patient(tmp_path, given, running=running)))


def test_the_redirect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "ask", lambda _settings: WELL)
    assert redirecting(tmp_path, free_port(), running=False) == ["pass", "pass"]
    assert redirecting(tmp_path, free_port(), running=True) == ["pass", "fail"]
    moved = b"HTTP/1.1 308 x\r\nLocation: https://chat.example.org:8443/\r\nContent-Length: 0\r\n\r\n"
    with answering(moved) as port:
        assert redirecting(tmp_path, port, running=True) == ["pass", "pass"]
    with answering(http(200, b"It works!")) as port:
        assert redirecting(tmp_path, port, running=True) == ["pass", "fail"]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert redirecting(tmp_path, taken.getsockname()[1], running=False) == ["pass", "fail"]

from __future__ import annotations

import dataclasses
import socket
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs

from parley.config import Settings, load
from parley.failures import CannotStart
from parley.redirect import open_redirect_sockets, serve_redirect
from tests.support.server import free_port

BASE = load({"PARLEY_SERVER_NAME": "chat.example.org:443"}, secrets=Path("/none"))


def settings(port: int | None, *, asked_for: bool = True) -> Settings:
    http = dataclasses.replace(
        BASE.http, hosts=("127.0.0.1",), redirect_port=port, redirect_asked_for=asked_for, trusted_proxies=()
    )
    return dataclasses.replace(BASE, http=http)


def test_none_where_it_is_off() -> None:
    assert open_redirect_sockets(settings(None)) == []


def test_a_taken_port_stops_only_who_asked_for_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"Port {port} on 127.0.0.1 is taken.*PARLEY_REDIRECT_PORT"):
            open_redirect_sockets(settings(port))
        with capture_logs() as logs:
            assert open_redirect_sockets(settings(port, asked_for=False)) == []
    assert [line["event"] for line in logs] == ["there is no redirect from plain HTTP"]


async def test_it_serves_until_the_stack_ends() -> None:
    found = settings(free_port())
    url = f"http://127.0.0.1:{found.http.redirect_port}/x"
    sockets = open_redirect_sockets(found)
    async with aiohttp.ClientSession() as client:
        async with AsyncExitStack() as stack:
            await serve_redirect(found, sockets, {}, stack)
            async with client.get(url, headers={"Host": "chat.example.org"}, allow_redirects=False) as answer:
                assert (answer.status, answer.headers["Location"]) == (308, "http://chat.example.org:443/x")
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.get(url)


async def test_nothing_is_served_without_sockets() -> None:
    async with AsyncExitStack() as stack:
        await serve_redirect(settings(None), [], {}, stack)

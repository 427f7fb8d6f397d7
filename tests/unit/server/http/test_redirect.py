from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp.test_utils import TestServer

from server.http.redirect import create_redirect_app

ADDRESS = "https://chat.example.org:8443"

Ask = Callable[..., Awaitable[tuple[int, dict[str, str], str]]]


@pytest.fixture
async def challenges() -> dict[str, str]:
    return {}


@pytest.fixture
async def ask(challenges: dict[str, str]) -> AsyncIterator[Ask]:
    """Sends the target just as it is written, which no HTTP client does."""
    async with TestServer(create_redirect_app(ADDRESS, challenges)) as server:

        async def send(
            target: str, host: str | None = "chat.example.org", method: str = "GET"
        ) -> tuple[int, dict[str, str], str]:
            assert server.port is not None
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            lines = [f"{method} {target} HTTP/1.1", "Connection: close", *([] if host is None else [f"Host: {host}"])]
            writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
            head, _, body = (await reader.read()).partition(b"\r\n\r\n")
            writer.close()
            await writer.wait_closed()
            status, *fields = head.decode().split("\r\n")
            headers = {name.lower(): value for name, _, value in (field.partition(": ") for field in fields)}
            return int(status.split()[1]), headers, body.decode()

        yield send


@pytest.mark.parametrize(
    ("target", "lands_on"),
    [
        ("/", "/"),
        ("/signup?owner=x%2Fy&a=b", "/signup?owner=x%2Fy&a=b"),
        ("/a%0d%0aSet-Cookie:x", "/a%0d%0aSet-Cookie:x"),
        ("//evil.example/x", "//evil.example/x"),
        ("/\\evil.example", "/\\evil.example"),
        ("http://evil.example/x", "/x"),
        ("/@evil.example", "/@evil.example"),
    ],
)
async def test_people_are_sent_on_to_the_one_name(ask: Ask, target: str, lands_on: str) -> None:
    for host in ("chat.example.org", "CHAT.example.org:80"):
        status, headers, _ = await ask(target, host)
        assert (status, headers["location"]) == (308, ADDRESS + lands_on)
        assert "strict-transport-security" not in headers
        assert headers["server"] == "Parley"


@pytest.mark.parametrize(
    "host", ["evil.example", "chat.example.org.evil.example", "192.0.2.7", "", None, "[::1", "chat.example.org@evil"]
)
async def test_nobody_is_sent_on_under_another_name(ask: Ask, host: str | None) -> None:
    status, headers, _ = await ask("/", host)
    assert status in {400, 421}
    assert "location" not in headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_what_would_carry_something_is_refused(ask: Ask, method: str) -> None:
    status, headers, text = await ask("/api/auth/login", method=method)
    assert (status, text) == (403, f"Use {ADDRESS}.")
    assert "location" not in headers


async def test_head_is_sent_on_too(ask: Ask) -> None:
    assert (await ask("/x", method="HEAD"))[0] == 308


async def test_a_challenge_is_answered_while_its_order_is_under_way(ask: Ask, challenges: dict[str, str]) -> None:
    path = "/.well-known/acme-challenge/token-1"
    assert (await ask(path, "198.51.100.1"))[0] == 404
    challenges["token-1"] = "token-1.thumbprint"
    status, headers, text = await ask(path, "198.51.100.1")
    assert (status, text) == (200, "token-1.thumbprint")
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert (await ask("/.well-known/acme-challenge/other"))[0] == 404
    assert (await ask("/.well-known/acme-challenge/..%2fx"))[0] == 404

"""A whole server that gets its certificate."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.acme_server import acme_server
from tests.support.server import ParleyServer, free_port

pytestmark = pytest.mark.integration

NAME = "chat.example.org"


def shown(port: int, trusted: ssl.SSLContext) -> Mapping[str, object] | None:
    """None while nobody vouches for what is shown."""
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
            trusted.wrap_socket(plain, server_hostname=NAME) as line,
        ):
            return line.getpeercert()
    except ssl.SSLCertVerificationError:
        return None


@pytest.mark.timeout(120)  # a start, an order, a stop and a start
async def test_the_first_start_ends_with_a_certificate_and_the_next_asks_for_none(tmp_path: Path) -> None:
    challenge_port = free_port()
    async with acme_server(challenge_port) as authority:
        server = ParleyServer(
            tmp_path,
            PARLEY_HOST="127.0.0.1",
            PARLEY_SERVER_NAME=NAME,
            PARLEY_ACME="true",
            PARLEY_ACME_AGREE="true",
            PARLEY_ACME_DIRECTORY=authority.directory,
            PARLEY_REDIRECT_PORT=str(challenge_port),
        )
        trusted = ssl.create_default_context(cadata=authority.authority.root_pem.decode())
        server.lines.append("https://localhost\n")  # what it speaks; its own words name chat.example.org
        await asyncio.to_thread(server.start)
        try:
            end = time.monotonic() + 30
            while (certificate := await asyncio.to_thread(shown, server.port, trusted)) is None:
                assert time.monotonic() < end, server.log.read_text()
                await asyncio.sleep(0.2)
            assert certificate["subjectAltName"] == (("DNS", NAME),)
            assert len(authority.orders) == 1
            await asyncio.to_thread(server.stop)
            await asyncio.to_thread(server.start)
            assert await asyncio.to_thread(shown, server.port, trusted) == certificate
        finally:
            await asyncio.to_thread(server.kill)
        assert len(authority.orders) == 1
        assert "Traceback" not in await asyncio.to_thread(server.log.read_text)

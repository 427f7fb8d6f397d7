"""A whole server that sends mail."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.mail_server import mail_server
from tests.support.server import ParleyServer, running

pytestmark = pytest.mark.integration

MAIL = (7, "ben@example.org", "Come in", "https://chat.example.org/invite/x", 0, 0)


def leave_a_mail(server: ParleyServer) -> None:
    """As an action of an earlier run has written it."""
    with closing(sqlite3.connect(server.folder / "data" / "parley.db")) as connection, connection:
        connection.execute(
            "INSERT INTO mail_outbox (id, recipient, subject, body, attempts, due_ms) VALUES (?, ?, ?, ?, ?, ?)", MAIL
        )


async def test_what_waited_is_sent_at_the_next_start(tmp_path: Path) -> None:
    async with mail_server(tmp_path) as mail:
        server = ParleyServer(
            tmp_path,
            PARLEY_SMTP_HOST="127.0.0.1",
            PARLEY_SMTP_PORT=str(mail.port),
            PARLEY_SMTP_TLS="none",
            PARLEY_SMTP_FROM="Parley <parley@example.org>",
        )
        await asyncio.to_thread(server.start)
        try:
            await asyncio.to_thread(server.stop)
            leave_a_mail(server)
            await asyncio.to_thread(server.start)
            async with asyncio.timeout(20):
                await mail.bell.until(lambda: len(mail.got) == 1)
        finally:
            await asyncio.to_thread(server.stop)
        (message,) = mail.messages
        assert (message["From"], message["To"]) == ("Parley <parley@example.org>", "ben@example.org")
        assert "example.org" not in server.log.read_text()


def test_without_a_mail_server_it_is_shown_and_not_logged(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        server.stop()
        leave_a_mail(server)
        server.start()
        end = time.monotonic() + 20
        while "  | https://chat.example.org/invite/x\n" not in server.lines:
            assert time.monotonic() < end, "".join(server.lines)
            time.sleep(0.05)
        assert "  | To: ben@example.org\n" in server.lines
        assert "ben@" not in server.log.read_text()

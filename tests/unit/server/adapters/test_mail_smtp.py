from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import Literal

import pytest

from server.adapters import mail_smtp
from server.adapters.mail_message import Sender
from server.adapters.mail_smtp import SmtpMailer, SmtpSettings
from server.domain.ids import MailId, Snowflake
from server.domain.mail import Mail
from server.ports import MailDelayed, MailRefused
from tests.support.actions import FakeClock
from tests.support.mail_server import PASSWORD, USER, MailServer, mail_server

MAIL = Mail(to="ben@example.org", subject="Come in", text="Hello Ben", html="<p>Hello Ben</p>")
MAIL_ID = MailId(Snowflake(7))


def mailer(server: MailServer, *, password: str = PASSWORD, context: ssl.SSLContext | None = None) -> SmtpMailer:
    with_user = server.tls != "none"
    settings = SmtpSettings(
        host="127.0.0.1",
        port=server.port,
        tls=server.tls,
        user=USER if with_user else None,
        password=password if with_user else None,
        sender=Sender("parley@example.org", "Parley"),
        client_name="chat.example.org",
    )
    return SmtpMailer(settings, FakeClock(), context=context or server.trusted)


@pytest.mark.parametrize("tls", ["none", "starttls", "tls"])
async def test_a_mail_arrives(tmp_path: Path, tls: Literal["none", "starttls", "tls"]) -> None:
    async with mail_server(tmp_path, tls) as server:
        await mailer(server).send(MAIL, MAIL_ID)
        (envelope,), (message,) = server.got, server.messages
    assert (envelope.mail_from, envelope.rcpt_tos) == ("parley@example.org", ["ben@example.org"])
    assert (message["Subject"], message["Message-ID"]) == ("Come in", "<7.parley@example.org>")
    assert bool(server.logged_in) == (tls != "none")


async def refused(server: MailServer, kind: type[Exception], **more: object) -> str:
    with pytest.raises(kind) as caught:
        await mailer(server, **more).send(MAIL, MAIL_ID)  # type: ignore[arg-type]
    said = str(caught.value)
    assert "@" not in said
    assert "\n" not in said
    assert server.got == []
    return said


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_certificate_that_is_not_trusted_gets_no_mail(tmp_path: Path, tls: Literal["starttls", "tls"]) -> None:
    async with mail_server(tmp_path, tls) as server:
        said = await refused(server, MailDelayed, context=ssl.create_default_context())
    assert "certificate verify failed" in said
    assert server.logged_in == []


async def test_without_starttls_nothing_is_said_in_the_clear(tmp_path: Path) -> None:
    async with mail_server(tmp_path, "starttls", offers_tls=False) as server:
        assert "STARTTLS" in await refused(server, MailDelayed)
    assert server.logged_in == []


async def test_a_wrong_password_may_be_mended(tmp_path: Path) -> None:
    async with mail_server(tmp_path, "starttls") as server:
        assert await refused(server, MailDelayed, password="wrong") == "SMTPAuthenticationError 535"


async def test_a_recipient_that_is_refused_for_good(tmp_path: Path) -> None:
    async with mail_server(tmp_path) as server:
        server.says = "550 5.1.1 <ben@example.org> is nobody here"
        assert await refused(server, MailRefused) == "SMTPRecipientRefused 550"


async def test_a_recipient_that_is_refused_for_now(tmp_path: Path) -> None:
    async with mail_server(tmp_path) as server:
        server.says = "451 4.7.1 <ben@example.org> is greylisted"
        assert await refused(server, MailDelayed) == "SMTPRecipientRefused 451"


@pytest.mark.parametrize(("says", "kind"), [("554 5.7.1 spam", MailRefused), ("452 4.3.1 full", MailDelayed)])
async def test_a_content_that_is_refused(tmp_path: Path, says: str, kind: type[Exception]) -> None:
    async with mail_server(tmp_path) as server:
        server.says_to_data = says
        assert await refused(server, kind) == f"SMTPDataError {says[:3]}"


async def test_a_server_that_is_not_there_and_then_is(tmp_path: Path) -> None:
    async with mail_server(tmp_path) as server:
        await server.stop()
        assert "Errno" in await refused(server, MailDelayed)
        await server.start()
        await mailer(server).send(MAIL, MAIL_ID)
        assert len(server.got) == 1


@pytest.mark.parametrize("limit", ["STEP_WITHIN_S", "SEND_WITHIN_S"])
async def test_a_server_that_hangs_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(mail_smtp, limit, 0.3)
    async with mail_server(tmp_path) as server:
        server.hangs = True
        async with asyncio.timeout(10):
            await refused(server, MailDelayed)


async def test_what_cannot_be_written_is_not_tried(tmp_path: Path) -> None:
    bad = Mail(to="ben@example.org\nBcc: all@example.org", subject="x", text="y")
    async with mail_server(tmp_path) as server:
        with pytest.raises(MailRefused, match="cannot be written"):
            await mailer(server).send(bad, MAIL_ID)
    assert server.got == []

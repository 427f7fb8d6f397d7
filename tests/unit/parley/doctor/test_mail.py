from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

import pytest

from parley.doctor import mail as checking
from parley.doctor.examination import Patient
from parley.doctor.mail import check_mail
from server.adapters.clock import SystemClock
from server.adapters.mail_message import Sender
from server.adapters.mail_smtp import SmtpMailer, SmtpSettings
from tests.support.doctor import levels, patient, said
from tests.support.mail_server import PASSWORD, USER, MailServer, mail_server


def with_mail(folder: Path, server: MailServer, send_to: str | None = None, **variables: str) -> Patient:
    given = {
        "PARLEY_SMTP_HOST": "127.0.0.1",
        "PARLEY_SMTP_PORT": str(server.port),
        "PARLEY_SMTP_TLS": server.tls,
        "PARLEY_SMTP_FROM": "Parley <parley@example.org>",
    }
    return patient(folder, given | variables, send_to=send_to)


async def test_without_a_server(tmp_path: Path) -> None:
    assert levels(await check_mail(patient(tmp_path))) == ["warn"]
    assert levels(await check_mail(patient(tmp_path, send_to="a@example.org"))) == ["warn", "fail"]


async def test_it_comes_in_and_sends_nothing(tmp_path: Path) -> None:
    async with mail_server(tmp_path) as server:
        assert levels(await check_mail(with_mail(tmp_path, server))) == ["pass"]
        assert server.got == []


async def test_it_sends_when_it_is_asked_to(tmp_path: Path) -> None:
    async with mail_server(tmp_path) as server:
        found = await check_mail(with_mail(tmp_path, server, "admin@example.org"))
        assert levels(found) == ["pass", "pass"]
        (message,) = server.messages
        assert message["To"] == "admin@example.org"
        server.says = "550 no such user"
        found = await check_mail(with_mail(tmp_path, server, "admin@example.org"))
        assert levels(found) == ["pass", "fail"]
        assert "admin@example.org" not in said(found)


@pytest.mark.parametrize("password", [PASSWORD, "wrong"])
async def test_tls_and_the_log_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    async with mail_server(tmp_path, "starttls") as server:

        async def open_mailer(*_arguments: object) -> SmtpMailer:
            settings = SmtpSettings(
                host="127.0.0.1",
                port=server.port,
                tls="starttls",
                user=USER,
                password=password,
                sender=Sender("p@e.org"),
            )
            return SmtpMailer(settings, SystemClock(), context=server.trusted)

        monkeypatch.setattr(checking, "open_mailer", open_mailer)
        given = {"PARLEY_SMTP_USER": USER, "PARLEY_SMTP_PASSWORD": password}
        found = await check_mail(with_mail(tmp_path, server, None, **given))
        assert levels(found) == (["pass"] if password == PASSWORD else ["fail"])
        assert (len(server.logged_in) == 1) == (password == PASSWORD)


async def test_a_certificate_that_is_not_trusted_and_nobody_there(tmp_path: Path) -> None:
    async with mail_server(tmp_path, "tls") as server:
        someone = with_mail(tmp_path, server)
        assert levels(await check_mail(someone)) == ["fail"]
    assert levels(await check_mail(someone)) == ["fail"]
    settings = someone.settings
    assert settings.mail is not None
    named = dataclasses.replace(settings, mail=dataclasses.replace(settings.mail, user="u", password="p"))
    assert "PARLEY_SMTP_USER" in said(await check_mail(dataclasses.replace(someone, settings=named)))
    await asyncio.sleep(0)

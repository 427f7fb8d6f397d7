from __future__ import annotations

from parley.config import MailSettings
from parley.mail import open_mailer
from parley.values import MailSender
from server.adapters.mail_console import ConsoleMailer
from server.adapters.mail_smtp import SmtpMailer
from server.domain.ids import MailId, Snowflake
from server.domain.mail import Mail
from tests.support.actions import FakeClock


async def test_without_a_mail_server_the_operator_reads_it() -> None:
    lines: list[str] = []
    mailer = await open_mailer(None, "localhost", FakeClock(), lines.append)
    assert isinstance(mailer, ConsoleMailer)
    await mailer.send(Mail(to="ben@example.org", subject="x", text="y"), MailId(Snowflake(1)))
    assert "  | To: ben@example.org" in lines


async def test_with_one_it_is_sent() -> None:
    settings = MailSettings(
        host="mail.example.org",
        port=587,
        tls="starttls",
        user=None,
        password=None,
        sender=MailSender("parley@example.org", ""),
    )
    assert isinstance(await open_mailer(settings, "chat.example.org", FakeClock(), print), SmtpMailer)

"""Does the mail server let us in? Nothing is sent unless somebody asked for it."""

from __future__ import annotations

import time

from parley.config import MailSettings
from parley.doctor.examination import Patient
from parley.doctor.findings import Finding, fail, good, warn
from parley.mail import open_mailer
from server.adapters.clock import SystemClock
from server.adapters.mail_smtp import SmtpMailer
from server.domain.ids import MailId, Snowflake
from server.domain.mail import Mail
from server.ports import MailDelayed, MailRefused


async def check_mail(patient: Patient) -> list[Finding]:
    settings = patient.settings.mail
    if settings is None:
        found = [
            warn(
                "there is no mail server: mails are printed where the server was started",
                "Nobody gets a lost password back by mail then. Set PARLEY_SMTP_HOST and PARLEY_SMTP_FROM.",
            )
        ]
        return found + ([fail("so no mail could be sent", "Set PARLEY_SMTP_HOST first.")] if patient.send_to else [])
    client_name = (patient.settings.server_name or "localhost").partition(":")[0]
    mailer = await open_mailer(settings, client_name, SystemClock(), lambda line: None)
    assert isinstance(mailer, SmtpMailer)  # noqa: S101 - there is a mail server
    where = f"{settings.host} port {settings.port}"
    try:
        await mailer.try_out()
    except (MailRefused, MailDelayed) as error:
        return [fail(f"{where} does not let us in ({error})", _mend(settings))]
    how = {"starttls": "by STARTTLS", "tls": "by TLS", "none": "without TLS"}[settings.tls]
    found = [good(f"{where} lets us in {how}{', logged in' if settings.user else ''}; nothing was sent")]
    return found + ([await _send(mailer, patient.send_to)] if patient.send_to else [])


async def _send(mailer: SmtpMailer, to: str) -> Finding:
    text = "This is the mail that 'parley doctor --send-to' was asked to send. If you read it, mail works."
    try:
        await mailer.send(
            Mail(to=to, subject="A mail from Parley, to try out", text=text), MailId(Snowflake(time.time_ns() >> 20))
        )
    except (MailRefused, MailDelayed) as error:
        return fail(
            f"the mail to try it out was not taken ({error})", "See PARLEY_SMTP_FROM, and the log of the mail server."
        )
    return good("the mail server took a mail to try it out: look whether it arrives, also among the spam")


def _mend(settings: MailSettings) -> str:
    if settings.user:
        return "See PARLEY_SMTP_HOST, _PORT and _TLS, and the log-in in PARLEY_SMTP_USER and _PASSWORD."
    return "See PARLEY_SMTP_HOST, _PORT and _TLS."

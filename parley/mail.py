"""Who takes the mail that Parley sends: a mail server, or the person who started it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from parley.config import MailSettings
from server.adapters.mail_console import ConsoleMailer
from server.ports import Clock, Mailer


async def open_mailer(
    settings: MailSettings | None, client_name: str, clock: Clock, announce: Callable[[str], None]
) -> Mailer:
    """``client_name``: what this server calls itself to the mail server. Nothing is connected."""
    if settings is None:
        return ConsoleMailer(announce)
    from server.adapters.mail_message import Sender
    from server.adapters.mail_smtp import SmtpMailer, SmtpSettings  # only who has a mail server needs what it takes

    with_sender = SmtpSettings(
        host=settings.host,
        port=settings.port,
        tls=settings.tls,
        user=settings.user,
        password=settings.password,
        sender=Sender(settings.sender.address, settings.sender.name),
        client_name=client_name,
    )
    return await asyncio.to_thread(SmtpMailer, with_sender, clock)

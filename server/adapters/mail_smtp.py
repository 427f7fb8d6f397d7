"""Mail through a mail server."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from typing import Final, Literal

import msgspec
from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from server.adapters.mail_message import Sender, compose
from server.domain.ids import MailId
from server.domain.mail import Mail
from server.ports import Clock, MailDelayed, MailRefused

STEP_WITHIN_S: Final = 20.0
"""For each answer of the mail server."""
SEND_WITHIN_S: Final = 60.0
"""For all of it."""
QUIT_WITHIN_S: Final = 2.0


class SmtpSettings(msgspec.Struct, frozen=True, kw_only=True):
    host: str
    port: int
    tls: Literal["starttls", "tls", "none"]
    """``starttls``: it must be offered, or nothing is sent."""
    user: str | None = None
    password: str | None = None
    sender: Sender
    client_name: str = "localhost"
    """What this server calls itself (EHLO)."""


class SmtpMailer:
    """Implements :class:`server.ports.Mailer`: a connection for each mail."""

    def __init__(self, settings: SmtpSettings, clock: Clock, *, context: ssl.SSLContext | None = None) -> None:
        """Blocks: reads the system's certificates unless given a ``context``."""
        self._settings = settings
        self._clock = clock
        self._context = context or ssl.create_default_context()

    async def send(self, mail: Mail, mail_id: MailId) -> None:
        try:
            message = compose(mail, mail_id, self._settings.sender, self._clock.now_ms())
        except ValueError:
            raise MailRefused("it cannot be written as a mail") from None
        connection = self._connection()
        try:
            async with asyncio.timeout(SEND_WITHIN_S):
                await connection.connect()
                await connection.send_message(message)
            with contextlib.suppress(SMTPException, OSError):  # it is sent, whatever comes now
                await connection.quit(timeout=QUIT_WITHIN_S)
        except (SMTPException, OSError, ValueError) as error:
            kind = MailRefused if _is_final(error) else MailDelayed
            raise kind(_reason(error)) from None
        finally:
            connection.close()

    async def try_out(self) -> None:
        """Comes in as for a mail - TLS, log-in - and sends none. Raises what :meth:`send` does."""
        connection = self._connection()
        try:
            async with asyncio.timeout(SEND_WITHIN_S):
                await connection.connect()
                await connection.quit(timeout=QUIT_WITHIN_S)
        except (SMTPException, OSError, ValueError) as error:
            raise MailDelayed(_reason(error)) from None
        finally:
            connection.close()

    def _connection(self) -> SMTP:
        settings = self._settings
        return SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.user,
            password=settings.password,
            local_hostname=settings.client_name,
            timeout=STEP_WITHIN_S,
            use_tls=settings.tls == "tls",
            start_tls=settings.tls == "starttls",
            tls_context=self._context,
        )


def _is_final(error: Exception) -> bool:
    """The server does not want this mail, or this recipient; what it has against the sender or the log-in can be mended."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(_is_final(each) for each in error.recipients)
    return isinstance(error, (SMTPRecipientRefused, SMTPDataError)) and error.code >= 500


def _reason(error: Exception) -> str:
    """Without the server's own words, which like to repeat an address."""
    if isinstance(error, SMTPRecipientsRefused) and error.recipients:
        return _reason(error.recipients[0])
    if isinstance(error, SMTPResponseException):
        return f"{type(error).__name__} {error.code}"
    said = " ".join(str(error).split())
    return said if said and "@" not in said else type(error).__name__

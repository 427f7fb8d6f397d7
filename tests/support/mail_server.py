"""A mail server for tests: aiosmtpd in the test's own event loop, on a free port of the loopback interface."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from certs.self_signed import make
from tests.support.server import free_port
from tests.support.waiting import Bell

USER, PASSWORD = "parley", "a secret"


class MailServer:
    """Stop it and start it again: the port stays the same."""

    def __init__(self, tls: Literal["starttls", "tls", "none"], folder: Path, *, offers_tls: bool = True) -> None:
        self.port = free_port()
        self.tls = tls
        self.got: list[Envelope] = []
        self.bell = Bell()
        self.says: str | None = None
        """To whoever gives a recipient, in place of taking it."""
        self.says_to_data: str | None = None
        self.hangs = False
        self.logged_in: list[str] = []
        key, certificate = make(["127.0.0.1"], datetime.now(UTC))
        (folder / "key.pem").write_bytes(key)
        (folder / "ca.pem").write_bytes(certificate)
        self.trusted = ssl.create_default_context(cafile=folder / "ca.pem")
        """For clients."""
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
        self._offers_tls = offers_tls
        self._server: asyncio.Server | None = None
        self._go_on = asyncio.Event()

    async def start(self) -> None:
        self._server = await asyncio.get_running_loop().create_server(
            self._protocol, "127.0.0.1", self.port, ssl=self._context if self.tls == "tls" else None
        )

    async def stop(self) -> None:
        server, self._server = self._server, None
        self._go_on.set()
        if server is not None:
            server.close()
            await server.wait_closed()

    def _protocol(self) -> SMTP:
        return SMTP(
            self,
            hostname="mail.example.org",
            tls_context=self._context if self.tls == "starttls" and self._offers_tls else None,
            authenticator=self._authenticate,
            auth_required=self.tls == "starttls" and self._offers_tls,
            auth_require_tls=self.tls == "starttls",  # it does not know that it is behind TLS from the start
            loop=asyncio.get_running_loop(),
        )

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        good = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        if good:
            self.logged_in.append(mechanism)
        return AuthResult(success=good, handled=False)

    # ------------------------------------------------------------------------------------------- aiosmtpd's handler hooks

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.bell.ring()
        if self.hangs:
            await self._go_on.wait()
        if self.says is not None:
            return self.says
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.says_to_data is not None:
            return self.says_to_data
        self.got.append(envelope)
        self.bell.ring()
        return "250 OK"

    # --------------------------------------------------------------------------------------------------------- for tests

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_of(envelope) for envelope in self.got]


def message_of(envelope: Envelope) -> EmailMessage:
    assert isinstance(envelope.content, bytes)
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


@asynccontextmanager
async def mail_server(
    folder: Path, tls: Literal["starttls", "tls", "none"] = "none", *, offers_tls: bool = True
) -> AsyncIterator[MailServer]:
    """``offers_tls=False``: one for ``starttls`` that has none."""
    server = MailServer(tls, folder, offers_tls=offers_tls)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()

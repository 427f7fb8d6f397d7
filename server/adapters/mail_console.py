"""Mail for a server that has no mail server: the operator reads it, and hands it on."""

from __future__ import annotations

from collections.abc import Callable

from server.domain.ids import MailId
from server.domain.mail import Mail


class ConsoleMailer:
    """Implements :class:`server.ports.Mailer`."""

    def __init__(self, show: Callable[[str], None]) -> None:
        """``show`` shows one line to the person who started the server. It is no log: addresses are in it."""
        self._show = show

    async def send(self, mail: Mail, mail_id: MailId) -> None:
        lines = [f"To: {mail.to}", f"Subject: {mail.subject}", "", *mail.text.splitlines()]
        self._show("No mail server is set (PARLEY_SMTP_HOST); this would have been sent:")
        for line in lines:
            self._show(f"  | {_plain(line)}".rstrip())


def _plain(line: str) -> str:
    """Nothing that moves a terminal's cursor."""
    return "".join(each if each.isprintable() else " " for each in line)

"""A mail as mail servers carry it (RFC 5322)."""

from __future__ import annotations

from datetime import UTC, datetime
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final, NamedTuple

from server.domain.ids import MailId
from server.domain.mail import Mail

SUBJECT_MAX: Final = 200


class Sender(NamedTuple):
    address: str
    """As :func:`server.domain.mail.clean_address` gives it."""
    name: str = ""


def compose(mail: Mail, mail_id: MailId, sender: Sender, now_ms: int) -> EmailMessage:
    """Raises :class:`ValueError` for what cannot be written, as an address that is none. Nothing in ``mail`` makes a header."""
    message = EmailMessage(policy.SMTP)
    message["From"] = _address(sender.address, one_line(sender.name))
    message["To"] = _address(mail.to)
    message["Subject"] = one_line(mail.subject)[:SUBJECT_MAX]
    message["Date"] = format_datetime(datetime.fromtimestamp(now_ms / 1000, UTC))
    message["Message-ID"] = f"<{mail_id}.parley@{sender.address.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # nobody's absence note answers it (RFC 3834)
    message.set_content(_sendable(mail.text))
    if mail.html is not None:
        message.add_alternative(_sendable(mail.html), subtype="html")
    return message


def _address(address: str, name: str = "") -> Address:
    try:
        return Address(name, addr_spec=address)
    except (MessageError, IndexError, AttributeError):  # as the library's parser says it
        raise ValueError("no address") from None


def one_line(text: str) -> str:
    """White space, line ends and what cannot be shown become single spaces."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _sendable(text: str) -> str:
    return text.encode(errors="replace").decode()

"""Mail: what is sent, and which addresses there can be."""

from __future__ import annotations

from typing import Final

import msgspec
from email_validator import EmailNotValidError, validate_email

from server.domain.errors import Invalid

ADDRESS_MAX: Final = 254
"""Characters (RFC 5321, 4.5.3.1.3)."""


NOBODY: Final = ""
"""In the place of an address: a mail that is written so that writing it takes as long, and then sent to nobody."""


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    to: str
    """As :func:`clean_address` gives it, or :data:`NOBODY`."""
    subject: str
    text: str
    html: str | None = None
    """The same for readers that show it."""


def clean_address(address: str) -> str:
    """The address as mail servers write it, in ASCII; raises :class:`Invalid` (bad_email). Whether it is somebody's only mail can
    tell."""
    candidate = address.strip()
    try:
        if len(candidate) > ADDRESS_MAX:
            raise EmailNotValidError("too long")
        found = validate_email(candidate, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        raise Invalid("bad_email", "This is not an e-mail address. Write one like anna@example.org.") from None
    return found.ascii_email or found.normalized


def mail_key(address: str) -> str:
    """What a clean address is found by: hardly any mail server tells letter cases apart."""
    return address.casefold()

"""Which passwords there can be."""

from __future__ import annotations

import unicodedata
from typing import Final

from server.actions.context import Actions
from server.domain.errors import Invalid
from server.domain.names import is_sendable, too_long

_CONTAINED_MIN: Final = 3
"""A user name shorter than this may be part of the password by chance."""


def check_password(actions: Actions, password: str, username: str) -> str:
    """The password in NFC; raises :class:`Invalid`: too_short, too_long, weak_password."""
    limits = actions.limits
    if not is_sendable(password):
        raise Invalid("weak_password", "This password has half a character in it. Choose another.")
    candidate = typed_password(password, limits.password_max)
    if candidate is None or len(candidate) > limits.password_max:
        raise too_long("password", limits.password_max)
    if len(candidate) < limits.password_min:
        raise Invalid(
            "too_short",
            f"The password is too short. Use at least {limits.password_min} characters.",
            field="password",
            min=limits.password_min,
        )
    folded = candidate.casefold()
    if folded == username or (len(username) >= _CONTAINED_MIN and username in folded):
        raise Invalid("weak_password", "The password must not contain the user name. Choose another.")
    return candidate


def typed_password(password: str, longest: int) -> str | None:
    """In NFC, so that the same letters typed on another keyboard count as the same; None for what can be nobody's."""
    if len(password) > 4 * longest or not is_sendable(password):
        return None
    return unicodedata.normalize("NFC", password)

"""Which passwords there can be."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import urlsplit

import msgspec

from server.actions.context import Actions, Origin
from server.actions.requests import Request
from server.domain.errors import Invalid
from server.domain.names import fold_username, is_sendable, too_long
from server.domain.rates import Rule, address_key

_CONTAINED_MIN: Final = 3
"""A user name shorter than this may be part of the password by chance."""
_WORD_MIN: Final = 4
"""So long are the names of an address that count."""
_REST_MIN: Final = 5
"""Characters beside such words that make a password another one."""


class AskAdvice(Request, frozen=True, kw_only=True):
    password: str
    username: str = ""


class PasswordAdvice(msgspec.Struct, frozen=True, kw_only=True):
    score: int
    """0 (guessed at once) to 4 (hardly ever)."""
    refused: str | None = None
    """The code with which it would be refused."""


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
    if actions.critic.is_common(folded) or _adds_little(folded, _context(actions)):
        raise Invalid("weak_password", "This password is among the first that are guessed. Choose another.")
    return candidate


async def advise(actions: Actions, request: AskAdvice, origin: Origin) -> PasswordAdvice:
    """How good a password is; it is kept nowhere and goes nowhere. Raises busy."""
    await actions.limiter.hit(Rule.ADVICE, address_key(origin.address))
    limits = actions.limits
    username = fold_username(request.username, shortest=limits.username_min, longest=limits.username_max) or ""
    try:
        candidate = check_password(actions, request.password, username)
    except Invalid as refused:
        return PasswordAdvice(score=0, refused=refused.code)
    return PasswordAdvice(score=await actions.critic.score(candidate, [username, *_context(actions)]))


def _context(actions: Actions) -> list[str]:
    """What anybody tries first here: the names in the server's address, and what it is."""
    host = urlsplit(actions.settings.address).hostname or ""
    return [*(word for word in re.split(r"[^a-z0-9]+", host) if len(word) >= _WORD_MIN), "parley", "password"]


def _adds_little(folded: str, words: list[str]) -> bool:
    """Whether hardly anything is left of a password without the words."""
    rest = folded
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return len(rest) < len(folded) and len(rest) < _REST_MIN


def typed_password(password: str, longest: int) -> str | None:
    """In NFC, so that the same letters typed on another keyboard count as the same; None for what can be nobody's."""
    if len(password) > 4 * longest or not is_sendable(password):
        return None
    return unicodedata.normalize("NFC", password)

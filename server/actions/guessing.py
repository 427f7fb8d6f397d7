"""Whoever guesses passwords is slowed down, without a stranger being able to lock anybody out."""

from __future__ import annotations

from typing import Final

from server.actions.context import Actions, Origin
from server.domain.errors import TooMany
from server.domain.rates import Rule, address_key

LOG_IN_PAUSE_MAX_S: Final = 2.0
"""How long a log-in waits when its account is being guessed at."""


async def slow_down(actions: Actions, username: str, origin: Origin) -> None:
    """Counts one guess. Over the limits of an address it is refused, over that of an account it waits. Raises :class:`TooMany`."""
    address = address_key(origin.address)
    await actions.limiter.hit(Rule.LOG_IN, address)
    await actions.limiter.hit(Rule.LOG_IN_PAIR, f"{username}|{address}")
    try:
        await actions.limiter.hit(Rule.LOG_IN_ACCOUNT, username)
    except TooMany as many:
        await actions.pause(min(many.retry_after_s, LOG_IN_PAUSE_MAX_S))

"""Slow mode: in some channels, one message of each member in so many seconds."""

from __future__ import annotations

from typing import Final

from server.actions.places import GroupPlace, Place
from server.domain.errors import TooMany
from server.domain.permissions import Permission
from server.ports import UnitOfWork

_EXEMPT: Final = (Permission.MANAGE_MESSAGES, Permission.MANAGE_CHANNELS)


async def take_turn(uow: UnitOfWork, place: Place, now_ms: int) -> None:
    """Somebody writes a message now. Raises slow_mode when it is too soon; that does not make the wait longer.

    Those who manage messages or channels there do not wait.
    """
    if not isinstance(place, GroupPlace) or not place.channel.slow_mode_s:
        return
    if any(place.may(permission) for permission in _EXEMPT):
        return
    slow_ms = place.channel.slow_mode_s * 1000
    last_ms = await uow.channels.written_ms(place.id, place.user_id)
    if last_ms is not None and last_ms <= now_ms < last_ms + slow_ms:  # a clock that was set back silences nobody
        raise TooMany(
            "slow_mode",
            f"This channel is slow: one message each {place.channel.slow_mode_s} seconds. Wait a little.",
            retry_after_s=(last_ms + slow_ms - now_ms) / 1000,
        )
    await uow.channels.note_writing(place.id, place.user_id, now_ms)

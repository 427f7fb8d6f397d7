"""How people are seen, from what they say of themselves and from their devices. Pure; docs/protocol.md, "Presence"."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from server.domain.entities import ChosenStatus, Me, Presence, Status
from server.domain.ids import UserId

GRACE_S: Final = 10.0
"""So long a device counts after its socket is gone: it may be back in a moment."""
SILENT_GRACE_S: Final = 5.0
"""The same where the line fell silent: it had two heartbeats to come back, and nobody is to be seen a minute after they went."""


def seen_as(me: Me, idle_devices: Collection[bool], now_ms: int) -> Presence:
    """``idle_devices`` says of each device that counts whether nobody sits at it."""
    if not idle_devices or me.status is ChosenStatus.INVISIBLE:
        return offline(me.id)
    return Presence(user_id=me.id, status=_status(me.status, all(idle_devices)), text=_text(me, now_ms))


def _status(chosen: ChosenStatus, idle: bool) -> Status:
    if chosen is ChosenStatus.DND:
        return Status.DND
    return Status.IDLE if idle or chosen is ChosenStatus.IDLE else Status.ONLINE


def _text(me: Me, now_ms: int) -> str:
    return "" if me.status_until_ms is not None and now_ms >= me.status_until_ms else me.status_text


def offline(user_id: UserId) -> Presence:
    """Also of somebody who is invisible, or has blocked the one who looks: there is nothing to tell them apart by."""
    return Presence(user_id=user_id, status=Status.OFFLINE)

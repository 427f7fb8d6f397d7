"""What the gateway needs of voice; :mod:`signaling.voice.desk` implements it.

Every method checks permission itself and raises :class:`server.domain.errors.ParleyError` for what a client did wrong; nothing
is changed then. What others may see of it (``voice.update``, ``voice.leave``, ``voice.slots`` ...) the desk publishes on the bus.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import msgspec

from server.domain.entities import VoiceState
from server.domain.ids import ChannelId, SessionId, UserId


class Caller(msgspec.Struct, frozen=True):
    """Who asks, and under which log-in."""

    user_id: UserId
    session_id: SessionId
    key: str = ""
    """Of the gateway session over which they ask; empty for who asks otherwise."""


class IceServer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """As ``RTCIceServer`` in browsers."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """What a client needs to know before it offers."""

    ice_servers: tuple[IceServer, ...]
    slots: int
    """How many receiving m-lines to offer."""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    channel_id: ChannelId
    negotiation: int
    """The client's own number, rising; the answer carries it."""
    sdp: str
    muted: bool
    deafened: bool


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    negotiation: int
    sdp: str
    participant: int
    """The caller's own number in the room."""
    slots: tuple[int, ...]
    """Who is heard in each slot at this moment; 0 is nobody."""
    participants: tuple[VoiceState, ...]
    """Everyone in the channel, the caller too."""


class Update(msgspec.Struct, frozen=True, kw_only=True):
    participant: int
    muted: bool | None = None
    """None: as it is."""
    deafened: bool | None = None


class VoiceDesk(Protocol):
    async def prepare(self, caller: Caller, channel_id: ChannelId) -> Prepared: ...

    async def offer(self, caller: Caller, offer: Offer) -> Answer:
        """Joins, restarts ICE (the same DTLS fingerprint) or takes the place of the caller's earlier connection."""
        ...

    async def update(self, caller: Caller, update: Update) -> VoiceState: ...

    async def ignore(self, caller: Caller, participant: int, ignored: tuple[int, ...]) -> None:
        """``participant`` (the caller's own) is not to hear ``ignored``; replaces what was said before."""
        ...

    async def leave(self, caller: Caller, participant: int) -> None:
        """Nothing happens when the participant is gone already."""
        ...

    def states(self, channel_ids: Collection[ChannelId]) -> tuple[VoiceState, ...]:
        """Everyone in these channels, now; for snapshots and for channels that come into view."""
        ...

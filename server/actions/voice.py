"""Who may be in voice."""

from __future__ import annotations

import msgspec

from server.actions.authority import channel_seat, require_kind
from server.actions.context import Actions
from server.domain.entities import Channel, ChannelKind
from server.domain.ids import ChannelId, UserId
from server.domain.permissions import Permission


class VoiceSeat(msgspec.Struct, frozen=True, kw_only=True):
    channel: Channel
    may_speak: bool


async def check_voice_join(actions: Actions, user_id: UserId, channel_id: ChannelId) -> VoiceSeat:
    """Raises unknown_channel, wrong_channel_kind, forbidden (connect), timed_out.

    True at this moment only: when roles, overwrites or time-outs change, ask again (or the gateway's replica,
    :meth:`server.domain.access.GroupAccess.permissions`).
    """
    async with actions.store.read() as reader:
        seat, channel = await channel_seat(reader, user_id, channel_id, actions.clock.now_ms())
    require_kind(channel, ChannelKind.VOICE)
    seat.require(Permission.CONNECT, channel_id)
    return VoiceSeat(channel=channel, may_speak=seat.may(Permission.SPEAK, channel_id))

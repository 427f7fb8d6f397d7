"""Somebody is writing."""

from __future__ import annotations

from server.actions.context import Actions
from server.actions.places import place_of
from server.domain.events import Published, TypingStart
from server.domain.ids import ChannelId, UserId
from server.domain.permissions import Permission
from server.domain.rates import Rule


async def do_start_typing(actions: Actions, user_id: UserId, channel_id: ChannelId) -> None:
    """Needs SEND_MESSAGES. Nothing is written: straight to the bus."""
    await actions.limiter.hit(Rule.TYPING, str(user_id))
    async with actions.store.read() as reader:
        place = await place_of(reader, user_id, channel_id, actions.clock.now_ms())
    place.require(Permission.SEND_MESSAGES)
    event = TypingStart(channel_id=channel_id, user_id=user_id)
    await actions.bus.publish([Published(place.audience, event)])

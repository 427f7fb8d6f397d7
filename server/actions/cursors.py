"""How far one has read."""

from __future__ import annotations

from server.actions.context import Actions
from server.actions.places import place_of
from server.actions.requests import Request
from server.actions.views import cursors_of
from server.domain.entities import Cursor
from server.domain.events import CursorUpdate, ToUsers
from server.domain.ids import ChannelId, MessageId, UserId
from server.domain.rates import Rule


class MoveCursor(Request, frozen=True, kw_only=True):
    message_id: MessageId
    """Everything up to this message has been read."""


async def do_move_cursor(actions: Actions, user_id: UserId, channel_id: ChannelId, request: MoveCursor) -> Cursor:
    """Forward only, and not beyond the last message; where nothing moves, nobody is told."""
    await actions.limiter.hit(Rule.CURSOR, str(user_id))
    async with actions.store.write() as uow:
        await place_of(uow, user_id, channel_id, actions.clock.now_ms())
        last_id = await uow.channels.lock_writer(channel_id)
        before = (await uow.cursors.of_user(user_id, [channel_id])).get(channel_id)
        reached = min(request.message_id, last_id) if last_id is not None else None
        if reached is None or (before is not None and reached <= before):
            return (await cursors_of(uow, user_id, [channel_id]))[channel_id]
        await uow.cursors.set(user_id, channel_id, reached)
        cursor = (await cursors_of(uow, user_id, [channel_id]))[channel_id]
        uow.publish(ToUsers((user_id,)), CursorUpdate(cursor=cursor))
    return cursor

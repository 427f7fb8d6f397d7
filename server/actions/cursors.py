"""How far one has read."""

from __future__ import annotations

from server.actions.authority import channel_seat, require_kind
from server.actions.context import Actions
from server.actions.requests import Request
from server.actions.views import cursors_of
from server.domain.entities import ChannelKind, Cursor
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
        _, channel = await channel_seat(uow, user_id, channel_id, actions.clock.now_ms())
        require_kind(channel, ChannelKind.TEXT)
        last_id = await uow.channels.lock_writer(channel_id)
        before = (await uow.cursors.of_user(user_id, [channel_id])).get(channel_id)
        reached = min(request.message_id, last_id) if last_id is not None else None
        if reached is None or (before is not None and reached <= before):
            return (await cursors_of(uow, user_id, [channel]))[channel_id]
        await uow.cursors.set(user_id, channel_id, reached)
        cursor = (await cursors_of(uow, user_id, [channel]))[channel_id]
        uow.publish(ToUsers((user_id,)), CursorUpdate(cursor=cursor))
    return cursor

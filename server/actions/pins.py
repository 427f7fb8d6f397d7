"""Messages that are kept in sight."""

from __future__ import annotations

import msgspec

from server.actions.audit import record
from server.actions.authority import message_of
from server.actions.context import Actions
from server.actions.messages import MessagesPage, as_page, with_names
from server.actions.places import GroupPlace, Place, place_of
from server.domain.entities import AuditAction
from server.domain.errors import Conflict
from server.domain.events import MessageUpdate
from server.domain.ids import ChannelId, MessageId, UserId
from server.domain.permissions import Permission
from server.domain.rates import Rule
from server.ports import UnitOfWork


async def do_pin(
    actions: Actions, user_id: UserId, channel_id: ChannelId, message_id: MessageId, reason: str | None = None
) -> None:
    """Needs PIN_MESSAGES; raises too_many. What is pinned already stays where it is."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        now_ms = actions.clock.now_ms()
        place = await place_of(uow, user_id, channel_id, now_ms)
        place.require(Permission.READ_HISTORY | Permission.PIN_MESSAGES)
        message = await message_of(uow, channel_id, message_id)
        if message.pinned:
            return
        limit = actions.limits.pins_max
        if await uow.pins.count(channel_id) >= limit:
            raise Conflict("too_many", f"A channel has at most {limit} pinned messages. Unpin one first.", limit=limit)
        await uow.pins.add(channel_id, message_id, user_id, now_ms)
        uow.publish(place.audience, MessageUpdate(message=msgspec.structs.replace(message, pinned=True)))
        await _record(actions, uow, place, AuditAction.MESSAGE_PIN, message_id, reason)


async def do_unpin(
    actions: Actions, user_id: UserId, channel_id: ChannelId, message_id: MessageId, reason: str | None = None
) -> None:
    """Needs PIN_MESSAGES."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        place = await place_of(uow, user_id, channel_id, actions.clock.now_ms())
        place.require(Permission.READ_HISTORY | Permission.PIN_MESSAGES)
        message = await message_of(uow, channel_id, message_id)
        if await uow.pins.remove(channel_id, message_id):
            uow.publish(place.audience, MessageUpdate(message=msgspec.structs.replace(message, pinned=False)))
            await _record(actions, uow, place, AuditAction.MESSAGE_UNPIN, message_id, reason)


async def _record(
    actions: Actions,
    uow: UnitOfWork,
    place: Place,
    action: AuditAction,
    message_id: MessageId,
    reason: str | None,
) -> None:
    if isinstance(place, GroupPlace):
        changes = {"channel_id": place.id}
        await record(actions, uow, place.seat, action, "message", message_id, reason=reason, changes=changes)


async def get_pins(actions: Actions, user_id: UserId, channel_id: ChannelId) -> MessagesPage:
    """All of them, last pinned first. Needs READ_HISTORY."""
    async with actions.store.read() as reader:
        place = await place_of(reader, user_id, channel_id, actions.clock.now_ms())
        place.require(Permission.READ_HISTORY)
        ids = await reader.pins.of_channel(channel_id)
        rank = {message_id: number for number, message_id in enumerate(ids)}
        messages = sorted(await reader.messages.by_ids(channel_id, ids), key=lambda message: rank[message.id])
        page = await as_page(reader, place, messages)
    return await with_names(actions, page)

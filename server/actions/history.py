"""What moderators do to what was written: look at earlier versions, delete many at once."""

from __future__ import annotations

import msgspec

from server.actions.audit import record
from server.actions.authority import message_of
from server.actions.context import Actions
from server.actions.files import held_by, let_go
from server.actions.places import GroupPlace, place_of
from server.actions.requests import Request
from server.domain.entities import AuditAction, Edit
from server.domain.events import MessageDeleteBulk
from server.domain.ids import ChannelId, MessageId, UserId
from server.domain.numbers import check_range
from server.domain.permissions import Permission
from server.domain.rates import Rule


class Edits(msgspec.Struct, frozen=True, kw_only=True):
    edits: tuple[Edit, ...]
    """Oldest first, without the version of today."""


class BulkDelete(Request, frozen=True, kw_only=True):
    message_ids: tuple[MessageId, ...]


class BulkDeleted(msgspec.Struct, frozen=True, kw_only=True):
    deleted: tuple[MessageId, ...]


async def get_edits(actions: Actions, user_id: UserId, channel_id: ChannelId, message_id: MessageId) -> Edits:
    """For the author, and with MANAGE_MESSAGES."""
    async with actions.store.read() as reader:
        place = await place_of(reader, user_id, channel_id, actions.clock.now_ms())
        place.require(Permission.READ_HISTORY)
        message = await message_of(reader, channel_id, message_id)
        if message.author_id != user_id:
            place.require(Permission.MANAGE_MESSAGES)
        return Edits(edits=tuple(await reader.edits.of_message(channel_id, message_id)))


async def do_bulk_delete(
    actions: Actions, user_id: UserId, channel_id: ChannelId, request: BulkDelete, reason: str | None = None
) -> BulkDeleted:
    """Those of the messages that are there. Needs MANAGE_MESSAGES."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    wanted = sorted(set(request.message_ids))
    check_range(len(wanted), "message_ids", 1, actions.limits.bulk_delete_max)
    async with actions.store.write() as uow:
        place = await place_of(uow, user_id, channel_id, actions.clock.now_ms())
        place.require(Permission.MANAGE_MESSAGES)
        await uow.channels.lock_writer(channel_id)
        held = await held_by(uow, channel_id, wanted)
        deleted = tuple(await uow.messages.delete_many(channel_id, wanted))
        await let_go(uow, held, actions.clock.now_ms())
        if deleted:
            uow.publish(place.audience, MessageDeleteBulk(channel_id=channel_id, message_ids=deleted))
        if deleted and isinstance(place, GroupPlace):
            changes = {"count": len(deleted)}
            action = AuditAction.MESSAGE_BULK_DELETE
            await record(actions, uow, place.seat, action, "channel", channel_id, reason=reason, changes=changes)
    return BulkDeleted(deleted=deleted)

"""Telling readers how much is unread, in the unit of work that changed it: so the counts are right where they arrive."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from server.actions.places import ConversationPlace, Place
from server.actions.views import read_by
from server.domain.entities import Cursor
from server.domain.events import CursorUpdate, Recount, ToUsers
from server.domain.ids import ChannelId, MessageId, UserId
from server.ports import UnitOfWork


async def tell_readers(
    uow: UnitOfWork, channel_id: ChannelId, user_ids: Collection[UserId], message_id: MessageId
) -> dict[UserId, Cursor]:
    """Publishes the exact cursor to each of ``user_ids`` who has not read as far as this message; a constant number of
    statements. Returns what was told."""
    if not user_ids:
        return {}
    told = await uow.cursors.of_readers(channel_id, user_ids, behind=message_id)
    for user_id, cursor in told.items():
        uow.publish(ToUsers((user_id,)), CursorUpdate(cursor=cursor))
    return told


async def tell_all_readers(uow: UnitOfWork, place: Place, message_id: MessageId) -> None:
    """The same for all who read there: of a group those who are connected, wherever that is known, soon after the commit (by
    :func:`server.actions.snapshot.recount`)."""
    if isinstance(place, ConversationPlace):
        await tell_readers(uow, place.id, place.conversation.member_ids, message_id)
    else:
        uow.notify(Recount(place.channel.group_id, place.id, message_id))


async def counts_of_all(uow: UnitOfWork, user_id: UserId) -> dict[ChannelId, Cursor]:
    """The reader's exact cursors in all text channels and conversations that the reader sees; a constant number of statements."""
    return await uow.cursors.counted(user_id, await read_by(uow, user_id))


async def publish_recount(uow: UnitOfWork, user_id: UserId, before: Mapping[ChannelId, Cursor]) -> None:
    """Publishes those of the reader's exact cursors that were others ``before``: the reader has blocked somebody, or does so no
    longer."""
    now = await uow.cursors.counted(user_id, before.keys())
    for channel_id, cursor in now.items():
        if cursor != before[channel_id]:
            uow.publish(ToUsers((user_id,)), CursorUpdate(cursor=cursor))

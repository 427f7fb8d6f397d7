"""Copies of messages, and where they come from."""

from __future__ import annotations

import msgspec

from server.actions.authority import message_of, unknown_message
from server.actions.context import Actions
from server.actions.places import Place, place_of
from server.domain.entities import User
from server.domain.errors import ParleyError
from server.domain.ids import ChannelId, MessageId, UserId
from server.domain.permissions import Permission
from server.domain.sections import File, Forward, NewForward, copied
from server.ports import CopiedFrom, Reader


class OriginView(msgspec.Struct, frozen=True, kw_only=True):
    """Where a forward was copied from."""

    channel_id: ChannelId
    message_id: MessageId
    author: User


async def copy_of(actions: Actions, reader: Reader, place: Place, wanted: NewForward) -> tuple[Forward, CopiedFrom]:
    """For ``place``, of a message that the one who asks may read. A message that is a forward and nothing else is passed on as
    what it is, from where it came.

    Raises unknown_channel, wrong_channel_kind, unknown_message, forbidden, timed_out, too_long.
    """
    source = place
    if wanted.channel_id != place.id:
        source = await place_of(reader, place.user_id, wanted.channel_id, actions.clock.now_ms())
    source.require(Permission.READ_HISTORY)
    original = await message_of(reader, wanted.channel_id, wanted.message_id)
    origin = CopiedFrom(original.channel_id, original.id)
    (first, *more) = original.sections
    if isinstance(first, Forward) and not more:
        forward = first
        origin = await reader.origins.get(original.channel_id, original.id) or origin
    else:
        forward = Forward(copied(original.sections, actions.limits), original.id.created_ms)
    if any(isinstance(section, File) for section in forward.sections):
        place.require(Permission.ATTACH_FILES)
    return forward, origin


async def get_origin(actions: Actions, user_id: UserId, channel_id: ChannelId, message_id: MessageId) -> OriginView:
    """Raises unknown_message unless it is a forward of a message that is there still and that the one who asks may read."""
    async with actions.store.read() as reader:
        now_ms = actions.clock.now_ms()
        place = await place_of(reader, user_id, channel_id, now_ms)
        place.require(Permission.READ_HISTORY)
        await message_of(reader, channel_id, message_id)
        origin = await reader.origins.get(channel_id, message_id)
        if origin is None:
            raise unknown_message()
        try:
            source = await place_of(reader, user_id, origin.channel_id, now_ms)
            source.require(Permission.READ_HISTORY)
        except ParleyError as hidden:
            raise unknown_message() from hidden
        original = await message_of(reader, origin.channel_id, origin.message_id)
    authors = await actions.profiles.by_ids([original.author_id])
    if original.author_id not in authors:
        raise unknown_message()
    return OriginView(channel_id=origin.channel_id, message_id=origin.message_id, author=authors[original.author_id])

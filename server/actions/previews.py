"""Previews of links: taken off one's message, and the pictures in them."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from server.actions.authority import message_of
from server.actions.context import Actions
from server.actions.places import place_of
from server.actions.previewer import collect, image_key
from server.domain.errors import Forbidden, NotFound
from server.domain.events import MessageUpdate
from server.domain.ids import ChannelId, MessageId, UserId
from server.domain.rates import Rule
from server.ports import Picture

_IMAGE_ID: Final = re.compile(r"[0-9a-f]{32}")


async def do_remove_previews(actions: Actions, user_id: UserId, channel_id: ChannelId, message_id: MessageId) -> None:
    """Of one's own message, for good: an edit brings none back."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        place = await place_of(uow, user_id, channel_id, actions.clock.now_ms())
        await uow.channels.lock_writer(channel_id)
        message = await message_of(uow, channel_id, message_id)
        if message.author_id != user_id:
            raise Forbidden("forbidden", "Only the author can take the previews off a message.", permission="author")
        await uow.previews.turn_off(channel_id, message_id)
        if message.previews:
            uow.publish(place.audience, MessageUpdate(message=msgspec.structs.replace(message, previews=())))


async def get_preview_image(actions: Actions, image_id: str) -> Picture:
    """For everybody who knows its id, which nobody guesses: pages show it without a log-in. Raises unknown_image."""
    blob = await actions.blobs.get(image_key(image_id)) if _IMAGE_ID.fullmatch(image_id) else None
    if blob is None:
        raise NotFound("unknown_image", "This picture is gone.")
    data = b"".join([chunk async for chunk in blob.chunks])
    return Picture(media_type="image/webp", data=data)


async def do_collect_previews(actions: Actions) -> int:
    """How many pictures were deleted."""
    return await collect(actions.store, actions.blobs, actions.clock.now_ms())

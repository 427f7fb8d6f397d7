"""Groups' own emoji."""

from __future__ import annotations

import msgspec

from server.actions.audit import record
from server.actions.authority import Seat, group_seat
from server.actions.context import Actions
from server.actions.reactions import unknown_emoji
from server.actions.requests import Request
from server.domain.emoji import check_emoji_name
from server.domain.entities import AuditAction, Emoji
from server.domain.errors import Conflict, TooLarge
from server.domain.events import EmojiDelete, EmojiUpdate, ToGroup
from server.domain.ids import EmojiId, GroupId, UserId
from server.domain.permissions import Permission
from server.domain.rates import Rule
from server.ports import Picture, Reader, UnitOfWork


class RenameEmoji(Request, frozen=True, kw_only=True):
    name: str


def _name_taken(name: str) -> Conflict:
    return Conflict("name_taken", f"This group has an emoji of the name {name} already. Choose another.", field="name")


async def check_new_emoji(actions: Actions, reader: Reader, user_id: UserId, group_id: GroupId) -> Seat:
    """Needs MANAGE_EMOJIS; raises too_many. Before the image is made: nobody else costs us that."""
    seat = await group_seat(reader, user_id, group_id, actions.clock.now_ms())
    seat.require(Permission.MANAGE_EMOJIS)
    limit = actions.limits.emojis_per_group
    if len(await reader.emojis.of_groups([group_id])) >= limit:
        raise Conflict("too_many", f"A group has at most {limit} emoji of its own. Delete one first.", limit=limit)
    return seat


async def do_create_emoji(
    actions: Actions, user_id: UserId, group_id: GroupId, name: str, image: bytes, reason: str | None
) -> Emoji:
    """``image`` is made anew, in a small size. Raises name_taken, bad_image, too_large."""
    await actions.limiter.hit(Rule.UPLOAD, str(user_id))
    check_emoji_name(name)
    if len(image) > actions.limits.emoji_max_bytes:
        raise TooLarge("too_large", "This image is too large for an emoji.", max=actions.limits.emoji_max_bytes)
    async with actions.store.read() as reader:
        await check_new_emoji(actions, reader, user_id, group_id)
    made = await actions.images.emoji(image, actions.limits.emoji_max_pixels)
    async with actions.store.write() as uow:
        seat = await check_new_emoji(actions, uow, user_id, group_id)
        emoji = Emoji(
            id=EmojiId(actions.ids.next(seat.now_ms)),
            group_id=group_id,
            name=name,
            animated=made.animated,
            creator_id=user_id,
        )
        if not await uow.emojis.add(emoji, made.picture):
            raise _name_taken(name)
        uow.publish(ToGroup(group_id), EmojiUpdate(emoji=emoji))
        changes = {"name": name}
        await record(actions, uow, seat, AuditAction.EMOJI_CREATE, "emoji", emoji.id, reason=reason, changes=changes)
    return emoji


async def do_rename_emoji(
    actions: Actions,
    user_id: UserId,
    group_id: GroupId,
    emoji_id: EmojiId,
    request: RenameEmoji,
    reason: str | None = None,
) -> Emoji:
    """Needs MANAGE_EMOJIS; raises name_taken."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    name = check_emoji_name(request.name)
    async with actions.store.write() as uow:
        seat, emoji = await _own(actions, uow, user_id, group_id, emoji_id)
        if not await uow.emojis.rename(emoji, name):
            raise _name_taken(name)
        renamed = msgspec.structs.replace(emoji, name=name)
        uow.publish(ToGroup(group_id), EmojiUpdate(emoji=renamed))
        changes = {"name": name}
        await record(actions, uow, seat, AuditAction.EMOJI_UPDATE, "emoji", emoji_id, reason=reason, changes=changes)
    return renamed


async def do_delete_emoji(
    actions: Actions, user_id: UserId, group_id: GroupId, emoji_id: EmojiId, reason: str | None = None
) -> None:
    """Needs MANAGE_EMOJIS. Reactions with it stay, and show that it is gone."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        seat, emoji = await _own(actions, uow, user_id, group_id, emoji_id)
        await uow.emojis.delete(emoji_id)
        uow.publish(ToGroup(group_id), EmojiDelete(group_id=group_id, emoji_id=emoji_id))
        changes = {"name": emoji.name}
        await record(actions, uow, seat, AuditAction.EMOJI_DELETE, "emoji", emoji_id, reason=reason, changes=changes)


async def _own(
    actions: Actions, uow: UnitOfWork, user_id: UserId, group_id: GroupId, emoji_id: EmojiId
) -> tuple[Seat, Emoji]:
    seat = await group_seat(uow, user_id, group_id, actions.clock.now_ms())
    emoji = await uow.emojis.get(emoji_id)
    if emoji is None or emoji.group_id != group_id:
        raise unknown_emoji()
    seat.require(Permission.MANAGE_EMOJIS)
    return seat, emoji


async def get_emoji_picture(actions: Actions, emoji_id: EmojiId) -> Picture:
    """For everybody who knows the id: pages show it without a log-in. Raises unknown_emoji."""
    async with actions.store.read() as reader:
        picture = await reader.emojis.picture(emoji_id)
    if picture is None:
        raise unknown_emoji()
    return picture

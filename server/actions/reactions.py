"""Reacting to messages."""

from __future__ import annotations

import msgspec

from server.actions.audit import Change, record
from server.actions.authority import message_of
from server.actions.context import Actions
from server.actions.places import GroupPlace, Place, place_of
from server.actions.requests import Request
from server.domain.emoji import own_emoji_id, reaction_key
from server.domain.entities import AuditAction, Message, User
from server.domain.errors import Conflict, NotFound
from server.domain.events import ReactionUpdate
from server.domain.ids import ChannelId, MessageId, UserId
from server.domain.numbers import check_range
from server.domain.permissions import Permission
from server.domain.rates import Rule
from server.ports import Reader, UnitOfWork


class ReactorsQuery(Request, frozen=True, kw_only=True):
    after: UserId | None = None
    limit: int = 50


class Reactors(msgspec.Struct, frozen=True, kw_only=True):
    users: tuple[User, ...]
    """By id."""
    has_more: bool


def unknown_emoji() -> NotFound:
    return NotFound("unknown_emoji", "There is no such emoji in this group. It may have been deleted.")


async def check_reaction(actions: Actions, reader: Reader, place: Place, message: Message, emoji: str) -> str:
    """The emoji as it is kept. One that is there needs READ_HISTORY, a new one ADD_REACTIONS.

    Raises bad_emoji, unknown_emoji, too_many, forbidden, timed_out.
    """
    place.require_active()
    place.require(Permission.READ_HISTORY)
    key = reaction_key(emoji)
    if any(reaction.emoji == key for reaction in message.reactions):
        return key
    place.require(Permission.ADD_REACTIONS)
    own_id = own_emoji_id(key)
    if own_id is not None:
        own = await reader.emojis.get(own_id)
        if own is None or own.group_id != place.group_id:
            raise unknown_emoji()
    limit = actions.limits.reactions_max
    if len(message.reactions) >= limit:
        raise Conflict("too_many", f"A message has at most {limit} different reactions. Join one of them.", limit=limit)
    return key


async def do_react(actions: Actions, user_id: UserId, channel_id: ChannelId, message_id: MessageId, emoji: str) -> None:
    """Where one has reacted so already, nothing changes."""
    await actions.limiter.hit(Rule.REACT, str(user_id))
    async with actions.store.write() as uow:
        now_ms = actions.clock.now_ms()
        place = await place_of(uow, user_id, channel_id, now_ms)
        message = await message_of(uow, channel_id, message_id)
        key = await check_reaction(actions, uow, place, message, emoji)
        if await uow.reactions.add(channel_id, message_id, key, user_id, now_ms):
            await _tell(uow, place, message_id, key, user_id, reacted=True)


async def do_unreact(
    actions: Actions, user_id: UserId, channel_id: ChannelId, message_id: MessageId, emoji: str
) -> None:
    """Takes one's own reaction back; where there is none, nothing changes."""
    await actions.limiter.hit(Rule.REACT, str(user_id))
    async with actions.store.write() as uow:
        place = await place_of(uow, user_id, channel_id, actions.clock.now_ms())
        place.require_active()
        await message_of(uow, channel_id, message_id)
        await _take_away(uow, place, message_id, emoji, user_id)


async def do_remove_reaction(
    actions: Actions,
    user_id: UserId,
    channel_id: ChannelId,
    message_id: MessageId,
    emoji: str,
    reactor_id: UserId,
    reason: str | None = None,
) -> None:
    """Somebody else's; needs MANAGE_MESSAGES."""
    await actions.limiter.hit(Rule.REACT, str(user_id))
    async with actions.store.write() as uow:
        place = await place_of(uow, user_id, channel_id, actions.clock.now_ms())
        place.require(Permission.MANAGE_MESSAGES)
        await message_of(uow, channel_id, message_id)
        if await _take_away(uow, place, message_id, emoji, reactor_id) and isinstance(place, GroupPlace):
            changes: dict[str, Change] = {"channel_id": channel_id, "user_id": reactor_id, "emoji": emoji}
            action = AuditAction.REACTION_DELETE
            await record(actions, uow, place.seat, action, "message", message_id, reason=reason, changes=changes)


async def _take_away(uow: UnitOfWork, place: Place, message_id: MessageId, emoji: str, user_id: UserId) -> bool:
    key = reaction_key(emoji)
    if not await uow.reactions.remove(place.id, message_id, key, user_id):
        return False
    await _tell(uow, place, message_id, key, user_id, reacted=False)
    return True


async def _tell(
    uow: UnitOfWork, place: Place, message_id: MessageId, emoji: str, user_id: UserId, *, reacted: bool
) -> None:
    now = (await uow.reactions.of_messages(place.id, [message_id])).get(message_id, ())
    count = next((reaction.count for reaction in now if reaction.emoji == emoji), 0)
    uow.publish(
        place.audience,
        ReactionUpdate(
            channel_id=place.id, message_id=message_id, emoji=emoji, count=count, user_id=user_id, reacted=reacted
        ),
    )


async def get_reactors(
    actions: Actions,
    user_id: UserId,
    channel_id: ChannelId,
    message_id: MessageId,
    emoji: str,
    query: ReactorsQuery,
) -> Reactors:
    """Needs READ_HISTORY."""
    check_range(query.limit, "limit", 1, actions.limits.page_max)
    async with actions.store.read() as reader:
        place = await place_of(reader, user_id, channel_id, actions.clock.now_ms())
        place.require(Permission.READ_HISTORY)
        await message_of(reader, channel_id, message_id)
        key = reaction_key(emoji)
        found = await reader.reactions.users(channel_id, message_id, key, query.after, query.limit + 1)
    users = await actions.profiles.by_ids(found[: query.limit])
    return Reactors(users=tuple(users[one] for one in sorted(users)), has_more=len(found) > query.limit)

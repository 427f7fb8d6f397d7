"""Messages: write, edit, delete, read back."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

import msgspec

from server.actions.authority import public_user, still_there
from server.actions.context import Actions
from server.actions.places import GroupPlace, Place, place_at, place_of
from server.actions.requests import Request
from server.domain.entities import Edit, Member, Message, User
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.events import MessageCreate, MessageDelete, MessageUpdate
from server.domain.ids import MAX_ID, ChannelId, MessageId, UserId
from server.domain.numbers import check_range
from server.domain.permissions import Permission
from server.domain.rates import Rule
from server.domain.search import index
from server.domain.sections import NewSection, check_sections, reply_to
from server.ports import Reader

_NONCE: Final = re.compile(r"[\x21-\x7e]+")


class CreateMessage(Request, frozen=True, kw_only=True):
    nonce: str
    """The sender's mark: the same one again gives the first message back."""
    sections: tuple[NewSection, ...]


class EditMessage(Request, frozen=True, kw_only=True):
    sections: tuple[NewSection, ...]


class PageQuery(Request, frozen=True, kw_only=True):
    """At most one of the three; with none, the newest."""

    before: MessageId | None = None
    after: MessageId | None = None
    around: MessageId | None = None
    limit: int = 50


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A message with the one who wrote it, as requests are answered."""

    message: Message
    author: User
    member: Member | None = None
    """The author's membership, in a group's channel."""
    users: tuple[User, ...] = ()
    """Others whom the message names."""
    reacted: tuple[str, ...] = ()
    """The reader's own reactions."""


class MessagesPage(msgspec.Struct, frozen=True, kw_only=True):
    messages: tuple[Message, ...]
    """Oldest first."""
    users: tuple[User, ...]
    """Who wrote them, and whom they name."""
    members: tuple[Member, ...] = ()
    """The authors' memberships, in a group's channel."""
    reacted: dict[MessageId, tuple[str, ...]] = {}
    """The reader's own reactions, of messages that have any."""
    has_before: bool
    has_after: bool


# -------------------------------------------------------------------------------------------------------------- write


def check_nonce(actions: Actions, nonce: str) -> None:
    if len(nonce) > actions.limits.nonce_max or not _NONCE.fullmatch(nonce):
        raise Invalid(
            "bad_nonce", f"A nonce has 1 to {actions.limits.nonce_max} printable ASCII characters, no spaces."
        )


async def do_create_message(
    actions: Actions, user_id: UserId, channel_id: ChannelId, request: CreateMessage
) -> tuple[Written, bool]:
    """The message, and whether it is new. Needs SEND_MESSAGES.

    A nonce that this author used in this channel before gives the first message, whatever the sections are now (none of them,
    when it has been deleted since): asking again after a lost answer never writes twice.
    """
    await actions.limiter.hit(Rule.MESSAGE_WRITE, str(user_id))
    check_nonce(actions, request.nonce)
    sections = check_sections(request.sections, actions.limits)
    async with actions.store.write() as uow:
        now_ms = actions.clock.now_ms()
        desk = await uow.desks.of_writer(channel_id, user_id, request.nonce)
        place = place_at(desk, user_id, now_ms)
        author = still_there(desk.user)
        if desk.written is not None:
            first = await uow.messages.get(channel_id, desk.written.id) or desk.written
            return Written(message=first, author=author, member=place.member), False
        place.require(Permission.SEND_MESSAGES)
        await _check_reply(uow, channel_id, reply_to(sections))
        message = Message(
            id=MessageId(actions.ids.next(now_ms, after=desk.last_message_id or 0)),
            channel_id=channel_id,
            author_id=user_id,
            sections=sections,
            nonce=request.nonce,
        )
        await uow.messages.add(message)
        await uow.search.put(index(message, place.group_id))
        await uow.cursors.set(user_id, channel_id, message.id)
        uow.publish(place.audience, MessageCreate(message=message, author=author, member=place.member))
    return Written(message=message, author=author, member=place.member), True


async def _check_reply(reader: Reader, channel_id: ChannelId, message_id: MessageId | None) -> None:
    if message_id is not None and await reader.messages.get(channel_id, message_id) is None:
        raise unknown_message()


# ------------------------------------------------------------------------------------------------------------- change


async def check_edit(reader: Reader, place: Place, message_id: MessageId, sections: tuple[NewSection, ...]) -> Message:
    """The message as it is; only its author changes it, and needs SEND_MESSAGES still."""
    message = await message_of(reader, place.id, message_id)
    if message.author_id != place.user_id:
        raise Forbidden("forbidden", "Only the author can change a message.", permission="author")
    place.require(Permission.SEND_MESSAGES)
    answered = reply_to(sections)
    if answered != reply_to(message.sections):  # an answer to what is gone since stays one
        await _check_reply(reader, place.id, answered)
    return message


async def do_edit_message(
    actions: Actions, user_id: UserId, channel_id: ChannelId, message_id: MessageId, request: EditMessage
) -> Written:
    await actions.limiter.hit(Rule.MESSAGE_WRITE, str(user_id))
    sections = check_sections(request.sections, actions.limits)
    async with actions.store.write() as uow:
        now_ms = actions.clock.now_ms()
        place = await place_of(uow, user_id, channel_id, now_ms)
        await uow.channels.lock_writer(channel_id)
        message = await check_edit(uow, place, message_id, sections)
        if sections != message.sections:
            before = Edit(sections=message.sections, until_ms=now_ms)
            await uow.edits.keep(channel_id, message_id, before, actions.limits.edits_kept)
        await uow.messages.edit(channel_id, message_id, sections, now_ms)
        edited = msgspec.structs.replace(message, sections=sections, edited_ms=now_ms)
        await uow.search.put(index(edited, place.group_id))
        author = await public_user(uow, user_id)
        uow.publish(place.audience, MessageUpdate(message=edited))
    return Written(message=edited, author=author, member=place.member)


def check_delete_message(place: Place, message: Message) -> None:
    """One's own (not in time-out), or with MANAGE_MESSAGES. In a conversation a block keeps nobody from taking back their own."""
    if message.author_id != place.user_id:
        place.require(Permission.MANAGE_MESSAGES)
    elif isinstance(place, GroupPlace):
        place.require_active()


async def do_delete_message(actions: Actions, user_id: UserId, channel_id: ChannelId, message_id: MessageId) -> None:
    """Readers' counts are put right by :func:`server.actions.snapshot.unread_after_delete`."""
    await actions.limiter.hit(Rule.MESSAGE_WRITE, str(user_id))
    async with actions.store.write() as uow:
        place = await place_of(uow, user_id, channel_id, actions.clock.now_ms())
        await uow.channels.lock_writer(channel_id)
        check_delete_message(place, await message_of(uow, channel_id, message_id))
        await uow.messages.delete(channel_id, message_id)
        uow.publish(place.audience, MessageDelete(channel_id=channel_id, message_id=message_id))


async def message_of(reader: Reader, channel_id: ChannelId, message_id: MessageId) -> Message:
    """Raises :class:`NotFound` (unknown_message)."""
    message = await reader.messages.get(channel_id, message_id)
    if message is None:
        raise unknown_message()
    return message


def unknown_message() -> NotFound:
    return NotFound("unknown_message", "There is no such message in this channel. It may have been deleted.")


# ---------------------------------------------------------------------------------------------------------- read back


async def get_message(actions: Actions, user_id: UserId, channel_id: ChannelId, message_id: MessageId) -> Written:
    """Needs READ_HISTORY."""
    async with actions.store.read() as reader:
        place = await place_of(reader, user_id, channel_id, actions.clock.now_ms())
        place.require(Permission.READ_HISTORY)
        message = await message_of(reader, channel_id, message_id)
        author = await public_user(reader, message.author_id)
        members = await _members(reader, place, [author.id])
        reacted = await reader.reactions.of_user(channel_id, [message_id] if message.reactions else [], user_id)
    return Written(
        message=message,
        author=author,
        member=members[0] if members else None,
        reacted=reacted.get(message_id, ()),
    )


async def get_messages(actions: Actions, user_id: UserId, channel_id: ChannelId, query: PageQuery) -> MessagesPage:
    """A page of history; needs READ_HISTORY. ``before`` and ``after`` exclude their message, ``around`` includes it."""
    check_range(query.limit, "limit", 1, actions.limits.page_max)
    if sum(bound is not None for bound in (query.before, query.after, query.around)) > 1:
        raise Invalid("bad_request", "Ask with one of before, after and around.", where="before")
    async with actions.store.read() as reader:
        place = await place_of(reader, user_id, channel_id, actions.clock.now_ms())
        place.require(Permission.READ_HISTORY)
        messages, has_before, has_after = await _page(reader, channel_id, query)
        page = await as_page(reader, place, messages, has_before=has_before, has_after=has_after)
    return await with_authors(actions, page)


async def as_page(
    reader: Reader, place: Place, messages: Sequence[Message], *, has_before: bool = False, has_after: bool = False
) -> MessagesPage:
    """What it takes to show these messages of one place, but for :func:`with_authors`; a constant number of statements."""
    members = await _members(reader, place, {message.author_id for message in messages})
    with_reactions = [message.id for message in messages if message.reactions]
    return MessagesPage(
        messages=tuple(messages),
        users=(),
        members=tuple(members),
        reacted=await reader.reactions.of_user(place.id, with_reactions, place.user_id),
        has_before=has_before,
        has_after=has_after,
    )


async def with_authors(actions: Actions, page: MessagesPage) -> MessagesPage:
    """After the unit of work that read the page (see :meth:`server.actions.profiles.Profiles.by_ids`)."""
    users = await actions.profiles.by_ids({message.author_id for message in page.messages})
    return msgspec.structs.replace(page, users=tuple(users.values()))


async def _members(reader: Reader, place: Place, user_ids: Collection[UserId]) -> list[Member]:
    """Of those who are in the place's group still."""
    return [] if place.group_id is None else await reader.members.by_users(place.group_id, user_ids)


async def _page(reader: Reader, channel_id: ChannelId, query: PageQuery) -> tuple[list[Message], bool, bool]:
    """Messages, and whether there are more on either side; one more than asked for tells."""
    limit = query.limit
    if query.around is not None:
        half = limit // 2
        older = await reader.messages.page(channel_id, before=query.around, limit=half + 1)
        newer = await reader.messages.page(channel_id, after=query.around - 1, limit=limit - half + 1)
        shown = older[-half:] if half else []
        return shown + newer[: limit - half], len(older) > half, len(newer) > limit - half
    if query.after is not None:
        newer = await reader.messages.page(channel_id, after=query.after, limit=limit + 1)
        older = await reader.messages.page(channel_id, before=min(query.after + 1, MAX_ID), limit=1)
        return newer[:limit], bool(older), len(newer) > limit
    older = await reader.messages.page(channel_id, before=query.before, limit=limit + 1)
    newer = []
    if query.before is not None:
        newer = await reader.messages.page(channel_id, after=query.before - 1, limit=1)
    return older[-limit:], len(older) > limit, bool(newer)

"""Messages: write, edit, delete, read back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from server.actions.audit import Change, record
from server.actions.authority import message_of, public_user, still_there
from server.actions.contents import Contents, files_of, fill_in, rewrite_beside, write_beside
from server.actions.context import Actions
from server.actions.counts import tell_readers
from server.actions.files import let_go
from server.actions.people import members_here, named_in, names_in
from server.actions.pings import ping, resolve, unping
from server.actions.places import ConversationPlace, GroupPlace, Place, place_at, place_of
from server.actions.requests import Request
from server.actions.screening import follow_up, screen
from server.actions.slow_mode import take_turn
from server.domain.entities import AuditAction, Edit, Member, Message, User
from server.domain.errors import Forbidden, Invalid
from server.domain.events import MessageCreate, MessageDelete, MessageUpdate
from server.domain.ids import MAX_ID, ChannelId, MessageId, UserId
from server.domain.links import links_in, still_shown
from server.domain.mentions import AllowedMentions, Named, check_mentions
from server.domain.mentions import named as named_by
from server.domain.numbers import check_range
from server.domain.permissions import Permission
from server.domain.rates import Rule
from server.domain.search import index
from server.domain.sections import NewSection, check_sections, reply_to
from server.ports import Reader, UnitOfWork

_NONCE: Final = re.compile(r"[\x21-\x7e]+")


class CreateMessage(Request, frozen=True, kw_only=True):
    nonce: str
    """The sender's mark: the same one again gives the first message back."""
    sections: tuple[NewSection, ...]
    allowed_mentions: AllowedMentions | None = None
    """Whom of those whom it names the message pings; all, unless given."""


class EditMessage(Request, frozen=True, kw_only=True):
    """What it names is shown as named, and pings nobody anew."""

    sections: tuple[NewSection, ...]
    allowed_mentions: AllowedMentions | None = None


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
    """The memberships of these people, in a group's channel."""
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


async def check_sections_and_names(
    actions: Actions, user_id: UserId, request: CreateMessage | EditMessage
) -> tuple[tuple[NewSection, ...], Named]:
    """The sections as they can be filled in, and whom they name. Raises what is wrong with them, and rate_limited."""
    sections = check_sections(request.sections, actions.limits)
    named = check_mentions(sections, request.allowed_mentions, actions.limits)
    if named.many:
        await actions.limiter.hit(Rule.PING_MANY, str(user_id))
    return sections, named


async def do_create_message(
    actions: Actions, user_id: UserId, channel_id: ChannelId, request: CreateMessage
) -> tuple[Written, bool]:
    """The message, and whether it is new. Needs SEND_MESSAGES.

    A nonce that this author used in this channel before gives the first message, whatever the sections are now (none of them,
    when it has been deleted since): asking again after a lost answer never writes twice.
    """
    await actions.limiter.hit(Rule.MESSAGE_WRITE, str(user_id))
    check_nonce(actions, request.nonce)
    new, named = await check_sections_and_names(actions, user_id, request)
    async with actions.store.write() as uow:
        now_ms = actions.clock.now_ms()
        desk = await uow.desks.of_writer(channel_id, user_id, request.nonce)
        place = place_at(desk, user_id, now_ms)
        author = still_there(desk.user)
        if desk.written is not None:
            first = await uow.messages.get(channel_id, desk.written.id) or desk.written
            return await as_written(uow, place, author, first), False
        place.require(Permission.SEND_MESSAGES)
        contents = await fill_in(actions, uow, place, new)
        answered_id = None if contents.answered is None else contents.answered.author_id
        message = Message(
            id=MessageId(actions.ids.next(now_ms, after=desk.last_message_id or 0)),
            channel_id=channel_id,
            author_id=user_id,
            sections=contents.sections,
            mentions=await resolve(uow, place, named, request.allowed_mentions, answered_id),
            nonce=request.nonce,
        )
        written = await as_written(uow, place, author, message)
        verdict = await screen(actions, uow, place, message.sections)
        if verdict.refusal is None:
            await take_turn(uow, place, now_ms)
            await uow.messages.add(message)
            await uow.search.add(index(message, place.group_id))
            await uow.cursors.set(user_id, channel_id, message.id)
            await write_beside(uow, message, contents)
            uow.publish(place.audience, _created(written))
            await ping(actions, uow, place, message)
            await follow_up(actions, uow, place, verdict, message)
    verdict.raise_refusal()
    actions.previewer.want(message)
    return written, True


async def as_written(reader: Reader, place: Place, author: User, message: Message) -> Written:
    """To the one who wrote it."""
    users = await reader.users.by_ids(await named_in(reader, place, [message]) - {author.id})
    reacted = await reader.reactions.of_user(place.id, [message.id] if message.reactions else [], author.id)
    return Written(
        message=message,
        author=author,
        member=place.member,
        users=tuple(users.values()),
        reacted=reacted.get(message.id, ()),
    )


def _created(written: Written) -> MessageCreate:
    return MessageCreate(message=written.message, author=written.author, member=written.member, users=written.users)


# ------------------------------------------------------------------------------------------------------------- change


async def check_edit(reader: Reader, place: Place, message_id: MessageId) -> Message:
    """The message as it is; only its author changes it, and needs SEND_MESSAGES still."""
    message = await message_of(reader, place.id, message_id)
    if message.author_id != place.user_id:
        raise Forbidden("forbidden", "Only the author can change a message.", permission="author")
    place.require(Permission.SEND_MESSAGES)
    return message


async def do_edit_message(
    actions: Actions, user_id: UserId, channel_id: ChannelId, message_id: MessageId, request: EditMessage
) -> Written:
    await actions.limiter.hit(Rule.MESSAGE_WRITE, str(user_id))
    new, named = await check_sections_and_names(actions, user_id, request)
    async with actions.store.write() as uow:
        now_ms = actions.clock.now_ms()
        place = await place_of(uow, user_id, channel_id, now_ms)
        await uow.channels.lock_writer(channel_id)
        before = await check_edit(uow, place, message_id)
        contents = await fill_in(actions, uow, place, new, before)
        answered_id = _still_pinged(before, contents)
        mentions = await resolve(uow, place, named, request.allowed_mentions, answered_id)
        previews = still_shown(before.previews, links_in(contents.sections, actions.limits))
        message = msgspec.structs.replace(
            before, sections=contents.sections, mentions=mentions, previews=previews, edited_ms=now_ms
        )
        written = await as_written(uow, place, await public_user(uow, user_id), message)
        verdict = await screen(actions, uow, place, message.sections)
        if verdict.refusal is None:
            await _rewrite(actions, uow, place, before, message)
            await follow_up(actions, uow, place, verdict, message)
    verdict.raise_refusal()
    actions.previewer.want(message)
    return written


async def _rewrite(actions: Actions, uow: UnitOfWork, place: Place, before: Message, after: Message) -> None:
    edited_ms = after.edited_ms or 0
    if after.sections != before.sections:
        earlier = Edit(sections=before.sections, until_ms=edited_ms)
        await uow.edits.keep(place.id, before.id, earlier, actions.limits.edits_kept)
    await uow.messages.edit(place.id, before.id, after.sections, after.mentions, edited_ms)
    await uow.search.put(index(after, place.group_id))
    await rewrite_beside(uow, before, after)
    if after.previews != before.previews:
        await uow.previews.show(place.id, before.id, after.previews)
    uow.publish(place.audience, MessageUpdate(message=after))
    await unping(uow, place, before, after)


def _still_pinged(before: Message, contents: Contents) -> UserId | None:
    """Whom an edited message pings because it answers them, if it did so before. What it answers may be gone since: then that is
    who was pinged without being named."""
    if before.mentions is None or reply_to(contents.sections) is None:
        return None
    pinged = before.mentions.user_ids
    if contents.answered is not None:
        author_id = contents.answered.author_id
        return author_id if author_id in pinged else None
    by_name = named_by(before.sections).user_ids
    return next((user_id for user_id in pinged if user_id not in by_name), None)


def check_delete_message(place: Place, message: Message) -> None:
    """One's own (not in time-out), or with MANAGE_MESSAGES. In a conversation a block keeps nobody from taking back their own."""
    if message.author_id != place.user_id:
        place.require(Permission.MANAGE_MESSAGES)
    elif isinstance(place, GroupPlace):
        place.require_active()


async def do_delete_message(
    actions: Actions, user_id: UserId, channel_id: ChannelId, message_id: MessageId, reason: str | None = None
) -> None:
    """Readers in a group hear their counts from the gateway, by :func:`server.actions.snapshot.recount`."""
    await actions.limiter.hit(Rule.MESSAGE_WRITE, str(user_id))
    async with actions.store.write() as uow:
        place = await place_of(uow, user_id, channel_id, actions.clock.now_ms())
        await uow.channels.lock_writer(channel_id)
        message = await message_of(uow, channel_id, message_id)
        check_delete_message(place, message)
        await uow.messages.delete(channel_id, message_id)
        await let_go(uow, files_of(message.sections), actions.clock.now_ms())
        if isinstance(place, GroupPlace) and message.author_id != user_id:
            changes: dict[str, Change] = {"channel_id": channel_id, "user_id": message.author_id}
            action = AuditAction.MESSAGE_DELETE
            await record(actions, uow, place.seat, action, "message", message_id, reason=reason, changes=changes)
        uow.publish(place.audience, MessageDelete(channel_id=channel_id, message_id=message_id))
        if isinstance(place, ConversationPlace):
            await tell_readers(uow, channel_id, place.conversation.member_ids, message_id)


# ---------------------------------------------------------------------------------------------------------- read back


async def get_message(actions: Actions, user_id: UserId, channel_id: ChannelId, message_id: MessageId) -> Written:
    """Needs READ_HISTORY."""
    async with actions.store.read() as reader:
        place = await place_of(reader, user_id, channel_id, actions.clock.now_ms())
        place.require(Permission.READ_HISTORY)
        message = await message_of(reader, channel_id, message_id)
        members = await members_here(reader, place, [message.author_id])
        users = await reader.users.by_ids({message.author_id} | await named_in(reader, place, [message]))
        author = still_there(users.pop(message.author_id, None))
        reacted = await reader.reactions.of_user(channel_id, [message_id] if message.reactions else [], user_id)
    return Written(
        message=message,
        author=author,
        member=members[0] if members else None,
        users=tuple(users.values()),
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
    return await with_names(actions, page)


async def as_page(
    reader: Reader, place: Place, messages: Sequence[Message], *, has_before: bool = False, has_after: bool = False
) -> MessagesPage:
    """What it takes to show these messages of one place, but for :func:`with_names`; a constant number of statements."""
    people = set().union(*names_in(messages), {message.author_id for message in messages})
    with_reactions = [message.id for message in messages if message.reactions]
    return MessagesPage(
        messages=tuple(messages),
        users=(),
        members=tuple(await members_here(reader, place, people)),
        reacted=await reader.reactions.of_user(place.id, with_reactions, place.user_id),
        has_before=has_before,
        has_after=has_after,
    )


async def with_names(actions: Actions, page: MessagesPage) -> MessagesPage:
    """After the unit of work that read the page (see :meth:`server.actions.profiles.Profiles.by_ids`)."""
    certain, _ = names_in(page.messages)
    authors = {message.author_id for message in page.messages}
    users = await actions.profiles.by_ids(authors | certain | {member.user_id for member in page.members})
    return msgspec.structs.replace(page, users=tuple(users.values()))


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

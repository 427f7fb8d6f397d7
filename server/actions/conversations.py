"""Conversations outside of groups: begin, rename, bring people in, leave."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from msgspec import UNSET, UnsetType

from server.actions.acquaintances import known_among
from server.actions.authority import cannot_message, unknown_member, unknown_user
from server.actions.context import Actions
from server.actions.requests import Request
from server.actions.views import conversation_views, cursors_of, people_in
from server.domain.entities import Conversation, ConversationKind, Cursor, User
from server.domain.errors import Conflict, Forbidden, Invalid, NotFound
from server.domain.events import ConversationDelete, ConversationUpdate, ConversationView, ToUsers
from server.domain.ids import ChannelId, UserId
from server.domain.names import clean_line
from server.domain.rates import Rule
from server.domain.relations import may_begin_direct, may_bring_in
from server.ports import Reader, UnitOfWork


class BeginConversation(Request, frozen=True, kw_only=True):
    user_ids: tuple[UserId, ...]
    """The others."""
    name: str | UnsetType = UNSET
    """With one other and without a name it is the direct conversation of the two."""


class RenameConversation(Request, frozen=True, kw_only=True):
    name: str
    """May be empty: then clients name the members."""


class ConversationList(msgspec.Struct, frozen=True, kw_only=True):
    conversations: tuple[ConversationView, ...]
    """Latest activity first."""
    users: tuple[User, ...]
    """The members, who wrote the last messages, and whom these name."""


def unknown_conversation() -> NotFound:
    return NotFound("unknown_conversation", "There is no such conversation, or you are not in it.")


# --------------------------------------------------------------------------------------------------------------- look


async def get_conversations(actions: Actions, user_id: UserId) -> ConversationList:
    async with actions.store.read() as reader:
        views = await conversation_views(reader, user_id, await reader.conversations.of_user(user_id))
    users = await actions.profiles.by_ids(people_in(views))
    return ConversationList(conversations=views, users=tuple(users.values()))


async def get_conversation(actions: Actions, user_id: UserId, channel_id: ChannelId) -> ConversationView:
    async with actions.store.read() as reader:
        (view,) = await conversation_views(reader, user_id, [await conversation_of(reader, user_id, channel_id)])
    return view


async def conversation_of(reader: Reader, user_id: UserId, channel_id: ChannelId) -> Conversation:
    """Raises :class:`NotFound` (unknown_conversation) to all who are not in it."""
    conversation = await reader.conversations.get(channel_id)
    if conversation is None or user_id not in conversation.member_ids:
        raise unknown_conversation()
    return conversation


# -------------------------------------------------------------------------------------------------------------- begin


def check_begin(actions: Actions, user_id: UserId, request: BeginConversation) -> tuple[list[UserId], str | None]:
    """The others, each once, and the name (None for a direct conversation). Raises bad_request, too_many, bad_name, too_long."""
    other_ids = list(dict.fromkeys(request.user_ids))
    if not other_ids or user_id in other_ids:
        raise Invalid("bad_request", "A conversation is with others: name at least one of them.", where="user_ids")
    _check_size(actions, len(other_ids) + 1)
    if isinstance(request.name, str):
        return other_ids, _clean(actions, request.name)
    return other_ids, None if len(other_ids) == 1 else ""


def _check_size(actions: Actions, members: int) -> None:
    limit = actions.limits.conversation_members_max
    if members > limit:
        raise Conflict("too_many", f"A conversation has at most {limit} people. Make a group instead.", limit=limit)


def _clean(actions: Actions, name: str) -> str:
    return clean_line(name, "name", longest=actions.limits.group_name_max, shortest=0)


async def do_begin_conversation(
    actions: Actions, user_id: UserId, request: BeginConversation
) -> tuple[ConversationView, bool]:
    """The conversation, and whether it is new. Raises unknown_user, cannot_message, too_many."""
    await actions.limiter.hit(Rule.CONVERSE, str(user_id))
    other_ids, name = check_begin(actions, user_id, request)
    kind = ConversationKind.DIRECT if name is None else ConversationKind.GROUP
    async with actions.store.write() as uow:
        if kind is ConversationKind.DIRECT:
            there = await uow.conversations.between(user_id, other_ids[0])
            if there is not None:
                (view,) = await conversation_views(uow, user_id, [there])
                return view, False
        await _check_reach(uow, user_id, other_ids, kind)
        await _check_room(actions, uow, [user_id, *other_ids], kind)
        conversation = Conversation(
            id=ChannelId(actions.ids.next(actions.clock.now_ms())),
            kind=kind,
            name=name or "",
            owner_id=None if kind is ConversationKind.DIRECT else user_id,
            member_ids=tuple(sorted((user_id, *other_ids))),
        )
        await uow.conversations.add(conversation)
        cursor = Cursor(channel_id=conversation.id, last_read_id=None, unread=0)
        await _tell(uow, conversation, conversation.member_ids, cursor)
    return ConversationView(conversation=conversation, cursor=cursor), True


async def _check_reach(uow: UnitOfWork, user_id: UserId, other_ids: Collection[UserId], kind: ConversationKind) -> None:
    """Raises unknown_user, cannot_message. Why somebody takes no message is not told, nor that there is somebody to strangers."""
    ties = await uow.relations.ties(user_id, other_ids)
    in_groups = await uow.members.sharing(user_id, other_ids)
    hears_from = await uow.users.direct_from(other_ids)
    may = may_begin_direct if kind is ConversationKind.DIRECT else may_bring_in
    for other_id in other_ids:
        if other_id not in hears_from:
            raise unknown_user()
        if not may(hears_from[other_id], ties[other_id], share_group=other_id in in_groups):
            known = await known_among(uow, user_id, [other_id])
            raise cannot_message(ties[other_id], other_id) if known else unknown_user()


async def _check_room(actions: Actions, uow: UnitOfWork, user_ids: Sequence[UserId], kind: ConversationKind) -> None:
    """Raises too_many for those who are in too many already."""
    limits = actions.limits
    limit = limits.conversations_max if kind is ConversationKind.GROUP else limits.direct_conversations_max
    counts = await uow.conversations.counts(user_ids, kind)
    if max(counts.values()) >= limit:
        whose = "You are" if counts[user_ids[0]] >= limit else "Somebody of them is"
        raise Conflict("too_many", f"{whose} in {limit} conversations already.", limit=limit)


async def _tell(
    uow: UnitOfWork, conversation: Conversation, user_ids: Collection[UserId], cursor: Cursor | None = None
) -> None:
    """``cursor`` is for those who come in."""
    users = await uow.users.by_ids(conversation.member_ids)
    event = ConversationUpdate(conversation=conversation, cursor=cursor, users=tuple(users.values()))
    uow.publish(ToUsers(tuple(user_ids)), event)


# ------------------------------------------------------------------------------------------------------------- change


async def check_change(uow: UnitOfWork, user_id: UserId, channel_id: ChannelId) -> Conversation:
    """One of several that the user is in, held for this unit of work. Raises unknown_conversation, wrong_channel_kind."""
    await uow.channels.lock_writer(channel_id)
    conversation = await conversation_of(uow, user_id, channel_id)
    if conversation.kind is not ConversationKind.GROUP:
        raise Invalid(
            "wrong_channel_kind", "A direct conversation stays as it is. Begin one with a name.", kind="group"
        )
    return conversation


async def do_rename_conversation(
    actions: Actions, user_id: UserId, channel_id: ChannelId, request: RenameConversation
) -> Conversation:
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    name = _clean(actions, request.name)
    async with actions.store.write() as uow:
        conversation = await check_change(uow, user_id, channel_id)
        await uow.conversations.rename(channel_id, name)
        renamed = msgspec.structs.replace(conversation, name=name)
        await _tell(uow, renamed, renamed.member_ids)
    return renamed


async def do_bring_in(actions: Actions, user_id: UserId, channel_id: ChannelId, other_id: UserId) -> Conversation:
    """Whoever comes in may read what was written before, and has it read. Raises as :func:`do_begin_conversation` does."""
    await actions.limiter.hit(Rule.CONVERSE, str(user_id))
    async with actions.store.write() as uow:
        conversation = await check_change(uow, user_id, channel_id)
        if other_id in conversation.member_ids:
            return conversation
        await _check_reach(uow, user_id, [other_id], conversation.kind)
        _check_size(actions, len(conversation.member_ids) + 1)
        await _check_room(actions, uow, [other_id], conversation.kind)
        await uow.conversations.add_member(channel_id, other_id)
        if conversation.last_message_id is not None:
            await uow.cursors.set(other_id, channel_id, conversation.last_message_id)
        member_ids = tuple(sorted((*conversation.member_ids, other_id)))
        grown = msgspec.structs.replace(conversation, member_ids=member_ids)
        await _tell(uow, grown, [other_id], (await cursors_of(uow, other_id, [channel_id]))[channel_id])
        await _tell(uow, grown, conversation.member_ids)
    return grown


def check_take_out(conversation: Conversation, user_id: UserId, member_id: UserId) -> None:
    """Oneself, or others as its owner. Raises unknown_member, forbidden."""
    if member_id not in conversation.member_ids:
        raise unknown_member()
    if member_id != user_id and conversation.owner_id != user_id:
        raise Forbidden("forbidden", "Only its owner can take others out of a conversation.", permission="owner")


async def do_take_out(actions: Actions, user_id: UserId, channel_id: ChannelId, member_id: UserId) -> None:
    """Oneself: leave. The owner's part passes on; a conversation that nobody is left in goes with all that is in it."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        conversation = await check_change(uow, user_id, channel_id)
        check_take_out(conversation, user_id, member_id)
        await take_out_of(uow, conversation, member_id)


async def take_out_of(uow: UnitOfWork, conversation: Conversation, member_id: UserId) -> None:
    """One of several, that the member is in and that is held for this unit of work."""
    channel_id = conversation.id
    uow.publish(ToUsers((member_id,)), ConversationDelete(channel_id=channel_id))
    left = tuple(one for one in conversation.member_ids if one != member_id)
    if not left:
        await uow.conversations.delete(channel_id)
        return
    await uow.conversations.remove_member(channel_id, member_id)
    owner_id = conversation.owner_id
    if owner_id not in left:
        owner_id = left[0]  # the oldest account among them
        await uow.conversations.hand_over(channel_id, owner_id)
    shrunk = msgspec.structs.replace(conversation, member_ids=left, owner_id=owner_id)
    await _tell(uow, shrunk, left)

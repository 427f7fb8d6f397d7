"""The inbox: messages that ping one, wherever one reads."""

from __future__ import annotations

import msgspec

from server.actions.context import Actions
from server.actions.people import members_in, names_in
from server.actions.requests import Request
from server.actions.views import read_access
from server.domain.entities import ChannelKind, Member, Message, User
from server.domain.ids import ChannelId, GroupId, MessageId, UserId
from server.domain.numbers import check_range
from server.domain.permissions import Permission
from server.ports import Reader


class MentionsQuery(Request, frozen=True, kw_only=True):
    before: MessageId | None = None
    limit: int = 50


class Mentioned(msgspec.Struct, frozen=True, kw_only=True):
    message: Message
    channel_id: ChannelId
    group_id: GroupId | None
    """None: in a conversation."""


class MentionsPage(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Mentioned, ...]
    """Newest first."""
    users: tuple[User, ...]
    """Who wrote them, and whom they name."""
    members: tuple[Member, ...]
    """The memberships of these people in the groups of the messages."""
    has_more: bool


async def get_mentions(actions: Actions, user_id: UserId, query: MentionsQuery) -> MentionsPage:
    """Only what one may still read; a constant number of statements."""
    check_range(query.limit, "limit", 1, actions.limits.page_max)
    async with actions.store.read() as reader:
        readable = await readable_channels(actions, reader, user_id)
        found = await reader.messages.pinging(user_id, readable.keys(), query.before, query.limit + 1)
        shown = found[: query.limit]
        members = await members_in(reader, shown, readable)
    certain, _ = names_in(shown)
    authors = {message.author_id for message in shown}
    users = await actions.profiles.by_ids(authors | certain | {member.user_id for member in members})
    return MentionsPage(
        items=tuple(
            Mentioned(message=message, channel_id=message.channel_id, group_id=readable[message.channel_id])
            for message in shown
        ),
        users=tuple(users.values()),
        members=tuple(members),
        has_more=len(found) > query.limit,
    )


async def readable_channels(actions: Actions, reader: Reader, user_id: UserId) -> dict[ChannelId, GroupId | None]:
    """Every text channel and conversation whose history the user may read, with its group; a constant number of statements."""
    now_ms = actions.clock.now_ms()
    memberships = await reader.members.of_user(user_id)
    access = await read_access(reader, [member.group_id for member in memberships])
    found: dict[ChannelId, GroupId | None] = {
        conversation.id: None for conversation in await reader.conversations.of_user(user_id)
    }
    for member in memberships:
        group = access[member.group_id]
        for channel in group.channels.values():
            if channel.kind is ChannelKind.TEXT and Permission.READ_HISTORY in group.permissions(
                member, channel.id, now_ms
            ):
                found[channel.id] = member.group_id
    return found

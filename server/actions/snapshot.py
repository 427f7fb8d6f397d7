"""Everything a client begins with, and what the gateway asks to keep its replicas and its readers right."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from server.actions.authority import public_user, unknown_group
from server.actions.context import Actions
from server.actions.counts import tell_readers
from server.actions.views import conversation_views, cursors_of, people_in, read_access, text_ids, views_of
from server.domain.access import GroupAccess
from server.domain.entities import (
    Addition,
    Announcement,
    Channel,
    ChannelKind,
    Cursor,
    Level,
    Me,
    Member,
    Relation,
    User,
)
from server.domain.errors import Unauthenticated
from server.domain.events import ConversationView, GroupView
from server.domain.ids import ChannelId, GroupId, MessageId, UserId


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """What ``ready`` holds, from one consistent state of the database; ``users`` are as new as what this process was told."""

    me: Me
    groups: tuple[GroupView, ...]
    conversations: tuple[ConversationView, ...] = ()
    """Latest activity first."""
    relations: tuple[Relation, ...] = ()
    levels: tuple[Level, ...]
    """Without those that say nothing."""
    additions: tuple[Addition, ...]
    users: tuple[User, ...]
    """Those in voice, and in conversations."""
    announcement: Announcement | None = None


async def snapshot(actions: Actions, user_id: UserId) -> Snapshot:
    """The number of statements does not depend on that of the groups. Raises :class:`Unauthenticated`: the account is gone."""
    async with actions.store.read() as reader:
        me = await reader.users.me(user_id)
        if me is None:
            raise Unauthenticated("unauthenticated", "This account is gone. Log in with another.")
        groups = await views_of(reader, actions.voice, await reader.members.of_user(user_id))
        conversations = await conversation_views(reader, user_id, await reader.conversations.of_user(user_id))
        relations = await reader.relations.of_user(user_id)
        levels = await reader.levels.of_user(user_id)
        additions = await reader.additions.of_user(user_id)
        announcement = await reader.operations.announcement(actions.clock.now_ms())
    heard = {state.user_id for view in groups for state in view.voice}
    users = await actions.profiles.by_ids(heard | people_in(conversations))
    return Snapshot(
        me=me,
        groups=groups,
        conversations=conversations,
        relations=tuple(relations),
        levels=tuple(levels),
        additions=tuple(additions),
        users=tuple(users.values()),
        announcement=announcement,
    )


async def group_view(actions: Actions, user_id: UserId, group_id: GroupId) -> GroupView:
    """Raises :class:`NotFound` (unknown_group)."""
    async with actions.store.read() as reader:
        member = await reader.members.get(group_id, user_id)
        views = await views_of(reader, actions.voice, [member] if member is not None else [])
    if not views:
        raise unknown_group()
    return views[0]


# ---------------------------------------------------------------------------------------------------- for the gateway


async def load_access(actions: Actions, group_ids: Collection[GroupId]) -> dict[GroupId, GroupAccess]:
    """Replicas of those of the groups that are there."""
    async with actions.store.read() as reader:
        return await read_access(reader, group_ids)


async def members_of(actions: Actions, group_id: GroupId, user_ids: Collection[UserId]) -> dict[UserId, Member]:
    """Those of the users who are members."""
    async with actions.store.read() as reader:
        return {member.user_id: member for member in await reader.members.by_users(group_id, user_ids)}


async def memberships(actions: Actions, user_id: UserId) -> dict[GroupId, Member]:
    async with actions.store.read() as reader:
        return {member.group_id: member for member in await reader.members.of_user(user_id)}


async def cursors_for(actions: Actions, user_id: UserId, channels: Collection[Channel]) -> dict[ChannelId, Cursor]:
    """Of one reader in the text channels among ``channels``."""
    async with actions.store.read() as reader:
        return await cursors_of(reader, user_id, text_ids(channels))


async def channel_for_readers(
    actions: Actions, channel_id: ChannelId, user_ids: Collection[UserId]
) -> tuple[Channel, dict[UserId, Cursor]] | None:
    """A channel that comes into these users' view, with the cursor of each (none in a voice channel); None when it is gone.

    One consistent state: ``last_message_id`` and the counts belong together.
    """
    async with actions.store.read() as reader:
        channel = await reader.channels.get(channel_id)
        if channel is None:
            return None
        if channel.kind is not ChannelKind.TEXT:
            return channel, {}
        return channel, await reader.cursors.of_readers(channel_id, user_ids)


async def recount(
    actions: Actions, channel_id: ChannelId, message_id: MessageId, user_ids: Collection[UserId]
) -> dict[UserId, Cursor]:
    """After messages up to this one were deleted, or ping no longer: the exact cursors of those of ``user_ids`` for whom it may
    have been unread.

    Each is also published to its reader as ``cursor.update``, and that is the only way to tell them: written in a unit of work, it
    takes its place among the messages in the order of the commits, and so the count is right where it arrives.
    """
    async with actions.store.write() as uow:
        return await tell_readers(uow, channel_id, user_ids, message_id)


async def user_of(actions: Actions, user_id: UserId) -> User:
    """As others see this account; raises :class:`Unauthenticated` when it is gone."""
    async with actions.store.read() as reader:
        return await public_user(reader, user_id)

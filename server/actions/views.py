"""Groups and conversations as one member sees them; used by whatever answers with a ``GroupView`` or ``ConversationView``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from server.domain.access import GroupAccess
from server.domain.entities import Channel, ChannelKind, Conversation, Cursor, Emoji, Member, Role
from server.domain.events import ConversationView, GroupView
from server.domain.ids import ChannelId, GroupId, UserId
from server.domain.mentions import certainly_named
from server.ports import Reader, VoiceRoster


async def views_of(reader: Reader, voice: VoiceRoster, members: Sequence[Member]) -> tuple[GroupView, ...]:
    """The groups of these memberships, all of one user; a constant number of statements however many there are."""
    if not members:
        return ()
    access = await read_access(reader, [member.group_id for member in members])
    seen = {
        member.group_id: access[member.group_id].visible_channels(member)
        for member in members
        if member.group_id in access
    }
    counts = await reader.members.counts(seen.keys())
    emojis: defaultdict[GroupId, list[Emoji]] = defaultdict(list)
    for emoji in await reader.emojis.of_groups(seen.keys()):
        emojis[emoji.group_id].append(emoji)
    shown = (channel for some in seen.values() for channel in some)
    cursors = await cursors_of(reader, members[0].user_id, text_ids(shown))
    return tuple(
        GroupView(
            group=access[member.group_id].group,
            channels=seen[member.group_id],
            roles=tuple(sorted(access[member.group_id].roles.values(), key=lambda role: (role.position, role.id))),
            emojis=tuple(emojis[member.group_id]),
            member=member,
            member_count=counts.get(member.group_id, 0),
            cursors=tuple(cursors[channel.id] for channel in seen[member.group_id] if channel.id in cursors),
            voice=voice.states([channel.id for channel in seen[member.group_id] if channel.kind is ChannelKind.VOICE]),
        )
        for member in members
        if member.group_id in seen
    )


async def read_access(reader: Reader, group_ids: Collection[GroupId]) -> dict[GroupId, GroupAccess]:
    """Those of the groups that are there."""
    groups = await reader.groups.by_ids(group_ids)
    roles = await reader.roles.of_groups(group_ids)
    channels = await reader.channels.of_groups(group_ids)
    roles_of: defaultdict[GroupId, list[Role]] = defaultdict(list)
    for role in roles:
        roles_of[role.group_id].append(role)
    channels_of: defaultdict[GroupId, list[Channel]] = defaultdict(list)
    for channel in channels:
        channels_of[channel.group_id].append(channel)
    return {group.id: GroupAccess.of(group, roles_of[group.id], channels_of[group.id]) for group in groups}


async def conversation_views(
    reader: Reader, user_id: UserId, conversations: Collection[Conversation]
) -> tuple[ConversationView, ...]:
    """Latest activity first; a constant number of statements."""
    ids = [conversation.id for conversation in conversations]
    cursors = await cursors_of(reader, user_id, ids)
    newest = await reader.messages.newest(ids)
    return tuple(
        ConversationView(
            conversation=conversation, cursor=cursors[conversation.id], last_message=newest.get(conversation.id)
        )
        for conversation in sorted(conversations, key=lambda one: one.last_message_id or one.id, reverse=True)
    )


async def read_by(reader: Reader, user_id: UserId) -> list[ChannelId]:
    """All text channels and conversations that the user may view; a constant number of statements."""
    members = await reader.members.of_user(user_id)
    access = await read_access(reader, [member.group_id for member in members])
    shown = (
        channel
        for member in members
        if member.group_id in access
        for channel in access[member.group_id].visible_channels(member)
    )
    return text_ids(shown) + [one.id for one in await reader.conversations.of_user(user_id)]


def people_in(views: Collection[ConversationView]) -> set[UserId]:
    """The members, who wrote the last messages, and whom these name for certain."""
    people = {user_id for view in views for user_id in view.conversation.member_ids}
    for view in views:
        if view.last_message is not None:
            people |= {view.last_message.author_id, *certainly_named(view.last_message)}
    return people


def text_ids(channels: Iterable[Channel]) -> list[ChannelId]:
    """Of those in which messages are written."""
    return [channel.id for channel in channels if channel.kind is ChannelKind.TEXT]


async def cursors_of(reader: Reader, user_id: UserId, ids: Collection[ChannelId]) -> dict[ChannelId, Cursor]:
    """For text channels and conversations."""
    return await reader.cursors.counted(user_id, ids) if ids else {}

"""What happened. Each event is published once, after the commit, and sent once encoded to all who may know.

Events state how things are now (the whole object, not a difference), so applying one twice, or one that a snapshot already
holds, changes nothing.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from server.domain.entities import (
    Addition,
    Announcement,
    Channel,
    Conversation,
    Cursor,
    Emoji,
    Group,
    Level,
    Me,
    Member,
    Message,
    Presence,
    Relation,
    Report,
    Role,
    User,
    VoiceState,
)
from server.domain.ids import (
    AdditionId,
    ChannelId,
    EmojiId,
    GroupId,
    MessageId,
    RoleId,
    SessionId,
    UserId,
)


class _Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    pass


class GroupView(msgspec.Struct, frozen=True, kw_only=True):
    """A group as one member sees it: channels that this member may view, and who is in their voice channels."""

    group: Group
    channels: tuple[Channel, ...]
    roles: tuple[Role, ...]
    emojis: tuple[Emoji, ...] = ()
    member: Member
    """The reader's own membership."""
    member_count: int
    cursors: tuple[Cursor, ...]
    """One for each text channel in ``channels``."""
    voice: tuple[VoiceState, ...] = ()


class ConversationView(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation as one member finds it."""

    conversation: Conversation
    cursor: Cursor
    last_message: Message | None = None
    """The newest that is there; ``conversation.last_message_id`` may be that of a deleted one."""


class UserUpdate(_Event, frozen=True, kw_only=True, tag="user.update"):
    user: User


class MeUpdate(_Event, frozen=True, kw_only=True, tag="me.update"):
    """To one's own devices: what only oneself knows of the account has changed."""

    me: Me


class AnnouncementUpdate(_Event, frozen=True, kw_only=True, tag="announcement.update"):
    """To everybody; None: it was taken back."""

    announcement: Announcement | None


class GroupJoin(_Event, frozen=True, kw_only=True, tag="group.join"):
    """To one user: a group that this user made or came into."""

    view: GroupView


class GroupUpdate(_Event, frozen=True, kw_only=True, tag="group.update"):
    group: Group


class GroupLeave(_Event, frozen=True, kw_only=True, tag="group.leave"):
    """To those who are no longer in the group: it was deleted, or they left or were removed."""

    group_id: GroupId


class ChannelUpdate(_Event, frozen=True, kw_only=True, tag="channel.update"):
    """A channel is new, changed, or has come into view; for the last, ``cursor`` and ``voice`` are filled in."""

    channel: Channel
    cursor: Cursor | None = None
    voice: tuple[VoiceState, ...] = ()


class ChannelDelete(_Event, frozen=True, kw_only=True, tag="channel.delete"):
    """A channel is gone, or out of view."""

    group_id: GroupId
    channel_id: ChannelId


class RoleUpdate(_Event, frozen=True, kw_only=True, tag="role.update"):
    """A role is new or changed."""

    role: Role


class RoleDelete(_Event, frozen=True, kw_only=True, tag="role.delete"):
    """The role is gone, from members and overwrites too."""

    group_id: GroupId
    role_id: RoleId


class EmojiUpdate(_Event, frozen=True, kw_only=True, tag="emoji.update"):
    """A group's own emoji is new or has another name."""

    emoji: Emoji


class EmojiDelete(_Event, frozen=True, kw_only=True, tag="emoji.delete"):
    group_id: GroupId
    emoji_id: EmojiId


class MemberJoin(_Event, frozen=True, kw_only=True, tag="member.join"):
    member: Member
    user: User
    member_count: int


class MemberUpdate(_Event, frozen=True, kw_only=True, tag="member.update"):
    member: Member


class MemberLeave(_Event, frozen=True, kw_only=True, tag="member.leave"):
    group_id: GroupId
    user_id: UserId
    member_count: int


class MessageCreate(_Event, frozen=True, kw_only=True, tag="message.create"):
    message: Message
    author: User
    member: Member | None = None
    """The author's membership, in a group's channel."""
    users: tuple[User, ...] = ()
    """Others whom the message names."""


class MessageUpdate(_Event, frozen=True, kw_only=True, tag="message.update"):
    message: Message


class MessageDelete(_Event, frozen=True, kw_only=True, tag="message.delete"):
    channel_id: ChannelId
    message_id: MessageId


class MessageDeleteBulk(_Event, frozen=True, kw_only=True, tag="message.delete_bulk"):
    channel_id: ChannelId
    message_ids: tuple[MessageId, ...]


class ReactionUpdate(_Event, frozen=True, kw_only=True, tag="reaction.update"):
    """How many have reacted so by now (0: none is left), and whether this user is among them."""

    channel_id: ChannelId
    message_id: MessageId
    emoji: str
    count: int
    user_id: UserId
    reacted: bool


class CursorUpdate(_Event, frozen=True, kw_only=True, tag="cursor.update"):
    """To the reader's own devices."""

    cursor: Cursor


class LevelUpdate(_Event, frozen=True, kw_only=True, tag="level.update"):
    """To the reader's own devices."""

    level: Level


class RelationUpdate(_Event, frozen=True, kw_only=True, tag="relation.update"):
    """To the one whose relation it is."""

    relation: Relation


class RelationDelete(_Event, frozen=True, kw_only=True, tag="relation.delete"):
    user_id: UserId


class ConversationUpdate(_Event, frozen=True, kw_only=True, tag="conversation.update"):
    """To its members; for those who come in, ``cursor`` is filled in."""

    conversation: Conversation
    cursor: Cursor | None = None
    users: tuple[User, ...] = ()
    """The members."""


class ConversationDelete(_Event, frozen=True, kw_only=True, tag="conversation.delete"):
    """To those who are no longer in it."""

    channel_id: ChannelId


class PresenceUpdate(_Event, frozen=True, kw_only=True, tag="presence.update"):
    """To the connections that watch this user. Not part of any snapshot."""

    presence: Presence


class ReportUpdate(_Event, frozen=True, kw_only=True, tag="report.update"):
    """A report came in or was handled. Not part of any snapshot."""

    report: Report


class TypingStart(_Event, frozen=True, kw_only=True, tag="typing.start"):
    """Someone is writing; forget it after ten seconds or with their next message. Not part of any snapshot."""

    channel_id: ChannelId
    user_id: UserId


class AdditionCreate(_Event, frozen=True, kw_only=True, tag="addition.create"):
    addition: Addition


class AdditionDelete(_Event, frozen=True, kw_only=True, tag="addition.delete"):
    """Answered, withdrawn, or the group is gone."""

    addition_id: AdditionId


class VoiceUpdate(_Event, frozen=True, kw_only=True, tag="voice.update"):
    """Someone came into a voice channel or changed there."""

    state: VoiceState


class VoiceLeave(_Event, frozen=True, kw_only=True, tag="voice.leave"):
    channel_id: ChannelId
    user_id: UserId
    participant: int


class VoiceSpeaking(_Event, frozen=True, kw_only=True, tag="voice.speaking"):
    """Not part of any snapshot."""

    channel_id: ChannelId
    participant: int
    speaking: bool


class VoiceSlots(_Event, frozen=True, kw_only=True, tag="voice.slots"):
    """Who is heard in each slot from now on (0: nobody). To those in the channel."""

    channel_id: ChannelId
    slots: tuple[int, ...]


class VoiceReset(_Event, frozen=True, kw_only=True, tag="voice.reset"):
    """To one user: the media connection is gone. ``retry`` says whether to offer again at once (it does keep the mute)."""

    channel_id: ChannelId
    participant: int
    reason: str
    """media_restarted, connection_lost, joined_elsewhere, no_permission, channel_deleted, removed"""
    retry: bool


Event: TypeAlias = (
    UserUpdate
    | MeUpdate
    | AnnouncementUpdate
    | GroupJoin
    | GroupUpdate
    | GroupLeave
    | ChannelUpdate
    | ChannelDelete
    | RoleUpdate
    | RoleDelete
    | EmojiUpdate
    | EmojiDelete
    | MemberJoin
    | MemberUpdate
    | MemberLeave
    | MessageCreate
    | MessageUpdate
    | MessageDelete
    | MessageDeleteBulk
    | ReactionUpdate
    | CursorUpdate
    | ConversationUpdate
    | ConversationDelete
    | LevelUpdate
    | RelationUpdate
    | RelationDelete
    | ReportUpdate
    | PresenceUpdate
    | TypingStart
    | AdditionCreate
    | AdditionDelete
    | VoiceUpdate
    | VoiceLeave
    | VoiceSpeaking
    | VoiceSlots
    | VoiceReset
)


# --------------------------------------------------------------------------------------------------- who may know, where


class ToUsers(msgspec.Struct, frozen=True, tag="users"):
    """All sessions of these users."""

    user_ids: tuple[UserId, ...]


class ToGroup(msgspec.Struct, frozen=True, tag="group"):
    """All sessions of the group's members."""

    group_id: GroupId


class ToChannel(msgspec.Struct, frozen=True, tag="channel"):
    """All sessions of members who may view the channel."""

    group_id: GroupId
    channel_id: ChannelId


class ToPermitted(msgspec.Struct, frozen=True, tag="permitted"):
    """All sessions of the group's members who have these permissions in it, or in one of its channels."""

    group_id: GroupId
    permissions: int
    channel_id: ChannelId | None = None


class ToContacts(msgspec.Struct, frozen=True, tag="contacts"):
    """All sessions of those who share a group with the user, and the user's own."""

    user_id: UserId
    others: tuple[UserId, ...] = ()
    """Who know the user in other ways: friends, partners in conversations."""


class ToEveryone(msgspec.Struct, frozen=True, tag="everyone"):
    """All sessions there are."""


Audience: TypeAlias = ToEveryone | ToUsers | ToGroup | ToChannel | ToPermitted | ToContacts


class Published(msgspec.Struct, frozen=True, tag="event"):
    """An event on the bus, with its audience."""

    audience: Audience
    event: Event


class SessionRevoked(msgspec.Struct, frozen=True, tag="session.revoked"):
    """For the gateway alone: the sockets of this log-in close at once."""

    session_id: SessionId


class Recount(msgspec.Struct, frozen=True, tag="recount"):
    """For the gateway alone: who reads this channel and has not come as far as this message is to hear the exact counts."""

    group_id: GroupId
    channel_id: ChannelId
    message_id: MessageId


class FiltersChanged(msgspec.Struct, frozen=True, tag="filters.changed"):
    """For whoever keeps the word filters of the group."""

    group_id: GroupId


class Gap(msgspec.Struct, frozen=True, tag="gap"):
    """Notices may have been lost before this one: what was built from notices alone counts no more."""


class MailQueued(msgspec.Struct, frozen=True, tag="mail.queued"):
    """For the one who sends mail alone: there is some."""


Notice: TypeAlias = Published | SessionRevoked | Recount | MailQueued | FiltersChanged | Gap
"""What travels on the bus, in the order of the commits."""

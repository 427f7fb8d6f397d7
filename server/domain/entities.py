"""The things of Parley, as stored and as sent: one struct for both. Times are Unix milliseconds (``_ms``)."""

from __future__ import annotations

import enum
from typing import Literal

import msgspec

from server.domain.ids import (
    AdditionId,
    ChannelId,
    GroupId,
    MessageId,
    RoleId,
    Snowflake,
    UserId,
)
from server.domain.sections import Section


class _Entity(msgspec.Struct, frozen=True, kw_only=True):
    pass


class User(_Entity, frozen=True, kw_only=True):
    """What everyone may know of an account."""

    id: UserId
    username: str
    display_name: str


class Me(_Entity, frozen=True, kw_only=True):
    """What one knows of one's own account."""

    id: UserId
    username: str
    display_name: str
    operator: bool


class Group(_Entity, frozen=True, kw_only=True):
    id: GroupId
    name: str
    owner_id: UserId


class Role(_Entity, frozen=True, kw_only=True):
    id: RoleId
    group_id: GroupId
    name: str
    permissions: int
    """Bits of :class:`server.domain.permissions.Permission`; below 2**53, a plain number in JSON."""
    position: int
    """Higher stands above; everyone's role has 0."""


class Overwrite(_Entity, frozen=True, kw_only=True):
    """What a channel allows and denies to a role or a member, over what the roles say."""

    target: Literal["role", "member"]
    target_id: Snowflake
    """A RoleId or a UserId."""
    allow: int = 0
    deny: int = 0


class ChannelKind(enum.Enum):
    TEXT = "text"
    VOICE = "voice"


class Channel(_Entity, frozen=True, kw_only=True):
    id: ChannelId
    group_id: GroupId
    kind: ChannelKind
    name: str
    topic: str = ""
    position: int = 0
    overwrites: tuple[Overwrite, ...] = ()
    last_message_id: MessageId | None = None
    """Of the newest message that was ever written here, deleted or not."""


class Member(_Entity, frozen=True, kw_only=True):
    group_id: GroupId
    user_id: UserId
    role_ids: tuple[RoleId, ...] = ()
    """Sorted, without everyone's role."""
    joined_ms: int
    timed_out_until_ms: int | None = None


class Message(_Entity, frozen=True, kw_only=True):
    id: MessageId
    channel_id: ChannelId
    author_id: UserId
    sections: tuple[Section, ...]
    edited_ms: int | None = None
    nonce: str | None = None
    """The sender's own mark for this message, at most 64 characters."""


class Cursor(_Entity, frozen=True, kw_only=True):
    """How far a user has read a channel."""

    channel_id: ChannelId
    last_read_id: MessageId | None
    unread: int
    """Messages of others after ``last_read_id``."""


class Invite(_Entity, frozen=True, kw_only=True):
    """A link that lets people in."""

    code: str
    group_id: GroupId
    channel_id: ChannelId | None = None
    """Where the guest lands."""
    creator_id: UserId
    expires_ms: int | None = None
    max_uses: int | None = None
    uses: int = 0


class Addition(_Entity, frozen=True, kw_only=True):
    """Someone was asked by name to join a group, and has not answered yet."""

    id: AdditionId
    group_id: GroupId
    group_name: str
    inviter: User
    user_id: UserId


class VoiceState(_Entity, frozen=True, kw_only=True):
    """Somebody in a voice channel."""

    channel_id: ChannelId
    user_id: UserId
    participant: int
    """32-bit number of this connection; the CSRC in the packets of its voice."""
    muted: bool
    deafened: bool
    may_speak: bool = True
    connected: bool = False
    """False while audio cannot flow yet (or not for the moment)."""

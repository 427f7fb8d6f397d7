"""The things of Parley, as stored and as sent: one struct for both. Times are Unix milliseconds (``_ms``)."""

from __future__ import annotations

import enum
from typing import Literal, TypeAlias

import msgspec

from server.domain.ids import (
    AdditionId,
    AuditId,
    ChannelId,
    EmojiId,
    FilterId,
    GroupId,
    MessageId,
    ReportId,
    RoleId,
    Snowflake,
    UserId,
    WebhookId,
)
from server.domain.sections import Section


class _Entity(msgspec.Struct, frozen=True, kw_only=True):
    pass


class UserKind(enum.Enum):
    """Who is behind an account."""

    PERSON = "person"
    BOT = "bot"
    """A program that somebody runs."""
    WEBHOOK = "webhook"
    """Another service that writes into a channel."""
    DELETED = "deleted"
    """Nobody any more; what they wrote may still be there."""


class User(_Entity, frozen=True, kw_only=True):
    """What everyone may know of an account."""

    id: UserId
    username: str
    """Empty when there is none to be found by: of somebody who is gone, and of a webhook."""
    display_name: str
    kind: UserKind = UserKind.PERSON
    avatar: str | None = None
    """``GET /api/avatars/{id}``"""


class ProfileField(_Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that people say of themselves under a name of their choice."""

    name: str
    value: str


class Edit(_Entity, frozen=True, kw_only=True):
    """An earlier version of a message."""

    sections: tuple[Section, ...]
    until_ms: int
    """When another took its place."""


class DirectFrom(enum.Enum):
    """Who may begin a conversation with someone."""

    EVERYONE = "everyone"
    GROUPS = "groups"
    """Who shares a group; friends too."""
    FRIENDS = "friends"


class ChosenStatus(enum.Enum):
    """How somebody wants to be seen."""

    ONLINE = "online"
    IDLE = "idle"
    DND = "dnd"
    INVISIBLE = "invisible"


class Me(_Entity, frozen=True, kw_only=True):
    """What one knows of one's own account."""

    id: UserId
    username: str
    display_name: str
    operator: bool
    avatar: str | None = None
    direct_from: DirectFrom = DirectFrom.EVERYONE
    status: ChosenStatus = ChosenStatus.ONLINE
    status_text: str = ""
    status_until_ms: int | None = None
    """When ``status_text`` ends."""
    delete_after_ms: int | None = None
    """When the account ends, as its owner asked for; until then they may call it off."""


class Status(enum.Enum):
    """How somebody is seen by others."""

    ONLINE = "online"
    IDLE = "idle"
    DND = "dnd"
    OFFLINE = "offline"


class Presence(_Entity, frozen=True, kw_only=True):
    """Whether somebody is there, as those may know who look."""

    user_id: UserId
    status: Status
    text: str = ""


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
    colour: int | None = None
    """0xRRGGBB, of the names of those who have it."""
    hoisted: bool = False
    """Its members stand together in the list of members."""
    mentionable: bool = False
    """Everybody may ping it."""


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
    CATEGORY = "category"
    """Holds other channels; its overwrites come before theirs."""


class Channel(_Entity, frozen=True, kw_only=True):
    id: ChannelId
    group_id: GroupId
    kind: ChannelKind
    name: str
    topic: str = ""
    position: int = 0
    category_id: ChannelId | None = None
    slow_mode_s: int = 0
    """Seconds between two messages of one member; 0: no matter."""
    overwrites: tuple[Overwrite, ...] = ()
    last_message_id: MessageId | None = None
    """Of the newest message that was ever written here, deleted or not."""


class Member(_Entity, frozen=True, kw_only=True):
    group_id: GroupId
    user_id: UserId
    nickname: str | None = None
    role_ids: tuple[RoleId, ...] = ()
    """Sorted, without everyone's role."""
    joined_ms: int
    timed_out_until_ms: int | None = None


class Mentions(_Entity, frozen=True, kw_only=True):
    """Who is pinged by a message."""

    user_ids: tuple[UserId, ...] = ()
    role_ids: tuple[RoleId, ...] = ()
    everyone: bool = False
    here: bool = False
    """Those who were connected when it was written."""

    def __bool__(self) -> bool:
        return bool(self.user_ids or self.role_ids or self.everyone or self.here)


class Reaction(_Entity, frozen=True, kw_only=True):
    emoji: str
    """The characters of one Unicode emoji, or the id of a group's own."""
    count: int


class PreviewImage(_Entity, frozen=True, kw_only=True):
    """Drawn anew and served by this server: ``GET /api/previews/{id}``."""

    id: str
    width: int
    height: int


class Preview(_Entity, frozen=True, kw_only=True):
    """What a page says of itself, to be shown below a message that links to it. Plain text, none of it to be trusted."""

    url: str
    """As it stands in the text."""
    title: str = ""
    description: str = ""
    site_name: str = ""
    image: PreviewImage | None = None


class Announcement(_Entity, frozen=True, kw_only=True):
    """What the operators of the server want everybody to know."""

    text: str
    made_ms: int
    until_ms: int | None = None
    """It is not shown from then on; None: until it is taken back."""


class Message(_Entity, frozen=True, kw_only=True):
    id: MessageId
    channel_id: ChannelId
    author_id: UserId
    sections: tuple[Section, ...]
    mentions: Mentions | None = None
    reactions: tuple[Reaction, ...] = ()
    """In the order in which they came."""
    pinned: bool = False
    previews: tuple[Preview, ...] = ()
    """Of its links, in their order; they come after the message, by an update of it."""
    edited_ms: int | None = None
    nonce: str | None = None
    """The sender's own mark for this message, at most 64 characters."""


class Cursor(_Entity, frozen=True, kw_only=True):
    """How far a user has read a channel."""

    channel_id: ChannelId
    last_read_id: MessageId | None
    unread: int
    """Messages of others after ``last_read_id``, without those of people whom the reader has blocked."""
    mentions: int = 0
    """Those of them that ping the reader."""


class LevelKind(enum.Enum):
    """Of what one wants to be told."""

    DEFAULT = "default"
    """Of a channel: as its group; of a group and a conversation: all."""
    ALL = "all"
    MENTIONS = "mentions"
    NONE = "none"


class Level(_Entity, frozen=True, kw_only=True):
    """A reader's notifications of one group or channel. Counts do not depend on it."""

    scope: Literal["group", "channel"]
    target_id: Snowflake
    """A GroupId or a ChannelId (a conversation's too)."""
    level: LevelKind = LevelKind.DEFAULT
    muted_until_ms: int | None = None


class ConversationKind(enum.Enum):
    DIRECT = "direct"
    """Of two, for ever the same one."""
    GROUP = "group"


class Conversation(_Entity, frozen=True, kw_only=True):
    """A channel outside of groups, of a few people."""

    id: ChannelId
    kind: ConversationKind
    name: str = ""
    owner_id: UserId | None = None
    """Who made it; None for a direct one."""
    member_ids: tuple[UserId, ...]
    """Sorted."""
    last_message_id: MessageId | None = None


class RelationKind(enum.Enum):
    FRIEND = "friend"
    INCOMING = "incoming"
    """They ask for friendship."""
    OUTGOING = "outgoing"
    """One has asked them."""
    BLOCKED = "blocked"
    """By the one whose relation this is; the other does not know."""


class Relation(_Entity, frozen=True, kw_only=True):
    """How one person stands to another."""

    user: User
    kind: RelationKind
    since_ms: int


class Emoji(_Entity, frozen=True, kw_only=True):
    """A group's own."""

    id: EmojiId
    group_id: GroupId
    name: str
    animated: bool
    creator_id: UserId


class Ban(_Entity, frozen=True, kw_only=True):
    """Somebody who cannot come in."""

    group_id: GroupId
    user_id: UserId
    moderator_id: UserId
    reason: str
    created_ms: int


class Safety(_Entity, frozen=True, kw_only=True):
    """What holds off raids."""

    group_id: GroupId
    invites_paused_until_ms: int | None = None
    """Nobody comes in before."""
    joins_per_minute: int | None = None
    """None: any number."""
    minimum_account_age_s: int = 0


class FilterAction(enum.Enum):
    BLOCK = "block"
    REPORT = "report"
    TIME_OUT = "time_out"


class WordFilter(_Entity, frozen=True, kw_only=True):
    id: FilterId
    group_id: GroupId
    name: str
    words: tuple[str, ...]
    """Folded; a ``*`` at an end stands for any letters."""
    action: FilterAction
    time_out_s: int = 600
    """For the action of that name."""
    exempt_role_ids: tuple[RoleId, ...] = ()


class ReportState(enum.Enum):
    OPEN = "open"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


class Report(_Entity, frozen=True, kw_only=True):
    """Somebody (or a word filter) asks the moderators to look at a message."""

    id: ReportId
    group_id: GroupId | None
    """None: of a conversation, for the operators."""
    channel_id: ChannelId
    message_id: MessageId
    author_id: UserId
    reporter_id: UserId | None
    """None: a word filter."""
    sections: tuple[Section, ...]
    """As the message was when it was reported."""
    reason: str
    state: ReportState = ReportState.OPEN
    handler_id: UserId | None = None
    note: str = ""
    handled_ms: int | None = None


class AuditAction(enum.StrEnum):
    """What stands in the audit log; values are part of the protocol."""

    GROUP_UPDATE = "group.update"
    GROUP_TRANSFER = "group.transfer"
    SAFETY_UPDATE = "safety.update"
    CHANNEL_CREATE = "channel.create"
    CHANNEL_UPDATE = "channel.update"
    CHANNEL_DELETE = "channel.delete"
    CHANNEL_ORDER = "channel.order"
    OVERWRITE_UPDATE = "overwrite.update"
    OVERWRITE_DELETE = "overwrite.delete"
    ROLE_CREATE = "role.create"
    ROLE_UPDATE = "role.update"
    ROLE_DELETE = "role.delete"
    ROLE_ORDER = "role.order"
    MEMBER_ROLE = "member.role"
    MEMBER_NICKNAME = "member.nickname"
    MEMBER_TIME_OUT = "member.time_out"
    MEMBER_KICK = "member.kick"
    BAN_CREATE = "ban.create"
    BAN_DELETE = "ban.delete"
    INVITE_CREATE = "invite.create"
    INVITE_DELETE = "invite.delete"
    ADDITION_DELETE = "addition.delete"
    """Somebody else's question to come in; the target is the one who was asked."""
    EMOJI_CREATE = "emoji.create"
    EMOJI_UPDATE = "emoji.update"
    EMOJI_DELETE = "emoji.delete"
    MESSAGE_DELETE = "message.delete"
    """Of somebody else's."""
    MESSAGE_BULK_DELETE = "message.bulk_delete"
    MESSAGE_PIN = "message.pin"
    MESSAGE_UNPIN = "message.unpin"
    REACTION_DELETE = "reaction.delete"
    WEBHOOK_CREATE = "webhook.create"
    WEBHOOK_UPDATE = "webhook.update"
    """Its token too."""
    WEBHOOK_DELETE = "webhook.delete"
    FILTER_CREATE = "filter.create"
    FILTER_UPDATE = "filter.update"
    FILTER_DELETE = "filter.delete"
    FILTER_HIT = "filter.hit"
    REPORT_HANDLE = "report.handle"


AuditTarget: TypeAlias = Literal[
    "group", "channel", "role", "member", "invite", "emoji", "message", "filter", "report", "webhook"
]


class AuditEntry(_Entity, frozen=True, kw_only=True):
    """Who did what to whom, and why."""

    id: AuditId
    group_id: GroupId
    actor_id: UserId
    action: AuditAction
    target_kind: AuditTarget
    target_id: str | None = None
    """An id, or the code of an invitation (its first characters)."""
    reason: str = ""
    changes: dict[str, str | int | bool | None] = {}
    """What it is now, by name; ids as strings."""


class Bot(_Entity, frozen=True, kw_only=True):
    """An account of a program."""

    user_id: UserId
    owner_id: UserId
    public: bool = False
    """Others than its owner may bring it into their groups."""


class Webhook(_Entity, frozen=True, kw_only=True):
    """An address at which another service writes into a channel."""

    id: WebhookId
    """The author of what it writes is the user of this id."""
    group_id: GroupId
    channel_id: ChannelId
    name: str
    creator_id: UserId
    used_ms: int | None = None
    """When it wrote last."""


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
    email: str | None = None
    """Whom it was mailed to."""


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

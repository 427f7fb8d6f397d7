"""What the actions need from the outside, as small Protocols; ``db`` and ``server.adapters`` implement them.

A unit of work is one transaction. It is entered with ``async with store.write() as uow`` and commits when the block ends without
an exception; what was given to ``publish`` meanwhile goes to the bus after the commit, in the order of the commits. Read units
see one consistent state and cannot write. Repositories raise nothing for a missing row: they return ``None`` (or an empty result).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Final, Literal, Protocol, TypeAlias

import msgspec

from server.domain.entities import (
    Addition,
    AuditAction,
    AuditEntry,
    Ban,
    Channel,
    Conversation,
    ConversationKind,
    Cursor,
    DirectFrom,
    Edit,
    Emoji,
    Group,
    Invite,
    Level,
    Me,
    Member,
    Mentions,
    Message,
    Overwrite,
    Presence,
    Reaction,
    Relation,
    RelationKind,
    Report,
    ReportState,
    Role,
    Safety,
    User,
    VoiceState,
    WordFilter,
)
from server.domain.events import Audience, Event, Notice
from server.domain.ids import (
    AdditionId,
    AuditId,
    ChannelId,
    EmojiId,
    FileId,
    FilterId,
    GroupId,
    MailId,
    MessageId,
    ReportId,
    RoleId,
    SessionId,
    Snowflake,
    UserId,
)
from server.domain.mail import Mail
from server.domain.relations import NONE, Tie
from server.domain.search import Indexed, Match
from server.domain.sections import Section


class Clock(Protocol):
    def now_ms(self) -> int:
        """Unix milliseconds; may step, as clocks do."""
        ...

    def monotonic_s(self) -> float:
        """Seconds that never run backwards."""
        ...


Around: TypeAlias = Callable[[], AbstractContextManager[None]]


class Bus(Protocol):
    """Carries notices to every process. ``publish`` never waits for a reader; each subscriber sees one order."""

    async def publish(self, notices: Sequence[Notice]) -> None: ...

    def subscribe(self, receive: Callable[[Notice], None], around: Around | None = None) -> Callable[[], None]:
        """Calls ``receive`` for every notice from now on; returns what ends that.

        ``around`` is entered before the first of several notices that were published at once, and left after the last one.
        """
        ...


class Found(msgspec.Struct, frozen=True):
    """What a cache holds of the keys that were asked for."""

    values: dict[str, bytes]
    mark: bytes
    """The moment of the look, for :meth:`Cache.set_many`."""


class Cache(Protocol):
    """Values by key that may be forgotten at any time. Nothing here raises: a cache that cannot be reached holds nothing.

    So that nothing stale is kept: read the source after :meth:`get_many` and hand its mark to :meth:`set_many`; delete after the
    source has changed. Whoever read the source before a deletion then keeps nothing after it, in whatever process.
    """

    async def get_many(self, keys: Collection[str], *, prolong_s: float | None = None) -> Found:
        """Sliding expiry: what is found lives for ``prolong_s`` seconds from now on, if that is given."""
        ...

    async def set_many(self, items: Mapping[str, bytes], ttl_s: float, mark: bytes) -> None:
        """Keeps ``items`` for ``ttl_s`` seconds, unless anything at all was deleted since ``mark``."""
        ...

    async def delete_many(self, keys: Collection[str]) -> bool:
        """False when the cache could not be reached: the keys may be there yet when it can be."""
        ...

    async def clear(self) -> bool:
        """Deletes everything; False as for :meth:`delete_many`."""
        ...


class MailRefused(Exception):
    """This mail will not be taken, however often it is tried; ``str()`` says why, without an address."""


class MailDelayed(Exception):
    """It could not be handed over now; ``str()`` says why, without an address."""


class Mailer(Protocol):
    async def send(self, mail: Mail, mail_id: MailId) -> None:
        """Hands ``mail`` over, in bounded time. The same ``mail_id`` makes the same mail, should it come twice.

        Raises :class:`MailRefused` or :class:`MailDelayed`.
        """
        ...


class PasswordHasher(Protocol):
    """Argon2id in a bounded pool. Raises :class:`server.domain.errors.Unavailable` when too many wait."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """False for ``None``, after the same work as for a hash."""
        ...

    def is_stale(self, password_hash: str) -> bool:
        """Whether a new hash of the same password would be stronger."""
        ...


class Blob(msgspec.Struct, frozen=True, kw_only=True):
    size_bytes: int
    chunks: AsyncIterator[bytes]


class BlobStore(Protocol):
    """Bytes by key. Raises :class:`server.domain.errors.Unavailable` (files_unavailable) when they cannot be had."""

    async def put(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        """All or nothing: when ``chunks`` raises, that is raised, and nothing is kept."""
        ...

    async def get(self, key: str) -> Blob | None: ...

    async def delete(self, key: str) -> None:
        """Also when there is none."""
        ...


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    media_type: str
    data: bytes


class MadeEmoji(msgspec.Struct, frozen=True, kw_only=True):
    picture: Picture
    animated: bool


HEAD_BYTES: Final = 4096
"""So much of the beginning of a file tells its type."""


class Images(Protocol):
    """Looks at what strangers send, and makes pictures anew."""

    def media_type(self, head: bytes, name: str) -> str:
        """Found by the content: ``head`` is the first :data:`HEAD_BYTES` of it."""
        ...

    async def emoji(self, data: bytes, side_px: int) -> MadeEmoji:
        """At most ``side_px`` wide and high. Raises bad_image."""
        ...


class AccessClaims(msgspec.Struct, frozen=True, kw_only=True):
    """What an access token says."""

    user_id: UserId
    session_id: SessionId
    expires_ms: int


class Tokens(Protocol):
    """Signs access tokens, and derives each refresh token of a log-in from the one before."""

    @property
    def lifetime_s(self) -> int:
        """Of an access token."""
        ...

    def issue(self, user_id: UserId, session_id: SessionId, now_ms: int) -> str: ...

    def read(self, token: str, now_ms: int) -> AccessClaims:
        """Raises :class:`server.domain.errors.Unauthenticated`: token_expired, unauthenticated."""
        ...

    def successors(self, refresh_token: str) -> tuple[str, ...]:
        """What follows a refresh token: under the key of today first, then under the earlier ones that still count.

        As it is always the same, an answer that was lost on its way can be given again.
        """
        ...


class VoiceRoster(Protocol):
    """Who is in voice, as far as this moment knows; kept in memory."""

    def states(self, channel_ids: Collection[ChannelId]) -> tuple[VoiceState, ...]: ...


class Attendance(Protocol):
    """Who is connected, as far as this moment knows; kept in memory."""

    def connected(self, user_ids: Collection[UserId]) -> set[UserId]:
        """Those of the users who have a device on the line."""
        ...

    def presences(self, user_ids: Collection[UserId]) -> list[Presence]:
        """How each of the users is seen, in their order; not everybody may know (:mod:`server.actions.presences`)."""
        ...

    def members(self, group_id: GroupId) -> list[Member]:
        """All members who are connected, and some more: those who may be back in a moment."""
        ...


class RateLimiter(Protocol):
    async def hit(self, rule: str, key: str) -> None:
        """Counts one use of ``rule`` by ``key``; raises :class:`server.domain.errors.TooMany`."""
        ...


# ------------------------------------------------------------------------------------------------------------------ rows


class Credentials(msgspec.Struct, frozen=True):
    user_id: UserId
    password_hash: str


class SessionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One log-in. It ends by ``revoked_ms``, or ``expires_ms`` after which its refresh token is of no use."""

    id: SessionId
    user_id: UserId
    device: str
    """User-Agent, cut to 200 characters."""
    address: str
    created_ms: int
    used_ms: int
    expires_ms: int
    revoked_ms: int | None = None


class RefreshToken(msgspec.Struct, frozen=True, kw_only=True):
    """SHA-256 of a refresh token, never the token."""

    token_hash: bytes
    session_id: SessionId
    created_ms: int
    spent_ms: int | None = None


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    id: FileId
    owner_id: UserId
    name: str
    media_type: str
    size_bytes: int


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """What lies before someone who wants to do something in a channel: all that says what they may do there.

    Either ``channel`` and ``group`` are there, or ``conversation``; nothing at all where there is no such channel.
    """

    channel: Channel | None = None
    category: Channel | None = None
    group: Group | None = None
    roles: tuple[Role, ...] = ()
    """All of the group's."""
    member: Member | None = None
    """None for a stranger."""
    conversation: Conversation | None = None
    tie: Tie = NONE
    """With the other one of a direct conversation."""
    user: User | None = None
    """The one who asks; None when the account is gone."""
    last_message_id: MessageId | None = None
    """Of the channel or conversation."""
    written: Message | None = None
    """What a writer wrote with the same nonce before; without sections when it has been deleted, and without its reactions."""


class QueuedMail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that waits to be sent."""

    id: MailId
    mail: Mail
    attempts: int = 0
    due_ms: int


EVERYONE_ID: Final = UserId(Snowflake(0))
"""Stands for all who read the channel."""
HERE_ID: Final = Snowflake(1)
"""Stands for the word ``@here``."""


class Ping(msgspec.Struct, frozen=True):
    """One reason why a message pings somebody."""

    user_id: UserId
    """:data:`EVERYONE_ID` for all."""
    by_id: Snowflake
    """What names them: their own id, that of a role, :data:`EVERYONE_ID`, or :data:`HERE_ID`."""


class CopiedFrom(msgspec.Struct, frozen=True):
    """The origin of a forward."""

    channel_id: ChannelId
    message_id: MessageId


# ---------------------------------------------------------------------------------------------------------- repositories


class Users(Protocol):
    async def add(self, user: Me, username_key: str, password_hash: str) -> bool:
        """False when the username (its key, :func:`server.domain.names.username_key`) is taken."""
        ...

    async def me(self, user_id: UserId) -> Me | None: ...

    async def by_ids(self, user_ids: Collection[UserId]) -> dict[UserId, User]: ...

    async def by_username(self, username_key: str) -> User | None: ...

    async def direct_from(self, user_ids: Collection[UserId]) -> dict[UserId, DirectFrom]: ...

    async def credentials(self, username_key: str) -> Credentials | None: ...

    async def update(self, me: Me) -> None:
        """Display name, who may write, and how the user wants to be seen."""
        ...

    async def set_password_hash(self, user_id: UserId, password_hash: str) -> None: ...

    async def any_operator(self) -> bool: ...

    async def operators(self) -> list[UserId]: ...


class Sessions(Protocol):
    async def add(self, session: SessionRecord, token: RefreshToken) -> None: ...

    async def get(self, session_id: SessionId) -> SessionRecord | None: ...

    async def by_token(self, token_hash: bytes) -> tuple[SessionRecord, RefreshToken] | None: ...

    async def rotate(self, old_hash: bytes, new: RefreshToken) -> None:
        """Marks the old token spent at ``new.created_ms``, adds the new one and moves the session's ``used_ms``."""
        ...

    async def revoke(self, session_id: SessionId, now_ms: int) -> None: ...

    async def revoked(self, session_ids: Collection[SessionId]) -> set[SessionId]:
        """Those of them that were."""
        ...

    async def last_used(self, now_ms: int, limit: int) -> list[UserId]:
        """Whose log-ins that still count were used last, each once, the latest first."""
        ...

    async def forget_expired(self, now_ms: int) -> int:
        """Deletes sessions that ended or expired before ``now_ms``, with their tokens; returns how many."""
        ...


class Groups(Protocol):
    async def add(self, group: Group) -> None: ...

    async def get(self, group_id: GroupId) -> Group | None: ...

    async def by_ids(self, group_ids: Collection[GroupId]) -> list[Group]: ...

    async def update(self, group: Group) -> None:
        """Name and owner."""
        ...

    async def delete(self, group_id: GroupId) -> None:
        """With its channels, messages, cursors, roles, members, invites and additions."""
        ...


class Channels(Protocol):
    async def add(self, channel: Channel) -> None: ...

    async def get(self, channel_id: ChannelId) -> Channel | None:
        """With its overwrites."""
        ...

    async def of_groups(self, group_ids: Collection[GroupId]) -> list[Channel]:
        """By group, position, id; with their overwrites; a constant number of statements."""
        ...

    async def update(self, channel: Channel) -> None:
        """Name, topic, position, category and slow mode."""
        ...

    async def put_in_order(self, channels: Collection[Channel]) -> None:
        """Position and category of each, in one statement."""
        ...

    async def delete(self, channel_id: ChannelId) -> None: ...

    async def put_overwrite(self, channel_id: ChannelId, overwrite: Overwrite) -> None: ...

    async def delete_overwrite(
        self, channel_id: ChannelId, target: Literal["role", "member"], target_id: Snowflake
    ) -> bool: ...

    async def written_ms(self, channel_id: ChannelId, user_id: UserId) -> int | None:
        """When the user wrote last in a channel that was slow then."""
        ...

    async def note_writing(self, channel_id: ChannelId, user_id: UserId, now_ms: int) -> None: ...

    async def lock_writer(self, channel_id: ChannelId) -> MessageId | None:
        """Serialises writers of the channel until the transaction ends; returns its ``last_message_id``."""
        ...


class Desks(Protocol):
    """A constant number of statements."""

    async def at(self, channel_id: ChannelId, user_id: UserId) -> Desk: ...

    async def of_writer(self, channel_id: ChannelId, user_id: UserId, nonce: str) -> Desk:
        """Serialises writers of the channel until the transaction ends, as :meth:`Channels.lock_writer` does."""
        ...


class Conversations(Protocol):
    async def add(self, conversation: Conversation) -> bool:
        """With its channel and members; False when these two have a direct conversation already."""
        ...

    async def get(self, channel_id: ChannelId) -> Conversation | None: ...

    async def between(self, user_id: UserId, other_id: UserId) -> Conversation | None:
        """The direct one."""
        ...

    async def of_user(self, user_id: UserId) -> list[Conversation]:
        """A constant number of statements."""
        ...

    async def rename(self, channel_id: ChannelId, name: str) -> None: ...

    async def hand_over(self, channel_id: ChannelId, owner_id: UserId) -> None: ...

    async def add_member(self, channel_id: ChannelId, user_id: UserId) -> None: ...

    async def remove_member(self, channel_id: ChannelId, user_id: UserId) -> None:
        """With their cursor."""
        ...

    async def delete(self, channel_id: ChannelId) -> None:
        """With all that was written in it."""
        ...

    async def counts(self, user_ids: Collection[UserId], kind: ConversationKind) -> dict[UserId, int]:
        """How many of this kind each of the users is in."""
        ...

    async def partners(self, user_id: UserId) -> list[UserId]:
        """Everyone who is in a conversation with the user."""
        ...

    async def sharing(self, user_id: UserId, other_ids: Collection[UserId]) -> set[UserId]:
        """Those of the others who are in a conversation with the user."""
        ...


class Relations(Protocol):
    """Each side's own word on the other."""

    async def put(self, user_id: UserId, other_id: UserId, kind: RelationKind, since_ms: int) -> None: ...

    async def delete(self, user_id: UserId, other_id: UserId) -> None: ...

    async def get(self, user_id: UserId, other_id: UserId) -> Relation | None: ...

    async def of_user(self, user_id: UserId) -> list[Relation]:
        """The user's own words, by the others' ids."""
        ...

    async def ties(self, user_id: UserId, other_ids: Collection[UserId]) -> dict[UserId, Tie]:
        """One for each of the others, in a constant number of statements; the user's own word is ``mine``."""
        ...

    async def count(self, user_id: UserId, kind: RelationKind) -> int: ...

    async def having(self, user_id: UserId) -> list[UserId]:
        """Everyone who has a word of their own on the user: friends, those who ask or are asked, those who block."""
        ...

    async def blockers(self, user_id: UserId, among: Collection[UserId]) -> set[UserId]:
        """Those of them who have blocked the user."""
        ...

    async def all_blockers(self, user_id: UserId) -> set[UserId]:
        """Everyone who has blocked the user."""
        ...


class Roles(Protocol):
    async def add(self, role: Role) -> None: ...

    async def update(self, role: Role) -> None: ...

    async def put_in_order(self, roles: Collection[Role]) -> None:
        """Position of each, in one statement."""
        ...

    async def delete(self, group_id: GroupId, role_id: RoleId) -> None:
        """With its assignments and overwrites."""
        ...

    async def of_groups(self, group_ids: Collection[GroupId]) -> list[Role]: ...


class Members(Protocol):
    async def add(self, member: Member) -> bool:
        """False when the user is a member already."""
        ...

    async def remove(self, group_id: GroupId, user_id: UserId) -> bool:
        """With the member's overwrites and cursors in that group."""
        ...

    async def get(self, group_id: GroupId, user_id: UserId) -> Member | None: ...

    async def of_user(self, user_id: UserId) -> list[Member]: ...

    async def by_users(self, group_id: GroupId, user_ids: Collection[UserId]) -> list[Member]: ...

    async def by_roles(self, group_id: GroupId, role_ids: Collection[RoleId]) -> list[Member]:
        """Who has any of the roles."""
        ...

    async def in_groups(self, group_ids: Collection[GroupId], user_ids: Collection[UserId]) -> list[Member]:
        """Memberships of any of the users in any of the groups; a constant number of statements."""
        ...

    async def page(self, group_id: GroupId, after: UserId | None, limit: int) -> list[Member]:
        """By user id."""
        ...

    async def named(self, group_id: GroupId, beginning: bytes, limit: int) -> list[UserId]:
        """Those with a user name, display name or nickname whose key (:func:`server.domain.names.name_key`) begins so.

        In the order of these keys.
        """
        ...

    async def counts(self, group_ids: Collection[GroupId]) -> dict[GroupId, int]: ...

    async def joined_since(self, group_id: GroupId, since_ms: int) -> int:
        """How many of those who are members came in after that."""
        ...

    async def sharing(self, user_id: UserId, other_ids: Collection[UserId]) -> set[UserId]:
        """Those of the others who are in a group with the user."""
        ...

    async def next_ids(self, group_id: GroupId, after: UserId, limit: int) -> list[UserId]:
        """In order."""
        ...

    async def ids(self, group_id: GroupId) -> list[UserId]: ...

    async def put_role(self, group_id: GroupId, user_id: UserId, role_id: RoleId) -> None: ...

    async def drop_role(self, group_id: GroupId, user_id: UserId, role_id: RoleId) -> None: ...

    async def time_out(self, group_id: GroupId, user_id: UserId, until_ms: int | None) -> None: ...

    async def set_nickname(self, group_id: GroupId, user_id: UserId, nickname: str | None) -> None: ...

    async def keep_time_out(self, group_id: GroupId, user_id: UserId, until_ms: int) -> None:
        """For someone who goes, in case they come back."""
        ...

    async def take_time_out(self, group_id: GroupId, user_id: UserId) -> int | None:
        """What was kept for someone who comes back, once."""
        ...


class Bans(Protocol):
    async def add(self, ban: Ban) -> bool:
        """False when there is one already."""
        ...

    async def get(self, group_id: GroupId, user_id: UserId) -> Ban | None: ...

    async def remove(self, group_id: GroupId, user_id: UserId) -> bool: ...

    async def page(self, group_id: GroupId, after: UserId | None, limit: int) -> list[Ban]:
        """By user id."""
        ...

    async def count(self, group_id: GroupId) -> int: ...


class Safeties(Protocol):
    async def get(self, group_id: GroupId) -> Safety:
        """One that holds nobody off where none was set."""
        ...

    async def put(self, of_group: Safety) -> None: ...


class WordFilters(Protocol):
    async def add(self, one: WordFilter) -> None: ...

    async def update(self, one: WordFilter) -> None: ...

    async def delete(self, group_id: GroupId, filter_id: FilterId) -> bool: ...

    async def of_group(self, group_id: GroupId) -> list[WordFilter]: ...


class Reports(Protocol):
    async def add(self, report: Report) -> None: ...

    async def get(self, report_id: ReportId) -> Report | None: ...

    async def open_of(self, channel_id: ChannelId, message_id: MessageId, reporter_id: UserId) -> Report | None: ...

    async def handle(self, report: Report) -> bool:
        """Writes state, handler, note and time; False when it is not open any more."""
        ...

    async def of_conversations(self, state: ReportState, before: int, limit: int) -> list[Report]:
        """Newest first."""
        ...

    async def of_group(
        self, group_id: GroupId, channel_ids: Collection[ChannelId] | None, state: ReportState, before: int, limit: int
    ) -> list[Report]:
        """Of these channels (None: of all, deleted ones too), newest first."""
        ...


class Invites(Protocol):
    async def add(self, invite: Invite) -> None: ...

    async def get(self, code: str) -> Invite | None: ...

    async def of_group(self, group_id: GroupId) -> list[Invite]: ...

    async def use(self, code: str, now_ms: int) -> bool:
        """Counts one use, unless the invite is gone, expired or used up (False)."""
        ...

    async def delete(self, code: str) -> bool: ...


class Additions(Protocol):
    async def add(self, addition: Addition) -> bool:
        """False when that user was asked into that group already."""
        ...

    async def get(self, addition_id: AdditionId) -> Addition | None: ...

    async def of_user(self, user_id: UserId) -> list[Addition]: ...

    async def of_group(self, group_id: GroupId) -> list[Addition]: ...

    async def delete(self, addition_id: AdditionId) -> bool: ...


class Messages(Protocol):
    async def add(self, message: Message) -> None:
        """Also moves the channel's ``last_message_id``."""
        ...

    async def by_nonce(self, channel_id: ChannelId, author_id: UserId, nonce: str) -> Message | None:
        """Also when it has been deleted since: then with no sections."""
        ...

    async def get(self, channel_id: ChannelId, message_id: MessageId) -> Message | None: ...

    async def by_ids(self, channel_id: ChannelId, message_ids: Collection[MessageId]) -> list[Message]:
        """Those that are there, oldest first."""
        ...

    async def by_keys(
        self, keys: Collection[tuple[ChannelId, MessageId]]
    ) -> dict[tuple[ChannelId, MessageId], Message]:
        """Of several channels; a constant number of statements."""
        ...

    async def edit(
        self,
        channel_id: ChannelId,
        message_id: MessageId,
        sections: tuple[Section, ...],
        mentions: Mentions | None,
        edited_ms: int,
    ) -> None: ...

    async def delete(self, channel_id: ChannelId, message_id: MessageId) -> bool:
        """False when it was gone already. Its nonce stays known."""
        ...

    async def delete_many(self, channel_id: ChannelId, message_ids: Collection[MessageId]) -> list[MessageId]:
        """Those that were there, oldest first; their nonces stay known."""
        ...

    async def by_author(
        self, channel_id: ChannelId, author_id: UserId, first: MessageId, limit: int
    ) -> list[MessageId]:
        """What one author wrote from ``first`` on, oldest first."""
        ...

    async def page(
        self, channel_id: ChannelId, *, before: int | None = None, after: int | None = None, limit: int
    ) -> list[Message]:
        """Oldest first: the last ones before ``before``, or the first ones after ``after``, or the newest."""
        ...

    async def newest(self, channel_ids: Collection[ChannelId]) -> dict[ChannelId, Message]:
        """The last message that is there in each channel that has one, in a constant number of statements."""
        ...

    async def pinging(
        self, user_id: UserId, channel_ids: Collection[ChannelId], before: MessageId | None, limit: int
    ) -> list[Message]:
        """Messages in these channels that ping the user, newest first; in a group those since the user came in. Neither the
        user's own, nor those of people whom the user has blocked."""
        ...


class Search(Protocol):
    async def put(self, entry: Indexed) -> None:
        """A message that is there already can be found from now on, by these terms alone; that ends with the message."""
        ...

    async def find(self, match: Match, limit: int) -> list[tuple[ChannelId, MessageId]]:
        """Newest first."""
        ...

    async def beside(
        self, keys: Collection[tuple[ChannelId, MessageId]]
    ) -> dict[tuple[ChannelId, MessageId], tuple[MessageId | None, MessageId | None]]:
        """The messages before and after each of these in its channel; one statement."""
        ...


class Reactions(Protocol):
    async def add(
        self, channel_id: ChannelId, message_id: MessageId, emoji: str, user_id: UserId, created_ms: int
    ) -> bool:
        """False when the user has reacted so already."""
        ...

    async def remove(self, channel_id: ChannelId, message_id: MessageId, emoji: str, user_id: UserId) -> bool: ...

    async def of_messages(
        self, channel_id: ChannelId, message_ids: Collection[MessageId]
    ) -> dict[MessageId, tuple[Reaction, ...]]:
        """Of those that have any; in the order in which they came."""
        ...

    async def of_user(
        self, channel_id: ChannelId, message_ids: Collection[MessageId], user_id: UserId
    ) -> dict[MessageId, tuple[str, ...]]:
        """One user's own, of the messages that have any."""
        ...

    async def users(
        self, channel_id: ChannelId, message_id: MessageId, emoji: str, after: UserId | None, limit: int
    ) -> list[UserId]:
        """Who has reacted so, by id."""
        ...


class Emojis(Protocol):
    async def add(self, emoji: Emoji, picture: Picture) -> bool:
        """False when the group has one of that name."""
        ...

    async def get(self, emoji_id: EmojiId) -> Emoji | None: ...

    async def of_groups(self, group_ids: Collection[GroupId]) -> list[Emoji]: ...

    async def picture(self, emoji_id: EmojiId) -> Picture | None: ...

    async def rename(self, emoji: Emoji, name: str) -> bool:
        """False when the group has another one of that name."""
        ...

    async def delete(self, emoji_id: EmojiId) -> None: ...


class Pins(Protocol):
    async def add(self, channel_id: ChannelId, message_id: MessageId, pinner_id: UserId, pinned_ms: int) -> bool:
        """False when it was pinned already. Marks the message too."""
        ...

    async def remove(self, channel_id: ChannelId, message_id: MessageId) -> bool: ...

    async def of_channel(self, channel_id: ChannelId) -> list[MessageId]:
        """Last pinned first."""
        ...

    async def count(self, channel_id: ChannelId) -> int: ...


class Edits(Protocol):
    async def keep(self, channel_id: ChannelId, message_id: MessageId, edit: Edit, at_most: int) -> int:
        """Adds an earlier version and forgets the oldest over ``at_most``; returns the ``until_ms`` that it has."""
        ...

    async def of_message(self, channel_id: ChannelId, message_id: MessageId) -> list[Edit]:
        """Oldest first."""
        ...


class Files(Protocol):
    """What was uploaded; the bytes are elsewhere."""

    async def add(self, file: StoredFile) -> None: ...

    async def by_ids(self, file_ids: Collection[FileId]) -> dict[FileId, StoredFile]: ...

    async def uses(self, file_id: FileId) -> list[tuple[ChannelId, MessageId]]:
        """The messages that it is in, copies among them."""
        ...

    async def used(self, file_ids: Collection[FileId]) -> set[FileId]:
        """Those of the files that some message holds."""
        ...

    async def use(self, file_ids: Collection[FileId], channel_id: ChannelId, message_id: MessageId) -> None:
        """The message, which is there already, holds them from now on; that ends with the message."""
        ...

    async def drop(self, file_ids: Collection[FileId], channel_id: ChannelId, message_id: MessageId) -> None:
        """The message holds them no longer."""
        ...

    async def abandoned(self, before: FileId, limit: int) -> list[FileId]:
        """Files older than the id ``before`` that no message holds."""
        ...

    async def delete(self, file_ids: Collection[FileId]) -> None: ...


class Origins(Protocol):
    """Where forwards were copied from; gone with the forward."""

    async def add(self, channel_id: ChannelId, message_id: MessageId, origin: CopiedFrom) -> None: ...

    async def get(self, channel_id: ChannelId, message_id: MessageId) -> CopiedFrom | None: ...

    async def delete(self, channel_id: ChannelId, message_id: MessageId) -> None: ...


class Pings(Protocol):
    """Who is pinged by what was written; gone with the message."""

    async def add(self, channel_id: ChannelId, message_id: MessageId, pings: Collection[Ping]) -> None:
        """The message is there already."""
        ...

    async def add_holders(
        self,
        channel_id: ChannelId,
        message_id: MessageId,
        group_id: GroupId,
        role_ids: Collection[RoleId],
        but: Collection[UserId],
    ) -> None:
        """The same for everybody in the group who has one of the roles, ``but`` these; whoever they are is not read."""
        ...

    async def keep(self, channel_id: ChannelId, message_id: MessageId, by_ids: Collection[Snowflake]) -> set[UserId]:
        """Takes back all pings of the message but those by one of ``by_ids``; returns whose they were."""
        ...


class Cursors(Protocol):
    async def of_user(self, user_id: UserId, channel_ids: Collection[ChannelId]) -> dict[ChannelId, MessageId]:
        """Last read message of each channel that has one."""
        ...

    async def set(self, user_id: UserId, channel_id: ChannelId, message_id: MessageId) -> None: ...

    async def clear(self, user_id: UserId, channel_id: ChannelId) -> None:
        """As if nothing had been read."""
        ...

    async def counted(self, user_id: UserId, channel_ids: Collection[ChannelId]) -> dict[ChannelId, Cursor]:
        """The user's cursor in each of the channels, with exact counts, in a constant number of statements."""
        ...

    async def of_readers(self, channel_id: ChannelId, user_ids: Collection[UserId]) -> dict[UserId, Cursor]:
        """The cursor of each of these users in one channel, with exact counts, in a constant number of statements."""
        ...


class Levels(Protocol):
    """What people want to be told."""

    async def put(self, user_id: UserId, level: Level) -> None:
        """One that says nothing is forgotten."""
        ...

    async def of_user(self, user_id: UserId) -> list[Level]: ...


class Audit(Protocol):
    async def add(self, entries: Sequence[AuditEntry]) -> None:
        """In one statement."""
        ...

    async def page(
        self,
        group_id: GroupId,
        *,
        actor_id: UserId | None = None,
        action: AuditAction | None = None,
        target_id: str | None = None,
        before: AuditId | None = None,
        limit: int,
    ) -> list[AuditEntry]:
        """Newest first; those that fit all that is given."""
        ...


class Mails(Protocol):
    """What was written in a unit of work to be sent after it; survives a restart."""

    async def add(self, queued: QueuedMail) -> None: ...

    async def waiting(self) -> int:
        """How many."""
        ...

    async def next_due_ms(self) -> int | None: ...

    async def take(self, now_ms: int, until_ms: int) -> QueuedMail | None:
        """The one that has been due the longest, now with one more attempt; due again at ``until_ms``, so nobody else takes it."""
        ...

    async def put_off(self, mail_id: MailId, due_ms: int) -> None: ...

    async def delete(self, mail_id: MailId) -> None: ...


class Reader(Protocol):
    """One consistent state of the database."""

    @property
    def users(self) -> Users: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def groups(self) -> Groups: ...
    @property
    def channels(self) -> Channels: ...
    @property
    def desks(self) -> Desks: ...
    @property
    def conversations(self) -> Conversations: ...
    @property
    def relations(self) -> Relations: ...
    @property
    def roles(self) -> Roles: ...
    @property
    def members(self) -> Members: ...
    @property
    def invites(self) -> Invites: ...
    @property
    def additions(self) -> Additions: ...
    @property
    def messages(self) -> Messages: ...
    @property
    def bans(self) -> Bans: ...
    @property
    def safety(self) -> Safeties: ...
    @property
    def filters(self) -> WordFilters: ...
    @property
    def reports(self) -> Reports: ...
    @property
    def search(self) -> Search: ...
    @property
    def reactions(self) -> Reactions: ...
    @property
    def emojis(self) -> Emojis: ...
    @property
    def pins(self) -> Pins: ...
    @property
    def edits(self) -> Edits: ...
    @property
    def files(self) -> Files: ...
    @property
    def origins(self) -> Origins: ...
    @property
    def pings(self) -> Pings: ...
    @property
    def cursors(self) -> Cursors: ...
    @property
    def levels(self) -> Levels: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def mails(self) -> Mails: ...


class UnitOfWork(Reader, Protocol):
    """A transaction that writes."""

    def publish(self, audience: Audience, event: Event) -> None:
        """Tells ``audience`` after the commit."""
        ...

    def notify(self, notice: Notice) -> None: ...


class Store(Protocol):
    def read(self) -> AbstractAsyncContextManager[Reader]: ...

    def write(self) -> AbstractAsyncContextManager[UnitOfWork]: ...

    async def ping(self) -> None:
        """Raises :class:`server.domain.errors.Unavailable` when the database does not answer."""
        ...

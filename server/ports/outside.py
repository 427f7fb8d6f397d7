"""What is outside of the process, or beside the actions in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Final, Protocol, TypeAlias

import msgspec

from server.domain.entities import Member, Presence, VoiceState
from server.domain.events import Notice
from server.domain.ids import ChannelId, FileId, GroupId, MailId, SessionId, UserId
from server.domain.mail import Mail
from server.domain.sections import Media


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


class PasswordCritic(Protocol):
    """Knows which passwords people choose, without asking anybody."""

    def is_common(self, password: str) -> bool:
        """In whatever letter case; looks a set up, and does no more."""
        ...

    async def score(self, password: str, words: Collection[str]) -> int:
        """0 (guessed at once) to 4 (hardly ever); ``words`` are what anybody would try first. Of long ones the beginning counts.

        Raises :class:`server.domain.errors.Unavailable` when too many ask.
        """
        ...


class Blob(msgspec.Struct, frozen=True, kw_only=True):
    size_bytes: int
    """Of all of it."""
    chunks: AsyncIterator[bytes]


class BlobStore(Protocol):
    """Bytes by key. Raises :class:`server.domain.errors.Unavailable` (files_unavailable) when they cannot be had."""

    async def put(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        """All or nothing: when ``chunks`` raises, that is raised, and nothing is kept."""
        ...

    async def get(self, key: str, start: int = 0, end: int | None = None) -> Blob | None:
        """Its bytes from ``start`` to before ``end``; with either of them given, that is at least one byte of what is there."""
        ...

    async def delete(self, key: str) -> None:
        """Also when there is none."""
        ...

    def keys(self, folder: str) -> AsyncIterator[str]:
        """All below a folder (a key up to a slash); what is written or deleted meanwhile may be among them or not."""
        ...


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    media_type: str
    data: bytes
    width: int = 0
    height: int = 0
    """Known of one that was just drawn."""


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

    async def picture(self, data: bytes, max_side_px: int, shape: tuple[int, int] | None = None) -> Picture:
        """A still picture (WebP), at most ``max_side_px`` wide and high; with ``shape`` (3, 1) its middle, three times as wide as
        high. Raises bad_image."""
        ...


class Developed(msgspec.Struct, frozen=True, kw_only=True):
    """A file that can be shown or played."""

    media_type: str
    media: Media
    parts: Mapping[str, AsyncIterator[bytes]]
    """``whole`` takes the place of what was sent; ``small``, ``large`` and ``poster`` are pictures (WebP) beside it."""


class Studio(Protocol):
    """Looks into whole files, apart from this process and within limits."""

    def develop(self, chunks: AsyncIterator[bytes], media_type: str) -> AbstractAsyncContextManager[Developed | None]:
        """None for what is neither picture nor recording; ``parts`` can be read inside alone. Raises bad_image, busy."""
        ...


class LinkClaims(msgspec.Struct, frozen=True, kw_only=True):
    user_id: UserId
    session_id: SessionId


class FileLinks(Protocol):
    """Signs links to files: each is for one file and one log-in, and ends soon."""

    def sign(self, file_id: FileId, claims: LinkClaims, expires_s: int) -> str: ...

    def read(self, file_id: FileId, ticket: str, now_ms: int) -> LinkClaims:
        """Raises :class:`server.domain.errors.Unauthenticated`: token_expired, unauthenticated."""
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

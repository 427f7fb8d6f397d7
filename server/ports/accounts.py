"""Accounts, their log-ins, and mail that waits to be sent to them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, Protocol

import msgspec

from server.domain.entities import DirectFrom, Me, User
from server.domain.ids import MailId, SessionId, UserId
from server.domain.mail import Mail


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
    proved_ms: int = 0
    """When its owner last showed who they are; 0: not since that is kept."""


class RefreshToken(msgspec.Struct, frozen=True, kw_only=True):
    """SHA-256 of a refresh token, never the token."""

    token_hash: bytes
    session_id: SessionId
    created_ms: int
    spent_ms: int | None = None


class AccountLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link that was sent by mail: SHA-256 of its token, never the token."""

    token_hash: bytes
    purpose: Literal["verify", "recover"]
    user_id: UserId | None
    """Of one that recovers None: it is good for every account with that address, and there need be none."""
    address: str
    """Where it was sent, or would have been."""
    created_ms: int
    expires_ms: int


class MailedUser(msgspec.Struct, frozen=True, kw_only=True):
    user_id: UserId
    username: str
    email: str


class QueuedMail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that waits to be sent."""

    id: MailId
    mail: Mail
    attempts: int = 0
    due_ms: int


class Users(Protocol):
    async def add(self, user: Me, username_key: str, password_hash: str) -> bool:
        """False when the username (its key, :func:`server.domain.names.username_key`) is taken."""
        ...

    async def add_automaton(self, user: User, username_key: str | None = None) -> bool:
        """A bot or a webhook, that nobody logs in as; False when the user name is taken. None: it has none to be found by."""
        ...

    async def rename_automaton(self, user: User) -> None:
        """Its display name."""
        ...

    async def me(self, user_id: UserId) -> Me | None: ...

    async def by_ids(self, user_ids: Collection[UserId]) -> dict[UserId, User]: ...

    async def by_username(self, username_key: str) -> User | None:
        """A person who can be found: not somebody who is away (:attr:`server.domain.standing.Standing.away`), nor a bot."""
        ...

    async def direct_from(self, user_ids: Collection[UserId]) -> dict[UserId, DirectFrom]: ...

    async def credentials(self, username_key: str) -> Credentials | None:
        """Of a person; nobody else logs in by a password."""
        ...

    async def update(self, me: Me) -> None:
        """Display name, who may write, and how the user wants to be seen."""
        ...

    async def password_hash(self, user_id: UserId) -> str | None:
        """None when the account is gone."""
        ...

    async def set_password_hash(self, user_id: UserId, password_hash: str) -> None: ...

    async def email(self, user_id: UserId) -> str | None:
        """The address that was confirmed."""
        ...

    async def set_email(self, user_id: UserId, address: str | None) -> None: ...

    async def by_email(self, address: str, limit: int) -> list[MailedUser]:
        """Whose confirmed address it is, in whatever letter case; the oldest accounts first."""
        ...

    async def any_operator(self) -> bool: ...

    async def operators(self) -> list[UserId]: ...


class Sessions(Protocol):
    async def add(self, session: SessionRecord, token: RefreshToken) -> None: ...

    async def get(self, session_id: SessionId) -> SessionRecord | None: ...

    async def by_token(self, token_hash: bytes) -> tuple[SessionRecord, RefreshToken] | None: ...

    async def rotate(self, old_hash: bytes, new: RefreshToken) -> None:
        """Marks the old token spent at ``new.created_ms``, adds the new one and moves the session's ``used_ms``."""
        ...

    async def of_user(self, user_id: UserId, now_ms: int, used_after_ms: int, limit: int) -> list[SessionRecord]:
        """Those that still count, the last used first."""
        ...

    async def seen(self, user_id: UserId, limit: int) -> list[tuple[str, str]]:
        """Device and address of log-ins that are kept, ended ones too; the latest first."""
        ...

    async def prove(self, session_id: SessionId, now_ms: int) -> None:
        """Its owner has just shown who they are."""
        ...

    async def revoke(self, session_id: SessionId, now_ms: int) -> None: ...

    async def revoke_all(self, user_id: UserId, now_ms: int, *, but: SessionId | None = None) -> list[SessionId]:
        """Which of the user's were not revoked yet, without the one that is kept."""
        ...

    async def revoked(self, session_ids: Collection[SessionId]) -> set[SessionId]:
        """Those of them that were."""
        ...

    async def last_used(self, now_ms: int, limit: int) -> list[UserId]:
        """Whose log-ins that still count were used last, each once, the latest first."""
        ...

    async def forget_expired(self, now_ms: int) -> int:
        """Deletes sessions that ended or expired before ``now_ms``, with their tokens; returns how many."""
        ...


class AccountLinks(Protocol):
    async def add(self, link: AccountLink) -> None: ...

    async def get(self, token_hash: bytes) -> AccountLink | None: ...

    async def pending(self, user_id: UserId) -> AccountLink | None:
        """The newest one with which the user may confirm an address."""
        ...

    async def use(self, token_hash: bytes) -> bool:
        """False when somebody else has used it meanwhile."""
        ...

    async def drop_pending(self, user_id: UserId) -> None: ...

    async def drop_recoveries(self, address: str) -> None: ...

    async def forget_expired(self, now_ms: int) -> int:
        """Returns how many."""
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

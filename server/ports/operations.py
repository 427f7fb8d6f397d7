"""What the operators of a server look at and set while it runs."""

from __future__ import annotations

from typing import Protocol

import msgspec

from server.domain.entities import Announcement, User


class AccountLine(msgspec.Struct, frozen=True, kw_only=True):
    """An account as an operator sees it."""

    user: User
    operator: bool
    disabled_ms: int | None = None
    """Since when nobody comes in with it; None: it is like any other."""
    sessions: int
    """Log-ins that still count."""
    files: int
    files_bytes: int


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    accounts: int
    disabled: int
    groups: int
    messages: int
    files: int
    files_bytes: int
    sessions: int
    open_reports: int
    mails_waiting: int
    database_bytes: int
    """As the database counts it."""


class Operations(Protocol):
    async def totals(self, now_ms: int) -> Totals: ...

    async def accounts(self, beginning: str, after: str, now_ms: int, limit: int) -> list[AccountLine]:
        """Those whose user name (its key) begins so and comes after another, in the order of these."""
        ...

    async def largest(self, now_ms: int, limit: int) -> list[AccountLine]:
        """Those who keep the most files, by bytes."""
        ...

    async def announcement(self, now_ms: int) -> Announcement | None:
        """The one that has not ended."""
        ...

    async def announce(self, announcement: Announcement | None) -> None:
        """In the place of whatever there was."""
        ...

    async def add_owner_link(self, token_hash: bytes, until_ms: int) -> None: ...

    async def has_owner_link(self, token_hash: bytes, now_ms: int) -> bool: ...

    async def spend_owner_link(self, token_hash: bytes, now_ms: int) -> bool:
        """Whether there was one; it is there no longer, and neither are those that have ended."""
        ...

"""What moderators do, and what they are told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from server.domain.entities import AuditAction, AuditEntry, Ban, Report, ReportState, Safety, WordFilter
from server.domain.ids import AuditId, ChannelId, FilterId, GroupId, MessageId, ReportId, UserId


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

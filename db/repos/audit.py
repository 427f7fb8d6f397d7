"""What moderators did."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Row, insert, select

from db.errors import CorruptRow
from db.repos.base import Repository, given
from db.tables.moderation import audit_entries
from server.domain import codec
from server.domain.entities import AuditAction, AuditEntry
from server.domain.ids import AuditId, GroupId, UserId

_CHANGES: Final[msgspec.json.Decoder[dict[str, str | int | bool | None]]] = codec.decoder(
    dict[str, str | int | bool | None]
)

_ADD = insert(audit_entries)
_PAGE = (
    select(audit_entries)
    .where(audit_entries.c.group_id == given("of_group"))
    .order_by(audit_entries.c.id.desc())
    .limit(given("at_most"))
)
_FILTERS: Final = {
    "actor_id": audit_entries.c.actor_id == given("actor_id"),
    "action": audit_entries.c.action == given("action"),
    "target_id": audit_entries.c.target_id == given("target_id"),
    "before": audit_entries.c.id < given("before"),
}
_PAGES: Final = {
    frozenset(names): _PAGE.where(*(_FILTERS[name] for name in names))
    for size in range(len(_FILTERS) + 1)
    for names in itertools.combinations(_FILTERS, size)
}
"""Each with the conditions of these names alone, so that an index fits."""


class SqlAudit(Repository):
    __slots__ = ()

    async def add(self, entries: Sequence[AuditEntry]) -> None:
        await self._insert_all(_ADD, [_row(entry) for entry in entries])

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
        wanted = {"actor_id": actor_id, "action": action, "target_id": target_id, "before": before}
        filters = {name: value for name, value in wanted.items() if value is not None}
        rows = await self._all(_PAGES[frozenset(filters)], of_group=group_id, at_most=limit, **filters)
        return [_entry(row) for row in rows]


def _row(entry: AuditEntry) -> dict[str, object]:
    return {
        "group_id": entry.group_id,
        "id": entry.id,
        "actor_id": entry.actor_id,
        "action": entry.action.value,
        "target_kind": entry.target_kind,
        "target_id": entry.target_id,
        "reason": entry.reason,
        "changes": codec.encode(entry.changes).decode(),
    }


def _entry(row: Row[Any]) -> AuditEntry:
    try:
        action, changes = AuditAction(row.action), _CHANGES.decode(row.changes)
    except (ValueError, msgspec.MsgspecError) as error:
        raise CorruptRow(f"audit entry {row.id} of group {row.group_id} cannot be read: {error}") from error
    return AuditEntry(
        id=row.id,
        group_id=row.group_id,
        actor_id=row.actor_id,
        action=action,
        target_kind=row.target_kind,
        target_id=row.target_id,
        reason=row.reason,
        changes=changes,
    )

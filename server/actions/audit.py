"""The audit log: who did what to whom, and why. Written by every action of a moderator or manager, in its unit of work."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, TypeAlias

import msgspec

from server.actions.authority import Seat, group_seat
from server.actions.context import Actions
from server.actions.requests import Request
from server.domain.entities import AuditAction, AuditEntry, AuditTarget, User
from server.domain.errors import Invalid
from server.domain.ids import AuditId, GroupId, Snowflake, UserId
from server.domain.numbers import check_range
from server.domain.permissions import Permission
from server.ports import UnitOfWork

Change: TypeAlias = Snowflake | str | int | bool | None

_TARGET: Final = re.compile(r"[\w-]{1,64}", re.ASCII)


class AuditQuery(Request, frozen=True, kw_only=True):
    """Those that fit all that is given."""

    actor: UserId | None = None
    action: AuditAction | None = None
    target: str | None = None
    """An id, or the first characters of an invitation's code, as they stand in the log."""
    before: AuditId | None = None
    limit: int = 50


class AuditPage(msgspec.Struct, frozen=True, kw_only=True):
    entries: tuple[AuditEntry, ...]
    """Newest first."""
    users: tuple[User, ...]
    """Who acted, and upon whom."""
    has_more: bool


async def record(
    actions: Actions,
    uow: UnitOfWork,
    seat: Seat,
    action: AuditAction,
    target_kind: AuditTarget,
    target_id: str | Snowflake,
    *,
    reason: str | None,
    changes: Mapping[str, Change] | None = None,
) -> None:
    """Writes an entry: the seat's member did this in the seat's group. ``changes``: what the target is now, by name."""
    await uow.audit.add([entry(actions, seat, action, target_kind, target_id, reason=reason, changes=changes)])


def entry(
    actions: Actions,
    seat: Seat,
    action: AuditAction,
    target_kind: AuditTarget,
    target_id: str | Snowflake,
    *,
    reason: str | None,
    changes: Mapping[str, Change] | None = None,
) -> AuditEntry:
    """For :func:`record` of several at once: give them to ``uow.audit.add``."""
    return AuditEntry(
        id=AuditId(actions.ids.next(seat.now_ms)),
        group_id=seat.access.group.id,
        actor_id=seat.member.user_id,
        action=action,
        target_kind=target_kind,
        target_id=str(_plain(target_id)),
        reason=reason or "",
        changes={name: _plain(value) for name, value in (changes or {}).items()},
    )


def differences(before: msgspec.Struct, after: msgspec.Struct) -> dict[str, Change]:
    """Fields of ``after`` that were different in ``before``, for :func:`record`."""
    values = {name: getattr(after, name) for name in after.__struct_fields__}
    return {name: value for name, value in values.items() if value != getattr(before, name)}


def _plain(value: Change) -> str | int | bool | None:
    return str(int(value)) if isinstance(value, Snowflake) else value


async def get_audit(actions: Actions, user_id: UserId, group_id: GroupId, query: AuditQuery) -> AuditPage:
    """Needs VIEW_AUDIT_LOG."""
    limit = check_range(query.limit, "limit", 1, actions.limits.page_max)
    if query.target is not None and not _TARGET.fullmatch(query.target):
        raise Invalid("bad_request", "Name the target by its id.", where="target")
    async with actions.store.read() as reader:
        seat = await group_seat(reader, user_id, group_id, actions.clock.now_ms())
        seat.require(Permission.VIEW_AUDIT_LOG)
        entries = await reader.audit.page(
            group_id,
            actor_id=query.actor,
            action=query.action,
            target_id=query.target,
            before=query.before,
            limit=limit + 1,
        )
    shown = entries[:limit]
    users = await actions.profiles.by_ids({one for each in shown for one in _people(each)})
    return AuditPage(entries=tuple(shown), users=tuple(users.values()), has_more=len(entries) > limit)


def _people(logged: AuditEntry) -> list[UserId]:
    people = [logged.actor_id]
    if logged.target_kind == "member" and logged.target_id is not None:
        people.append(UserId(Snowflake(logged.target_id)))
    return people

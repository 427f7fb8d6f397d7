"""Word filters: what a group does not want to read, and what happens when somebody writes it."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from server.actions.audit import Change, record
from server.actions.authority import Seat, group_seat
from server.actions.context import Actions
from server.actions.requests import Request
from server.domain.entities import AuditAction, FilterAction, WordFilter
from server.domain.errors import Conflict, NotFound
from server.domain.events import FiltersChanged
from server.domain.filters import check_words
from server.domain.ids import FilterId, GroupId, RoleId, UserId
from server.domain.limits import Limits
from server.domain.names import clean_line
from server.domain.numbers import check_range
from server.domain.permissions import Permission
from server.domain.rates import Rule
from server.ports import Reader, UnitOfWork

_EXEMPT_MAX: Final = 50


class NewFilter(Request, frozen=True, kw_only=True):
    name: str
    words: tuple[str, ...]
    action: FilterAction
    time_out_s: int = 600
    exempt_role_ids: tuple[RoleId, ...] = ()


class UpdateFilter(Request, frozen=True, kw_only=True):
    name: str | UnsetType = UNSET
    words: tuple[str, ...] | UnsetType = UNSET
    action: FilterAction | UnsetType = UNSET
    time_out_s: int | UnsetType = UNSET
    exempt_role_ids: tuple[RoleId, ...] | UnsetType = UNSET


class FilterList(msgspec.Struct, frozen=True, kw_only=True):
    filters: tuple[WordFilter, ...]


def check_filter(limits: Limits, one: WordFilter) -> WordFilter:
    """As it is to be stored. Raises bad_name, bad_request, too_long, too_short."""
    check_range(one.time_out_s, "time_out_s", 60, limits.time_out_max_s)
    check_range(len(one.exempt_role_ids), "exempt_role_ids", 0, _EXEMPT_MAX)
    return msgspec.structs.replace(
        one,
        name=clean_line(one.name, "name", longest=limits.role_name_max),
        words=check_words(one.words, limits),
        exempt_role_ids=tuple(sorted(set(one.exempt_role_ids))),
    )


async def get_filters(actions: Actions, user_id: UserId, group_id: GroupId) -> FilterList:
    """Needs MANAGE_GROUP: who knows the words gets around them."""
    async with actions.store.read() as reader:
        seat = await group_seat(reader, user_id, group_id, actions.clock.now_ms())
        seat.require(Permission.MANAGE_GROUP)
        return FilterList(filters=tuple(await reader.filters.of_group(group_id)))


async def do_create_filter(
    actions: Actions, user_id: UserId, group_id: GroupId, request: NewFilter, reason: str | None
) -> WordFilter:
    """Needs MANAGE_GROUP; raises too_many."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        seat = await _manager(actions, uow, user_id, group_id)
        limit = actions.limits.filters_per_group
        if len(await uow.filters.of_group(group_id)) >= limit:
            raise Conflict("too_many", f"A group has at most {limit} filters. Delete one first.", limit=limit)
        fields = {name: getattr(request, name) for name in request.__struct_fields__}
        filter_id = FilterId(actions.ids.next(seat.now_ms))
        made = check_filter(actions.limits, WordFilter(id=filter_id, group_id=group_id, **fields))
        await uow.filters.add(made)
        await _changed(actions, uow, seat, AuditAction.FILTER_CREATE, made, reason)
    return made


async def do_update_filter(
    actions: Actions,
    user_id: UserId,
    group_id: GroupId,
    filter_id: FilterId,
    request: UpdateFilter,
    reason: str | None,
) -> WordFilter:
    """Needs MANAGE_GROUP."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    fields = {name: getattr(request, name) for name in request.__struct_fields__}
    given = {name: value for name, value in fields.items() if value is not UNSET}
    async with actions.store.write() as uow:
        seat = await _manager(actions, uow, user_id, group_id)
        before = await _filter(uow, group_id, filter_id)
        after = check_filter(actions.limits, msgspec.structs.replace(before, **given))
        await uow.filters.update(after)
        await _changed(actions, uow, seat, AuditAction.FILTER_UPDATE, after, reason)
    return after


async def do_delete_filter(
    actions: Actions, user_id: UserId, group_id: GroupId, filter_id: FilterId, reason: str | None
) -> None:
    """Needs MANAGE_GROUP."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        seat = await _manager(actions, uow, user_id, group_id)
        gone = await _filter(uow, group_id, filter_id)
        await uow.filters.delete(group_id, filter_id)
        await _changed(actions, uow, seat, AuditAction.FILTER_DELETE, gone, reason)


async def _manager(actions: Actions, uow: UnitOfWork, user_id: UserId, group_id: GroupId) -> Seat:
    seat = await group_seat(uow, user_id, group_id, actions.clock.now_ms())
    seat.require(Permission.MANAGE_GROUP)
    return seat


async def _filter(reader: Reader, group_id: GroupId, filter_id: FilterId) -> WordFilter:
    found = next((one for one in await reader.filters.of_group(group_id) if one.id == filter_id), None)
    if found is None:
        raise NotFound("unknown_filter", "There is no such filter in this group.")
    return found


async def _changed(
    actions: Actions, uow: UnitOfWork, seat: Seat, action: AuditAction, one: WordFilter, reason: str | None
) -> None:
    """The words themselves are not for all who read the log."""
    changes: dict[str, Change] = {"name": one.name, "words": len(one.words), "action": one.action.value}
    await record(actions, uow, seat, action, "filter", one.id, reason=reason, changes=changes)
    uow.notify(FiltersChanged(one.group_id))

"""The order of a group's roles: all of it at once. What stands at or above the one who asks keeps its order."""

from __future__ import annotations

import msgspec

from server.actions.audit import record
from server.actions.authority import Seat, group_seat
from server.actions.context import Actions
from server.actions.requests import Request
from server.actions.roles import unknown_role
from server.domain.access import everyone_role_id
from server.domain.entities import AuditAction, Role
from server.domain.errors import Forbidden, Invalid
from server.domain.events import RoleUpdate, ToGroup
from server.domain.ids import GroupId, RoleId, UserId
from server.domain.order import positions
from server.domain.permissions import Permission
from server.domain.rates import Rule


class OrderRoles(Request, frozen=True, kw_only=True):
    role_ids: tuple[RoleId, ...]
    """All but everyone's, highest first."""


class OrderedRoles(msgspec.Struct, frozen=True, kw_only=True):
    roles: tuple[Role, ...]
    """Those that changed."""


def check_order(seat: Seat, role_ids: tuple[RoleId, ...]) -> tuple[list[Role], list[Role]]:
    """The roles that the member may not touch, and then those below, in the order that is wanted.

    Needs MANAGE_ROLES. Raises unknown_role, bad_request, above_you.
    """
    seat.require(Permission.MANAGE_ROLES)
    others = {key: role for key, role in seat.access.roles.items() if key != everyone_role_id(seat.access.group.id)}
    if not others.keys() >= set(role_ids):
        raise unknown_role()
    if len(role_ids) != len(others) or len(set(role_ids)) != len(others):
        raise Invalid("bad_request", "Name all roles but everyone's, each once.", where="role_ids")
    wanted = [others[role_id] for role_id in role_ids]
    above = [role for role in wanted if not seat.access.may_touch(seat.member, role)]
    if wanted[: len(above)] != above or above != sorted(above, key=lambda role: -role.position):
        raise Forbidden("above_you", "You can only move roles that stand below your own highest role.")
    return above, wanted[len(above) :]


def arranged(above: list[Role], below: list[Role], position_max: int) -> list[Role]:
    """Those of the roles whose position changes so that ``below`` (highest first) rise from the bottom up to ``above``.

    Where there is no room between, all of ``above`` move up, equals as equals.
    """
    ceiling = above[-1].position if above else position_max + 1
    count = len(below)
    numbers = positions([role.position for role in reversed(below)], lowest=1, highest=max(ceiling - 1, count))
    after = list(zip(reversed(below), numbers, strict=True))
    lift = max(0, count + 1 - ceiling)
    if above and above[0].position + lift <= position_max:
        after += [(role, role.position + lift) for role in reversed(above)]
    else:
        ranks = {position: count + 1 + at for at, position in enumerate(sorted({role.position for role in above}))}
        after += [(role, ranks[role.position]) for role in reversed(above)]
    return [msgspec.structs.replace(role, position=position) for role, position in after if role.position != position]


async def do_order_roles(
    actions: Actions, user_id: UserId, group_id: GroupId, request: OrderRoles, reason: str | None = None
) -> OrderedRoles:
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        seat = await group_seat(uow, user_id, group_id, actions.clock.now_ms())
        above, below = check_order(seat, request.role_ids)
        changed = arranged(above, below, actions.limits.position_max)
        if changed:
            await uow.roles.put_in_order(changed)
            await record(actions, uow, seat, AuditAction.ROLE_ORDER, "group", group_id, reason=reason)
        for role in changed:
            uow.publish(ToGroup(group_id), RoleUpdate(role=role))
    return OrderedRoles(roles=tuple(changed))

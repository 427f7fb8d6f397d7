"""That nobody is lifted over the one who orders, whatever the roles: tests/property/test_permissions.py."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from server.actions.audit import AuditQuery, get_audit
from server.actions.role_order import OrderRoles, arranged, do_order_roles
from server.actions.snapshot import group_view
from server.domain.access import everyone_role_id
from server.domain.entities import AuditAction, Role
from server.domain.errors import ParleyError
from server.domain.events import RoleUpdate, ToGroup
from server.domain.ids import GroupId, RoleId, Snowflake, UserId
from server.domain.permissions import Permission
from tests.support.actions import House
from tests.support.rows import role
from tests.support.statements import counted


async def order(house: House, user_id: UserId, group_id: GroupId, *role_ids: RoleId) -> tuple[Role, ...]:
    request = OrderRoles(role_ids=role_ids)
    return (await do_order_roles(house.actions, user_id, group_id, request, "by rank")).roles


async def refusal(house: House, user_id: UserId, group_id: GroupId, *role_ids: RoleId) -> str:
    with pytest.raises(ParleyError) as refused:
        await order(house, user_id, group_id, *role_ids)
    return refused.value.code


async def highest_first(house: House, user_id: UserId, group_id: GroupId) -> list[RoleId]:
    roles = (await group_view(house.actions, user_id, group_id)).roles
    return [one.id for one in sorted(roles, key=lambda one: -one.position) if one.id != everyone_role_id(group_id)]


async def test_roles_stand_as_they_were_put(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    group_id = (await house.group(anna, ben)).group.id
    for _ in range(3):
        await house.role(anna, group_id, position=1)
    role_ids = await highest_first(house, anna, group_id)
    wanted = [role_ids[number] for number in (2, 0, 3, 1)]
    house.published()
    changed = await order(house, anna, group_id, *wanted)
    assert await highest_first(house, ben, group_id) == wanted
    assert house.published() == [(ToGroup(group_id), RoleUpdate(role=one)) for one in changed]
    assert await order(house, anna, group_id, *wanted) == ()
    assert house.published() == []
    (entry,) = (await get_audit(house.actions, anna, group_id, AuditQuery(action=AuditAction.ROLE_ORDER))).entries
    assert (entry.reason, entry.target_kind) == ("by rank", "group")


async def test_nobody_moves_what_stands_at_or_above_them(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    group_id = (await house.group(anna, ben, cleo)).group.id
    top = await house.role(anna, group_id, position=9)
    mine = await house.appoint(anna, group_id, ben, Permission.MANAGE_ROLES, position=5)
    (moderator,) = set(await highest_first(house, anna, group_id)) - {top.id, mine.id}
    low = (await house.role(anna, group_id, position=1)).id
    for wrong in (
        (mine.id, top.id, low, moderator),
        (top.id, low, mine.id, moderator),
        (low, top.id, mine.id, moderator),
    ):
        assert await refusal(house, ben, group_id, *wrong) == "above_you"
    changed = await order(house, ben, group_id, top.id, mine.id, low, moderator)
    assert {one.id for one in changed} <= {low, moderator}
    assert await highest_first(house, anna, group_id) == [top.id, mine.id, low, moderator]
    assert await refusal(house, cleo, group_id, top.id, mine.id, low, moderator) == "forbidden"


async def test_an_order_names_every_role_once(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    group_id = (await house.group(anna)).group.id
    await house.role(anna, group_id)
    first, second = await highest_first(house, anna, group_id)
    assert await refusal(house, anna, group_id, first) == "bad_request"
    assert await refusal(house, anna, group_id, first, second, first) == "bad_request"
    assert await refusal(house, anna, group_id, first, second, everyone_role_id(group_id)) == "unknown_role"
    assert await refusal(house, anna, group_id, first, RoleId(Snowflake(1))) == "unknown_role"
    assert await refusal(house, ben, group_id, first, second) == "unknown_group"


async def test_many_roles_are_a_handful_of_statements(house: House) -> None:
    anna = await house.user("anna")
    group_id = (await house.group(anna)).group.id
    for _ in range(20):
        await house.role(anna, group_id)
    role_ids = await highest_first(house, anna, group_id)
    with counted(house.store) as statements:
        assert len(await order(house, anna, group_id, *role_ids[::-1])) == 20
    assert len(statements) == 6, statements


def test_where_there_is_no_room_those_above_move_up_as_they_stand() -> None:
    a, b, c, d, e = [role(RoleId(Snowflake(number)), position=1) for number in range(1, 6)]
    above = [replace(d, position=4), replace(e, position=2)]
    assert arranged(above, [a, b, c], 100) == [
        replace(b, position=2),
        replace(a, position=3),
        replace(e, position=4),
        replace(d, position=6),
    ]
    equals = [replace(d, position=100), replace(e, position=100)]
    assert arranged(equals, [a], 100) == []
    assert arranged([replace(d, position=100), replace(e, position=2)], [a, b, c], 100) == [
        replace(b, position=2),
        replace(a, position=3),
        replace(e, position=4),
        replace(d, position=5),
    ]

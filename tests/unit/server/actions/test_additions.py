from __future__ import annotations

import pytest

from server.actions.additions import (
    CreateAddition,
    do_accept_addition,
    do_create_addition,
    do_refuse_addition,
    do_withdraw_addition,
    get_additions,
    get_my_additions,
)
from server.actions.members import do_remove_member
from server.actions.roles import UpdateRole, do_update_role
from server.actions.snapshot import group_view, snapshot
from server.domain.access import everyone_role_id
from server.domain.entities import Addition, Member, User
from server.domain.errors import ParleyError
from server.domain.events import AdditionCreate, AdditionDelete, GroupJoin, MemberJoin, ToUsers
from server.domain.ids import AdditionId, GroupId, Snowflake, UserId
from server.domain.limits import Limits
from server.domain.permissions import Permission
from tests.support.actions import House

NO_ADDITION = AdditionId(Snowflake(1))


async def code_of(attempt: object) -> str:
    with pytest.raises(ParleyError) as refused:
        await attempt  # type: ignore[misc]
    return refused.value.code


class Garden:
    """Anna's group with Ben in it; Cleo and Dora are outside."""

    def __init__(self, house: House, group_id: GroupId, *people: UserId) -> None:
        self.house = house
        self.group_id = group_id
        self.anna, self.ben, self.cleo, self.dora = people

    async def ask(self, inviter: UserId, username: str) -> Addition:
        request = CreateAddition(username=username)
        return await do_create_addition(self.house.actions, inviter, self.group_id, request)


@pytest.fixture
async def garden(house: House) -> Garden:
    people = [await house.user(name) for name in ("anna", "ben", "cleo", "dora")]
    view = await house.group(people[0], people[1])
    house.published()
    return Garden(house, view.group.id, *people)


async def test_someone_is_asked_by_name(house: House, garden: Garden) -> None:
    addition = await garden.ask(garden.ben, "CLEO")
    ben = User(id=garden.ben, username="ben", display_name="Ben")
    assert (addition.group_name, addition.inviter, addition.user_id) == ("Gardeners", ben, garden.cleo)
    assert house.published() == [(ToUsers((garden.cleo,)), AdditionCreate(addition=addition))]
    assert (await get_my_additions(house.actions, garden.cleo)).additions == (addition,)
    assert (await snapshot(house.actions, garden.cleo)).additions == (addition,)
    listed = await get_additions(house.actions, garden.anna, garden.group_id)
    assert listed.additions == (addition,)
    assert [user.username for user in listed.users] == ["cleo"]


async def test_who_cannot_be_asked(house: House, garden: Garden) -> None:
    for name in ("nobody", "not a name!", ""):
        assert await code_of(garden.ask(garden.anna, name)) == "unknown_user"
    for name in ("anna", "ben"):
        assert await code_of(garden.ask(garden.anna, name)) == "already_member"
    await garden.ask(garden.anna, "cleo")
    assert await code_of(garden.ask(garden.ben, "cleo")) == "already_asked"
    garden.house = house.with_limits(Limits(additions_pending=1))
    assert await code_of(garden.ask(garden.anna, "cleo")) == "too_many"


async def test_who_may_not_ask(house: House, garden: Garden) -> None:
    assert await code_of(garden.ask(garden.cleo, "dora")) == "unknown_group"
    everyone = everyone_role_id(garden.group_id)
    await do_update_role(house.actions, garden.anna, garden.group_id, everyone, UpdateRole(permissions=1))
    assert await code_of(garden.ask(garden.ben, "cleo")) == "forbidden"


async def test_one_who_consents_is_in(house: House, garden: Garden) -> None:
    addition = await garden.ask(garden.ben, "cleo")
    house.published()
    view = await do_accept_addition(house.actions, garden.cleo, addition.id)
    assert [type(event) for _, event in house.published()] == [AdditionDelete, GroupJoin, MemberJoin]
    assert await group_view(house.actions, garden.cleo, garden.group_id) == view
    assert (await get_my_additions(house.actions, garden.cleo)).additions == ()
    assert await code_of(do_accept_addition(house.actions, garden.cleo, addition.id)) == "unknown_addition"


async def test_one_who_came_in_otherwise_meanwhile_loses_nothing(house: House, garden: Garden) -> None:
    addition = await garden.ask(garden.ben, "cleo")
    async with house.store.write() as uow:
        await uow.members.add(Member(group_id=garden.group_id, user_id=garden.cleo, joined_ms=0))
    house.published()
    view = await do_accept_addition(house.actions, garden.cleo, addition.id)
    assert view.member.joined_ms == 0
    assert house.published() == [(ToUsers((garden.cleo,)), AdditionDelete(addition_id=addition.id))]


async def test_one_who_refuses_is_not_in_and_can_be_asked_again(house: House, garden: Garden) -> None:
    addition = await garden.ask(garden.ben, "cleo")
    house.published()
    await do_refuse_addition(house.actions, garden.cleo, addition.id)
    assert house.published() == [(ToUsers((garden.cleo,)), AdditionDelete(addition_id=addition.id))]
    assert (await snapshot(house.actions, garden.cleo)).groups == ()
    assert await code_of(do_refuse_addition(house.actions, garden.cleo, addition.id)) == "unknown_addition"
    await garden.ask(garden.ben, "cleo")


async def test_nobody_answers_for_another(house: House, garden: Garden) -> None:
    addition = await garden.ask(garden.ben, "cleo")
    for user_id in (garden.dora, garden.ben, garden.anna):
        assert await code_of(do_accept_addition(house.actions, user_id, addition.id)) == "unknown_addition"
        assert await code_of(do_refuse_addition(house.actions, user_id, addition.id)) == "unknown_addition"
    assert await code_of(do_accept_addition(house.actions, garden.cleo, NO_ADDITION)) == "unknown_addition"


async def test_one_withdraws_what_one_asked_or_all_with_the_permission(house: House, garden: Garden) -> None:
    annas, bens = await garden.ask(garden.anna, "cleo"), await garden.ask(garden.ben, "dora")
    mine = await get_additions(house.actions, garden.ben, garden.group_id)
    assert mine.additions == (bens,)
    assert await code_of(get_additions(house.actions, garden.dora, garden.group_id)) == "unknown_group"
    assert await code_of(do_withdraw_addition(house.actions, garden.ben, annas.id)) == "forbidden"
    assert await code_of(do_withdraw_addition(house.actions, garden.dora, annas.id)) == "unknown_addition"
    house.published()
    await do_withdraw_addition(house.actions, garden.ben, bens.id)
    assert house.published() == [(ToUsers((garden.dora,)), AdditionDelete(addition_id=bens.id))]
    await house.appoint(garden.anna, garden.group_id, garden.ben, Permission.MANAGE_GROUP)
    await do_withdraw_addition(house.actions, garden.ben, annas.id)
    assert await code_of(do_withdraw_addition(house.actions, garden.ben, annas.id)) == "unknown_addition"
    assert (await snapshot(house.actions, garden.cleo)).additions == ()


async def test_one_who_left_withdraws_nothing(house: House, garden: Garden) -> None:
    addition = await garden.ask(garden.ben, "cleo")
    await do_remove_member(house.actions, garden.ben, garden.group_id, garden.ben)
    assert await code_of(do_withdraw_addition(house.actions, garden.ben, addition.id)) == "unknown_addition"

from __future__ import annotations

import pytest

from server.actions import roster
from server.actions.roles import UpdateRole, do_assign_role, do_update_role
from server.actions.roster import RosterPage, RosterQuery, get_roster
from server.actions.snapshot import members_of
from server.domain.entities import Status
from server.domain.errors import Invalid, NotFound, TooMany
from server.domain.ids import GroupId, RoleId, UserId
from server.domain.rates import Rate, Rule
from server.domain.relations import BLOCKING
from tests.support.actions import House
from tests.support.statements import counted


async def seat(house: House, group_id: GroupId, *online: UserId) -> None:
    """These and nobody else are connected."""
    house.attendees.there = set(online)
    house.attendees.seated[group_id] = list((await members_of(house.actions, group_id, online)).values())


async def hoist(house: House, owner: UserId, group_id: GroupId, *user_ids: UserId, position: int = 1) -> RoleId:
    role = await house.role(owner, group_id, position=position)
    await do_update_role(house.actions, owner, group_id, role.id, UpdateRole(hoisted=True))
    for user_id in user_ids:
        await do_assign_role(house.actions, owner, group_id, user_id, role.id)
    return role.id


async def pages(house: House, user_id: UserId, group_id: GroupId, limit: int = 50) -> list[RosterPage]:
    found = [await get_roster(house.actions, user_id, group_id, RosterQuery(limit=limit))]
    while (after := found[-1].next) is not None:
        found.append(await get_roster(house.actions, user_id, group_id, RosterQuery(after=after, limit=limit)))
    return found


def listed(page: RosterPage) -> list[tuple[UserId, RoleId | None, bool]]:
    sections = [(section.role_id, section.online) for section in page.sections]
    return [(entry.user_id, *sections[entry.section]) for entry in page.entries]


async def test_those_online_come_first_under_their_highest_hoisted_role(house: House) -> None:
    anna, ben, cleo, dora, erik = [await house.user(name) for name in ("anna", "ben", "cleo", "dora", "erik")]
    group_id = (await house.group(anna, ben, cleo, dora, erik)).group.id
    low = await hoist(house, anna, group_id, cleo, dora, erik, position=2)
    high = await hoist(house, anna, group_id, dora, position=5)
    await seat(house, group_id, ben, cleo, dora, anna)
    (page,) = await pages(house, erik, group_id)
    assert listed(page) == [
        (dora, high, True),
        (cleo, low, True),
        (anna, None, True),
        (ben, None, True),
        (erik, None, False),
    ]
    assert [(one.role_id, one.online, one.count) for one in page.sections] == [
        (high, True, 1),
        (low, True, 1),
        (None, True, 2),
        (None, False, 1),
    ]
    assert [one.user_id for one in page.members] == [entry.user_id for entry in page.entries]
    assert [one.username for one in page.users] == ["dora", "cleo", "anna", "ben", "erik"]
    assert [one.status for one in page.presences] == [Status.ONLINE] * 4 + [Status.OFFLINE]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 7, 8])
@pytest.mark.parametrize("window", [1, 3, 1000])
async def test_pages_put_together_are_the_whole(
    house: House, monkeypatch: pytest.MonkeyPatch, limit: int, window: int
) -> None:
    monkeypatch.setattr(roster, "_WINDOW", window)
    people = [await house.user(f"person{number}") for number in range(8)]
    group_id = (await house.group(*people)).group.id
    await hoist(house, people[0], group_id, people[3], people[7])
    for online in ([], people[2:4], people[:1] + people[5:], people):
        await seat(house, group_id, *online)
        found = [one for page in await pages(house, people[0], group_id, limit) for one in listed(page)]
        (whole,) = await pages(house, people[0], group_id, 100) if window == 1000 else [None]
        assert whole is None or found == listed(whole)
        assert [one for one, _, is_online in found if is_online] == sorted(
            online, key=lambda one: (one not in (people[3], people[7]), one)
        )
        assert [one for one, _, is_online in found if not is_online] == [one for one in people if one not in online]


async def test_a_page_ends_where_it_ended_whoever_comes_and_goes(house: House) -> None:
    people = [await house.user(f"person{number}") for number in range(6)]
    group_id = (await house.group(*people)).group.id
    await seat(house, group_id, *people[1:5])
    first = await get_roster(house.actions, people[0], group_id, RosterQuery(limit=2))
    assert [one for one, _, _ in listed(first)] == people[1:3]
    await seat(house, group_id, people[0], people[3])
    rest = await get_roster(house.actions, people[0], group_id, RosterQuery(after=first.next))
    assert [(one, is_online) for one, _, is_online in listed(rest)] == [
        (people[3], True),
        (people[1], False),
        (people[2], False),
        (people[4], False),
        (people[5], False),
    ]
    assert rest.next is None


async def test_who_has_blocked_somebody_is_offline_to_them(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    group_id = (await house.group(anna, ben)).group.id
    await seat(house, group_id, anna, ben)
    await house.tie(anna, ben, BLOCKING)
    (page,) = await pages(house, ben, group_id)
    assert [(one, is_online) for one, _, is_online in listed(page)] == [(ben, True), (anna, False)]
    assert [one.status for one in page.presences] == [Status.ONLINE, Status.OFFLINE]
    (page,) = await pages(house, anna, group_id)
    assert [is_online for _, _, is_online in listed(page)] == [True, True]


async def test_who_may_ask_and_how(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    group_id = (await house.group(anna)).group.id
    with pytest.raises(NotFound):
        await get_roster(house.actions, ben, group_id, RosterQuery())
    for query in (RosterQuery(limit=0), RosterQuery(limit=101), RosterQuery(after="nonsense")):
        with pytest.raises(Invalid):
            await get_roster(house.actions, anna, group_id, query)
    hurried = house.with_rates({Rule.PRESENCE: Rate(1, 60)})
    await get_roster(hurried.actions, anna, group_id, RosterQuery())
    with pytest.raises(TooMany):
        await get_roster(hurried.actions, anna, group_id, RosterQuery())


async def test_a_page_takes_the_same_few_statements(house: House) -> None:
    anna = await house.user("anna")
    group_id = (await house.group(anna)).group.id
    seen = []
    people: list[UserId] = []
    for many in (4, 20):
        for number in range(many):
            people.append(await house.user(f"u{many}.{number}"))
            await house.bring_in(anna, group_id, people[-1])
        await seat(house, group_id, *people[::2])
        with counted(house.store) as statements:
            page = await get_roster(house.actions, anna, group_id, RosterQuery())
        assert len(page.entries) == len(people) + 1
        seen.append(len(statements))
    assert seen == [10, 10]

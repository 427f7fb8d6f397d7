from __future__ import annotations

import pytest

from server.actions.presences import check_watch, presences_for, sight_of
from server.domain.entities import Presence, Status
from server.domain.errors import Conflict
from server.domain.ids import Snowflake, UserId
from server.domain.relations import ASKED, BLOCKED_BY, BLOCKING, FRIENDS
from tests.support.actions import House
from tests.support.statements import counted

NOBODY = UserId(Snowflake(1))


async def test_whose_presence_one_may_know(house: House) -> None:
    anna = await house.user("anna")
    member, partner, friend, asked, blocked, blocker, stranger = [
        await house.user(name) for name in ("member", "partner", "friend", "asked", "blocked", "blocker", "stranger")
    ]
    await house.group(anna, member, blocker)
    await house.talk(anna, partner)
    for other, tie in ((friend, FRIENDS), (asked, ASKED), (blocked, BLOCKING), (blocker, BLOCKED_BY)):
        await house.tie(anna, other, tie)
    sight = await sight_of(
        house.actions, anna, [member, partner, friend, asked, blocked, blocker, stranger, NOBODY, anna]
    )
    assert sight.known == {member, partner, friend, blocker, anna}
    assert sight.hidden == {blocker}
    assert sight.shown == {member, partner, friend, anna}


async def test_oneself_is_known_when_asked_for(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    assert (await sight_of(house.actions, anna, [ben])).known == frozenset()
    assert (await sight_of(house.actions, anna, [])).known == frozenset()


async def test_the_members_of_a_group_as_one_of_them_sees_them(house: House) -> None:
    anna, ben, cleo, dora = [await house.user(name) for name in ("anna", "ben", "cleo", "dora")]
    await house.group(anna, ben, cleo, dora)
    await house.tie(anna, cleo, BLOCKED_BY)
    house.attendees.there = {ben, cleo}
    with counted(house.store) as statements:
        async with house.store.read() as reader:
            found = await presences_for(house.actions, reader, anna, [dora, cleo, ben])
    assert found == [
        Presence(user_id=dora, status=Status.OFFLINE),
        Presence(user_id=cleo, status=Status.OFFLINE),
        Presence(user_id=ben, status=Status.ONLINE),
    ]
    assert len(statements) == 1


async def test_a_look_takes_the_same_few_statements(house: House) -> None:
    anna, *others = [await house.user(f"user{number}") for number in range(31)]
    await house.group(anna, *others)
    for some in (others[:2], others):
        with counted(house.store) as statements:
            await sight_of(house.actions, anna, some)
        assert len(statements) == 5


async def test_how_many_one_may_look_at(house: House) -> None:
    limit = house.actions.limits.watched_max
    check_watch(house.actions, [NOBODY] * limit)
    with pytest.raises(Conflict) as refused:
        check_watch(house.actions, [NOBODY] * (limit + 1))
    assert (refused.value.code, refused.value.data) == ("too_many", {"limit": limit})

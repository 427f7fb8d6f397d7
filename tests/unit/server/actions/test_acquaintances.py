from __future__ import annotations

import pytest

from server.actions.acquaintances import acquaintance, known_among, known_elsewhere
from server.domain.errors import NotFound
from server.domain.ids import Snowflake, UserId
from server.domain.relations import ASKED, BLOCKED_BY, BLOCKING, FRIENDS
from tests.support.actions import House

NOBODY = UserId(Snowflake(1))


async def test_one_may_know_of_those_with_whom_one_shares_something(house: House) -> None:
    anna = await house.user("anna")
    member, partner, friend, asked, blocked, blocker, stranger = [
        await house.user(name) for name in ("member", "partner", "friend", "asked", "blocked", "blocker", "stranger")
    ]
    await house.group(member, anna)
    await house.group(stranger)
    await house.talk(anna, partner)
    for other, tie in ((friend, FRIENDS), (asked, ASKED), (blocked, BLOCKING), (blocker, BLOCKED_BY)):
        await house.tie(anna, other, tie)
    everyone = [member, partner, friend, asked, blocked, blocker, stranger, NOBODY]
    async with house.store.read() as reader:
        assert await known_among(reader, anna, everyone) == {member, partner, friend, asked, blocked}
        assert await known_among(reader, anna, []) == set()
        assert (await acquaintance(reader, anna, friend)).username == "friend"
        for hidden in (blocker, stranger, NOBODY):
            with pytest.raises(NotFound) as refused:
                await acquaintance(reader, anna, hidden)
            assert refused.value.code == "unknown_user"


async def test_who_knows_of_someone_beyond_the_groups(house: House) -> None:
    """Those who have blocked them too: they see the name in their list."""
    anna, ben, cleo, dora = [await house.user(name) for name in ("anna", "ben", "cleo", "dora")]
    await house.group(anna, dora)
    await house.talk(anna, ben)
    await house.tie(anna, ben, FRIENDS)
    await house.tie(anna, cleo, BLOCKED_BY)
    async with house.store.read() as reader:
        assert await known_elsewhere(reader, anna) == (ben, cleo)
        assert await known_elsewhere(reader, cleo) == ()
        assert await known_elsewhere(reader, dora) == ()

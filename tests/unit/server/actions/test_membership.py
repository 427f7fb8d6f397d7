from __future__ import annotations

import pytest

from server.actions.membership import come_in
from server.domain.errors import Unauthenticated
from server.domain.events import GroupJoin, MemberJoin
from server.domain.ids import Snowflake, UserId
from tests.support.actions import House


async def test_nobody_hears_of_a_newcomer_whose_coming_failed(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    group_id = (await house.group(anna)).group.id
    house.published()

    async def fail() -> None:
        async with house.store.write() as uow:
            await come_in(house.actions, uow, ben, group_id, 0)
            raise RuntimeError("something after it")

    with pytest.raises(RuntimeError):
        await fail()
    assert house.published() == []
    async with house.store.write() as uow:
        view = await come_in(house.actions, uow, ben, group_id, 5)
    assert (view.member.joined_ms, view.member_count) == (5, 2)
    assert [type(event) for _, event in house.published()] == [GroupJoin, MemberJoin]


async def test_an_account_that_is_gone_comes_in_nowhere(house: House) -> None:
    anna = await house.user("anna")
    group_id = (await house.group(anna)).group.id
    async with house.store.write() as uow:
        with pytest.raises(Unauthenticated):
            await come_in(house.actions, uow, UserId(Snowflake(1)), group_id, 0)

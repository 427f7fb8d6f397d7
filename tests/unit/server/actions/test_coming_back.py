from __future__ import annotations

import pytest

from server.actions.accounts import LogIn, do_log_in
from server.domain.errors import Forbidden, Unauthenticated
from server.domain.ids import UserId
from server.domain.standing import Standing
from tests.support.actions import HOME, House

RIGHT = LogIn(username="anna", password="anna's secret")
WRONG = LogIn(username="anna", password="another secret")


async def put(house: House, standing: Standing) -> None:
    async with house.store.write() as uow:
        await uow.standings.put(standing)


async def standing_of(house: House, user_id: UserId) -> Standing:
    async with house.store.read() as reader:
        return await reader.standings.of(user_id)


async def test_a_disabled_account_is_told_of_after_the_right_password_alone(house: House) -> None:
    anna = await house.user("anna")
    await put(house, Standing(user_id=anna, disabled_ms=1))
    with pytest.raises(Forbidden) as refused:
        await do_log_in(house.actions, RIGHT, HOME)
    assert refused.value.code == "account_disabled"
    with pytest.raises(Unauthenticated) as guessed:
        await do_log_in(house.actions, WRONG, HOME)
    assert guessed.value.code == "bad_credentials"


async def test_a_log_in_ends_a_deactivation(house: House) -> None:
    anna = await house.user("anna")
    await put(house, Standing(user_id=anna, deactivated_ms=1))
    with pytest.raises(Unauthenticated):
        await do_log_in(house.actions, WRONG, HOME)
    assert (await standing_of(house, anna)).away
    await do_log_in(house.actions, RIGHT, HOME)
    assert (await standing_of(house, anna)).plain


async def test_a_deletion_is_not_called_off_by_a_log_in_and_closes_the_door_in_the_end(house: House) -> None:
    anna = await house.user("anna")
    waiting = Standing(user_id=anna, delete_after_ms=house.clock.ms + 1000)
    await put(house, waiting)
    await do_log_in(house.actions, RIGHT, HOME)
    assert await standing_of(house, anna) == waiting
    house.clock.advance(1)
    with pytest.raises(Unauthenticated) as refused:
        await do_log_in(house.actions, RIGHT, HOME)
    assert refused.value.code == "bad_credentials"

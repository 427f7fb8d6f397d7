from __future__ import annotations

from server.actions.sessions import open_session
from server.actions.snapshot import snapshot
from server.actions.warming import warm_up
from server.domain.ids import UserId
from tests.support.actions import HOME, House, text_channel
from tests.support.statements import counted


async def log_in(house: House, user_id: UserId) -> None:
    async with house.store.write() as uow:
        me = await uow.users.me(user_id)
        assert me is not None
        await open_session(house.actions, uow, me, HOME, house.clock.ms)


async def test_what_people_begin_with_has_been_read_when_they_come(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna, ben)
    await house.say(ben, text_channel(view))
    for user_id in (anna, ben, anna):
        await log_in(house, user_id)
    with counted(house.store) as warming:
        assert await warm_up(house.actions) == 2
    with counted(house.store) as coming:
        await snapshot(house.actions, anna)
    assert set(coming) <= set(warming)
    assert len(coming) < len(warming)


async def test_nobody_is_read_who_cannot_come_back(house: House) -> None:
    anna = await house.user("anna")
    assert await warm_up(house.actions) == 0
    await log_in(house, anna)
    house.clock.advance(400 * 86_400)
    assert await warm_up(house.actions) == 0


async def test_it_ends_in_time(house: House) -> None:
    await log_in(house, await house.user("anna"))
    assert await warm_up(house.actions, within_s=0) == 0


async def test_a_database_that_does_not_answer_is_no_reason_not_to_start(house: House) -> None:
    await house.store.close()
    assert await warm_up(house.actions) == 0

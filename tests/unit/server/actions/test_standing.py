from __future__ import annotations

import pytest

from server.actions.accounts import LogIn, do_log_in
from server.actions.relations import AskForFriendship, do_ask_for_friendship
from server.actions.sessions import SessionGrant, authenticate, do_refresh
from server.actions.standing import do_disable_account, do_enable_account
from server.domain.errors import ParleyError
from server.domain.events import SessionRevoked
from server.domain.ids import Snowflake, UserId
from server.domain.standing import Standing
from tests.support.actions import HOME, House
from tests.support.statements import ask

NOBODY = UserId(Snowflake(1))


async def log_in(house: House, name: str = "anna") -> SessionGrant:
    grant = await do_log_in(house.actions, LogIn(username=name, password=f"{name}'s secret"), HOME)
    assert isinstance(grant, SessionGrant)
    return grant


async def refused(attempt: object) -> str:
    with pytest.raises(ParleyError) as error:
        await attempt  # type: ignore[misc]
    return error.value.code


async def operator(house: House, name: str = "olga") -> UserId:
    user_id = await house.user(name)
    async with house.store.write() as uow:
        await ask(uow, f"UPDATE users SET operator = true WHERE id = {int(user_id)}")
    return user_id


async def test_every_log_in_ends_at_once_and_none_begins(house: House) -> None:
    olga, anna = await operator(house), await house.user("anna")
    phone, laptop = await log_in(house), await log_in(house)
    await authenticate(house.actions, phone.access_token)
    house.bus.notices.clear()
    standing = await do_disable_account(house.actions, olga, anna, " spam ")
    assert standing == Standing(user_id=anna, disabled_ms=house.clock.ms, disabled_reason="spam")
    revoked = {notice.session_id for notice in house.bus.notices if isinstance(notice, SessionRevoked)}
    assert revoked == {phone.session_id, laptop.session_id}
    assert await refused(authenticate(house.actions, phone.access_token)) == "session_revoked"
    assert await refused(do_refresh(house.actions, laptop.refresh_token, HOME)) == "session_revoked"
    assert await refused(log_in(house)) == "account_disabled"


async def test_a_log_in_that_began_beside_it_is_not_refreshed(house: House) -> None:
    anna = await house.user("anna")
    grant = await log_in(house)
    async with house.store.write() as uow:
        await uow.standings.put(Standing(user_id=anna, disabled_ms=1))
    assert await refused(do_refresh(house.actions, grant.refresh_token, HOME)) == "session_revoked"


async def test_enabled_again_they_log_in(house: House) -> None:
    olga, anna = await operator(house), await house.user("anna")
    await do_disable_account(house.actions, olga, anna)
    assert (await do_enable_account(house.actions, olga, anna)).plain
    assert (await log_in(house)).me.id == anna
    assert (await do_enable_account(house.actions, None, anna)).plain


async def test_done_again_it_changes_the_reason_alone(house: House) -> None:
    olga, anna = await operator(house), await house.user("anna")
    first = await do_disable_account(house.actions, olga, anna, "spam")
    house.clock.advance(5)
    again = await do_disable_account(house.actions, olga, anna, "much spam")
    assert (again.disabled_ms, again.disabled_reason) == (first.disabled_ms, "much spam")


async def test_nobody_finds_them_by_name_meanwhile(house: House) -> None:
    anna, boris = await house.user("anna"), await house.user("boris")
    await do_disable_account(house.actions, None, anna)
    request = AskForFriendship(username="anna")
    assert await refused(do_ask_for_friendship(house.actions, boris, request)) == "unknown_user"


async def test_who_may(house: House) -> None:
    olga, oleg, anna = await operator(house), await operator(house, "oleg"), await house.user("anna")
    actions = house.actions
    assert await refused(do_disable_account(actions, anna, olga)) == "forbidden"
    assert await refused(do_disable_account(actions, NOBODY, anna)) == "forbidden"
    assert await refused(do_disable_account(actions, olga, NOBODY)) == "unknown_user"
    assert await refused(do_disable_account(actions, olga, olga)) == "bad_request"
    assert await refused(do_disable_account(actions, olga, oleg)) == "above_you"
    assert (await do_disable_account(actions, None, oleg)).disabled
    assert await refused(do_enable_account(actions, anna, oleg)) == "forbidden"
    assert await refused(do_enable_account(actions, olga, NOBODY)) == "unknown_user"
    assert await refused(do_disable_account(actions, olga, anna, "x" * 513)) == "too_long"

from __future__ import annotations

import pytest

from server.actions.accounts import LogIn, do_log_in, get_me
from server.actions.groups import TransferGroup, do_transfer_group
from server.actions.leaving import EndAccount, do_deactivate, do_end_account, do_keep_account
from server.actions.relations import AskForFriendship, do_ask_for_friendship
from server.actions.sessions import Authenticated, SessionGrant, authenticate
from server.domain.errors import Conflict, ParleyError
from server.domain.events import MeUpdate, ToUsers
from server.domain.ids import Snowflake, UserId
from server.domain.standing import DELETION_GRACE_S
from tests.support.actions import HOME, House
from tests.support.statements import ask

END = EndAccount()


async def log_in(house: House, name: str = "anna") -> Authenticated:
    grant = await do_log_in(house.actions, LogIn(username=name, password=f"{name}'s secret"), HOME)
    assert isinstance(grant, SessionGrant)
    return await authenticate(house.actions, grant.access_token)


async def refused(attempt: object) -> str:
    with pytest.raises(ParleyError) as error:
        await attempt  # type: ignore[misc]
    return error.value.code


async def is_logged_in(house: House, caller: Authenticated) -> bool:
    token = house.actions.tokens.issue(caller.user_id, caller.session_id, house.clock.ms)
    try:
        await authenticate(house.actions, token)
    except ParleyError:
        return False
    return True


async def test_a_deactivated_account_is_out_of_sight_until_the_next_log_in(house: House) -> None:
    await house.user("anna")
    boris = await house.user("boris")
    phone, laptop = await log_in(house), await log_in(house)
    await do_deactivate(house.actions, phone)
    assert not await is_logged_in(house, phone)
    assert not await is_logged_in(house, laptop)
    ask_anna = AskForFriendship(username="anna")
    assert await refused(do_ask_for_friendship(house.actions, boris, ask_anna)) == "unknown_user"
    await log_in(house)
    await do_ask_for_friendship(house.actions, boris, ask_anna)


async def test_it_takes_a_fresh_proof(house: House) -> None:
    await house.user("anna")
    caller = await log_in(house)
    house.clock.advance(house.actions.limits.proof_lifetime_s)
    assert await refused(do_deactivate(house.actions, caller)) == "proof_required"
    assert await refused(do_end_account(house.actions, caller, END)) == "proof_required"
    assert await is_logged_in(house, caller)


async def test_an_end_is_announced_and_can_be_called_off(house: House) -> None:
    anna = await house.user("anna")
    caller = await log_in(house)
    ending = await do_end_account(house.actions, caller, EndAccount(messages="delete"))
    assert ending.delete_after_ms == house.clock.ms + DELETION_GRACE_S * 1000
    assert not await is_logged_in(house, caller)
    await log_in(house)
    assert (await get_me(house.actions, anna)).delete_after_ms == ending.delete_after_ms
    house.bus.notices.clear()
    me = await do_keep_account(house.actions, anna)
    assert me.delete_after_ms is None
    assert house.published() == [(ToUsers((anna,)), MeUpdate(me=me))]
    async with house.store.read() as reader:
        assert (await reader.standings.of(anna)).plain
    assert await do_keep_account(house.actions, anna) == me


async def test_after_the_time_of_grace_it_is_too_late(house: House) -> None:
    anna = await house.user("anna")
    await do_end_account(house.actions, await log_in(house), END)
    house.clock.advance(DELETION_GRACE_S)
    assert await refused(do_keep_account(house.actions, anna)) == "unauthenticated"
    assert await refused(do_keep_account(house.actions, UserId(Snowflake(1)))) == "unauthenticated"


async def test_groups_are_handed_over_first(house: House) -> None:
    anna, boris = await house.user("anna"), await house.user("boris")
    view = await house.group(anna, boris)
    caller = await log_in(house)
    with pytest.raises(Conflict) as conflict:
        await do_end_account(house.actions, caller, END)
    assert conflict.value.code == "owns_groups"
    assert conflict.value.data["groups"] == [{"id": str(int(view.group.id)), "name": "Gardeners"}]
    assert "Gardeners" in conflict.value.message
    await do_transfer_group(house.actions, anna, view.group.id, TransferGroup(user_id=boris))
    await do_end_account(house.actions, caller, END)


async def test_the_last_operator_stays(house: House) -> None:
    anna, olga = await house.user("anna"), await house.user("olga")
    async with house.store.write() as uow:
        await ask(uow, f"UPDATE users SET operator = true WHERE id = {int(anna)}")
    caller = await log_in(house)
    assert await refused(do_end_account(house.actions, caller, END)) == "last_operator"
    async with house.store.write() as uow:
        await ask(uow, f"UPDATE users SET operator = true WHERE id = {int(olga)}")
    await do_end_account(house.actions, caller, END)

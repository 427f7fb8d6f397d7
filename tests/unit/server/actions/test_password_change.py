from __future__ import annotations

import pytest

from server.actions.account_sessions import get_sessions
from server.actions.accounts import LogIn, do_log_in
from server.actions.password_change import ChangePassword, do_change_password
from server.actions.recovery import AskRecovery, LookAtRecovery, do_ask_recovery, look_at_recovery
from server.domain.errors import Forbidden, Invalid, Unauthenticated
from tests.support.actions import HOME, House
from tests.support.mails import PASSWORD, mails, newcomer, token_in, with_email

FRESH = ChangePassword(password="a fresh long secret")


async def log_in(house: House, password: str) -> None:
    await do_log_in(house.actions, LogIn(username="anna", password=password), HOME)


async def test_a_new_password_ends_the_other_log_ins_and_is_told_by_mail(house: House) -> None:
    anna = await with_email(house)
    await log_in(house, PASSWORD)
    await do_change_password(house.actions, anna, FRESH)
    assert [one.id for one in (await get_sessions(house.actions, anna)).sessions] == [anna.session_id]
    (notice,) = await mails(house)
    assert (notice.to, "password" in notice.text) == ("anna@example.org", True)
    with pytest.raises(Unauthenticated):
        await log_in(house, PASSWORD)
    await log_in(house, FRESH.password)


async def test_they_may_go_on_if_one_likes(house: House) -> None:
    anna = await newcomer(house)
    await log_in(house, PASSWORD)
    await do_change_password(house.actions, anna, ChangePassword(password=FRESH.password, end_others=False))
    assert len((await get_sessions(house.actions, anna)).sessions) == 2


async def test_it_needs_a_proof_before_anything_is_hashed(house: House) -> None:
    anna = await newcomer(house)
    house.clock.advance(600)
    with pytest.raises(Forbidden) as refused:
        await do_change_password(house.actions, anna, FRESH)
    assert refused.value.code == "proof_required"
    await log_in(house, PASSWORD)


@pytest.mark.parametrize("password", ["short", "my name is anna", "x" * 1000])
async def test_the_rules_are_those_of_sign_up(house: House, password: str) -> None:
    anna = await newcomer(house)
    with pytest.raises(Invalid):
        await do_change_password(house.actions, anna, ChangePassword(password=password))


async def test_a_log_in_that_waits_for_its_second_step_ends_with_the_old_password(house: House) -> None:
    anna = await newcomer(house)
    async with house.store.write() as uow:
        await uow.tickets.add(b"t" * 32, anna.user_id, house.clock.ms + 1000)
    await do_change_password(house.actions, anna, FRESH)
    async with house.store.read() as reader:
        assert await reader.tickets.owner(b"t" * 32, house.clock.ms) is None


async def test_links_to_recover_end_with_the_old_password(house: House) -> None:
    anna = await with_email(house)
    await do_ask_recovery(house.actions, AskRecovery(email="anna@example.org"), HOME)
    (mail,) = await mails(house)
    await do_change_password(house.actions, anna, FRESH)
    with pytest.raises(Forbidden):
        await look_at_recovery(house.actions, LookAtRecovery(token=token_in(mail)), HOME)

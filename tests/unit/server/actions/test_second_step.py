from __future__ import annotations

import asyncio

import pytest

from server.actions.accounts import LogIn, do_log_in
from server.actions.challenges import Purpose
from server.actions.factors import do_begin_app, do_reset_factors
from server.actions.second_step import (
    ATTEMPTS_MAX,
    TICKET_S,
    LogInByFactor,
    PasskeyQuestion,
    ShownFactor,
    TicketGiven,
    do_ask_for_passkey,
    do_log_in_by_factor,
    passkey_question,
)
from server.actions.sessions import SessionGrant, authenticate
from server.domain.errors import Invalid, ParleyError, TooMany, Unauthenticated
from server.domain.factors import FactorKind
from server.domain.rates import Rate, Rule
from tests.support.actions import HOME, House
from tests.support.authenticator import SoftAuthenticator
from tests.support.factors import SITE, add_app, add_passkey, answer, caller, code_now, log_in, ticket


async def show(house: House, request: LogInByFactor) -> SessionGrant:
    return await do_log_in_by_factor(house.actions, request, HOME, SITE)


async def refusal(house: House, request: LogInByFactor) -> str:
    with pytest.raises(ParleyError) as refused:
        await show(house, request)
    return refused.value.code


async def ask(house: House, given: str) -> PasskeyQuestion:
    return await do_ask_for_passkey(house.actions, TicketGiven(ticket=given), HOME, SITE)


async def test_without_a_factor_the_password_is_enough(house: House) -> None:
    user_id = await house.user("anna")
    assert isinstance(await log_in(house, "anna"), SessionGrant)
    await do_begin_app(house.actions, await caller(house, user_id), SITE)
    assert isinstance(await log_in(house, "anna"), SessionGrant), "an app that is only being set up asks nobody"


async def test_with_an_app_the_password_gives_a_ticket_and_no_token(house: House) -> None:
    user_id = await house.user("anna")
    secret, _ = await add_app(house, user_id)
    given = await ticket(house, "anna")
    assert given.kinds == (FactorKind.TOTP, FactorKind.RECOVERY)
    assert given.expires_in_s == TICKET_S
    grant = await show(house, LogInByFactor(ticket=given.ticket, code=code_now(house, secret)))
    assert (await authenticate(house.actions, grant.access_token)).user_id == user_id


async def test_a_wrong_password_is_told_the_same_whether_there_is_a_factor_or_not(house: House) -> None:
    await add_app(house, await house.user("anna"))
    await house.user("ben")
    told = set()
    for name in ("anna", "ben", "nobody"):
        wrong = LogIn(username=name, password="something else")
        with pytest.raises(Unauthenticated) as refused:
            await do_log_in(house.actions, wrong, HOME)
        told.add((refused.value.code, refused.value.message))
    assert len(told) == 1


async def test_a_code_is_good_once(house: House) -> None:
    secret, _ = await add_app(house, await house.user("anna"))
    code = code_now(house, secret)
    await show(house, LogInByFactor(ticket=(await ticket(house, "anna")).ticket, code=code))
    again = LogInByFactor(ticket=(await ticket(house, "anna")).ticket, code=code)
    assert await refusal(house, again) == "bad_code"
    before = LogInByFactor(ticket=again.ticket, code=code_now(house, secret, -1))
    assert await refusal(house, before) == "bad_code", "and none before it"
    await show(house, LogInByFactor(ticket=again.ticket, code=code_now(house, secret, +1)))


async def test_of_two_at_once_with_one_code_one_comes_in(house: House) -> None:
    secret, _ = await add_app(house, await house.user("anna"))
    tickets = [(await ticket(house, "anna")).ticket for _ in range(2)]
    code = code_now(house, secret)
    came = await asyncio.gather(
        *(show(house, LogInByFactor(ticket=each, code=code)) for each in tickets), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in came) == ["Forbidden", "SessionGrant"]


async def test_a_ticket_is_good_once(house: House) -> None:
    _, codes = await add_app(house, await house.user("anna"))
    given = (await ticket(house, "anna")).ticket
    await show(house, LogInByFactor(ticket=given, recovery_code=codes[0]))
    assert await refusal(house, LogInByFactor(ticket=given, recovery_code=codes[1])) == "ticket_expired"
    other = (await ticket(house, "anna")).ticket
    await show(house, LogInByFactor(ticket=other, recovery_code=codes[1]))


async def test_of_two_at_once_with_one_ticket_one_comes_in(house: House) -> None:
    _, codes = await add_app(house, await house.user("anna"))
    given = (await ticket(house, "anna")).ticket
    came = await asyncio.gather(
        *(show(house, LogInByFactor(ticket=given, recovery_code=code)) for code in codes[:2]), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in came) == ["SessionGrant", "Unauthenticated"]


async def test_a_recovery_code_is_good_once(house: House) -> None:
    _, codes = await add_app(house, await house.user("anna"))
    await show(house, LogInByFactor(ticket=(await ticket(house, "anna")).ticket, recovery_code=codes[3].upper()))
    again = LogInByFactor(ticket=(await ticket(house, "anna")).ticket, recovery_code=codes[3])
    assert await refusal(house, again) == "bad_code"


async def test_a_ticket_expires(house: House) -> None:
    secret, _ = await add_app(house, await house.user("anna"))
    given = (await ticket(house, "anna")).ticket
    house.clock.advance(TICKET_S)
    assert await refusal(house, LogInByFactor(ticket=given, code=code_now(house, secret))) == "ticket_expired"
    with pytest.raises(Unauthenticated):
        await ask(house, given)


@pytest.mark.parametrize("given", ["", "guess", "ä", "\ud800", "x" * 10_000])
async def test_an_unknown_ticket_is_an_expired_one(house: House, given: str) -> None:
    assert await refusal(house, LogInByFactor(ticket=given, code="123456")) == "ticket_expired"
    with pytest.raises(Unauthenticated):
        await ask(house, given)


async def test_a_ticket_has_a_few_attempts(house: House) -> None:
    _, codes = await add_app(house, await house.user("anna"))
    given = (await ticket(house, "anna")).ticket
    tried = [await refusal(house, LogInByFactor(ticket=given, recovery_code="a" * 24)) for _ in range(ATTEMPTS_MAX)]
    assert set(tried) == {"bad_code"}
    assert await refusal(house, LogInByFactor(ticket=given, recovery_code=codes[0])) == "ticket_expired"


async def test_guessing_codes_is_slowed_for_the_account_and_other_ways_stay_open(house: House) -> None:
    secret, codes = await add_app(house, await house.user("anna"))
    house = house.with_rates({Rule.FACTOR_CODE: Rate(2, 60)})
    given = (await ticket(house, "anna")).ticket
    for _ in range(2):
        assert await refusal(house, LogInByFactor(ticket=given, code="000000")) == "bad_code"
    right = code_now(house, secret)
    assert await refusal(house, LogInByFactor(ticket=given, code=right)) == "rate_limited"
    await show(house, LogInByFactor(ticket=given, recovery_code=codes[0]))


async def test_one_address_does_not_try_without_end(house: House) -> None:
    house = house.with_rates({Rule.LOG_IN_FACTOR: Rate(1, 60)})
    assert await refusal(house, LogInByFactor(ticket="guess", code="1")) == "ticket_expired"
    assert await refusal(house, LogInByFactor(ticket="guess", code="1")) == "rate_limited"
    with pytest.raises(TooMany):
        await ask(house, "guess")


@pytest.mark.parametrize("shown", [ShownFactor(), ShownFactor(code="1", recovery_code="2")])
async def test_one_thing_is_shown(house: House, shown: ShownFactor) -> None:
    await add_app(house, await house.user("anna"))
    given = (await ticket(house, "anna")).ticket
    request = LogInByFactor(ticket=given, code=shown.code, recovery_code=shown.recovery_code)
    with pytest.raises(Invalid) as refused:
        await show(house, request)
    assert refused.value.code == "bad_request"


async def test_factors_of_another_are_of_no_use(house: House) -> None:
    _, codes = await add_app(house, await house.user("mallory"))
    device = SoftAuthenticator()
    mallory = await house.user("mallory2")
    await add_passkey(house, mallory, device)
    secret, _ = await add_app(house, await house.user("anna"))
    given = (await ticket(house, "anna")).ticket
    assert await refusal(house, LogInByFactor(ticket=given, recovery_code=codes[0])) == "bad_code"
    foreign = await ask(house, (await ticket(house, "mallory2")).ticket)
    assert await refusal(house, LogInByFactor(ticket=given, passkey=answer(device, foreign))) == "bad_passkey"
    own = await ask(house, given)
    assert own.allow == ()
    assert await refusal(house, LogInByFactor(ticket=given, passkey=answer(device, own))) == "bad_passkey"
    await show(house, LogInByFactor(ticket=given, code=code_now(house, secret)))


async def test_without_an_app_no_code_is_right(house: House) -> None:
    await add_passkey(house, await house.user("anna"), SoftAuthenticator())
    given = (await ticket(house, "anna")).ticket
    assert await refusal(house, LogInByFactor(ticket=given, code="123456")) == "bad_code"


async def test_a_secret_that_cannot_be_opened_lets_nobody_in(house: House) -> None:
    """As when the key of the data folder was lost."""
    user_id = await house.user("anna")
    secret, codes = await add_app(house, user_id)
    async with house.store.write() as uow:
        app = await uow.factors.totp(user_id)
        assert app is not None
        await uow.factors.delete_totp(user_id)
        await uow.factors.begin_totp(type(app)(user_id=user_id, sealed_secret=b"\x01other", begun_ms=0))
        await uow.factors.confirm_totp(user_id, b"\x01other", -1, 1)
    given = (await ticket(house, "anna")).ticket
    assert await refusal(house, LogInByFactor(ticket=given, code=code_now(house, secret))) == "bad_code"
    await show(house, LogInByFactor(ticket=given, recovery_code=codes[0]))


async def test_a_passkey_is_a_second_factor_even_by_a_touch_alone(house: House) -> None:
    device = SoftAuthenticator()
    user_id = await house.user("anna")
    await add_passkey(house, user_id, device)
    given = await ticket(house, "anna")
    assert given.kinds == (FactorKind.PASSKEY, FactorKind.RECOVERY)
    question = await ask(house, given.ticket)
    assert (question.rp_id, question.user_verification, len(question.allow)) == (SITE.host, "preferred", 1)
    device.verifies = False
    grant = await show(house, LogInByFactor(ticket=given.ticket, passkey=answer(device, question)))
    assert grant.me.id == user_id


async def test_an_answer_of_a_passkey_is_good_once(house: House) -> None:
    device = SoftAuthenticator(counts=False)
    await add_passkey(house, await house.user("anna"), device)
    first = (await ticket(house, "anna")).ticket
    signed = answer(device, await ask(house, first))
    await show(house, LogInByFactor(ticket=first, passkey=signed))
    again = LogInByFactor(ticket=(await ticket(house, "anna")).ticket, passkey=signed)
    assert await refusal(house, again) == "bad_passkey"


async def test_a_passkey_whose_count_was_passed_meanwhile_is_refused(house: House) -> None:
    device = SoftAuthenticator()
    await add_passkey(house, await house.user("anna"), device)
    tickets = [(await ticket(house, "anna")).ticket for _ in range(2)]
    earlier, later = [answer(device, await ask(house, each)) for each in tickets]
    await show(house, LogInByFactor(ticket=tickets[1], passkey=later))
    assert await refusal(house, LogInByFactor(ticket=tickets[0], passkey=earlier)) == "bad_passkey"


async def test_a_challenge_for_another_purpose_is_none(house: House) -> None:
    device = SoftAuthenticator()
    user_id = await house.user("anna")
    await add_passkey(house, user_id, device)
    given = (await ticket(house, "anna")).ticket
    other = await passkey_question(house.actions, user_id, Purpose.PROOF, SITE)
    assert await refusal(house, LogInByFactor(ticket=given, passkey=answer(device, other))) == "bad_passkey"


async def test_whoever_was_reset_needs_the_password_alone(house: House) -> None:
    user_id = await house.user("anna")
    _, codes = await add_app(house, user_id)
    given = (await ticket(house, "anna")).ticket
    assert await do_reset_factors(house.actions, user_id)
    assert await refusal(house, LogInByFactor(ticket=given, recovery_code=codes[0])) == "ticket_expired"
    assert isinstance(await log_in(house, "anna"), SessionGrant)
    assert not await do_reset_factors(house.actions, user_id)

from __future__ import annotations

import pytest

from server.actions.accounts import LogIn, SignUp, do_log_in, do_sign_up
from server.actions.proof import Prove, do_ask_for_proof, do_prove, require_recent_proof
from server.actions.sessions import Authenticated, SessionGrant, authenticate, do_refresh
from server.domain.errors import Forbidden, TooMany, Unauthenticated
from server.domain.ids import UserId
from server.domain.rates import Rate, Rule
from tests.support.actions import HOME, House
from tests.support.authenticator import SoftAuthenticator
from tests.support.factors import SITE, add_app, add_passkey, answer, code_now
from tests.support.statements import ask

ANNA = SignUp(username="anna", password="a long secret")
RIGHT, WRONG = Prove(password="a long secret"), Prove(password="a guess")


async def sign_up(house: House) -> Authenticated:
    grant = await do_sign_up(house.actions, ANNA, HOME)
    return await authenticate(house.actions, grant.access_token)


async def log_in(house: House) -> SessionGrant:
    grant = await do_log_in(house.actions, LogIn(username="anna", password="a long secret"), HOME)
    assert isinstance(grant, SessionGrant)
    return grant


async def is_proved(house: House, caller: Authenticated) -> bool:
    async with house.store.read() as reader:
        try:
            await require_recent_proof(house.actions, reader, caller)
        except Forbidden as refused:
            return refused.code != "proof_required"
    return True


async def test_a_log_in_is_a_proof_for_ten_minutes(house: House) -> None:
    await sign_up(house)
    grant = await log_in(house)
    caller = await authenticate(house.actions, grant.access_token)
    house.clock.advance(599)
    assert await is_proved(house, caller)
    house.clock.advance(1)
    assert not await is_proved(house, caller)


async def test_a_refresh_proves_nothing(house: House) -> None:
    grant = await do_sign_up(house.actions, ANNA, HOME)
    house.clock.advance(600)
    again = await do_refresh(house.actions, grant.refresh_token, HOME)
    assert not await is_proved(house, await authenticate(house.actions, again.access_token))


async def test_the_password_proves_this_log_in_and_no_other(house: House) -> None:
    first = await sign_up(house)
    grant = await log_in(house)
    second = await authenticate(house.actions, grant.access_token)
    house.clock.advance(600)
    proof = await do_prove(house.actions, first, RIGHT, HOME, SITE)
    assert proof.expires_ms == house.clock.ms + 600_000
    assert (await is_proved(house, first), await is_proved(house, second)) == (True, False)
    house.clock.advance(600)
    assert not await is_proved(house, first)


@pytest.mark.parametrize("password", ["a guess", "", "x" * 100_000, "a long secret\ud800"])
async def test_another_password_proves_nothing_after_the_same_work(house: House, password: str) -> None:
    caller = await sign_up(house)
    house.clock.advance(600)
    with pytest.raises(Forbidden) as refused:
        await do_prove(house.actions, caller, Prove(password=password), HOME, SITE)
    assert refused.value.code == "bad_proof"
    assert len(house.hasher.verified) == 1
    assert not await is_proved(house, caller)


async def test_whoever_stole_a_log_in_cannot_try_passwords_with_it(house: House) -> None:
    house = house.with_rates({Rule.PROVE: Rate(2, 60)})
    stolen = await sign_up(house)
    for _ in range(2):
        with pytest.raises(Forbidden):
            await do_prove(house.actions, stolen, WRONG, HOME, SITE)
    with pytest.raises(TooMany):
        await do_prove(house.actions, stolen, RIGHT, HOME, SITE)
    grant = await log_in(house)
    await do_prove(house.actions, await authenticate(house.actions, grant.access_token), RIGHT, HOME, SITE)


async def test_guesses_at_a_proof_count_as_guesses_at_a_log_in(house: House) -> None:
    house = house.with_rates({Rule.LOG_IN_PAIR: Rate(1, 60)})
    caller = await sign_up(house)
    with pytest.raises(Forbidden):
        await do_prove(house.actions, caller, WRONG, HOME, SITE)
    with pytest.raises(TooMany):
        await do_log_in(house.actions, LogIn(username="anna", password="a guess"), HOME)


async def test_an_account_that_is_gone_proves_nothing(house: House) -> None:
    caller = await sign_up(house)
    async with house.store.write() as uow:
        await ask(uow, "DELETE FROM users WHERE id = :id", id=UserId(caller.user_id))
    with pytest.raises(Unauthenticated):
        await do_prove(house.actions, caller, RIGHT, HOME, SITE)
    assert not await is_proved(house, caller)


# -------------------------------------------------------------------------------------------------- with a second factor


async def refusal(house: House, caller: Authenticated, request: Prove) -> str:
    with pytest.raises(Forbidden) as refused:
        await do_prove(house.actions, caller, request, HOME, SITE)
    return refused.value.code


async def test_with_a_second_factor_the_password_alone_proves_nothing(house: House) -> None:
    caller = await sign_up(house)
    secret, codes = await add_app(house, caller.user_id)
    house.clock.advance(600)
    assert await refusal(house, caller, RIGHT) == await refusal(house, caller, WRONG) == "bad_proof"
    assert house.hasher.verified == [], "so nobody learns whether it is right"
    code = code_now(house, secret)
    assert await refusal(house, caller, Prove(code=code)) == "bad_proof"
    assert await refusal(house, caller, Prove(recovery_code=codes[0])) == "bad_proof"
    assert await refusal(house, caller, Prove(password="a guess", code=code)) == "bad_proof"
    assert await refusal(house, caller, Prove(password="a long secret", code="000000")) == "bad_code"
    assert not await is_proved(house, caller)
    await do_prove(house.actions, caller, Prove(password="a long secret", code=code), HOME, SITE)
    assert await is_proved(house, caller)


async def test_what_proved_once_is_used(house: House) -> None:
    caller = await sign_up(house)
    _, codes = await add_app(house, caller.user_id)
    whole = Prove(password="a long secret", recovery_code=codes[0])
    await do_prove(house.actions, caller, whole, HOME, SITE)
    assert await refusal(house, caller, whole) == "bad_code"


async def test_a_passkey_that_knows_its_owner_proves_by_itself(house: House) -> None:
    caller, device = await sign_up(house), SoftAuthenticator()
    await add_passkey(house, caller.user_id, device)
    house.clock.advance(600)
    question = await do_ask_for_proof(house.actions, caller.user_id, SITE)
    assert question.user_verification == "required"
    device.verifies = False
    assert await refusal(house, caller, Prove(passkey=answer(device, question))) == "bad_passkey"
    device.verifies = True
    await do_prove(house.actions, caller, Prove(passkey=answer(device, question)), HOME, SITE)
    assert await is_proved(house, caller)


async def test_without_a_second_factor_nothing_but_the_password_counts(house: House) -> None:
    caller = await sign_up(house)
    question = await do_ask_for_proof(house.actions, caller.user_id, SITE)
    stranger = Prove(passkey=answer(SoftAuthenticator(), question))
    assert await refusal(house, caller, stranger) == "bad_proof"
    assert await refusal(house, caller, Prove(code="123456")) == "bad_proof"
    assert await refusal(house, caller, Prove()) == "bad_proof"

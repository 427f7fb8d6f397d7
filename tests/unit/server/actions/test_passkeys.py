from __future__ import annotations

import pytest
from msgspec.structs import replace

from server.actions.challenges import CHALLENGE_S
from server.actions.factors import get_factors
from server.actions.passkeys import (
    NewPasskey,
    RenamePasskey,
    SignInByPasskey,
    do_add_passkey,
    do_ask_for_any_passkey,
    do_begin_passkey,
    do_remove_passkey,
    do_rename_passkey,
    do_sign_in_by_passkey,
)
from server.actions.second_step import PasskeyQuestion
from server.actions.sessions import SessionGrant, authenticate
from server.domain.errors import Conflict, Forbidden, Invalid, NotFound, ParleyError, TooMany
from server.domain.ids import UserId
from server.domain.rates import Rate, Rule
from tests.support.actions import HOME, House
from tests.support.authenticator import SoftAuthenticator
from tests.support.factors import SITE, add_passkey, answer, caller, log_in, new_passkey, octets


async def ask(house: House) -> PasskeyQuestion:
    return await do_ask_for_any_passkey(house.actions, HOME, SITE)


async def sign_in(house: House, device: SoftAuthenticator, question: PasskeyQuestion | None = None) -> SessionGrant:
    asked = question or await ask(house)
    return await do_sign_in_by_passkey(house.actions, SignInByPasskey(passkey=answer(device, asked)), HOME, SITE)


async def refused(house: House, device: SoftAuthenticator, question: PasskeyQuestion | None = None) -> None:
    with pytest.raises(Forbidden) as refused:
        await sign_in(house, device, question)
    assert refused.value.code == "bad_passkey"


@pytest.fixture
async def anna(house: House) -> UserId:
    return await house.user("anna")


# -------------------------------------------------------------------------------------------------------------- one's own


async def test_the_first_passkey_comes_with_recovery_codes(house: House, anna: UserId) -> None:
    device = SoftAuthenticator(synced=True)
    wish = await do_begin_passkey(house.actions, await caller(house, anna), SITE)
    assert (wish.rp_id, wish.username, wish.display_name, wish.exclude) == ("talk.example.org", "anna", "Anna", ())
    assert int.from_bytes(octets(wish.user_id), "big") == anna
    made = await do_add_passkey(
        house.actions, await caller(house, anna), new_passkey(device, wish.challenge, "  My  phone "), SITE
    )
    assert made.recovery_codes is not None
    assert len(made.recovery_codes) == 10
    assert (made.passkey.name, made.passkey.synced, made.passkey.used_ms) == ("My phone", True, None)
    mine = await get_factors(house.actions, anna)
    assert (mine.passkeys, mine.recovery_codes_left) == ((made.passkey,), 10)


async def test_the_same_is_not_added_twice(house: House, anna: UserId) -> None:
    device = SoftAuthenticator()
    await add_passkey(house, anna, device)
    wish = await do_begin_passkey(house.actions, await caller(house, anna), SITE)
    assert wish.exclude == ("YSBjcmVkZW50aWFsIGlkIQ",)
    ben = await house.user("ben")
    for user_id in (anna, ben):
        with pytest.raises(Conflict) as refused:
            await add_passkey(house, user_id, device)
        assert refused.value.code == "factor_exists"
    assert isinstance(await log_in(house, "ben"), SessionGrant)


async def test_a_challenge_makes_one_passkey_for_one_person(house: House, anna: UserId) -> None:
    ben = await house.user("ben")
    wish = await do_begin_passkey(house.actions, await caller(house, anna), SITE)
    for user_id, device in ((ben, SoftAuthenticator()),):
        with pytest.raises(Forbidden):
            await do_add_passkey(house.actions, await caller(house, user_id), new_passkey(device, wish.challenge), SITE)
    first, second = SoftAuthenticator(credential_id=b"1"), SoftAuthenticator(credential_id=b"2")
    await do_add_passkey(house.actions, await caller(house, anna), new_passkey(first, wish.challenge), SITE)
    with pytest.raises(Forbidden):
        await do_add_passkey(house.actions, await caller(house, anna), new_passkey(second, wish.challenge), SITE)


async def test_a_challenge_to_make_one_expires(house: House, anna: UserId) -> None:
    wish = await do_begin_passkey(house.actions, await caller(house, anna), SITE)
    house.clock.advance(CHALLENGE_S)
    with pytest.raises(Forbidden) as refused:
        await do_add_passkey(
            house.actions, await caller(house, anna), new_passkey(SoftAuthenticator(), wish.challenge), SITE
        )
    assert refused.value.code == "bad_passkey"


async def test_there_is_an_end_to_their_number(house: House, anna: UserId) -> None:
    house = house.with_limits(replace(house.actions.limits, passkeys_max=1))
    wishes = [await do_begin_passkey(house.actions, await caller(house, anna), SITE) for _ in range(2)]
    first, second = SoftAuthenticator(credential_id=b"1"), SoftAuthenticator(credential_id=b"2")
    await do_add_passkey(house.actions, await caller(house, anna), new_passkey(first, wishes[0].challenge), SITE)
    with pytest.raises(Conflict) as refused:
        await do_add_passkey(house.actions, await caller(house, anna), new_passkey(second, wishes[1].challenge), SITE)
    assert refused.value.code == "too_many"
    with pytest.raises(Conflict):
        await do_begin_passkey(house.actions, await caller(house, anna), SITE)


async def test_its_owner_renames_and_removes_it(house: House, anna: UserId) -> None:
    ben = await house.user("ben")
    passkey = (await add_passkey(house, anna, SoftAuthenticator())).passkey
    for attempt in (
        do_rename_passkey(house.actions, ben, passkey.id, RenamePasskey(name="Mine")),
        do_remove_passkey(house.actions, await caller(house, ben), passkey.id),
    ):
        with pytest.raises(NotFound) as refused:
            await attempt
        assert refused.value.code == "unknown_passkey"
    renamed = await do_rename_passkey(house.actions, anna, passkey.id, RenamePasskey(name="Old phone"))
    assert renamed == replace(passkey, name="Old phone")
    with pytest.raises(Invalid):
        await do_rename_passkey(house.actions, anna, passkey.id, RenamePasskey(name="x" * 49))
    await do_remove_passkey(house.actions, await caller(house, anna), passkey.id)
    mine = await get_factors(house.actions, anna)
    assert (mine.passkeys, mine.recovery_codes_left) == ((), 0)
    assert isinstance(await log_in(house, "anna"), SessionGrant)


@pytest.mark.parametrize("text", ["", "ä", "a b", "=", "a", "\ud800", "e30"])
async def test_nonsense_is_told_so(house: House, anna: UserId, text: str) -> None:
    with pytest.raises(ParleyError) as refused:
        await do_add_passkey(
            house.actions, await caller(house, anna), NewPasskey(name="x", client_data=text, attestation=text), SITE
        )
    assert refused.value.code == "bad_passkey"


# ---------------------------------------------------------------------------------------------------------------- sign in


async def test_a_passkey_alone_signs_in(house: House, anna: UserId) -> None:
    device = SoftAuthenticator()
    await add_passkey(house, anna, device)
    question = await ask(house)
    assert (question.allow, question.user_verification, question.rp_id) == ((), "required", "talk.example.org")
    house.clock.advance(5)
    grant = await sign_in(house, device, question)
    assert (await authenticate(house.actions, grant.access_token)).user_id == anna
    assert (await get_factors(house.actions, anna)).passkeys[0].used_ms == house.clock.ms


async def test_each_answer_signs_in_once(house: House, anna: UserId) -> None:
    device = SoftAuthenticator(counts=False)
    await add_passkey(house, anna, device)
    question = await ask(house)
    await sign_in(house, device, question)
    await refused(house, device, question)
    await sign_in(house, device)


async def test_a_touch_alone_does_not(house: House, anna: UserId) -> None:
    device = SoftAuthenticator()
    await add_passkey(house, anna, device)
    device.verifies = False
    await refused(house, device)


async def test_a_copy_whose_count_is_behind_does_not(house: House, anna: UserId) -> None:
    device = SoftAuthenticator()
    await add_passkey(house, anna, device)
    await sign_in(house, device)
    device.count -= 1
    await refused(house, device)


async def test_one_that_nobody_has_does_not(house: House, anna: UserId) -> None:
    device = SoftAuthenticator()
    await refused(house, device)
    made = await add_passkey(house, anna, device)
    await do_remove_passkey(house.actions, await caller(house, anna), made.passkey.id)
    await refused(house, device)


async def test_too_late_is_too_late(house: House, anna: UserId) -> None:
    device = SoftAuthenticator()
    await add_passkey(house, anna, device)
    question = await ask(house)
    house.clock.advance(CHALLENGE_S)
    await refused(house, device, question)


async def test_a_challenge_of_ones_own_making_is_none(house: House, anna: UserId) -> None:
    device = SoftAuthenticator()
    await add_passkey(house, anna, device)
    await refused(house, device, replace(await ask(house), challenge="A" * 48))


async def test_a_page_of_another_server_cannot_use_it(house: House, anna: UserId) -> None:
    device = SoftAuthenticator()
    await add_passkey(house, anna, device)
    device.origin = "https://talk.example.org.evil.example"
    await refused(house, device)


async def test_one_address_does_not_try_without_end(house: House) -> None:
    house = house.with_rates({Rule.PASSKEY: Rate(1, 60)})
    question = await ask(house)
    with pytest.raises(TooMany):
        await ask(house)
    with pytest.raises(TooMany):
        await sign_in(house, SoftAuthenticator(), question)

from __future__ import annotations

import base64

import pytest

from server.actions.accounts import LogIn, do_log_in
from server.actions.factors import (
    ENROLMENT_S,
    AppCode,
    do_begin_app,
    do_confirm_app,
    do_forget_half_done,
    do_remove_app,
    do_renew_recovery_codes,
    do_reset_factors,
    get_factors,
)
from server.actions.passkeys import do_add_passkey, do_begin_passkey, do_remove_passkey
from server.actions.second_step import TICKET_S, FactorWanted, LogInByFactor, do_log_in_by_factor
from server.actions.sessions import Authenticated, SessionGrant
from server.domain.errors import Conflict, Forbidden, TooMany
from server.domain.factors import FactorKind
from server.domain.ids import PasskeyId, SessionId, Snowflake, UserId
from server.domain.rates import Rate, Rule
from tests.support.actions import HOME, House
from tests.support.authenticator import SoftAuthenticator
from tests.support.factors import SITE, add_app, add_passkey, caller, code_now, log_in, new_passkey, ticket
from tests.support.mails import PASSWORD, mails, with_email


async def test_an_app_is_set_up_by_its_first_code(house: House) -> None:
    user_id = await house.user("anna")
    begun = await do_begin_app(house.actions, await caller(house, user_id), SITE)
    assert begun.uri == f"otpauth://totp/talk.example.org:anna?secret={begun.secret}&issuer=talk.example.org"
    assert begun.qr_svg.startswith("<svg")
    assert (await get_factors(house.actions, user_id)).app_since_ms is None
    secret = base64.b32decode(begun.secret)
    assert len(secret) == 20
    with pytest.raises(Forbidden) as refused:
        await do_confirm_app(house.actions, await caller(house, user_id), AppCode(code=code_now(house, secret, 5)))
    assert refused.value.code == "bad_code"
    made = await do_confirm_app(house.actions, await caller(house, user_id), AppCode(code=code_now(house, secret)))
    assert made.recovery_codes is not None
    assert len(set(made.recovery_codes)) == 10
    mine = await get_factors(house.actions, user_id)
    assert (mine.app_since_ms, mine.passkeys, mine.recovery_codes_left) == (house.clock.ms, (), 10)


async def test_the_code_that_set_it_up_is_used(house: House) -> None:
    user_id = await house.user("anna")
    begun = await do_begin_app(house.actions, await caller(house, user_id), SITE)
    code = code_now(house, base64.b32decode(begun.secret))
    await do_confirm_app(house.actions, await caller(house, user_id), AppCode(code=code))
    given = (await ticket(house, "anna")).ticket
    with pytest.raises(Forbidden):
        await do_log_in_by_factor(house.actions, LogInByFactor(ticket=given, code=code), HOME, SITE)


async def test_the_secret_is_not_in_the_database(house: House) -> None:
    user_id = await house.user("anna")
    secret, codes = await add_app(house, user_id)
    async with house.store.read() as reader:
        app = await reader.factors.totp(user_id)
    assert app is not None
    assert secret not in app.sealed_secret
    assert house.actions.sealer.open(app.sealed_secret, f"totp {int(user_id)}") == secret
    assert house.actions.sealer.open(app.sealed_secret, "totp 1") is None
    assert codes


async def test_a_second_secret_ends_the_first_as_long_as_none_counts(house: House) -> None:
    user_id = await house.user("anna")
    first = base64.b32decode((await do_begin_app(house.actions, await caller(house, user_id), SITE)).secret)
    second = base64.b32decode((await do_begin_app(house.actions, await caller(house, user_id), SITE)).secret)
    with pytest.raises(Forbidden):
        await do_confirm_app(house.actions, await caller(house, user_id), AppCode(code=code_now(house, first)))
    await do_confirm_app(house.actions, await caller(house, user_id), AppCode(code=code_now(house, second)))
    for again in (
        do_begin_app(house.actions, await caller(house, user_id), SITE),
        do_confirm_app(house.actions, await caller(house, user_id), AppCode(code=code_now(house, second, 1))),
    ):
        with pytest.raises(Conflict) as refused:
            await again
        assert refused.value.code == "factor_exists"


async def test_setting_up_does_not_take_for_ever(house: House) -> None:
    user_id = await house.user("anna")
    secret = base64.b32decode((await do_begin_app(house.actions, await caller(house, user_id), SITE)).secret)
    house.clock.advance(ENROLMENT_S)
    with pytest.raises(Conflict) as refused:
        await do_confirm_app(house.actions, await caller(house, user_id), AppCode(code=code_now(house, secret)))
    assert refused.value.code == "no_factor"


async def test_nothing_is_confirmed_removed_or_renewed_that_is_not_there(house: House) -> None:
    who = await caller(house, await house.user("anna"))
    for attempt in (
        do_confirm_app(house.actions, who, AppCode(code="123456")),
        do_remove_app(house.actions, who),
        do_renew_recovery_codes(house.actions, who),
    ):
        with pytest.raises(Conflict) as refused:
            await attempt
        assert refused.value.code == "no_factor"


async def test_without_the_app_the_password_is_enough_again(house: House) -> None:
    user_id = await house.user("anna")
    await add_app(house, user_id)
    await do_remove_app(house.actions, await caller(house, user_id))
    assert isinstance(await log_in(house, "anna"), SessionGrant)
    assert (await get_factors(house.actions, user_id)).recovery_codes_left == 0


async def test_recovery_codes_stay_as_long_as_there_is_a_factor(house: House) -> None:
    user_id = await house.user("anna")
    await add_app(house, user_id)
    assert (await add_passkey(house, user_id, SoftAuthenticator())).recovery_codes is None
    await do_remove_app(house.actions, await caller(house, user_id))
    assert (await get_factors(house.actions, user_id)).recovery_codes_left == 10


async def test_new_recovery_codes_end_the_old(house: House) -> None:
    user_id = await house.user("anna")
    _, old = await add_app(house, user_id)
    fresh = (await do_renew_recovery_codes(house.actions, await caller(house, user_id))).recovery_codes
    assert fresh is not None
    assert not set(fresh) & set(old)
    given = (await ticket(house, "anna")).ticket
    with pytest.raises(Forbidden):
        await do_log_in_by_factor(house.actions, LogInByFactor(ticket=given, recovery_code=old[0]), HOME, SITE)
    await do_log_in_by_factor(house.actions, LogInByFactor(ticket=given, recovery_code=fresh[0]), HOME, SITE)
    assert (await get_factors(house.actions, user_id)).recovery_codes_left == 9


async def test_changes_are_limited(house: House) -> None:
    who = await caller(house, await house.user("anna"))
    house = house.with_rates({Rule.FACTOR_CHANGE: Rate(1, 60)})
    await do_begin_app(house.actions, who, SITE)
    for attempt in (
        do_begin_app(house.actions, who, SITE),
        do_confirm_app(house.actions, who, AppCode(code="1")),
        do_remove_app(house.actions, who),
        do_renew_recovery_codes(house.actions, who),
    ):
        with pytest.raises(TooMany):
            await attempt


async def test_an_account_that_is_gone_gets_no_secret(house: House) -> None:
    gone = Authenticated(user_id=UserId(Snowflake(1)), session_id=SessionId(Snowflake(1)), expires_ms=2**53)
    with pytest.raises(Forbidden) as refused:
        await do_begin_app(house.actions, gone, SITE)
    assert refused.value.code == "proof_required"


async def test_all_that_changes_factors_needs_a_proof(house: House) -> None:
    user_id = await house.user("anna")
    who = await caller(house, user_id)
    house.clock.advance(house.actions.limits.proof_lifetime_s)
    stale = (
        lambda: do_begin_app(house.actions, who, SITE),
        lambda: do_confirm_app(house.actions, who, AppCode(code="1")),
        lambda: do_remove_app(house.actions, who),
        lambda: do_renew_recovery_codes(house.actions, who),
        lambda: do_begin_passkey(house.actions, who, SITE),
        lambda: do_remove_passkey(house.actions, who, PasskeyId(Snowflake(1))),
    )
    for attempt in stale:
        with pytest.raises(Forbidden) as refused:
            await attempt()
        assert (refused.value.code, refused.value.data) == ("proof_required", {"kinds": ()})
    await add_app(house, user_id)
    with pytest.raises(Forbidden) as refused:
        await do_remove_app(house.actions, who)
    assert refused.value.data == {"kinds": (FactorKind.TOTP, FactorKind.RECOVERY)}


async def test_a_passkey_is_not_added_after_the_proof_has_ended(house: House) -> None:
    who = await caller(house, await house.user("anna"))
    house.clock.advance(house.actions.limits.proof_lifetime_s - 1)
    wish = await do_begin_passkey(house.actions, who, SITE)
    house.clock.advance(1)
    with pytest.raises(Forbidden) as refused:
        await do_add_passkey(house.actions, who, new_passkey(SoftAuthenticator(), wish.challenge), SITE)
    assert refused.value.code == "proof_required"


async def test_half_done_log_ins_are_forgotten(house: House) -> None:
    await add_app(house, await house.user("anna"))
    await ticket(house, "anna")
    assert await do_forget_half_done(house.actions) == 0
    house.clock.advance(TICKET_S)
    assert await do_forget_half_done(house.actions) == 1


async def test_each_change_is_told_by_mail(house: House) -> None:
    who = await with_email(house)
    user_id = who.user_id

    async def told() -> list[str]:
        return [mail.subject for mail in await mails(house)]

    await add_app(house, user_id)
    assert await told() == ["Authenticator app set up"]
    fresh = (await do_renew_recovery_codes(house.actions, await caller(house, user_id))).recovery_codes
    assert await told() == ["New recovery codes"]
    made = await add_passkey(house, user_id, SoftAuthenticator(), name="Phone")
    assert await told() == ["Passkey added"]
    wanted = await do_log_in(house.actions, LogIn(username="anna", password=PASSWORD), HOME)
    assert isinstance(wanted, FactorWanted)
    assert fresh is not None
    shown = LogInByFactor(ticket=wanted.factor.ticket, recovery_code=fresh[0])
    await do_log_in_by_factor(house.actions, shown, HOME, SITE)
    (mail,) = await mails(house)
    assert (mail.subject, mail.to) == ("Recovery code used", "anna@example.org")
    assert "left: 9." in mail.text
    assert not any(code in mail.text for code in fresh)
    await do_remove_passkey(house.actions, await caller(house, user_id), made.passkey.id)
    assert await told() == ["Passkey removed"]
    await do_remove_app(house.actions, await caller(house, user_id))
    assert await told() == ["Authenticator app turned off"]
    assert not await do_reset_factors(house.actions, user_id)
    assert await told() == [], "there was nothing to reset"
    await add_app(house, user_id)
    await do_reset_factors(house.actions, user_id)
    assert (await told())[1:] == ["Second factors reset"]


async def test_what_failed_is_told_to_nobody(house: House) -> None:
    who = await with_email(house)
    await do_begin_app(house.actions, who, SITE)
    with pytest.raises(Forbidden):
        await do_confirm_app(house.actions, who, AppCode(code="000000"))
    with pytest.raises(Conflict):
        await do_renew_recovery_codes(house.actions, who)
    assert await mails(house) == []

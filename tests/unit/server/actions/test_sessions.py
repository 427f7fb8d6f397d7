from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from server.actions.accounts import SignUp, do_sign_up
from server.actions.sessions import (
    LOST_ANSWER_MS,
    SessionGrant,
    authenticate,
    do_forget_expired,
    do_log_out,
    do_refresh,
)
from server.adapters.tokens import JwtTokens, SigningKey
from server.domain.errors import ParleyError, TooMany, Unauthenticated
from server.domain.events import SessionRevoked
from server.domain.ids import SessionId, Snowflake, UserId
from server.domain.rates import Rate, Rule
from tests.support.actions import HOME, House
from tests.support.statements import ask

DAY_S = 86_400


async def log_in(house: House) -> SessionGrant:
    return await do_sign_up(house.actions, SignUp(username="anna", password="a long secret"), HOME)


async def refused(attempt: object) -> str:
    with pytest.raises(ParleyError) as error:
        await attempt  # type: ignore[misc]
    return error.value.code


def revoked(house: House) -> list[SessionId]:
    return [notice.session_id for notice in house.bus.notices if isinstance(notice, SessionRevoked)]


# -------------------------------------------------------------------------------------------------------- access tokens


async def test_a_token_speaks_for_its_user_until_it_expires(house: House) -> None:
    grant = await log_in(house)
    who = await authenticate(house.actions, grant.access_token)
    assert (who.user_id, who.session_id) == (grant.me.id, grant.session_id)
    assert who.expires_ms == house.clock.ms + 900_000
    house.clock.advance(899)
    assert await authenticate(house.actions, grant.access_token) == who
    house.clock.advance(1)
    assert await refused(authenticate(house.actions, grant.access_token)) == "token_expired"


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "é"])
async def test_what_is_no_token_speaks_for_nobody(house: House, token: str) -> None:
    assert await refused(authenticate(house.actions, token)) == "unauthenticated"


async def test_a_token_without_its_session_speaks_for_nobody(house: House) -> None:
    grant = await log_in(house)
    nowhere = house.actions.tokens.issue(grant.me.id, SessionId(Snowflake(1)), house.clock.ms)
    assert await refused(authenticate(house.actions, nowhere)) == "session_revoked"
    other = house.actions.tokens.issue(UserId(Snowflake(1)), grant.session_id, house.clock.ms)
    assert await refused(authenticate(house.actions, other)) == "session_revoked"


async def test_a_session_is_read_once_and_then_known(house: House) -> None:
    grant = await log_in(house)
    await authenticate(house.actions, grant.access_token)
    await house.store.close()
    await authenticate(house.actions, grant.access_token)
    house.clock.advance(61)
    assert await refused(authenticate(house.actions, grant.access_token)) == "shutting_down"


async def test_a_log_out_counts_at_once(house: House) -> None:
    grant = await log_in(house)
    await authenticate(house.actions, grant.access_token)
    await do_log_out(house.actions, grant.refresh_token)
    assert revoked(house) == [grant.session_id]
    assert await refused(authenticate(house.actions, grant.access_token)) == "session_revoked"
    assert await refused(authenticate(house.actions, grant.access_token)) == "session_revoked"
    assert await refused(do_refresh(house.actions, grant.refresh_token, HOME)) == "session_revoked"


async def test_logging_out_twice_or_with_nothing_says_nothing(house: House) -> None:
    grant = await log_in(house)
    for token in (grant.refresh_token, grant.refresh_token, "unknown", "", "é", "x" * 1000):
        await do_log_out(house.actions, token)
    assert revoked(house) == [grant.session_id]


async def test_a_session_ends_after_its_lifetime_however_busy(house: House) -> None:
    grant = await log_in(house)
    for _ in range(4):
        house.clock.advance(22 * DAY_S)
        grant = await do_refresh(house.actions, grant.refresh_token, HOME)
    house.clock.advance(2 * DAY_S)
    assert await refused(do_refresh(house.actions, grant.refresh_token, HOME)) == "session_revoked"
    token = house.actions.tokens.issue(grant.me.id, grant.session_id, house.clock.ms)
    assert await refused(authenticate(house.actions, token)) == "session_revoked"


async def test_a_session_ends_when_nobody_comes_back_for_long(house: House) -> None:
    grant = await log_in(house)
    house.clock.advance(30 * DAY_S + 1)
    assert await refused(do_refresh(house.actions, grant.refresh_token, HOME)) == "session_revoked"


# ------------------------------------------------------------------------------------------------------------- refresh


async def test_each_refresh_gives_a_new_token_of_the_same_session(house: House) -> None:
    first = await log_in(house)
    seen = {first.refresh_token}
    grant = first
    for _ in range(5):
        house.clock.advance(600)
        grant = await do_refresh(house.actions, grant.refresh_token, HOME)
        assert grant.session_id == first.session_id
        assert grant.me == first.me
        assert (await authenticate(house.actions, grant.access_token)).user_id == first.me.id
        seen.add(grant.refresh_token)
    assert len(seen) == 6
    assert revoked(house) == []


async def test_a_lost_answer_is_given_again(house: House) -> None:
    first = await log_in(house)
    lost = await do_refresh(house.actions, first.refresh_token, HOME)
    house.clock.advance(LOST_ANSWER_MS / 1000)
    again = await do_refresh(house.actions, first.refresh_token, HOME)
    assert again.refresh_token == lost.refresh_token
    await do_refresh(house.actions, again.refresh_token, HOME)
    assert revoked(house) == []


async def test_two_tabs_that_refresh_at_once_get_the_same_token(house: House) -> None:
    first = await log_in(house)
    grants = await asyncio.gather(*(do_refresh(house.actions, first.refresh_token, HOME) for _ in range(5)))
    assert len({grant.refresh_token for grant in grants}) == 1
    assert grants[0].refresh_token != first.refresh_token


async def test_a_late_tab_gets_to_the_end_of_a_short_chain(house: House) -> None:
    first = await log_in(house)
    second = await do_refresh(house.actions, first.refresh_token, HOME)
    third = await do_refresh(house.actions, second.refresh_token, HOME)
    assert (await do_refresh(house.actions, first.refresh_token, HOME)).refresh_token == third.refresh_token


async def test_a_spent_token_used_again_later_ends_the_session_for_both(house: House) -> None:
    stolen = await log_in(house)
    rightful = await do_refresh(house.actions, stolen.refresh_token, HOME)
    house.clock.advance(LOST_ANSWER_MS / 1000 + 0.001)
    assert await refused(do_refresh(house.actions, stolen.refresh_token, HOME)) == "session_revoked"
    assert revoked(house) == [stolen.session_id]
    assert await refused(do_refresh(house.actions, rightful.refresh_token, HOME)) == "session_revoked"
    assert await refused(authenticate(house.actions, rightful.access_token)) == "session_revoked"


async def test_the_grace_for_lost_answers_does_not_slide(house: House) -> None:
    first = await log_in(house)
    await do_refresh(house.actions, first.refresh_token, HOME)
    for _ in range(2):
        house.clock.advance(4)
        await do_refresh(house.actions, first.refresh_token, HOME)
    house.clock.advance(4)
    assert await refused(do_refresh(house.actions, first.refresh_token, HOME)) == "session_revoked"


async def test_a_chain_longer_than_answers_get_lost_is_a_theft(house: House) -> None:
    first = await log_in(house)
    grant = first
    for _ in range(6):
        grant = await do_refresh(house.actions, grant.refresh_token, HOME)
    assert await refused(do_refresh(house.actions, first.refresh_token, HOME)) == "session_revoked"


async def test_a_lost_answer_is_found_under_an_earlier_key_and_not_without_it(house: House) -> None:
    first = await log_in(house)
    lost = await do_refresh(house.actions, first.refresh_token, HOME)
    old, new = SigningKey("test", b"k" * 32), SigningKey("newer", b"n" * 32)
    rotated = replace(house.actions, tokens=JwtTokens([new, old], issuer="parley.test"))
    assert (await do_refresh(rotated, first.refresh_token, HOME)).refresh_token == lost.refresh_token
    dropped = replace(house.actions, tokens=JwtTokens([new], issuer="parley.test"))
    assert await refused(do_refresh(dropped, first.refresh_token, HOME)) == "session_revoked"


@pytest.mark.parametrize("token", ["", "unknown", "é", "x" * 1000])
async def test_an_unknown_refresh_token_ends_nothing(house: House, token: str) -> None:
    grant = await log_in(house)
    assert await refused(do_refresh(house.actions, token, HOME)) == "unauthenticated"
    await do_refresh(house.actions, grant.refresh_token, HOME)


async def test_an_account_that_is_gone_has_no_sessions(house: House) -> None:
    grant = await log_in(house)
    async with house.store.write() as uow:
        await ask(uow, "PRAGMA defer_foreign_keys = ON")
        await ask(uow, "DELETE FROM users WHERE id = :id", id=grant.me.id)
    assert await refused(do_refresh(house.actions, grant.refresh_token, HOME)) == "unauthenticated"


async def test_refreshing_without_end_is_slowed_down(house: House) -> None:
    house = house.with_rates({Rule.REFRESH: Rate(1, 60)})
    grant = await log_in(house)
    await do_refresh(house.actions, grant.refresh_token, HOME)
    with pytest.raises(TooMany):
        await do_refresh(house.actions, grant.refresh_token, HOME)


async def test_ended_sessions_are_forgotten_a_day_later(house: House) -> None:
    grant = await log_in(house)
    await do_log_out(house.actions, grant.refresh_token)
    assert await do_forget_expired(house.actions) == 0
    house.clock.advance(DAY_S + 1)
    assert await do_forget_expired(house.actions) == 1
    with pytest.raises(Unauthenticated):
        await do_refresh(house.actions, grant.refresh_token, HOME)

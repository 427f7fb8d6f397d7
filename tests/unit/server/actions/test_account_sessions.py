from __future__ import annotations

import pytest

from server.actions.account_sessions import do_end_other_sessions, do_end_session, get_sessions
from server.actions.accounts import LogIn, do_log_in
from server.actions.context import Origin
from server.actions.sessions import Authenticated, SessionGrant, authenticate
from server.domain.errors import Forbidden, NotFound, Unauthenticated
from server.domain.events import SessionRevoked
from server.domain.ids import SessionId, Snowflake
from tests.support.actions import START_MS, House
from tests.support.mails import PASSWORD, newcomer

PHONE = Origin(address="198.51.100.7", device="Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36")


async def log_in(house: House) -> tuple[str, Authenticated]:
    grant = await do_log_in(house.actions, LogIn(username="anna", password=PASSWORD), PHONE)
    assert isinstance(grant, SessionGrant)
    return grant.access_token, await authenticate(house.actions, grant.access_token)


async def test_log_ins_are_listed_with_device_address_and_last_use(house: House) -> None:
    first = await newcomer(house)
    house.clock.advance(60)
    _, second = await log_in(house)
    await newcomer(house, "boris")
    found = (await get_sessions(house.actions, second)).sessions
    assert [(one.id, one.current) for one in found] == [(second.session_id, True), (first.session_id, False)]
    assert (found[0].device, found[0].address) == ("Chrome on Android", "198.51.100.7")
    assert (found[0].created_ms, found[0].used_ms, found[1].used_ms) == (START_MS + 60_000, START_MS + 60_000, START_MS)


async def test_what_has_ended_or_lies_idle_too_long_is_not_listed(house: House) -> None:
    first = await newcomer(house)
    _, second = await log_in(house)
    await do_end_session(house.actions, first, second.session_id)
    house.clock.advance(house.actions.settings.session_idle_s - 1)
    third = (await log_in(house))[1]
    house.clock.advance(2)
    assert [one.id for one in (await get_sessions(house.actions, third)).sessions] == [third.session_id]


async def test_one_ends_at_once_with_its_sockets(house: House) -> None:
    first = await newcomer(house)
    token, second = await log_in(house)
    await do_end_session(house.actions, first, second.session_id)
    assert house.bus.notices[-1] == SessionRevoked(second.session_id)
    with pytest.raises(Unauthenticated) as ended:
        await authenticate(house.actions, token)
    assert ended.value.code == "session_revoked"
    assert len((await get_sessions(house.actions, first)).sessions) == 1


async def test_all_others_end_and_this_one_goes_on(house: House) -> None:
    first = await newcomer(house)
    others = {(await log_in(house))[1].session_id for _ in range(2)}
    house.bus.notices.clear()
    await do_end_other_sessions(house.actions, first)
    revoked = {one.session_id for one in house.bus.notices if isinstance(one, SessionRevoked)}
    assert revoked == others
    assert [one.id for one in (await get_sessions(house.actions, first)).sessions] == [first.session_id]


async def test_it_needs_a_proof(house: House) -> None:
    first = await newcomer(house)
    house.clock.advance(600)
    _, second = await log_in(house)
    for attempt in (
        do_end_session(house.actions, first, second.session_id),
        do_end_other_sessions(house.actions, first),
    ):
        with pytest.raises(Forbidden) as refused:
            await attempt
        assert refused.value.code == "proof_required"
    assert len((await get_sessions(house.actions, first)).sessions) == 2


async def test_others_log_ins_do_not_exist(house: House) -> None:
    anna, boris = await newcomer(house), await newcomer(house, "boris")
    for session_id in (boris.session_id, SessionId(Snowflake(5))):
        with pytest.raises(NotFound) as refused:
            await do_end_session(house.actions, anna, session_id)
        assert refused.value.code == "unknown_session"
    assert len((await get_sessions(house.actions, boris)).sessions) == 1

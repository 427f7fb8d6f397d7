from __future__ import annotations

import hashlib

from msgspec.structs import replace

from db.store import SqlStore
from server.domain.ids import SessionId, Snowflake
from server.ports import RefreshToken, SessionRecord
from tests.support.rows import ANNA, BEN, CLEO

PHONE, LAPTOP = SessionId(Snowflake(501)), SessionId(Snowflake(502))


def hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def session(id_: SessionId, *, expires_ms: int = 9_000) -> SessionRecord:
    return SessionRecord(
        id=id_, user_id=ANNA, device="Firefox", address="::1", created_ms=1_000, used_ms=1_000, expires_ms=expires_ms
    )


def token(name: str, session_id: SessionId, created_ms: int = 1_000) -> RefreshToken:
    return RefreshToken(token_hash=hashed(name), session_id=session_id, created_ms=created_ms)


async def test_a_session_is_found_by_id_and_by_token(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.sessions.add(session(PHONE), token("p", PHONE))
        await uow.sessions.add(replace(session(LAPTOP), user_id=BEN), token("l", LAPTOP))
    async with world.read() as reader:
        assert await reader.sessions.get(PHONE) == session(PHONE)
        assert await reader.sessions.by_token(hashed("p")) == (session(PHONE), token("p", PHONE))
        assert await reader.sessions.get(SessionId(Snowflake(9))) is None
        assert await reader.sessions.by_token(hashed("other")) is None


async def test_rotation_spends_the_old_token_and_keeps_it_known(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.sessions.add(session(PHONE), token("1", PHONE))
        await uow.sessions.rotate(hashed("1"), token("2", PHONE, created_ms=2_000))
    async with world.read() as reader:
        used = replace(session(PHONE), used_ms=2_000)
        assert await reader.sessions.by_token(hashed("1")) == (used, replace(token("1", PHONE), spent_ms=2_000))
        assert await reader.sessions.by_token(hashed("2")) == (used, token("2", PHONE, created_ms=2_000))


async def test_the_first_revocation_counts(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.sessions.add(session(PHONE), token("p", PHONE))
        await uow.sessions.add(session(LAPTOP), token("l", LAPTOP))
        await uow.sessions.revoke(PHONE, 3_000)
        await uow.sessions.revoke(PHONE, 4_000)
    async with world.read() as reader:
        assert await reader.sessions.get(PHONE) == replace(session(PHONE), revoked_ms=3_000)
        assert await reader.sessions.get(LAPTOP) == session(LAPTOP)


async def test_the_log_ins_that_count_are_listed_the_last_used_first(world: SqlStore) -> None:
    kinds = {
        601: {"used_ms": 3_000},
        602: {"used_ms": 5_000},
        603: {"revoked_ms": 50},
        604: {"expires_ms": 200},
        605: {"used_ms": 100},
        606: {"user_id": BEN},
    }
    async with world.write() as uow:
        for number, fields in kinds.items():
            id_ = SessionId(Snowflake(number))
            await uow.sessions.add(replace(session(id_), **fields), token(str(number), id_))  # type: ignore[arg-type]
        assert [one.id for one in await uow.sessions.of_user(ANNA, 200, 101, 10)] == [602, 601]
        assert [one.id for one in await uow.sessions.of_user(ANNA, 200, 100, 10)] == [602, 601, 605]
        assert [one.id for one in await uow.sessions.of_user(ANNA, 200, 100, 1)] == [602]
        assert await uow.sessions.seen(ANNA, 10) == [("Firefox", "::1")] * 5
        assert len(await uow.sessions.seen(ANNA, 2)) == 2


async def test_all_but_one_are_revoked(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.sessions.add(session(PHONE), token("p", PHONE))
        await uow.sessions.add(session(LAPTOP), token("l", LAPTOP))
        assert await uow.sessions.revoke_all(ANNA, 3_000, but=LAPTOP) == [PHONE]
        assert await uow.sessions.revoke_all(ANNA, 4_000, but=LAPTOP) == []
    async with world.read() as reader:
        assert await reader.sessions.get(PHONE) == replace(session(PHONE), revoked_ms=3_000)
        assert await reader.sessions.get(LAPTOP) == session(LAPTOP)


async def test_a_proof_is_kept_for_one_session(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.sessions.add(session(PHONE), token("p", PHONE))
        await uow.sessions.add(replace(session(LAPTOP), proved_ms=2_000), token("l", LAPTOP))
        await uow.sessions.prove(PHONE, 3_000)
    async with world.read() as reader:
        assert await reader.sessions.get(PHONE) == replace(session(PHONE), proved_ms=3_000)
        assert await reader.sessions.get(LAPTOP) == replace(session(LAPTOP), proved_ms=2_000)


async def test_of_many_those_that_were_revoked_are_told(world: SqlStore) -> None:
    unknown = SessionId(Snowflake(9))
    async with world.write() as uow:
        await uow.sessions.add(session(PHONE), token("p", PHONE))
        await uow.sessions.add(session(LAPTOP), token("l", LAPTOP))
        assert await uow.sessions.revoked([PHONE, LAPTOP, unknown]) == set()
        await uow.sessions.revoke(LAPTOP, 3_000)
    async with world.read() as reader:
        assert await reader.sessions.revoked([PHONE, LAPTOP, LAPTOP, unknown]) == {LAPTOP}
        assert await reader.sessions.revoked([PHONE]) == set()
        assert await reader.sessions.revoked([]) == set()


async def test_what_ended_before_now_is_forgotten_with_its_tokens(world: SqlStore) -> None:
    tablet = SessionId(Snowflake(503))
    async with world.write() as uow:
        await uow.sessions.add(session(PHONE, expires_ms=5_000), token("p", PHONE))
        await uow.sessions.add(session(LAPTOP), token("l", LAPTOP))
        await uow.sessions.add(session(tablet), token("t", tablet))
        await uow.sessions.revoke(LAPTOP, 4_000)
        assert await uow.sessions.forget_expired(4_000) == 0
        assert await uow.sessions.forget_expired(5_001) == 2
    async with world.read() as reader:
        assert await reader.sessions.get(PHONE) is None
        assert await reader.sessions.by_token(hashed("p")) is None
        assert await reader.sessions.by_token(hashed("l")) is None
        assert await reader.sessions.get(tablet) == session(tablet)


async def test_who_was_here_last(world: SqlStore) -> None:
    used = {
        601: (ANNA, 5_000, 9_000, None),
        602: (ANNA, 1_000, 9_000, None),
        603: (BEN, 3_000, 9_000, None),
        604: (CLEO, 8_000, 100, None),
        605: (CLEO, 8_000, 9_000, 50),
    }
    async with world.write() as uow:
        for number, (user_id, used_ms, expires_ms, revoked_ms) in used.items():
            id_ = SessionId(Snowflake(number))
            one = replace(session(id_), user_id=user_id, used_ms=used_ms, expires_ms=expires_ms, revoked_ms=revoked_ms)
            await uow.sessions.add(one, token(str(number), id_))
        assert await uow.sessions.last_used(200, 10) == [ANNA, BEN]
        assert await uow.sessions.last_used(200, 1) == [ANNA]
        assert await uow.sessions.last_used(20_000, 10) == []


async def test_all_of_one_user_are_revoked_at_once(world: SqlStore) -> None:
    bens = SessionId(Snowflake(503))
    async with world.write() as uow:
        await uow.sessions.add(session(PHONE), token("p", PHONE))
        await uow.sessions.add(session(LAPTOP), token("l", LAPTOP))
        await uow.sessions.add(replace(session(bens), user_id=BEN), token("b", bens))
        await uow.sessions.revoke(LAPTOP, 2_000)
        assert await uow.sessions.revoke_all(ANNA, 3_000) == [PHONE]
        assert await uow.sessions.revoke_all(ANNA, 4_000) == []
    async with world.read() as reader:
        assert await reader.sessions.get(PHONE) == replace(session(PHONE), revoked_ms=3_000)
        assert await reader.sessions.get(LAPTOP) == replace(session(LAPTOP), revoked_ms=2_000)
        assert await reader.sessions.revoked([PHONE, LAPTOP, bens]) == {PHONE, LAPTOP}

from __future__ import annotations

from db.store import SqlStore
from server.domain.entities import Announcement
from server.domain.ids import FileId, SessionId, Snowflake, UserId
from server.domain.standing import Standing
from server.ports import RefreshToken, SessionRecord, StoredFile
from server.ports.operations import AccountLine
from tests.support.rows import ANNA, BEN, CLEO, message, user

NOW_MS = 1_000


def line(id_: UserId, name: str, **fields: int) -> AccountLine:
    values = {"sessions": 0, "files": 0, "files_bytes": 0} | fields
    return AccountLine(user=user(id_, name), operator=False, **values)


async def add_file(store: SqlStore, number: int, owner_id: UserId, size_bytes: int) -> None:
    async with store.write() as uow:
        file_id = FileId(Snowflake(number))
        await uow.files.add(
            StoredFile(id=file_id, owner_id=owner_id, name="x", media_type="image/png", size_bytes=size_bytes)
        )


async def add_session(store: SqlStore, number: int, user_id: UserId, expires_ms: int) -> None:
    session_id = SessionId(Snowflake(number))
    record = SessionRecord(
        id=session_id, user_id=user_id, device="", address="", created_ms=0, used_ms=0, expires_ms=expires_ms
    )
    async with store.write() as uow:
        await uow.sessions.add(
            record, RefreshToken(token_hash=number.to_bytes(32, "big"), session_id=session_id, created_ms=0)
        )


async def test_accounts_by_the_beginning_of_their_names(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.standings.put(Standing(user_id=BEN, disabled_ms=5))
    await add_session(world, 1, ANNA, NOW_MS + 1)
    await add_session(world, 2, ANNA, NOW_MS)
    async with world.write() as uow:
        await uow.sessions.revoke(SessionId(Snowflake(2)), 1)
    await add_file(world, 7, ANNA, 3 << 32)
    anna = line(ANNA, "anna", sessions=1, files=1, files_bytes=3 << 32)
    ben, cleo = line(BEN, "ben", disabled_ms=5), line(CLEO, "cleo")
    async with world.read() as reader:
        accounts = reader.operations.accounts
        assert await accounts("", "", NOW_MS, 10) == [anna, ben, cleo]
        assert await accounts("", "anna", NOW_MS, 1) == [ben]
        assert await accounts("a", "", NOW_MS, 10) == [anna]
        assert await accounts("an%", "", NOW_MS, 10) == []
        assert await accounts("_nna", "", NOW_MS, 10) == []


async def test_totals_and_who_keep_the_most(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.messages.add(message(7))
        await uow.standings.put(Standing(user_id=CLEO, disabled_ms=5))
    for number, owner_id, size in ((1, ANNA, 5), (2, BEN, 4), (3, BEN, 3)):
        await add_file(world, number, owner_id, size)
    async with world.read() as reader:
        totals = await reader.operations.totals(NOW_MS)
        largest = await reader.operations.largest(NOW_MS, 10)
        first = await reader.operations.largest(NOW_MS, 1)
    assert (totals.accounts, totals.disabled, totals.messages) == (3, 1, 1)
    assert (totals.files, totals.files_bytes, totals.sessions, totals.open_reports) == (3, 12, 0, 0)
    assert totals.groups > 0
    assert totals.database_bytes > 0
    assert largest == [line(BEN, "ben", files=2, files_bytes=7), line(ANNA, "anna", files=1, files_bytes=5)]
    assert first == largest[:1]


async def test_one_announcement_at_a_time_until_its_end(store: SqlStore) -> None:
    first = Announcement(text="Grüße 🌱", made_ms=1)
    second = Announcement(text="other", made_ms=2, until_ms=NOW_MS)
    for announcement in (first, second, None):
        async with store.write() as uow:
            await uow.operations.announce(announcement)
        async with store.read() as reader:
            assert await reader.operations.announcement(NOW_MS - 1) == announcement
    async with store.write() as uow:
        await uow.operations.announce(second)
        assert await uow.operations.announcement(NOW_MS) is None


async def test_an_owner_link_counts_once_and_until_its_end(store: SqlStore) -> None:
    one, other = b"1" * 32, b"2" * 32
    async with store.write() as uow:
        await uow.operations.add_owner_link(one, NOW_MS)
        await uow.operations.add_owner_link(other, NOW_MS)
    async with store.write() as uow:
        assert await uow.operations.has_owner_link(one, NOW_MS - 1)
        assert not await uow.operations.has_owner_link(one, NOW_MS)
        assert await uow.operations.spend_owner_link(one, NOW_MS - 1)
        assert not await uow.operations.spend_owner_link(one, NOW_MS - 1)
        assert not await uow.operations.spend_owner_link(b"3" * 32, NOW_MS - 1)
    async with store.write() as uow:
        assert not await uow.operations.spend_owner_link(other, NOW_MS)
        assert not await uow.operations.has_owner_link(other, NOW_MS - 1), "those that have ended are forgotten"

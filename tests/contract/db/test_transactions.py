"""What a unit of work promises: all or nothing, one after the other, told in that order; also when it is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import TextClause, text
from sqlalchemy.exc import IntegrityError

from db.store import SqlStore, open_store
from db.unit_of_work import SqlReader, SqlUnitOfWork
from server.domain.errors import Unavailable
from server.domain.events import MessageDelete, Notice, Published, SessionRevoked, ToUsers
from server.domain.ids import SessionId, Snowflake, UserId
from tests.support.database import RecordingBus
from tests.support.rows import ANNA, BEN, GENERAL, me, message, message_id, user_id
from tests.support.statements import ask, overheard

_COUNTING = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT count(*) FROM n"
_SLOW = {"sqlite": _COUNTING, "postgresql": "SELECT pg_sleep(0.1)", "mysql": "SELECT SLEEP(0.1)"}


def slow(reader: SqlReader) -> TextClause:
    """A statement that takes about 0.1 s."""
    return text(_SLOW[reader.users._connection.dialect.name])


def notice(number: int) -> Notice:
    return SessionRevoked(SessionId(Snowflake(number)))


async def names(store: SqlStore) -> set[int]:
    async with store.read() as reader:
        return set(await reader.users.by_ids([user_id(number) for number in range(1, 60)]))


async def sign_up(uow: SqlUnitOfWork, number: int) -> None:
    await uow.users.add(me(user_id(number), f"user{number}"), f"user{number}", "hash")


@asynccontextmanager
async def paused_at(store: SqlStore, moment: str) -> AsyncIterator[asyncio.Event]:
    """An event that is set when the store says something that begins with ``moment``."""
    reached = asyncio.Event()

    def note(sql: str, _parameters: object) -> None:
        if sql.startswith(moment):
            reached.set()

    with overheard(store, note):
        yield reached


async def test_notices_go_out_after_the_commit_and_in_order(store: SqlStore, bus: RecordingBus) -> None:
    told = MessageDelete(channel_id=GENERAL, message_id=message_id(1))
    async with store.write() as uow:
        await sign_up(uow, 1)
        uow.publish(ToUsers((ANNA, BEN)), told)
        uow.notify(notice(1))
        assert bus.notices == []
    assert bus.notices == [Published(ToUsers((ANNA, BEN)), told), notice(1)]
    assert await names(store) == {1}


async def test_who_hears_a_notice_can_read_what_it_tells(store: SqlStore) -> None:
    seen: list[set[int]] = []

    class CuriousBus(RecordingBus):
        async def publish(self, notices: Sequence[Notice]) -> None:
            seen.append(await names(store))

    async with SqlStore(store.writer, store.reader, CuriousBus()).write() as uow:
        await sign_up(uow, 1)
        uow.notify(notice(1))
    assert seen == [{1}]


async def test_a_failed_unit_leaves_nothing_and_tells_nothing(store: SqlStore, bus: RecordingBus) -> None:
    async def fail() -> None:
        async with store.write() as uow:
            await sign_up(uow, 1)
            uow.notify(notice(1))
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await names(store) == set()
    assert bus.notices == []
    async with store.write() as uow:
        await sign_up(uow, 2)
    assert await names(store) == {2}


async def test_units_follow_each_other_and_are_told_in_their_order(store: SqlStore, bus: RecordingBus) -> None:
    inside = 0

    async def work(number: int) -> None:
        nonlocal inside
        async with store.write() as uow:
            inside += 1
            assert inside == 1
            await sign_up(uow, number)
            uow.notify(notice(number))
            await asyncio.sleep(0)
            assert inside == 1
            inside -= 1

    await asyncio.gather(*(work(number) for number in range(1, 21)))
    assert bus.notices == [notice(number) for number in range(1, 21)]
    assert await names(store) == set(range(1, 21))


async def test_the_next_unit_begins_after_the_notices_are_out(store: SqlStore) -> None:
    """Also on a bus that takes its time: what comes second is never told first."""
    log: list[str] = []
    let_go = asyncio.Event()

    class SlowBus(RecordingBus):
        async def publish(self, notices: Sequence[Notice]) -> None:
            log.append(f"publishing {len(notices)}")
            await let_go.wait()
            log.append("published")

    slow = SqlStore(store.writer, store.reader, SlowBus())

    async def first() -> None:
        async with slow.write() as uow:
            uow.notify(notice(1))

    async def second() -> None:
        async with slow.write():
            log.append("second")

    tasks = [asyncio.ensure_future(first())]
    while not log:
        await asyncio.wait(tasks, timeout=0.01)
    tasks.append(asyncio.ensure_future(second()))
    await asyncio.wait(tasks, timeout=0.01)
    let_go.set()
    await asyncio.gather(*tasks)
    assert log == ["publishing 1", "published", "second"]


async def test_a_unit_within_a_unit_is_refused(store: SqlStore) -> None:
    async def nest() -> None:
        async with store.write() as uow:
            await sign_up(uow, 1)
            async with store.write():
                pass

    with pytest.raises(RuntimeError, match="within a unit of work"):
        await nest()
    async with store.write() as uow:
        await sign_up(uow, 2)
    assert await names(store) == {2}


async def test_readers_neither_wait_for_the_writer_nor_see_its_half(store: SqlStore) -> None:
    async with store.write() as uow:
        await sign_up(uow, 1)
        assert await names(store) == set()
        assert await uow.users.by_ids([user_id(1)])
    assert await names(store) == {1}


async def test_a_reader_sees_one_state_to_its_end(store: SqlStore) -> None:
    async with store.read() as reader:
        assert await reader.users.by_ids([user_id(1)]) == {}
        async with store.write() as uow:
            await sign_up(uow, 1)
        assert await reader.users.by_ids([user_id(1)]) == {}
    assert await names(store) == {1}


async def test_a_reader_cannot_write(store: SqlStore) -> None:
    async def write() -> None:
        async with store.read() as reader:
            await reader.users.add(me(user_id(1), "a"), "a", "hash")

    with pytest.raises(Unavailable):
        await write()
    assert await names(store) == set()
    async with store.write() as uow:
        await sign_up(uow, 2)
    assert await names(store) == {2}


async def test_a_reader_cannot_put_off_a_write_either(world: SqlStore) -> None:
    async def write() -> None:
        async with world.read() as reader:
            await reader.cursors.set(ANNA, GENERAL, message_id(1))

    with pytest.raises(Unavailable):
        await write()


async def test_a_write_that_was_put_off_and_fails_fails_the_unit(world: SqlStore, bus: RecordingBus) -> None:
    async def write(number: int) -> None:
        async with world.write() as uow:
            uow.notify(notice(number))
            await uow.messages.add(message(number, nonce="n"))

    bus.notices.clear()
    await write(1)
    with pytest.raises(IntegrityError):
        await write(2)
    assert bus.notices == [notice(1)]
    async with world.read() as reader:
        assert await reader.messages.page(GENERAL, limit=5) == [message(1, nonce="n")]


async def test_more_readers_than_connections_take_turns(store: SqlStore) -> None:
    async with store.write() as uow:
        await sign_up(uow, 1)
    assert await asyncio.gather(*(names(store) for _ in range(40))) == [{1}] * 40


async def test_cancelled_between_statements_it_rolls_back(store: SqlStore, bus: RecordingBus) -> None:
    waiting = asyncio.Event()

    async def work() -> None:
        async with store.write() as uow:
            await sign_up(uow, 1)
            uow.notify(notice(1))
            waiting.set()
            await asyncio.Event().wait()

    task = asyncio.ensure_future(work())
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with store.write() as uow:
        await sign_up(uow, 2)
    assert await names(store) == {2}
    assert bus.notices == []


@pytest.mark.parametrize("cancels", [1, 2, 3])
async def test_cancelled_within_a_statement_it_rolls_back(store: SqlStore, bus: RecordingBus, cancels: int) -> None:
    async def work() -> None:
        async with store.write() as uow:
            await sign_up(uow, 1)
            uow.notify(notice(1))
            async with paused_at(store, str(slow(uow))) as reached:
                running.append(reached)
                begun.set()
                await ask(uow, slow(uow))

    running: list[asyncio.Event] = []
    begun = asyncio.Event()
    task = asyncio.ensure_future(work())
    await begun.wait()
    await running[0].wait()
    for _ in range(cancels):
        task.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await task
    for number in (2, 3):
        async with store.write() as uow:
            await sign_up(uow, number)
    assert await names(store) == {2, 3}
    assert bus.notices == []


async def test_a_cancelled_reader_leaves_its_connection_usable(store: SqlStore) -> None:
    async def work() -> None:
        async with store.read() as reader:
            begun.set()
            await ask(reader, slow(reader))

    for _ in range(10):  # more than there are connections
        begun = asyncio.Event()
        task = asyncio.ensure_future(work())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await asyncio.gather(*(names(store) for _ in range(10))) == [set()] * 10


@pytest.mark.parametrize("cancels", [1, 3])
async def test_cancelled_during_the_commit_it_still_commits_and_tells(
    store: SqlStore, bus: RecordingBus, cancels: int
) -> None:
    async def work() -> None:
        async with store.write() as uow:
            await sign_up(uow, 1)
            uow.notify(notice(1))

    async with paused_at(store, "COMMIT") as committing:
        task = asyncio.ensure_future(work())
        await committing.wait()
        for _ in range(cancels):
            task.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await task
    assert bus.notices == [notice(1)]
    assert await names(store) == {1}
    async with store.write() as uow:
        await sign_up(uow, 2)
    assert await names(store) == {1, 2}


async def test_cancelled_while_the_notices_go_out_they_all_go_out(store: SqlStore) -> None:
    publishing, let_go = asyncio.Event(), asyncio.Event()

    class SlowBus(RecordingBus):
        async def publish(self, notices: Sequence[Notice]) -> None:
            publishing.set()
            await let_go.wait()
            await super().publish(notices)

    bus = SlowBus()
    slow = SqlStore(store.writer, store.reader, bus)

    async def work() -> None:
        async with slow.write() as uow:
            await sign_up(uow, 1)
            uow.notify(notice(1))

    task = asyncio.ensure_future(work())
    await publishing.wait()
    task.cancel()
    await asyncio.sleep(0)
    let_go.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert bus.notices == [notice(1)]


async def test_cancelled_at_any_step_it_happened_and_was_told_or_neither(store: SqlStore, bus: RecordingBus) -> None:
    """Each time one turn of the loop later, until the whole unit comes through; the store stays usable."""
    for turns in range(1, 2000):
        before, told = await names(store), len(bus.notices)

        async def work(number: int) -> None:
            async with store.write() as uow:
                await sign_up(uow, number)
                uow.notify(notice(number))

        number = len(before) + 1
        task = asyncio.ensure_future(work(number))
        for _ in range(turns):
            await asyncio.sleep(0)
        through = task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        happened = await names(store) - before
        assert bus.notices[told:] == [notice(number) for number in happened]
        if through or len(before) > 40:
            break
    assert await names(store)


async def test_a_bus_that_fails_does_not_undo_what_is_committed(store: SqlStore) -> None:
    class BrokenBus(RecordingBus):
        async def publish(self, notices: Sequence[Notice]) -> None:
            raise ConnectionError

    broken = SqlStore(store.writer, store.reader, BrokenBus())

    async def work() -> None:
        async with broken.write() as uow:
            await sign_up(uow, 1)
            uow.notify(notice(1))

    with pytest.raises(ConnectionError):
        await work()
    assert await names(store) == {1}
    async with store.write() as uow:
        await sign_up(uow, 2)
    assert await names(store) == {1, 2}


async def test_ping_and_close(store: SqlStore) -> None:
    await store.ping()
    held = asyncio.Event()
    let_go = asyncio.Event()

    async def work() -> None:
        async with store.write() as uow:
            held.set()
            await let_go.wait()
            await sign_up(uow, 1)

    working = asyncio.ensure_future(work())
    await held.wait()
    closing = asyncio.ensure_future(store.close())
    let_go.set()
    await working
    await closing
    for use in (store.ping(), names(store)):
        with pytest.raises(Unavailable) as caught:
            await use
        assert caught.value.code == "shutting_down"
    with pytest.raises(Unavailable):
        await store.write().__aenter__()
    await store.close()


async def test_a_message_and_the_last_of_its_channel_are_seen_together(world: SqlStore) -> None:
    """Promise 3: whoever reads the channel's last id can read that message."""

    async def write() -> None:
        for number in range(1, 40):
            async with world.write() as uow:
                await uow.messages.add(message(number))

    async def watch() -> None:
        seen = 0
        while seen < 39:
            async with world.read() as reader:
                general = await reader.channels.get(GENERAL)
                newest = await reader.messages.page(GENERAL, limit=1)
                assert general is not None
                assert general.last_message_id == (newest[0].id if newest else None)
                assert (general.last_message_id or 0) >= seen
                seen = general.last_message_id or 0

    await asyncio.gather(write(), watch(), watch())


async def test_of_two_processes_that_wait_for_each_other_one_is_asked_to_come_again(url: str, world: SqlStore) -> None:
    if url.startswith("sqlite"):
        pytest.skip("there the second waits before it has written anything")
    other = await open_store(url, bus=RecordingBus())
    both_hold_one = asyncio.Barrier(2)

    async def rename(store: SqlStore, first: UserId, second: UserId) -> None:
        async with store.write() as uow:
            for user_id in (first, second):
                await ask(uow, "UPDATE users SET display_name = 'x' WHERE id = :id", id=int(user_id))
                if user_id == first:
                    await both_hold_one.wait()

    found = await asyncio.gather(rename(world, ANNA, BEN), rename(other, BEN, ANNA), return_exceptions=True)
    await other.close()
    (refusal,) = [one for one in found if one is not None]
    assert isinstance(refusal, Unavailable)
    assert refusal.code == "busy"


async def test_two_processes_that_send_the_same_write_it_once_and_in_one_order(url: str, world: SqlStore) -> None:
    """Promise 3: ids are given out behind the channel's lock, and what is read behind it is what is there."""
    other = await open_store(url, bus=RecordingBus())

    async def send(store: SqlStore, nonce: str) -> int:
        async with store.write() as uow:
            desk = await uow.desks.of_writer(GENERAL, ANNA, nonce)
            if desk.written is not None:
                return desk.written.id
            number = (desk.last_message_id or 0) + 1
            await uow.messages.add(message(number, nonce=nonce))
            return number

    nonces = [str(number) for number in range(20)]
    first, second = await asyncio.gather(
        *(asyncio.gather(*(send(store, nonce) for nonce in nonces)) for store in (world, other))
    )
    await other.close()
    assert first == second
    assert sorted(first) == list(range(1, 21))

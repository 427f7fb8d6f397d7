"""Who shares a commit with whom, on a database that only writes down what it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import pytest

from db.connection import Connection, Outcome, Step, Trace
from db.group_commit import BATCH_S, UNITS_MAX, Batch, GroupCommit
from db.prepared import DIALECT
from server.domain.errors import Unavailable
from server.domain.events import Notice, SessionRevoked
from server.domain.ids import SessionId, Snowflake


class FakeConnection:
    dialect = DIALECT

    def __init__(self, database: FakeDatabase) -> None:
        self._database = database

    async def run(self, steps: Sequence[Step]) -> list[Outcome]:
        raise NotImplementedError

    def put_off(self, steps: Sequence[Step]) -> None:
        raise NotImplementedError

    async def flush(self) -> None:
        await asyncio.sleep(0)
        if "flush" in self._database.failing:
            raise ConnectionError("flush")


class FakeDatabase:
    """``log`` is what happened, with what was published. ``gate`` holds commits up while it is clear."""

    def __init__(self, *, saves: bool = True) -> None:
        self.saves = saves
        self.trace: Trace | None = None
        self.log: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.committing = asyncio.Event()
        self.failing: set[str] = set()
        """Of ``begin``, ``flush``, ``commit``, ``undo`` and ``publish``."""

    def transaction(self) -> FakeTransaction:
        return FakeTransaction(self)

    async def dispose(self) -> None:
        self.log.append("dispose")

    def note(self, what: str) -> None:
        self.log.append(what)
        if what in self.failing:
            raise ConnectionError(what)

    async def publish(self, notices: Sequence[Notice]) -> None:
        self.note("publish")
        self.log.append(" ".join(str(one.session_id) for one in notices if isinstance(one, SessionRevoked)))


class FakeTransaction:
    def __init__(self, database: FakeDatabase) -> None:
        self._database = database
        self._over = False

    async def begin(self) -> Connection:
        await asyncio.sleep(0)
        self._database.note("begin")
        return FakeConnection(self._database)

    def save(self) -> None:
        self._database.note("save")

    def undo(self) -> bool:
        self._database.log.append("undo")
        return "undo" not in self._database.failing

    def keep(self) -> None:
        self._database.note("keep")

    async def commit(self) -> None:
        self._database.committing.set()
        await self._database.gate.wait()
        self._database.note("commit")
        self._over = True

    async def abandon(self) -> None:
        await asyncio.sleep(0)
        if not self._over:
            self._database.log.append("rollback")
        self._over = True


class Clock:
    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def database() -> FakeDatabase:
    return FakeDatabase()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def commits(database: FakeDatabase, clock: Clock) -> GroupCommit:
    return GroupCommit(database, database.publish, clock)


async def unit(
    commits: GroupCommit, number: int | None, work: Callable[[], Awaitable[None]] | None = None
) -> int | None:
    """One unit of work that tells ``number``, if any."""
    batch: Batch = await commits.enter()
    try:
        await asyncio.sleep(0)
        if work is not None:
            await work()
    except BaseException as error:
        await commits.undo(batch, error)
        raise
    await commits.keep(batch, [] if number is None else [SessionRevoked(SessionId(Snowflake(number)))])
    return number


async def fail() -> None:
    raise LookupError


async def turns(number: int = 20) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


def start(*work: Coroutine[Any, Any, int | None]) -> list[asyncio.Task[int | None]]:
    return [asyncio.ensure_future(one) for one in work]


async def test_one_alone_commits_at_once(commits: GroupCommit, database: FakeDatabase) -> None:
    assert await unit(commits, 1) == 1
    assert database.log == ["begin", "commit", "publish", "1"]


async def test_nothing_to_tell_is_not_told(commits: GroupCommit, database: FakeDatabase) -> None:
    await unit(commits, None)
    assert database.log == ["begin", "commit"]


async def test_those_who_come_together_share_a_commit(commits: GroupCommit, database: FakeDatabase) -> None:
    assert await asyncio.gather(*(unit(commits, number) for number in (1, 2, 3))) == [1, 2, 3]
    assert database.log == ["begin", "save", "keep", "save", "keep", "commit", "publish", "1 2 3"]


async def test_those_who_come_during_a_commit_share_the_next(commits: GroupCommit, database: FakeDatabase) -> None:
    database.gate.clear()
    first = start(unit(commits, 1))
    await database.committing.wait()
    others = start(unit(commits, 2), unit(commits, 3))
    await turns()
    assert database.log == ["begin"]
    database.gate.set()
    await asyncio.gather(*first, *others)
    assert database.log == ["begin", "commit", "publish", "1", "begin", "save", "keep", "commit", "publish", "2 3"]


async def test_nobody_returns_before_it_is_durable_and_told(commits: GroupCommit, database: FakeDatabase) -> None:
    database.gate.clear()
    tasks = start(*(unit(commits, number) for number in (1, 2)))
    await database.committing.wait()
    await turns()
    assert not any(task.done() for task in tasks)
    database.gate.set()
    await asyncio.gather(*tasks)


async def test_one_that_fails_is_undone_alone(commits: GroupCommit, database: FakeDatabase) -> None:
    tasks = start(unit(commits, 1), unit(commits, 2, fail), unit(commits, 3))
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert (found[0], type(found[1]), found[2]) == (1, LookupError, 3)
    assert database.log == ["begin", "save", "undo", "save", "keep", "commit", "publish", "1 3"]


async def test_one_that_fails_first_takes_nobody_along(commits: GroupCommit, database: FakeDatabase) -> None:
    tasks = start(unit(commits, 1, fail), unit(commits, 2))
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert (type(found[0]), found[1]) == (LookupError, 2)
    assert database.log == ["begin", "rollback", "begin", "commit", "publish", "2"]


async def test_what_was_put_off_fails_its_own_unit_alone(commits: GroupCommit, database: FakeDatabase) -> None:
    async def spoil() -> None:
        database.failing = {"flush"}

    async def mend() -> None:
        database.failing = set()

    tasks = start(unit(commits, 1), unit(commits, 2, spoil), unit(commits, 3, mend))
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert (found[0], type(found[1]), found[2]) == (1, ConnectionError, 3)
    assert database.log == ["begin", "save", "undo", "save", "keep", "commit", "publish", "1 3"]


async def test_one_that_fails_last_leaves_the_commit_to_be_made(commits: GroupCommit, database: FakeDatabase) -> None:
    tasks = start(unit(commits, 1), unit(commits, 2, fail))
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert (found[0], type(found[1])) == (1, LookupError)
    assert database.log == ["begin", "save", "undo", "commit", "publish", "1"]


async def test_a_refusal_may_rest_on_what_is_not_durable_and_so_waits(
    commits: GroupCommit, database: FakeDatabase
) -> None:
    database.gate.clear()
    _, refused = start(unit(commits, 1), unit(commits, 2, fail))
    await database.committing.wait()
    await turns()
    assert not refused.done()
    database.gate.set()
    with pytest.raises(LookupError):
        await refused


async def test_a_commit_that_fails_fails_them_all_and_nothing_is_told(
    commits: GroupCommit, database: FakeDatabase
) -> None:
    database.failing = {"commit"}
    tasks = start(unit(commits, 1), unit(commits, 2, fail), unit(commits, 3))
    for error in await asyncio.gather(*tasks, return_exceptions=True):
        assert isinstance(error, ConnectionError)
    assert database.log == ["begin", "save", "undo", "save", "keep", "commit", "rollback"]
    database.failing = set()
    assert await unit(commits, 4) == 4


async def test_a_bus_that_fails_is_told_to_all_and_undoes_nothing(commits: GroupCommit, database: FakeDatabase) -> None:
    database.failing = {"publish"}
    tasks = start(unit(commits, 1), unit(commits, 2))
    for error in await asyncio.gather(*tasks, return_exceptions=True):
        assert isinstance(error, ConnectionError)
    assert database.log == ["begin", "save", "keep", "commit", "publish"]


async def test_a_transaction_that_cannot_begin_holds_nobody_up(commits: GroupCommit, database: FakeDatabase) -> None:
    database.failing = {"begin"}
    tasks = start(unit(commits, 1), unit(commits, 2))
    for error in await asyncio.gather(*tasks, return_exceptions=True):
        assert isinstance(error, ConnectionError)
    assert database.log == ["begin", "rollback", "begin", "rollback"]
    database.failing = set()
    assert await unit(commits, 3) == 3


async def test_a_transaction_that_the_database_gives_up_is_lost_for_all(
    commits: GroupCommit, database: FakeDatabase
) -> None:
    database.failing = {"undo"}
    tasks = start(unit(commits, 1), unit(commits, 2, fail), unit(commits, 3))
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in found] == [Unavailable, Unavailable, int]
    assert database.log == ["begin", "save", "undo", "rollback", "begin", "commit", "publish", "3"]


async def test_a_batch_has_an_end(commits: GroupCommit, database: FakeDatabase) -> None:
    await asyncio.gather(*(unit(commits, number) for number in range(UNITS_MAX + 1)))
    assert database.log.count("begin") == database.log.count("commit") == 2
    assert database.log[-2:] == ["publish", str(UNITS_MAX)]


async def test_a_batch_has_its_time(commits: GroupCommit, database: FakeDatabase, clock: Clock) -> None:
    async def dawdle() -> None:
        clock.s += BATCH_S / 2

    await asyncio.gather(*(unit(commits, number, dawdle) for number in range(3)))
    assert database.log == ["begin", "save", "keep", "commit", "publish", "0 1", "begin", "commit", "publish", "2"]


async def test_without_savepoints_each_has_its_commit() -> None:
    database = FakeDatabase(saves=False)
    commits = GroupCommit(database, database.publish)
    await asyncio.gather(*(unit(commits, number) for number in (1, 2)))
    assert database.log == ["begin", "commit", "publish", "1", "begin", "commit", "publish", "2"]


async def test_a_unit_within_a_unit_is_refused(commits: GroupCommit, database: FakeDatabase) -> None:
    async def nest() -> None:
        await commits.enter()

    with pytest.raises(RuntimeError, match="within a unit of work"):
        await unit(commits, 1, nest)
    assert await unit(commits, 2) == 2


# ----------------------------------------------------------------------------------------------------------- cancelled


async def test_cancelled_while_it_waits_it_was_never_there(commits: GroupCommit, database: FakeDatabase) -> None:
    first, second, third = start(*(unit(commits, number) for number in (1, 2, 3)))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    await asyncio.gather(first, third)
    assert database.log == ["begin", "save", "keep", "commit", "publish", "1 3"]


@pytest.mark.parametrize("after", range(12))
async def test_the_last_that_waits_is_cancelled_and_the_batch_is_committed_all_the_same(
    commits: GroupCommit, database: FakeDatabase, after: int
) -> None:
    """At any moment: before its turn, as it is passed on, after."""
    first, second = start(unit(commits, 1), unit(commits, 2))
    await turns(after)
    second.cancel()
    (outcome,) = await asyncio.gather(second, return_exceptions=True)
    assert await first == 1
    told = " ".join(words for words in database.log if words[0].isdigit()).split()
    assert told == (["1", "2"] if outcome == 2 or "keep" in database.log else ["1"])
    assert await unit(commits, 3) == 3


async def test_cancelled_in_its_work_it_is_undone_and_waits_for_nobody(
    commits: GroupCommit, database: FakeDatabase
) -> None:
    database.gate.clear()
    inside = asyncio.Event()

    async def stay() -> None:
        inside.set()
        await asyncio.Event().wait()

    first, second = start(unit(commits, 1), unit(commits, 2, stay))
    await inside.wait()
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    assert not first.done()
    database.gate.set()
    assert await first == 1
    assert database.log == ["begin", "save", "undo", "commit", "publish", "1"]


async def test_cancelled_during_the_commit_it_is_told_all_the_same(
    commits: GroupCommit, database: FakeDatabase
) -> None:
    database.gate.clear()
    first, second = start(unit(commits, 1), unit(commits, 2))
    await database.committing.wait()
    first.cancel()
    await turns()
    assert not first.done()
    database.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await second == 2
    assert database.log[-1] == "1 2"


# --------------------------------------------------------------------------------------------------------------- close


async def test_closing_lets_those_end_who_came_before(commits: GroupCommit, database: FakeDatabase) -> None:
    tasks = start(unit(commits, 1), unit(commits, 2))
    await asyncio.sleep(0)
    closing = asyncio.ensure_future(commits.close(database.dispose))
    await asyncio.sleep(0)
    (late,) = start(unit(commits, 3))
    await asyncio.gather(*tasks, closing)
    with pytest.raises(Unavailable, match="stopping"):
        await late
    with pytest.raises(Unavailable, match="stopping"):
        await unit(commits, 4)
    await commits.close(database.dispose)
    assert database.log == ["begin", "save", "keep", "commit", "publish", "1 2", "dispose", "dispose"]

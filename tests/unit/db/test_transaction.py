from __future__ import annotations

import asyncio
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from db.aiosqlite_connection import SingleHopConnection
from db.transaction import Transaction, to_the_end
from server.domain.errors import Unavailable


async def test_it_gives_what_the_work_gives() -> None:
    async def work() -> int:
        await asyncio.sleep(0)
        return 7

    assert await to_the_end(work()) == 7


async def test_it_raises_what_the_work_raises() -> None:
    async def work() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await to_the_end(work())


@pytest.mark.parametrize("cancels", [1, 2, 5])
@pytest.mark.parametrize("fails", [False, True])
async def test_a_cancelled_caller_waits_for_the_end(cancels: int, fails: bool) -> None:
    let_go = asyncio.Event()
    done: list[bool] = []

    async def work() -> None:
        await let_go.wait()
        done.append(True)
        if fails:
            raise LookupError

    caller = asyncio.ensure_future(to_the_end(work()))
    for _ in range(cancels):
        await asyncio.sleep(0)
        caller.cancel()
        await asyncio.sleep(0)
        assert not caller.done()
    let_go.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert done == [True]


async def test_work_that_is_cancelled_itself_cancels_the_caller() -> None:
    async def work() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await to_the_end(work())


async def test_both_cancelled() -> None:
    let_go = asyncio.Event()

    async def work() -> None:
        await let_go.wait()
        raise asyncio.CancelledError

    caller = asyncio.ensure_future(to_the_end(work()))
    await asyncio.sleep(0)
    caller.cancel()
    let_go.set()
    with pytest.raises(asyncio.CancelledError):
        await caller


async def test_a_timeout_around_it_is_a_timeout() -> None:
    """The cancellation that comes late is still the one that :func:`asyncio.timeout` asked for."""
    let_go = asyncio.Event()

    async def work() -> None:
        await let_go.wait()

    async def limited() -> None:
        async with asyncio.timeout(0):
            await to_the_end(work())

    caller = asyncio.ensure_future(limited())
    asyncio.get_running_loop().call_later(0.01, let_go.set)
    with pytest.raises(TimeoutError):
        await caller


async def test_a_transaction_can_be_abandoned_at_any_time() -> None:
    engine = create_async_engine("sqlite+aiosqlite://")
    never_begun = Transaction(engine)
    await never_begun.abandon()
    transaction = Transaction(engine)
    connection = await transaction.begin()
    assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    await transaction.abandon()
    await transaction.abandon()
    assert connection.closed
    await engine.dispose()


async def test_a_transaction_that_cannot_begin_gives_its_connection_back() -> None:
    engine = create_async_engine(
        "sqlite+aiosqlite:////nowhere/at/all.db",
        connect_args={"async_creator_fn": partial(SingleHopConnection, opening="")},
    )
    transaction = Transaction(engine)
    with pytest.raises(Exception, match="unable to open"):
        await transaction.begin()
    await transaction.abandon()
    await engine.dispose()


async def test_a_server_that_cannot_be_reached_is_unavailable() -> None:
    async def refuse(*_arguments: object, **_named: object) -> None:
        raise ConnectionRefusedError

    engine = create_async_engine("sqlite+aiosqlite:///unused.db", connect_args={"async_creator_fn": refuse})
    transaction = Transaction(engine)
    with pytest.raises(Unavailable) as caught:
        await transaction.begin()
    assert isinstance(caught.value.__cause__, ConnectionRefusedError)
    await transaction.abandon()
    await engine.dispose()

"""Units of work, one at a time, and one commit for those that came together.

A commit waits for the disk, and while it does nobody can write. So whoever ends while others wait leaves the transaction open, and
the next one writes into it as well; the last one of such a batch commits it for all. Each is still alone: what one writes can be
taken back without the others (a savepoint), and the notices go out in the order of the units, before the next batch begins.

Nobody learns of anything that is not durable. Who has written waits for the commit, and so does who was refused after others of
the batch had written: the refusal may rest on what they wrote. A commit that fails fails them all, and nothing is told.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from db.connection import Connection, Database, Transaction
from db.errors import translated, unavailable
from db.transaction import to_the_end
from server.domain.errors import Unavailable
from server.domain.events import Notice

UNITS_MAX: Final = 64
"""In one batch."""

BATCH_S: Final = 0.005
"""A batch older than this lets nobody else in: its first unit has waited long enough."""


class Batch:
    """One transaction, and whose it is."""

    def __init__(self, transaction: Transaction, until_s: float) -> None:
        self.transaction = transaction
        self.until_s = until_s
        self.units = 0
        """That have ended well."""
        self.notices: list[Notice] = []
        self.settled: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the batch is committed and told, or failed."""
        self.connection: Connection

    async def let_in(self) -> None:
        if self.units:
            self.transaction.save()
        else:
            self.connection = await self.transaction.begin()

    def keep(self, notices: Sequence[Notice]) -> None:
        if self.units:
            self.transaction.keep()
        self.units += 1
        self.notices += notices


class GroupCommit:
    """Each unit calls :meth:`enter` and then, whatever happens, either :meth:`keep` or :meth:`undo`."""

    def __init__(
        self,
        database: Database,
        publish: Callable[[Sequence[Notice]], Awaitable[None]],
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._publish = publish
        self._now_s = now_s
        self._units_max = UNITS_MAX if database.saves else 1
        self._batch: Batch | None = None
        """The one that is open; there is none while one is committed."""
        self._turn_taken = False
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._inside: asyncio.Task[Any] | None = None
        self._commit: asyncio.Task[None] | None = None
        self._closed = False
        self.watch: Callable[[int, float], None] | None = None
        """Is told of each commit: how many units shared it, and how many seconds it took."""

    async def enter(self) -> Batch:
        """Waits for its turn. The unit's statements go to the batch's ``connection``."""
        task = asyncio.current_task()
        if self._inside is task:
            raise RuntimeError("a unit of work within a unit of work would wait for itself for ever")
        await self._take_turn()
        batch: Batch | None = None
        try:
            batch = self._open_batch()
            await batch.let_in()
        except BaseException:
            await self._drop(batch)
            raise
        self._inside = task
        return batch

    async def keep(self, batch: Batch, notices: Sequence[Notice]) -> None:
        """Returns when what the unit wrote is durable and told. A cancellation meanwhile is raised when that is done."""
        if batch.units or self._lets_in(batch):  # else what was put off goes with the commit
            try:
                await batch.connection.flush()
            except BaseException as error:
                await self.undo(batch, error)
                raise
        self._inside = None
        batch.keep(notices)
        self._pass_on()
        await to_the_end(batch.settled)

    async def undo(self, batch: Batch, error: BaseException) -> None:
        """For a unit that ended with ``error``. Raises the error of the batch, if that fails too."""
        self._inside = None
        await self._drop(batch)
        if batch.units and isinstance(error, Exception):
            await to_the_end(batch.settled)

    async def close(self, then: Callable[[], Awaitable[None]]) -> None:
        """Waits for the units that came before; later ones are refused. Calls ``then`` before anyone is."""
        await self._take_turn()
        try:
            self._closed = True
            batch, self._batch = self._batch, None
            if batch is not None:
                await to_the_end(self._settle(batch))
            await then()
        finally:
            self._give_turn()

    @property
    def waiting(self) -> int:
        """Units whose turn has not come."""
        return len(self._waiting)

    def _open_batch(self) -> Batch:
        if self._closed:
            raise Unavailable("shutting_down", "The server is stopping. Try again in a minute.")
        if self._batch is None:
            self._batch = Batch(self._database.transaction(), self._now_s() + BATCH_S)
        return self._batch

    async def _drop(self, batch: Batch | None) -> None:
        """Takes back what the last unit wrote, and the whole transaction where there is nothing else in it."""
        try:
            if batch is not None and not batch.units:
                self._batch = None
                await batch.transaction.abandon()
            elif batch is not None and not batch.transaction.undo():
                self._batch = None
                batch.settled.set_exception(unavailable(RuntimeError("it has rolled back a transaction by itself")))
                await batch.transaction.abandon()
        finally:
            self._pass_on()

    # ------------------------------------------------------------------------------------------------------------- turns

    async def _take_turn(self) -> None:
        if not self._turn_taken:
            self._turn_taken = True
            return
        mine = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if not mine.cancelled():  # it had been passed already
                self._pass_on()
            raise

    def _somebody_waits(self) -> bool:
        while self._waiting and self._waiting[0].done():  # cancelled meanwhile
            self._waiting.popleft()
        return bool(self._waiting)

    def _give_turn(self) -> None:
        if self._somebody_waits():
            self._waiting.popleft().set_result(None)
        else:
            self._turn_taken = False

    def _pass_on(self) -> None:
        """To the next unit, or to the commit if there is none or the batch is full."""
        batch = self._batch
        if batch is None or self._lets_in(batch):
            self._give_turn()
        else:
            self._batch = None
            self._commit = asyncio.ensure_future(self._settle_and_give_turn(batch))

    def _lets_in(self, batch: Batch) -> bool:
        """Whether somebody comes after the units that are in it."""
        return self._somebody_waits() and batch.units < self._units_max and self._now_s() < batch.until_s

    # ------------------------------------------------------------------------------------------------------------ commit

    async def _settle_and_give_turn(self, batch: Batch) -> None:
        try:
            await self._settle(batch)
        finally:
            self._give_turn()

    async def _settle(self, batch: Batch) -> None:
        try:
            await self._commit_and_tell(batch)
        except BaseException as error:
            batch.settled.set_exception(error)
        else:
            batch.settled.set_result(None)

    async def _commit_and_tell(self, batch: Batch) -> None:
        began_s = self._now_s()
        try:
            with translated():
                await batch.transaction.commit()
            if self.watch is not None:
                self.watch(batch.units, self._now_s() - began_s)
            if batch.notices:
                await self._publish(batch.notices)
        finally:
            await batch.transaction.abandon()

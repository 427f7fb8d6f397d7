"""Databases that are servers: SQLAlchemy's engines and their drivers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection as SyncConnection
from sqlalchemy import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.connection import Outcome, Step, Trace
from db.transaction import Transaction


class AlchemyDatabase:
    """Implements :class:`db.connection.Database`."""

    saves = False

    def __init__(self, engine: AsyncEngine) -> None:
        self.trace: Trace | None = None
        self.engine = engine

    def transaction(self) -> AlchemyTransaction:
        return AlchemyTransaction(self)

    def tell(self, sql: str, parameters: object = ()) -> None:
        if self.trace is not None:
            self.trace(sql, parameters)

    async def dispose(self) -> None:
        await self.engine.dispose()


class AlchemyConnection:
    """Implements :class:`db.connection.Connection`: one step after the other."""

    def __init__(self, database: AlchemyDatabase, connection: AsyncConnection) -> None:
        self._database = database
        self._connection = connection
        self._put_off: list[Step] = []
        self._spoilt: Exception | None = None

    @property
    def dialect(self) -> Dialect:
        return self._connection.dialect

    async def run(self, steps: Sequence[Step]) -> list[Outcome]:
        put_off, self._put_off = self._put_off, []
        return await self._connection.run_sync(self._run, put_off, steps)

    def put_off(self, steps: Sequence[Step]) -> None:
        self._put_off += steps

    async def flush(self) -> None:
        if self._spoilt is not None:
            raise self._spoilt
        if self._put_off:
            await self.run(())

    def _run(self, connection: SyncConnection, put_off: Sequence[Step], steps: Sequence[Step]) -> list[Outcome]:
        try:
            for step in put_off:
                self._outcome(connection, step)
        except Exception as error:
            self._spoilt = error
            raise
        return [self._outcome(connection, step) for step in steps]

    def _outcome(self, connection: SyncConnection, step: Step) -> Outcome:
        if self._database.trace is not None:
            self._database.tell(str(step.statement), step.parameters)
        result = connection.execute(step.statement, step.parameters)
        return Outcome(result.all() if result.returns_rows else [], result.rowcount)


class AlchemyTransaction:
    """Implements :class:`db.connection.Transaction`. Nothing in it can be undone alone."""

    def __init__(self, database: AlchemyDatabase) -> None:
        self._database = database
        self._transaction = Transaction(database.engine)
        self._connection: AlchemyConnection

    async def begin(self) -> AlchemyConnection:
        self._database.tell("BEGIN")
        self._connection = AlchemyConnection(self._database, await self._transaction.begin())
        return self._connection

    def save(self) -> None:
        raise NotImplementedError

    def undo(self) -> bool:
        return False

    def keep(self) -> None:
        pass

    async def commit(self) -> None:
        await self._connection.flush()
        self._database.tell("COMMIT")
        await self._transaction.commit()

    async def abandon(self) -> None:
        await self._transaction.abandon()

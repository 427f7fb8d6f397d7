"""What stands between the store and a database: connections, their transactions, and where those come from.

Database        gives out transactions: db.sqlite.SqliteDatabase, db.alchemy.AlchemyDatabase
Transaction     one, with the connection that it has until it is over
Connection      what repositories say their statements to
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Dialect, Executable, Row

Parameters = dict[str, Any] | Sequence[Mapping[str, Any]]
"""Of one execution (a dict and nothing else), or of many."""


class Step(NamedTuple):
    statement: Executable
    parameters: Parameters


class Outcome(NamedTuple):
    rows: Sequence[Row[Any]]
    """Empty where the statement gives none."""
    changed: int
    """Rows that were inserted, updated or deleted (found, where an update changes nothing); without meaning for a query."""


Trace = Callable[[str, object], None]
"""Is told each statement and its parameters before it runs, and BEGIN, COMMIT and their like."""


class Connection(Protocol):
    @property
    def dialect(self) -> Dialect: ...

    async def run(self, steps: Sequence[Step]) -> list[Outcome]:
        """Runs the steps in their order, in as few trips as the driver knows; stops at the first that fails.

        Raises :class:`sqlalchemy.exc.DBAPIError`, also for what was put off.
        """
        ...

    def put_off(self, steps: Sequence[Step]) -> None:
        """Has the steps run before whatever is run next; nobody waits for their outcome. Those that are left run at the end."""
        ...

    async def flush(self) -> None:
        """Runs what was put off. Raises what it raises; again, if that was heard and ignored: then the work is not whole."""
        ...


class Transaction(Protocol):
    """Safe against being cancelled at any moment, as long as :meth:`abandon` is called in the end."""

    async def begin(self) -> Connection:
        """Raises what a database that cannot be reached raises; see :func:`db.errors.translated`."""
        ...

    def save(self) -> None:
        """What is run from now on can be undone alone. One after the other, never one within the other."""
        ...

    def undo(self) -> bool:
        """Takes back what was run since :meth:`save`. False when the database has given up the whole transaction."""
        ...

    def keep(self) -> None:
        """What was run since :meth:`save` stays, if the transaction commits."""
        ...

    async def commit(self) -> None:
        """With what was put off; returns when it is durable.

        Not to be interrupted: call it within :func:`db.transaction.to_the_end`.
        """
        ...

    async def abandon(self) -> None:
        """Rolls back what was not committed and gives the connection back. Safe to call twice, and before :meth:`begin`."""
        ...


class Database(Protocol):
    """Connections that are opened when they are needed, and kept."""

    trace: Trace | None

    @property
    def saves(self) -> bool:
        """Whether its transactions know :meth:`Transaction.save`."""
        ...

    def transaction(self) -> Transaction: ...

    async def dispose(self) -> None:
        """Closes what is open; what is asked for afterwards is opened anew."""
        ...

"""``parley`` with every SQL statement that it gives to SQLite written to the file that ``BENCH_STATEMENTS`` names, one a line.

Run as ``python -m bench.chat.traced_service`` with the command line of ``parley``. Writing takes time, so nothing is timed in it.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

VARIABLE: Final = "BENCH_STATEMENTS"
_NOT_COUNTED: Final = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "--")
"""What a transaction begins and ends with, and the statements within triggers (SQLite marks them as comments)."""


def count(path: Path) -> int:
    """Statements in that file so far."""
    return path.read_text().count("\n") if path.exists() else 0


@contextlib.contextmanager
def traced(path: Path) -> Iterator[None]:
    """All connections that this process opens meanwhile."""
    connect = sqlite3.connect
    with path.open("a", buffering=1) as log:

        def write(statement: str) -> None:
            if not statement.lstrip().upper().startswith(_NOT_COUNTED):
                log.write(f"{' '.join(statement.split())}\n")

        def connect_traced(*arguments: Any, **named: Any) -> sqlite3.Connection:
            connection: sqlite3.Connection = connect(*arguments, **named)
            connection.set_trace_callback(write)
            return connection

        setattr(sqlite3, "connect", connect_traced)  # noqa: B010 (mypy takes an assignment for a mistake)
        try:
            yield
        finally:
            setattr(sqlite3, "connect", connect)  # noqa: B010


if __name__ == "__main__":
    with traced(Path(os.environ[VARIABLE])):
        from parley.__main__ import main

        main()

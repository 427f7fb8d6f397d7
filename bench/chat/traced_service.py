"""``parley`` with every SQL statement that it gives to SQLite written to the file that ``BENCH_STATEMENTS`` names, one a line.

Run as ``python -m bench.chat.traced_service`` with the command line of ``parley``. Writing takes time, so nothing is timed in it.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any, Final

VARIABLE: Final = "BENCH_STATEMENTS"
_NOT_COUNTED: Final = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "--")
"""What a transaction begins and ends with, and the statements within triggers (SQLite marks them as comments)."""


def count(path: Path) -> int:
    """Statements in that file so far."""
    return path.read_text().count("\n") if path.exists() else 0


def trace(path: Path) -> None:
    """From now on, for all connections that this process opens."""
    log = path.open("a", buffering=1)
    connect = sqlite3.connect

    def write(statement: str) -> None:
        if not statement.lstrip().upper().startswith(_NOT_COUNTED):
            log.write(f"{' '.join(statement.split())}\n")

    def traced(*arguments: Any, **named: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **named)
        connection.set_trace_callback(write)
        return connection

    setattr(sqlite3, "connect", traced)  # noqa: B010 (mypy takes an assignment for a mistake)


if __name__ == "__main__":
    trace(Path(os.environ[VARIABLE]))
    from parley.__main__ import main

    main()

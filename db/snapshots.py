"""Copies of a whole database for backups, taken while others write to it, and how one comes back.

SQLite's is a file of its own. Those of PostgreSQL and MariaDB (MySQL) are made and read by the tools that belong to them, which
get the password by their environment: arguments can be read by everybody on the machine. All of this blocks.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Final, Literal, TypeVar

from sqlalchemy import URL, Connection, exc
from sqlalchemy.pool import NullPool

from db import migrations
from db.engine import parse_url
from db.errors import DatabaseError, reason
from db.servers import server_engine
from db.sqlite import BUSY_S

_T = TypeVar("_T")
Kind = Literal["sqlite", "postgresql", "mysql"]
Tell = Callable[[int, int], None]
"""How far it is: done, of all."""

PAGES_AT_ONCE: Final = 4096
"""Of a SQLite database, between two words about how far it is."""
_LAST_WORDS: Final = 300

_MISSING: Final = "there is no {} on this machine. Install {}, of the server's version or newer"


def kind_of(url: str | URL) -> Kind:
    """Raises :class:`DatabaseError`."""
    name = parse_url(url).get_backend_name()
    return "postgresql" if name == "postgresql" else "sqlite" if name == "sqlite" else "mysql"


def sqlite_file(url: str | URL) -> Path | None:
    """Where a SQLite database is; None for those that are servers."""
    parsed = parse_url(url)
    return Path(os.path.abspath(parsed.database or "")) if kind_of(parsed) == "sqlite" else None


def take(url: str | URL, target: Path, tell: Tell, *, password: str | None = None, ca: Path | None = None) -> str:
    """Writes one consistent state into the new file ``target``, which nobody else can read; returns its revision of the tables.

    Writers go on meanwhile. Raises :class:`DatabaseError`.
    """
    parsed = parse_url(url, password)
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise DatabaseError(f"The copy {target} cannot be written ({error.strerror}).") from error
    file = sqlite_file(parsed)
    if file is not None:
        return _copy_sqlite(file, target, tell)
    revision = asyncio.run(_ask_server(parsed, ca, migrations.current))
    if revision is None:
        raise DatabaseError("The database is empty; there is nothing to back up.")
    if kind_of(parsed) == "postgresql":
        options = ("--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
        _run(_tool("pg_dump", "postgresql-client"), options, _postgres_environment(parsed, ca))
    else:
        tool = _tool("mariadb-dump", "mariadb-client", "mysqldump")
        # One transaction sees one state; no table is locked.
        how = ("--single-transaction", "--skip-lock-tables", "--hex-blob", "--default-character-set=utf8mb4")
        _run(
            tool,
            (*_mysql_options(tool, parsed, ca), *how, f"--result-file={target}", str(parsed.database)),
            _mysql_environment(parsed),
        )
    return revision


def check_file(path: Path) -> str:
    """A SQLite database that is no longer written to: that it is whole. Returns its revision. Raises :class:`DatabaseError`."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                raise DatabaseError(f"The copy of the database is damaged: {found}.")
            (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            return str(revision)
    except (sqlite3.Error, TypeError) as error:
        raise DatabaseError(f"The copy of the database cannot be read: {reason(error)}.") from error


def check_empty(url: str | URL, *, password: str | None = None, ca: Path | None = None) -> None:
    """Raises :class:`DatabaseError` when a database that is a server has tables; a file of SQLite is left to the caller."""
    parsed = parse_url(url, password)
    if kind_of(parsed) == "sqlite":
        return

    def has_tables(connection: Connection) -> bool:
        return migrations.current(connection) is not None

    if asyncio.run(_ask_server(parsed, ca, has_tables)):
        raise DatabaseError(
            f"The database {parsed.database!r} is not empty. Nothing in a database server is replaced: make an empty one "
            "(DROP DATABASE and CREATE DATABASE, or another name in PARLEY_DATABASE_URL), and try again."
        )


def load(url: str | URL, source: Path, *, password: str | None = None, ca: Path | None = None) -> None:
    """Puts what :func:`take` wrote into the empty database of a server. Raises :class:`DatabaseError`."""
    parsed = parse_url(url, password)
    if kind_of(parsed) == "postgresql":
        options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
        environment = _postgres_environment(parsed, ca)
        _run(
            _tool("pg_restore", "postgresql-client"),
            (*options, f"--dbname={environment['PGDATABASE']}", str(source)),
            environment,
        )
        return
    tool = _tool("mariadb", "mariadb-client", "mysql")
    # Without --binary-mode a line of the file could be a command of the client's.
    how = ("--binary-mode", "--default-character-set=utf8mb4", str(parsed.database))
    with source.open("rb") as statements:
        _run(tool, (*_mysql_options(tool, parsed, ca), *how), _mysql_environment(parsed), stdin=statements.fileno())


# ------------------------------------------------------------------------------------------------------------------- SQLite


def _copy_sqlite(file: Path, target: Path, tell: Tell) -> str:
    if not file.is_file():
        raise DatabaseError(f"There is no database {file}. Name the server's data folder with --data or PARLEY_DATA.")

    def progress(_status: int, remaining: int, total: int) -> None:
        tell(total - remaining, total)

    try:
        with closing(sqlite3.connect(file, timeout=BUSY_S, isolation_level=None)) as source:
            # A copy in steps begins anew whenever somebody writes, unless it belongs to a transaction that sees one state.
            source.execute("BEGIN")
            (revision,) = source.execute("SELECT version_num FROM alembic_version").fetchone()
            with closing(sqlite3.connect(target, isolation_level=None)) as copy:
                copy.execute("PRAGMA synchronous = OFF")  # whoever wants it durable sees to the archive
                source.backup(copy, pages=PAGES_AT_ONCE, progress=progress, sleep=0)
                copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
    except (sqlite3.Error, TypeError) as error:
        raise DatabaseError(f"The database {file} cannot be copied: {reason(error)}.") from error
    finally:
        for ending in ("-wal", "-shm", "-journal"):
            with suppress(FileNotFoundError):
                target.with_name(target.name + ending).unlink()
    if check_file(target) != revision:
        raise DatabaseError(f"The copy of {file} is another state than the one that was to be copied.")
    return str(revision)


# ----------------------------------------------------------------------------------------------------------------- servers


async def _ask_server(url: URL, ca: Path | None, question: Callable[[Connection], _T]) -> _T:
    engine = server_engine(url, ca, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(question)
    except DatabaseError:
        raise
    except Exception as error:  # drivers raise what they like when a server cannot be reached
        shown = error if isinstance(error, exc.DBAPIError | OSError) else RuntimeError(type(error).__name__)
        raise DatabaseError(f"The database cannot be reached: {reason(shown)}.") from None
    finally:
        await engine.dispose()


def _tool(name: str, package: str, other: str = "") -> str:
    """Raises :class:`DatabaseError` when it is not installed."""
    for each in (name, other):
        if each and (found := shutil.which(each)):
            return found
    raise DatabaseError(f"This database needs {name}: {_MISSING.format(name, package)}.")


def _run(tool: str, options: Sequence[str], environment: Mapping[str, str], stdin: int = subprocess.DEVNULL) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - a program found by its name, and no shell
            [tool, *options],
            env={**_without_ours(), **environment},
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
    except OSError as error:
        raise DatabaseError(f"{Path(tool).name} cannot be started ({error.strerror}).") from error
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason was given"]
        raise DatabaseError(f"{Path(tool).name} failed: {' '.join(lines[-1].split())[:_LAST_WORDS]}.")


def _without_ours() -> dict[str, str]:
    """The environment without settings of Parley's and without what would lead these tools to another database."""
    ours = ("PARLEY_", "PG", "MYSQL", "MARIADB")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def _query(url: URL, *names: str) -> str | None:
    """What the address says behind its question mark."""
    for name in names:
        value = url.query.get(name)
        if value:
            return value if isinstance(value, str) else value[0]
    return None


def _postgres_environment(url: URL, ca: Path | None) -> dict[str, str]:
    values = {
        "PGHOST": url.host or _query(url, "host"),
        "PGPORT": str(url.port) if url.port else _query(url, "port"),
        "PGUSER": url.username,
        "PGPASSWORD": str(url.password) if url.password is not None else None,
        "PGDATABASE": url.database,
        "PGSSLMODE": "verify-full" if ca is not None else _query(url, "sslmode", "ssl"),
        "PGSSLROOTCERT": str(ca) if ca is not None else None,
        "PGCONNECT_TIMEOUT": "10",
    }
    return {name: value for name, value in values.items() if value}


def _mysql_environment(url: URL) -> dict[str, str]:
    return {"MYSQL_PWD": str(url.password)} if url.password is not None else {}


def _mysql_options(tool: str, url: URL, ca: Path | None) -> list[str]:
    """First of all, no file of the user's says anything else."""
    options = ["--no-defaults"]
    values = {"host": url.host, "port": url.port, "user": url.username, "socket": _query(url, "unix_socket")}
    options += [f"--{name}={value}" for name, value in values.items() if value]
    if ca is not None:
        checked = "--ssl-verify-server-cert" if "mariadb" in Path(tool).name else "--ssl-mode=VERIFY_IDENTITY"
        options += [f"--ssl-ca={ca}", checked]
    return options

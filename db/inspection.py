"""A look at a database that changes nothing in it: for the person who asks whether it is well."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import URL, exc, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import NullPool

from db.engine import parse_url
from db.errors import DatabaseError, reason
from db.servers import server_engine

_SQLITE_WAIT_S: Final = 5.0

_VERSION: Final = "SELECT version()"
_REVISION: Final = "SELECT version_num FROM alembic_version"
_HAS_TABLES: Final = (
    "SELECT count(*) FROM information_schema.tables WHERE table_name = 'alembic_version' AND table_schema = "
)
_PROBE: Final = "CREATE TEMPORARY TABLE parley_probe (id INTEGER)"


@dataclass(frozen=True, slots=True)
class Inspection:
    kind: str
    """``sqlite``, ``postgresql``, ``mysql`` (MariaDB too)."""
    version: str
    revision: str | None
    """Of the tables; None: there are none yet."""
    writable: bool
    encrypted: bool | None
    """None: it is a file of this machine."""
    now_s: float | None
    """The server's clock, seconds since 1970; None: it is this machine's."""


async def inspect(url: str, password: str | None = None, ca: Path | None = None) -> Inspection | None:
    """None: the file is not there yet. Raises :class:`DatabaseError`."""
    parsed = parse_url(url, password)
    if parsed.get_backend_name() == "sqlite":
        return await asyncio.to_thread(_file, Path(parsed.database or ""))
    return await _server(parsed, ca)


def _file(path: Path) -> Inspection | None:
    if not path.exists():
        return None
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_SQLITE_WAIT_S, isolation_level=None
        )
    except sqlite3.Error as error:
        raise DatabaseError(f"The database {path} cannot be opened ({reason(error)}); see who owns it.") from error
    try:
        known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        row = connection.execute(_REVISION).fetchone() if known else None
        writable = _takes_writes(connection)
    except sqlite3.Error as error:
        raise DatabaseError(
            f"The database {path} cannot be used ({reason(error)}); move it away or restore it from a backup."
        ) from error
    finally:
        connection.close()
    revision = None if row is None else str(row[0])
    return Inspection("sqlite", sqlite3.sqlite_version, revision, writable, encrypted=None, now_s=None)


def _takes_writes(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        # Somebody else writes at this moment, so it can be written.
        return "locked" in str(error) or "busy" in str(error)
    connection.execute("ROLLBACK")
    return True


async def _server(url: URL, ca: Path | None) -> Inspection:
    engine = await asyncio.to_thread(lambda: server_engine(url, ca, poolclass=NullPool))
    try:
        async with engine.connect() as connection:
            return await _ask(connection, url.get_backend_name())
    except (exc.SQLAlchemyError, OSError) as error:
        raise DatabaseError(f"The database cannot be reached: {reason(error)}.") from error
    finally:
        await engine.dispose()


async def _ask(connection: AsyncConnection, kind: str) -> Inspection:
    async def one(sql: str) -> object:
        return (await connection.execute(text(sql))).scalar()

    postgresql = kind == "postgresql"
    version = str(await one(_VERSION))
    clock = await one("SELECT extract(epoch FROM clock_timestamp())" if postgresql else "SELECT unix_timestamp(now(3))")
    schema = "current_schema()" if postgresql else "database()"
    revision = str(await one(_REVISION)) if await one(_HAS_TABLES + schema) else None
    if postgresql:
        encrypted = bool(await one("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
    else:
        row = (await connection.execute(text("SHOW SESSION STATUS LIKE 'Ssl_cipher'"))).first()
        encrypted = row is not None and bool(row[1])
    return Inspection(
        "postgresql" if postgresql else "mysql",
        version.split(" on ")[0],
        revision,
        await _can_write(connection),
        encrypted=encrypted,
        now_s=float(str(clock)),
    )


async def _can_write(connection: AsyncConnection) -> bool:
    """A table for this connection alone, gone with it."""
    try:
        await connection.execute(text(_PROBE))
    except exc.DBAPIError:
        return False
    finally:
        await connection.rollback()
    return True

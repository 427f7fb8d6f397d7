"""Brings a database to the tables of this program, and back.

All steps happen in one transaction, so that a step that fails changes nothing (not on MySQL, which commits each change of a
table). Alembic is loaded only when there is something to do.
"""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import URL, Connection, exc, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import NullPool

from db.engine import open_migration_engine, parse_url
from db.errors import DatabaseError, reason
from db.servers import server_engine

HEAD: Final = "0013"
"""The revision that this program works with; a test holds it against the scripts."""

_ALONE_WITHIN_S: Final = 60
_Direction = Literal["upgrade", "downgrade"]


async def upgrade(url: str | URL, revision: str = HEAD, *, ca: Path | None = None) -> None:
    """Raises :class:`DatabaseError`, also for a database that a newer program has written, or another program."""
    await asyncio.to_thread(_migrate, url, ca, "upgrade", revision)


async def downgrade(url: str | URL, revision: str, *, ca: Path | None = None) -> None:
    """``base`` takes everything away. Raises :class:`DatabaseError`."""
    await asyncio.to_thread(_migrate, url, ca, "downgrade", revision)


def _migrate(url: str | URL, ca: Path | None, direction: _Direction, revision: str) -> None:
    parsed = parse_url(url)
    try:
        if parsed.get_backend_name() == "sqlite":
            _with_thread(parsed, direction, revision)
        else:
            asyncio.run(_with_loop(server_engine(parsed, ca, poolclass=NullPool), direction, revision))
    except (exc.SQLAlchemyError, OSError) as error:
        raise DatabaseError(f"The database cannot be brought up to date: {reason(error)}.") from error


def _with_thread(url: URL, direction: _Direction, revision: str) -> None:
    engine = open_migration_engine(url)
    try:
        with engine.begin() as connection:
            _run(connection, direction, revision)
    finally:
        engine.dispose()


async def _with_loop(engine: AsyncEngine, direction: _Direction, revision: str) -> None:
    """For drivers that need an event loop: one that serves nobody else, so that Alembic may block it."""
    try:
        connection = await _reached(engine)
        try:
            async with connection.begin():
                await connection.run_sync(_be_alone)
                await connection.run_sync(_run, direction, revision)
        finally:
            await connection.close()
    finally:
        await engine.dispose()


async def _reached(engine: AsyncEngine) -> AsyncConnection:
    try:
        return await engine.connect()
    except Exception as error:  # drivers raise what they like when a server cannot be reached
        raise DatabaseError(f"The database cannot be reached: {reason(error)}.") from error


def _be_alone(connection: Connection) -> None:
    """Until the connection closes: of several processes that start at once, one changes the tables and the others look after it."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = '{_ALONE_WITHIN_S}s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(7092767179)"))
    elif (
        connection.execute(text(f"SELECT GET_LOCK(MD5(CONCAT('parley ', DATABASE())), {_ALONE_WITHIN_S})")).scalar()
        != 1
    ):
        raise DatabaseError(
            "Another Parley has been changing the tables for a minute; wait until it is done, and try again."
        )


def _choose_characters(connection: Connection) -> None:
    """MariaDB and MySQL compare texts as the database was told; here as everywhere else: byte by byte."""
    chosen = connection.execute(text("SELECT @@character_set_database, @@collation_database")).one()
    if tuple(chosen) != ("utf8mb4", "utf8mb4_bin"):
        connection.execute(text("ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"))


def current(connection: Connection) -> str | None:
    """The revision of the database; ``None`` for an empty one. Raises :class:`DatabaseError` for another program's."""
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        if tables:
            raise DatabaseError("The database holds the tables of another program; give Parley one of its own.")
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _run(connection: Connection, direction: _Direction, revision: str) -> None:
    now = current(connection)
    if now == revision:
        return
    if now is None and connection.dialect.name == "mysql":
        _choose_characters(connection)
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config(stdout=io.StringIO())
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if now is not None and now not in known:
        raise DatabaseError(
            f"The database was written by a newer Parley (its tables are at {now}, these at {HEAD}); install that one."
        )
    try:
        getattr(command, direction)(config, revision)
    except CommandError as error:
        raise DatabaseError(f"The database cannot be brought up to date: {reason(error)}.") from error
    if connection.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
        raise DatabaseError("The database holds rows that refer to nothing; restore it from a backup.")


def knows(revision: str) -> bool:
    """Whether this program can bring tables of that revision up to date: a newer program's it cannot."""
    from alembic.script import ScriptDirectory

    return revision in {script.revision for script in ScriptDirectory(str(Path(__file__).parent)).walk_revisions()}

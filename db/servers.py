"""How the databases that are servers are opened: PostgreSQL with asyncpg, MariaDB and MySQL with asyncmy."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from db.alchemy import AlchemyDatabase
from db.errors import DatabaseError

READERS: Final = 4
"""Connections that read at the same time; one more writes."""

RECYCLE_S: Final = 3600
"""A connection that is older is opened anew: servers, and what stands between, close those that were idle for long."""

BUSY_S: Final = 5
"""How long to wait for a connection, or for rows that another process holds."""

_MYSQL_OPENING: Final = (
    f"SET SESSION innodb_lock_wait_timeout = {BUSY_S}, "
    # What is too long is an error, not cut; and nothing but InnoDB keeps what we say together.
    "sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO', default_storage_engine = InnoDB, "
    # The driver would log warnings, and they quote what people wrote.
    "max_error_count = 0"
)


def open_servers(url: URL, ca: Path | None) -> tuple[AlchemyDatabase, AlchemyDatabase]:
    """The one that writes and the one that reads. Raises :class:`db.errors.DatabaseError`."""
    pool: dict[str, Any] = {
        "max_overflow": 0,
        "pool_timeout": BUSY_S,
        "pool_recycle": RECYCLE_S,
        "pool_reset_on_return": None,  # every transaction ends before its connection goes back
    }
    writer = server_engine(url, ca, isolation_level="READ COMMITTED", pool_size=1, **pool)
    read_only = {"execution_options": {"postgresql_readonly": True}} if url.get_backend_name() == "postgresql" else {}
    reader = server_engine(url, ca, isolation_level="REPEATABLE READ", pool_size=READERS, **read_only, **pool)
    if not read_only:
        event.listen(reader.sync_engine, "connect", _read_only)
    return AlchemyDatabase(writer), AlchemyDatabase(reader)


def server_engine(url: URL, ca: Path | None, **options: Any) -> AsyncEngine:
    """Nothing is connected yet. With ``ca`` (a PEM file) the server has to show a certificate of that authority for its name.

    Blocks. Raises :class:`db.errors.DatabaseError`.
    """
    arguments: dict[str, Any] = {} if ca is None else {"ssl": _trusting(ca)}
    if url.get_backend_name() == "postgresql":
        arguments |= {"timeout": BUSY_S, "server_settings": {"lock_timeout": f"{BUSY_S}s"}}
    else:
        arguments |= {"connect_timeout": BUSY_S, "charset": "utf8mb4", "init_command": _MYSQL_OPENING}
    return create_async_engine(url, connect_args=arguments, **options)


def _trusting(ca: Path) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(ca))
    except (OSError, ssl.SSLError) as error:
        raise DatabaseError(f"The certificates of the database's authority in {ca} cannot be read: {error}.") from error


def _read_only(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("SET SESSION TRANSACTION READ ONLY")
    cursor.close()

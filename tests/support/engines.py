"""The databases that Parley runs on, for tests: servers are started once, and each test gets a database that is as new."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

import pytest

from tests.support import mariadb as mariadb_programs
from tests.support import postgres as postgres_programs
from tests.support.database import make_file, sqlite_url
from tests.support.mariadb import MariadbServer, mariadb_server
from tests.support.postgres import PostgresServer, postgres_server

ENGINES: Final = ("sqlite", "postgresql", "mariadb")

_SHARED: Final = "parley"
_UPGRADE: Final = "import asyncio, sys; from db import migrations; asyncio.run(migrations.upgrade(sys.argv[1]))"
"""In a process of its own: Alembic blocks an event loop that serves nobody, which the tests would not let pass."""

_numbers = itertools.count(1)


class Server(Protocol):
    """All of it blocks."""

    def say(self, sql: str, database: str = ...) -> list[str]:
        """The lines of the answer."""
        ...

    def url_of(self, database: str) -> str: ...

    def create(self, database: str) -> None: ...

    def empty(self, database: str) -> None:
        """Takes every row away."""
        ...


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    found = postgres_programs.programs()
    if found is None:
        pytest.skip("no PostgreSQL server is installed (apt install postgresql)")
    with postgres_server(found) as server:
        _share(server)
        yield server


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariadbServer]:
    if not mariadb_programs.programs():
        pytest.skip("no MariaDB server is installed (apt install mariadb-server)")
    with mariadb_server() as server:
        _share(server)
        yield server


def _share(server: Server) -> None:
    server.create(_SHARED)
    subprocess.run([sys.executable, "-c", _UPGRADE, server.url_of(_SHARED)], check=True)


def empty_database(request: pytest.FixtureRequest, engine: str, folder: Path) -> str:
    """The address of a database with all tables and nothing in them."""
    if engine == "sqlite":
        make_file(folder)
        return sqlite_url(folder)
    server = _server(request, engine)
    server.empty(_SHARED)
    return server.url_of(_SHARED)


def new_database(request: pytest.FixtureRequest, engine: str, folder: Path) -> str:
    """The address of a database without tables."""
    if engine == "sqlite":
        return sqlite_url(folder)
    server = _server(request, engine)
    name = f"new{next(_numbers)}"
    server.create(name)
    return server.url_of(name)


def _server(request: pytest.FixtureRequest, engine: str) -> Server:
    server: Server = request.getfixturevalue("postgres" if engine == "postgresql" else engine)
    return server

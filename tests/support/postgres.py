"""A PostgreSQL server for tests: Debian's, in a folder of its own, behind a Unix socket."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db.tables import metadata

DATABASE = "parley"
_UPGRADE = "import asyncio, sys; from db import migrations; asyncio.run(migrations.upgrade(sys.argv[1]))"
"""In a process of its own: Alembic blocks an event loop that serves nobody, which the tests would not let pass."""


def programs() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``, of the newest version installed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: float(path.parts[-3]))
    if folders:
        return folders[-1].parent
    found = shutil.which("pg_ctl")
    return Path(found).resolve().parent if found else None


class PostgresServer:
    def __init__(self, folder: Path, programs: Path) -> None:
        self._folder = folder
        self._programs = programs

    def run(self, program: str, *arguments: str) -> None:
        # The server refuses to run as root.
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
        command = [*user, str(self._programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    @property
    def url(self) -> str:
        # With a password and without TLS the driver looks for no files in the home of whoever runs the tests.
        return f"postgresql://postgres:unused@/{DATABASE}?host={self._folder}&ssl=disable"

    def empty(self) -> None:
        """Takes every row away. Blocks."""
        names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
        self.run("psql", "-h", str(self._folder), "-U", "postgres", "-d", DATABASE, "-c", f"TRUNCATE {names} CASCADE")


@contextmanager
def postgres_server(programs: Path) -> Iterator[PostgresServer]:
    """Takes about a second. Blocks."""
    with tempfile.TemporaryDirectory(prefix="parley-pg-") as name:
        folder = Path(name)
        if os.getuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        server = PostgresServer(folder, programs)
        data = str(folder / "data")
        server.run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        server.run("pg_ctl", "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            server.run("createdb", "-h", name, "-U", "postgres", DATABASE)
            subprocess.run([sys.executable, "-c", _UPGRADE, server.url], check=True)
            yield server
        finally:
            server.run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")

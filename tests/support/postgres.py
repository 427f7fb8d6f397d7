"""A PostgreSQL server for tests: Debian's, in a folder of its own, behind a Unix socket, with nothing safe on the disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.support.database_door import Door

_FAST: Final = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=40 -c shared_buffers=32MB"
)
_LETTING_IN: Final = ("--auth-local=trust", "--auth-host=scram-sha-256")
_SAYING: Final = ("--no-psqlrc", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--quiet")


def programs() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``, of the newest version installed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: float(path.parts[-3]))
    if folders:
        return folders[-1].parent
    found = shutil.which("pg_ctl")
    return Path(found).resolve().parent if found else None


class PostgresServer:
    """Implements :class:`tests.support.engines.Server`."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self._port = 5432  # of the socket, too
        self._programs = programs

    def run(self, program: str, *arguments: str, says: str | None = None) -> str:
        # The server refuses to run as root.
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
        command = [*user, str(self._programs / program), *arguments]
        done = subprocess.run(command, check=True, input=says, stdout=subprocess.PIPE, text=True, cwd="/")
        return done.stdout

    def start(self, door: Door | None) -> None:
        data = str(self.folder / "data")
        self.run("initdb", "-D", data, "-U", "postgres", *_LETTING_IN, "-E", "UTF8", "--no-sync")
        sockets = f"-c unix_socket_directories={self.folder}"
        network = "-c listen_addresses="
        if door is not None:
            self._port = door.port
            key, certificate = door.write(self.folder, "postgres")
            network = f"-c listen_addresses=127.0.0.1 -p {door.port} -c ssl=on -c ssl_cert_file={certificate} -c ssl_key_file={key}"
        started = f"{_FAST} {sockets} {network}"
        # Its output is not ours: it would wait for the server to end.
        self.run("pg_ctl", "-D", data, "-o", started, "-l", str(self.folder / "log"), "-s", "-w", "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-s", "-w", "stop")

    def say(self, sql: str, database: str = "postgres") -> list[str]:
        """The lines of the answer, fields with ``|`` between them. Blocks."""
        where = ("-h", str(self.folder), "-p", str(self._port), "-U", "postgres", "-d", database)
        return self.run("psql", *_SAYING, *where, says=sql).splitlines()

    def url_of(self, database: str) -> str:
        # With a password and without TLS the driver looks for no files in the home of whoever runs the tests.
        return f"postgresql://postgres:unused@/{database}?host={self.folder}&ssl=disable"

    def create(self, database: str) -> None:
        self.say(f"CREATE DATABASE {database}")

    def empty(self, database: str) -> None:
        tables = self.say("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", database)
        names = ", ".join(f'"{table}"' for table in tables if table != "alembic_version")
        self.say(f"TRUNCATE {names}", database)


@contextmanager
def postgres_server(programs: Path, door: Door | None = None) -> Iterator[PostgresServer]:
    """Takes about a second. Blocks."""
    with tempfile.TemporaryDirectory(prefix="parley-pg-") as name:
        folder = Path(name)
        if os.getuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        server = PostgresServer(folder, programs)
        server.start(door)
        try:
            yield server
        finally:
            server.stop()

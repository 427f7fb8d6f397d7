"""A MariaDB server for tests: Debian's, in a folder of its own, behind a Unix socket, with nothing safe on the disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.support.database_door import Door

WITHIN_S: Final = 60.0
_FAST: Final = (
    "--skip-log-bin",
    "--skip-name-resolve",
    "--performance-schema=OFF",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-flush-method=nosync",
    "--innodb-buffer-pool-size=32M",
    "--innodb-log-file-size=16M",
)


def programs() -> bool:
    return all(shutil.which(name) for name in ("mariadbd", "mariadb", "mariadb-install-db"))


class MariadbServer:
    """Implements :class:`tests.support.engines.Server`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # The server refuses to run as root, unless it is told to become somebody else.
        user = ["--user=mysql"] if os.getuid() == 0 else []
        self._common = ["--no-defaults", *user, f"--datadir={folder / 'data'}"]
        self._process: subprocess.Popen[str] | None = None

    def start(self, door: Door | None) -> None:
        install = ["mariadb-install-db", *self._common, *_FAST]
        self._run([*install, "--auth-root-authentication-method=normal", "--skip-test-db"])
        files = [f"--socket={self.folder / 'socket'}", f"--pid-file={self.folder / 'pid'}"]
        network = ["--skip-networking"]
        if door is not None:
            key, certificate = door.write(self.folder, "mysql")
            tls = [f"--ssl-cert={certificate}", f"--ssl-key={key}"]
            network = ["--bind-address=127.0.0.1", f"--port={door.port}", *tls]
        command = ["mariadbd", *self._common, *_FAST, *files, *network]
        with (self.folder / "log").open("w") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, text=True, cwd="/")
        end = time.monotonic() + WITHIN_S
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < end, "mariadbd does not answer"
            time.sleep(0.02)

    def _run(self, command: list[str], says: str | None = None) -> str:
        done = subprocess.run(command, check=True, input=says, capture_output=True, text=True, cwd="/")
        return done.stdout

    def _answers(self) -> bool:
        try:
            self.say("SELECT 1")
        except subprocess.CalledProcessError:
            return False
        return True

    def stop(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait(WITHIN_S)

    def say(self, sql: str, database: str = "mysql") -> list[str]:
        """The lines of the answer, with tabs between fields. Blocks."""
        where = ["--no-defaults", f"--socket={self.folder / 'socket'}", "--user=root"]
        return self._run(["mariadb", *where, "--batch", "--skip-column-names", database], sql).splitlines()

    def url_of(self, database: str) -> str:
        return f"mysql://root@/{database}?unix_socket={self.folder / 'socket'}"

    def create(self, database: str) -> None:
        self.say(f"CREATE DATABASE {database} CHARACTER SET latin1")  # what some servers choose by themselves

    def empty(self, database: str) -> None:
        tables = self.say(f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{database}'")
        deletes = "".join(f"DELETE FROM `{table}`;" for table in tables if table != "alembic_version")
        self.say(f"SET FOREIGN_KEY_CHECKS = 0; {deletes}", database)


@contextmanager
def mariadb_server(door: Door | None = None) -> Iterator[MariadbServer]:
    """Takes two seconds. Blocks."""
    with tempfile.TemporaryDirectory(prefix="parley-maria-") as name:
        folder = Path(name)
        if os.getuid() == 0:
            shutil.chown(folder, "mysql", "mysql")
        server = MariadbServer(folder)
        server.start(door)
        try:
            yield server
        finally:
            server.stop()

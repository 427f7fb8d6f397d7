"""Debian's Prosody: a room (MUC) with its archive (MAM) in SQLite, or in Prosody's own files."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final, Literal

from bench.chat.orders import Orders, Seat
from bench.chat.peers.processes import end, wait_for_port
from bench.packages import NotHereError
from tests.support.server import free_port

_ROOM: Final = "bench@conference.localhost"
_CONFIG: Final = """
run_as_root = true
data_path = "{folder}"
pidfile = "{folder}/prosody.pid"
log = {{ error = "{folder}/log" }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
s2s_ports = {{ }}
modules_enabled = {{ "carbons", "csi_simple", "disco", "ping", "posix", "register", "roster", "saslauth", "smacks" }}
modules_disabled = {{ "s2s", "tls" }}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
allow_registration = true
authentication = "internal_plain"
storage = "internal"
sql = {{ driver = "SQLite3", database = "{folder}/archive.sqlite" }}
VirtualHost "localhost"
Component "conference.localhost" "muc"
    modules_enabled = {{ "muc_mam" }}
    storage = {{ muc_log = "{archive}" }}
    muc_room_locking = false
    muc_room_default_persistent = true
    muc_room_default_presence_broadcast = {{ visitor = false, participant = false, moderator = false }}
    max_history_messages = 0
"""
_ARCHIVES: Final = {"sql": "SQLite", "internal": "its own files"}
"""By Prosody's name."""


class Prosody:
    def __init__(self, archive: Literal["sql", "internal"] = "sql") -> None:
        self.name = "prosody" if archive == "sql" else "prosody_files"
        self.note = f"MUC with mod_muc_mam on {_ARCHIVES[archive]}"
        self._archive = archive
        self._temporary = tempfile.TemporaryDirectory(prefix="parley-bench-prosody-", ignore_cleanup_errors=True)
        self.folder = Path(self._temporary.name)
        self._port = free_port()
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        if shutil.which("prosody") is None:
            raise NotHereError("prosody is not installed (Debian: apt install prosody lua-dbi-sqlite3)")
        folder = self.folder
        config = folder / "prosody.cfg.lua"
        config.write_text(_CONFIG.format(folder=folder, port=self._port, archive=self._archive))
        self._process = await asyncio.create_subprocess_exec(
            *("prosody", "-F", "--config", str(config)),
            env=os.environ | {"HOME": str(folder)},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await wait_for_port(self._port, self._process)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def orders(self, readers: int) -> Orders:
        seats = [Seat(f"bench{number}", _ROOM) for number in range(readers)]
        return Orders(speaks="xmpp", port=self._port, seats=seats)

    async def stop(self) -> None:
        if self._process is not None:
            await end(self._process)
        self._temporary.cleanup()

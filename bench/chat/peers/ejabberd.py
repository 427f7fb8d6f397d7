"""Debian's ejabberd, started by its own ejabberdctl: a room (MUC) with its archive (MAM) in SQLite, or in Mnesia's files."""

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

_PATH: Final = f"{os.defpath}:/usr/sbin:/sbin"
_USER: Final = "ejabberd"
_VM: Final = "beam.smp"
_ROOM: Final = "bench@conference.localhost"
_CONFIG: Final = """
hosts: [localhost]
loglevel: error
listen:
  -
    port: {port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    max_stanza_size: 262144
    shaper: none
    backlog: 1024
    access: all
    starttls: false
auth_method: internal
auth_password_format: plain
registration_timeout: infinity
sql_type: sqlite
sql_database: "{folder}/archive.sqlite"
shaper_rules:
  max_user_sessions: infinity
modules:
  mod_caps: {{}}
  mod_carboncopy: {{}}
  mod_client_state: {{}}
  mod_disco: {{}}
  mod_mam:
    db_type: {archive}
    default: never
  mod_muc:
    access_create: all
    default_room_options:
      mam: true
      persistent: true
      presence_broadcast: []
      max_users: 5000
    max_users: 5000
    max_users_presence: 1
    history_size: 0
  mod_ping: {{}}
  mod_register:
    access: all
    ip_access: all
    password_strength: 0
  mod_roster: {{}}
  mod_stream_mgmt: {{}}
"""
_ARCHIVES: Final = {"sql": "SQLite", "mnesia": "Mnesia's files"}
"""By ejabberd's name."""


class Ejabberd:
    """What ejabberdctl starts runs as the user ``ejabberd``, in a folder of its own."""

    def __init__(self, archive: Literal["sql", "mnesia"] = "sql") -> None:
        self.name = "ejabberd" if archive == "sql" else "ejabberd_files"
        self.note = f"MUC with mod_mam on {_ARCHIVES[archive]}"
        self._archive = archive
        self._temporary = tempfile.TemporaryDirectory(prefix="parley-bench-ejabberd-", ignore_cleanup_errors=True)
        self.folder = Path(self._temporary.name)
        self._port = free_port()
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        if shutil.which("ejabberdctl", path=_PATH) is None:
            raise NotHereError("ejabberd is not installed (Debian: apt install ejabberd erlang-p1-sqlite3)")
        if os.geteuid() != 0:
            raise NotHereError("it runs as a user of its own: start the bench as root")
        self._write_config()
        self._process = await self._run()
        await wait_for_port(self._port, self._process)

    def _write_config(self) -> None:
        folder = self.folder
        config = _CONFIG.format(port=self._port, folder=folder, archive=self._archive)
        (folder / "ejabberd.yml").write_text(config)
        (folder / "ejabberdctl.cfg").write_text('ERL_OPTIONS="-env ERL_CRASH_DUMP_BYTES 0"\n')
        (folder / "inetrc").write_text('{lookup, [file]}.\n{host, {127,0,0,1}, ["localhost"]}.\n')
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, _USER, _USER)

    async def _run(self) -> asyncio.subprocess.Process:
        folder = self.folder
        return await asyncio.create_subprocess_exec(
            *("setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--clear-groups"),  # su would allow it but 1,024 files
            *("ejabberdctl", "--config-dir", str(folder), "--config", f"{folder}/ejabberd.yml"),
            *("--ctl-config", f"{folder}/ejabberdctl.cfg", "--logs", str(folder), "--spool", f"{folder}/spool"),
            *("--node", f"parley-bench-{self._port}@localhost", "foreground"),
            env={"PATH": _PATH, "HOME": str(folder), "ERL_DIST_PORT": str(free_port())},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def orders(self, readers: int) -> Orders:
        seats = [Seat(f"bench{number}", _ROOM) for number in range(readers)]
        return Orders(speaks="xmpp", port=self._port, seats=seats)

    async def stop(self) -> None:
        if self._process is not None:
            await end(self._process, _VM)
        self._temporary.cleanup()

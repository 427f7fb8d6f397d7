"""Debian's mumble-server, over UDP with OCB2-AES128."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

from bench.clients import FleetProcess
from bench.mumble_client import MumbleSpec
from bench.network import Network
from bench.packages import NotHereError
from bench.scenarios import Scenario

_PORT = 64739
"""Not the usual one: Debian's package may have started a server of its own."""
_PATIENCE_S = 10.0


class Mumble:
    """All in the root channel: one room."""

    name = "mumble"
    note = "AES-128-OCB2 instead of SRTP"

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="parley-bench-mumble-")
        self._network: Network | None = None
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, network: Network) -> None:
        program = shutil.which("murmurd") or shutil.which("mumble-server") or shutil.which("murmurd", path="/usr/sbin")
        if program is None:
            raise NotHereError("mumble-server is not installed (Debian: apt install mumble-server)")
        self._network = network
        config = self._write_config(network)
        self._process = await asyncio.create_subprocess_exec(
            *network.command(program, "-fg", "-ini", str(config)),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await self._wait_for_port(network)

    def _write_config(self, network: Network) -> Path:
        folder = Path(self._folder.name)
        folder.chmod(0o777)  # started by root, mumble-server becomes a user of its own
        config = folder / "server.ini"
        config.write_text(
            f"database={folder}/server.sqlite\nhost={network.server_ip}\nport={_PORT}\nusers=1000\n"
            f"bandwidth=558000\nlogfile={folder}/log\nbonjour=False\nautobanAttempts=0\nice=\n"
        )
        return config

    async def _wait_for_port(self, network: Network) -> None:
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                try:
                    _, writer = await asyncio.open_connection(network.server_ip, _PORT)
                except OSError:
                    await asyncio.sleep(0.1)
                else:
                    writer.close()
                    return

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def connect(self, scenario: Scenario, fleet: FleetProcess) -> None:
        assert self._network is not None
        if scenario.rooms != 1 or scenario.conversation:
            raise RuntimeError("one room of speakers and listeners only")
        await fleet.call("open", scenario.people, self._network.client_ip)
        for index in range(scenario.people):
            spec = MumbleSpec((self._network.server_ip, _PORT), f"bench{index}")
            await fleet.call("connect_mumble", [(index, spec, index < scenario.speakers)])
        await asyncio.sleep(1)

    async def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), 5)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        self._folder.cleanup()

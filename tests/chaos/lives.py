"""The lives of a server: it is started, and killed, and started again, on the same data and the same port."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from tests.support.server import ROOT, clean_environment, free_port

START_WITHIN_S: Final = 30.0


class Lives:
    def __init__(self, mother: asyncio.subprocess.Process, port: int, log: Path) -> None:
        self._mother = mother
        self._log = log
        self.url = f"http://localhost:{port}"
        self.up = asyncio.Event()
        """Set while there is a server that has said that it is ready, and has not been killed."""
        self.kills = 0

    async def start(self) -> None:
        await self._order("start")
        await self._line("Ready")
        self.up.set()

    async def kill(self) -> None:
        """SIGKILL: the process gets no word in, whatever it is doing."""
        self.up.clear()
        await self._order("kill")
        ended = await self._line("ended")
        assert int(ended.split()[1]) == signal.SIGKILL, f"it had died before: {ended}\n{self._log.read_text()}"
        self.kills += 1

    async def _order(self, word: str) -> None:
        assert self._mother.stdin is not None
        self._mother.stdin.write(f"{word}\n".encode())
        await self._mother.stdin.drain()

    async def _line(self, beginning: str) -> str:
        assert self._mother.stdout is not None
        try:
            async with asyncio.timeout(START_WITHIN_S):
                while line := (await self._mother.stdout.readline()).decode():
                    if line.startswith(beginning):
                        return line
        except TimeoutError:
            pass
        raise AssertionError(f"no line that begins with {beginning}:\n{self._log.read_text()}")


@asynccontextmanager
async def lives_in(folder: Path) -> AsyncIterator[Lives]:
    """No server runs yet, and none is left afterwards."""
    port, log = free_port(), folder / "log.txt"
    settings = {
        "PARLEY_PORT": str(port),
        "PARLEY_MEDIA_PORT": "0",
        "PARLEY_DATA": str(folder / "data"),
        "PARLEY_LOG_LEVEL": "warning",
    }
    with log.open("a") as errors:
        mother = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.chaos.mother"),
            env=clean_environment(**settings),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
        )
    try:
        yield Lives(mother, port, log)
    finally:
        assert mother.stdin is not None
        mother.stdin.close()
        await mother.wait()

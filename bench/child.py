"""Helper processes of the bench that are talked to in lines."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parent.parent
_LINE_MAX_BYTES: Final = 1 << 26
_END_WITHIN_S: Final = 10.0


class Child:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    async def ask(self, line: str | bytes) -> str:
        """One line there, one line back. Raises RuntimeError when it is gone (its traceback is on stderr)."""
        assert self._process.stdin is not None
        self._process.stdin.write((line if isinstance(line, bytes) else line.encode()) + b"\n")
        return await self.answer()

    async def answer(self) -> str:
        """Raises RuntimeError when it is gone."""
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("a process of the bench ended")
        return line.decode().strip()


@contextlib.asynccontextmanager
async def child(module: str) -> AsyncIterator[Child]:
    """``python -m module`` for as long as this is entered; the end of its input ends it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", module),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LINE_MAX_BYTES,
        cwd=_ROOT,
    )
    try:
        yield Child(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), _END_WITHIN_S)
        except TimeoutError:
            process.kill()
            await process.wait()

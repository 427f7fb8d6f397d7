"""Has children of this process look into files, a few at a time, each for a bounded time."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec
import structlog

from server.adapters.content import PICTURES, RECORDINGS
from server.adapters.studio.job import Answer, Made, Nothing, Refused
from server.domain.errors import Invalid, Unavailable
from server.ports import Developed

_WAITING_MAX: Final = 64
_ANSWER_MAX: Final = 1 << 16
_READ_BYTES: Final = 1 << 18
_CHILD: Final = "server.adapters.studio.child"

_log = structlog.stdlib.get_logger("parley.studio")


class Studio:
    """Implements :class:`server.ports.Studio`. ``folder`` holds what is being looked at, and nothing else."""

    def __init__(self, folder: Path, *, at_once: int = 2, within_s: float = 90.0, child: Sequence[str] = ()) -> None:
        self._folder = folder
        self._places = asyncio.Semaphore(at_once)
        self._within_s = within_s
        self._pending = 0
        self._child = (*(child or (sys.executable, "-m", _CHILD)),)

    @asynccontextmanager
    async def develop(self, chunks: AsyncIterator[bytes], media_type: str) -> AsyncIterator[Developed | None]:
        if media_type not in PICTURES | RECORDINGS:
            yield None
            return
        async with self._place():
            folder = await asyncio.to_thread(_new_folder, self._folder)
            try:
                answer = await self._look(folder, chunks, media_type)
                yield _developed(answer, media_type, folder)
            finally:
                await asyncio.shield(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        if self._pending >= _WAITING_MAX:
            raise Unavailable("busy", "The server is busy with other files. Try again in a moment.")
        self._pending += 1
        try:
            async with self._places:
                yield
        finally:
            self._pending -= 1

    async def _look(self, folder: Path, chunks: AsyncIterator[bytes], media_type: str) -> Answer:
        source = folder / "source"
        await _write(source, chunks)
        out = await self._run(str(source), media_type, str(folder))
        try:
            answer: Answer = msgspec.json.decode(out, type=Answer)
        except msgspec.DecodeError:
            # It came to a limit, or worse; the file's doing, and no concern of whoever sent it.
            _log.warning("a file could not be looked into", media_type=media_type)
        else:
            return answer
        return Refused("This image needs too much to be shown.") if media_type in PICTURES else Nothing()

    async def _run(self, *arguments: str) -> bytes:
        process = await asyncio.create_subprocess_exec(
            *self._child,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            env=_environment(),
        )
        assert process.stdout is not None  # noqa: S101 - asked for
        try:
            async with asyncio.timeout(self._within_s):
                out = await process.stdout.read(_ANSWER_MAX)
                await process.wait()
                return out if process.returncode == 0 else b""
        except TimeoutError:
            return b""
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)
                await asyncio.shield(process.wait())


def _developed(answer: Answer, media_type: str, folder: Path) -> Developed | None:
    if isinstance(answer, Refused):
        raise Invalid("bad_image", answer.reason)
    if not isinstance(answer, Made):
        return None
    parts = {name: _read(folder / name) for name in answer.parts}
    return Developed(media_type=answer.media_type, media=answer.media, parts=parts)


def _new_folder(parent: Path) -> Path:
    parent.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(dir=parent))


def empty(folder: Path) -> None:
    """Of what a killed process left there. Blocks."""
    shutil.rmtree(folder, ignore_errors=True)


async def _write(path: Path, chunks: AsyncIterator[bytes]) -> None:
    file = await asyncio.to_thread(path.open, "wb")
    try:
        async for chunk in chunks:
            await asyncio.to_thread(file.write, chunk)
    finally:
        await asyncio.to_thread(file.close)


async def _read(path: Path) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        while chunk := await asyncio.to_thread(file.read, _READ_BYTES):
            yield chunk
    finally:
        await asyncio.to_thread(file.close)


def _environment() -> Mapping[str, str]:
    """Nothing of this process's own, secrets least of all; with the place that it has ``server`` from."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH") if name in os.environ}
    spec = importlib.util.find_spec("server")
    if spec is not None and spec.origin is not None:
        kept["PYTHONPATH"] = str(Path(spec.origin).parents[1])
    # More threads would each want addresses of their own.
    return kept | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}

"""Servers that others made, as child processes."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

import psutil

START_WITHIN_S: Final = 30.0
STOP_WITHIN_S: Final = 10.0


async def wait_for_port(port: int, process: asyncio.subprocess.Process) -> None:
    """Until something listens there on loopback. Raises RuntimeError when the process ends or takes too long."""
    loop = asyncio.get_running_loop()
    give_up = loop.time() + START_WITHIN_S
    while loop.time() < give_up and process.returncode is None:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise RuntimeError("it did not start")


async def end(process: asyncio.subprocess.Process, name: str = "") -> None:
    """Asks the one of that name among the process and its descendants to end (all of them, without a name), and sees to it
    that none is left."""
    if process.returncode is not None:
        return
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    for one in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            if not name or one.name() == name:
                one.terminate()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), STOP_WITHIN_S)
    for one in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    await process.wait()

"""The real node as a supervised child."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from typing import cast

import psutil
import pytest

from media.control import NodeConfig
from parley.failures import CannotStart
from parley.media_process import Child, MediaProcess, Running, Timing, launch_child
from signaling.voice.link import LinkTiming

pytestmark = pytest.mark.integration

CONFIG = NodeConfig(port=0, bind=("127.0.0.1",))


class Launcher:
    """The real one; keeps the children it started."""

    def __init__(self) -> None:
        self.children: list[Child] = []

    async def __call__(self, theirs: socket.socket) -> Running:
        self.children.append(await launch_child(theirs))
        return self.children[-1]

    @property
    def pid(self) -> int:
        return self.children[-1].pid


@pytest.fixture
async def launcher() -> Launcher:
    return Launcher()


@pytest.fixture
async def media(launcher: Launcher) -> AsyncIterator[MediaProcess]:
    timing = Timing(wait_s=30, link=LinkTiming(ping_s=0.1, dead_s=2.0))
    media = MediaProcess(CONFIG, launch=launcher, timing=timing)
    await media.start()
    yield media
    await media.stop()


async def test_it_runs_and_stops(media: MediaProcess, launcher: Launcher) -> None:
    stats = await (await media.link()).stats()
    assert stats.participants == 0
    assert media.ok
    process = psutil.Process(launcher.pid)
    assert process.ppid() == os.getpid()
    await media.stop()
    assert not psutil.pid_exists(launcher.pid)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP])
async def test_killed_or_hung_it_comes_back(media: MediaProcess, launcher: Launcher, how: signal.Signals) -> None:
    old, link = launcher.pid, await media.link()
    os.kill(old, how)
    await asyncio.shield(link.closed)

    assert (await (await media.link()).stats()).participants == 0
    assert launcher.pid != old
    assert not psutil.pid_exists(old)


async def test_ctrl_c_does_not_reach_it(media: MediaProcess, launcher: Launcher) -> None:
    assert os.getsid(launcher.pid) != os.getsid(0)
    os.kill(launcher.pid, signal.SIGINT)

    await (await media.link()).stats()
    assert len(launcher.children) == 1


async def test_its_environment_has_no_settings_of_ours(launcher: Launcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_OWNER_SECRET", "hush")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    media = MediaProcess(CONFIG, launch=launcher)
    await media.start()
    try:
        environment = cast(dict[str, str], await asyncio.to_thread(psutil.Process(launcher.pid).environ))
        assert not [name for name in environment if name.startswith("PARLEY_")]
        assert environment["PYTHONPATH"].endswith(":/nowhere")
    finally:
        await media.stop()


async def test_a_taken_port_is_one_line(launcher: Launcher) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=f"{port}.* is taken"):
            await MediaProcess(NodeConfig(port=port, bind=("127.0.0.1",)), launch=launcher).start()
    assert not psutil.pid_exists(launcher.pid)

"""Keeps a media node running: starts it, watches it, starts it again when it dies, stops it in order.

The node ends by itself when its end of the control stream does, so it never outlives the service, however that ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import importlib.util
import logging
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

from media.control import NodeConfig, Ready, Stats, Stop
from parley.failures import CannotStart
from parley.media_output import relay
from server.domain.errors import Unavailable
from signaling.voice.link import LinkTiming, MediaLink, NodeEvent, NodeFailed, NodeListener, voice_unavailable

log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class Timing:
    start_s: float = 15.0
    """How long a new process has until it is ready."""
    stop_s: float = 5.0
    """How long it has to say goodbye before it is killed."""
    wait_s: float = 5.0
    """How long :meth:`MediaProcess.link` waits for a node that is on its way."""
    stable_s: float = 10.0
    """One that lived for so long is started again at once."""
    backoff_s: float = 0.25
    """The wait before the second quick restart; doubles with each one after it."""
    backoff_max_s: float = 10.0
    link: LinkTiming = dataclasses.field(default_factory=LinkTiming)


class Running(Protocol):
    """A node's process."""

    async def wait(self) -> None:
        """Until it has ended."""
        ...

    def kill(self) -> None:
        """At once; nothing happens when it has ended."""
        ...


Launch: TypeAlias = Callable[[socket.socket], Coroutine[Any, Any, Running]]
"""Starts a node that serves the given end of a socketpair, and takes that end over."""


class Child:
    """A child process of this one, with a pipe for its standard error."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None  # noqa: S101 - see launch_child
        self._process = process
        self._relay = asyncio.create_task(relay(process.stderr), name="media output")
        self.pid: Final = process.pid

    async def wait(self) -> None:
        """Also until its last words are in the log."""
        await self._process.wait()
        await asyncio.shield(self._relay)

    def kill(self) -> None:
        # Not Popen.kill: it would reap a child that has just ended, and asyncio, which waits for it, would complain.
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


async def launch_child(theirs: socket.socket) -> Child:
    """``python -m media`` in a session of its own, so that Ctrl-C reaches the service alone. Raises :class:`OSError`."""
    with theirs:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "media",
            "--control-fd",
            str(theirs.fileno()),
            stdin=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
            env=_environment(),
        )
    return Child(process)


def _environment() -> dict[str, str]:
    """Without our settings, secrets among them; with the place that this process has ``media`` from."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    spec = importlib.util.find_spec("media")
    if spec is None or spec.origin is None:
        return kept
    paths = [str(Path(spec.origin).parents[1]), kept.get("PYTHONPATH", "")]
    return kept | {"PYTHONPATH": os.pathsep.join(path for path in paths if path)}


@dataclasses.dataclass(slots=True)
class _Life:
    """One life of the node."""

    process: Running
    link: MediaLink
    since: float


class MediaProcess:
    """A :class:`signaling.voice.link.MediaNode`. :meth:`start`, then :meth:`stop`, once each."""

    def __init__(self, config: NodeConfig, *, launch: Launch = launch_child, timing: Timing | None = None) -> None:
        self._config = config
        self._launch = launch
        self._timing = timing or Timing()
        self._listeners: list[NodeListener] = []
        self._life: _Life | None = None
        self._up = asyncio.Event()
        self._supervisor: asyncio.Task[None] | None = None
        self._quick_deaths = 0
        self.restarts = 0
        """How often it had died and was started again."""

    # ------------------------------------------------------------------------------------------------- for the service

    async def start(self) -> Ready:
        """Raises :class:`CannotStart` with one line for the person at the terminal."""
        try:
            life = await self._begin()
        except NodeFailed as error:
            raise CannotStart(_one_line(error)) from error
        except (Unavailable, OSError) as error:
            raise CannotStart("The media process did not start; its own messages above say more.") from error
        self._supervisor = asyncio.create_task(self._supervise(life), name="media supervisor")
        return life.link.ready

    async def stop(self) -> None:
        """Let the node say goodbye to everyone, and end it. No process of ours is left afterwards."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._supervisor
        life, self._life = self._life, None
        self._up.clear()
        if life is None:
            return
        life.link.order(Stop())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._timing.stop_s):
                await life.process.wait()
        await _end(life)

    @property
    def ok(self) -> bool:
        """Whether voice works at this moment, for the health check."""
        return self._life is not None and self._life.link.alive

    async def stats(self) -> Stats | None:
        """What the node counts; None while there is none that answers."""
        if self._life is None:
            return None
        try:
            return await self._life.link.stats()
        except (Unavailable, NodeFailed):
            return None

    # ------------------------------------------------------------------------------------------------------- MediaNode

    def subscribe(self, listener: NodeListener) -> None:
        self._listeners.append(listener)

    async def link(self) -> MediaLink:
        try:
            async with asyncio.timeout(self._timing.wait_s):
                while True:
                    await self._up.wait()
                    if self._life is not None and self._life.link.alive:
                        return self._life.link
                    await asyncio.sleep(0)  # the supervisor has not noticed the death yet
        except TimeoutError:
            raise voice_unavailable() from None

    def _said(self, event: NodeEvent) -> None:
        for listener in self._listeners:
            listener.node_said(event)

    # ------------------------------------------------------------------------------------------------------ supervision

    async def _begin(self) -> _Life:
        """A process that is ready. Raises what :meth:`MediaLink.start` does, or :class:`OSError`, and leaves none."""
        ours, theirs = socket.socketpair()
        try:
            process = await self._launch(theirs)
        except BaseException:
            ours.close()
            raise
        try:
            link = await MediaLink.open(ours, self._said, self._timing.link)
        except BaseException:
            ours.close()
            await _shielded(_end_process(process))
            raise
        life = _Life(process, link, asyncio.get_running_loop().time())
        try:
            ready = await link.start(self._config, self._timing.start_s)
        except BaseException:
            await _shielded(_end(life))
            raise
        for warning in ready.warnings:
            log.warning("%s", warning)
        self._life = life
        self._up.set()
        return life

    async def _supervise(self, life: _Life) -> None:
        while True:
            reason = await asyncio.shield(life.link.closed)
            lived_s = asyncio.get_running_loop().time() - life.since
            log.error("the media process is gone after %.1f s: %s; it is started again", lived_s, reason)
            self._life = None
            self._up.clear()
            self._tell_lost()
            await _shielded(_end(life))
            life = await self._begin_again(lived_s)
            self.restarts += 1

    def _tell_lost(self) -> None:
        for listener in self._listeners:
            try:
                listener.node_lost()
            except Exception:
                # Voice must come back whatever one of them got wrong.
                log.exception("a listener failed when the media process was lost")

    async def _begin_again(self, lived_s: float) -> _Life:
        """At once after a long life; waits longer after each quick death; never gives up."""
        if lived_s >= self._timing.stable_s:
            self._quick_deaths = 0
        while True:
            await asyncio.sleep(self._pause_s())
            self._quick_deaths += 1
            try:
                return await self._begin()
            except (NodeFailed, Unavailable, OSError) as error:
                log.error("the media process did not start: %s", error)

    def _pause_s(self) -> float:
        if self._quick_deaths == 0:
            return 0.0
        # The exponent has a limit of its own: a float ends near 2**1024.
        doubled: float = self._timing.backoff_s * 2.0 ** min(self._quick_deaths - 1, 30)
        return min(doubled, self._timing.backoff_max_s)


async def _end(life: _Life) -> None:
    life.link.close()
    await _end_process(life.process)


async def _end_process(process: Running) -> None:
    process.kill()
    await process.wait()


async def _shielded(ending: Awaitable[None]) -> None:
    """Wait for a process to end, even when we are cancelled meanwhile."""
    task = asyncio.ensure_future(ending)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


def _one_line(error: NodeFailed) -> str:
    return " ".join(str(error).split())

"""The media node's shell: sockets, clock and event loop around :class:`media.engine.Engine`.

One :class:`Node` serves one control stream, in the child process that the service starts as in a test's own. It ends when
the service says so, and when the stream ends, since nobody is left then to speak for the participants.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import logging
import resource
import secrets
import socket
import time
from pathlib import Path
from typing import Final

from media.control import (
    Candidate,
    ControlError,
    Failed,
    FromNode,
    NodeConfig,
    Ready,
    Start,
    Stats,
    StatsRequest,
    Stop,
    ToNode,
    ToNodeReader,
    encode,
)
from media.engine import TICK_S, Engine
from media.net.dtls import DtlsIdentity
from media.net.udp import DatagramSocket, local_addresses, open_socket
from media.pacing import POLL_S, Backlog, Pacing
from media.stream import ControlStream

log = logging.getLogger(__name__)

MAX_SLOTS: Final = 31
"""More would not fit one RTCP source description (RFC 3550 6.5)."""

_BATCHES_PER_ROUND: Final = 4
"""Batches read from one socket before the others, the control stream and the timers have their turn."""

_IDLE_TICK_S: Final = 0.1
"""Between two looks and ticks while no datagram comes: sources that stopped cold are noticed that much later at most."""

_STALL_RETRY_S: Final = 0.001
_PORT_TRIES: Final = 8
_CONTAINER_MARKS: Final = ("/.dockerenv", "/run/.containerenv")


class StartError(Exception):
    """The node cannot start; carries what the service is told."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.message)
        self.failed = failed


class Node:
    """Owns ``stream``, the node's end of the control stream."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream = ControlStream(stream, self._control, self._finish)
        self._reader = ToNodeReader()
        self._sockets: list[DatagramSocket] = []
        self._engine: Engine | None = None
        self._done: asyncio.Future[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ticker: asyncio.TimerHandle | None = None
        self._retry: asyncio.TimerHandle | None = None
        self._working = False
        self._pacing = Pacing()
        self._backlogs: list[Backlog] = []
        self._poller: asyncio.TimerHandle | None = None
        self._tick_due_s = 0.0

    async def run(self) -> None:
        """Serve until the service says Stop or goes away. Cancelling ends it without goodbyes."""
        self._loop = asyncio.get_running_loop()
        self._done = self._loop.create_future()
        self._stream.open()
        try:
            await self._done
        finally:
            self._close()

    def stop(self) -> None:
        """Say goodbye to everyone and end."""
        if self._engine is not None:
            now_s = time.monotonic()
            self._engine.goodbye(now_s)
            self._engine.flush(now_s)
        self._finish()

    # ---------------------------------------------------------------------------------------------------------- control

    def _control(self, data: bytes) -> None:
        try:
            for message in self._reader.feed(data):
                self._handle(message)
        except ControlError as error:
            log.error("the control stream is broken: %s", error)
            self.stop()
        except StartError as error:
            log.error("%s", error)
            self._emit(error.failed)
            self._finish()

    def _handle(self, message: ToNode) -> None:
        engine = self._engine
        if isinstance(message, Start):
            if engine is not None:
                raise ControlError("the node was started already")
            self._start(message.config)
        elif isinstance(message, Stop):
            self.stop()
        elif engine is None:
            raise ControlError(f"{type(message).__name__} before Start")
        elif isinstance(message, StatsRequest):
            self._emit(self._stats(message, engine))
        else:
            now_s = time.monotonic()
            engine.request(message, now_s)
            self._settle(engine, now_s)

    def _emit(self, message: FromNode) -> None:
        self._stream.write(encode(message))

    def _stats(self, request: StatsRequest, engine: Engine) -> Stats:
        return Stats(
            request=request.request,
            rooms=len(engine.rooms),
            participants=len(engine.participants),
            packets_in=engine.packets_in,
            packets_out=engine.packets_out,
            packets_dropped=engine.packets_dropped + sum(sock.refused for sock in self._sockets),
            cpu_s=time.process_time(),
            rss_bytes=_resident_bytes(),
        )

    # ------------------------------------------------------------------------------------------------------------ start

    def _start(self, config: NodeConfig) -> None:
        if not 1 <= config.slots <= MAX_SLOTS:
            raise StartError(Failed("internal", f"{config.slots} slots: a room has 1 to {MAX_SLOTS}"))
        self._sockets = bind_all(config)
        self._backlogs = [Backlog(time.monotonic()) for _ in self._sockets]
        identity = DtlsIdentity.generate()
        self._engine = Engine(
            identity,
            self._sockets,
            config.slots,
            self._emit,
            lambda: secrets.randbits(32),
            time.time() - time.monotonic(),
        )
        self._watch()
        candidates = candidates_of(config, [sock.local for sock in self._sockets])
        warnings = _warnings(config)
        for warning in warnings:
            log.warning("%s", warning)
        log.info("media node ready on %s", ", ".join(f"{sock.local[0]}:{sock.local[1]}" for sock in self._sockets))
        self._emit(Ready(identity.fingerprint, candidates, config.slots, warnings))

    # ------------------------------------------------------------------------------------------------------------- loop

    def _watch(self) -> None:
        """Be woken when datagrams arrive."""
        assert self._loop is not None  # noqa: S101 - called in the loop alone
        for index, sock in enumerate(self._sockets):
            self._loop.add_reader(sock.fileno(), self._readable, index)

    def _readable(self, index: int) -> None:
        loop, now_s = self._loop, time.monotonic()
        if loop is None:
            return
        if self._pacing.woke(self._read(index, now_s), now_s):
            for sock in self._sockets:
                loop.remove_reader(sock.fileno())
            self._poller = loop.call_later(POLL_S, self._poll)

    def _poll(self) -> None:
        """Look at all sockets."""
        self._poller = None
        loop, now_s = self._loop, time.monotonic()
        if loop is None:
            return
        packets = 0
        try:
            packets = sum(self._read(index, now_s) for index in range(len(self._sockets)))
        finally:  # whatever goes wrong, the node does not go deaf
            if self._pacing.woke(packets, now_s):
                self._watch()
            else:
                self._poller = loop.call_later(POLL_S, self._poll)

    def _read(self, index: int, now_s: float) -> int:
        """Take in what has arrived on one socket; how many datagrams."""
        engine = self._engine
        if engine is None:
            return 0
        sock, backlog, total = self._sockets[index], self._backlogs[index], 0
        for _ in range(_BATCHES_PER_ROUND):
            count = sock.receive()
            emptied = count < len(sock.rx)
            stale = backlog.looked(emptied, now_s)
            total += count
            if count:
                engine.receive(index, count, now_s, stale)
                engine.flush(now_s)
            if emptied:
                break
            now_s = time.monotonic()
        self._settle(engine, now_s)
        return total

    def _settle(self, engine: Engine, now_s: float) -> None:
        """Send what waits, and see that the engine is called again for what is left."""
        if now_s >= self._tick_due_s:
            self._tick_due_s = now_s + TICK_S
            engine.tick(now_s)
        engine.flush(now_s)
        loop = self._loop
        if loop is None:
            return
        if engine.has_work and not self._working:
            self._working = True
            loop.call_soon(self._work)
        if engine.stalled and self._retry is None:
            self._retry = loop.call_later(_STALL_RETRY_S, self._flush_again)
        if engine.participants and self._ticker is None:
            # While media flows the tick goes with it; the timer is for when it does not.
            self._ticker = loop.call_later(_IDLE_TICK_S, self._tick)

    def _work(self) -> None:
        self._working = False
        if self._engine is not None:
            now_s = time.monotonic()
            self._engine.work(now_s)
            self._settle(self._engine, now_s)

    def _flush_again(self) -> None:
        self._retry = None
        if self._engine is not None:
            self._settle(self._engine, time.monotonic())

    def _tick(self) -> None:
        """Look at the sockets too: only so does a node that was starved know a backlog from what has just come."""
        self._ticker = None
        now_s = time.monotonic()
        for index in range(len(self._sockets)):
            self._read(index, now_s)

    def _finish(self) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_result(None)

    def _close(self) -> None:
        loop, self._loop = self._loop, None
        for handle in (self._ticker, self._retry, self._poller):
            if handle is not None:
                handle.cancel()
        self._engine = None
        for sock in self._sockets:
            if loop is not None:
                loop.remove_reader(sock.fileno())
            sock.close()
        self._sockets = []
        self._stream.close()


# ------------------------------------------------------------------------------------------------------------- addresses


def bind_all(config: NodeConfig) -> list[DatagramSocket]:
    """A socket on each address, all on one port. Raises :class:`StartError`, leaving nothing open."""
    addresses = config.bind or local_addresses()
    if not addresses:
        raise StartError(Failed("bad_address", "this machine has no network address to listen on"))
    for attempt in range(_PORT_TRIES):
        try:
            return _bind_once(addresses, config.port, skip_unusable=not config.bind)
        except StartError as error:
            # A free port on the first address may be taken on the next: take another.
            if config.port or error.failed.code != "port_taken" or attempt == _PORT_TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _bind_once(addresses: tuple[str, ...], port: int, *, skip_unusable: bool) -> list[DatagramSocket]:
    sockets: list[DatagramSocket] = []
    try:
        for address in addresses:
            try:
                sockets.append(open_socket(address, port))
            except (OSError, ValueError) as error:
                failed = _bind_failure(address, port, error)
                if failed.code == "port_taken" or not skip_unusable:
                    raise StartError(failed) from error
                log.warning("%s", failed.message)
            else:
                port = sockets[0].local[1]
        if not sockets:
            raise StartError(Failed("bad_address", "none of this machine's addresses can be bound"))
    except StartError:
        for sock in sockets:
            sock.close()
        raise
    return sockets


def _bind_failure(address: str, port: int, error: OSError | ValueError) -> Failed:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        message = f"UDP port {port} on {address} is taken by another program: stop that one or set another media port"
        return Failed("port_taken", message)
    if isinstance(error, OSError) and error.errno == errno.EACCES:
        return Failed("bad_address", f"no permission to bind UDP port {port} on {address}: set a media port above 1023")
    return Failed("bad_address", f"cannot listen on address {address!r}: {error}")


def candidates_of(config: NodeConfig, bound: list[tuple[str, int]]) -> tuple[Candidate, ...]:
    """What clients are told: the public addresses, else those bound, loopback last."""
    port = bound[0][1]
    if config.public_ip:
        return tuple(Candidate(ip, port) for ip in config.public_ip)
    ordered = sorted(bound, key=lambda local: ipaddress.ip_address(local[0]).is_loopback)
    return tuple(Candidate(ip, its_port) for ip, its_port in ordered)


def _warnings(config: NodeConfig) -> tuple[str, ...]:
    if config.public_ip or config.bind or not any(Path(mark).exists() for mark in _CONTAINER_MARKS):
        return ()
    return (
        "running in a container without a public address: clients outside this machine will not reach the media port; "
        "set PARLEY_PUBLIC_IP",
    )


def _resident_bytes() -> int:
    """Resident memory of this process; 0 where /proc does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * resource.getpagesize()

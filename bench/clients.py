"""A fleet of clients in a process of its own: real sockets, one for each client, read all the time.

The fleet sleeps in between instead of waiting in epoll, so the server that is measured never pays for waking it; the
same holds for every peer of a comparison. :class:`FleetProcess` is the handle for the bench.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import resource
import select
import socket
import struct
import time
from multiprocessing.connection import Connection
from typing import Any, Final, Protocol

import numpy as np

from bench.mumble_client import OPAQUE_MEDIA_BYTES, MumbleClient, MumbleSpec
from bench.rtc_client import FRAME_S, PAYLOAD_BYTES, RtcClient, RtcSpec, Tally
from media.control import Fingerprint
from media.net.dtls import DtlsIdentity
from media.net.udp import ADDRESS_BYTES, DatagramSocket, address_length, open_socket, pack_address, unpack_address

_STEP_S: Final = 0.001
_READ_S: Final = 0.005
_TIMERS_S: Final = 0.020
_BATCH: Final = 64
_SO_TIMESTAMPNS: Final = 35
"""socket(7), asm-generic; Python does not name it."""


class Client(Protocol):
    """What the fleet drives."""

    tally: Tally
    opaque: bool
    """Datagrams do not show what they are; all but the shortest count as media."""

    @property
    def connected(self) -> bool: ...
    def outgoing(self) -> list[bytes]: ...
    def tick(self, now: float) -> None: ...
    def receive(self, datagram: bytes, source: tuple[str, int], now: float) -> None: ...
    def media(self, datagram: bytes, now: float) -> bytes | None: ...
    def wants(self, count: int) -> bool: ...
    def frame(self, stamp_ns: int) -> bytes | None: ...
    def close(self) -> None: ...


class Sink:
    """Counts what comes: a listener of the floor, which has neither ICE nor DTLS."""

    opaque = False

    def __init__(self) -> None:
        self.tally = Tally()

    @property
    def connected(self) -> bool:
        return True

    def outgoing(self) -> list[bytes]:
        return []

    def tick(self, now: float) -> None: ...

    def receive(self, datagram: bytes, source: tuple[str, int], now: float) -> None: ...

    def media(self, datagram: bytes, now: float) -> bytes | None:
        return None

    def wants(self, count: int) -> bool:
        return False

    def frame(self, stamp_ns: int) -> bytes | None:
        return None

    def close(self) -> None: ...


class _Seat:
    """One client and its socket."""

    def __init__(self, ip: str) -> None:
        self.socket: DatagramSocket = open_socket(ip, 0, _BATCH)
        self.client: Client = Sink()
        self.speaking = False
        self.probe: socket.socket | None = None
        self.phase = 0.0
        self.next_frame = 0.0
        self.delays_us: list[float] = []
        self._row = np.zeros((1, 1500), np.uint8)
        self._address = np.zeros((1, ADDRESS_BYTES), np.uint8)
        self._length = np.zeros(1, np.int32)
        self._address_length = np.zeros(1, np.int32)

    def aim(self, server: tuple[str, int]) -> None:
        row = pack_address(*server)
        self._address[0] = np.frombuffer(row, np.uint8)
        self._address_length[0] = address_length(row)

    def send(self, datagram: bytes) -> None:
        self._row[0, : len(datagram)] = np.frombuffer(datagram, np.uint8)
        self._length[0] = len(datagram)
        self.socket.send(self._row, self._length, self._address, self._address_length, 1)

    def flush(self) -> None:
        for datagram in self.client.outgoing():
            self.send(datagram)

    def read(self, now: float) -> None:
        sock, client = self.socket, self.client
        while count := sock.receive():
            if client.opaque:
                client.tally.received += int((sock.rx_lengths[:count] > OPAQUE_MEDIA_BYTES).sum())
                continue
            heads = sock.rx[:count, :2].tolist()
            media = [
                index for index, (first, second) in enumerate(heads) if first >= 128 and not 64 <= second & 127 <= 95
            ]
            if media:
                client.tally.received += len(media)
                if client.wants(len(media)):
                    client.media(self._datagram(media[-1]), now)
            if len(media) < count:
                self._handle(set(range(count)) - set(media), now)
            if count < _BATCH:
                return

    def become_probe(self) -> None:
        """From now on each packet is decrypted, and its age noted by the kernel's time of arrival."""
        self.probe = socket.socket(fileno=os.dup(self.socket.fileno()))
        self.probe.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)

    def read_probe(self, now: float) -> None:
        assert self.probe is not None
        while True:
            try:
                datagram, ancillary, _, source = self.probe.recvmsg(2048, 64)
            except BlockingIOError:
                return
            if datagram[0] >= 128 and not 64 <= datagram[1] & 127 <= 95:
                self.client.tally.received += 1
                self._measure(datagram, ancillary, now)
            elif datagram[0] < 64:
                self.client.receive(datagram, source[:2], now)
                self.flush()

    def _measure(self, datagram: bytes, ancillary: list[tuple[int, int, bytes]], now: float) -> None:
        packet = self.client.media(datagram, now)
        stamps = [data for _, kind, data in ancillary if kind == _SO_TIMESTAMPNS]
        if packet is None or not stamps:
            return
        seconds, nanoseconds = struct.unpack("@qq", stamps[0])
        skip = 12 + 4 * (packet[0] & 15)
        if packet[0] & 0x10:
            skip += 4 + 4 * int.from_bytes(packet[skip + 2 : skip + 4], "big")
        if len(packet) - skip != PAYLOAD_BYTES:  # the server's own DTX frame
            return
        sent_ns = int.from_bytes(packet[skip + 1 : skip + 9], "big")
        self.delays_us.append((seconds * 1_000_000_000 + nanoseconds - sent_ns) / 1000)

    def _handle(self, indexes: set[int], now: float) -> None:
        for index in sorted(indexes):
            datagram = self._datagram(index)
            if datagram and datagram[0] < 64:
                source = unpack_address(self.socket.rx_addresses[index].tobytes())
                self.client.receive(datagram, source, now)
        self.flush()

    def _datagram(self, index: int) -> bytes:
        return self.socket.rx[index, : self.socket.rx_lengths[index]].tobytes()


class _Fleet:
    """The child's side: commands from a pipe in between the steps of one loop."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._identity = DtlsIdentity.generate()
        self._seats: list[_Seat] = []
        self._by_descriptor: dict[int, _Seat] = {}
        self._probes: list[_Seat] = []
        self._talking = False
        self._talkers: list[_Seat] = []
        self._epoll = select.epoll()
        self._next_read = self._next_timers = 0.0

    def run(self) -> None:
        gc.disable()
        while True:
            now = time.monotonic()
            while self._pipe.poll():
                name, arguments = self._pipe.recv()
                if name == "stop":
                    self.close()
                    self._pipe.send(None)
                    return
                self._pipe.send(getattr(self, name)(*arguments))
            self._step(now)
            time.sleep(max(0.0, now + _STEP_S - time.monotonic()))

    def _step(self, now: float) -> None:
        if self._talking:
            self._speak(now)
        if now >= self._next_read:
            self._next_read = now + _READ_S
            for descriptor, _ in self._epoll.poll(0, max(1, len(self._seats))):
                seat = self._by_descriptor[descriptor]
                if seat.probe is None:
                    seat.read(now)
                else:
                    seat.read_probe(now)
        if now >= self._next_timers:
            self._next_timers = now + _TIMERS_S
            for seat in self._seats:
                seat.client.tick(now)
                seat.flush()

    def _speak(self, now: float) -> None:
        for seat in self._talkers:
            if now >= seat.next_frame:
                datagram = seat.client.frame(time.time_ns())
                if datagram is not None:
                    seat.send(datagram)
                seat.next_frame += FRAME_S
                if now - seat.next_frame > 1.0:  # the machine stood still: do not send it all at once
                    seat.next_frame = now

    # ------------------------------------------------------------------------------------------------------------ commands

    def fingerprint(self) -> Fingerprint:
        return self._identity.fingerprint

    def open(self, count: int, ip: str) -> list[int]:
        """Sockets for so many clients; their ports."""
        seats = [_Seat(ip) for _ in range(count)]
        for seat in seats:
            self._seats.append(seat)
            self._by_descriptor[seat.socket.fileno()] = seat
            self._epoll.register(seat.socket.fileno(), select.EPOLLIN)
        return [seat.socket.local[1] for seat in seats]

    def connect_rtc(self, specs: list[tuple[int, RtcSpec, bool]]) -> None:
        """(index, spec, speaks); returns at once, see :meth:`status`."""
        now = time.monotonic()
        for index, spec, speaks in specs:
            seat = self._seats[index]
            seat.aim(spec.server)
            seat.client = RtcClient(spec, self._identity, now)
            seat.speaking = speaks
            seat.client.tick(now)
            seat.flush()

    def connect_mumble(self, specs: list[tuple[int, MumbleSpec, bool]]) -> None:
        """As above, but each client is connected when this returns."""
        for index, spec, speaks in specs:
            seat = self._seats[index]
            seat.aim(spec.server)
            seat.client = MumbleClient(spec)
            seat.speaking = speaks
            seat.client.tick(time.monotonic())
            seat.flush()

    def probe(self, indexes: list[int]) -> None:
        """From now on these note each packet's age."""
        for index in indexes:
            self._seats[index].become_probe()
            self._probes.append(self._seats[index])

    def delays(self) -> list[float]:
        """Microseconds from before the speaker's send to arrival at the probe's socket, for each packet since the last
        call."""
        found: list[float] = []
        for seat in self._probes:
            found += seat.delays_us
            seat.delays_us = []
        return found

    def talk(self, on: bool) -> None:
        """All who may speak, spread evenly over the 20 ms of a frame."""
        now = time.monotonic()
        self._talkers = [seat for seat in self._seats if seat.speaking]
        for number, seat in enumerate(self._talkers):
            seat.next_frame = now + FRAME_S * number / len(self._talkers)
        self._talking = on

    def totals(self) -> Tally:
        """The sums of all tallies; failures joined."""
        total = Tally()
        failures: dict[str, int] = {}
        for seat in self._seats:
            tally = seat.client.tally
            total.received += tally.received
            total.sent += tally.sent
            total.verified += tally.verified
            total.broken += tally.broken
            if tally.failure:
                failures[tally.failure] = failures.get(tally.failure, 0) + 1
        total.failure = "; ".join(f"{number} x {failure}" for failure, number in failures.items())
        return total

    def tallies(self, indexes: list[int]) -> list[Tally]:
        return [self._seats[index].client.tally for index in indexes]

    def connected(self) -> int:
        return sum(seat.client.connected for seat in self._seats)

    def cpu_s(self) -> float:
        return time.process_time()

    def close(self) -> None:
        """Say goodbye and forget all clients."""
        self._talking = False
        for seat in self._seats:
            seat.client.close()
            seat.flush()
            self._epoll.unregister(seat.socket.fileno())
            seat.socket.close()
            if seat.probe is not None:
                seat.probe.close()
        self._seats, self._probes, self._talkers, self._by_descriptor = [], [], [], {}
        gc.collect()


def _main(pipe: Connection) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 8192)), hard))
    _Fleet(pipe).run()


class FleetProcess:
    """The bench's handle on a fleet: every method of :class:`_Fleet` that is a command, by :meth:`call`."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_main, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    async def call(self, name: str, *arguments: Any) -> Any:
        """Raises EOFError when the fleet died (its traceback is on stderr)."""
        self._pipe.send((name, arguments))
        return await asyncio.to_thread(self._pipe.recv)

    async def wait_connected(self, count: int, timeout_s: float) -> None:
        """Raises RuntimeError when it takes too long."""
        give_up = time.monotonic() + timeout_s
        connected = 0
        while time.monotonic() < give_up:
            connected = await self.call("connected")
            if connected >= count:
                return
            await asyncio.sleep(0.05)
        failure = (await self.call("totals")).failure
        raise RuntimeError(f"only {connected} of {count} clients are connected: {failure or 'no answer'}")

    async def wait_first_packet(self, index: int, timeout_s: float) -> Tally:
        """Raises RuntimeError when none comes."""
        give_up = time.monotonic() + timeout_s
        while time.monotonic() < give_up:
            tally: Tally = (await self.call("tallies", [index]))[0]
            if tally.first_packet_at:
                return tally
            await asyncio.sleep(0.02)
        raise RuntimeError(f"client {index} heard nothing in {timeout_s:g} s")

    async def stop(self) -> None:
        if self._process.is_alive():
            await self.call("stop")
        self._process.join(5)

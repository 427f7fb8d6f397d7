"""A network in memory, with loss, delay, jitter, reordering and duplication, all from one seed, on a virtual clock.

The node in it is the real :class:`media.engine.Engine`; only its sockets and its clock are the emulator's.
"""

from __future__ import annotations

import dataclasses
import heapq
import random
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from media.control import Connected, Disconnected, FromNode, Speaking, ToNode
from media.control import Slots as SlotsEvent
from media.engine import TICK_S, Engine
from media.net.dtls import DtlsIdentity
from media.net.udp import ADDRESS_BYTES, ROW_BYTES, Integers, pack_address, unpack_address
from tests.support.media_client import MediaClient

BATCH = 64
START_S = 1_000.0


@dataclasses.dataclass
class Link:
    """One direction of one client's way to the node. Shares are of packets, 0 to 1."""

    loss: float = 0.0
    delay_s: float = 0.010
    jitter_s: float = 0.0
    """Uniform, added to the delay: more than the packet interval reorders."""
    duplicates: float = 0.0

    def arrivals(self, rng: random.Random) -> list[float]:
        """Delays after which copies of one datagram arrive; empty if it is lost."""
        copies = 0 if rng.random() < self.loss else 2 if rng.random() < self.duplicates else 1
        return [self.delay_s + rng.random() * self.jitter_s for _ in range(copies)]


class FakeSocket:
    """A :class:`media.net.udp.DatagramSocket` whose other end is a :class:`World`."""

    def __init__(self, deliver: Callable[[bytes, bytes], None]) -> None:
        self.local = ("10.0.0.1", 7882)
        self.rx = np.zeros((BATCH, ROW_BYTES), np.uint8)
        self.rx_lengths = np.zeros(BATCH, np.int32)
        self.rx_addresses = np.zeros((BATCH, ADDRESS_BYTES), np.uint8)
        self.rx_address_lengths = np.zeros(BATCH, np.int32)
        self.refused = 0
        self.room_for: int | None = None
        """How many more datagrams it takes before it is full; None: any number."""
        self._deliver = deliver
        self._waiting: list[tuple[bytes, bytes]] = []

    def fileno(self) -> int:
        return -1

    def arrive(self, datagram: bytes, address: bytes) -> None:
        self._waiting.append((datagram, address))

    def receive(self) -> int:
        taken, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
        for row, (datagram, address) in enumerate(taken):
            self.rx[row, : len(datagram)] = np.frombuffer(datagram, np.uint8)
            self.rx_lengths[row] = len(datagram)
            self.rx_addresses[row] = np.frombuffer(address, np.uint8)
            self.rx_address_lengths[row] = 16
        return len(taken)

    def send(
        self,
        rows: npt.NDArray[np.uint8],
        lengths: Integers,
        addresses: npt.NDArray[np.uint8],
        address_lengths: Integers,
        count: int,
    ) -> int:
        if self.room_for is not None:
            count = min(count, self.room_for)
            self.room_for -= count
        for row in range(count):
            assert address_lengths[row] == 16
            self._deliver(rows[row, : lengths[row]].tobytes(), addresses[row].tobytes())
        return count

    def close(self) -> None:
        """Nothing to close."""


@dataclasses.dataclass
class Host:
    """A client at its address."""

    client: MediaClient
    address: bytes
    up: Link
    down: Link
    online: bool = True
    sent_rtp: list[bytes] = dataclasses.field(default_factory=list)


class World:
    """A node, its clients and the links between them."""

    def __init__(self, seed: int, slots: int = 8, identity: DtlsIdentity | None = None) -> None:
        self.rng = random.Random(seed)
        self.now_s = START_S
        self.events: list[tuple[float, FromNode]] = []
        self.hosts: dict[int, Host] = {}
        self.slots = slots
        self.identity = identity or DtlsIdentity.generate()
        self.socket = FakeSocket(self._to_client)
        self.engine = Engine(
            self.identity, [self.socket], slots, self._event, lambda: self.rng.getrandbits(32), 1_700_000_000.0
        )
        self._hosts_at: dict[bytes, Host] = {}
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._next_address = 0
        self._readable = False
        self._every(TICK_S, self._tick)

    # ------------------------------------------------------------------------------------------------------------- time

    def at(self, delay_s: float, action: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._agenda, (self.now_s + delay_s, self._count, action))

    def _every(self, interval_s: float, action: Callable[[], object]) -> None:
        def again() -> None:
            action()
            self.at(interval_s, again)

        self.at(interval_s, again)

    def run(self, duration_s: float) -> None:
        """Let ``duration_s`` seconds pass."""
        end = self.now_s + duration_s
        while self._agenda and self._agenda[0][0] <= end:
            self.now_s, _, action = heapq.heappop(self._agenda)
            action()
        self.now_s = end

    def run_until(self, condition: Callable[[], bool], limit_s: float = 20.0) -> None:
        end = self.now_s + limit_s
        while not condition():
            assert self.now_s < end, "it never came true"
            self.run(0.01)

    # ------------------------------------------------------------------------------------------------------------- node

    def request(self, message: ToNode) -> None:
        self.engine.request(message, self.now_s)
        self.engine.flush(self.now_s)

    def _event(self, message: FromNode) -> None:
        self.events.append((self.now_s, message))

    def _tick(self) -> None:
        self.engine.tick(self.now_s)
        self.engine.flush(self.now_s)

    def _read(self) -> None:
        self._readable = False
        while count := self.socket.receive():
            self.engine.receive(0, count, self.now_s)
        while self.engine.has_work:
            self.engine.work(self.now_s)
        self.engine.flush(self.now_s)

    def _arrive(self, datagram: bytes, address: bytes) -> None:
        self.socket.arrive(datagram, address)
        if not self._readable:
            self._readable = True
            self.at(0.0005, self._read)  # what arrives meanwhile makes a batch

    # ---------------------------------------------------------------------------------------------------------- clients

    def add(self, client: MediaClient, up: Link | None = None, down: Link | None = None, **connect: bool) -> Host:
        """Signal a client and let it connect over its links."""
        host = Host(client, b"", up or Link(), down or Link())
        self.hosts[int(client.id)] = host
        self.readdress(host)
        self.request(client.connect(**connect))
        client.start(self.identity.fingerprint, self.now_s)
        self._every(0.02, lambda: self._poll(host))
        return host

    def _poll(self, host: Host) -> None:
        if host.online:
            self.send(host, *host.client.poll(self.now_s))

    def join(self, client: MediaClient, up: Link | None = None, down: Link | None = None, **connect: bool) -> Host:
        """:meth:`add`, and wait until both sides are connected."""
        host = self.add(client, up, down, **connect)
        self.run_until(lambda: client.connected and self.connected(client))
        return host

    def connected(self, client: MediaClient) -> bool:
        return any(isinstance(event, Connected) and event.participant == client.id for _, event in self.events)

    def readdress(self, host: Host) -> None:
        """Give it an address that nobody had before."""
        self._hosts_at.pop(host.address, None)
        self._next_address += 1
        host.address = pack_address(f"10.1.{self._next_address >> 8}.{self._next_address & 255}", 5000)
        self._hosts_at[host.address] = host

    def send(self, host: Host, *datagrams: bytes) -> None:
        """From a client to the node, over its uplink."""
        for datagram in datagrams:
            address = host.address
            for delay_s in host.up.arrivals(self.rng):
                self.at(delay_s, lambda datagram=datagram, address=address: self._arrive(datagram, address))  # type: ignore[misc]

    def inject(self, datagram: bytes, address: bytes) -> None:
        """A datagram from anywhere, with any sender's address."""
        self._arrive(datagram, address)

    def _to_client(self, datagram: bytes, address: bytes) -> None:
        unpack_address(address)
        host = self._hosts_at.get(address)
        if host is None:
            return
        for delay_s in host.down.arrivals(self.rng):
            self.at(delay_s, lambda: self._receive(host, datagram))

    def _receive(self, host: Host, datagram: bytes) -> None:
        if host.online:
            self.send(host, *host.client.receive(datagram, self.now_s))

    def speak(self, host: Host, first: int, count: int, level_dbov: int = 20) -> None:
        """Say ``count`` packets, 20 ms each, numbered from ``first``, starting now."""
        for index in range(count):
            self.at(0.02 * index, lambda number=first + index: self._say(host, number, level_dbov))  # type: ignore[misc]

    def _say(self, host: Host, number: int, level_dbov: int) -> None:
        packet = host.client.speech(number, level_dbov)
        host.sent_rtp.append(packet)
        self.send(host, packet)

    def pause(self, host: Host, packets: int) -> None:
        """The client's clock runs on while it sends nothing."""
        host.client.timestamp = (host.client.timestamp + 960 * packets) & 0xFFFFFFFF

    # ----------------------------------------------------------------------------------------------------------- events

    def slots_now(self) -> tuple[int, ...]:
        told = [event.slots for _, event in self.events if isinstance(event, SlotsEvent)]
        return told[-1] if told else (0,) * self.slots

    def speaking(self, client: MediaClient) -> list[bool]:
        return [
            event.speaking for _, event in self.events if isinstance(event, Speaking) and event.participant == client.id
        ]

    def disconnected(self) -> list[Disconnected]:
        return [event for _, event in self.events if isinstance(event, Disconnected)]

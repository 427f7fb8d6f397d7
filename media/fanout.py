"""The hot path out: one packet becomes a row for each listener, encrypted in place, sent by one system call a batch.

The rows for different listeners of a slot differ in payload type and sequence number alone, so numpy writes each field
of all rows at once, and nothing is made in Python for a packet and listener.
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Callable
from typing import Any, Final, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from media.srtp import CData, SrtpContext, length_pointers, protect, row_pointers

OUTBOX_ROWS: Final = 1_024
"""Rows that wait for one system call: what sendmmsg(2) takes at most, and what stays in the cache."""

ROW_STRIDE: Final = 1_728
"""Bytes from row to row: a full packet with its SRTP trailer, and no power of two, whose rows would share cache sets."""

GROUP_SIZE: Final = 256
"""Listeners written at once; a quarter of the outbox, so that a group always fits."""

STALL_S: Final = 0.010
"""What the socket would not take waits for so long, then it is dropped: late voice is worth less than fresh voice."""

SMALL_GROUP: Final = 64
"""Up to here a loop over the listeners is quicker than numpy's calls: at 50 packets a second their code is never in the
cache, and each costs ten times the 0.5 us that it takes in a tight loop."""

ADDRESS_BYTES: Final = 28
"""``sizeof(struct sockaddr_in6)``, the length of an address row (media.net.udp)."""

_IPV4_FAMILY: Final = 2
_IPV4_BYTES: Final = 16


@functools.lru_cache(maxsize=256)
def _row_writer(rest: int) -> Callable[..., None]:
    """Writes a whole row at once: the two bytes and the number of its RTP header that are its own, and ``rest`` bytes."""
    return struct.Struct(f"!BBH{rest}s").pack_into


Integers = npt.NDArray[np.integer[Any]]


class Sink(Protocol):
    """Where rows go: media.net.udp's sockets, or the emulator of the tests."""

    def send(
        self,
        rows: npt.NDArray[np.uint8],
        lengths: Integers,
        addresses: npt.NDArray[np.uint8],
        address_lengths: Integers,
        count: int,
    ) -> int: ...


class Pinned(Protocol):
    """Rows that a sink knows by their place."""

    lengths: npt.NDArray[np.int32]

    def send(self, first: int, end: int) -> int: ...


@runtime_checkable
class PinningSink(Protocol):
    """A sink that can take an outbox's rows from where they lie, with nothing to be written for each batch."""

    def pin(self, rows: npt.NDArray[np.uint8], addresses: npt.NDArray[np.uint8]) -> Pinned: ...


class _Loose:
    """The rows of a sink that cannot."""

    def __init__(self, sink: Sink, outbox: Outbox) -> None:
        self._sink = sink
        self._outbox = outbox
        self.lengths = np.zeros(OUTBOX_ROWS, np.int32)

    def send(self, first: int, end: int) -> int:
        box = self._outbox
        columns = box.rows[first:end], self.lengths[first:end], box.addresses[first:end], box.address_lengths[first:end]
        return self._sink.send(*columns, end - first)


class Outbox:
    """Rows for one socket."""

    def __init__(self, sink: Sink) -> None:
        self.rows = np.zeros((OUTBOX_ROWS, ROW_STRIDE), np.uint8)
        self.words = self.rows.view(">u2")
        self.addresses = np.zeros((OUTBOX_ROWS, ADDRESS_BYTES), np.uint8)
        self.address_lengths = np.zeros(OUTBOX_ROWS, np.int32)
        self._wire: Pinned = (
            sink.pin(self.rows, self.addresses) if isinstance(sink, PinningSink) else _Loose(sink, self)
        )
        self.lengths = self._wire.lengths
        self.row_view = self.rows.reshape(-1).data
        self.length_view = self.lengths.data
        self.address_view = self.addresses.reshape(-1).data
        self.row_pointers = row_pointers(self.rows.ctypes.data, ROW_STRIDE, OUTBOX_ROWS)
        self.length_pointers = length_pointers(self.lengths.ctypes.data, OUTBOX_ROWS, self.lengths.strides[0])
        self._sent = 0
        self.count = 0
        """Rows filled; those before an internal mark are sent already."""
        self.packets_out = 0
        self.packets_dropped = 0
        self._stalled_since_s: float | None = None

    @property
    def waiting(self) -> int:
        """Rows not yet taken by the socket."""
        return self.count - self._sent

    def reserve(self, rows: int, now_s: float) -> int:
        """First of ``rows`` free rows (at most :data:`GROUP_SIZE`); the caller fills them and raises :attr:`count`."""
        if self.count + rows > OUTBOX_ROWS:
            self.flush(now_s)
            if self.count + rows > OUTBOX_ROWS:
                self._drop()
        return self.count

    def put(self, datagram: bytes, address: bytes, now_s: float) -> None:
        """One datagram that is ready to go, at most :data:`ROW_STRIDE` bytes."""
        row = self.reserve(1, now_s)
        start = row * ROW_STRIDE
        self.row_view[start : start + len(datagram)] = datagram
        self.length_view[row] = len(datagram)
        self.address_view[row * ADDRESS_BYTES : (row + 1) * ADDRESS_BYTES] = address
        self.expect(address)
        self.count += 1

    def expect(self, address: bytes) -> None:
        """Addresses are of this one's family, as all are on one socket."""
        length = address_bytes(address)
        if self.address_lengths[0] != length:
            self.address_lengths[:] = length

    def flush(self, now_s: float) -> None:
        """Send what waits. What the socket does not take stays for :data:`STALL_S`."""
        if self.count == self._sent:
            return
        first, end = self._sent, self.count
        done = self._wire.send(first, end)
        self.packets_out += done
        self._sent += done
        if self._sent == self.count:
            self._reset()
        elif self._stalled_since_s is None:
            self._stalled_since_s = now_s
        elif now_s - self._stalled_since_s >= STALL_S:
            self._drop()

    def _drop(self) -> None:
        self.packets_dropped += self.waiting
        self._reset()

    def _reset(self) -> None:
        self.count = self._sent = 0
        self._stalled_since_s = None


def address_bytes(address: bytes) -> int:
    """Bytes of an address row that the kernel wants."""
    return _IPV4_BYTES if int.from_bytes(address[:2], "little") == _IPV4_FAMILY else ADDRESS_BYTES


class Lane:
    """One slot towards one listener: its own sequence numbers and counters (RFC 3550 5.1: per SSRC and session)."""

    __slots__ = ("_next", "octets", "open", "packets", "payload_type", "shift", "since")

    def __init__(self, payload_type: int, first_sequence: int) -> None:
        self.payload_type = payload_type
        self.open = False
        self.shift = 0
        """Slot sequence minus the listener's."""
        self.since = 0
        """Lowest slot sequence that may be sent: lower numbers belong to what came before."""
        self.packets = 0
        self.octets = 0
        self._next = first_sequence

    def enter(self, slot_next: int) -> None:
        """The listener hears the slot from its number ``slot_next`` on; continues right after the last it got."""
        if not self.open:
            self.open = True
            self.shift = slot_next - self._next
            self.since = slot_next

    def leave(self, slot_next: int) -> None:
        """The listener hears the slot no more; what is withheld from now on closes up."""
        if self.open:
            self.open = False
            self._next = slot_next - self.shift


class Listener:
    """One participant as a receiver."""

    __slots__ = ("address", "context", "deafened", "ignored", "lanes", "outbox", "participant")

    def __init__(self, participant: int, context: SrtpContext, outbox: Outbox, address: bytes) -> None:
        self.participant = participant
        self.context = context
        self.outbox = outbox
        self.address = address
        """Where packets go now."""
        self.lanes: list[Lane] = []
        """One for each of their receiving m-lines; fewer than the room's slots if they negotiated fewer."""
        self.deafened = False
        self.ignored: frozenset[int] = frozenset()

    def hears(self, slot: int, holder: int) -> bool:
        """Whether packets of ``holder`` in ``slot`` go to this listener. Nobody hears themselves."""
        return (
            slot < len(self.lanes)
            and not self.deafened
            and holder not in (0, self.participant)
            and holder not in self.ignored
        )


class _Group:
    """Up to :data:`GROUP_SIZE` listeners of a slot on one socket, as columns."""

    def __init__(self, outbox: Outbox, slot: int, listeners: list[Listener]) -> None:
        self.outbox = outbox
        self.lanes = [listener.lanes[slot] for listener in listeners]
        self.contexts: list[CData] = [listener.context.pointer for listener in listeners]
        self.size = len(listeners)
        self.addresses = b"".join(listener.address for listener in listeners)
        outbox.expect(self.addresses)
        self.personal = [(lane.payload_type, lane.shift) for lane in self.lanes]
        self.payload_type_column = np.array([lane.payload_type for lane in self.lanes], np.uint8)
        self.shift_column = np.array([lane.shift & 0xFFFF for lane in self.lanes], np.uint16)
        self.packets = 0
        self.octets = 0

    def settle(self) -> None:
        """Book the group's counters to its lanes."""
        for lane in self.lanes:
            lane.packets += self.packets
            lane.octets += self.octets
        self.packets = self.octets = 0

    def write(self, packet: bytes, sequence: int, marker: bool, octets: int, now_s: float) -> None:
        """A row for each listener, encrypted."""
        outbox, size = self.outbox, self.size
        first = outbox.count
        if first + size > OUTBOX_ROWS:
            first = outbox.reserve(size, now_s)
        end = first + size
        outbox.address_view[first * ADDRESS_BYTES : end * ADDRESS_BYTES] = self.addresses
        if size <= SMALL_GROUP:
            self._fill_each(packet, sequence, 0x80 if marker else 0, first)
        else:
            self._fill_columns(packet, sequence, 0x80 if marker else 0, first)
        codes = list(map(protect, self.contexts, outbox.row_pointers[first:end], outbox.length_pointers[first:end]))
        if any(codes):
            outbox.count = first + _keep(outbox, first, codes)
        else:
            outbox.count = end
        self.packets += 1
        self.octets += octets

    def _fill_each(self, packet: bytes, sequence: int, marker_bit: int, first: int) -> None:
        outbox, length, start = self.outbox, len(packet), first * ROW_STRIDE
        rows, lengths, rest, first_byte = outbox.row_view, outbox.length_view, packet[4:], packet[0]
        write = _row_writer(length - 4)
        for payload_type, shift in self.personal:
            write(rows, start, first_byte, payload_type | marker_bit, sequence - shift & 0xFFFF, rest)
            lengths[first] = length
            first += 1
            start += ROW_STRIDE

    def _fill_columns(self, packet: bytes, sequence: int, marker_bit: int, first: int) -> None:
        outbox, length, end = self.outbox, len(packet), first + self.size
        outbox.rows[first:end, :length] = np.frombuffer(packet, np.uint8)
        outbox.rows[first:end, 1] = self.payload_type_column | np.uint8(marker_bit)
        outbox.words[first:end, 1] = np.uint16(sequence & 0xFFFF) - self.shift_column
        outbox.lengths[first:end] = length


def _keep(outbox: Outbox, first: int, codes: list[int]) -> int:
    """Move the rows that were encrypted together; how many they are. The others are not sent."""
    good = first + np.flatnonzero(np.array(codes) == 0)
    end = first + len(good)
    for column in (outbox.rows, outbox.lengths, outbox.addresses):
        column[first:end] = column[good]
    outbox.packets_dropped += len(codes) - len(good)
    return len(good)


class Fanout:
    """The listeners of one room and what each of them gets of each slot."""

    def __init__(self, slots: int) -> None:
        self.listeners: dict[int, Listener] = {}
        self._holders = [0] * slots
        self._next = [1] * slots
        """The slot sequence that follows the last one sent."""
        self._groups: list[list[_Group] | None] = [None] * slots

    def add(self, listener: Listener) -> None:
        """They are connected."""
        self.listeners[listener.participant] = listener
        self.changed()

    def remove(self, participant: int) -> None:
        """They left."""
        if self.listeners.pop(participant, None) is not None:
            self.changed()

    def changed(self) -> None:
        """An address, deafness or an ignore list is another than before."""
        for slot in range(len(self._groups)):
            self._forget(slot)

    def hold(self, slot: int, holder: int) -> None:
        """Whose packets come in ``slot`` from now on."""
        if self._holders[slot] != holder:
            self._holders[slot] = holder
            self._forget(slot)

    def settle(self) -> None:
        """Bring the counters of all lanes up to date."""
        for groups in self._groups:
            for group in groups or ():
                group.settle()

    def send(self, slot: int, packet: bytes, sequence: int, marker: bool, octets: int, now_s: float) -> None:
        """``packet`` (forward header and payload) with slot number ``sequence`` to all who hear the slot."""
        if sequence < self._next[slot]:
            self._send_late(slot, packet, sequence, marker, octets, now_s)
            return
        groups = self._groups[slot]
        if groups is None:
            groups = self._groups[slot] = self._build(slot)
        for group in groups:
            group.write(packet, sequence, marker, octets, now_s)
        self._next[slot] = sequence + 1

    def _send_late(self, slot: int, packet: bytes, sequence: int, marker: bool, octets: int, now_s: float) -> None:
        """An overtaken packet goes only to those who heard the slot at its place in the line."""
        hearing = [
            listener
            for listener in self.listeners.values()
            if listener.hears(slot, self._holders[slot])
            and listener.lanes[slot].open
            and listener.lanes[slot].since <= sequence
        ]
        for group in _grouped(slot, hearing):
            group.write(packet, sequence, marker, octets, now_s)
            group.settle()

    def _build(self, slot: int) -> list[_Group]:
        holder, slot_next = self._holders[slot], self._next[slot]
        hearing = []
        for listener in self.listeners.values():
            if listener.hears(slot, holder):
                listener.lanes[slot].enter(slot_next)
                hearing.append(listener)
            elif slot < len(listener.lanes):
                listener.lanes[slot].leave(slot_next)
        return _grouped(slot, hearing)

    def _forget(self, slot: int) -> None:
        for group in self._groups[slot] or ():
            group.settle()
        self._groups[slot] = None


def _grouped(slot: int, listeners: list[Listener]) -> list[_Group]:
    by_outbox: dict[Outbox, list[Listener]] = {}
    for listener in listeners:
        by_outbox.setdefault(listener.outbox, []).append(listener)
    return [
        _Group(outbox, slot, members[start : start + GROUP_SIZE])
        for outbox, members in by_outbox.items()
        for start in range(0, len(members), GROUP_SIZE)
    ]

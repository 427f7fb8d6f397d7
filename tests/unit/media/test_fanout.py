from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from pylibsrtp import Policy

from media import fanout
from media.core import rtp
from media.fanout import GROUP_SIZE, OUTBOX_ROWS, SMALL_GROUP, STALL_S, Fanout, Integers, Lane, Listener, Outbox
from media.net.udp import pack_address
from media.srtp import SrtpContext

PROFILE = Policy.SRTP_PROFILE_AEAD_AES_128_GCM
SPEAKER = 1
PAYLOAD = b"\x78 what they say"


class Wire:
    """A sink that keeps what it is given, up to a limit."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, bytes]] = []
        self.address_lengths: list[int] = []
        self.calls = 0
        self.takes: int | None = None

    def send(
        self,
        rows: npt.NDArray[np.uint8],
        lengths: Integers,
        addresses: npt.NDArray[np.uint8],
        address_lengths: Integers,
        count: int,
    ) -> int:
        self.calls += 1
        if self.takes is not None:
            count = min(count, self.takes)
        for row in range(count):
            self.sent.append((rows[row, : lengths[row]].tobytes(), addresses[row].tobytes()))
            self.address_lengths.append(int(address_lengths[row]))
        return count


class Room:
    """A fan-out of one slot and the listeners' own view of it."""

    def __init__(self, listeners: int, slots: int = 1) -> None:
        self.wire = Wire()
        self.outbox = Outbox(self.wire)
        self.fanout = Fanout(slots)
        self.receivers: dict[bytes, tuple[int, SrtpContext]] = {}
        self.sequence = 0
        for number in range(2, 2 + listeners):
            self.add(number)
        self.fanout.hold(0, SPEAKER)

    def add(self, number: int, lanes: int = 1) -> Listener:
        key = struct.pack("!I", number) * 7
        address = pack_address(f"10.0.{number >> 8}.{number & 255}", 4000)
        listener = Listener(number, SrtpContext(PROFILE, key, outbound=True), self.outbox, address)
        listener.lanes = [Lane(96 + number % 30, number * 10) for _ in range(lanes)]
        self.receivers[address] = (number, SrtpContext(PROFILE, key, outbound=False))
        self.fanout.add(listener)
        return listener

    def say(self, sequence: int | None = None, marker: bool = False) -> None:
        if sequence is None:
            self.sequence += 1
            sequence = self.sequence
        packet = rtp.forward_header(False, sequence * 960, 0xAA, SPEAKER) + PAYLOAD
        self.fanout.send(0, packet, sequence, marker, len(PAYLOAD), 0.0)

    def take(self) -> dict[int, list[rtp.RtpHeader]]:
        """What each listener got, flushed and decrypted."""
        self.outbox.flush(0.0)
        got: dict[int, list[rtp.RtpHeader]] = {}
        for datagram, address in self.wire.sent:
            number, context = self.receivers[address]
            plain = context.unprotect(datagram)
            assert plain is not None
            assert plain.endswith(PAYLOAD)
            header = rtp.parse(plain, len(plain), None)
            assert header is not None
            got.setdefault(number, []).append(header)
        self.wire.sent.clear()
        return got


@pytest.mark.parametrize("count", [1, SMALL_GROUP, SMALL_GROUP + 1, GROUP_SIZE + 1])
@pytest.mark.parametrize("marker", [True, False])
def test_each_listener_gets_its_own_numbers(count: int, marker: bool) -> None:
    room = Room(count)
    room.say(marker=marker)
    room.say()
    got = room.take()
    assert len(got) == count
    for number, headers in got.items():
        assert [header.sequence for header in headers] == [number * 10, number * 10 + 1]
        assert {header.payload_type for header in headers} == {96 + number % 30}
        assert [header.marker for header in headers] == [marker, False]
        assert [header.timestamp for header in headers] == [960, 1920]
    assert room.wire.calls == 1


def test_sequence_numbers_wrap_for_each_listener_alone() -> None:
    for count in (2, SMALL_GROUP + 2):
        room = Room(count)
        room.fanout.listeners[2].lanes = [Lane(111, 65_535)]
        room.fanout.changed()
        room.say()
        room.say()
        assert [header.sequence for header in room.take()[2]] == [65_535, 0]


def test_the_speaker_is_not_among_the_listeners() -> None:
    room = Room(2)
    room.add(SPEAKER)
    room.say()
    assert set(room.take()) == {2, 3}


def test_a_lane_that_was_never_negotiated_gets_nothing() -> None:
    room = Room(1)
    room.add(9, lanes=0)
    room.say()
    assert set(room.take()) == {2}


def leave_and_come(change: Callable[[Listener, bool], None]) -> list[int]:
    """Sequence numbers of listener 2 who misses packets 3 and 4."""
    room = Room(2)
    listener = room.fanout.listeners[2]
    room.say()
    room.say()
    change(listener, True)
    room.fanout.changed()
    room.say()
    room.say()
    change(listener, False)
    room.fanout.changed()
    room.say()
    got = room.take()
    assert len(got[3]) == 5
    return [header.sequence for header in got[2]]


def _deafen(listener: Listener, on: bool) -> None:
    listener.deafened = on


def _ignore(listener: Listener, on: bool) -> None:
    listener.ignored = frozenset({SPEAKER}) if on else frozenset()


@pytest.mark.parametrize("change", [_deafen, _ignore])
def test_what_is_withheld_closes_up(change: Callable[[Listener, bool], None]) -> None:
    assert leave_and_come(change) == [20, 21, 22]


def test_loss_on_the_way_in_keeps_its_gap() -> None:
    room = Room(1)
    room.say(1)
    room.say(4)
    assert [header.sequence for header in room.take()[2]] == [20, 23]


def test_an_overtaken_packet_goes_to_those_who_were_there() -> None:
    room = Room(1)
    room.say(1)
    room.say(3)
    room.add(9)
    room.say(4)
    room.say(2)
    got = room.take()
    assert [header.sequence for header in got[2]] == [20, 22, 23, 21]
    assert [header.sequence for header in got[9]] == [90]


def test_a_packet_with_a_used_number_is_kept_back_for_all() -> None:
    room = Room(3)
    room.say(1)
    room.say(2)
    room.say(1)
    assert {number: len(headers) for number, headers in room.take().items()} == {2: 2, 3: 2, 4: 2}
    assert room.outbox.packets_dropped == 3


def test_rows_that_could_not_be_encrypted_leave_no_hole() -> None:
    room = Room(3)
    spoilt = room.fanout.listeners[3].context
    used = rtp.forward_header(False, 0, 0xAA, SPEAKER)
    assert spoilt.protect(used[:2] + struct.pack("!H", 30) + used[4:]) is not None
    room.say(1)
    assert set(room.take()) == {2, 4}
    assert room.outbox.packets_dropped == 1


def test_another_holder_is_heard_by_the_former() -> None:
    room = Room(2)
    room.say()
    room.fanout.hold(0, 2)
    room.fanout.hold(0, 2)
    room.say()
    assert {number: len(headers) for number, headers in room.take().items()} == {2: 1, 3: 2}


def test_an_empty_slot_is_heard_by_nobody() -> None:
    room = Room(2)
    room.fanout.hold(0, 0)
    room.say()
    assert room.take() == {}


def test_those_who_leave_get_nothing_more() -> None:
    room = Room(2)
    room.say()
    room.fanout.remove(2)
    room.fanout.remove(2)
    room.say()
    assert {number: len(headers) for number, headers in room.take().items()} == {2: 1, 3: 2}


def test_a_new_address_is_used_from_then_on() -> None:
    room = Room(1)
    room.say()
    room.outbox.flush(0.0)
    new = pack_address("10.9.9.9", 1)
    room.fanout.listeners[2].address = new
    room.fanout.changed()
    room.say()
    room.outbox.flush(0.0)
    assert room.wire.sent[-1][1] == new


def test_counters_for_sender_reports() -> None:
    room = Room(2)
    room.say()
    room.say()
    room.say(1)
    room.fanout.settle()
    lane = room.fanout.listeners[2].lanes[0]
    assert lane.packets == 3
    assert lane.octets == 3 * len(PAYLOAD)


def test_listeners_on_two_sockets_are_written_apart() -> None:
    room = Room(1)
    other = Wire()
    outbox = Outbox(other)
    listener = room.add(9)
    listener.outbox = outbox
    listener.address = pack_address("2001:db8::9", 5)
    room.fanout.changed()
    room.say()
    room.outbox.flush(0.0)
    outbox.flush(0.0)
    assert (len(room.wire.sent), len(other.sent)) == (1, 1)
    assert (room.wire.address_lengths, other.address_lengths) == ([16], [28])


ADDRESS = pack_address("10.0.0.9", 9)


def test_nothing_is_sent_when_nothing_waits() -> None:
    wire = Wire()
    Outbox(wire).flush(0.0)
    assert wire.calls == 0


def test_a_full_outbox_is_flushed_on_the_way() -> None:
    wire = Wire()
    outbox = Outbox(wire)
    for index in range(OUTBOX_ROWS + 1):
        outbox.put(b"%d" % index, ADDRESS, 0.0)
    outbox.flush(0.0)
    assert [datagram for datagram, _ in wire.sent] == [b"%d" % index for index in range(OUTBOX_ROWS + 1)]
    assert outbox.packets_out == OUTBOX_ROWS + 1


def test_what_the_socket_does_not_take_goes_first_the_next_time() -> None:
    wire = Wire()
    outbox = Outbox(wire)
    wire.takes = 1
    outbox.put(b"a", ADDRESS, 0.0)
    outbox.put(b"b", ADDRESS, 0.0)
    outbox.flush(0.0)
    assert outbox.waiting == 1
    wire.takes = None
    outbox.put(b"c", ADDRESS, 0.005)
    outbox.flush(0.005)
    assert [datagram for datagram, _ in wire.sent] == [b"a", b"b", b"c"]
    assert (outbox.waiting, outbox.packets_dropped) == (0, 0)


def test_what_waited_too_long_is_dropped() -> None:
    wire = Wire()
    wire.takes = 0
    outbox = Outbox(wire)
    outbox.put(b"old", ADDRESS, 0.0)
    outbox.flush(0.0)
    outbox.flush(STALL_S - 0.001)
    assert outbox.waiting == 1
    outbox.flush(STALL_S)
    assert (outbox.waiting, outbox.packets_dropped) == (0, 1)
    wire.takes = None
    outbox.put(b"new", ADDRESS, 0.02)
    outbox.flush(0.02)
    assert [datagram for datagram, _ in wire.sent] == [b"new"]


def test_a_jammed_outbox_makes_room_by_dropping() -> None:
    wire = Wire()
    wire.takes = 0
    outbox = Outbox(wire)
    for _ in range(OUTBOX_ROWS + 1):
        outbox.put(b"x", ADDRESS, 0.0)
    assert (outbox.waiting, outbox.packets_dropped) == (1, OUTBOX_ROWS)


def test_address_rows_are_as_long_as_the_socket_makes_them() -> None:
    assert len(ADDRESS) == fanout.ADDRESS_BYTES
    assert fanout.address_bytes(ADDRESS) == 16
    assert fanout.address_bytes(pack_address("::1", 1)) == 28

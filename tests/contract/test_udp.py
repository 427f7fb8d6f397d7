"""One suite over both kinds of datagram socket, on loopback."""

from __future__ import annotations

import errno
import select
import socket
from collections.abc import Callable, Iterator
from typing import Any, cast

import numpy as np
import pytest

from media.net.udp import (
    ADDRESS_BYTES,
    ROW_BYTES,
    BatchSocket,
    Bytes2D,
    DatagramSocket,
    PortableSocket,
    address_keys,
    address_length,
    batching_available,
    pack_address,
    unpack_address,
)

pytestmark = pytest.mark.integration

Open = Callable[..., DatagramSocket]


@pytest.fixture(params=[BatchSocket, PortableSocket])
def opened(request: pytest.FixtureRequest) -> Iterator[Open]:
    if request.param is BatchSocket and not batching_available():
        pytest.skip("recvmmsg and sendmmsg are missing here")
    sockets: list[DatagramSocket] = []

    def open_one(ip: str = "127.0.0.1", port: int = 0, batch: int = 16) -> DatagramSocket:
        sock: DatagramSocket = request.param(ip, port, batch)
        sockets.append(sock)
        return sock

    yield open_one
    for sock in sockets:
        sock.close()


def _take(sock: DatagramSocket) -> list[tuple[bytes, bytes]]:
    """Wait until something arrives, and take one batch: (datagram, sender's key)."""
    assert select.select([sock.fileno()], [], [], 10)[0], "nothing arrived"
    count = sock.receive()
    keys = address_keys(sock.rx_addresses[:count])
    return [(sock.rx[i, : sock.rx_lengths[i]].tobytes(), keys[i]) for i in range(count)]


def _send(sock: DatagramSocket, messages: list[tuple[bytes, bytes]]) -> int:
    """Send (datagram, address row) pairs."""
    rows = np.zeros((len(messages), ROW_BYTES), np.uint8)
    addresses: Bytes2D = np.zeros((len(messages), ADDRESS_BYTES), np.uint8)
    for index, (data, row) in enumerate(messages):
        rows[index, : len(data)] = np.frombuffer(data, np.uint8)
        addresses[index] = np.frombuffer(row, np.uint8)
    lengths = np.array([len(data) for data, _ in messages], np.int32)
    address_lengths = np.array([address_length(row) for _, row in messages], np.int32)
    return sock.send(rows, lengths, addresses, address_lengths, len(messages))


def _row(sock: DatagramSocket) -> bytes:
    return pack_address(*sock.local)


def test_nothing_waits(opened: Open) -> None:
    assert opened().receive() == 0


@pytest.mark.parametrize("ip", ["127.0.0.1", "::1"])
def test_a_batch_arrives_whole_and_in_order_with_its_sender(opened: Open, ip: str) -> None:
    near, far = opened(ip), opened(ip)
    sent = [bytes([n]) * (n + 1) for n in range(10)]
    assert _send(near, [(data, _row(far)) for data in sent]) == 10
    taken: list[tuple[bytes, bytes]] = []
    while len(taken) < 10:
        taken += _take(far)
    assert [data for data, _ in taken] == sent
    assert {key for _, key in taken} == {_row(near)}


def test_the_sender_can_be_answered_with_the_rows_as_they_came(opened: Open) -> None:
    near, far = opened(), opened()
    _send(near, [(b"ping", _row(far))])
    _take(far)
    far.rx[0, :4] = np.frombuffer(b"pong", np.uint8)
    assert far.send(far.rx, far.rx_lengths, far.rx_addresses, far.rx_address_lengths, 1) == 1
    assert _take(near) == [(b"pong", _row(far))]


def test_more_than_a_batch_is_left_for_the_next_call(opened: Open) -> None:
    near, far = opened(), opened(batch=4)
    _send(near, [(bytes([n]), _row(far)) for n in range(6)])
    taken = _take(far)
    assert len(taken) <= 4
    while len(taken) < 6:
        taken += _take(far)
    assert [data[0] for data, _ in taken] == list(range(6))


def test_address_lengths_are_reset_for_each_call(opened: Open) -> None:
    near, far = opened(), opened()
    for _ in range(2):
        _send(near, [(b"x", _row(far))])
        assert _take(far)[0][1] == _row(near)
        assert int(far.rx_address_lengths[0]) == 16


def test_empty_and_one_byte_datagrams(opened: Open) -> None:
    near, far = opened(), opened()
    _send(near, [(b"", _row(far)), (b"!", _row(far))])
    taken = _take(far)
    while len(taken) < 2:
        taken += _take(far)
    assert [data for data, _ in taken] == [b"", b"!"]


def test_a_datagram_that_fills_a_row_is_taken_and_a_longer_one_is_not(opened: Open) -> None:
    far = opened()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
        near.sendto(b"a" * ROW_BYTES, far.local)
        near.sendto(b"b" * (ROW_BYTES + 1), far.local)
        near.sendto(b"c", far.local)
        taken = _take(far)
        while len(taken) < 3:
            taken += _take(far)
    assert [data for data, _ in taken] == [b"a" * ROW_BYTES, b"", b"c"]


def test_one_refused_message_is_skipped_and_the_rest_goes_on(opened: Open) -> None:
    near, far = opened(), opened()
    nowhere = pack_address("127.0.0.1", 0)
    messages = [(b"1", _row(far)), (b"2", nowhere), (b"3", _row(far)), (b"4", nowhere)]
    assert _send(near, messages) == 4
    assert near.refused == 2
    taken = _take(far)
    while len(taken) < 2:
        taken += _take(far)
    assert [data for data, _ in taken] == [b"1", b"3"]


def test_an_address_of_the_other_family_is_refused(opened: Open) -> None:
    near, far = opened("127.0.0.1"), opened("::1")
    assert _send(near, [(b"x", _row(far))]) == 1
    assert near.refused == 1


def test_more_messages_than_one_system_call_takes(opened: Open) -> None:
    near, far = opened(), opened(batch=1100)
    rows = np.zeros((1100, ROW_BYTES), np.uint8)
    rows[:, 0] = np.arange(1100) % 251
    addresses = np.tile(np.frombuffer(_row(far), np.uint8), (1100, 1))
    ones = np.ones(1100, np.int32)
    assert near.send(rows, ones, addresses, ones * 16, 1100) == 1100
    got: list[int] = []
    while len(got) < 100:  # the receiver's queue may be too short for all of them
        got += [data[0] for data, _ in _take(far)]
    assert got[:100] == [n % 251 for n in range(100)]


class _FullAfterThree:
    """A socket whose send queue takes three datagrams and no more."""

    family = socket.AF_INET

    def __init__(self) -> None:
        self.sent = 0

    def sendto(self, data: bytes, address: object) -> None:
        if self.sent == 3:
            raise BlockingIOError(errno.EAGAIN, "full")
        self.sent += 1

    def close(self) -> None: ...


def test_a_full_socket_keeps_the_tail(opened: Open) -> None:
    """No UDP socket on loopback stays full. The batched kind gets the descriptor of a UNIX datagram pair, which fills at
    once and answers EAGAIN as a full UDP socket does; the portable kind a fake socket."""
    near = opened()
    mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with mine, theirs:
        mine.setblocking(False)
        if isinstance(near, BatchSocket):
            near._fd = mine.fileno()
        else:
            near.close()
            cast(Any, near)._socket = _FullAfterThree()
        rows = np.zeros((2000, ROW_BYTES), np.uint8)
        lengths = np.full(2000, 1000, np.int32)
        addresses = np.tile(np.frombuffer(pack_address("127.0.0.1", 9), np.uint8), (2000, 1))
        none = np.zeros(2000, np.int32)
        sent = near.send(rows, lengths, addresses, none, 2000)
        assert 0 < sent < 2000
        assert near.refused == 0


def test_rows_may_be_a_view_of_something_wider(opened: Open) -> None:
    near, far = opened(), opened()
    wide = np.zeros((4, 3000), np.uint8)
    wide[::2, 5] = [7, 9]
    addresses = np.zeros((2, 64), np.uint8)[:, :ADDRESS_BYTES]
    addresses[:] = np.frombuffer(_row(far), np.uint8)
    ones = np.ones(2, np.int32)
    assert near.send(wide[::2, 5:], ones, addresses, ones * 16, 2) == 2
    taken = _take(far)
    while len(taken) < 2:
        taken += _take(far)
    assert [data for data, _ in taken] == [b"\7", b"\t"]


def test_a_port_that_is_taken(opened: Open) -> None:
    first = opened()
    with pytest.raises(OSError, match="in use"):
        opened(port=first.local[1])


def test_an_address_that_is_not_ours_and_one_that_is_none(opened: Open) -> None:
    with pytest.raises(OSError, match="assign"):
        opened("192.0.2.1")
    with pytest.raises(ValueError, match="does not appear"):
        opened("nowhere")


def test_ipv6_alone_leaves_the_port_to_ipv4(opened: Open) -> None:
    six = opened("::1")
    four = opened("127.0.0.1", six.local[1])
    assert six.local[1] == four.local[1]


def test_closing_twice_and_using_it_afterwards(opened: Open) -> None:
    sock = opened()
    row = _row(sock)
    sock.close()
    sock.close()
    with pytest.raises(OSError, match=r"(?i)bad file|mmsg"):
        sock.receive()
    with pytest.raises(OSError, match=r"(?i)bad file|mmsg"):
        _send(sock, [(b"x", row)])


def test_both_know_one_another(opened: Open) -> None:
    """The key that one kind sees is the row that names the other."""
    near, far = opened("::1"), opened("::1")
    _send(near, [(b"x", _row(far))])
    (_, key), *_ = _take(far)
    assert unpack_address(key) == near.local

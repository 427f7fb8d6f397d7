"""The pieces of the shell; the whole of it is in tests/integration/test_media_node.py."""

from __future__ import annotations

import asyncio
import errno
import socket

import pytest

from media.control import Candidate, NodeConfig, Ready, RequestId, Start, Stats, StatsRequest, Stop
from media.node import Node, StartError, bind_all, candidates_of
from tests.support.media_node import NodeDriver


def test_candidates_put_loopback_last() -> None:
    bound = [("127.0.0.1", 5), ("10.0.0.1", 5), ("::1", 5), ("2001:db8::1", 5)]
    candidates = candidates_of(NodeConfig(), bound)
    assert [candidate.ip for candidate in candidates] == ["10.0.0.1", "2001:db8::1", "127.0.0.1", "::1"]


def test_public_addresses_replace_the_bound_ones() -> None:
    candidates = candidates_of(NodeConfig(public_ip=("203.0.113.1",)), [("10.0.0.1", 7882)])
    assert candidates == (Candidate("203.0.113.1", 7882),)


def test_every_address_gets_the_same_port() -> None:
    sockets = bind_all(NodeConfig(port=0, bind=("127.0.0.1", "127.0.0.2")))
    try:
        assert [sock.local[0] for sock in sockets] == ["127.0.0.1", "127.0.0.2"]
        assert len({sock.local[1] for sock in sockets}) == 1
    finally:
        for sock in sockets:
            sock.close()


def test_a_taken_port_on_one_address_leaves_nothing_bound() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.2", 0))
        port = taken.getsockname()[1]
        with pytest.raises(StartError) as caught:
            bind_all(NodeConfig(port=port, bind=("127.0.0.1", "127.0.0.2")))
        assert caught.value.failed.code == "port_taken"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
            again.bind(("127.0.0.1", port))


def test_a_machine_without_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("media.node.local_addresses", lambda: ())
    with pytest.raises(StartError) as caught:
        bind_all(NodeConfig(port=0))
    assert caught.value.failed.code == "bad_address"


def test_an_interface_address_that_went_away_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("media.node.local_addresses", lambda: ("192.0.2.1", "127.0.0.1"))
    sockets = bind_all(NodeConfig(port=0))
    assert [sock.local[0] for sock in sockets] == ["127.0.0.1"]
    sockets[0].close()


def test_when_all_of_them_went_away_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("media.node.local_addresses", lambda: ("192.0.2.1",))
    with pytest.raises(StartError, match="none of this machine's addresses"):
        bind_all(NodeConfig(port=0))


def test_a_port_that_only_root_may_bind_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(ip: str, port: int) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("media.node.open_socket", refuse)
    with pytest.raises(StartError, match="above 1023"):
        bind_all(NodeConfig(port=443, bind=("127.0.0.1",)))


def test_a_free_port_is_looked_for_again_when_another_address_lacks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[tuple[str, int]] = []

    def taken(ip: str, port: int) -> None:
        tries.append((ip, port))
        raise OSError(errno.EADDRINUSE, "Address already in use")

    monkeypatch.setattr("media.node.open_socket", taken)
    with pytest.raises(StartError):
        bind_all(NodeConfig(port=0, bind=("127.0.0.1",)))
    assert len(tries) == 8
    tries.clear()
    with pytest.raises(StartError):
        bind_all(NodeConfig(port=7882, bind=("127.0.0.1",)))
    assert len(tries) == 1


async def test_under_load_the_node_looks_instead_of_being_woken_and_then_sleeps_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Garbage from a stranger is enough to wake it; the control stream is served all the while."""
    monkeypatch.setattr("media.pacing.ENTER_WAKES", 5)  # which a machine that is busy itself reaches too
    ours, theirs = socket.socketpair()
    driver, node = NodeDriver(ours), Node(theirs)
    task = asyncio.create_task(node.run())
    driver.send(Start(NodeConfig(port=0, bind=("127.0.0.1",))))
    ready = await driver.wait(Ready)
    sent = 0

    async def answered(number: int) -> Stats:
        driver.send(StatsRequest(RequestId(number)))
        return await driver.wait(Stats, lambda stats: stats.request == number)

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.connect(("127.0.0.1", ready.candidates[0].port))
        while not node._pacing.polling:
            stranger.send(b"\x80 not for anyone")
            sent += 1
            await answered(sent)
        number = sent + 1
        stats = await answered(number)
        while node._pacing.polling:
            number += 1
            stats = await answered(number)
            assert stats.packets_in <= sent
        stranger.send(b"\x80 again")
        while stats.packets_in < sent + 1:
            number += 1
            stats = await answered(number)
    assert stats.packets_dropped == stats.packets_in
    driver.send(Stop())
    await task
    await driver.close()

"""The media node over real sockets, in this process and as the child process that the service starts."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator
from typing import cast

import pytest

from media.control import (
    Accepted,
    Connected,
    Disconnect,
    Disconnected,
    Failed,
    Ignore,
    NodeConfig,
    Ping,
    Pong,
    Ready,
    Refused,
    RequestId,
    RestartIce,
    Slots,
    Speaking,
    Start,
    Stats,
    StatsRequest,
    Stop,
    Update,
)
from media.net.dtls import DtlsIdentity, DtlsState
from media.pacing import Backlog
from tests.support.media_client import MediaClient, spoken
from tests.support.media_node import Kind, RunningNode, running_node
from tests.support.udp_client import UdpClient

pytestmark = pytest.mark.integration


@pytest.fixture(params=["in_process", "child"])
async def node(request: pytest.FixtureRequest) -> AsyncIterator[RunningNode]:
    async with running_node(cast(Kind, request.param)) as running:
        yield running


@pytest.fixture(scope="module")
def identity() -> DtlsIdentity:
    return DtlsIdentity.generate()


class Call:
    """Clients joined to a started node."""

    def __init__(self, node: RunningNode, ready: Ready, identity: DtlsIdentity) -> None:
        self.node = node
        self.ready = ready
        self.address = (ready.candidates[0].ip, ready.candidates[0].port)
        self.identity = identity
        self.clients: list[UdpClient] = []

    async def join(self, number: int, **connect: bool) -> UdpClient:
        client = MediaClient(number, self.identity)
        self.node.driver.send(client.connect(**connect))
        await self.node.driver.wait(Accepted, lambda answer: answer.request == number)
        udp = UdpClient(client, self.address)
        client.start(self.ready.fingerprint, time.monotonic())
        self.clients.append(udp)
        await udp.open()
        await self.node.driver.wait(Connected, lambda event: event.participant == number)
        await udp.until(lambda: client.connected)
        return udp

    async def speak(self, speaker: UdpClient, count: int, start: int = 0, level_dbov: int = 20) -> None:
        """A packet every 2 ms; what they say is numbered from ``start``."""
        for number in range(start, start + count):
            speaker.send(speaker.client.speech(number, level_dbov))
            await asyncio.sleep(0.002)

    async def barrier(self) -> None:
        """Everything sent to the node so far has been dealt with: its answers to a later check have arrived."""
        for udp in self.clients:
            await _answered(udp)


async def _answered(udp: UdpClient) -> None:
    before = udp.client.check_answers
    udp.send(udp.client.check())
    await udp.until(lambda: udp.client.check_answers > before)


@pytest.fixture
async def call(node: RunningNode, identity: DtlsIdentity) -> AsyncIterator[Call]:
    made = Call(node, await node.start(), identity)
    with contextlib.ExitStack() as stack:
        yield made
        for udp in made.clients:
            stack.callback(udp.close)


def heard(udp: UdpClient) -> set[tuple[int, int]]:
    return {said for packet in udp.client.received if (said := spoken(packet)) is not None}


async def test_two_clients_hear_each_other_and_not_themselves(call: Call) -> None:
    alice, bob = await call.join(1), await call.join(2)
    await call.speak(alice, 5)
    await call.speak(bob, 5)
    await bob.until(lambda: heard(bob) == {(1, number) for number in range(5)})
    await alice.until(lambda: heard(alice) == {(2, number) for number in range(5)})
    assert all(packet.csrcs == (1,) for packet in bob.client.received)


async def test_slots_are_told_before_the_first_packet_and_name_the_speaker(call: Call) -> None:
    alice, bob = await call.join(1), await call.join(2)
    await call.speak(alice, 1)
    await bob.until(lambda: bool(bob.client.received))
    slots = call.node.driver.of(Slots)[-1].slots
    accepted = await call.node.driver.wait(Accepted, lambda answer: answer.request == 2)
    assert accepted.slot_ssrcs[slots.index(alice.client.id)] == bob.client.received[0].ssrc


async def test_muted_by_the_node_means_silent_whatever_the_client_sends(call: Call) -> None:
    alice, bob = await call.join(1), await call.join(2)
    await call.speak(alice, 3)
    await bob.until(lambda: len(heard(bob)) == 3)
    call.node.driver.send(Update(alice.client.id, may_speak=True, muted=True, deafened=False), Ping(1))
    await call.node.driver.wait(Pong)
    await call.speak(alice, 5, start=100)
    await call.barrier()
    assert not any(number >= 100 for _, number in heard(bob))
    call.node.driver.send(Update(alice.client.id, may_speak=True, muted=False, deafened=False), Ping(2))
    await call.node.driver.wait(Pong, lambda pong: pong.number == 2)
    await call.speak(alice, 3, start=200)
    await bob.until(lambda: {(1, 200), (1, 201), (1, 202)} <= heard(bob))


async def test_one_who_may_not_speak_is_not_heard(call: Call) -> None:
    alice, bob = await call.join(1, may_speak=False), await call.join(2)
    await call.speak(alice, 5)
    await call.barrier()
    assert not bob.client.received


async def test_deafened_gets_nothing(call: Call) -> None:
    alice, bob = await call.join(1), await call.join(2, deafened=True)
    await call.speak(alice, 5)
    await call.barrier()
    assert not bob.client.received
    call.node.driver.send(Update(bob.client.id, may_speak=True, muted=False, deafened=False), Ping(1))
    await call.node.driver.wait(Pong)
    await call.speak(alice, 2, start=10)
    await bob.until(lambda: heard(bob) == {(1, 10), (1, 11)})


async def test_ignored_by_one_is_heard_by_the_others(call: Call) -> None:
    alice, bob, carol = await call.join(1), await call.join(2), await call.join(3)
    call.node.driver.send(Ignore(bob.client.id, (alice.client.id,)), Ping(1))
    await call.node.driver.wait(Pong)
    await call.speak(alice, 5)
    await carol.until(lambda: len(heard(carol)) == 5)
    await call.barrier()
    assert not bob.client.received


async def test_speaking_lights_up_and_goes_out(call: Call) -> None:
    alice, _ = await call.join(1), await call.join(2)
    await call.speak(alice, 100)
    await call.node.driver.wait(Speaking, lambda event: event.speaking and event.participant == 1)
    await call.node.driver.wait(Speaking, lambda event: not event.speaking and event.participant == 1)


async def test_a_source_that_stops_cold_ends_with_a_dtx_frame(call: Call) -> None:
    alice, bob = await call.join(1), await call.join(2)
    await call.speak(alice, 3)
    await bob.until(lambda: bool(bob.client.received) and len(bob.client.received[-1].payload) == 1)
    sequences = [packet.sequence for packet in bob.client.received]
    assert sequences == list(range(sequences[0], sequences[0] + 4))


async def test_reports_come_both_ways(call: Call) -> None:
    alice, bob = await call.join(1), await call.join(2)
    await call.speak(alice, 10)
    await bob.until(lambda: any(compound.sender_info for compound in bob.client.compounds))
    await alice.until(lambda: any(compound.reports for compound in alice.client.compounds))
    block = next(block for compound in alice.client.compounds for block in compound.reports)
    assert (block.ssrc, block.cumulative_lost) == (alice.client.ssrc, 0)


async def test_one_who_leaves_is_told_so_and_may_come_back(call: Call) -> None:
    alice, bob = await call.join(1), await call.join(2)
    call.node.driver.send(Disconnect(alice.client.id))
    await alice.until(lambda: alice.client.dtls is not None and alice.client.dtls.state is DtlsState.CLOSED)
    assert any(compound.goodbyes for compound in alice.client.compounds)
    again = await call.join(3)
    await call.speak(again, 3)
    await bob.until(lambda: heard(bob) == {(3, 0), (3, 1), (3, 2)})


async def test_a_client_that_hangs_up_is_gone(call: Call) -> None:
    alice = await call.join(1)
    for datagram in alice.client.hang_up():
        alice.send(datagram)
    event = await call.node.driver.wait(Disconnected)
    assert (event.participant, event.reason) == (1, "dtls_closed")


async def test_a_client_that_changes_its_address_goes_on(call: Call) -> None:
    alice, bob = await call.join(1), await call.join(2)
    await call.speak(alice, 2)
    await bob.until(lambda: len(heard(bob)) == 2)
    await bob.move()
    await call.barrier()
    bob.send(bob.client.check())
    await call.barrier()
    await call.speak(alice, 2, start=10)
    await bob.until(lambda: {(1, 10), (1, 11)} <= heard(bob))


async def test_media_from_a_checked_address_is_followed_before_it_is_nominated(call: Call) -> None:
    alice, bob = await call.join(1), await call.join(2)
    await call.speak(bob, 1)
    await alice.until(lambda: len(heard(alice)) == 1)
    loop = asyncio.get_running_loop()
    other = UdpClient(bob.client, call.address)
    transport, _ = await loop.create_datagram_endpoint(lambda: other, remote_addr=call.address)
    other._transport = transport
    try:
        before = bob.client.check_answers
        other.send(bob.client.check(nominate=False))
        await other.until(lambda: bob.client.check_answers > before)
        bob.close()
        # The nominated address is silent from now on; 200 ms later the other one has taken over.
        for number in range(1, 400):
            other.send(bob.client.speech(number))
            if len(bob.client.received):
                break
            await call.speak(alice, 1, start=number)
        assert bob.client.received
    finally:
        transport.close()


async def test_an_ice_restart_keeps_the_call(call: Call) -> None:
    alice, bob = await call.join(1), await call.join(2)
    local, remote = bob.client.restart_ice()
    call.node.driver.send(RestartIce(RequestId(77), bob.client.id, local, remote))
    await call.node.driver.wait(Accepted, lambda answer: answer.request == 77)
    await bob.move()
    await call.barrier()
    await call.speak(alice, 2)
    await bob.until(lambda: heard(bob) == {(1, 0), (1, 1)})


async def test_a_restart_of_nobody_is_refused(call: Call) -> None:
    local, remote = MediaClient(9, call.identity).restart_ice()
    call.node.driver.send(RestartIce(RequestId(5), MediaClient(9, call.identity).id, local, remote))
    assert (await call.node.driver.wait(Refused)).code == "participant_unknown"


async def test_a_participant_cannot_be_there_twice(call: Call) -> None:
    await call.join(1)
    call.node.driver.send(MediaClient(1, call.identity).connect())
    assert (await call.node.driver.wait(Refused)).code == "participant_exists"


async def test_more_downlinks_than_slots_are_refused(call: Call) -> None:
    call.node.driver.send(MediaClient(1, call.identity, slots=9).connect())
    assert (await call.node.driver.wait(Refused)).code == "too_many_slots"


async def test_rooms_do_not_hear_one_another(call: Call) -> None:
    alice, bob = await call.join(1), await call.join(2)
    stranger = MediaClient(3, call.identity, room=2)
    call.node.driver.send(stranger.connect())
    udp = UdpClient(stranger, call.address)
    stranger.start(call.ready.fingerprint, time.monotonic())
    call.clients.append(udp)
    await udp.open()
    await udp.until(lambda: stranger.connected)
    await call.speak(alice, 3)
    await bob.until(lambda: len(heard(bob)) == 3)
    await call.barrier()
    assert not stranger.received


async def test_the_wrong_certificate_is_not_connected(call: Call) -> None:
    client = MediaClient(1, call.identity)
    call.node.driver.send(client.connect())
    impostor = MediaClient(1, DtlsIdentity.generate())
    impostor.start(call.ready.fingerprint, time.monotonic())
    udp = UdpClient(impostor, call.address)
    call.clients.append(udp)
    await udp.open()
    assert (await call.node.driver.wait(Disconnected)).reason == "dtls_failed"
    assert not call.node.driver.of(Connected)


async def test_statistics_count_what_went_through(call: Call) -> None:
    alice, bob = await call.join(1), await call.join(2)
    await call.speak(alice, 3)
    await bob.until(lambda: len(heard(bob)) == 3)
    alice.send(b"\x80")
    alice.send(b"\x80\x6f garbage that is long enough to look like RTP")
    await call.barrier()
    call.node.driver.send(StatsRequest(RequestId(6)))
    stats = await call.node.driver.wait(Stats)
    assert (stats.request, stats.rooms, stats.participants) == (6, 1, 2)
    assert stats.packets_in > 3
    assert stats.packets_out > 3
    assert stats.packets_dropped >= 2
    assert stats.cpu_s > 0
    assert stats.rss_bytes > 1 << 20


async def test_stop_says_goodbye_and_ends(call: Call) -> None:
    alice = await call.join(1)
    call.node.driver.send(Stop())
    await alice.until(lambda: alice.client.dtls is not None and alice.client.dtls.state is DtlsState.CLOSED)
    assert await call.node.exit_code() == 0


async def test_the_node_ends_when_the_service_is_gone(node: RunningNode) -> None:
    await node.start()
    await node.driver.close()
    assert await node.exit_code() == 0


async def test_a_taken_port_is_said_plainly(node: RunningNode) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        node.driver.send(Start(NodeConfig(port=port, bind=("127.0.0.1",))))
        failed = await node.driver.wait(Failed)
    assert failed.code == "port_taken"
    assert str(port) in failed.message
    assert await node.exit_code() == 0


@pytest.mark.parametrize("address", ["192.0.2.1", "not an address"])
async def test_an_address_that_is_not_ours_is_said_plainly(node: RunningNode, address: str) -> None:
    node.driver.send(Start(NodeConfig(port=0, bind=(address,))))
    failed = await node.driver.wait(Failed)
    assert failed.code == "bad_address"
    assert address in failed.message
    assert await node.exit_code() == 0


@pytest.mark.parametrize("slots", [0, 32])
async def test_an_impossible_number_of_slots_is_refused(node: RunningNode, slots: int) -> None:
    node.driver.send(Start(NodeConfig(port=0, bind=("127.0.0.1",), slots=slots)))
    assert (await node.driver.wait(Failed)).code == "internal"
    assert await node.exit_code() == 0


async def test_all_local_addresses_share_one_port(node: RunningNode) -> None:
    ready = await node.start(NodeConfig(port=0))
    assert len({candidate.port for candidate in ready.candidates}) == 1
    assert "127.0.0.1" in {candidate.ip for candidate in ready.candidates}


async def test_the_public_addresses_are_what_clients_are_told(node: RunningNode) -> None:
    config = NodeConfig(port=0, bind=("127.0.0.1",), public_ip=("203.0.113.5", "2001:db8::5"))
    ready = await node.start(config)
    assert [candidate.ip for candidate in ready.candidates] == ["203.0.113.5", "2001:db8::5"]


async def test_a_broken_control_stream_ends_the_node(node: RunningNode) -> None:
    node.driver.send_bytes(b"\xff\xff\xff\xff")
    assert await node.exit_code() == 0


async def test_requests_before_start_end_the_node(node: RunningNode) -> None:
    node.driver.send(Ping(1))
    assert await node.exit_code() == 0
    assert not node.driver.of(Pong)


async def test_starting_twice_ends_the_node(node: RunningNode) -> None:
    await node.start()
    node.driver.send(Start(NodeConfig(port=0, bind=("127.0.0.1",))))
    assert await node.exit_code() == 0


async def test_voice_that_waited_too_long_is_not_forwarded(
    identity: DtlsIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_node("in_process") as node:
        call = Call(node, await node.start(), identity)
        alice, bob = await call.join(1), await call.join(2)
        with monkeypatch.context() as patch:
            patch.setattr("media.pacing.STALE_S", -1.0)  # whatever is found is too old
            await call.speak(alice, 5)
            await call.barrier()
        await call.speak(alice, 5, start=5)
        await bob.until(lambda: len(heard(bob)) == 5)
        assert heard(bob) == {(1, number) for number in range(5, 10)}
        node.driver.send(StatsRequest(RequestId(77)))
        stats = await node.driver.wait(Stats, lambda answer: answer.request == 77)
        assert stats.packets_dropped == 5
        alice.close()
        bob.close()


async def test_an_idle_node_looks_at_its_sockets_so_that_pauses_are_no_backlog(
    identity: DtlsIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []
    enough = asyncio.Event()

    class Watched(Backlog):
        def looked(self, emptied: bool, now_s: float) -> bool:
            looks.append(now_s)
            if len(looks) >= 4:
                enough.set()
            return super().looked(emptied, now_s)

    monkeypatch.setattr("media.node.Backlog", Watched)
    async with running_node("in_process") as node:
        await node.start()
        node.driver.send(MediaClient(1, identity).connect())  # who never sends a datagram
        await enough.wait()

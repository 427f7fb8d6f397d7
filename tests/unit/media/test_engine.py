"""Requests and datagrams one at a time; what many participants do together is in tests/sim."""

from __future__ import annotations

import itertools

import pytest

from media.control import (
    Accepted,
    Disconnect,
    FromNode,
    IceCredentials,
    Ignore,
    ParticipantId,
    Ping,
    Pong,
    Refused,
    RequestId,
    RestartIce,
    Stop,
    Update,
)
from media.core import rtcp
from media.core.sequence import ReceptionBlock
from media.engine import HANDSHAKE_QUEUE
from media.net.dtls import DtlsIdentity
from media.reports import LISTENER_REPORT_INTERVAL_S, REPORT_INTERVAL_S
from tests.support.media_client import MediaClient, spoken
from tests.support.netem import Host, World


@pytest.fixture(scope="module")
def identity() -> DtlsIdentity:
    return DtlsIdentity.generate()


@pytest.fixture
def world(identity: DtlsIdentity) -> World:
    return World(1, identity=identity)


def last(world: World) -> FromNode:
    return world.events[-1][1]


def two(world: World) -> tuple[Host, Host]:
    return world.join(MediaClient(1, world.identity)), world.join(MediaClient(2, world.identity))


def test_ping_is_answered(world: World) -> None:
    world.request(Ping(7))
    assert last(world) == Pong(7)


def test_what_is_the_drivers_own_is_not_for_the_engine(world: World) -> None:
    with pytest.raises(TypeError, match="Stop"):
        world.request(Stop())


def test_everyone_in_a_room_is_told_the_same_ssrcs(world: World) -> None:
    world.request(MediaClient(1, world.identity).connect())
    first = last(world)
    world.request(MediaClient(2, world.identity, slots=3).connect())
    second = last(world)
    world.request(MediaClient(3, world.identity, room=2).connect())
    elsewhere = last(world)
    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert isinstance(elsewhere, Accepted)
    assert len(set(first.slot_ssrcs)) == 8
    assert second.slot_ssrcs == first.slot_ssrcs[:3]
    assert not set(elsewhere.slot_ssrcs) & set(first.slot_ssrcs)


def test_refusals(world: World) -> None:
    world.request(MediaClient(1, world.identity).connect())
    world.request(MediaClient(1, world.identity).connect())
    assert isinstance(refused := last(world), Refused)
    assert refused.code == "participant_exists"
    world.request(MediaClient(2, world.identity, slots=9).connect())
    assert isinstance(refused := last(world), Refused)
    assert refused.code == "too_many_slots"
    same_ufrag = MediaClient(3, world.identity)
    same_ufrag.remote = MediaClient(1, world.identity).remote
    world.request(same_ufrag.connect())
    assert isinstance(refused := last(world), Refused)
    assert refused.code == "participant_exists"
    assert set(world.engine.participants) == {1}


def test_restarts_that_cannot_be(world: World) -> None:
    client = MediaClient(1, world.identity)
    world.request(client.connect())
    world.request(RestartIce(RequestId(2), client.id, client.remote, client.local))
    assert isinstance(refused := last(world), Refused)
    assert (refused.request, refused.code) == (2, "participant_exists")
    world.request(RestartIce(RequestId(3), ParticipantId(9), IceCredentials("a", "b"), client.local))
    assert isinstance(refused := last(world), Refused)
    assert (refused.request, refused.code) == (3, "participant_unknown")


def test_what_is_said_of_strangers_is_passed_over(world: World) -> None:
    stranger = ParticipantId(9)
    world.request(Update(stranger, may_speak=True, muted=False, deafened=False))
    world.request(Ignore(stranger, (stranger,)))
    world.request(Disconnect(stranger))
    assert world.events == []


def test_what_is_said_before_the_connection_holds_after_it(world: World) -> None:
    alice, bob = MediaClient(1, world.identity), MediaClient(2, world.identity)
    speaker, _ = world.add(alice), world.add(bob)
    world.request(Update(alice.id, may_speak=True, muted=True, deafened=False))
    world.request(Update(bob.id, may_speak=True, muted=False, deafened=False))
    world.request(Ignore(bob.id, ()))
    world.run_until(lambda: world.connected(alice) and world.connected(bob))
    world.run(0.2)
    world.speak(speaker, 0, 10)
    world.run(1.0)
    assert not [packet for packet in bob.received if spoken(packet)]


def test_a_listener_may_be_muted_and_unmuted(world: World) -> None:
    client = MediaClient(1, world.identity, listens_only=True)
    world.add(client)
    world.request(Update(client.id, may_speak=False, muted=True, deafened=True))
    world.run_until(lambda: world.connected(client))
    world.request(Update(client.id, may_speak=True, muted=False, deafened=False))


def test_one_who_leaves_before_connecting_is_told_nothing(world: World) -> None:
    client = MediaClient(1, world.identity)
    world.request(client.connect())
    world.request(Disconnect(client.id))
    assert world.engine.participants == {}
    assert len(world.events) == 1


def test_a_handshake_datagram_of_one_who_left_is_dropped(world: World) -> None:
    alice, _ = two(world)
    world.socket.arrive(b"\x16\xfe\xfd" + bytes(20), alice.address)
    world.engine.receive(0, world.socket.receive(), world.now_s)
    world.request(Disconnect(alice.client.id))
    assert world.engine.has_work
    world.engine.work(world.now_s)
    assert not world.engine.has_work
    world.engine.work(world.now_s)


def test_handshakes_queue_up_to_a_bound(world: World) -> None:
    alice, _ = two(world)
    refused = world.engine.packets_refused
    for _ in range(HANDSHAKE_QUEUE + 5):
        world.socket.arrive(b"\x16\xfe\xfd" + bytes(20), alice.address)
    while count := world.socket.receive():
        world.engine.receive(0, count, world.now_s)
    assert world.engine.packets_refused == refused + 5
    while world.engine.has_work:
        world.engine.work(world.now_s)
    assert world.disconnected() == []


@pytest.mark.parametrize(
    "datagram",
    [b"", b"\x80", bytes(30), b"\x16" + bytes(30), b"\x80\x6f" + bytes(30), b"\x40" + bytes(30), b"\xff" * 30],
    ids=["empty", "one byte", "STUN-like", "DTLS", "RTP", "TURN channel", "unknown"],
)
def test_datagrams_of_nobody_are_counted_and_dropped(world: World, datagram: bytes) -> None:
    world.inject(datagram, World(2, identity=world.identity).add(MediaClient(9, world.identity)).address)
    world.run(0.1)
    assert world.engine.packets_refused == 1
    assert world.engine.packets_out == 0


def test_media_before_the_keys_is_dropped(world: World) -> None:
    host = world.add(MediaClient(1, world.identity))
    world.send(host, host.client.check())
    world.run(0.025)
    refused = world.engine.packets_refused
    world.inject(b"\x80\x6f" + bytes(40), host.address)
    world.run(0.001)
    assert world.engine.packets_refused == refused + 1


def test_media_that_is_not_the_negotiated_stream_is_dropped(world: World) -> None:
    alice, bob = two(world)
    client = alice.client
    refused = world.engine.packets_refused
    client.ssrc += 1
    world.send(alice, client.speech(0))
    client.ssrc -= 1
    client.payload_type = 63
    world.send(alice, client.speech(1))
    client.payload_type = 111
    world.send(alice, client.speech(2) + bytes(1_490))
    world.run(0.5)
    assert world.engine.packets_refused == refused + 3
    assert bob.client.received == []


def test_one_without_an_uplink_says_nothing(world: World) -> None:
    listener = world.join(MediaClient(1, world.identity, listens_only=True))
    bob = world.join(MediaClient(2, world.identity))
    world.run(0.2)
    world.speak(listener, 0, 5)
    world.run(0.5)
    assert bob.client.received == []


def test_rtcp_that_is_short_forged_or_malformed_is_dropped(world: World) -> None:
    alice, _ = two(world)
    refused = world.engine.packets_refused
    world.inject(b"\x80\xc9\x00\x01", alice.address)
    world.inject(b"\x80\xc9" + bytes(40), alice.address)
    world.inject(alice.client.report(b"\x80\xc9\x00\x09" + bytes(8)), alice.address)
    world.run(0.1)
    assert world.engine.packets_refused == refused + 3


def test_reports_come_more_often_to_those_who_speak(world: World) -> None:
    alice, bob = two(world)
    listener = world.join(MediaClient(3, world.identity, listens_only=True))
    for turn in range(20):
        world.at(turn * 1.0, lambda turn=turn: world.speak(alice, turn * 100, 25))  # type: ignore[misc]
    world.run(20.0)
    assert abs(len(bob.client.compounds) - 20 / REPORT_INTERVAL_S) <= 1
    assert abs(len(listener.client.compounds) - 20 / LISTENER_REPORT_INTERVAL_S) <= 1


def test_the_goodbye_of_the_whole_node(world: World) -> None:
    alice, bob = two(world)
    world.request(MediaClient(3, world.identity).connect())
    world.engine.goodbye(world.now_s)
    world.engine.flush(world.now_s)
    world.run(0.1)
    assert world.engine.participants == {}
    assert all(any(compound.goodbyes for compound in host.client.compounds) for host in (alice, bob))
    assert world.disconnected() == []


def test_a_goodbye_of_the_client_ends_its_stretch(world: World) -> None:
    alice, bob = two(world)
    world.speak(alice, 0, 5)
    world.run(0.12)
    world.send(alice, alice.client.report(rtcp.receiver_report(5, None) + rtcp.goodbye([alice.client.ssrc])))
    world.run(0.05)
    assert len(bob.client.received[-1].payload) == 1


def test_the_round_trip_is_measured(world: World) -> None:
    alice, bob = two(world)
    world.speak(alice, 0, 150)
    world.run_until(lambda: bool(bob.client.compounds))
    info = bob.client.compounds[0].sender_info
    assert info is not None
    block = rtcp.report_block(info.ssrc, rtcp_figures(), 7, rtcp.middle_ntp(info.ntp), 0)
    world.send(bob, bob.client.report(rtcp.receiver_report(5, block)))
    world.run(0.1)
    measured = world.engine.participants[bob.client.id].round_trip_s
    assert measured is not None
    assert 0.015 < measured < 0.05


def test_a_clients_sender_report_is_named_in_ours(world: World) -> None:
    alice, _ = two(world)
    world.speak(alice, 0, 300)
    report = rtcp.sender_report(alice.client.ssrc, 0x1234_5678_9ABC_DEF0, 0, 0, 0, None)
    world.send(alice, alice.client.report(report))
    world.send(alice, alice.client.report(rtcp.sender_report(0xBAD, 0, 0, 0, 0, None)))
    world.run(5.0)
    block = alice.client.compounds[-1].reports[0]
    assert block.last_report == 0x5678_9ABC
    assert 0 < block.delay_since_last < 6 * 65_536


def rtcp_figures() -> ReceptionBlock:
    return ReceptionBlock(7, 0, 0, 0)


def late(world: World, speaker: Host, *numbers: int) -> None:
    """The node was starved: what was said lies in the socket, and is read as stale."""
    for number in numbers:
        world.socket.arrive(speaker.client.speech(number), speaker.address)
    world.engine.receive(0, world.socket.receive(), world.now_s, stale=True)
    world.engine.flush(world.now_s)


def heard_numbers(host: Host) -> list[int]:
    return [said[1] for packet in host.client.received if (said := spoken(packet)) is not None]


def test_stale_voice_is_dropped_and_counted_and_looks_like_loss(world: World) -> None:
    alice, bob = two(world)
    world.speak(alice, 0, 10)
    world.run(0.2)
    before = world.engine.packets_dropped
    late(world, alice, *range(10, 15))
    assert world.engine.packets_dropped == before + 5
    world.speak(alice, 15, 5)
    world.run(0.11)
    assert heard_numbers(bob) == [*range(10), *range(15, 20)]
    voice = [packet for packet in bob.client.received if spoken(packet) is not None]
    gaps = [after.sequence - before.sequence for before, after in itertools.pairwise(voice)]
    assert gaps == [1] * 9 + [6] + [1] * 4
    assert voice[10].timestamp - voice[9].timestamp == 6 * 960


def test_all_but_voice_is_taken_from_a_backlog(world: World) -> None:
    alice, bob = two(world)
    world.speak(alice, 0, 3)
    world.run(0.1)
    answers, dropped, heard = alice.client.check_answers, world.engine.packets_dropped, len(bob.client.received)
    ssrc = alice.client.ssrc
    world.socket.arrive(alice.client.check(), alice.address)
    world.socket.arrive(alice.client.report(rtcp.goodbye([ssrc])), alice.address)
    late(world, alice)
    world.run(0.1)
    assert alice.client.check_answers == answers + 1
    assert world.engine.packets_dropped == dropped
    assert len(bob.client.received) == heard + 1  # the BYE was read: her stretch ended with a DTX frame


def test_a_stranger_in_a_backlog_is_refused(world: World) -> None:
    alice, _ = two(world)
    stale = world.engine.packets_stale
    foreign = bytearray(alice.client.speech(1))
    foreign[1] = 0x7F  # another payload type
    world.socket.arrive(bytes(foreign), alice.address)
    late(world, alice)
    assert world.engine.packets_stale == stale


def test_voice_is_heard_again_after_more_stale_packets_than_srtp_can_lose(world: World) -> None:
    alice, bob = two(world)
    world.speak(alice, 0, 5)
    world.run(0.1)
    for first in range(5, 40_005, 50):
        late(world, alice, *range(first, first + 50))
    world.now_s += 1.0
    world.speak(alice, 40_005, 5)
    world.run(0.2)
    assert heard_numbers(bob)[-5:] == [*range(40_005, 40_010)]

"""One room with two or three people in it; the wild ones are in tests/sim."""

from __future__ import annotations

import pytest

from media.control import Slots, Speaking, Update
from media.core import opus, rtcp
from media.core.sequence import ReceptionBlock
from media.net.dtls import DtlsIdentity
from tests.support.media_client import OPUS_TOC, MediaClient, spoken
from tests.support.netem import Host, World


@pytest.fixture(scope="module")
def identity() -> DtlsIdentity:
    return DtlsIdentity.generate()


@pytest.fixture
def world(identity: DtlsIdentity) -> World:
    return World(1, identity=identity)


def people(world: World, count: int = 2) -> list[Host]:
    return [world.join(MediaClient(number, world.identity)) for number in range(1, count + 1)]


def numbers(host: Host) -> list[int]:
    return [said[1] for packet in host.client.received if (said := spoken(packet)) is not None]


def test_slots_are_told_as_people_come(world: World) -> None:
    people(world, 2)
    told = [event.slots for _, event in world.events if isinstance(event, Slots)]
    assert told == [(1, 0, 0, 0, 0, 0, 0, 0), (1, 2, 0, 0, 0, 0, 0, 0)]


def test_losing_the_right_to_speak_frees_the_slot_and_getting_it_back_takes_one(world: World) -> None:
    alice, bob = people(world)
    world.speak(alice, 0, 40)
    world.run(0.3)
    world.request(Update(alice.client.id, may_speak=False, muted=False, deafened=False))
    assert world.slots_now()[:2] == (0, 2)
    assert isinstance(next(event for _, event in reversed(world.events) if isinstance(event, Speaking)), Speaking)
    world.run(1.0)
    assert len(bob.client.received[-1].payload) == 1
    world.request(Update(alice.client.id, may_speak=True, muted=False, deafened=False))
    assert world.slots_now()[:2] == (1, 2)


def test_an_empty_payload_is_nothing(world: World) -> None:
    alice, bob = people(world)
    world.send(alice, alice.client.packet(b""))
    world.run(0.1)
    assert bob.client.received == []


def test_a_loud_dtx_frame_opens_nothing(world: World) -> None:
    alice, bob = people(world)
    world.send(alice, alice.client.packet(opus.dtx_payload(OPUS_TOC), 20))
    world.run(0.1)
    assert bob.client.received == []


def test_held_dtx_frames_do_not_go_before_an_onset(world: World) -> None:
    alice, bob = people(world)
    world.speak(alice, 0, 3)
    world.run(1.0)
    world.send(alice, alice.client.packet(opus.dtx_payload(OPUS_TOC), 127))
    world.run(0.05)
    before = len(bob.client.received)
    world.speak(alice, 10, 3)
    world.run(0.1)
    assert [spoken(packet) for packet in bob.client.received[before:]] == [(1, 10), (1, 11), (1, 12)]


def test_forged_packets_among_the_held_are_left_out(world: World) -> None:
    alice, bob = people(world)
    world.speak(alice, 0, 3)
    world.run(1.0)
    world.speak(alice, 10, 2, level_dbov=127)
    world.run(0.03)
    forged = bytearray(alice.client.speech(66, 127))
    forged[-1] ^= 1
    world.inject(bytes(forged), alice.address)
    world.run(0.02)
    world.speak(alice, 20, 3)
    world.run(0.2)
    assert numbers(bob) == [0, 1, 2, 10, 11, 20, 21, 22]


def test_what_listeners_lose_is_told_to_the_speaker(world: World) -> None:
    alice, bob = people(world)
    world.speak(alice, 0, 300)
    world.run(1.0)
    ssrc = bob.client.received[0].ssrc
    for _ in range(5):
        block = rtcp.report_block(ssrc, ReceptionBlock(0, 0, 0, 0), 40, 0, 0)
        foreign = rtcp.report_block(0xF00, ReceptionBlock(0, 0, 0, 0), 255, 0, 0)
        world.send(bob, bob.client.report(rtcp.receiver_report(5, block)))
        world.send(bob, bob.client.report(rtcp.receiver_report(5, foreign)))
        world.run(0.5)
    assert alice.client.compounds[-1].reports[0].fraction_lost == 40


def test_counters_and_clock_of_a_sender_report(world: World) -> None:
    alice, bob = people(world)
    world.speak(alice, 0, 400)
    world.run_until(lambda: len(bob.client.compounds) >= 3)
    plain = [data for data in bob.client.rtcp_plain if data[1] == rtcp.SENDER_REPORT][-1]
    timestamp, packets, octets = (int.from_bytes(plain[at : at + 4], "big") for at in (16, 20, 24))
    last = bob.client.received[-1]
    assert abs(packets - len(bob.client.received)) <= 3
    assert octets == packets * len(last.payload)
    assert abs(timestamp - last.timestamp) < 0.05 * 48_000


def test_silent_slots_are_not_reported(world: World) -> None:
    _, bob = people(world)
    world.run(6.0)
    assert bob.client.compounds == []


def test_a_source_that_stops_cold_is_ended_after_200_ms(world: World) -> None:
    alice, bob = people(world)
    world.speak(alice, 0, 5)
    world.run(0.28)
    assert len(bob.client.received) == 5
    world.run(0.1)
    assert len(bob.client.received) == 6
    assert len(bob.client.received[-1].payload) == 1
    assert bob.client.received[-1].timestamp == bob.client.received[-2].timestamp + 960

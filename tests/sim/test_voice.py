"""Many participants against the real engine over an emulated network: what must hold whatever the network does."""

from __future__ import annotations

import collections
import itertools
import random

import pytest

from media.control import Disconnect, Ignore, ParticipantId, RequestId, RestartIce, Slots, Speaking, Update
from media.core import opus, rtcp
from media.net.dtls import DtlsIdentity
from tests.support.media_client import MediaClient, Received, spoken
from tests.support.netem import Host, Link, World


@pytest.fixture(scope="module")
def identity() -> DtlsIdentity:
    return DtlsIdentity.generate()


def room_of(world: World, count: int, up: Link | None = None, down: Link | None = None) -> list[Host]:
    hosts = [world.add(MediaClient(number, world.identity), up, down) for number in range(1, count + 1)]
    world.run_until(lambda: all(world.connected(host.client) and host.client.connected for host in hosts))
    return hosts


def heard(host: Host) -> list[tuple[int, int]]:
    return [said for packet in host.client.received if (said := spoken(packet)) is not None]


def by_ssrc(host: Host) -> dict[int, list[Received]]:
    streams: dict[int, list[Received]] = collections.defaultdict(list)
    for packet in host.client.received:
        streams[packet.ssrc].append(packet)
    return streams


def check_no_echo(hosts: list[Host]) -> None:
    for host in hosts:
        assert all(packet.csrcs and packet.csrcs[0] != host.client.id for packet in host.client.received)
        assert all(speaker != host.client.id for speaker, _ in heard(host))


def check_csrc_is_true(hosts: list[Host]) -> None:
    for packet in itertools.chain.from_iterable(host.client.received for host in hosts):
        said = spoken(packet)
        assert said is None or packet.csrcs == (said[0],)


def check_one_string_per_index(hosts: list[Host]) -> None:
    """No two byte strings under one (listener, SSRC, index). Runs are short of a wrap, so the sequence is the index."""
    for host in hosts:
        seen: dict[tuple[bytes, bytes], bytes] = {}
        for datagram in host.client.raw:
            key = (datagram[8:12], datagram[2:4])
            assert seen.setdefault(key, datagram) == datagram
        assert host.client.unauthentic == len(host.client.raw) - len(host.client.received)


def check_time_and_order_agree(hosts: list[Host]) -> None:
    for host in hosts:
        for stream in by_ssrc(host).values():
            stream = sorted(stream, key=lambda packet: packet.sequence)
            assert all(a.timestamp < b.timestamp for a, b in itertools.pairwise(stream))


def check_gapless(host: Host) -> None:
    for stream in by_ssrc(host).values():
        numbers = sorted(packet.sequence for packet in stream)
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def check_always(hosts: list[Host]) -> None:
    check_no_echo(hosts)
    check_csrc_is_true(hosts)
    check_one_string_per_index(hosts)
    check_time_and_order_agree(hosts)


def test_everyone_hears_everyone_else_without_a_gap(identity: DtlsIdentity) -> None:
    world = World(1, identity=identity)
    hosts = room_of(world, 4)
    for turn, host in enumerate(hosts):
        world.at(turn * 0.7, lambda host=host: world.speak(host, 0, 50))  # type: ignore[misc]
    world.run(5.0)
    check_always(hosts)
    for host in hosts:
        check_gapless(host)
        others = {other.client.id for other in hosts} - {host.client.id}
        assert set(heard(host)) == {(other, number) for other in others for number in range(50)}


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 9, 18])
def test_a_wild_network_and_wild_people(identity: DtlsIdentity, seed: int) -> None:
    """Loss, jitter, duplicates, mutes, deafness, comings and goings, more speakers than slots."""
    world = World(seed, slots=3, identity=identity)
    rng = random.Random(seed)
    rough = Link(loss=0.05, delay_s=0.01, jitter_s=0.06, duplicates=0.05)
    hosts = [world.add(MediaClient(number, identity, slots=3), rough, rough) for number in range(1, 9)]
    world.run_until(lambda: all(world.connected(host.client) and host.client.connected for host in hosts))
    for _ in range(60):
        host = rng.choice(hosts)
        match rng.randrange(4):
            case 0 | 1:
                world.speak(host, rng.randrange(1_000_000), rng.randrange(1, 60), rng.choice((10, 20, 30, 60)))
            case 2:
                flags = [rng.random() < 0.8, rng.random() < 0.3, rng.random() < 0.3]
                world.request(Update(host.client.id, flags[0], flags[1], flags[2]))
            case _:
                ignored = tuple(other.client.id for other in hosts if other is not host and rng.random() < 0.2)
                world.request(Ignore(host.client.id, ignored))
        world.run(rng.random() * 0.4)
    world.run(2.0)
    check_always(hosts)
    assert sum(len(host.client.received) for host in hosts) > 1_000
    ssrcs = set().union(*(by_ssrc(host) for host in hosts))
    assert len(ssrcs) <= 3


def test_loss_on_the_way_in_keeps_its_gap_and_nothing_else_does(identity: DtlsIdentity) -> None:
    world = World(3, identity=identity)
    alice, bob = room_of(world, 2)
    for number in range(100):
        if number % 10 == 5:
            world.at(0.02 * number, alice.client.skip)
        else:
            world.at(0.02 * number, lambda number=number: world._say(alice, number, 20))  # type: ignore[misc]
    world.run(4.0)
    stream = bob.client.received
    base = stream[0].sequence
    assert {packet.sequence - base for packet in stream} == {n for n in range(101) if n % 10 != 5}
    assert all((packet.timestamp - stream[0].timestamp) == (packet.sequence - base) * 960 for packet in stream[:-1])


def test_nothing_of_a_muted_one_gets_out(identity: DtlsIdentity) -> None:
    world = World(4, identity=identity)
    alice, bob = room_of(world, 2)
    world.speak(alice, 0, 200)
    world.run(1.0)
    world.request(Update(alice.client.id, may_speak=True, muted=True, deafened=False))
    muted_at = world.now_s
    before = len(bob.client.received)
    world.run(2.0)
    late = [packet for packet in bob.client.received[before:] if packet.at_s > muted_at + bob.down.delay_s + 1e-6]
    assert all(spoken(packet) is None for packet in late)
    world.request(Update(alice.client.id, may_speak=True, muted=False, deafened=False))
    world.speak(alice, 500, 20)
    world.run(1.0)
    assert {number for _, number in heard(bob) if number >= 500} == set(range(500, 520))
    check_gapless(bob)


def test_the_ring_goes_out_at_once_when_muted(identity: DtlsIdentity) -> None:
    world = World(5, identity=identity)
    alice, _ = room_of(world, 2)
    world.speak(alice, 0, 50)
    world.run(0.5)
    assert world.speaking(alice.client) == [True]
    world.request(Update(alice.client.id, may_speak=True, muted=True, deafened=False))
    assert world.speaking(alice.client) == [True, False]


def test_silence_is_withheld_after_a_dtx_frame_and_closes_up(identity: DtlsIdentity) -> None:
    world = World(6, identity=identity)
    alice, bob = room_of(world, 2)
    world.speak(alice, 0, 25)
    world.at(0.5, lambda: world.speak(alice, 25, 100, level_dbov=127))
    world.at(2.5, lambda: world.speak(alice, 125, 25))
    world.run(4.0)
    numbers = [number for _, number in heard(bob)]
    assert numbers[:25] == list(range(25))
    hangover = [number for number in numbers if 25 <= number < 122]
    assert hangover == list(range(25, 25 + len(hangover)))
    assert 15 <= len(hangover) <= 21
    # The last three of the pause went first at the onset.
    assert [number for number in numbers if number >= 122] == list(range(122, 150))
    check_gapless(bob)
    dtx = [packet for packet in bob.client.received if len(packet.payload) == 1]
    assert len(dtx) == 2  # one for each end of speech; the second because the source stopped
    assert [packet.marker for packet in bob.client.received].count(True) == 2


def test_the_speakers_own_dtx_frame_ends_a_stretch(identity: DtlsIdentity) -> None:
    world = World(7, identity=identity)
    alice, bob = room_of(world, 2)
    world.speak(alice, 0, 10)
    world.run(0.21)
    for _ in range(5):  # Chromium: a DTX frame every 400 ms
        world.send(alice, alice.client.packet(b"\x78", 127, ticks=400 * 48))
        world.run(0.4)
    world.speak(alice, 10, 10)
    world.run(1.0)
    assert [number for _, number in heard(bob)] == list(range(20))
    check_gapless(bob)
    received = [packet for packet in bob.client.received if spoken(packet)]
    assert received[10].timestamp - received[9].timestamp == 960 + 5 * 400 * 48


def test_timestamps_run_through_silence_and_turns(identity: DtlsIdentity) -> None:
    world = World(8, slots=1, identity=identity)
    hosts = [world.join(MediaClient(number, identity, slots=1)) for number in range(1, 4)]
    listener = world.join(MediaClient(4, identity, slots=1, listens_only=True))
    for turn in range(9):
        world.speak(hosts[turn % 3], turn * 100, 40)
        world.run(3.0)
    assert {speaker for speaker, _ in heard(listener)} == {1, 2, 3}
    stream = [packet for packet in listener.client.received if spoken(packet)]
    drift = [packet.timestamp / 48_000 - packet.at_s for packet in stream]
    assert max(drift) - min(drift) < 0.1
    check_always([*hosts, listener])


def test_more_speakers_than_slots_share_them(identity: DtlsIdentity) -> None:
    world = World(9, slots=2, identity=identity)
    hosts = [world.join(MediaClient(number, identity, slots=2)) for number in range(1, 7)]
    for turn in range(12):
        world.speak(hosts[turn % 6], turn * 100, 60)
        world.run(2.5)
    check_always(hosts)
    for host in hosts:
        others = {other.client.id for other in hosts} - {host.client.id}
        assert {speaker for speaker, _ in heard(host)} == others
        assert len(by_ssrc(host)) <= 2
        check_gapless(host)


def test_slots_events_precede_the_packets_they_name(identity: DtlsIdentity) -> None:
    world = World(10, slots=2, identity=identity)
    hosts = [world.join(MediaClient(number, identity, slots=2)) for number in range(1, 5)]
    ssrcs = world.engine.rooms[hosts[0].client.room].ssrcs
    for turn in range(8):
        world.speak(hosts[turn % 4], 0, 60)
        world.run(2.5)
    told = [(at, event.slots) for at, event in world.events if isinstance(event, Slots)]
    for host in hosts:
        for packet in host.client.received:
            if spoken(packet) is None:
                continue
            sent_at = packet.at_s - host.down.delay_s
            slots = [slots for at, slots in told if at <= sent_at + 1e-9]
            assert slots[-1][ssrcs.index(packet.ssrc)] == packet.csrcs[0]


def test_replays_change_nothing(identity: DtlsIdentity) -> None:
    world = World(11, identity=identity)
    alice, bob = room_of(world, 2)
    world.speak(alice, 0, 50)
    world.run(2.0)
    before = list(bob.client.received)
    events = len(world.events)
    for datagram in alice.sent_rtp:
        world.inject(datagram, alice.address)
        world.inject(datagram, bob.address)
    world.run(1.0)
    assert bob.client.received == before
    assert len(world.events) == events
    assert world.engine.packets_refused >= 100


def test_forged_datagrams_change_nothing(identity: DtlsIdentity) -> None:
    world = World(12, identity=identity)
    alice, bob = room_of(world, 2)
    world.speak(alice, 0, 10)
    world.run(1.0)
    rng = random.Random(12)
    events = len(world.events)
    for _ in range(500):
        first = rng.choice((0, 1, 20, 22, 23, 63, 64, 128, 0x90, 191, 200, 255))
        world.inject(bytes((first,)) + rng.randbytes(rng.randrange(0, 200)), alice.address)
        forged = bytearray(rng.choice(alice.sent_rtp))
        forged[rng.randrange(2, len(forged))] ^= 1 << rng.randrange(8)
        world.inject(bytes(forged), alice.address)
    world.run(1.0)
    assert len(world.events) == events
    world.speak(alice, 100, 20)
    world.run(1.0)
    assert {number for _, number in heard(bob) if number >= 100} == set(range(100, 120))
    check_always([alice, bob])


def test_one_who_comes_late_hears_from_then_on(identity: DtlsIdentity) -> None:
    world = World(13, identity=identity)
    alice, bob = room_of(world, 2)
    world.speak(alice, 0, 200)
    world.run(1.0)
    carol = world.join(MediaClient(3, identity))
    world.run(4.0)
    numbers = [number for _, number in heard(carol)]
    assert numbers == list(range(numbers[0], 200))
    check_gapless(carol)
    check_gapless(bob)


def test_one_who_leaves_and_comes_back_is_heard_again(identity: DtlsIdentity) -> None:
    world = World(14, identity=identity)
    alice, bob = room_of(world, 2)
    world.speak(alice, 0, 10)
    world.run(0.1)
    world.request(Disconnect(alice.client.id))
    alice.online = False
    world.run(1.0)
    assert world.slots_now()[:2] == (0, bob.client.id)
    again = world.join(MediaClient(5, identity))
    world.speak(again, 50, 10)
    world.run(1.0)
    assert {(5, number) for number in range(50, 60)} <= set(heard(bob))
    check_gapless(bob)
    assert world.disconnected() == []


def test_a_room_that_empties_is_forgotten(identity: DtlsIdentity) -> None:
    world = World(15, identity=identity)
    hosts = room_of(world, 3)
    for host in hosts:
        world.request(Disconnect(host.client.id))
    assert (world.engine.rooms, world.engine.participants) == ({}, {})


def test_consent_that_lapses_ends_a_participant(identity: DtlsIdentity) -> None:
    world = World(16, identity=identity)
    alice, bob = room_of(world, 2)
    alice.online = False
    world.run(29.0)
    assert world.disconnected() == []
    world.run(4.0)
    assert [(event.participant, event.reason) for event in world.disconnected()] == [(1, "consent_expired")]
    assert world.slots_now()[0] == 0
    assert bob.client.id in world.engine.participants


def test_one_who_never_comes_is_let_go(identity: DtlsIdentity) -> None:
    world = World(17, identity=identity)
    host = world.add(MediaClient(1, identity))
    host.online = False
    world.run(35.0)
    assert [event.reason for event in world.disconnected()] == ["connect_timeout"]


def test_one_who_checks_but_never_shakes_hands_is_let_go(identity: DtlsIdentity) -> None:
    world = World(18, identity=identity)
    client = MediaClient(1, identity)
    host = world.add(client)
    client.node_fingerprint = None  # so that it never starts its handshake
    world.run(9.0)
    assert world.disconnected() == []
    world.run(3.0)
    assert [event.reason for event in world.disconnected()] == ["connect_timeout"]
    assert host.online


def test_a_lossy_handshake_comes_through(identity: DtlsIdentity) -> None:
    world = World(19, identity=identity)
    lossy = Link(loss=0.3, delay_s=0.03, jitter_s=0.02)
    hosts = [world.add(MediaClient(number, identity), lossy, lossy) for number in range(1, 4)]
    world.run_until(lambda: all(world.connected(host.client) for host in hosts), limit_s=9.0)


def test_the_path_follows_media_when_the_nominated_one_is_silent(identity: DtlsIdentity) -> None:
    world = World(20, identity=identity)
    alice, bob = room_of(world, 2)
    world.speak(alice, 0, 200)
    world.run(1.0)
    world.readdress(bob)
    world.send(bob, bob.client.check(nominate=False))
    world.speak(bob, 0, 50)
    world.run(1.1)
    assert {(2, number) for number in range(50)} <= set(heard(alice))
    count = len(bob.client.received)
    world.run(1.0)
    assert len(bob.client.received) > count + 40


def test_media_from_an_unchecked_address_moves_nothing(identity: DtlsIdentity) -> None:
    world = World(21, identity=identity)
    alice, bob = room_of(world, 2)
    home = bob.address
    world.run(1.0)
    for number in range(30):
        world.inject(bob.client.speech(number), alice.address[:4] + b"\x7f\x00\x00\x09" + bytes(20))
        world.run(0.02)
    assert heard(alice) == []
    selected = world.engine.participants[bob.client.id].agent.selected
    assert selected is not None
    assert selected.address == home


def test_an_ice_restart_moves_the_call(identity: DtlsIdentity) -> None:
    world = World(22, identity=identity)
    alice, bob = room_of(world, 2)
    world.speak(alice, 0, 300)
    world.run(1.0)
    local, remote = bob.client.restart_ice()
    world.request(RestartIce(RequestId(9), bob.client.id, local, remote))
    world.readdress(bob)
    world.run(5.1)
    assert heard(bob)[-1] == (1, 299)
    check_one_string_per_index([bob])


def test_reports_carry_the_uplinks_loss_and_the_listeners(identity: DtlsIdentity) -> None:
    world = World(23, identity=identity)
    alice, bob = room_of(world, 2)
    alice.up = Link(loss=0.2)
    world.speak(alice, 0, 500)
    world.run(10.0)
    blocks = [block for compound in alice.client.compounds for block in compound.reports]
    assert len(blocks) >= 4
    assert all(block.ssrc == alice.client.ssrc for block in blocks)
    assert any(20 <= block.fraction_lost <= 64 for block in blocks)
    assert max(block.fraction_lost for block in blocks) <= 64
    assert 60 <= blocks[-1].cumulative_lost <= 140
    infos = [compound.sender_info for compound in bob.client.compounds if compound.sender_info]
    assert infos
    assert bob.client.received[0].ssrc == infos[0].ssrc


def test_a_stalled_socket_drops_old_voice_and_goes_on(identity: DtlsIdentity) -> None:
    world = World(24, identity=identity)
    alice, bob = room_of(world, 2)
    world.socket.room_for = 0
    world.speak(alice, 0, 50)
    world.run(1.0)
    assert heard(bob) == []
    assert world.engine.packets_dropped > 20
    world.socket.room_for = None
    world.run(0.1)
    world.speak(alice, 100, 10)
    world.run(1.0)
    assert {(1, number) for number in range(100, 110)} <= set(heard(bob))
    check_one_string_per_index([bob])


def test_without_level_and_ssrc_in_the_offer_voice_works(identity: DtlsIdentity) -> None:
    world = World(25, identity=identity)
    alice = world.join(MediaClient(1, identity, tells_level=False, tells_ssrc=False))
    bob = world.join(MediaClient(2, identity, payload_type=109))
    world.speak(alice, 0, 20)
    world.run(1.0)
    assert heard(bob) == [(1, number) for number in range(20)]
    assert {packet.payload_type for packet in bob.client.received} == {109}
    world.send(alice, alice.client.packet(opus.dtx_payload(0x78)))
    world.run(0.1)
    check_gapless(bob)


def test_a_client_with_fewer_slots_gets_the_first_ones(identity: DtlsIdentity) -> None:
    world = World(26, identity=identity)
    alice, bob = room_of(world, 2)
    small = world.join(MediaClient(3, identity, slots=1))
    world.speak(alice, 0, 10)
    world.speak(bob, 0, 10)
    world.run(1.0)
    assert {speaker for speaker, _ in heard(small)} == {world.slots_now()[0]}


def test_speaking_events_are_few_and_in_turn(identity: DtlsIdentity) -> None:
    world = World(27, identity=identity)
    alice, _ = room_of(world, 2)
    for turn in range(3):
        world.speak(alice, turn * 100, 50)
        world.run(3.0)
    assert world.speaking(alice.client) == [True, False] * 3
    assert all(event.room == alice.client.room for _, event in world.events if isinstance(event, Speaking))


def test_long_silence_keeps_a_source_in_step(identity: DtlsIdentity) -> None:
    """Chromium with DTX off: 40,000 silent packets, more than libsrtp could miss."""
    world = World(28, identity=identity)
    alice, bob = room_of(world, 2)
    world.speak(alice, 0, 10)
    world.run(1.0)
    for index in range(40_000):
        world.socket.arrive(alice.client.speech(index, 127), alice.address)
        if index % 64 == 63:
            world._read()
            world.engine.tick(world.now_s)
    world._read()
    alice.client.timestamp -= 40_000 * 960
    world.speak(alice, 100_000, 10)
    world.run(1.0)
    assert {(1, 100_000 + number) for number in range(10)} <= set(heard(bob))
    assert len([said for said in heard(bob) if said[1] < 40_000]) < 40


def test_a_thousand_foreign_rtcp_sources_are_not_kept(identity: DtlsIdentity) -> None:
    world = World(29, identity=identity)
    (alice,) = room_of(world, 1)
    for ssrc in range(1, 1_001):
        world.inject(alice.client.report(rtcp.receiver_report(ssrc, None)), alice.address)
    world.run(0.5)
    participant = world.engine.participants[ParticipantId(1)]
    assert len(participant._rtcp_ssrcs) == 32


def test_a_flood_of_authentic_packets_is_not_multiplied(identity: DtlsIdentity) -> None:
    world = World(30, identity=identity)
    alice, bob, carol = room_of(world, 3)
    for index in range(5_000):
        world.inject(alice.client.packet(bytes(100), 10, ticks=1), alice.address)
        if index % 5 == 4:
            world.run(0.001)
    assert len(bob.client.received) < 500
    world.run(1.0)
    world.speak(carol, 0, 10)
    world.run(1.0)
    assert {(3, number) for number in range(10)} <= set(heard(bob))

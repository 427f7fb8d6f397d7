"""What any DTLS-SRTP association must do, in both roles, against plain OpenSSL and against itself."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from media.control import Fingerprint
from media.net.dtls import HANDSHAKE_LIMIT_S, MTU, DtlsAssociation, DtlsIdentity, DtlsState, Role
from tests.support.dtls_peer import OpenSslPeer

ROLES: list[Role] = ["passive", "active"]

IDENTITY = DtlsIdentity.generate()
OTHER = DtlsIdentity.generate()
WRONG = Fingerprint("sha-256", ":".join(["00"] * 32))


def _with_peer(role: Role, peer: OpenSslPeer, fingerprints: tuple[Fingerprint, ...] | None = None) -> DtlsAssociation:
    association = DtlsAssociation(IDENTITY, role, fingerprints or (peer.fingerprint,), 0.0)
    _exchange(association, peer, peer.start())
    return association


def _exchange(association: DtlsAssociation, peer: OpenSslPeer, towards: list[bytes], now: float = 0.0) -> None:
    """Carry datagrams until both are silent; ``towards`` are on their way to the association."""
    while True:
        for datagram in towards:
            association.receive(datagram, now)
        back = association.outgoing()
        if not back:
            return
        assert all(len(datagram) <= MTU for datagram in back)
        towards = [reply for datagram in back for reply in peer.receive(datagram)]


def _peer(role: Role, **options: object) -> OpenSslPeer:
    return OpenSslPeer(client=role == "passive", **options)  # type: ignore[arg-type]


def _pair(first: Role = "passive") -> tuple[DtlsAssociation, DtlsAssociation]:
    """Two associations of ours that know one another."""
    second: Role = "active" if first == "passive" else "passive"
    return (
        DtlsAssociation(IDENTITY, first, (OTHER.fingerprint,), 0.0),
        DtlsAssociation(OTHER, second, (IDENTITY.fingerprint,), 0.0),
    )


class Network:
    """Two associations, a clock, and a rule that says what becomes of each datagram (a list of its copies)."""

    def __init__(self, pair: tuple[DtlsAssociation, DtlsAssociation], rule: Callable[[bytes], list[bytes]]) -> None:
        self.pair = pair
        self.rule = rule
        self.now = 0.0

    def run(self, until: float = HANDSHAKE_LIMIT_S + 1) -> None:
        """Until both are connected, or one failed, or time is up."""
        while self.now < until:
            while self._carry():
                pass
            states = [side.state for side in self.pair]
            if DtlsState.FAILED in states or states == [DtlsState.CONNECTED] * 2:
                return
            deadlines = [side.deadline for side in self.pair if side.deadline is not None]
            if not deadlines:
                return
            self.now = max(self.now + 0.001, min(deadlines))
            for side in self.pair:
                side.handle_timeout(self.now)

    def _carry(self) -> bool:
        moved = False
        for index, side in enumerate(self.pair):
            for datagram in side.outgoing():
                moved = True
                for copy in self.rule(datagram):
                    self.pair[1 - index].receive(copy, self.now)
        return moved


@pytest.mark.parametrize("role", ROLES)
def test_both_sides_have_the_same_keys(role: Role) -> None:
    peer = _peer(role)
    association = _with_peer(role, peer)
    assert association.state is DtlsState.CONNECTED
    assert peer.done
    keys = association.keys
    assert keys is not None
    assert keys.name == "SRTP_AEAD_AES_256_GCM"
    client = peer.material[:32] + peer.material[64:76]
    server = peer.material[32:64] + peer.material[76:88]
    assert (keys.local, keys.remote) == ((server, client) if role == "passive" else (client, server))
    assert association.deadline is None


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("profile", "length"), [("SRTP_AEAD_AES_128_GCM", 28), ("SRTP_AES128_CM_SHA1_80", 30)])
def test_the_profile_that_the_peer_can_do(role: Role, profile: str, length: int) -> None:
    association = _with_peer(role, _peer(role, profiles=profile.encode()))
    assert association.keys is not None
    assert association.keys.name == profile
    assert len(association.keys.local) == len(association.keys.remote) == length
    assert association.keys.local != association.keys.remote


@pytest.mark.parametrize("role", ROLES)
def test_no_profile_in_common(role: Role) -> None:
    association = _with_peer(role, _peer(role, profiles=b"SRTP_AES128_CM_SHA1_32"))
    assert association.state is DtlsState.FAILED
    assert "profile" in association.failure
    assert association.keys is None


@pytest.mark.parametrize("role", ROLES)
def test_a_hello_in_many_small_datagrams(role: Role) -> None:
    """Chromium's first flight comes in two."""
    peer = _peer(role, mtu=256)
    association = _with_peer(role, peer)
    assert association.state is DtlsState.CONNECTED


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "fingerprints", [(WRONG,), (Fingerprint("sha-1", "00"),), (Fingerprint("sha-512", "zz"), WRONG)]
)
def test_the_wrong_certificate_gets_no_keys(role: Role, fingerprints: tuple[Fingerprint, ...]) -> None:
    association = _with_peer(role, _peer(role), fingerprints)
    assert association.state is DtlsState.FAILED
    assert "certificate" in association.failure
    assert association.keys is None
    assert association.released


@pytest.mark.parametrize("role", ROLES)
def test_one_fingerprint_of_several_is_enough_and_case_does_not_matter(role: Role) -> None:
    peer = _peer(role)
    right = Fingerprint(peer.fingerprint.algorithm.upper(), peer.fingerprint.value.lower())
    association = _with_peer(role, peer, (Fingerprint("md5", "00"), WRONG, right))
    assert association.state is DtlsState.CONNECTED


@pytest.mark.parametrize("first", ROLES)
@pytest.mark.parametrize("lost", range(4))
def test_any_one_lost_datagram_is_made_good_within_a_tenth_of_a_second(first: Role, lost: int) -> None:
    seen = 0

    def rule(datagram: bytes) -> list[bytes]:
        nonlocal seen
        seen += 1
        return [] if seen == lost + 1 else [datagram]

    network = Network(_pair(first), rule)
    network.run()
    assert [side.state for side in network.pair] == [DtlsState.CONNECTED] * 2
    assert network.now < 0.12


def test_everything_twice() -> None:
    network = Network(_pair(), lambda datagram: [datagram, datagram])
    network.run()
    assert [side.state for side in network.pair] == [DtlsState.CONNECTED] * 2
    assert network.now == 0.0


@pytest.mark.parametrize("seed", range(20))
def test_a_bad_network(seed: int) -> None:
    """A fifth of all datagrams is lost and a fifth comes twice."""
    dice = random.Random(seed)

    def rule(datagram: bytes) -> list[bytes]:
        throw = dice.random()
        return [] if throw < 0.2 else [datagram, datagram] if throw < 0.4 else [datagram]

    network = Network(_pair(), rule)
    network.run()
    assert [side.state for side in network.pair] == [DtlsState.CONNECTED] * 2
    assert network.pair[0].keys is not None
    assert network.pair[1].keys is not None
    assert network.pair[0].keys.local == network.pair[1].keys.remote


@pytest.mark.parametrize("role", ROLES)
def test_silence_ends_in_failure_at_the_limit(role: Role) -> None:
    association = DtlsAssociation(IDENTITY, role, (WRONG,), 100.0)
    sent = len(association.outgoing())
    now = 100.0
    while association.deadline is not None:
        now = max(association.deadline, now + 0.001)
        association.handle_timeout(now)
        sent += len(association.outgoing())
        assert now < 100.0 + HANDSHAKE_LIMIT_S + 1
    assert association.state is DtlsState.FAILED
    assert "too long" in association.failure
    assert now == pytest.approx(100.0 + HANDSHAKE_LIMIT_S, abs=0.002)  # steps of a millisecond
    assert sent == 0 if role == "passive" else 2 <= sent <= 16


def test_a_stranger_can_only_make_the_server_repeat_its_last_flight_a_few_times() -> None:
    association = _with_peer("passive", _peer("passive"))
    forged = b"\x16\xfe\xfd" + bytes(8) + b"\0\1\0"
    sent = 0
    for _ in range(100):
        association.receive(forged, 1.0)
        sent += len(association.outgoing())
    assert sent <= 8
    assert association.state is DtlsState.CONNECTED


GARBAGE = [
    b"",
    b"\x16",
    b"\x16\xfe\xfd" + bytes(8) + b"\xff\xff" + b"short",
    b"\x14\xfe\xfd\0\0\0\0\0\0\0\7\0\1\1",
    b"\x15\xfe\xfd\0\0\0\0\0\0\0\7\0\2\2\x28",
    b"\x16\xfe\xfd\0\0\0\0\0\0\0\7\0\x10" + bytes(16),
    b"\x17\xfe\xfd\0\1\0\0\0\0\0\7\0\x20" + bytes(32),
    b"\x15\xfe\xfd\0\1\0\0\0\0\0\7\0\x1a" + bytes(26),
    b"\x3f" * 60,
    b"\x80" * 60,
    b"\x16" * 3000,
]


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_before_the_handshake_does_not_hinder_a_server(garbage: bytes) -> None:
    peer = _peer("passive")
    association = DtlsAssociation(IDENTITY, "passive", (peer.fingerprint,), 0.0)
    association.receive(garbage, 0.0)
    assert association.outgoing() == []
    _exchange(association, peer, peer.start())
    assert association.state is DtlsState.CONNECTED


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("garbage", GARBAGE)
@pytest.mark.parametrize("released", [False, True])
def test_garbage_afterwards_changes_nothing(role: Role, garbage: bytes, released: bool) -> None:
    peer = _peer(role)
    association = _with_peer(role, peer)
    if released:
        association.release()
    keys = association.keys
    association.receive(garbage, 1.0)
    assert association.state is DtlsState.CONNECTED
    assert association.keys is keys


@pytest.mark.parametrize("role", ROLES)
def test_application_data_is_thrown_away(role: Role) -> None:
    peer = _peer(role)
    association = _with_peer(role, peer)
    _exchange(association, peer, peer.send(b"x" * 500), 1.0)
    assert association.state is DtlsState.CONNECTED


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("released", [False, True])
class TestGoodbye:
    def test_the_peer_hears_ours(self, role: Role, released: bool) -> None:
        peer = _peer(role)
        association = _with_peer(role, peer)
        if released:
            association.release()
            assert association.released
        association.close()
        for datagram in association.outgoing():
            peer.receive(datagram)
        assert peer.closed
        assert association.state is DtlsState.CLOSED
        association.close()
        assert association.outgoing() == []

    def test_we_hear_the_peers(self, role: Role, released: bool) -> None:
        peer = _peer(role)
        association = _with_peer(role, peer)
        if released:
            association.release()
        for datagram in peer.close():
            association.receive(datagram, 1.0)
        assert association.state is DtlsState.CLOSED
        for datagram in association.outgoing():
            peer.receive(datagram)
        assert peer.closed

    def test_not_one_that_was_changed_on_the_way(self, role: Role, released: bool) -> None:
        peer = _peer(role)
        association = _with_peer(role, peer)
        if released:
            association.release()
        (datagram,) = peer.close()
        for position in range(3, len(datagram)):
            association.receive(datagram[:position] + bytes([datagram[position] ^ 1]) + datagram[position + 1 :], 1.0)
            association.receive(datagram[:position], 1.0)
        assert association.state is DtlsState.CONNECTED


@pytest.mark.parametrize("role", ROLES)
def test_another_cipher_keeps_its_ssl_object_and_still_understands_goodbye(role: Role) -> None:
    peer = _peer(role, ciphers=b"ECDHE-ECDSA-AES256-SHA")
    association = _with_peer(role, peer)
    association.release()
    assert not association.released
    for datagram in peer.close():
        association.receive(datagram, 1.0)
    assert association.state is DtlsState.CLOSED


@pytest.mark.parametrize("role", ROLES)
def test_closing_before_the_handshake_is_done(role: Role) -> None:
    association = DtlsAssociation(IDENTITY, role, (WRONG,), 0.0)
    association.release()
    association.close()
    assert association.state is DtlsState.CLOSED
    assert association.deadline is None
    association.receive(b"\x16\xfe\xfd" + bytes(30), 1.0)
    association.handle_timeout(2.0)
    assert association.state is DtlsState.CLOSED

from __future__ import annotations

import pytest

from media.net.dtls import DtlsIdentity
from media.net.ice import IceLite
from media.participant import MAX_RTCP_SSRCS, Participant, Stage
from tests.support.media_client import LEVEL_EXTENSION, MediaClient


def made(client: MediaClient, **connect: bool) -> Participant:
    request = client.connect(**connect)
    return Participant(request, IceLite(request.participant, request.local, request.remote, 1.0), 1.0)


@pytest.fixture(scope="module")
def identity() -> DtlsIdentity:
    return DtlsIdentity.generate()


def test_what_was_agreed(identity: DtlsIdentity) -> None:
    participant = made(MediaClient(5, identity), deafened=True)
    assert (participant.id, participant.room, participant.role) == (5, 1, "passive")
    assert participant.deafened
    assert participant.source is not None
    assert (participant.source.payload_type, participant.source.level_extension) == (111, LEVEL_EXTENSION)


def test_a_listener_has_no_source(identity: DtlsIdentity) -> None:
    assert made(MediaClient(5, identity, listens_only=True)).source is None


@pytest.mark.parametrize(
    ("may_speak", "muted", "allowed"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_who_may_be_heard(identity: DtlsIdentity, may_speak: bool, muted: bool, allowed: bool) -> None:
    source = made(MediaClient(5, identity), may_speak=may_speak, muted=muted).source
    assert source is not None
    assert source.allowed is allowed


def test_stages_remember_when_they_began(identity: DtlsIdentity) -> None:
    participant = made(MediaClient(5, identity))
    assert (participant.stage, participant.since_s) == (Stage.CHECKING, 1.0)
    participant.enter(Stage.HANDSHAKING, 2.0)
    assert (participant.stage, participant.since_s) == (Stage.HANDSHAKING, 2.0)


def test_rtcp_sources_are_bounded(identity: DtlsIdentity) -> None:
    participant = made(MediaClient(5, identity))
    for ssrc in range(MAX_RTCP_SSRCS):
        assert participant.takes_rtcp_from(ssrc)
        participant.note_rtcp(ssrc)
    assert not participant.takes_rtcp_from(99)
    assert participant.takes_rtcp_from(0)

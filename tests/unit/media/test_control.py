from __future__ import annotations

import subprocess
import sys

import pytest

from media.control import (
    MAX_MESSAGE_BYTES,
    Connect,
    ControlError,
    Downlink,
    Fingerprint,
    FromNodeReader,
    IceCredentials,
    ParticipantId,
    Ping,
    Pong,
    RequestId,
    RoomId,
    ToNodeReader,
    Uplink,
    encode,
)

CONNECT = Connect(
    request=RequestId(1),
    room=RoomId(2**62),
    participant=ParticipantId(2**32 - 1),
    local=IceCredentials("a", "b"),
    remote=IceCredentials("c", "d"),
    fingerprints=(Fingerprint("sha-256", "AA:BB"),),
    dtls="passive",
    uplink=Uplink(111, 5, 1),
    downlinks=(Downlink("0", 111),),
    may_speak=True,
    muted=False,
    deafened=False,
    ignored=(ParticipantId(7),),
)


def test_a_request_arrives_as_it_was() -> None:
    assert ToNodeReader().feed(encode(CONNECT)) == [CONNECT]


def test_messages_may_come_in_pieces_and_in_heaps() -> None:
    reader = ToNodeReader()
    data = encode(Ping(1)) + encode(Ping(2)) + encode(Ping(3))
    assert reader.feed(data[:3]) == []
    assert reader.feed(data[3:-1]) == [Ping(1), Ping(2)]
    assert reader.feed(data[-1:]) == [Ping(3)]


def test_a_message_that_is_too_long_ends_the_stream() -> None:
    with pytest.raises(ControlError, match="longer than"):
        ToNodeReader().feed((MAX_MESSAGE_BYTES + 1).to_bytes(4, "big"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xc1",
        b"\x81\xa1t\xa7unknown",
        b"\x82\xa1t\xa4ping\xa6number\xa1x",
        b"\x83\xa1t\xa4ping\xa6number\x01\xa1x\x01",
    ],
    ids=["empty", "not MessagePack", "unknown tag", "wrong type", "unknown field"],
)
def test_what_cannot_be_read_ends_the_stream(body: bytes) -> None:
    with pytest.raises(ControlError, match="cannot be read"):
        ToNodeReader().feed(len(body).to_bytes(4, "big") + body)


def test_the_two_directions_do_not_mix() -> None:
    with pytest.raises(ControlError):
        ToNodeReader().feed(encode(Pong(1)))
    with pytest.raises(ControlError):
        FromNodeReader().feed(encode(Ping(1)))


def test_the_contract_stays_free_of_what_the_service_must_not_load() -> None:
    program = "import sys, media.control; print(sorted({'numpy', 'av', 'aiortc'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

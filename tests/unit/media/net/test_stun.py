from __future__ import annotations

import struct
import zlib
from ipaddress import ip_address

import pytest
from aioice import stun as codec

from media.net.stun import BindingRequest, parse_request, role_conflict, success
from tests.support.stun import binding_request

PASSWORD = "password-of-here-and-long"


def _request(**changes: object) -> BindingRequest:
    request = parse_request(binding_request(**changes))  # type: ignore[arg-type]
    assert request is not None
    return request


def test_a_check_is_read() -> None:
    request = _request()
    assert (request.local_ufrag, request.remote_ufrag) == ("here", "there")
    assert not request.nominating
    assert not request.peer_is_controlled
    assert request.is_authentic(PASSWORD)
    assert not request.is_authentic(PASSWORD + "!")


def test_nomination_and_role_are_read() -> None:
    assert _request(nominate=True).nominating
    assert _request(role="ICE-CONTROLLED").peer_is_controlled


@pytest.mark.parametrize("source", [("192.0.2.7", 40000), ("2001:db8::7", 40000)])
def test_the_answer_says_where_the_question_came_from(source: tuple[str, int]) -> None:
    identifier = bytes(range(12))
    answer = codec.parse_message(
        success(_request(transaction_id=identifier), ip_address(source[0]).packed, source[1], PASSWORD)
    )
    assert (answer.message_method, answer.message_class) == (codec.Method.BINDING, codec.Class.RESPONSE)
    assert answer.transaction_id == identifier
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == source
    assert answer.check_message_integrity(PASSWORD.encode())
    assert list(answer.attributes)[-1] == "FINGERPRINT"


def test_a_role_conflict_is_said_and_signed() -> None:
    answer = codec.parse_message(role_conflict(_request(), PASSWORD))
    assert answer.message_class == codec.Class.ERROR
    assert answer.error_code == 487
    assert answer.check_message_integrity(PASSWORD.encode())


def _with_length(datagram: bytes, length: int) -> bytes:
    return datagram[:2] + struct.pack("!H", length) + datagram[4:]


def _signed(kind: codec.Class, method: codec.Method = codec.Method.BINDING) -> bytes:
    message = codec.Message(message_method=method, message_class=kind, attributes={"USERNAME": "here:there"})
    message.add_message_integrity(PASSWORD.encode())
    return bytes(message)


def _without_integrity() -> bytes:
    message = codec.parse_message(binding_request(password=None))
    message.add_fingerprint()
    return bytes(message)


def _after_fingerprint() -> bytes:
    """A right FINGERPRINT with an attribute behind it."""
    datagram = binding_request()
    body = datagram[:-8] + b"\x80\x22\x00\x04abcd"
    return _with_length(body, len(body) + 8 - 20) + datagram[-8:]


def _printed(attributes: str) -> bytes:
    """A request with these attributes and a right FINGERPRINT."""
    body = bytes.fromhex(attributes)
    message = struct.pack("!HHI12x", 1, len(body) + 8, codec.COOKIE) + body
    return message + struct.pack("!HHI", 0x8028, 4, zlib.crc32(message) ^ 0x5354554E)


GOOD = binding_request()


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\0",
        b"\0" * 20,
        GOOD[:19],
        GOOD[:-1],
        GOOD + b"\0\0\0\0",
        GOOD[:4] + b"\0\0\0\0" + GOOD[8:],
        b"\x80" + GOOD[1:],
        b"\x3f\xff" + GOOD[2:],
        GOOD[:-1] + bytes([GOOD[-1] ^ 1]),
        _with_length(GOOD, len(GOOD)),
        binding_request(password=None),
        _without_integrity(),
        _after_fingerprint(),
        _signed(codec.Class.RESPONSE),
        _signed(codec.Class.ERROR),
        _signed(codec.Class.INDICATION),
        _signed(codec.Class.REQUEST, codec.Method.ALLOCATE),
        binding_request("here"),
        binding_request(":there"),
        binding_request("here:"),
        binding_request(USERNAME=None),
        binding_request(DATA=b"x" * 1300),
        # PRIORITY of one byte
        _printed("0024000101000000"),
        # USERNAME that is not UTF-8, with a MESSAGE-INTEGRITY behind it
        _printed("00060001ff000000" + "00080014" + "00" * 20),
        # an attribute longer than the message
        _printed("0006ffff61000000"),
        # no USERNAME
        _printed("00080014" + "00" * 20),
        # nothing but the fingerprint
        _printed(""),
        # too short for a fingerprint
        bytes.fromhex("00010004" + "2112a442") + bytes(12) + bytes(4),
        # REALM, which must be understood
        _printed("00060003613a6200" + "0014000161000000" + "00080014" + "00" * 20),
        # USERNAME longer than two ufrags can be
        binding_request("h" * 300 + ":" + "t" * 300),
    ],
)
def test_anything_else_is_none(datagram: bytes) -> None:
    assert parse_request(datagram) is None


def test_optional_attributes_are_passed_over_and_repeated_ones_do_not_count() -> None:
    """Chromium sends its network cost (0xC057); a second USERNAME changes nothing (RFC 8489 14)."""
    body = bytes.fromhex("c0570004000003e7" + "00060003613a6200" + "00060003633a6400" + "00080014" + "00" * 20)
    request = parse_request(_printed(body.hex()))
    assert request is not None
    assert (request.local_ufrag, request.remote_ufrag) == ("a", "b")


def test_what_stands_behind_the_integrity_does_not_count() -> None:
    """Anyone on the way could have put it there (RFC 8489 14.5)."""
    request = parse_request(_printed("00060003613a6200" + "00080014" + "00" * 20 + "00250000"))
    assert request is not None
    assert not request.nominating


def test_a_forged_bit_fails_the_integrity_check() -> None:
    """Flip the nominating attribute's neighbour and mend FINGERPRINT, which needs no secret."""
    message = codec.parse_message(binding_request())
    integrity = message.attributes["MESSAGE-INTEGRITY"]
    message.attributes.pop("FINGERPRINT")
    message.attributes["PRIORITY"] += 1
    message.attributes["MESSAGE-INTEGRITY"] = integrity
    message.add_fingerprint()
    request = parse_request(bytes(message))
    assert request is not None
    assert not request.is_authentic(PASSWORD)

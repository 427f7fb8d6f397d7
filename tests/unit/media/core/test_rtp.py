from __future__ import annotations

import struct

import pytest

from media.core import rtp


def packet(first: int = 0x80, second: int = 111, tail: bytes = b"") -> bytes:
    return struct.pack("!BBHII", first, second, 7, 960, 0xABCD) + tail


def extended(profile: int, elements: bytes, first: int = 0x90) -> bytes:
    padded = elements + bytes(-len(elements) % 4)
    return packet(first, tail=struct.pack("!HH", profile, len(padded) // 4) + padded + b"payload")


def test_a_plain_header() -> None:
    header = rtp.parse(packet(second=0x80 | 111, tail=b"x"), 13, 1)
    assert header == rtp.RtpHeader(True, 111, 7, 960, 0xABCD, False, 12, None)


def test_csrcs_come_before_the_payload() -> None:
    header = rtp.parse(packet(0x82, tail=bytes(8) + b"x"), 21, None)
    assert header is not None
    assert header.payload_offset == 20


@pytest.mark.parametrize(
    "data",
    [
        b"",
        packet()[:11],
        packet(0x40),
        packet(0x81),
        packet(0x90, tail=b"\xbe\xde"),
        packet(0x90, tail=b"\xbe\xde\x00\x02" + bytes(4)),
    ],
    ids=["empty", "short", "version 1", "csrc cut off", "extension header cut off", "extension cut off"],
)
def test_what_is_no_packet(data: bytes) -> None:
    assert rtp.parse(data, len(data), 1) is None


def test_length_counts_not_the_size_of_the_buffer() -> None:
    assert rtp.parse(packet() + bytes(100), 11, None) is None


@pytest.mark.parametrize(
    ("elements", "level"),
    [
        (bytes([0x10, 0x80 | 35]), 35),
        (bytes([0x00, 0x00, 0x10, 35]), 35),
        (bytes([0x31, 1, 2, 0x10, 35]), 35),
        (bytes([0x30, 9, 0xF0, 1, 0x10, 35]), None),
        (bytes([0x32, 1, 2, 3]), None),
        (bytes([0x30, 9, 0x00, 0x10]), None),
        (b"", None),
    ],
    ids=["first", "after padding", "after another", "after the reserved id", "absent", "cut off", "none"],
)
def test_the_level_in_one_byte_form(elements: bytes, level: int | None) -> None:
    data = extended(0xBEDE, elements)
    header = rtp.parse(data, len(data), 1)
    assert header is not None
    assert header.level_dbov == level
    assert data[header.payload_offset :] == b"payload"


@pytest.mark.parametrize(
    ("elements", "level"),
    [
        (bytes([1, 1, 0x80 | 35]), 35),
        (bytes([0, 1, 1, 35]), 35),
        (bytes([9, 2, 5, 5, 1, 1, 35]), 35),
        (bytes([1, 0, 0, 0]), None),
        (bytes([9, 2, 5, 5]), None),
        (bytes([0, 0, 1, 1]), None),
        (b"", None),
    ],
    ids=["first", "after padding", "after another", "empty", "absent", "cut off", "none"],
)
def test_the_level_in_two_byte_form(elements: bytes, level: int | None) -> None:
    data = extended(0x1003, elements)
    header = rtp.parse(data, len(data), 1)
    assert header is not None
    assert header.level_dbov == level


def test_no_level_is_looked_for_when_none_was_negotiated() -> None:
    data = extended(0xBEDE, bytes([0x10, 35]))
    header = rtp.parse(data, len(data), None)
    assert header is not None
    assert header.level_dbov is None


def test_other_extension_forms_are_skipped() -> None:
    data = extended(0xABCD, bytes([0x10, 35]))
    header = rtp.parse(data, len(data), 1)
    assert header is not None
    assert header.level_dbov is None


@pytest.mark.parametrize(
    ("payload", "end"),
    [(b"abc\x01", 15), (b"\x00\x00\x03", 12), (b"abc\x00", None), (b"abc\x05", None), (b"", None)],
    ids=["one", "all", "zero", "too much", "no payload"],
)
def test_padding_is_taken_off_and_lies_are_found(payload: bytes, end: int | None) -> None:
    data = packet(0xA0, tail=payload)
    header = rtp.parse(data, len(data), None)
    assert header is not None
    assert rtp.payload_end(data, len(data), header) == end


def test_without_padding_the_payload_ends_with_the_packet() -> None:
    data = packet(tail=b"abc")
    header = rtp.parse(data, len(data), None)
    assert header is not None
    assert rtp.payload_end(data, len(data), header) == 15


@pytest.mark.parametrize("marker", [True, False])
def test_the_forwarded_header_names_the_speaker(marker: bool) -> None:
    data = rtp.forward_header(marker, (1 << 32) + 5, 0xAABBCCDD, 42)
    assert len(data) == rtp.FORWARD_HEADER_BYTES
    header = rtp.parse(data, len(data), None)
    assert header == rtp.RtpHeader(marker, 0, 0, 5, 0xAABBCCDD, False, 16, None)
    assert data[12:] == (42).to_bytes(4, "big")


def test_the_payload_is_what_stands_between_header_and_padding() -> None:
    plain = bytes((0x80, 111)) + bytes(10)
    padded = bytes((0xA0, 111)) + bytes(10)
    for data, payload in (
        (plain + b"opus", b"opus"),
        (plain, b""),
        (padded + b"opus\0\0\3", b"opus"),
        (padded + b"opus\x20", b""),  # more padding than packet
        (padded, b""),
    ):
        header = rtp.parse(data, len(data), None)
        assert header is not None
        assert rtp.payload(data, header) == payload


def test_the_usual_header_reads_as_any_other() -> None:
    for words, element, extension in (
        (1, 0x10, 1),
        (2, 0x10, 1),
        (1, 0x20, 1),
        (1, 0xF0, 15),
        (0, 0x10, 1),
        (9, 0x10, 1),
    ):
        body = struct.pack("!BBHIIHHBB", 0x90, 0xEF, 7, 960, 5, 0xBEDE, words, element, 0x85) + bytes(10)
        assert rtp.parse(body, len(body), extension) == rtp._parse_any(body, len(body), extension)

from __future__ import annotations

import struct

import pytest

from media.core import rtcp
from media.core.sequence import ReceptionBlock

FIGURES = ReceptionBlock(10, -3, 0x0001FFFF, 480)


def test_a_sender_report_with_a_block_and_a_cname() -> None:
    block = rtcp.report_block(7, FIGURES, 25, 0xAABBCCDD, 65_536)
    data = rtcp.sender_report(1, 5 << 32 | 6, (1 << 32) + 9, 100, 8_000, block)
    data += rtcp.source_description([1, 2], b"room")
    compound = rtcp.parse(data)
    assert compound is not None
    assert compound.sender == 1
    assert compound.sender_info == rtcp.SenderInfo(1, 5 << 32 | 6, 9)
    assert compound.reports == [rtcp.Block(7, 25, -3, 0x0001FFFF, 480, 0xAABBCCDD, 65_536)]


def test_a_sender_report_without_a_block() -> None:
    compound = rtcp.parse(rtcp.sender_report(1, 0, 0, 0, 0, None))
    assert compound is not None
    assert compound.reports == []


@pytest.mark.parametrize("with_block", [True, False])
def test_a_receiver_report(with_block: bool) -> None:
    block = rtcp.report_block(7, ReceptionBlock(0, 5, 1, 2), 0, 0, 0) if with_block else None
    compound = rtcp.parse(rtcp.receiver_report(9, block))
    assert compound is not None
    assert compound.sender == 9
    assert [entry.cumulative_lost for entry in compound.reports] == ([5] if with_block else [])
    assert compound.sender_info is None


def test_goodbyes() -> None:
    compound = rtcp.parse(rtcp.receiver_report(9, None) + rtcp.goodbye([1, 2]))
    assert compound is not None
    assert compound.goodbyes == [1, 2]


def test_a_lone_nack_is_read_as_browsers_send_it() -> None:
    data = struct.pack("!BBHIIHH", 0x81, 205, 3, 1, 77, 65_535, 0b101)
    compound = rtcp.parse(data)
    assert compound is not None
    assert compound.nacks == [rtcp.Nack(77, (65_535, 0, 2))]


def test_source_descriptions_are_padded_to_words_and_end_in_a_zero() -> None:
    for size in range(5):
        data = rtcp.source_description([1], b"x" * size)
        assert len(data) % 4 == 0
        assert data[-1] == 0
        assert rtcp.parse(data) is not None


def test_unknown_kinds_are_passed_over() -> None:
    transport_wide = struct.pack("!BBHII", 0x8F, 205, 2, 1, 2)
    application = struct.pack("!BBHII", 0x80, 204, 2, 1, 2)
    compound = rtcp.parse(application + transport_wide + rtcp.goodbye([5]))
    assert compound is not None
    assert compound.goodbyes == [5]


def test_padding_is_taken_off() -> None:
    padded = struct.pack("!BBHIBBBB", 0xA1, 203, 2, 5, 0, 0, 0, 4)
    compound = rtcp.parse(padded)
    assert compound is not None
    assert compound.goodbyes == [5]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(7),
        struct.pack("!BBHI", 0x40, 201, 1, 1),
        struct.pack("!BBHI", 0x80, 201, 2, 1),
        struct.pack("!BBHI", 0x80, 201, 1, 1) + b"\x80\xc9",
        struct.pack("!BBHI", 0x80, 200, 1, 1),
        struct.pack("!BBHI", 0x81, 201, 1, 1),
        struct.pack("!BBH", 0x80, 201, 0) + struct.pack("!BBH", 0x80, 201, 0),
        struct.pack("!BBHI", 0x82, 203, 1, 1),
        struct.pack("!BBHI", 0x81, 205, 1, 1),
        struct.pack("!BBHIIBB", 0x81, 205, 3, 1, 1, 1, 1) + bytes(1),
        struct.pack("!BBHIBBBB", 0xA0, 203, 2, 5, 0, 0, 0, 0),
        struct.pack("!BBHIBBBB", 0xA0, 203, 2, 5, 0, 0, 0, 9),
        struct.pack("!BBHI", 0x80, 201, 1, 1) + struct.pack("!BBH", 0xA0, 203, 0),
        struct.pack("!BBHIIHBB", 0xA1, 205, 3, 1, 1, 1, 0, 1),
    ],
    ids=[
        "empty",
        "short",
        "version",
        "longer than the datagram",
        "rest of a header",
        "short sender report",
        "block missing",
        "no sender",
        "goodbye missing",
        "short nack",
        "cut off",
        "zero padding",
        "too much padding",
        "padded but empty",
        "nack of odd size",
    ],
)
def test_malformed_compounds_say_nothing(data: bytes) -> None:
    assert rtcp.parse(data) is None


@pytest.mark.parametrize(("second", "is_rtcp"), [(191, False), (192, True), (200, True), (223, True), (224, False)])
def test_telling_rtcp_from_rtp(second: int, is_rtcp: bool) -> None:
    assert rtcp.is_rtcp(second) is is_rtcp


def test_ntp_time() -> None:
    assert rtcp.ntp_time(0.5) == 2_208_988_800 << 32 | 1 << 31
    assert rtcp.middle_ntp(rtcp.ntp_time(0.5)) == (2_208_988_800 & 0xFFFF) << 16 | 0x8000


@pytest.mark.parametrize(
    ("last_report", "delay", "expected"),
    [(0, 0, None), (0x0001_0000, 0x8000, 0.5), (0x0003_0000, 0, 0.0)],
    ids=["never reported", "half a second", "clocks disagree"],
)
def test_round_trip(last_report: int, delay: int, expected: float | None) -> None:
    block = rtcp.Block(1, 0, 0, 0, 0, last_report, delay)
    assert rtcp.round_trip_s(block, 2 << 32) == expected

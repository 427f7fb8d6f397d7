"""RTCP from clients that have keys but no manners: any bytes give a compound or none."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from media.core import rtcp
from media.core.sequence import ReceptionBlock

packets = st.builds(
    lambda first, kind, words, body: struct.pack("!BBH", 0x80 | first, kind, words) + body,
    st.integers(0, 0x3F),
    st.integers(192, 223),
    st.integers(0, 12),
    st.binary(max_size=60),
)
compounds = st.lists(packets, min_size=1, max_size=4).map(b"".join)
u32 = st.integers(0, 0xFFFFFFFF)


@given(st.one_of(st.binary(max_size=120), compounds))
def test_any_bytes(data: bytes) -> None:
    compound = rtcp.parse(data)
    if compound is None:
        return
    assert len(compound.reports) <= len(data) // 24
    assert len(compound.goodbyes) <= len(data) // 4
    assert sum(len(nack.sequences) for nack in compound.nacks) <= 17 * len(data) // 4


@given(u32, st.integers(0, 255), st.integers(-0x800000, 0x7FFFFF), u32, u32, u32, u32)
def test_what_is_written_is_read(
    ssrc: int, fraction: int, lost: int, highest: int, jitter: int, last: int, delay: int
) -> None:
    block = rtcp.report_block(ssrc, ReceptionBlock(0, lost, highest, jitter), fraction, last, delay)
    compound = rtcp.parse(rtcp.sender_report(ssrc, highest, jitter, last, delay, block) + rtcp.goodbye([ssrc]))
    assert compound is not None
    assert compound.reports == [rtcp.Block(ssrc, fraction, lost, highest, jitter, last, delay)]
    assert compound.goodbyes == [ssrc]


@given(st.lists(u32, max_size=31), st.binary(max_size=255))
def test_source_descriptions_are_well_formed(ssrcs: list[int], cname: bytes) -> None:
    data = rtcp.source_description(ssrcs, cname) + rtcp.goodbye([1])
    compound = rtcp.parse(data)
    assert compound is not None
    assert compound.goodbyes == [1]


@given(st.floats(0, 4e9))
def test_ntp_times_fit_64_bits(unix_s: float) -> None:
    assert 0 <= rtcp.ntp_time(unix_s) < 1 << 64

"""RTP headers from strangers: any bytes give a header within the packet or none."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from media.core import rtp

headers = st.builds(
    lambda first, second, tail: struct.pack("!BBHII", 0x80 | first, second, 1, 2, 3) + tail,
    st.integers(0, 0x3F),
    st.integers(0, 255),
    st.binary(max_size=80),
)
extended = st.builds(
    lambda profile, words, tail: struct.pack("!BBHIIHH", 0x90, 111, 1, 2, 3, profile, words) + tail,
    st.sampled_from([0xBEDE, 0x1000, 0x100F, 0]),
    st.integers(0, 20),
    st.binary(max_size=80),
)


@given(st.one_of(st.binary(max_size=100), headers, extended), st.one_of(st.none(), st.integers(1, 255)))
def test_any_bytes(data: bytes, level_extension: int | None) -> None:
    header = rtp.parse(data, len(data), level_extension)
    if header is None:
        return
    assert rtp.HEADER_BYTES <= header.payload_offset <= len(data)
    assert header.level_dbov is None or 0 <= header.level_dbov <= 127
    end = rtp.payload_end(data, len(data), header)
    assert end is None or header.payload_offset <= end <= len(data)


@given(
    st.integers(0, 127), st.integers(1, 14), st.lists(st.tuples(st.integers(1, 14), st.binary(min_size=1, max_size=16)))
)
def test_a_level_among_other_elements_is_found(level: int, identifier: int, others: list[tuple[int, bytes]]) -> None:
    elements = b"".join(
        bytes((other << 4 | len(data) - 1,)) + data for other, data in others if other != identifier
    ) + bytes((identifier << 4, level))
    elements += bytes(-len(elements) % 4)
    data = struct.pack("!BBHIIHH", 0x90, 111, 1, 2, 3, 0xBEDE, len(elements) // 4) + elements
    header = rtp.parse(data, len(data), identifier)
    assert header is not None
    assert header.level_dbov == level

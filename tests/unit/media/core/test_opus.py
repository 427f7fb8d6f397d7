from __future__ import annotations

import pytest

from media.core import opus


@pytest.mark.parametrize(
    ("config", "ticks"),
    [(0, 480), (1, 960), (2, 1920), (3, 2880), (11, 2880), (12, 480), (13, 960), (15, 960), (16, 120), (31, 960)],
)
def test_frame_lengths_of_rfc_6716_table_2(config: int, ticks: int) -> None:
    assert opus.frame_ticks(config << 3) == ticks


@pytest.mark.parametrize(
    ("first", "second", "ticks"),
    [
        (31 << 3, None, 960),
        (31 << 3 | 1, 0, 1920),
        (31 << 3 | 2, 0, 1920),
        (31 << 3 | 3, 3, 2880),
        (31 << 3 | 3, 0x40, 960),
        (31 << 3 | 3, None, 960),
        (3 << 3 | 3, 0x3F, opus.MAX_PACKET_TICKS),
    ],
    ids=["one", "two equal", "two", "three", "count 0", "count missing", "impossible count"],
)
def test_packet_lengths(first: int, second: int | None, ticks: int) -> None:
    assert opus.packet_ticks(first, second) == ticks


def test_a_dtx_frame_is_the_toc_byte_with_one_frame() -> None:
    assert opus.dtx_payload(0x7B) == b"\x78"

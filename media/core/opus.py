"""The first byte of an Opus packet, all that the node ever reads of a payload (RFC 6716 3.1)."""

from __future__ import annotations

from typing import Final

CLOCK_HZ: Final = 48_000
"""RTP clock of Opus, whatever its sampling rate (RFC 7587 4.1)."""

DTX_MAX_BYTES: Final = 2
"""A packet this short carries no coded audio: TOC byte alone, or TOC byte and frame count."""

MAX_PACKET_TICKS: Final = CLOCK_HZ * 120 // 1000
"""No Opus packet is longer than 120 ms (RFC 6716 3.2.5)."""

_SILK_TICKS: Final = (480, 960, 1920, 2880)
_HYBRID_TICKS: Final = (480, 960)
_CELT_TICKS: Final = (120, 240, 480, 960)
_FRAME_TICKS: Final = 3 * _SILK_TICKS + 2 * _HYBRID_TICKS + 4 * _CELT_TICKS
"""By configuration, the first five bits."""


def frame_ticks(toc: int) -> int:
    """Length of one frame in 48 kHz ticks, from the TOC byte."""
    return _FRAME_TICKS[toc >> 3]


def packet_ticks(first: int, second: int | None) -> int:
    """Length of a packet in 48 kHz ticks from its first two bytes, 120 to 5760; ``second`` is None if it has but one."""
    code = first & 3
    if code == 0:
        return _FRAME_TICKS[first >> 3]
    count = 2
    if code == 3:
        count = max(1, second & 0x3F) if second is not None else 1
    return min(frame_ticks(first) * count, MAX_PACKET_TICKS)


def dtx_payload(toc: int) -> bytes:
    """A packet of one empty frame with the mode of ``toc``: the decoder then fades and makes comfort noise."""
    return bytes((toc & 0xFC,))

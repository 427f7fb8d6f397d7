"""How much loss a speaker is told of: that figure alone steers Opus' error correction (RFC 6716 2.1.7)."""

from __future__ import annotations

from typing import Final

WINDOW_S: Final = 5.0
"""A listener's report counts for this long."""

PERCENTILE: Final = 75
"""Of the listeners: correct for most of them, not for the one on a train."""

MAX_FRACTION: Final = 64
"""25% in 256ths: beyond it redundancy costs more than it mends."""

_MAX_LISTENERS: Final = 4096


class ListenersLoss:
    """What the listeners of one slot say of it in their receiver reports."""

    def __init__(self) -> None:
        self._reports: dict[int, tuple[float, int]] = {}

    def report(self, listener: int, fraction_lost: int, now_s: float) -> None:
        """``fraction_lost`` in 256ths; newer ones of the same listener replace older ones."""
        if listener in self._reports or len(self._reports) < _MAX_LISTENERS:
            self._reports[listener] = (now_s, fraction_lost)

    def forget(self, listener: int) -> None:
        """They left."""
        self._reports.pop(listener, None)

    def clear(self) -> None:
        """Another speaker has the slot: what was said of the former is void."""
        self._reports.clear()

    def fraction(self, now_s: float) -> int:
        """The 75th percentile of the last 5 s, in 256ths; 0 when nobody has reported."""
        recent = sorted(fraction for at, fraction in self._reports.values() if now_s - at <= WINDOW_S)
        return recent[(len(recent) * PERCENTILE - 1) // 100] if recent else 0


def told_fraction(uplink: int, listeners: int) -> int:
    """The fraction lost that goes into the speaker's receiver report, in 256ths."""
    return min(MAX_FRACTION, max(uplink, listeners))

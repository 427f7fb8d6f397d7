"""The machine's clocks."""

from __future__ import annotations

import time


class SystemClock:
    """Implements :class:`server.ports.Clock`."""

    __slots__ = ()

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        return time.monotonic()

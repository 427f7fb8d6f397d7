"""When to look at the sockets, and when what is found there has waited for too long.

Each wake-up costs tens of microseconds (the kernel's, the loop's, cold caches). A few speakers are best served at once; a
hundred of them would wake the node thousands of times a second, for a packet or two each time. Looking every other
millisecond then takes several packets with one wake-up and one system call each way, as network drivers do (Linux' NAPI).
"""

from __future__ import annotations

from typing import Final

POLL_S: Final = 0.002
"""Between two looks: half of it is the mean delay added to a packet."""

WINDOW_S: Final = 0.1

ENTER_WAKES: Final = 60
"""Wake-ups in a window from which on looking costs less: 1.2 times as many as looks."""

LEAVE_PACKETS: Final = 50
"""Packets in a window below which being woken costs less: fewer than looks."""


STALE_S: Final = 0.25
"""Voice that may have waited for longer is not forwarded: nobody can make use of it, and the backlog that it lies in would
keep all that follows as late."""


class Backlog:
    """How long one socket has had something waiting. Look at it several times in :data:`STALE_S`, busy or not."""

    def __init__(self, now_s: float) -> None:
        self._drained_s = now_s

    def looked(self, emptied: bool, now_s: float) -> bool:
        """A look that began at ``now_s`` took what there was, all of it or a part; whether that may be stale."""
        stale = now_s - self._drained_s > STALE_S
        if emptied:
            self._drained_s = now_s
        return stale


class Pacing:
    """Counts, and says what to do. ``polling`` is the present mode."""

    def __init__(self) -> None:
        self.polling = False
        self._since_s = 0.0
        self._wakes = 0
        self._packets = 0

    def woke(self, packets: int, now_s: float) -> bool:
        """The node was woken, or looked, and found so many packets; True when :attr:`polling` has changed."""
        changed = False
        if now_s - self._since_s >= WINDOW_S:
            wanted = self._packets >= LEAVE_PACKETS if self.polling else self._wakes >= ENTER_WAKES
            # A window that was cut short by a pause says little of the rate, and a pause is no load.
            wanted = wanted and now_s - self._since_s < 2 * WINDOW_S
            changed, self.polling = wanted != self.polling, wanted
            self._since_s, self._wakes, self._packets = now_s, 0, 0
        self._wakes += 1
        self._packets += packets
        return changed

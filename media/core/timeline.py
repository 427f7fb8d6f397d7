"""One slot's numbering for the whole room: sequence and 48 kHz timestamp lines that outlive the sources on it.

The timestamp line runs on through silence, so that a receiver's jitter buffer sees one steady clock however many people
take turns. What is withheld on purpose closes up in the sequence line; what was lost on the way in leaves its gap, since
concealment, error correction and retransmission need it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from media.core.opus import CLOCK_HZ

REANCHOR_TICKS: Final = CLOCK_HZ
"""A source whose timestamps stray this far (1 s) from the line is tied to it anew: clock drift of hours, a machine that
slept, or a hostile clock. Jitter and stalls of a live connection stay below it."""

MAX_GAP: Final = 100
"""A hole of more packets than this (2 s of 20 ms) is a restart, not loss, and closes up. It also keeps a source from
driving the listeners' SRTP rollover counters apart (RFC 3711 3.3.1 guesses within 2**15)."""

_FRAME_TICKS: Final = CLOCK_HZ // 50
_NEVER: Final = 1 << 62
"""A sequence number that no packet reaches."""


class Place(NamedTuple):
    """Where a packet stands on the slot's lines; neither number wraps."""

    sequence: int
    timestamp: int


class SlotLine:
    """Sequence and timestamp line of one slot. ``source`` is 0 while nobody holds it."""

    def __init__(self, now_s: float) -> None:
        self._epoch_s = now_s
        self.source = 0
        self.next_sequence = 1
        """The first number that was never given out."""
        self._last_timestamp = 0
        self._frame_ticks = _FRAME_TICKS
        self._sequence_offset = 0
        self._timestamp_offset = 0
        self._first_sequence = _NEVER
        self._marker_due = False

    @property
    def open(self) -> bool:
        """Whether a stretch of packets is going on."""
        return self._first_sequence != _NEVER

    def now(self, now_s: float) -> int:
        """The line's timestamp at ``now_s``."""
        return int((now_s - self._epoch_s) * CLOCK_HZ)

    def begin(self, source: int, sequence: int, timestamp: int, now_s: float) -> None:
        """Open a stretch of ``source``'s packets with the one at ``sequence``; all before it are too old from now on."""
        if source != self.source or not self._fits(timestamp + self._timestamp_offset, now_s):
            self._anchor(timestamp, now_s)
        self.source = source
        self._marker_due = True
        self._first_sequence = sequence
        self._sequence_offset = self.next_sequence - sequence

    def place(self, sequence: int, timestamp: int, ticks: int, now_s: float) -> Place | None:
        """Where the packet goes, or None when it must not be sent: too old, or too far ahead of the line.

        ``ticks`` is the packet's own length. Nothing has a place before :meth:`begin`.
        """
        if sequence < self._first_sequence:
            return None
        out = sequence + self._sequence_offset
        if out < self.next_sequence:
            return self._late(out, timestamp)
        if out - self.next_sequence > MAX_GAP:
            self._close_up(sequence)
            out = self.next_sequence
        if not self._fits(timestamp + self._timestamp_offset, now_s):
            self._anchor(timestamp, now_s)
            self._first_sequence = sequence  # earlier ones were tied otherwise
            if timestamp + self._timestamp_offset > self.now(now_s) + REANCHOR_TICKS:
                self._close_up(sequence + 1)
                return None
        self._frame_ticks = ticks
        self._last_timestamp = timestamp = timestamp + self._timestamp_offset
        self.next_sequence = out + 1
        return tuple.__new__(Place, (out, timestamp))  # twice as fast as the named tuple's own

    def pause(self) -> Place:
        """The place of a DTX frame right after the last packet; nothing more is placed until :meth:`begin`."""
        self._last_timestamp += self._frame_ticks
        self.close()
        self.next_sequence += 1
        return Place(self.next_sequence - 1, self._last_timestamp)

    def takes_marker(self) -> bool:
        """Whether the packet just placed is the first of its stretch (RFC 3551 4.1), asked once."""
        due, self._marker_due = self._marker_due, False
        return due

    def close(self) -> None:
        """End the stretch: nothing more is placed until :meth:`begin`."""
        self._first_sequence = _NEVER

    def _fits(self, timestamp: int, now_s: float) -> bool:
        line_now = int((now_s - self._epoch_s) * CLOCK_HZ)
        return timestamp > self._last_timestamp and -REANCHOR_TICKS <= timestamp - line_now <= REANCHOR_TICKS

    def _anchor(self, timestamp: int, now_s: float) -> None:
        self._timestamp_offset = max(self._last_timestamp + self._frame_ticks, self.now(now_s)) - timestamp

    def _close_up(self, sequence: int) -> None:
        self._first_sequence = sequence
        self._sequence_offset = self.next_sequence - sequence

    def _late(self, out: int, timestamp: int) -> Place | None:
        """A packet that was overtaken keeps its number; its timestamp must lie below those sent after it."""
        mapped = timestamp + self._timestamp_offset
        if not self._last_timestamp - REANCHOR_TICKS <= mapped < self._last_timestamp:
            return None
        return Place(out, mapped)

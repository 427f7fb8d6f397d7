"""Numbers that wrap, made whole, and what a receiver counts by them (RFC 3550 A.1, A.3, A.8)."""

from __future__ import annotations

from typing import Final, NamedTuple

SEQUENCE_BITS: Final = 16
TIMESTAMP_BITS: Final = 32

_MAX_CUMULATIVE_LOST: Final = 0x7FFFFF
_MIN_CUMULATIVE_LOST: Final = -0x800000


class Unwrapper:
    """Turns numbers of ``bits`` bits into ones that do not wrap, each the nearest to the highest seen so far."""

    def __init__(self, bits: int) -> None:
        self._modulus = 1 << bits
        self._half = self._modulus >> 1
        self.highest: int | None = None

    def peek(self, value: int) -> int:
        """The whole number that :meth:`extend` would return, without taking note of it."""
        highest = self.highest
        if highest is None:
            return value + self._modulus  # so that numbers from before the first one stay positive
        distance = (value - highest) % self._modulus
        return highest + (distance if distance < self._half else distance - self._modulus)

    def extend(self, value: int) -> int:
        """The whole number; a higher one becomes the new reference."""
        highest = self.highest
        if highest is None:
            whole = value + self._modulus
        else:
            distance = (value - highest) % self._modulus
            if distance >= self._half:
                return highest + distance - self._modulus
            whole = highest + distance
        self.highest = whole
        return whole


class ReceptionBlock(NamedTuple):
    """The figures of one report block (RFC 3550 6.4.1)."""

    fraction_lost: int
    """In 256ths, since the last report."""
    cumulative_lost: int
    highest_sequence: int
    """32 bits: cycles and sequence number."""
    jitter: int
    """In ticks of the RTP clock."""


class Reception:
    """What arrived of one source. Only authenticated packets may be told to it."""

    def __init__(self, clock_hz: int) -> None:
        self._clock_hz = clock_hz
        self._base = 0
        self._highest: int | None = None
        self._received = 0
        self._pending = 0
        self._expected_before = 0
        self._received_before = 0
        self._jitter = 0.0
        self._transit: float | None = None

    def withheld(self) -> None:
        """A packet came and was put aside undecrypted; it counts once a later, authenticated one vouches for it."""
        self._pending += 1

    def received(self, sequence: int, timestamp: int, now_s: float) -> None:
        """An authenticated packet; ``sequence`` and ``timestamp`` already unwrapped."""
        highest = self._highest
        if highest is None:
            self._base = self._highest = highest = sequence
        self._received += 1
        if sequence > highest:
            if self._pending:
                self._received += min(self._pending, sequence - highest - 1)
            self._highest = sequence
        self._pending = 0
        transit, before = now_s * self._clock_hz - timestamp, self._transit
        if before is not None:
            self._jitter += (abs(transit - before) - self._jitter) / 16.0
        self._transit = transit

    def report(self) -> ReceptionBlock | None:
        """The figures up to now, opening the next interval; None before the first packet."""
        if self._highest is None:
            return None
        expected = self._highest - self._base + 1
        expected_now = expected - self._expected_before
        lost_now = expected_now - (self._received - self._received_before)
        self._expected_before, self._received_before = expected, self._received
        fraction = min(255, (lost_now << 8) // expected_now) if expected_now > 0 and lost_now > 0 else 0
        lost = max(_MIN_CUMULATIVE_LOST, min(_MAX_CUMULATIVE_LOST, expected - self._received))
        return ReceptionBlock(fraction, lost, self._highest & 0xFFFFFFFF, min(int(self._jitter), 0xFFFFFFFF))

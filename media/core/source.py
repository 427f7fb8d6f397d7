"""One speaker's stream as it comes in: what to decrypt, what to hold back, what to remember of it.

Only what is authenticated changes anything here, apart from the short list of packets held back undecrypted.
"""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

from media.core.opus import CLOCK_HZ
from media.core.rtp import RtpHeader
from media.core.sequence import SEQUENCE_BITS, TIMESTAMP_BITS, Reception, Unwrapper
from media.core.speakers import Gate, SpeakingDetector

MAX_UNDECRYPTED: Final = 8_192
"""At least one packet in so many is decrypted: libsrtp never finds back to a source whose rollover counter it lost,
after 32,767 packets that it did not see."""

PREROLL_PACKETS: Final = 3
"""Packets held back before an onset that go out first, so that the first consonant is heard."""

PREROLL_TICKS: Final = CLOCK_HZ * 120 // 1000
"""None of them older than this: a DTX frame of the pause would tie the stretch to the past."""

LEVEL_UNKNOWN_DBOV: Final = 30
"""Assumed for a client that tells no level: ordinary speech."""


MAX_PACKETS_PER_S: Final = 200
"""Twice what the shortest frames that browsers send (10 ms) make: each packet costs the whole room."""

BURST_PACKETS: Final = 200
"""So many may come at once, as after a stall of the network."""


class Held(NamedTuple):
    """A packet held back, as it came."""

    sequence: int
    """16 bits."""
    timestamp: int
    """32 bits."""
    packet: bytes


class Source:
    """The uplink of one participant. ``ssrc`` is None until the first authenticated packet names it."""

    def __init__(self, payload_type: int, ssrc: int | None, level_extension: int | None) -> None:
        self.payload_type = payload_type
        self.ssrc = ssrc
        self.level_extension = level_extension
        self.allowed = True
        """May be heard: may speak and is not muted."""
        self.gate = Gate()
        self.detector = SpeakingDetector()
        self.reception = Reception(CLOCK_HZ)
        self.toc: int | None = None
        """TOC byte of the last packet forwarded, None before the first."""
        self._sequences = Unwrapper(SEQUENCE_BITS)
        self._timestamps = Unwrapper(TIMESTAMP_BITS)
        self._held: deque[Held] = deque(maxlen=PREROLL_PACKETS)
        self._undecrypted = 0
        self._forwarded_to = -1
        self._credit = float(BURST_PACKETS)
        self._credit_at_s = 0.0

    def is_mine(self, header: RtpHeader) -> bool:
        """Whether a packet belongs to the stream at all, as far as its clear header tells."""
        return header.payload_type == self.payload_type and (header.ssrc == self.ssrc or self.ssrc is None)

    def must_decrypt(self, header: RtpHeader) -> bool:
        """Whether the packet may be heard, or is one of those that keep the decryption in step."""
        if self.ssrc is None or self._undecrypted >= MAX_UNDECRYPTED - 1:
            return True
        return self.allowed and (self.gate.is_open or self.gate.opens_at(level_of(header)))

    def hold(self, header: RtpHeader, packet: bytes) -> None:
        """Put a packet aside undecrypted; it may go first at the next onset."""
        self._undecrypted += 1
        self.reception.withheld()
        if self.allowed:
            self._held.append(Held(header.sequence, header.timestamp, packet))

    def skip(self) -> bool:
        """A packet that is too late to be of use; True when it must be decrypted all the same, to stay in step."""
        if self.ssrc is None:
            return False
        self._undecrypted += 1
        return self._undecrypted >= MAX_UNDECRYPTED

    def authenticated(self, header: RtpHeader, now_s: float) -> tuple[int, int]:
        """The packet was decrypted; its sequence number and timestamp, unwrapped."""
        self._undecrypted = 0
        self.ssrc = header.ssrc
        sequence = self._sequences.extend(header.sequence)
        timestamp = self._timestamps.extend(header.timestamp)
        self.reception.received(sequence, timestamp, now_s)
        return sequence, timestamp

    def within_rate(self, now_s: float) -> bool:
        """Whether an authentic packet is within what a client may send; it uses up its share."""
        credit = self._credit + (now_s - self._credit_at_s) * MAX_PACKETS_PER_S
        self._credit_at_s = now_s
        if credit > BURST_PACKETS:
            credit = BURST_PACKETS
        enough = credit >= 1
        self._credit = credit - 1 if enough else credit
        return enough

    def numbers(self, held: Held) -> tuple[int, int]:
        """Sequence number and timestamp of a held packet, unwrapped."""
        return self._sequences.peek(held.sequence), self._timestamps.peek(held.timestamp)

    def take_preroll(self, sequence: int, timestamp: int) -> list[Held]:
        """What was held just before the onset at ``sequence``, oldest first; nothing is held afterwards."""
        held = list(self._held)
        self._held.clear()
        recent = []
        for packet in held:
            its_sequence, its_timestamp = self.numbers(packet)
            if (
                max(self._forwarded_to, sequence - 2 * PREROLL_PACKETS - 1) < its_sequence < sequence
                and 0 < timestamp - its_timestamp <= PREROLL_TICKS
            ):
                recent.append((its_sequence, packet))
        return [packet for _, packet in sorted(recent, key=lambda pair: pair[0])]

    def forwarded(self, sequence: int) -> None:
        """A packet, or a DTX frame in its place, has gone out."""
        if sequence > self._forwarded_to:
            self._forwarded_to = sequence

    def silence(self) -> bool:
        """Muted, gone, or no longer allowed; True when they counted as speaking until now."""
        self.gate.close()
        self._held.clear()
        return self.detector.stop()


def level_of(header: RtpHeader) -> int:
    """The level told, or the one assumed."""
    return LEVEL_UNKNOWN_DBOV if header.level_dbov is None else header.level_dbov

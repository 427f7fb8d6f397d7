"""From audio levels (RFC 6464) to decisions: is this packet worth forwarding, and is this person speaking.

Levels are minus dBov: 0 is the loudest, 127 is digital silence. All of it is judged by the level, never by the V bit,
which clients set each in their own way.
"""

from __future__ import annotations

from typing import Final

AUDIBLE_DBOV: Final = 65
"""At this level or louder a closed gate opens: about the noise floor of a quiet room with noise suppression off."""

INAUDIBLE_DBOV: Final = 70
"""Quieter than this an open gate counts towards closing; between the two it stays as it is."""

GATE_HANGOVER_S: Final = 0.4
"""So long after the last audible packet the gate stays open: ends of words are quiet."""

SOURCE_LOST_S: Final = 0.2
"""No packet for this long while the gate is open: the source stopped cold and is ended for it."""

SPEAKING_DBOV: Final = 45
"""At this level or louder someone speaks, rather than breathes or types."""

SPEAKING_ONSET_S: Final = 0.05
"""Speech must be there for this long, until the fourth packet of 20 ms, before the ring lights up."""

SPEAKING_TRAILING_S: Final = 0.5
"""The ring stays lit for this long after the last loud packet."""

_ONSET_PAUSE_S: Final = 0.12
"""A quieter pause than this starts the onset over."""


class Gate:
    """Open while a source is audible. The caller forwards what comes while it is open."""

    def __init__(self) -> None:
        self.is_open = False
        self._audible_at_s = 0.0
        self._packet_at_s = 0.0

    def opens_at(self, level_dbov: int) -> bool:
        """Whether a packet of this level gets through, judged before it is authenticated; changes nothing."""
        return self.is_open or level_dbov <= AUDIBLE_DBOV

    def packet(self, level_dbov: int, now_s: float) -> None:
        """An authenticated packet; opens or closes the gate."""
        self._packet_at_s = now_s
        if level_dbov <= (INAUDIBLE_DBOV if self.is_open else AUDIBLE_DBOV):
            self.is_open = True
            self._audible_at_s = now_s
        elif now_s - self._audible_at_s >= GATE_HANGOVER_S:
            self.is_open = False

    def lost(self, now_s: float) -> bool:
        """Whether an open source has gone quiet on the wire."""
        return self.is_open and now_s - self._packet_at_s >= SOURCE_LOST_S

    def close(self) -> None:
        """Muted, gone, or at a DTX frame of its own."""
        self.is_open = False


class SpeakingDetector:
    """Who speaks, for people's eyes: slow to light up, slower to go out."""

    def __init__(self) -> None:
        self.speaking = False
        self._loud_since_s: float | None = None
        self._loud_at_s = 0.0

    def packet(self, level_dbov: int, now_s: float) -> bool:
        """An authenticated packet; True when :attr:`speaking` has changed."""
        if level_dbov > SPEAKING_DBOV:
            return False
        if self._loud_since_s is None or now_s - self._loud_at_s > _ONSET_PAUSE_S:
            self._loud_since_s = now_s
        self._loud_at_s = now_s
        if self.speaking or now_s - self._loud_since_s < SPEAKING_ONSET_S:
            return False
        self.speaking = True
        return True

    def tick(self, now_s: float) -> bool:
        """Time has passed; True when :attr:`speaking` has changed."""
        if not self.speaking or now_s - self._loud_at_s < SPEAKING_TRAILING_S:
            return False
        return self.stop()

    def stop(self) -> bool:
        """Muted or gone; True when :attr:`speaking` has changed."""
        changed = self.speaking
        self.speaking = False
        self._loud_since_s = None
        return changed

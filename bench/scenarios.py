"""The voice scenarios: who speaks to whom."""

from __future__ import annotations

import dataclasses
from typing import Final

FRAMES_PER_S: Final = 50


@dataclasses.dataclass(frozen=True)
class Scenario:
    """``rooms`` rooms, in each ``speakers`` who speak all the time and ``listeners`` who never do.

    In a conversation the speakers hear one another too; else they hear nobody.
    """

    name: str
    rooms: int
    speakers: int
    listeners: int
    conversation: bool = False

    @property
    def members(self) -> int:
        """In each room."""
        return self.speakers + self.listeners

    @property
    def people(self) -> int:
        return self.rooms * self.members

    @property
    def frames_per_s(self) -> int:
        """That the speakers send."""
        return self.rooms * self.speakers * FRAMES_PER_S

    @property
    def packets_per_s(self) -> int:
        """Forwarded, when nothing is lost."""
        heard = self.listeners * self.speakers + (self.speakers * (self.speakers - 1) if self.conversation else 0)
        return self.rooms * heard * FRAMES_PER_S


VOICE: Final = (
    Scenario("1x50", 1, 1, 50),
    Scenario("1x100", 1, 1, 100),
    Scenario("1x200", 1, 1, 200),
    Scenario("5x40", 1, 5, 40),
    Scenario("20x5", 20, 5, 0, conversation=True),
    Scenario("20x5-one-speaks", 20, 1, 4),
)

DELAY: Final = Scenario("delay", 1, 8, 260)
"""About 100,000 packets a second, some 60% of one core."""

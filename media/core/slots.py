"""Who is heard in which slot: a slot each for the stay in small rooms, active speakers beyond."""

from __future__ import annotations

from typing import Final

HOLD_S: Final = 1.0
"""A holder silent for less than this keeps the slot: people pause for breath and for the next word."""

LOUDER_DB: Final = 6
"""One who wants in while every holder talks must be this much louder than the quietest (about twice as loud in
amplitude)..."""

LOUDER_FOR_S: Final = 0.5
"""... for this long, so that a cough takes nobody's slot..."""

TENURE_S: Final = 2.0
"""... and the holder must have had it for this long, so that slots do not flicker."""

_LEVEL_WEIGHT: Final = 0.1
"""Of a new level in the moving average: about 10 packets, 200 ms."""

_FORGET_S: Final = 0.2
"""A challenge that pauses for longer starts over."""


class _Person:
    """One who may take a slot. Levels are minus dBov: lower is louder."""

    __slots__ = ("challenged_at_s", "challenging_since_s", "heard_at_s", "level_dbov", "since_s", "slot")

    def __init__(self, now_s: float) -> None:
        self.slot: int | None = None
        self.since_s = now_s
        self.heard_at_s = now_s - HOLD_S
        self.level_dbov = 127.0
        self.challenging_since_s = now_s
        self.challenged_at_s = now_s - 2 * _FORGET_S


class SlotTable:
    """``count`` slots and the people of one room. Every method that returns True has changed :attr:`holders`."""

    def __init__(self, count: int) -> None:
        self.holders: list[int] = [0] * count
        """The participant in each slot, 0 where there is none."""
        self._people: dict[int, _Person] = {}

    def slot_of(self, participant: int) -> int | None:
        """The slot that ``participant`` holds."""
        person = self._people.get(participant)
        return None if person is None else person.slot

    def add(self, participant: int, now_s: float) -> bool:
        """Let someone speak here; they get a slot at once while one was never needed by another."""
        if participant in self._people:
            return False
        self._people[participant] = _Person(now_s)
        return self._seat_everyone(now_s)

    def remove(self, participant: int, now_s: float) -> bool:
        """They left, or may no longer speak."""
        person = self._people.pop(participant, None)
        if person is None:
            return False
        if person.slot is None:
            return self._seat_everyone(now_s)
        self.holders[person.slot] = 0
        self._seat_everyone(now_s)
        return True

    def heard(self, participant: int, level_dbov: int, now_s: float) -> bool:
        """An audible packet of ``participant``: keeps their slot, or may win them one."""
        person = self._people.get(participant)
        if person is None:
            return False
        person.level_dbov += (level_dbov - person.level_dbov) * _LEVEL_WEIGHT
        person.heard_at_s = now_s
        if person.slot is not None:
            return False
        victim = self._idle_slot(now_s)
        if victim is None and self._challenges(person, now_s):
            victim = self._quieter_slot(person, now_s)
        if victim is None:
            return False
        self._seat(participant, person, victim, now_s)
        return True

    def _seat_everyone(self, now_s: float) -> bool:
        """While there is a slot for each, everyone has one."""
        if len(self._people) > len(self.holders):
            return False
        changed = False
        for participant, person in self._people.items():
            if person.slot is None:
                self._seat(participant, person, self.holders.index(0), now_s)
                changed = True
        return changed

    def _seat(self, participant: int, person: _Person, slot: int, now_s: float) -> None:
        previous = self._people.get(self.holders[slot])
        if previous is not None:
            previous.slot = None
        self.holders[slot] = participant
        person.slot = slot
        person.since_s = now_s

    def _idle_slot(self, now_s: float) -> int | None:
        """An empty slot, or that of the holder who has been silent longest, if long enough."""
        if 0 in self.holders:
            return self.holders.index(0)
        silent = min(range(len(self.holders)), key=lambda slot: self._people[self.holders[slot]].heard_at_s)
        return silent if now_s - self._people[self.holders[silent]].heard_at_s >= HOLD_S else None

    def _challenges(self, person: _Person, now_s: float) -> bool:
        """Whether they have been asking for :data:`LOUDER_FOR_S` without a pause."""
        if now_s - person.challenged_at_s > _FORGET_S:
            person.challenging_since_s = now_s
        person.challenged_at_s = now_s
        return now_s - person.challenging_since_s >= LOUDER_FOR_S

    def _quieter_slot(self, challenger: _Person, now_s: float) -> int | None:
        """The quietest of the holders that had their time, if the challenger is clearly louder."""
        settled = [slot for slot, holder in enumerate(self.holders) if now_s - self._people[holder].since_s >= TENURE_S]
        if not settled:
            return None
        quietest = max(settled, key=lambda slot: self._people[self.holders[slot]].level_dbov)
        margin = self._people[self.holders[quietest]].level_dbov - challenger.level_dbov
        return quietest if margin >= LOUDER_DB else None

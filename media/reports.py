"""RTCP that the node sends by the clock: who gets a compound when (RFC 3550 6.2)."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Final

from media.control import RoomId
from media.core import rtcp
from media.participant import Participant, Stage
from media.room import Room

REPORT_INTERVAL_S: Final = 2.0
"""Between two compounds to one who has an uplink: soon enough for Opus to turn on error correction."""

LISTENER_REPORT_INTERVAL_S: Final = 5.0
"""Between two to one who only listens (the least that RFC 3550 6.2 asks for)."""


class Reporter:
    """Looks into the engine's ``rooms``; ``unix_offset_s`` is Unix time minus the clock of every ``now_s``."""

    def __init__(self, rooms: Mapping[RoomId, Room], unix_offset_s: float) -> None:
        self._rooms = rooms
        self._unix_offset_s = unix_offset_s
        self._due: dict[float, deque[tuple[float, Participant]]] = {
            REPORT_INTERVAL_S: deque(),
            LISTENER_REPORT_INTERVAL_S: deque(),
        }
        """By interval: when the next compound is due, soonest first."""

    def ntp(self, now_s: float) -> int:
        """64-bit NTP time."""
        return rtcp.ntp_time(now_s + self._unix_offset_s)

    def later(self, participant: Participant, now_s: float) -> None:
        """They are connected, or had a compound just now: the next is due in an interval."""
        speaks = participant.source is not None and participant.source.allowed
        interval_s = REPORT_INTERVAL_S if speaks else LISTENER_REPORT_INTERVAL_S
        self._due[interval_s].append((now_s + interval_s, participant))

    def tick(self, now_s: float) -> None:
        """Time has passed: send what is due. Those who are gone are forgotten."""
        settled: set[RoomId] = set()
        for queue in self._due.values():
            while queue and queue[0][0] <= now_s:
                _, participant = queue.popleft()
                if participant.stage is not Stage.CONNECTED:
                    continue
                self.later(participant, now_s)
                room = self._rooms[participant.room]
                if room.id not in settled:
                    settled.add(room.id)
                    room.fanout.settle()
                compound = room.report(participant, self.ntp(now_s), now_s)
                if compound is not None:
                    self.send(participant, compound, now_s)

    def send(self, participant: Participant, compound: bytes, now_s: float) -> None:
        """Encrypt a compound and put it on its way; nothing happens without keys or path."""
        listener = participant.listener
        protected = None if participant.outbound is None else participant.outbound.protect_rtcp(compound)
        if listener is not None and protected is not None:
            listener.outbox.put(protected, listener.address, now_s)

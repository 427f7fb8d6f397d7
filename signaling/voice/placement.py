"""Where a room lives, and the numbers of those in it. Pure."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Final, NewType

from media.control import ParticipantId

NodeId = NewType("NodeId", int)
"""Position of a media node in the service's list of them."""

_NUMBERS: Final = 1 << 32


def choose_node(present: NodeId | None, loads: Mapping[NodeId, int]) -> NodeId:
    """The node for a room: the one it lives on (``present``) while there is such a node, for its people must meet there;
    else the one with the fewest participants, the first of equals. ``loads`` has every node and is not empty."""
    if present is not None and present in loads:
        return present
    return min(loads, key=lambda node: (loads[node], node))


class ParticipantNumbers:
    """Gives out 1 to 2**32 - 1, each as late again as can be: a number that was just freed may still be in somebody's
    packets."""

    def __init__(self, start: int) -> None:
        """``start``: a random number, so that those of an earlier service mean nobody in this one."""
        self._last = start % _NUMBERS

    def next(self, taken: Container[ParticipantId]) -> ParticipantId:
        while True:
            self._last = (self._last + 1) % _NUMBERS
            number = ParticipantId(self._last)
            if number and number not in taken:
                return number

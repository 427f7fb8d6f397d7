"""How two people stand to each other, and who may write to whom. Pure.

Each of the two has a word of their own on the other (a :class:`RelationKind`, or none); a :class:`Tie` is both words, as one of
them sees it. Of all pairs of words only the seven in :data:`TIES` occur, and :func:`after` leads from one to the other.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final

import msgspec

from server.domain.entities import DirectFrom, RelationKind


class Tie(msgspec.Struct, frozen=True):
    mine: RelationKind | None = None
    theirs: RelationKind | None = None

    @property
    def blocked(self) -> bool:
        """Either way."""
        return RelationKind.BLOCKED in (self.mine, self.theirs)

    @property
    def friends(self) -> bool:
        return self.mine is RelationKind.FRIEND

    @property
    def turned(self) -> Tie:
        """As the other sees it."""
        return Tie(self.theirs, self.mine)


NONE: Final = Tie()
ASKED: Final = Tie(RelationKind.OUTGOING, RelationKind.INCOMING)
ASKED_BY: Final = Tie(RelationKind.INCOMING, RelationKind.OUTGOING)
FRIENDS: Final = Tie(RelationKind.FRIEND, RelationKind.FRIEND)
BLOCKING: Final = Tie(RelationKind.BLOCKED, None)
BLOCKED_BY: Final = Tie(None, RelationKind.BLOCKED)
BLOCKING_EACH_OTHER: Final = Tie(RelationKind.BLOCKED, RelationKind.BLOCKED)
TIES: Final = (NONE, ASKED, ASKED_BY, FRIENDS, BLOCKING, BLOCKED_BY, BLOCKING_EACH_OTHER)


class Step(enum.Enum):
    """What one of the two does."""

    ASK = "ask"
    """For friendship; whom the other asked already says yes by it."""
    END = "end"
    """Refuse, withdraw, end, unblock."""
    BLOCK = "block"


_AFTER: Final[Mapping[tuple[Tie, Step], Tie]] = {
    (NONE, Step.ASK): ASKED,
    (ASKED, Step.ASK): ASKED,
    (ASKED_BY, Step.ASK): FRIENDS,
    (FRIENDS, Step.ASK): FRIENDS,
    (ASKED, Step.END): NONE,
    (ASKED_BY, Step.END): NONE,
    (FRIENDS, Step.END): NONE,
    (BLOCKING, Step.END): NONE,
    (BLOCKING_EACH_OTHER, Step.END): BLOCKED_BY,
    (NONE, Step.BLOCK): BLOCKING,
    (ASKED, Step.BLOCK): BLOCKING,
    (ASKED_BY, Step.BLOCK): BLOCKING,
    (FRIENDS, Step.BLOCK): BLOCKING,
    (BLOCKING, Step.BLOCK): BLOCKING,
    (BLOCKED_BY, Step.BLOCK): BLOCKING_EACH_OTHER,
    (BLOCKING_EACH_OTHER, Step.BLOCK): BLOCKING_EACH_OTHER,
}


def after(tie: Tie, step: Step) -> Tie | None:
    """None for what cannot be done: to ask where there is a block, to end what is not there."""
    return _AFTER.get((tie, step))


def may_begin_direct(direct_from: DirectFrom, tie: Tie, *, share_group: bool) -> bool:
    """Whether one may begin a direct conversation with somebody who hears from ``direct_from``."""
    if tie.blocked:
        return False
    return tie.friends or direct_from is DirectFrom.EVERYONE or (share_group and direct_from is DirectFrom.GROUPS)


def may_bring_in(direct_from: DirectFrom, tie: Tie, *, share_group: bool) -> bool:
    """Whether one may bring that person into a conversation of several: friends, and those of one's groups who hear from them."""
    if tie.blocked:
        return False
    return tie.friends or (share_group and direct_from is not DirectFrom.FRIENDS)

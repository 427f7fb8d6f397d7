"""In which order the members of a group stand in its list: those online first, under their highest hoisted role. Pure.

A :class:`Spot` is a place in the list of those online, and also where a page ended: it stays a place when people and roles come
and go. The others stand behind all of them, by user id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from server.domain.access import GroupAccess, everyone_role_id
from server.domain.entities import Member
from server.domain.errors import Invalid
from server.domain.ids import MAX_ID, RoleId, Snowflake, UserId

_MARK: Final = re.compile(r"(?:(\d{1,5})-(\d{1,19})-)?(\d{1,19})", re.ASCII)


class Spot(NamedTuple):
    """Compares as things stand in the list."""

    below: int
    """The role's position, negative; 0 for those without a hoisted role, who come last."""
    role_id: int
    """0 for them."""
    user_id: int


TOP: Final = Spot(-(1 << 31), 0, 0)
"""Before all others."""


def line_up(access: GroupAccess, online: Iterable[Member]) -> list[Spot]:
    """Those who are online, in the order of the list."""
    everyone_id = everyone_role_id(access.group.id)
    heads = {
        role.id: (-role.position, int(role.id))
        for role in access.roles.values()
        if role.hoisted and role.id != everyone_id
    }
    line = []
    for member in online:  # perhaps thousands, for each page
        below, head = 0, 0
        for role_id in member.role_ids:
            if role_id in heads and heads[role_id] < (below, head):
                below, head = heads[role_id]
        line.append(Spot(below, head, member.user_id))
    line.sort()
    return line


def head_of(spot: Spot) -> RoleId | None:
    """The role under which it stands."""
    return RoleId(Snowflake(spot.role_id)) if spot.role_id else None


def mark_of(after: Spot | UserId) -> str:
    """Where a page ended, for :func:`read_mark`; a user id for those who are offline (0: before the first of them)."""
    if isinstance(after, Spot):
        return f"{-after.below}-{after.role_id}-{after.user_id}"
    return str(int(after))


def read_mark(mark: str) -> Spot | UserId:
    """Raises :class:`Invalid` (bad_request)."""
    found = _MARK.fullmatch(mark)
    if found is None or any(int(part or 0) > MAX_ID for part in found.groups()):
        raise Invalid("bad_request", "Ask on with the next of an earlier page.", where="after")
    position, role_id, user_id = found.groups()
    if position is None:
        return UserId(Snowflake(user_id))
    return Spot(-int(position), int(role_id), int(user_id))

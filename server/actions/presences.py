"""Whose presence one may know."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from server.actions.acquaintances import met_among
from server.actions.context import Actions
from server.domain.entities import Presence, Status
from server.domain.errors import Conflict
from server.domain.ids import UserId
from server.domain.presence import offline
from server.ports import Reader


class Presences(msgspec.Struct, frozen=True, kw_only=True):
    presences: tuple[Presence, ...]


class Sight(msgspec.Struct, frozen=True):
    """Of whom somebody may know how they are seen."""

    known: frozenset[UserId]
    hidden: frozenset[UserId]
    """Those of the known who have blocked them, and are always offline to them."""

    @property
    def shown(self) -> frozenset[UserId]:
        return self.known - self.hidden


def check_watch(actions: Actions, user_ids: Collection[UserId]) -> None:
    """Raises :class:`Conflict` (too_many)."""
    limit = actions.limits.watched_max
    if len(user_ids) > limit:
        raise Conflict("too_many", f"You can look at {limit} people at once.", limit=limit)


async def sight_of(actions: Actions, user_id: UserId, other_ids: Collection[UserId]) -> Sight:
    """Of those with whom the user shares a group, a conversation or a friendship, and of oneself; a constant number of
    statements."""
    async with actions.store.read() as reader:
        known = await met_among(reader, user_id, other_ids)
        hidden = await reader.relations.blockers(user_id, known)
    known |= {user_id} & set(other_ids)
    return Sight(frozenset(known), frozenset(hidden))


async def presences_for(
    actions: Actions, reader: Reader, user_id: UserId, other_ids: Collection[UserId]
) -> list[Presence]:
    """How these people, of whom the user may know (the members of a group of theirs, say), are seen by the user, in their order;
    one statement."""
    seen = actions.attendance.presences(other_ids)
    hidden = await reader.relations.blockers(user_id, [one.user_id for one in seen if one.status is not Status.OFFLINE])
    return [offline(one.user_id) if one.user_id in hidden else one for one in seen]

"""Who is connected, and how they are seen: the hub keeps it, and actions ask it."""

from __future__ import annotations

from collections.abc import Collection

from server.domain.entities import Member, Presence
from server.domain.ids import GroupId, UserId
from signaling.appearances import Appearances
from signaling.room import Room
from signaling.subscriber import Subscriber


class Attendance:
    """Implements :class:`server.ports.Attendance`."""

    def __init__(self) -> None:
        self.users: dict[UserId, list[Subscriber]] = {}
        """Their sessions, also those that wait for their client to come back."""
        self.appearances = Appearances()
        self.rooms: dict[GroupId, Room] = {}

    def connected(self, user_ids: Collection[UserId]) -> set[UserId]:
        return {user_id for user_id in user_ids if any(one.sink is not None for one in self.users.get(user_id, ()))}

    def presences(self, user_ids: Collection[UserId]) -> list[Presence]:
        return [self.appearances.seen(user_id) for user_id in user_ids]

    def members(self, group_id: GroupId) -> list[Member]:
        room = self.rooms.get(group_id)
        return [] if room is None else [seat.member for seat in room.seats.values()]

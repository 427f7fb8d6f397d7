"""Who is connected: the hub keeps it, and actions ask it."""

from __future__ import annotations

from collections.abc import Collection

from server.domain.ids import UserId
from signaling.subscriber import Subscriber


class Attendance:
    """Implements :class:`server.ports.Attendance`."""

    def __init__(self) -> None:
        self.users: dict[UserId, list[Subscriber]] = {}
        """Their sessions, also those that wait for their client to come back."""

    def connected(self, user_ids: Collection[UserId]) -> set[UserId]:
        return {user_id for user_id in user_ids if any(one.sink is not None for one in self.users.get(user_id, ()))}

"""Of whom one may know: those who share a group, a conversation or a relation with the one who asks."""

from __future__ import annotations

from collections.abc import Collection

from server.actions.authority import unknown_user
from server.domain.entities import RelationKind, User
from server.domain.ids import UserId
from server.ports import Reader


async def known_among(reader: Reader, user_id: UserId, other_ids: Collection[UserId]) -> set[UserId]:
    """Those of the others whom the user may know of. That somebody has blocked the user does not make them known."""
    ties = await reader.relations.ties(user_id, other_ids)
    related = {other_id for other_id, tie in ties.items() if tie.mine is not None}
    in_groups = await reader.members.sharing(user_id, other_ids)
    return related | in_groups | await reader.conversations.sharing(user_id, other_ids)


async def met_among(reader: Reader, user_id: UserId, other_ids: Collection[UserId]) -> set[UserId]:
    """Those of the others with whom the user shares a group, a conversation or a friendship."""
    ties = await reader.relations.ties(user_id, other_ids)
    friends = {other_id for other_id, tie in ties.items() if tie.mine is RelationKind.FRIEND}
    in_groups = await reader.members.sharing(user_id, other_ids)
    return friends | in_groups | await reader.conversations.sharing(user_id, other_ids)


async def acquaintance(reader: Reader, user_id: UserId, other_id: UserId) -> User:
    """Somebody else whom the user may know of; raises :class:`NotFound` (unknown_user)."""
    users = await reader.users.by_ids([other_id]) if await known_among(reader, user_id, [other_id]) else {}
    if other_id not in users:
        raise unknown_user()
    return users[other_id]


async def known_elsewhere(reader: Reader, user_id: UserId) -> tuple[UserId, ...]:
    """Everyone who may know of the user, beyond those who share a group."""
    having = await reader.relations.having(user_id)
    return tuple(sorted({*having, *await reader.conversations.partners(user_id)}))

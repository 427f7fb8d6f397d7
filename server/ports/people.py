"""Conversations outside of groups, and how people stand to one another."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from server.domain.entities import Conversation, ConversationKind, Level, Relation, RelationKind
from server.domain.ids import ChannelId, UserId
from server.domain.relations import Tie


class Conversations(Protocol):
    async def add(self, conversation: Conversation) -> bool:
        """With its channel and members; False when these two have a direct conversation already."""
        ...

    async def get(self, channel_id: ChannelId) -> Conversation | None: ...

    async def between(self, user_id: UserId, other_id: UserId) -> Conversation | None:
        """The direct one."""
        ...

    async def of_user(self, user_id: UserId) -> list[Conversation]:
        """A constant number of statements."""
        ...

    async def rename(self, channel_id: ChannelId, name: str) -> None: ...

    async def hand_over(self, channel_id: ChannelId, owner_id: UserId) -> None: ...

    async def add_member(self, channel_id: ChannelId, user_id: UserId) -> None: ...

    async def remove_member(self, channel_id: ChannelId, user_id: UserId) -> None:
        """With their cursor."""
        ...

    async def delete(self, channel_id: ChannelId) -> None:
        """With all that was written in it."""
        ...

    async def counts(self, user_ids: Collection[UserId], kind: ConversationKind) -> dict[UserId, int]:
        """How many of this kind each of the users is in."""
        ...

    async def partners(self, user_id: UserId) -> list[UserId]:
        """Everyone who is in a conversation with the user."""
        ...

    async def sharing(self, user_id: UserId, other_ids: Collection[UserId]) -> set[UserId]:
        """Those of the others who are in a conversation with the user."""
        ...


class Relations(Protocol):
    """Each side's own word on the other."""

    async def put(self, user_id: UserId, other_id: UserId, kind: RelationKind, since_ms: int) -> None: ...

    async def delete(self, user_id: UserId, other_id: UserId) -> None: ...

    async def get(self, user_id: UserId, other_id: UserId) -> Relation | None: ...

    async def of_user(self, user_id: UserId) -> list[Relation]:
        """The user's own words, by the others' ids."""
        ...

    async def ties(self, user_id: UserId, other_ids: Collection[UserId]) -> dict[UserId, Tie]:
        """One for each of the others, in a constant number of statements; the user's own word is ``mine``."""
        ...

    async def count(self, user_id: UserId, kind: RelationKind) -> int: ...

    async def having(self, user_id: UserId) -> list[UserId]:
        """Everyone who has a word of their own on the user: friends, those who ask or are asked, those who block."""
        ...

    async def blockers(self, user_id: UserId, among: Collection[UserId]) -> set[UserId]:
        """Those of them who have blocked the user."""
        ...

    async def all_blockers(self, user_id: UserId) -> set[UserId]:
        """Everyone who has blocked the user."""
        ...


class Levels(Protocol):
    """What people want to be told."""

    async def put(self, user_id: UserId, level: Level) -> None:
        """One that says nothing is forgotten."""
        ...

    async def of_user(self, user_id: UserId) -> list[Level]: ...

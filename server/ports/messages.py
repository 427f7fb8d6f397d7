"""What is written, what hangs on it, and how far it was read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, Protocol

import msgspec

from server.domain.entities import Cursor, Edit, Mentions, Message, Reaction
from server.domain.ids import ChannelId, GroupId, MessageId, RoleId, Snowflake, UserId
from server.domain.search import Indexed, Match
from server.domain.sections import Section

EVERYONE_ID: Final = UserId(Snowflake(0))
"""Stands for all who read the channel."""


HERE_ID: Final = Snowflake(1)
"""Stands for the word ``@here``."""


class Ping(msgspec.Struct, frozen=True):
    """One reason why a message pings somebody."""

    user_id: UserId
    """:data:`EVERYONE_ID` for all."""
    by_id: Snowflake
    """What names them: their own id, that of a role, :data:`EVERYONE_ID`, or :data:`HERE_ID`."""


class CopiedFrom(msgspec.Struct, frozen=True):
    """The origin of a forward."""

    channel_id: ChannelId
    message_id: MessageId


class Messages(Protocol):
    async def add(self, message: Message) -> None:
        """Also moves the channel's ``last_message_id``."""
        ...

    async def by_nonce(self, channel_id: ChannelId, author_id: UserId, nonce: str) -> Message | None:
        """Also when it has been deleted since: then with no sections."""
        ...

    async def get(self, channel_id: ChannelId, message_id: MessageId) -> Message | None: ...

    async def by_ids(self, channel_id: ChannelId, message_ids: Collection[MessageId]) -> list[Message]:
        """Those that are there, oldest first."""
        ...

    async def by_keys(
        self, keys: Collection[tuple[ChannelId, MessageId]]
    ) -> dict[tuple[ChannelId, MessageId], Message]:
        """Of several channels; a constant number of statements."""
        ...

    async def edit(
        self,
        channel_id: ChannelId,
        message_id: MessageId,
        sections: tuple[Section, ...],
        mentions: Mentions | None,
        edited_ms: int,
    ) -> None: ...

    async def delete(self, channel_id: ChannelId, message_id: MessageId) -> bool:
        """False when it was gone already. Its nonce stays known."""
        ...

    async def delete_many(self, channel_id: ChannelId, message_ids: Collection[MessageId]) -> list[MessageId]:
        """Those that were there, oldest first; their nonces stay known."""
        ...

    async def by_author(
        self, channel_id: ChannelId, author_id: UserId, first: MessageId, limit: int
    ) -> list[MessageId]:
        """What one author wrote from ``first`` on, oldest first."""
        ...

    async def page(
        self, channel_id: ChannelId, *, before: int | None = None, after: int | None = None, limit: int
    ) -> list[Message]:
        """Oldest first: the last ones before ``before``, or the first ones after ``after``, or the newest."""
        ...

    async def newest(self, channel_ids: Collection[ChannelId]) -> dict[ChannelId, Message]:
        """The last message that is there in each channel that has one, in a constant number of statements."""
        ...

    async def pinging(
        self, user_id: UserId, channel_ids: Collection[ChannelId], before: MessageId | None, limit: int
    ) -> list[Message]:
        """Messages in these channels that ping the user, newest first; in a group those since the user came in. Neither the
        user's own, nor those of people whom the user has blocked."""
        ...


class Search(Protocol):
    async def add(self, entry: Indexed) -> None:
        """A message that has just been written can be found from now on, by these terms; that ends with the message."""
        ...

    async def put(self, entry: Indexed) -> None:
        """The same for a message that has terms already: by these alone."""
        ...

    async def find(self, match: Match, limit: int) -> list[tuple[ChannelId, MessageId]]:
        """Newest first."""
        ...

    async def beside(
        self, keys: Collection[tuple[ChannelId, MessageId]]
    ) -> dict[tuple[ChannelId, MessageId], tuple[MessageId | None, MessageId | None]]:
        """The messages before and after each of these in its channel; one statement."""
        ...


class Reactions(Protocol):
    async def add(
        self, channel_id: ChannelId, message_id: MessageId, emoji: str, user_id: UserId, created_ms: int
    ) -> bool:
        """False when the user has reacted so already. An emoji that is new on the message comes after all that are there."""
        ...

    async def remove(self, channel_id: ChannelId, message_id: MessageId, emoji: str, user_id: UserId) -> bool: ...

    async def of_messages(
        self, channel_id: ChannelId, message_ids: Collection[MessageId]
    ) -> dict[MessageId, tuple[Reaction, ...]]:
        """Of those that have any; in the order in which they came."""
        ...

    async def of_user(
        self, channel_id: ChannelId, message_ids: Collection[MessageId], user_id: UserId
    ) -> dict[MessageId, tuple[str, ...]]:
        """One user's own, of the messages that have any."""
        ...

    async def users(
        self, channel_id: ChannelId, message_id: MessageId, emoji: str, after: UserId | None, limit: int
    ) -> list[UserId]:
        """Who has reacted so, by id."""
        ...


class Pins(Protocol):
    async def add(self, channel_id: ChannelId, message_id: MessageId, pinner_id: UserId, pinned_ms: int) -> bool:
        """False when it was pinned already. Marks the message too."""
        ...

    async def remove(self, channel_id: ChannelId, message_id: MessageId) -> bool: ...

    async def of_channel(self, channel_id: ChannelId) -> list[MessageId]:
        """Last pinned first."""
        ...

    async def count(self, channel_id: ChannelId) -> int: ...


class Edits(Protocol):
    async def keep(self, channel_id: ChannelId, message_id: MessageId, edit: Edit, at_most: int) -> int:
        """Adds an earlier version and forgets the oldest over ``at_most``; returns the ``until_ms`` that it has."""
        ...

    async def of_message(self, channel_id: ChannelId, message_id: MessageId) -> list[Edit]:
        """Oldest first."""
        ...


class Origins(Protocol):
    """Where forwards were copied from; gone with the forward."""

    async def add(self, channel_id: ChannelId, message_id: MessageId, origin: CopiedFrom) -> None: ...

    async def get(self, channel_id: ChannelId, message_id: MessageId) -> CopiedFrom | None: ...

    async def delete(self, channel_id: ChannelId, message_id: MessageId) -> None: ...


class Pings(Protocol):
    """Who is pinged by what was written; gone with the message."""

    async def add(self, channel_id: ChannelId, message_id: MessageId, pings: Collection[Ping]) -> None:
        """The message is there already."""
        ...

    async def add_holders(
        self,
        channel_id: ChannelId,
        message_id: MessageId,
        group_id: GroupId,
        role_ids: Collection[RoleId],
        but: Collection[UserId],
    ) -> None:
        """The same for everybody in the group who has one of the roles, ``but`` these; whoever they are is not read."""
        ...

    async def keep(self, channel_id: ChannelId, message_id: MessageId, by_ids: Collection[Snowflake]) -> set[UserId]:
        """Takes back all pings of the message but those by one of ``by_ids``; returns whose they were."""
        ...


class Cursors(Protocol):
    async def of_user(self, user_id: UserId, channel_ids: Collection[ChannelId]) -> dict[ChannelId, MessageId]:
        """Last read message of each channel that has one."""
        ...

    async def set(self, user_id: UserId, channel_id: ChannelId, message_id: MessageId) -> None: ...

    async def set_all(self, user_id: UserId, reached: Mapping[ChannelId, MessageId]) -> None:
        """In one statement."""
        ...

    async def clear(self, user_id: UserId, channel_id: ChannelId) -> None:
        """As if nothing had been read."""
        ...

    async def counted(self, user_id: UserId, channel_ids: Collection[ChannelId]) -> dict[ChannelId, Cursor]:
        """The user's cursor in each of the channels, with exact counts, in a constant number of statements."""
        ...

    async def of_readers(
        self, channel_id: ChannelId, user_ids: Collection[UserId], *, behind: MessageId | None = None
    ) -> dict[UserId, Cursor]:
        """The cursor of each of these users in one channel, with exact counts, in a constant number of statements; with ``behind``
        only of those who have not read as far as this message."""
        ...

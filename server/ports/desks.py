"""All that says what somebody may do in a channel, read in one go."""

from __future__ import annotations

from typing import Protocol

import msgspec

from server.domain.entities import Channel, Conversation, Group, Member, Message, Role, User
from server.domain.ids import ChannelId, MessageId, UserId
from server.domain.relations import NONE, Tie


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """What lies before someone who wants to do something in a channel: all that says what they may do there.

    Either ``channel`` and ``group`` are there, or ``conversation``; nothing at all where there is no such channel.
    """

    channel: Channel | None = None
    category: Channel | None = None
    group: Group | None = None
    roles: tuple[Role, ...] = ()
    """All of the group's."""
    member: Member | None = None
    """None for a stranger."""
    conversation: Conversation | None = None
    tie: Tie = NONE
    """With the other one of a direct conversation."""
    user: User | None = None
    """The one who asks; None when the account is gone."""
    last_message_id: MessageId | None = None
    """Of the channel or conversation."""
    written: Message | None = None
    """What a writer wrote with the same nonce before; without sections when it has been deleted, and without its reactions."""


class Desks(Protocol):
    """A constant number of statements."""

    async def at(self, channel_id: ChannelId, user_id: UserId) -> Desk: ...

    async def of_writer(self, channel_id: ChannelId, user_id: UserId, nonce: str) -> Desk:
        """Serialises writers of the channel until the transaction ends, as :meth:`Channels.lock_writer` does."""
        ...

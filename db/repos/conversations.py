"""Conversations outside of groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Executable, Row, delete, func, insert, select, update

from db.connection import Step
from db.errors import CorruptRow
from db.repos.base import Repository, among, given, portions, step
from db.repos.levels import FORGET_OF_CHANNEL
from db.tables.channels import channels, cursors
from db.tables.conversations import conversation_members, conversations
from server.domain.entities import Conversation, ConversationKind
from server.domain.ids import ChannelId, Snowflake, UserId

_ADD = insert(conversations)
_ADD_CHANNEL = insert(channels)
_ADD_MEMBERS = insert(conversation_members)
_ALL = select(
    conversations.c.channel_id,
    conversations.c.kind,
    conversations.c.owner_id,
    channels.c.name,
    channels.c.last_message_id,
).join_from(conversations, channels)
_MEMBERS = select(conversation_members).order_by(conversation_members.c.user_id)
_GET = _ALL.where(conversations.c.channel_id == given("of_channel"))
_MEMBERS_OF = _MEMBERS.where(conversation_members.c.channel_id == given("of_channel"))
_BETWEEN = _ALL.where(conversations.c.pair == given("of_pair"))
_MEMBERS_BETWEEN = (
    select(conversation_members)
    .join_from(conversation_members, conversations)
    .where(conversations.c.pair == given("of_pair"))
    .order_by(conversation_members.c.user_id)
)
_MINE = select(conversation_members.c.channel_id).where(conversation_members.c.user_id == given("of_user"))
_OF_USER = _ALL.where(conversations.c.channel_id.in_(_MINE))
_MEMBERS_OF_USER = _MEMBERS.where(conversation_members.c.channel_id.in_(_MINE))
_OTHERS = (
    select(conversation_members.c.user_id)
    .where(conversation_members.c.channel_id.in_(_MINE), conversation_members.c.user_id != given("of_user"))
    .distinct()
)
_SHARING = _OTHERS.where(among(conversation_members.c.user_id, "user_ids"))
_COUNTS = (
    select(conversation_members.c.user_id, func.count().label("number"))
    .join_from(conversation_members, conversations)
    .where(among(conversation_members.c.user_id, "user_ids"), conversations.c.kind == given("of_kind"))
    .group_by(conversation_members.c.user_id)
)
_RENAME = update(channels).where(channels.c.id == given("of_channel"))
_HAND_OVER = update(conversations).where(conversations.c.channel_id == given("of_channel"))
_REMOVE = delete(conversation_members).where(
    conversation_members.c.channel_id == given("of_channel"), conversation_members.c.user_id == given("of_user")
)
_FORGET_CURSOR = delete(cursors).where(
    cursors.c.channel_id == given("of_channel"), cursors.c.user_id == given("of_user")
)
_DELETE = delete(channels).where(channels.c.id == given("of_channel"))
_PAIR_THERE = select(conversations.c.channel_id).where(conversations.c.pair == given("of_pair"))


def pair(user_id: UserId, other_id: UserId) -> str:
    """The same for both."""
    return f"{min(user_id, other_id)} {max(user_id, other_id)}"


class SqlConversations(Repository):
    __slots__ = ()

    async def add(self, conversation: Conversation) -> bool:
        """Two writers of one pair: the unique pair makes the later one's unit of work fail where rows are not locked."""
        of_pair = None
        if conversation.kind is ConversationKind.DIRECT:
            of_pair = pair(*conversation.member_ids)
            if await self._first(_PAIR_THERE, of_pair=of_pair) is not None:
                return False
        self._later(
            _ADD_CHANNEL,
            id=conversation.id,
            group_id=None,
            kind="conversation",
            name=conversation.name,
            topic="",
            position=0,
            last_message_id=conversation.last_message_id,
        )
        self._later(
            _ADD,
            channel_id=conversation.id,
            kind=conversation.kind.value,
            owner_id=conversation.owner_id,
            pair=of_pair,
        )
        rows = [{"channel_id": conversation.id, "user_id": user_id} for user_id in conversation.member_ids]
        await self._insert_all(_ADD_MEMBERS, rows)
        return True

    async def get(self, channel_id: ChannelId) -> Conversation | None:
        found = await self._with_members(_GET, _MEMBERS_OF, of_channel=channel_id)
        return found[0] if found else None

    async def between(self, user_id: UserId, other_id: UserId) -> Conversation | None:
        found = await self._with_members(_BETWEEN, _MEMBERS_BETWEEN, of_pair=pair(user_id, other_id))
        return found[0] if found else None

    async def of_user(self, user_id: UserId) -> list[Conversation]:
        return await self._with_members(_OF_USER, _MEMBERS_OF_USER, of_user=user_id)

    async def rename(self, channel_id: ChannelId, name: str) -> None:
        self._later(_RENAME, of_channel=channel_id, name=name)

    async def hand_over(self, channel_id: ChannelId, owner_id: UserId) -> None:
        self._later(_HAND_OVER, of_channel=channel_id, owner_id=owner_id)

    async def add_member(self, channel_id: ChannelId, user_id: UserId) -> None:
        await self._insert_unless_there(
            conversation_members, ("channel_id", "user_id"), channel_id=channel_id, user_id=user_id
        )

    async def remove_member(self, channel_id: ChannelId, user_id: UserId) -> None:
        self._later(_REMOVE, of_channel=channel_id, of_user=user_id)
        self._later(_FORGET_CURSOR, of_channel=channel_id, of_user=user_id)

    async def delete(self, channel_id: ChannelId) -> None:
        # The rest goes by its references.
        self._put_off(step(FORGET_OF_CHANNEL, channel_id=channel_id), step(_DELETE, of_channel=channel_id))

    async def counts(self, user_ids: Collection[UserId], kind: ConversationKind) -> dict[UserId, int]:
        found = dict.fromkeys(user_ids, 0)
        for some in portions(user_ids):
            rows = await self._all(_COUNTS, user_ids=some, of_kind=kind.value)
            found.update((row.user_id, row.number) for row in rows)
        return found

    async def partners(self, user_id: UserId) -> list[UserId]:
        return sorted(row.user_id for row in await self._all(_OTHERS, of_user=user_id))

    async def sharing(self, user_id: UserId, other_ids: Collection[UserId]) -> set[UserId]:
        found: set[UserId] = set()
        for some in portions(other_ids):
            found.update(row.user_id for row in await self._all(_SHARING, of_user=user_id, user_ids=some))
        return found

    async def _with_members(self, rows: Executable, members: Executable, **parameters: Any) -> list[Conversation]:
        found, theirs = await self._together(Step(rows, parameters), Step(members, parameters))
        of_channel: defaultdict[Snowflake, list[UserId]] = defaultdict(list)
        for row in theirs.rows:
            of_channel[row.channel_id].append(row.user_id)
        return [read_conversation(row, of_channel[row.channel_id]) for row in found.rows]


def read_conversation(row: Row[Any], member_ids: Sequence[UserId]) -> Conversation:
    """A row of ``conversations`` with name and last message of its channel. Raises :class:`CorruptRow`."""
    try:
        kind = ConversationKind(row.kind)
    except ValueError as error:
        raise CorruptRow(f"conversation {row.channel_id} is of no kind that is known here") from error
    return Conversation(
        id=row.channel_id,
        kind=kind,
        name=row.name,
        owner_id=row.owner_id,
        member_ids=tuple(member_ids),
        last_message_id=row.last_message_id,
    )

"""What lies before someone who wants to do something in a channel: read in one go, whatever kind of channel it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, func, or_, select

from db.connection import Outcome, Step
from db.repos.base import Repository, given, step
from db.repos.channels import LOCK_WRITER, read_channels
from db.repos.conversations import read_conversation
from db.repos.messages import BY_NONCE, read_message
from db.repos.relations import read_kind
from db.repos.users import PUBLIC, read_user
from db.tables.accounts import users
from db.tables.channels import channels, overwrites
from db.tables.conversations import conversation_members, conversations
from db.tables.groups import groups, member_roles, members, roles
from db.tables.people import relations
from server.domain.entities import Conversation, ConversationKind, Group, Member, RelationKind, Role
from server.domain.ids import ChannelId, UserId
from server.domain.relations import NONE, Tie
from server.ports import Desk

_CATEGORY = select(channels.c.category_id).where(channels.c.id == given("of_channel")).scalar_subquery()

_WHO = (
    select(
        *PUBLIC,
        groups.c.id.label("group_id"),
        groups.c.name.label("group_name"),
        groups.c.owner_id.label("group_owner_id"),
        members.c.joined_ms,
        members.c.nickname,
        members.c.timed_out_until_ms,
        conversations.c.channel_id,
        conversations.c.kind,
        conversations.c.owner_id,
        channels.c.name,
        channels.c.last_message_id,
    )
    .join_from(channels, groups, groups.c.id == channels.c.group_id, isouter=True)
    .join(members, and_(members.c.group_id == channels.c.group_id, members.c.user_id == given("of_user")), isouter=True)
    .join(conversations, conversations.c.channel_id == channels.c.id, isouter=True)
    # The same id either way; with nothing of another table beside it, SQLAlchemy takes it for a forgotten condition.
    .join(users, users.c.id == func.coalesce(members.c.user_id, given("of_user")), isouter=True)
    .where(channels.c.id == given("of_channel"))
)
_CHANNELS = select(channels).where(
    or_(channels.c.id == given("of_channel"), channels.c.id == _CATEGORY), channels.c.group_id.is_not(None)
)
_OVERWRITES = select(overwrites).where(
    or_(overwrites.c.channel_id == given("of_channel"), overwrites.c.channel_id == _CATEGORY)
)
_ROLES = (
    select(roles, member_roles.c.user_id.label("held_by"))
    .join_from(channels, roles, roles.c.group_id == channels.c.group_id)
    .join(
        member_roles,
        and_(
            member_roles.c.group_id == roles.c.group_id,
            member_roles.c.user_id == given("of_user"),
            member_roles.c.role_id == roles.c.id,
        ),
        isouter=True,
    )
    .where(channels.c.id == given("of_channel"))
)
_MINE, _THEIRS = relations.alias("mine"), relations.alias("theirs")
_IN_CONVERSATION = (
    select(conversation_members.c.user_id, _MINE.c.kind.label("mine"), _THEIRS.c.kind.label("theirs"))
    .join_from(
        conversation_members,
        _MINE,
        and_(_MINE.c.user_id == given("of_user"), _MINE.c.other_id == conversation_members.c.user_id),
        isouter=True,
    )
    .join(
        _THEIRS,
        and_(_THEIRS.c.user_id == conversation_members.c.user_id, _THEIRS.c.other_id == given("of_user")),
        isouter=True,
    )
    .where(conversation_members.c.channel_id == given("of_channel"))
    .order_by(conversation_members.c.user_id)
)


def _steps(channel_id: ChannelId, user_id: UserId) -> list[Step]:
    return [
        step(_WHO, of_channel=channel_id, of_user=user_id),
        step(_CHANNELS, of_channel=channel_id),
        step(_OVERWRITES, of_channel=channel_id),
        step(_ROLES, of_channel=channel_id, of_user=user_id),
        step(_IN_CONVERSATION, of_channel=channel_id, of_user=user_id),
    ]


class SqlDesks(Repository):
    __slots__ = ()

    async def at(self, channel_id: ChannelId, user_id: UserId) -> Desk:
        return _desk(channel_id, user_id, await self._together(*_steps(channel_id, user_id)))

    async def of_writer(self, channel_id: ChannelId, user_id: UserId, nonce: str) -> Desk:
        lock = step(LOCK_WRITER, channel_id=channel_id)
        by_nonce = step(BY_NONCE, of_channel=channel_id, author_id=user_id, nonce=nonce)
        # SQLite has one writer at a time; elsewhere what is read counts from the moment on at which the others have to wait.
        before = [] if self._connection.dialect.name == "sqlite" else [lock]
        found = await self._together(*before, *_steps(channel_id, user_id), by_nonce)
        return _desk(channel_id, user_id, found[len(before) : -1], found[-1].rows)


def _desk(channel_id: ChannelId, user_id: UserId, found: Sequence[Outcome], written: Sequence[Row[Any]] = ()) -> Desk:
    who, its_channels, its_overwrites, its_roles, partners = (outcome.rows for outcome in found)
    if not who:
        return Desk()
    row = who[0]
    by_id = {channel.id: channel for channel in read_channels(its_channels, its_overwrites)}
    channel = by_id.get(channel_id)
    conversation = None if row.kind is None else read_conversation(row, [each.user_id for each in partners])
    return Desk(
        channel=channel,
        category=None if channel is None or channel.category_id is None else by_id.get(channel.category_id),
        group=None if channel is None else Group(id=row.group_id, name=row.group_name, owner_id=row.group_owner_id),
        roles=tuple([_role(each) for each in its_roles]),
        member=None if row.joined_ms is None else _member(row, user_id, its_roles),
        conversation=conversation,
        tie=_tie(conversation, user_id, partners),
        user=None if row.id is None else read_user(row),
        last_message_id=row.last_message_id,
        written=read_message(written[0]) if written else None,
    )


def _tie(conversation: Conversation | None, user_id: UserId, partners: Sequence[Row[Any]]) -> Tie:
    if conversation is None or conversation.kind is not ConversationKind.DIRECT:
        return NONE
    return next((Tie(_word(row, row.mine), _word(row, row.theirs)) for row in partners if row.user_id != user_id), NONE)


def _word(partner: Row[Any], stored: str | None) -> RelationKind | None:
    return None if stored is None else read_kind(stored, partner.user_id)


def _role(row: Row[Any]) -> Role:
    return Role(
        id=row.id,
        group_id=row.group_id,
        name=row.name,
        permissions=row.permissions,
        position=row.position,
        colour=row.colour,
        hoisted=row.hoisted,
        mentionable=row.mentionable,
    )


def _member(row: Row[Any], user_id: UserId, its_roles: Sequence[Row[Any]]) -> Member:
    return Member(
        group_id=row.group_id,
        user_id=user_id,
        nickname=row.nickname,
        role_ids=tuple(sorted(each.id for each in its_roles if each.held_by is not None)),
        joined_ms=row.joined_ms,
        timed_out_until_ms=row.timed_out_until_ms,
    )

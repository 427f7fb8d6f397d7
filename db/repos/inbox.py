"""The statement behind the inbox: messages that ping one user, over many channels."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, or_, select, text, union

from db.repos.base import among, given
from db.tables.channels import channels, messages
from db.tables.groups import members
from db.tables.messages import mentions
from db.tables.people import relations
from server.domain.entities import RelationKind
from server.domain.ids import EPOCH_MS, TIME_SHIFT
from server.ports import EVERYONE_ID

_BLOCKED: Final = select(relations.c.other_id).where(
    relations.c.user_id == given("of_user"), relations.c.kind == RelationKind.BLOCKED.value
)
_SINCE_THEN: Final = or_(
    channels.c.group_id.is_(None),  # a conversation
    mentions.c.message_id >= (members.c.joined_ms - EPOCH_MS) * (1 << TIME_SHIFT),
)
_PINGING: Final = (
    select(mentions.c.channel_id, mentions.c.message_id)
    .join_from(
        mentions, messages, and_(messages.c.channel_id == mentions.c.channel_id, messages.c.id == mentions.c.message_id)
    )
    .join(channels, channels.c.id == mentions.c.channel_id)
    .join(
        members,
        and_(members.c.group_id == channels.c.group_id, members.c.user_id == given("of_user")),
        isouter=True,
    )
    .where(
        among(mentions.c.channel_id, "channel_ids"),
        mentions.c.message_id < given("before"),
        messages.c.author_id != given("of_user"),
        messages.c.author_id.not_in(_BLOCKED),
        _SINCE_THEN,
    )
    .distinct()  # there may be several reasons
    .limit(given("at_most"))
)
_TO_ONE: Final = (
    # There is an index in the order of the page.
    _PINGING.where(mentions.c.user_id == given("of_user")).order_by(mentions.c.message_id.desc()).subquery()
)
_TO_EVERYONE: Final = (
    # Most of them are of other groups: an order that no index has makes the database go by the channels.
    _PINGING.where(mentions.c.user_id == EVERYONE_ID)
    .add_columns((mentions.c.message_id + 0).label("newness"))
    .order_by(text("newness DESC"))
    .subquery()
)
_PINGS: Final = union(
    select(_TO_ONE.c.channel_id, _TO_ONE.c.message_id), select(_TO_EVERYONE.c.channel_id, _TO_EVERYONE.c.message_id)
).subquery("pings")
PINGING: Final = (
    select(messages)
    .join_from(
        _PINGS, messages, and_(messages.c.channel_id == _PINGS.c.channel_id, messages.c.id == _PINGS.c.message_id)
    )
    .order_by(messages.c.id.desc())
    .limit(given("at_most"))
)
"""Newest first: at most ``at_most`` messages of ``channel_ids`` before ``before`` that ping ``of_user``."""

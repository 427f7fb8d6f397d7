"""How far people have read."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import and_, func, select

from db.repos.base import Repository, among, given, portions
from db.tables.accounts import users
from db.tables.channels import channels, cursors, messages
from db.tables.columns import Id
from server.domain.entities import Cursor
from server.domain.ids import MAX_ID, ChannelId, MessageId, UserId

_OF_USER = select(cursors.c.channel_id, cursors.c.message_id).where(
    cursors.c.user_id == given("of_user"), among(cursors.c.channel_id, "channel_ids")
)
_AFTER_CURSOR = (
    # For each channel one range of the messages' key, from the cursor on; nothing is grouped or sorted.
    select(func.count())
    .where(
        messages.c.channel_id == channels.c.id,
        messages.c.id > func.coalesce(cursors.c.message_id, 0),
        messages.c.author_id != given("of_user"),
    )
    .correlate(channels, cursors)
    .scalar_subquery()
)
_UNREAD = (
    select(channels.c.id, _AFTER_CURSOR.label("number"))
    .join_from(
        channels,
        cursors,
        and_(cursors.c.channel_id == channels.c.id, cursors.c.user_id == given("of_user")),
        isouter=True,
    )
    .where(among(channels.c.id, "channel_ids"))
)

# The readers of one channel. What is unread is what lies after the cursor, less one's own. Counting it for each reader would go
# over the same messages once for each; here each message is counted once, between two neighbouring cursors.
_READ_TO = func.coalesce(cursors.c.message_id, 0)
_READERS = (
    select(users.c.id, cursors.c.message_id)
    .join_from(
        users,
        cursors,
        and_(cursors.c.user_id == users.c.id, cursors.c.channel_id == given("in_channel")),
        isouter=True,
    )
    .where(among(users.c.id, "user_ids"))
)
_MARKS = _READERS.with_only_columns(_READ_TO.label("mark")).distinct().subquery("marks")
_SPANS = select(
    _MARKS.c.mark, func.lead(_MARKS.c.mark, type_=Id()).over(order_by=_MARKS.c.mark).label("until")
).subquery("spans")
_WITHIN_SPANS = select(
    _SPANS.c.mark,
    select(func.count())
    .where(
        messages.c.channel_id == given("in_channel"),
        messages.c.id > _SPANS.c.mark,
        messages.c.id <= func.coalesce(_SPANS.c.until, MAX_ID),
    )
    .correlate(_SPANS)
    .scalar_subquery()
    .label("number"),
)
_OWN = (
    select(messages.c.author_id, func.count().label("number"))
    .join_from(
        messages,
        cursors,
        and_(cursors.c.user_id == messages.c.author_id, cursors.c.channel_id == messages.c.channel_id),
        isouter=True,
    )
    .where(
        messages.c.channel_id == given("in_channel"),
        messages.c.id > given("first_mark"),
        messages.c.id > _READ_TO,
        among(messages.c.author_id, "user_ids"),
    )
    .group_by(messages.c.author_id)
)


class SqlCursors(Repository):
    __slots__ = ()

    async def of_user(self, user_id: UserId, channel_ids: Collection[ChannelId]) -> dict[ChannelId, MessageId]:
        found: dict[ChannelId, MessageId] = {}
        for some in portions(channel_ids):
            rows = await self._all(_OF_USER, of_user=user_id, channel_ids=some)
            found.update((row.channel_id, row.message_id) for row in rows)
        return found

    async def set(self, user_id: UserId, channel_id: ChannelId, message_id: MessageId) -> None:
        await self._insert_or_update(
            cursors,
            ("user_id", "channel_id"),
            ("message_id",),
            user_id=user_id,
            channel_id=channel_id,
            message_id=message_id,
        )

    async def unread(self, user_id: UserId, channel_ids: Collection[ChannelId]) -> dict[ChannelId, int]:
        found = dict.fromkeys(channel_ids, 0)
        for some in portions(channel_ids):
            rows = await self._all(_UNREAD, of_user=user_id, channel_ids=some)
            found.update((row.id, row.number) for row in rows)
        return found

    async def of_readers(self, channel_id: ChannelId, user_ids: Collection[UserId]) -> dict[UserId, Cursor]:
        found: dict[UserId, Cursor] = {}
        for some in portions(user_ids):
            readers = await self._all(_READERS, in_channel=channel_id, user_ids=some)
            if not readers:
                continue
            spans = await self._all(_WITHIN_SPANS, in_channel=channel_id, user_ids=some)
            after, total = dict[int, int](), 0
            for span in sorted(spans, key=lambda span: span.mark, reverse=True):
                total += span.number
                after[span.mark] = total
            rows = await self._all(_OWN, in_channel=channel_id, user_ids=some, first_mark=min(after))
            own = {row.author_id: row.number for row in rows}
            for row in readers:
                unread = after[row.message_id or 0] - own.get(row.id, 0)
                found[row.id] = Cursor(channel_id=channel_id, last_read_id=row.message_id, unread=unread)
        return found

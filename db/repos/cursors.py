"""How far people have read, and what that leaves unread."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Row, and_, delete, func, select

from db.connection import Step
from db.repos.base import Repository, among, given, portions
from db.tables.accounts import users
from db.tables.channels import channels, cursors, messages
from db.tables.columns import Id
from db.tables.messages import mentions
from db.tables.people import relations
from server.domain.entities import Cursor, RelationKind
from server.domain.ids import MAX_ID, ChannelId, MessageId, Snowflake, UserId
from server.ports import EVERYONE_ID

_READ_TO: Final = func.coalesce(cursors.c.message_id, 0)
_PINGING: Final = and_(messages.c.channel_id == mentions.c.channel_id, messages.c.id == mentions.c.message_id)
_BLOCKED: Final = relations.c.kind == RelationKind.BLOCKED.value

_OF_USER = select(cursors.c.channel_id, cursors.c.message_id).where(
    cursors.c.user_id == given("of_user"), among(cursors.c.channel_id, "channel_ids")
)
_CLEAR = delete(cursors).where(cursors.c.user_id == given("of_user"), cursors.c.channel_id == given("of_channel"))

# ------------------------------------------------------------------------------------- one reader of many channels

_HEARD = and_(
    messages.c.author_id != given("of_user"),
    messages.c.author_id.not_in(select(relations.c.other_id).where(relations.c.user_id == given("of_user"), _BLOCKED)),
)
_AFTER_CURSOR = (
    # For each channel one range of the messages' key, from the cursor on; nothing is grouped or sorted.
    select(func.count())
    .where(messages.c.channel_id == channels.c.id, messages.c.id > _READ_TO, _HEARD)
    .correlate(channels, cursors)
    .scalar_subquery()
)
_PINGS_AFTER_CURSOR = (
    select(func.count(mentions.c.message_id.distinct()))
    .join_from(mentions, messages, _PINGING)
    .where(
        mentions.c.user_id.in_((given("of_user"), EVERYONE_ID)),
        mentions.c.channel_id == channels.c.id,
        mentions.c.message_id > _READ_TO,
        _HEARD,
    )
    .correlate(channels, cursors)
    .scalar_subquery()
)
_COUNTED = (
    select(channels.c.id, cursors.c.message_id, _AFTER_CURSOR.label("unread"), _PINGS_AFTER_CURSOR.label("mentions"))
    .join_from(
        channels,
        cursors,
        and_(cursors.c.channel_id == channels.c.id, cursors.c.user_id == given("of_user")),
        isouter=True,
    )
    .where(among(channels.c.id, "channel_ids"))
)

# ------------------------------------------------------------------------------------- many readers of one channel
#
# Counting for each reader would go over the same messages once for each. Here each message is counted once, between two
# neighbouring cursors, and then what does not count for a reader is taken off: one's own, and those of people one has blocked.

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
_IN_SPAN = and_(
    messages.c.channel_id == given("in_channel"),
    messages.c.id > _SPANS.c.mark,
    messages.c.id <= func.coalesce(_SPANS.c.until, MAX_ID),
)
_WITHIN_SPANS = select(
    _SPANS.c.mark, select(func.count()).where(_IN_SPAN).correlate(_SPANS).scalar_subquery().label("number")
)
_UNREAD_BY_SOMEBODY = and_(messages.c.channel_id == given("in_channel"), messages.c.id > given("first_mark"))
_OWN = (
    select(messages.c.author_id, func.count().label("number"))
    .join_from(
        messages,
        cursors,
        and_(cursors.c.user_id == messages.c.author_id, cursors.c.channel_id == messages.c.channel_id),
        isouter=True,
    )
    .where(_UNREAD_BY_SOMEBODY, messages.c.id > _READ_TO, among(messages.c.author_id, "user_ids"))
    .group_by(messages.c.author_id)
)
_BLOCKS = select(relations.c.user_id, relations.c.other_id).where(among(relations.c.user_id, "user_ids"), _BLOCKED)
_BY_BLOCKED = (
    select(_SPANS.c.mark, messages.c.author_id, func.count().label("number"))
    .join_from(_SPANS, messages, _IN_SPAN)
    .where(
        messages.c.author_id.in_(select(relations.c.other_id).where(among(relations.c.user_id, "user_ids"), _BLOCKED))
    )
    .group_by(_SPANS.c.mark, messages.c.author_id)
)
_TO_EVERYONE = (
    select(mentions.c.message_id, messages.c.author_id)
    .join_from(mentions, messages, _PINGING)
    .where(
        mentions.c.user_id == EVERYONE_ID,
        mentions.c.channel_id == given("in_channel"),
        mentions.c.message_id > given("first_mark"),
    )
    .distinct()
)
_EVERYONES = mentions.alias("everyones")
_TO_READERS = (
    # Without those that are counted for everyone already.
    select(mentions.c.user_id, messages.c.author_id, func.count(mentions.c.message_id.distinct()).label("number"))
    .join_from(mentions, messages, _PINGING)
    .join(
        cursors,
        and_(cursors.c.user_id == mentions.c.user_id, cursors.c.channel_id == mentions.c.channel_id),
        isouter=True,
    )
    .where(
        among(mentions.c.user_id, "user_ids"),
        mentions.c.channel_id == given("in_channel"),
        mentions.c.message_id > given("first_mark"),
        mentions.c.message_id > _READ_TO,
        ~select(_EVERYONES.c.user_id)
        .where(
            _EVERYONES.c.user_id == EVERYONE_ID,
            _EVERYONES.c.channel_id == mentions.c.channel_id,
            _EVERYONES.c.message_id == mentions.c.message_id,
        )
        .correlate(mentions)
        .exists(),
    )
    .group_by(mentions.c.user_id, messages.c.author_id)
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

    async def set_all(self, user_id: UserId, reached: Mapping[ChannelId, MessageId]) -> None:
        rows = [
            {"user_id": user_id, "channel_id": channel_id, "message_id": message_id}
            for channel_id, message_id in reached.items()
        ]
        await self._insert_or_update_all(cursors, ("user_id", "channel_id"), ("message_id",), rows)

    async def clear(self, user_id: UserId, channel_id: ChannelId) -> None:
        self._later(_CLEAR, of_user=user_id, of_channel=channel_id)

    async def counted(self, user_id: UserId, channel_ids: Collection[ChannelId]) -> dict[ChannelId, Cursor]:
        found = {one: Cursor(channel_id=one, last_read_id=None, unread=0) for one in channel_ids}
        for some in portions(channel_ids):
            for row in await self._all(_COUNTED, of_user=user_id, channel_ids=some):
                found[row.id] = Cursor(
                    channel_id=row.id, last_read_id=row.message_id, unread=row.unread, mentions=row.mentions
                )
        return found

    async def of_readers(
        self, channel_id: ChannelId, user_ids: Collection[UserId], *, behind: MessageId | None = None
    ) -> dict[UserId, Cursor]:
        found: dict[UserId, Cursor] = {}
        for some in portions(user_ids):
            readers = await self._all(_READERS, in_channel=channel_id, user_ids=some)
            read_to = {row.id: row.message_id for row in readers if behind is None or (row.message_id or 0) < behind}
            if read_to:
                await self._count(channel_id, read_to, found)
        return found

    async def _count(
        self, channel_id: ChannelId, read_to: Mapping[UserId, MessageId | None], found: dict[UserId, Cursor]
    ) -> None:
        asked = {"in_channel": channel_id, "user_ids": list(read_to)}
        unread_by_somebody = {"in_channel": channel_id, "first_mark": min(one or 0 for one in read_to.values())}
        both = asked | unread_by_somebody
        spans, own, blocks, to_everyone, to_readers = (
            outcome.rows
            for outcome in await self._together(
                Step(_WITHIN_SPANS, asked),
                Step(_OWN, both),
                Step(_BLOCKS, {"user_ids": asked["user_ids"]}),
                Step(_TO_EVERYONE, unread_by_somebody),
                Step(_TO_READERS, both),
            )
        )
        by_blocked = await self._all(_BY_BLOCKED, **asked) if blocks else ()
        blocked = _sets((row.user_id, row.other_id) for row in blocks)
        unread = _Unread(spans, own, by_blocked)
        pings = _Pings(to_everyone, to_readers, blocked)
        for user_id, message_id in read_to.items():
            found[user_id] = Cursor(
                channel_id=channel_id,
                last_read_id=message_id,
                unread=unread.of(user_id, message_id or 0, blocked.get(user_id, ())),
                mentions=pings.of(user_id, message_id or 0, blocked.get(user_id, ())),
            )


class _Unread:
    """How many messages lie after the cursor of each reader of a channel."""

    def __init__(self, spans: Sequence[Row[Any]], own: Sequence[Row[Any]], by_blocked: Sequence[Row[Any]]) -> None:
        self._after: dict[int, int] = {}
        total = 0
        for span in sorted(spans, key=lambda span: span.mark, reverse=True):
            total += span.number
            self._after[span.mark] = total
        self._own: dict[Snowflake, int] = {row.author_id: row.number for row in own}
        self._of_author: defaultdict[Snowflake, list[tuple[int, int]]] = defaultdict(list)
        for row in by_blocked:
            self._of_author[row.author_id].append((row.mark, row.number))

    def of(self, user_id: UserId, read_to: int, blocked: Iterable[Snowflake]) -> int:
        hidden = sum(number for one in blocked for mark, number in self._of_author.get(one, ()) if mark >= read_to)
        return self._after[read_to] - self._own.get(user_id, 0) - hidden


class _Pings:
    """How many of them ping the reader."""

    def __init__(
        self,
        to_everyone: Sequence[Row[Any]],
        to_readers: Sequence[Row[Any]],
        blocked: Mapping[Snowflake, Collection[Snowflake]],
    ) -> None:
        self._all = sorted(row.message_id for row in to_everyone)
        self._of_author: defaultdict[Snowflake, list[Snowflake]] = defaultdict(list)
        for row in sorted(to_everyone, key=lambda row: row.message_id):
            self._of_author[row.author_id].append(row.message_id)
        self._to_reader: defaultdict[Snowflake, int] = defaultdict(int)
        for row in to_readers:
            if row.author_id != row.user_id and row.author_id not in blocked.get(row.user_id, ()):
                self._to_reader[row.user_id] += row.number

    def of(self, user_id: UserId, read_to: int, blocked: Iterable[Snowflake]) -> int:
        not_heard = sum(_after(self._of_author[one], read_to) for one in {user_id, *blocked} & self._of_author.keys())
        return _after(self._all, read_to) - not_heard + self._to_reader[user_id]


def _after(ids: Sequence[int], read_to: int) -> int:
    return len(ids) - bisect_right(ids, read_to)


def _sets(pairs: Iterable[tuple[Snowflake, Snowflake]]) -> dict[Snowflake, set[Snowflake]]:
    found: defaultdict[Snowflake, set[Snowflake]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return dict(found)

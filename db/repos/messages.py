"""What was written."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final, overload

import msgspec
from sqlalchemy import Row, and_, delete, false, func, insert, select, update

from db.errors import CorruptRow
from db.repos.base import Repository, among, given, portions, step
from db.repos.inbox import PINGING
from db.repos.reactions import SqlReactions
from db.repos.search import forgetting, in_key_order
from db.tables.channels import channels, message_nonces, messages
from server.domain import codec
from server.domain.entities import Mentions, Message, Preview
from server.domain.ids import MAX_ID, ChannelId, MessageId, UserId
from server.domain.sections import Section

_MENTIONS: Final[msgspec.json.Decoder[Mentions]] = codec.decoder(Mentions)
_PREVIEWS: Final[msgspec.json.Decoder[tuple[Preview, ...]]] = codec.decoder(tuple[Preview, ...])
_SECTIONS: Final[msgspec.json.Decoder[tuple[Section, ...]]] = codec.decoder(tuple[Section, ...])

_IT = and_(messages.c.channel_id == given("of_channel"), messages.c.id == given("message_id"))

_ADD = insert(messages)
_ADD_NONCE = insert(message_nonces)
_MOVE_LAST = update(channels).where(channels.c.id == given("of_channel"))
_GET = select(messages).where(_IT)
BY_NONCE = (
    select(
        message_nonces.c.message_id.label("id"),
        message_nonces.c.channel_id,
        message_nonces.c.author_id,
        func.coalesce(messages.c.sections, "[]").label("sections"),
        messages.c.edited_ms,
        message_nonces.c.nonce,
        messages.c.mentions,
        func.coalesce(messages.c.pinned, false()).label("pinned"),
        messages.c.previews,
    )
    .join_from(
        message_nonces,
        messages,
        and_(messages.c.channel_id == message_nonces.c.channel_id, messages.c.id == message_nonces.c.message_id),
        isouter=True,
    )
    .where(
        message_nonces.c.channel_id == given("of_channel"),
        message_nonces.c.author_id == given("author_id"),
        message_nonces.c.nonce == given("nonce"),
    )
)
_SET = update(messages).where(_IT)
_DELETE = delete(messages).where(_IT)
_MANY = and_(messages.c.channel_id == given("of_channel"), among(messages.c.id, "message_ids"))
_BY_IDS = select(messages).where(_MANY)
_BY_AUTHOR = (
    select(messages.c.id)
    .where(
        messages.c.channel_id == given("of_channel"),
        messages.c.id >= given("first"),
        messages.c.author_id == given("author_id"),
    )
    .order_by(messages.c.id)
    .limit(given("at_most"))
)
_BY_KEYS = select(messages).where(among(messages.c.channel_id, "channel_ids"), among(messages.c.id, "message_ids"))
_THERE = select(messages.c.id).where(_MANY)
_DELETE_MANY = delete(messages).where(_MANY)
_PAGE = select(messages).where(messages.c.channel_id == given("of_channel")).limit(given("at_most"))
_NEWEST = _PAGE.order_by(messages.c.id.desc())
_BEFORE = _NEWEST.where(messages.c.id < given("before"))
_AFTER = _PAGE.order_by(messages.c.id).where(messages.c.id > given("after"))
_OTHERS = messages.alias("others")
_NEWEST_OF = (
    # For each channel one step to the end of its range of the key: its last message may have been deleted.
    select(messages)
    .join_from(channels, messages, messages.c.channel_id == channels.c.id)
    .where(
        among(channels.c.id, "channel_ids"),
        messages.c.id
        == select(func.max(_OTHERS.c.id))
        .where(_OTHERS.c.channel_id == channels.c.id)
        .correlate(channels)
        .scalar_subquery(),
    )
)


def read_message(row: Row[Any]) -> Message:
    """A row of ``messages``. Raises :class:`CorruptRow`."""
    try:
        sections = _SECTIONS.decode(row.sections)
        mentions = None if row.mentions is None else _MENTIONS.decode(row.mentions)
        previews = () if row.previews is None else _PREVIEWS.decode(row.previews)
    except msgspec.MsgspecError as error:
        raise CorruptRow(f"message {row.id} in channel {row.channel_id} cannot be read: {error}") from error
    return Message(
        id=row.id,
        channel_id=row.channel_id,
        author_id=row.author_id,
        sections=sections,
        mentions=mentions,
        pinned=bool(row.pinned),
        previews=previews,
        edited_ms=row.edited_ms,
        nonce=row.nonce,
    )


@overload
def _stored(value: tuple[Section, ...]) -> str: ...
@overload
def _stored(value: Mentions | None) -> str | None: ...
def _stored(value: tuple[Section, ...] | Mentions | None) -> str | None:
    return None if value is None else codec.encode(value).decode()


class SqlMessages(Repository):
    __slots__ = ()

    async def add(self, message: Message) -> None:
        add = step(
            _ADD,
            channel_id=message.channel_id,
            id=message.id,
            author_id=message.author_id,
            sections=_stored(message.sections),
            mentions=_stored(message.mentions),
            edited_ms=message.edited_ms,
            nonce=message.nonce,
        )
        add_nonce = step(
            _ADD_NONCE,
            channel_id=message.channel_id,
            author_id=message.author_id,
            nonce=message.nonce,
            message_id=message.id,
        )
        move_last = step(_MOVE_LAST, of_channel=message.channel_id, last_message_id=message.id)
        if message.nonce is None:
            self._put_off(add, move_last)
        else:
            self._put_off(add, add_nonce, move_last)

    async def by_nonce(self, channel_id: ChannelId, author_id: UserId, nonce: str) -> Message | None:
        row = await self._first(BY_NONCE, of_channel=channel_id, author_id=author_id, nonce=nonce)
        return None if row is None else read_message(row)

    async def get(self, channel_id: ChannelId, message_id: MessageId) -> Message | None:
        row = await self._first(_GET, of_channel=channel_id, message_id=message_id)
        if row is None:
            return None
        (message,) = await self._with_reactions([read_message(row)])
        return message

    async def by_ids(self, channel_id: ChannelId, message_ids: Collection[MessageId]) -> list[Message]:
        found: list[Message] = []
        for some in portions(message_ids):
            found += (read_message(row) for row in await self._all(_BY_IDS, of_channel=channel_id, message_ids=some))
        return await self._with_reactions(sorted(found, key=lambda message: message.id))

    async def by_keys(
        self, keys: Collection[tuple[ChannelId, MessageId]]
    ) -> dict[tuple[ChannelId, MessageId], Message]:
        rows = await self._all(_BY_KEYS, **in_key_order(keys)) if keys else ()
        found = [read_message(row) for row in rows if (row.channel_id, row.id) in keys]
        return {(one.channel_id, one.id): one for one in await self._with_reactions(found)}

    async def edit(
        self,
        channel_id: ChannelId,
        message_id: MessageId,
        sections: tuple[Section, ...],
        mentions: Mentions | None,
        edited_ms: int,
    ) -> None:
        self._later(
            _SET,
            of_channel=channel_id,
            message_id=message_id,
            sections=_stored(sections),
            mentions=_stored(mentions),
            edited_ms=edited_ms,
        )

    async def delete(self, channel_id: ChannelId, message_id: MessageId) -> bool:
        forget = forgetting(self._connection.dialect.name, [message_id])
        outcomes = await self._together(*forget, step(_DELETE, of_channel=channel_id, message_id=message_id))
        return outcomes[-1].changed == 1

    async def by_author(
        self, channel_id: ChannelId, author_id: UserId, first: MessageId, limit: int
    ) -> list[MessageId]:
        rows = await self._all(_BY_AUTHOR, of_channel=channel_id, author_id=author_id, first=first, at_most=limit)
        return [row.id for row in rows]

    async def delete_many(self, channel_id: ChannelId, message_ids: Collection[MessageId]) -> list[MessageId]:
        gone: list[MessageId] = []
        for some in portions(message_ids):
            rows = await self._all(_THERE, of_channel=channel_id, message_ids=some)
            there = [row.id for row in rows]
            if there:
                delete_many = step(_DELETE_MANY, of_channel=channel_id, message_ids=there)
                self._put_off(*forgetting(self._connection.dialect.name, there), delete_many)
            gone += there
        return sorted(gone)

    async def page(
        self, channel_id: ChannelId, *, before: int | None = None, after: int | None = None, limit: int
    ) -> list[Message]:
        if before is not None and after is not None:
            raise ValueError("a page lies before an id or after one")
        if after is not None:
            rows = await self._all(_AFTER, of_channel=channel_id, after=after, at_most=limit)
            return await self._with_reactions([read_message(row) for row in rows])
        if before is not None:
            beyond = min(before, MAX_ID)  # one more than the largest id is a fair question, and no 64-bit number
            rows = await self._all(_BEFORE, of_channel=channel_id, before=beyond, at_most=limit)
        else:
            rows = await self._all(_NEWEST, of_channel=channel_id, at_most=limit)
        return await self._with_reactions([read_message(row) for row in reversed(rows)])

    async def _with_reactions(self, found: Sequence[Message]) -> list[Message]:
        reactions = await SqlReactions(self._connection).of_keys([(one.channel_id, one.id) for one in found])
        return [
            msgspec.structs.replace(one, reactions=reactions[key])
            if (key := (one.channel_id, one.id)) in reactions
            else one
            for one in found
        ]

    async def newest(self, channel_ids: Collection[ChannelId]) -> dict[ChannelId, Message]:
        found: list[Message] = []
        for some in portions(channel_ids):
            found += (read_message(row) for row in await self._all(_NEWEST_OF, channel_ids=some))
        return {message.channel_id: message for message in await self._with_reactions(found)}

    async def pinging(
        self, user_id: UserId, channel_ids: Collection[ChannelId], before: MessageId | None, limit: int
    ) -> list[Message]:
        found: list[Message] = []
        beyond = MAX_ID if before is None else before
        for some in portions(channel_ids):
            rows = await self._all(PINGING, of_user=user_id, channel_ids=some, before=beyond, at_most=limit)
            found += (read_message(row) for row in rows)
        newest = sorted(found, key=lambda message: message.id, reverse=True)[:limit]
        return await self._with_reactions(newest)

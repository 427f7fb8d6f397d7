"""What was written."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from sqlalchemy import Row, delete, func, insert, select, update

from db.errors import CorruptRow
from db.repos.base import Repository
from db.tables.channels import channels, message_nonces, messages
from server.domain import codec
from server.domain.entities import Message
from server.domain.ids import ChannelId, MessageId, UserId
from server.domain.sections import Section

_SECTIONS: Final[msgspec.json.Decoder[tuple[Section, ...]]] = codec.decoder(tuple[Section, ...])


def _message(row: Row[Any]) -> Message:
    try:
        sections = _SECTIONS.decode(row.sections)
    except msgspec.MsgspecError as error:
        raise CorruptRow(f"message {row.id} in channel {row.channel_id} cannot be read: {error}") from error
    return Message(
        id=row.id,
        channel_id=row.channel_id,
        author_id=row.author_id,
        sections=sections,
        edited_ms=row.edited_ms,
        nonce=row.nonce,
    )


def _stored(sections: tuple[Section, ...]) -> str:
    return codec.encode(sections).decode()


class SqlMessages(Repository):
    __slots__ = ()

    async def add(self, message: Message) -> None:
        await self._change(
            insert(messages).values(
                channel_id=message.channel_id,
                id=message.id,
                author_id=message.author_id,
                sections=_stored(message.sections),
                edited_ms=message.edited_ms,
                nonce=message.nonce,
            )
        )
        if message.nonce is not None:
            await self._change(
                insert(message_nonces).values(
                    channel_id=message.channel_id,
                    author_id=message.author_id,
                    nonce=message.nonce,
                    message_id=message.id,
                )
            )
        await self._change(
            update(channels).where(channels.c.id == message.channel_id).values(last_message_id=message.id)
        )

    async def by_nonce(self, channel_id: ChannelId, author_id: UserId, nonce: str) -> Message | None:
        row = await self._first(
            select(
                message_nonces.c.message_id.label("id"),
                message_nonces.c.channel_id,
                message_nonces.c.author_id,
                func.coalesce(messages.c.sections, "[]").label("sections"),
                messages.c.edited_ms,
                message_nonces.c.nonce,
            )
            .join_from(
                message_nonces,
                messages,
                (messages.c.channel_id == message_nonces.c.channel_id) & (messages.c.id == message_nonces.c.message_id),
                isouter=True,
            )
            .where(
                message_nonces.c.channel_id == channel_id,
                message_nonces.c.author_id == author_id,
                message_nonces.c.nonce == nonce,
            )
        )
        return None if row is None else _message(row)

    async def get(self, channel_id: ChannelId, message_id: MessageId) -> Message | None:
        row = await self._first(
            select(messages).where(messages.c.channel_id == channel_id, messages.c.id == message_id)
        )
        return None if row is None else _message(row)

    async def edit(
        self, channel_id: ChannelId, message_id: MessageId, sections: tuple[Section, ...], edited_ms: int
    ) -> None:
        await self._change(
            update(messages)
            .where(messages.c.channel_id == channel_id, messages.c.id == message_id)
            .values(sections=_stored(sections), edited_ms=edited_ms)
        )

    async def delete(self, channel_id: ChannelId, message_id: MessageId) -> bool:
        gone = await self._change(
            delete(messages).where(messages.c.channel_id == channel_id, messages.c.id == message_id)
        )
        return gone == 1

    async def page(
        self, channel_id: ChannelId, *, before: int | None = None, after: int | None = None, limit: int
    ) -> list[Message]:
        statement = select(messages).where(messages.c.channel_id == channel_id).limit(limit)
        if before is not None:
            statement = statement.where(messages.c.id < before)
        if after is not None:
            rows = await self._all(statement.where(messages.c.id > after).order_by(messages.c.id))
            return [_message(row) for row in rows]
        rows = await self._all(statement.order_by(messages.c.id.desc()))
        return [_message(row) for row in reversed(rows)]

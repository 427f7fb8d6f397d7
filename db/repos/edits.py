"""Earlier versions of messages."""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import delete, insert, select

from db.errors import CorruptRow
from db.repos.base import Repository, given
from db.tables.messages import message_edits
from server.domain import codec
from server.domain.entities import Edit
from server.domain.ids import ChannelId, MessageId
from server.domain.sections import Section

_SECTIONS: Final[msgspec.json.Decoder[tuple[Section, ...]]] = codec.decoder(tuple[Section, ...])

_OF_MESSAGE = (message_edits.c.channel_id == given("of_channel"), message_edits.c.message_id == given("of_message"))
_ADD = insert(message_edits)
_ALL = select(message_edits).where(*_OF_MESSAGE).order_by(message_edits.c.until_ms)
_TIMES = select(message_edits.c.until_ms).where(*_OF_MESSAGE).order_by(message_edits.c.until_ms)
_FORGET = delete(message_edits).where(*_OF_MESSAGE, message_edits.c.until_ms <= given("last_ms"))


class SqlEdits(Repository):
    __slots__ = ()

    async def keep(self, channel_id: ChannelId, message_id: MessageId, edit: Edit, at_most: int) -> int:
        """Returns the ``until_ms`` under which it lies: two changes within one millisecond have one each."""
        times = [row.until_ms for row in await self._all(_TIMES, of_channel=channel_id, of_message=message_id)]
        until_ms = max(edit.until_ms, times[-1] + 1) if times else edit.until_ms
        if len(times) >= at_most:
            self._later(_FORGET, of_channel=channel_id, of_message=message_id, last_ms=times[-at_most])
        self._later(
            _ADD,
            channel_id=channel_id,
            message_id=message_id,
            until_ms=until_ms,
            sections=codec.encode(edit.sections).decode(),
        )
        return until_ms

    async def of_message(self, channel_id: ChannelId, message_id: MessageId) -> list[Edit]:
        rows = await self._all(_ALL, of_channel=channel_id, of_message=message_id)
        try:
            return [Edit(sections=_SECTIONS.decode(row.sections), until_ms=row.until_ms) for row in rows]
        except msgspec.MsgspecError as error:
            raise CorruptRow(f"an earlier version of message {message_id} cannot be read: {error}") from error

"""What was uploaded."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import msgspec
from msgspec import UNSET
from sqlalchemy import Row, delete, exists, func, insert, or_, select, update

from db.repos.base import Repository, among, given, portions, step
from db.tables.messages import file_uses, files
from db.tables.uploads import storage_quotas, uploads
from server.domain import codec
from server.domain.ids import ChannelId, FileId, MessageId, UserId
from server.domain.sections import Media
from server.ports import StoredFile

_ADD = insert(files)
_BY_IDS = select(files).where(among(files.c.id, "file_ids"))
_USES = (
    select(file_uses.c.channel_id, file_uses.c.message_id)
    .where(file_uses.c.file_id == given("file_id"))
    .order_by(file_uses.c.message_id)
)
_USED = select(file_uses.c.file_id).where(among(file_uses.c.file_id, "file_ids")).distinct()
_USE = insert(file_uses)
_DROP = delete(file_uses).where(
    among(file_uses.c.file_id, "file_ids"),
    file_uses.c.channel_id == given("of_channel"),
    file_uses.c.message_id == given("of_message"),
)
_OF_MESSAGES = (
    select(file_uses.c.file_id)
    .where(file_uses.c.channel_id == given("channel_id"), among(file_uses.c.message_id, "message_ids"))
    .distinct()
)
_UNUSED = ~exists().where(file_uses.c.file_id == files.c.id)
_RELEASE = update(files).where(among(files.c.id, "file_ids"), _UNUSED).values(released_ms=given("now_ms"))
_ABANDONED = (
    select(files.c.id)
    .where(or_(files.c.id < given("before"), files.c.released_ms.is_not(None)), _UNUSED)
    .order_by(files.c.id)
    .limit(given("at_most"))
)
_DELETE = delete(files).where(among(files.c.id, "file_ids"))
_KNOWN = select(files.c.id).where(among(files.c.id, "file_ids"))
_UNDER_WAY = select(uploads.c.id).where(among(uploads.c.id, "file_ids"))
_KEPT_BYTES = select(func.coalesce(func.sum(files.c.size_bytes), 0)).where(
    files.c.owner_id == given("user_id"), files.c.released_ms.is_(None)
)
_COMING_BYTES = select(func.coalesce(func.sum(uploads.c.size_bytes), 0)).where(uploads.c.owner_id == given("user_id"))
_QUOTA = select(storage_quotas.c.max_bytes).where(storage_quotas.c.user_id == given("user_id"))
_NO_QUOTA = delete(storage_quotas).where(storage_quotas.c.user_id == given("of_user"))

_MEDIA: Final[msgspec.json.Decoder[Media]] = codec.decoder(Media)


class SqlFiles(Repository):
    __slots__ = ()

    async def add(self, file: StoredFile) -> None:
        media = None if file.media is UNSET else codec.encode(file.media).decode()
        self._later(_ADD, **(msgspec.structs.asdict(file) | {"media": media}))

    async def by_ids(self, file_ids: Collection[FileId]) -> dict[FileId, StoredFile]:
        found: dict[FileId, StoredFile] = {}
        for some in portions(file_ids):
            found.update((row.id, _file(row)) for row in await self._all(_BY_IDS, file_ids=some))
        return found

    async def uses(self, file_id: FileId) -> list[tuple[ChannelId, MessageId]]:
        return [(row.channel_id, row.message_id) for row in await self._all(_USES, file_id=file_id)]

    async def used(self, file_ids: Collection[FileId]) -> set[FileId]:
        found: set[FileId] = set()
        for some in portions(file_ids):
            found.update(row.file_id for row in await self._all(_USED, file_ids=some))
        return found

    async def of_messages(self, channel_id: ChannelId, message_ids: Collection[MessageId]) -> list[FileId]:
        found: list[FileId] = []
        for some in portions(message_ids):
            rows = await self._all(_OF_MESSAGES, channel_id=channel_id, message_ids=some)
            found.extend(row.file_id for row in rows)
        return found

    async def use(self, file_ids: Collection[FileId], channel_id: ChannelId, message_id: MessageId) -> None:
        rows = [
            {"file_id": file_id, "channel_id": channel_id, "message_id": message_id}
            for file_id in dict.fromkeys(file_ids)
        ]
        await self._insert_all(_USE, rows)

    async def drop(self, file_ids: Collection[FileId], channel_id: ChannelId, message_id: MessageId) -> None:
        for some in portions(file_ids):
            self._later(_DROP, file_ids=some, of_channel=channel_id, of_message=message_id)

    async def release(self, file_ids: Collection[FileId], now_ms: int) -> None:
        for some in portions(file_ids):
            self._later(_RELEASE, file_ids=some, now_ms=now_ms)

    async def abandoned(self, before: FileId, limit: int) -> list[FileId]:
        return [row.id for row in await self._all(_ABANDONED, before=before, at_most=limit)]

    async def delete(self, file_ids: Collection[FileId]) -> None:
        for some in portions(file_ids):
            self._later(_DELETE, file_ids=some)

    async def known(self, file_ids: Collection[FileId]) -> set[FileId]:
        found: set[FileId] = set()
        for some in portions(file_ids):
            outcomes = await self._together(step(_KNOWN, file_ids=some), step(_UNDER_WAY, file_ids=some))
            found.update(row.id for outcome in outcomes for row in outcome.rows)
        return found

    async def used_bytes(self, user_id: UserId) -> int:
        outcomes = await self._together(step(_KEPT_BYTES, user_id=user_id), step(_COMING_BYTES, user_id=user_id))
        return sum(int(outcome.rows[0][0]) for outcome in outcomes)

    async def quota(self, user_id: UserId) -> int | None:
        row = await self._first(_QUOTA, user_id=user_id)
        return None if row is None else int(row.max_bytes)

    async def set_quota(self, user_id: UserId, max_bytes: int | None) -> None:
        if max_bytes is None:
            self._later(_NO_QUOTA, of_user=user_id)
        else:
            await self._insert_or_update(
                storage_quotas, ("user_id",), ("max_bytes",), user_id=user_id, max_bytes=max_bytes
            )


def _file(row: Row[Any]) -> StoredFile:
    media = UNSET if row.media is None else _MEDIA.decode(row.media)
    return StoredFile(**{**row._mapping, "media": media})

"""What was uploaded."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from sqlalchemy import delete, exists, insert, select

from db.repos.base import Repository, among, given, portions
from db.tables.messages import file_uses, files
from server.domain.ids import ChannelId, FileId, MessageId
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
_ABANDONED = (
    select(files.c.id)
    .where(files.c.id < given("before"), ~exists().where(file_uses.c.file_id == files.c.id))
    .order_by(files.c.id)
    .limit(given("at_most"))
)
_DELETE = delete(files).where(among(files.c.id, "file_ids"))


class SqlFiles(Repository):
    __slots__ = ()

    async def add(self, file: StoredFile) -> None:
        self._later(_ADD, **msgspec.structs.asdict(file))

    async def by_ids(self, file_ids: Collection[FileId]) -> dict[FileId, StoredFile]:
        found: dict[FileId, StoredFile] = {}
        for some in portions(file_ids):
            found.update((row.id, StoredFile(**row._mapping)) for row in await self._all(_BY_IDS, file_ids=some))
        return found

    async def uses(self, file_id: FileId) -> list[tuple[ChannelId, MessageId]]:
        return [(row.channel_id, row.message_id) for row in await self._all(_USES, file_id=file_id)]

    async def used(self, file_ids: Collection[FileId]) -> set[FileId]:
        found: set[FileId] = set()
        for some in portions(file_ids):
            found.update(row.file_id for row in await self._all(_USED, file_ids=some))
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

    async def abandoned(self, before: FileId, limit: int) -> list[FileId]:
        return [row.id for row in await self._all(_ABANDONED, before=before, at_most=limit)]

    async def delete(self, file_ids: Collection[FileId]) -> None:
        for some in portions(file_ids):
            self._later(_DELETE, file_ids=some)

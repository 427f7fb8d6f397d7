"""Uploads under way."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Row, delete, func, insert, select, update

from db.repos.base import Repository, given
from db.tables.uploads import uploads
from server.domain.ids import UploadId, UserId
from server.ports import OpenUpload

_ADD = insert(uploads)
_GET = select(uploads).where(uploads.c.id == given("upload_id"))
_COUNT = select(func.count()).where(uploads.c.owner_id == given("user_id"))
_GROW = (
    update(uploads)
    .where(uploads.c.id == given("upload_id"), uploads.c.received_bytes == given("before"))
    .values(received_bytes=given("after"), parts=given("names"))
)
_DELETE = delete(uploads).where(uploads.c.id == given("upload_id"))
_EXPIRED = (
    select(uploads.c.id)
    .where(uploads.c.expires_ms <= given("now_ms"))
    .order_by(uploads.c.expires_ms)
    .limit(given("at_most"))
)


class SqlUploads(Repository):
    __slots__ = ()

    async def add(self, upload: OpenUpload) -> None:
        self._later(_ADD, **(msgspec.structs.asdict(upload) | {"parts": " ".join(upload.parts)}))

    async def get(self, upload_id: UploadId) -> OpenUpload | None:
        row = await self._first(_GET, upload_id=upload_id)
        return None if row is None else _upload(row)

    async def count(self, owner_id: UserId) -> int:
        row = await self._first(_COUNT, user_id=owner_id)
        return int(row[0]) if row is not None else 0

    async def grow(self, before: OpenUpload, after: OpenUpload) -> bool:
        changed = await self._change(
            _GROW,
            upload_id=before.id,
            before=before.received_bytes,
            after=after.received_bytes,
            names=" ".join(after.parts),
        )
        return changed == 1

    async def delete(self, upload_id: UploadId) -> bool:
        return await self._change(_DELETE, upload_id=upload_id) == 1

    async def expired(self, now_ms: int, limit: int) -> list[UploadId]:
        return [row.id for row in await self._all(_EXPIRED, now_ms=now_ms, at_most=limit)]


def _upload(row: Row[Any]) -> OpenUpload:
    return OpenUpload(**{**row._mapping, "parts": tuple(row.parts.split()), "voice": bool(row.voice)})

from __future__ import annotations

import msgspec

from db.store import SqlStore
from server.domain.ids import Snowflake, UploadId
from server.ports import OpenUpload
from tests.support.rows import ANNA, BEN


def upload(number: int, size_bytes: int = 100, expires_ms: int = 50) -> OpenUpload:
    return OpenUpload(
        id=UploadId(Snowflake(number)), owner_id=ANNA, name="päonie.jpg", size_bytes=size_bytes, expires_ms=expires_ms
    )


async def test_an_upload_is_found_counted_and_gone(world: SqlStore) -> None:
    one = msgspec.structs.replace(upload(1, 3 << 32), voice=True)
    async with world.write() as uow:
        await uow.uploads.add(one)
        await uow.uploads.add(upload(2))
    async with world.read() as reader:
        assert await reader.uploads.get(one.id) == one
        assert await reader.uploads.get(UploadId(Snowflake(9))) is None
        assert (await reader.uploads.count(ANNA), await reader.uploads.count(BEN)) == (2, 0)
    async with world.write() as uow:
        assert await uow.uploads.delete(one.id)
        assert not await uow.uploads.delete(one.id)


async def test_it_grows_from_where_it_is(world: SqlStore) -> None:
    before = upload(1)
    async with world.write() as uow:
        await uow.uploads.add(before)
    after = msgspec.structs.replace(before, received_bytes=60, parts=("0-a", "30-b"))
    async with world.write() as uow:
        assert await uow.uploads.grow(before, after)
        assert not await uow.uploads.grow(before, after)
        assert await uow.uploads.get(before.id) == after


async def test_the_expired_ones_are_found(world: SqlStore) -> None:
    async with world.write() as uow:
        for number, expires_ms in ((1, 50), (2, 70), (3, 40)):
            await uow.uploads.add(upload(number, expires_ms=expires_ms))
    async with world.read() as reader:
        assert await reader.uploads.expired(50, 10) == [3, 1]
        assert await reader.uploads.expired(99, 1) == [3]

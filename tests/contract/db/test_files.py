from __future__ import annotations

import msgspec

from db.store import SqlStore
from server.domain.ids import FileId, Snowflake, UploadId
from server.domain.sections import Media
from server.ports import OpenUpload, StoredFile
from tests.support.rows import ANNA, BEN, GENERAL, RANDOM, message, message_id


def file_id(number: int) -> FileId:
    return FileId(Snowflake(number))


def stored(number: int) -> StoredFile:
    return StoredFile(id=file_id(number), owner_id=ANNA, name="päonie.jpg", media_type="image/jpeg", size_bytes=3 << 32)


async def test_files_are_found_by_id(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.files.add(stored(1))
        await uow.files.add(stored(2))
    async with world.read() as reader:
        assert await reader.files.by_ids([file_id(1), file_id(9)]) == {1: stored(1)}
        assert await reader.files.by_ids([]) == {}


async def test_a_message_holds_files_until_it_is_gone(world: SqlStore) -> None:
    async with world.write() as uow:
        for number in (1, 2, 3):
            await uow.files.add(stored(number))
        await uow.messages.add(message(7))
        await uow.messages.add(message(8, channel_id=RANDOM))
        await uow.files.use([file_id(1), file_id(2), file_id(1)], GENERAL, message_id(7))
        await uow.files.use([file_id(1)], RANDOM, message_id(8))
    async with world.write() as uow:
        assert await uow.files.uses(file_id(1)) == [(GENERAL, 7), (RANDOM, 8)]
        assert await uow.files.used([file_id(1), file_id(2), file_id(3)]) == {1, 2}
        await uow.messages.delete(GENERAL, message_id(7))
        assert await uow.files.uses(file_id(1)) == [(RANDOM, 8)]
        assert await uow.files.used([file_id(1), file_id(2), file_id(3)]) == {1}


async def test_a_message_may_let_go_of_files(world: SqlStore) -> None:
    async with world.write() as uow:
        for number in (1, 2):
            await uow.files.add(stored(number))
        for number in (7, 8):
            await uow.messages.add(message(number))
            await uow.files.use([file_id(1), file_id(2)], GENERAL, message_id(number))
        await uow.files.drop([file_id(1)], GENERAL, message_id(7))
        await uow.files.drop([file_id(2)], RANDOM, message_id(7))
        await uow.files.drop([], GENERAL, message_id(7))
        assert await uow.files.uses(file_id(1)) == [(GENERAL, 8)]
        assert await uow.files.uses(file_id(2)) == [(GENERAL, 7), (GENERAL, 8)]


async def test_what_nobody_holds_is_found_and_deleted(world: SqlStore) -> None:
    async with world.write() as uow:
        for number in (1, 2, 3, 4):
            await uow.files.add(stored(number))
        await uow.messages.add(message(7))
        await uow.files.use([file_id(2)], GENERAL, message_id(7))
        assert await uow.files.abandoned(file_id(4), 10) == [1, 3]
        assert await uow.files.abandoned(file_id(4), 1) == [1]
        await uow.files.delete([file_id(1), file_id(2)])
        assert await uow.files.abandoned(file_id(4), 10) == [3]
        assert await uow.files.uses(file_id(2)) == []


async def test_what_was_seen_in_a_file_stays_with_it(world: SqlStore) -> None:
    seen = msgspec.structs.replace(stored(1), media=Media(width=40, height=30, thumbhash="AAgC", animated=True))
    heard = msgspec.structs.replace(stored(2), media=Media(duration_ms=4000, waveform="AAA=", voice=True))
    async with world.write() as uow:
        await uow.files.add(seen)
        await uow.files.add(heard)
    async with world.read() as reader:
        assert await reader.files.by_ids([seen.id, heard.id]) == {1: seen, 2: heard}


async def test_what_no_message_holds_any_more_is_released(world: SqlStore) -> None:
    async with world.write() as uow:
        for number in (1, 2):
            await uow.files.add(stored(number))
        await uow.messages.add(message(7))
        await uow.messages.add(message(8))
        await uow.files.use([file_id(1), file_id(2)], GENERAL, message_id(7))
        await uow.files.use([file_id(2)], GENERAL, message_id(8))
        assert sorted(await uow.files.of_messages(GENERAL, [message_id(7), message_id(8)])) == [1, 2]
        assert await uow.files.of_messages(RANDOM, [message_id(7)]) == []
        assert await uow.files.used_bytes(ANNA) == 6 << 32
        await uow.messages.delete(GENERAL, message_id(7))
        await uow.files.release([file_id(1), file_id(2)], 5)
    async with world.read() as reader:
        found = await reader.files.by_ids([file_id(1), file_id(2)])
        assert [found[file_id(each)].released_ms for each in (1, 2)] == [5, None]
        assert await reader.files.used_bytes(ANNA) == 3 << 32
        assert await reader.files.abandoned(file_id(0), 10) == [1]


async def test_what_is_on_its_way_counts_and_is_known(world: SqlStore) -> None:
    upload = OpenUpload(id=UploadId(Snowflake(3)), owner_id=ANNA, name="a", size_bytes=70, expires_ms=1)
    async with world.write() as uow:
        await uow.files.add(stored(1))
        await uow.uploads.add(upload)
    async with world.read() as reader:
        assert await reader.files.used_bytes(ANNA) == (3 << 32) + 70
        assert await reader.files.used_bytes(BEN) == 0
        assert await reader.files.known([file_id(1), file_id(2), file_id(3)]) == {1, 3}


async def test_a_quota_is_set_and_taken_back(world: SqlStore) -> None:
    async with world.write() as uow:
        assert await uow.files.quota(ANNA) is None
        await uow.files.set_quota(ANNA, 3 << 32)
        await uow.files.set_quota(ANNA, 4 << 32)
        assert (await uow.files.quota(ANNA), await uow.files.quota(BEN)) == (4 << 32, None)
        await uow.files.set_quota(ANNA, None)
        assert await uow.files.quota(ANNA) is None

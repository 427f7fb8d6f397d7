from __future__ import annotations

from db.store import SqlStore
from server.domain.ids import FileId, Snowflake
from server.ports import StoredFile
from tests.support.rows import ANNA, GENERAL, RANDOM, message, message_id


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

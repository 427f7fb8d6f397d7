from __future__ import annotations

from db.store import SqlStore
from server.domain.entities import Edit
from server.domain.sections import Text
from tests.support.rows import GENERAL, message, message_id

ONE = message_id(1)


def version(text: str, until_ms: int) -> Edit:
    return Edit(sections=(Text(text),), until_ms=until_ms)


async def test_earlier_versions_are_kept_the_oldest_first(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.messages.add(message(1))
        for text, until_ms in (("a", 10), ("b", 20)):
            assert await uow.edits.keep(GENERAL, ONE, version(text, until_ms), 5) == until_ms
        assert await uow.edits.of_message(GENERAL, ONE) == [version("a", 10), version("b", 20)]
        await uow.messages.delete(GENERAL, ONE)
        assert await uow.edits.of_message(GENERAL, ONE) == []


async def test_two_changes_at_one_moment_have_one_each(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.messages.add(message(1))
        assert [await uow.edits.keep(GENERAL, ONE, version(text, 10), 5) for text in "ab"] == [10, 11]
        assert await uow.edits.keep(GENERAL, ONE, version("c", 9), 5) == 12


async def test_the_oldest_are_forgotten_over_the_limit(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.messages.add(message(1))
        for number in range(6):
            await uow.edits.keep(GENERAL, ONE, version(str(number), number), 3)
        assert [edit.sections for edit in await uow.edits.of_message(GENERAL, ONE)] == [(Text(one),) for one in "345"]

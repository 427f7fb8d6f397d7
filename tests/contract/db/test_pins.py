from __future__ import annotations

from db.store import SqlStore
from tests.support.rows import ANNA, BEN, GENERAL, RANDOM, message, message_id


async def test_what_was_pinned_last_comes_first(world: SqlStore) -> None:
    async with world.write() as uow:
        for number in (1, 2, 3):
            await uow.messages.add(message(number))
        assert await uow.pins.add(GENERAL, message_id(3), ANNA, 10)
        assert await uow.pins.add(GENERAL, message_id(1), BEN, 11)
        assert not await uow.pins.add(GENERAL, message_id(3), BEN, 12)
        assert await uow.pins.of_channel(GENERAL) == [1, 3]
        assert (await uow.pins.count(GENERAL), await uow.pins.count(RANDOM)) == (2, 0)
        assert [one.pinned for one in await uow.messages.page(GENERAL, limit=5)] == [True, False, True]


async def test_a_pin_ends_by_itself_and_with_its_message(world: SqlStore) -> None:
    async with world.write() as uow:
        for number in (1, 2):
            await uow.messages.add(message(number))
            await uow.pins.add(GENERAL, message_id(number), ANNA, number)
        assert await uow.pins.remove(GENERAL, message_id(1))
        assert not await uow.pins.remove(GENERAL, message_id(1))
        await uow.messages.delete(GENERAL, message_id(2))
        assert await uow.pins.of_channel(GENERAL) == []
        assert [one.pinned for one in await uow.messages.page(GENERAL, limit=5)] == [False]

from __future__ import annotations

from db.store import SqlStore
from server.ports import CopiedFrom
from tests.support.rows import ELSEWHERE, GENERAL, RANDOM, message, message_id

THERE = CopiedFrom(ELSEWHERE, message_id(3))


async def test_an_origin_goes_with_its_message(world: SqlStore) -> None:
    async with world.write() as uow:
        for number in (7, 8):
            await uow.messages.add(message(number))
            await uow.origins.add(GENERAL, message_id(number), THERE)
        assert await uow.origins.get(GENERAL, message_id(7)) == THERE
        assert await uow.origins.get(RANDOM, message_id(7)) is None
        await uow.origins.delete(RANDOM, message_id(7))
        await uow.messages.delete(GENERAL, message_id(7))
        assert await uow.origins.get(GENERAL, message_id(7)) is None
        assert await uow.origins.get(GENERAL, message_id(8)) == THERE
        await uow.origins.delete(GENERAL, message_id(8))
        assert await uow.origins.get(GENERAL, message_id(8)) is None

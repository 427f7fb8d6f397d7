from __future__ import annotations

from msgspec.structs import replace

from db.store import SqlStore
from server.domain.standing import Standing
from tests.support.rows import ANNA, BEN, CLEO


async def test_what_is_put_is_found_until_it_is_plain_again(world: SqlStore) -> None:
    async with world.read() as reader:
        assert await reader.standings.of(ANNA) == Standing(user_id=ANNA)
    disabled = Standing(user_id=ANNA, disabled_ms=5, disabled_reason="spam")
    whole = replace(disabled, deactivated_ms=6, delete_after_ms=7, deletes_messages=True)
    for standing in (disabled, whole, Standing(user_id=ANNA)):
        async with world.write() as uow:
            await uow.standings.put(standing)
        async with world.read() as reader:
            assert await reader.standings.of(ANNA) == standing
            assert (await reader.users.by_username("anna") is None) is not standing.plain


async def test_those_that_are_due_come_in_the_order_of_their_times(world: SqlStore) -> None:
    async with world.write() as uow:
        for user_id, at_ms in ((ANNA, 30), (BEN, 20), (CLEO, 31)):
            await uow.standings.put(Standing(user_id=user_id, delete_after_ms=at_ms))
    async with world.read() as reader:
        assert [one.user_id for one in await reader.standings.due(30, 10)] == [BEN, ANNA]
        assert [one.user_id for one in await reader.standings.due(30, 1)] == [BEN]
        assert await reader.standings.due(19, 10) == []

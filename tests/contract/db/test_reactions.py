from __future__ import annotations

from db.store import SqlStore
from server.domain.entities import Reaction
from server.ports import Ping
from tests.support.rows import ANNA, BEN, CLEO, GENERAL, RANDOM, message, message_id

ONE, TWO = message_id(1), message_id(2)


async def test_reactions_are_counted_in_the_order_in_which_they_came(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.messages.add(message(1))
        await uow.messages.add(message(2))
        assert await uow.reactions.add(GENERAL, ONE, "🌻", BEN, 5)
        assert await uow.reactions.add(GENERAL, ONE, "👍", ANNA, 6)
        assert await uow.reactions.add(GENERAL, ONE, "🌻", ANNA, 7)
        assert not await uow.reactions.add(GENERAL, ONE, "🌻", ANNA, 8)
        counts = {ONE: (Reaction(emoji="🌻", count=2), Reaction(emoji="👍", count=1))}
        assert await uow.reactions.of_messages(GENERAL, [ONE, TWO]) == counts
        assert await uow.reactions.of_messages(RANDOM, [ONE]) == {}
        found = await uow.messages.get(GENERAL, ONE)
        assert found is not None
        assert found.reactions == counts[ONE]
        assert [one.reactions for one in await uow.messages.page(GENERAL, limit=5)] == [counts[ONE], ()]


async def test_the_order_stays_when_the_first_to_react_takes_it_back(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.messages.add(message(1))
        for emoji, user_id, at_ms in (("🌻", BEN, 5), ("👍", BEN, 6), ("🌻", ANNA, 7), ("👍", CLEO, 8)):
            await uow.reactions.add(GENERAL, ONE, emoji, user_id, at_ms)
        await uow.reactions.remove(GENERAL, ONE, "🌻", BEN)
        assert [each.emoji for each in (await uow.reactions.of_messages(GENERAL, [ONE]))[ONE]] == ["🌻", "👍"]
        await uow.reactions.remove(GENERAL, ONE, "🌻", ANNA)
        await uow.reactions.add(GENERAL, ONE, "🌻", ANNA, 9)
        assert [each.emoji for each in (await uow.reactions.of_messages(GENERAL, [ONE]))[ONE]] == ["👍", "🌻"]


async def test_what_comes_in_the_same_millisecond_comes_last(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.messages.add(message(1))
        for emoji in ("👍", "❤️", "🌻"):
            await uow.reactions.add(GENERAL, ONE, emoji, BEN, 5)
        assert [each.emoji for each in (await uow.reactions.of_messages(GENERAL, [ONE]))[ONE]] == ["👍", "❤️", "🌻"]


async def test_reactions_are_of_one_message_of_one_channel(world: SqlStore) -> None:
    async with world.write() as uow:
        for channel_id in (GENERAL, RANDOM):
            for number in (1, 2):
                await uow.messages.add(message(number, channel_id=channel_id))
                await uow.pings.add(channel_id, message_id(number), [Ping(BEN, BEN)])
        await uow.reactions.add(GENERAL, ONE, "🌻", BEN, 5)
        await uow.reactions.add(RANDOM, TWO, "👍", BEN, 6)
        found = await uow.messages.by_keys([(GENERAL, ONE), (GENERAL, TWO), (RANDOM, TWO)])
        assert {key: [each.emoji for each in one.reactions] for key, one in found.items()} == {
            (GENERAL, ONE): ["🌻"],
            (GENERAL, TWO): [],
            (RANDOM, TWO): ["👍"],
        }
        pinging = await uow.messages.pinging(BEN, [GENERAL, RANDOM], None, 50)
        assert {(one.channel_id, one.id): [each.emoji for each in one.reactions] for one in pinging} == {
            (GENERAL, ONE): ["🌻"],
            (GENERAL, TWO): [],
            (RANDOM, ONE): [],
            (RANDOM, TWO): ["👍"],
        }


async def test_emoji_that_look_alike_are_not_the_same(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.messages.add(message(1))
        for emoji in ("👍", "👍🏽", "👍🏿", "❤️", "❤️‍🔥"):
            assert await uow.reactions.add(GENERAL, ONE, emoji, BEN, 5)
        assert len((await uow.reactions.of_messages(GENERAL, [ONE]))[ONE]) == 5
        assert await uow.reactions.remove(GENERAL, ONE, "👍", BEN)
        assert not await uow.reactions.remove(GENERAL, ONE, "👍", BEN)
        assert len((await uow.reactions.of_messages(GENERAL, [ONE]))[ONE]) == 4


async def test_who_reacted_and_with_what(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.messages.add(message(1))
        await uow.messages.add(message(2))
        for user_id, emoji, at in ((CLEO, "🌻", 1), (ANNA, "🌻", 2), (BEN, "🌻", 3), (ANNA, "👍", 4)):
            await uow.reactions.add(GENERAL, ONE, emoji, user_id, at)
        assert await uow.reactions.users(GENERAL, ONE, "🌻", None, 2) == [ANNA, BEN]
        assert await uow.reactions.users(GENERAL, ONE, "🌻", BEN, 2) == [CLEO]
        assert await uow.reactions.of_user(GENERAL, [ONE, TWO], ANNA) == {ONE: ("🌻", "👍")}
        assert await uow.reactions.of_user(GENERAL, [], ANNA) == {}


async def test_reactions_go_with_their_message(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.messages.add(message(1))
        await uow.reactions.add(GENERAL, ONE, "🌻", BEN, 5)
        await uow.messages.delete(GENERAL, ONE)
        assert await uow.reactions.of_messages(GENERAL, [ONE]) == {}

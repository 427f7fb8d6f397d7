from __future__ import annotations

import random

from db.store import SqlStore
from server.domain.entities import Cursor
from server.domain.ids import ChannelId, Snowflake
from tests.support.rows import ANNA, BEN, CLEO, ELSEWHERE, GENERAL, RANDOM, VOICE, message, message_id, user_id

CHANNELS = (GENERAL, RANDOM, VOICE, ELSEWHERE)


async def test_cursors_are_set_and_moved(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.cursors.set(ANNA, GENERAL, message_id(5))
        await uow.cursors.set(ANNA, GENERAL, message_id(9))
        await uow.cursors.set(ANNA, ELSEWHERE, message_id(3))
        await uow.cursors.set(BEN, GENERAL, message_id(4))
    async with world.read() as reader:
        assert await reader.cursors.of_user(ANNA, CHANNELS) == {GENERAL: 9, ELSEWHERE: 3}
        assert await reader.cursors.of_user(ANNA, [RANDOM]) == {}
        assert await reader.cursors.of_user(BEN, CHANNELS) == {GENERAL: 4}
        assert await reader.cursors.of_user(ANNA, []) == {}


async def test_unread_are_the_messages_of_others_after_the_cursor(world: SqlStore) -> None:
    async with world.write() as uow:
        for number, author_id in ((1, ANNA), (2, BEN), (3, BEN), (4, ANNA), (5, BEN)):
            await uow.messages.add(message(number, author_id=author_id))
        await uow.cursors.set(ANNA, GENERAL, message_id(2))
        await uow.cursors.set(CLEO, GENERAL, message_id(5))
        await uow.messages.add(message(8, author_id=BEN, channel_id=RANDOM))
        nowhere = ChannelId(Snowflake(9))
        assert await uow.cursors.unread(ANNA, [GENERAL, RANDOM, VOICE, nowhere]) == {
            GENERAL: 2,
            RANDOM: 1,
            VOICE: 0,
            nowhere: 0,
        }
        assert await uow.cursors.unread(BEN, [GENERAL]) == {GENERAL: 2}
        assert await uow.cursors.unread(CLEO, [GENERAL]) == {GENERAL: 0}
        assert await uow.cursors.unread(CLEO, []) == {}
        await uow.messages.delete(GENERAL, message_id(5))
        assert await uow.cursors.unread(ANNA, [GENERAL]) == {GENERAL: 1}


async def test_the_readers_of_one_channel(world: SqlStore) -> None:
    async with world.write() as uow:
        for number, author_id in ((1, ANNA), (2, BEN), (3, BEN)):
            await uow.messages.add(message(number, author_id=author_id))
            await uow.messages.add(message(number, author_id=author_id, channel_id=RANDOM))
        await uow.cursors.set(ANNA, GENERAL, message_id(2))
        await uow.cursors.set(BEN, RANDOM, message_id(3))
        assert await uow.cursors.of_readers(GENERAL, [ANNA, BEN, user_id(9)]) == {
            ANNA: Cursor(channel_id=GENERAL, last_read_id=message_id(2), unread=1),
            BEN: Cursor(channel_id=GENERAL, last_read_id=None, unread=1),
        }
        assert await uow.cursors.of_readers(GENERAL, []) == {}
        assert await uow.cursors.of_readers(GENERAL, [user_id(9)]) == {}


async def test_unread_agrees_with_counting_by_hand(world: SqlStore) -> None:
    """Random worlds against the definition."""
    chance = random.Random(7)
    people = (ANNA, BEN, CLEO)
    said = [
        message(number, author_id=chance.choice(people), channel_id=chance.choice(CHANNELS)) for number in range(1, 200)
    ]
    read_to = {
        (person, channel_id): chance.randrange(0, 210)
        for person in people
        for channel_id in CHANNELS
        if chance.random() < 0.7
    }
    async with world.write() as uow:
        for one in said:
            await uow.messages.add(one)
        for (person, channel_id), number in read_to.items():
            await uow.cursors.set(person, channel_id, message_id(number))
        for person in people:
            assert await uow.cursors.unread(person, CHANNELS) == {
                channel_id: sum(
                    one.channel_id == channel_id
                    and one.author_id != person
                    and one.id > read_to.get((person, channel_id), 0)
                    for one in said
                )
                for channel_id in CHANNELS
            }
        for channel_id in CHANNELS:
            for person, cursor in (await uow.cursors.of_readers(channel_id, people)).items():
                assert {channel_id: cursor.unread} == await uow.cursors.unread(person, [channel_id])

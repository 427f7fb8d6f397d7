from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import insert

from db.store import SqlStore
from db.tables.people import relations
from db.unit_of_work import SqlUnitOfWork
from server.domain.entities import Cursor, Message
from server.domain.ids import ChannelId, MessageId, Snowflake, UserId
from server.ports import EVERYONE_ID, HERE_ID, Ping
from tests.support.rows import (
    ANNA,
    BEN,
    CLEO,
    ELSEWHERE,
    GENERAL,
    MODERATOR,
    RANDOM,
    VOICE,
    message,
    message_id,
    settle_in,
    user_id,
)
from tests.support.statements import ask

CHANNELS = (GENERAL, RANDOM, VOICE, ELSEWHERE)
PEOPLE = (ANNA, BEN, CLEO)


async def block(uow: SqlUnitOfWork, who: UserId, whom: UserId, kind: str = "blocked") -> None:
    await ask(uow, insert(relations).values(user_id=who, other_id=whom, kind=kind, since_ms=1))


async def ping(uow: SqlUnitOfWork, number: int, *pings: Ping, channel_id: ChannelId = GENERAL) -> None:
    await uow.pings.add(channel_id, message_id(number), pings)


async def counts(uow: SqlUnitOfWork, who: UserId, *channels: ChannelId) -> dict[ChannelId, tuple[int, int]]:
    found = await uow.cursors.counted(who, channels or [GENERAL])
    return {channel_id: (cursor.unread, cursor.mentions) for channel_id, cursor in found.items()}


async def test_many_cursors_are_set_at_once(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.cursors.set(ANNA, GENERAL, message_id(5))
        reached = {GENERAL: message_id(9), RANDOM: message_id(3)}
        await uow.cursors.set_all(ANNA, reached)
        await uow.cursors.set_all(BEN, {})
        assert await uow.cursors.of_user(ANNA, CHANNELS) == reached
        assert await uow.cursors.of_user(BEN, CHANNELS) == {}


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


async def test_a_cursor_that_is_cleared_was_never_there(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.messages.add(message(1, author_id=BEN))
        for channel_id in (GENERAL, RANDOM):
            await uow.cursors.set(ANNA, channel_id, message_id(5))
        await uow.cursors.clear(ANNA, GENERAL)
        await uow.cursors.clear(BEN, GENERAL)
        assert await uow.cursors.of_user(ANNA, CHANNELS) == {RANDOM: 5}
        assert await counts(uow, ANNA) == {GENERAL: (1, 0)}


async def test_unread_are_the_messages_of_others_after_the_cursor(world: SqlStore) -> None:
    async with world.write() as uow:
        for number, author_id in ((1, ANNA), (2, BEN), (3, BEN), (4, ANNA), (5, BEN)):
            await uow.messages.add(message(number, author_id=author_id))
        await uow.cursors.set(ANNA, GENERAL, message_id(2))
        await uow.cursors.set(CLEO, GENERAL, message_id(5))
        await uow.messages.add(message(8, author_id=BEN, channel_id=RANDOM))
        nowhere = ChannelId(Snowflake(9))
        assert await uow.cursors.counted(ANNA, [GENERAL, RANDOM, VOICE, nowhere]) == {
            GENERAL: Cursor(channel_id=GENERAL, last_read_id=message_id(2), unread=2),
            RANDOM: Cursor(channel_id=RANDOM, last_read_id=None, unread=1),
            VOICE: Cursor(channel_id=VOICE, last_read_id=None, unread=0),
            nowhere: Cursor(channel_id=nowhere, last_read_id=None, unread=0),
        }
        assert await counts(uow, BEN) == {GENERAL: (2, 0)}
        assert await counts(uow, CLEO) == {GENERAL: (0, 0)}
        assert await uow.cursors.counted(CLEO, []) == {}
        await uow.messages.delete(GENERAL, message_id(5))
        assert await counts(uow, ANNA) == {GENERAL: (1, 0)}


async def test_mentions_are_the_unread_messages_that_ping(world: SqlStore) -> None:
    async with world.write() as uow:
        for number in range(1, 8):
            await uow.messages.add(message(number, author_id=ANNA if number < 7 else BEN))
        await ping(uow, 1, Ping(BEN, BEN))
        await ping(uow, 2, Ping(EVERYONE_ID, EVERYONE_ID))
        await ping(uow, 3, Ping(CLEO, MODERATOR))
        await ping(uow, 4, Ping(BEN, BEN), Ping(BEN, MODERATOR), Ping(EVERYONE_ID, EVERYONE_ID), Ping(BEN, HERE_ID))
        await ping(uow, 6, Ping(BEN, HERE_ID), Ping(BEN, HERE_ID))
        await ping(uow, 7, Ping(BEN, BEN), Ping(EVERYONE_ID, EVERYONE_ID))
        assert await counts(uow, BEN) == {GENERAL: (6, 4)}
        assert await counts(uow, ANNA) == {GENERAL: (1, 1)}
        await uow.cursors.set(BEN, GENERAL, message_id(2))
        assert await counts(uow, BEN) == {GENERAL: (4, 2)}
        await uow.messages.delete(GENERAL, message_id(4))
        assert await counts(uow, BEN) == {GENERAL: (3, 1)}
        assert {
            who: (cursor.unread, cursor.mentions)
            for who, cursor in (await uow.cursors.of_readers(GENERAL, PEOPLE)).items()
        } == {ANNA: (1, 1), BEN: (3, 1), CLEO: (6, 3)}


async def test_people_whom_one_has_blocked_do_not_count(world: SqlStore) -> None:
    async with world.write() as uow:
        for number, author_id in ((1, ANNA), (2, BEN), (3, ANNA)):
            await uow.messages.add(message(number, author_id=author_id))
        await ping(uow, 1, Ping(CLEO, MODERATOR))
        await ping(uow, 2, Ping(EVERYONE_ID, EVERYONE_ID))
        await block(uow, CLEO, ANNA)
        await block(uow, BEN, ANNA, "friend")
        await block(uow, ANNA, CLEO)
        assert await counts(uow, CLEO) == {GENERAL: (1, 1)}
        assert await counts(uow, BEN) == {GENERAL: (2, 0)}
        await block(uow, CLEO, BEN)
        assert await counts(uow, CLEO) == {GENERAL: (0, 0)}
        found = await uow.cursors.of_readers(GENERAL, PEOPLE)
        assert {who: (cursor.unread, cursor.mentions) for who, cursor in found.items()} == {
            ANNA: (1, 1),
            BEN: (2, 0),
            CLEO: (0, 0),
        }


async def test_the_readers_of_one_channel(world: SqlStore) -> None:
    async with world.write() as uow:
        for number, author_id in ((1, ANNA), (2, BEN), (3, BEN)):
            await uow.messages.add(message(number, author_id=author_id))
            await uow.messages.add(message(number, author_id=author_id, channel_id=RANDOM))
        await ping(uow, 3, Ping(ANNA, ANNA))
        await ping(uow, 2, Ping(ANNA, ANNA), channel_id=RANDOM)
        await uow.cursors.set(ANNA, GENERAL, message_id(2))
        await uow.cursors.set(BEN, RANDOM, message_id(3))
        assert await uow.cursors.of_readers(GENERAL, [ANNA, BEN, user_id(9)]) == {
            ANNA: Cursor(channel_id=GENERAL, last_read_id=message_id(2), unread=1, mentions=1),
            BEN: Cursor(channel_id=GENERAL, last_read_id=None, unread=1),
        }
        for behind, who in ((1, {BEN}), (2, {BEN}), (3, {ANNA, BEN})):
            found = await uow.cursors.of_readers(GENERAL, [ANNA, BEN], behind=message_id(behind))
            assert found.keys() == who
            assert found[BEN] == Cursor(channel_id=GENERAL, last_read_id=None, unread=1)
        assert await uow.cursors.of_readers(RANDOM, [BEN], behind=message_id(3)) == {}
        assert await uow.cursors.of_readers(GENERAL, []) == {}
        assert await uow.cursors.of_readers(GENERAL, [user_id(9)]) == {}


# -------------------------------------------------------------------------------------------------------- random worlds


@dataclass
class ByHand:
    """The definition, slowly."""

    said: Sequence[Message]
    pinged: Mapping[tuple[ChannelId, MessageId], set[UserId]]
    blocked: Mapping[UserId, set[UserId]]
    read_to: dict[tuple[UserId, ChannelId], int] = field(default_factory=dict)

    def cursor(self, who: UserId, channel_id: ChannelId) -> Cursor:
        read_to = self.read_to.get((who, channel_id))
        unread = [
            one
            for one in self.said
            if one.channel_id == channel_id
            and one.author_id != who
            and one.author_id not in self.blocked[who]
            and one.id > (read_to or 0)
        ]
        mentions = [one for one in unread if {who, EVERYONE_ID} & self.pinged[channel_id, one.id]]
        last_read_id = None if read_to is None else message_id(read_to)
        return Cursor(channel_id=channel_id, last_read_id=last_read_id, unread=len(unread), mentions=len(mentions))


async def furnish(uow: SqlUnitOfWork, chance: random.Random) -> ByHand:
    said = [
        message(number, author_id=chance.choice(PEOPLE), channel_id=chance.choice(CHANNELS)) for number in range(1, 150)
    ]
    pinged = {(one.channel_id, one.id): set[UserId]() for one in said}
    blocked = {who: {whom for whom in PEOPLE if whom != who and chance.random() < 0.3} for who in PEOPLE}
    world = ByHand(said, pinged, blocked)
    for one in said:
        await uow.messages.add(one)
        pings = [
            Ping(who, chance.choice((who, MODERATOR, HERE_ID)))
            for who in (*PEOPLE, EVERYONE_ID, *PEOPLE)
            if chance.random() < 0.15
        ]
        await uow.pings.add(one.channel_id, one.id, pings)
        pinged[one.channel_id, one.id] = {each.user_id for each in pings}
    for who, theirs in blocked.items():
        for whom in theirs:
            await block(uow, who, whom)
    for who in PEOPLE:
        for channel_id in CHANNELS:
            if chance.random() < 0.7:
                number = chance.randrange(0, 160)
                world.read_to[who, channel_id] = number
                await uow.cursors.set(who, channel_id, message_id(number))
    return world


async def test_cursors_agree_with_counting_by_hand(store: SqlStore) -> None:
    """Random worlds against the definition."""
    for seed in range(12):
        await compare(store, random.Random(seed))


class Undone(Exception):
    """So that the next world finds nothing of this one."""


async def compare(store: SqlStore, chance: random.Random) -> None:
    try:
        async with store.write() as uow:
            await settle_in(uow)
            by_hand = await furnish(uow, chance)
            for who in PEOPLE:
                expected = {channel_id: by_hand.cursor(who, channel_id) for channel_id in CHANNELS}
                assert await uow.cursors.counted(who, CHANNELS) == expected
            for channel_id in CHANNELS:
                for readers in (PEOPLE, PEOPLE[:2]):
                    expected_of = {who: by_hand.cursor(who, channel_id) for who in readers}
                    assert await uow.cursors.of_readers(channel_id, readers) == expected_of
            raise Undone
    except Undone:
        pass

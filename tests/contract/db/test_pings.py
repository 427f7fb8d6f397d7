from __future__ import annotations

from sqlalchemy import insert, update

from db.store import SqlStore
from db.tables.groups import members
from db.tables.people import relations
from db.unit_of_work import SqlUnitOfWork
from server.domain.entities import Conversation, ConversationKind
from server.domain.ids import EPOCH_MS, TIME_SHIFT, ChannelId, Snowflake
from server.ports import EVERYONE_ID, HERE_ID, Ping
from tests.support.rows import (
    ANNA,
    BEN,
    CLEO,
    ELSEWHERE,
    GENERAL,
    GROUP,
    MODERATOR,
    OTHER_GROUP,
    RANDOM,
    SILENT,
    member,
    message,
    message_id,
)
from tests.support.statements import ask

TALK = ChannelId(Snowflake(3009))
JOINED = 1000 << TIME_SHIFT
"""The first id after Anna came in."""


async def come_in(uow: SqlUnitOfWork) -> None:
    await ask(uow, update(members).where(members.c.user_id == ANNA).values(joined_ms=EPOCH_MS + 1000))


async def write(uow: SqlUnitOfWork, number: int, *pings: Ping, channel_id: ChannelId = GENERAL) -> None:
    await uow.messages.add(message(number, channel_id=channel_id, author_id=BEN))
    await uow.pings.add(channel_id, message_id(number), pings)


async def inbox(
    uow: SqlUnitOfWork, *channels: ChannelId, before: int | None = None, limit: int = 50
) -> list[tuple[int, int]]:
    """Anna's, as channel and message."""
    until = None if before is None else message_id(before)
    found = await uow.messages.pinging(ANNA, channels or (GENERAL, RANDOM, ELSEWHERE, TALK), until, limit)
    return [(one.channel_id, one.id) for one in found]


async def test_pings_are_kept_by_their_reasons(world: SqlStore) -> None:
    async with world.write() as uow:
        pings = [
            Ping(ANNA, ANNA),
            Ping(ANNA, MODERATOR),
            Ping(CLEO, MODERATOR),
            Ping(CLEO, HERE_ID),
            Ping(EVERYONE_ID, EVERYONE_ID),
        ]
        await write(uow, 7, *pings, *pings)
        await write(uow, 8, *pings)
        assert await uow.pings.keep(GENERAL, message_id(7), {ANNA, MODERATOR, EVERYONE_ID}) == {CLEO}
        assert await uow.pings.keep(GENERAL, message_id(7), {ANNA, MODERATOR, EVERYONE_ID}) == set()
        assert await uow.pings.keep(GENERAL, message_id(7), {MODERATOR}) == {ANNA, EVERYONE_ID}
        assert await uow.pings.keep(GENERAL, message_id(7), ()) == {ANNA, CLEO}
        assert await uow.pings.keep(GENERAL, message_id(8), ()) == {ANNA, CLEO, EVERYONE_ID}
        assert await uow.pings.keep(RANDOM, message_id(8), ()) == set()
        await uow.pings.add(GENERAL, message_id(8), ())


async def test_holders_of_roles_are_pinged_but_some(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.members.add(member(CLEO, role_ids=(MODERATOR, SILENT)))
        await uow.members.put_role(GROUP, ANNA, MODERATOR)
        await uow.members.put_role(GROUP, BEN, SILENT)
        for number, role_ids, but in ((7, [MODERATOR], [BEN]), (8, [MODERATOR, SILENT], [ANNA]), (9, [SILENT], [])):
            await uow.messages.add(message(number))
            await uow.pings.add_holders(GENERAL, message_id(number), GROUP, role_ids, but)
        assert await uow.pings.keep(GENERAL, message_id(7), ()) == {ANNA, CLEO}
        assert await uow.pings.keep(GENERAL, message_id(8), (SILENT,)) == {CLEO}
        assert await uow.pings.keep(GENERAL, message_id(8), ()) == {BEN, CLEO}
        await uow.pings.add_holders(GENERAL, message_id(9), OTHER_GROUP, [SILENT], [])
        assert await uow.pings.keep(GENERAL, message_id(9), ()) == {BEN, CLEO}


async def test_pings_go_with_their_message(world: SqlStore) -> None:
    async with world.write() as uow:
        await write(uow, 7, Ping(ANNA, ANNA))
        await uow.messages.delete(GENERAL, message_id(7))
        assert await uow.pings.keep(GENERAL, message_id(7), ()) == set()


async def test_the_inbox_is_newest_first_by_pages(world: SqlStore) -> None:
    async with world.write() as uow:
        await come_in(uow)
        await write(uow, JOINED - 2, Ping(EVERYONE_ID, EVERYONE_ID))
        await write(uow, JOINED - 1, Ping(ANNA, ANNA))
        await write(uow, JOINED + 1, Ping(ANNA, ANNA), Ping(ANNA, MODERATOR), Ping(EVERYONE_ID, EVERYONE_ID))
        await write(uow, JOINED + 2, Ping(EVERYONE_ID, EVERYONE_ID))
        await write(uow, JOINED + 3, Ping(CLEO, CLEO))
        await write(uow, JOINED + 4, Ping(ANNA, HERE_ID), channel_id=RANDOM)
        await write(uow, JOINED + 5, Ping(ANNA, ANNA))
        everything = [(GENERAL, JOINED + 5), (RANDOM, JOINED + 4), (GENERAL, JOINED + 2), (GENERAL, JOINED + 1)]
        assert await inbox(uow) == everything
        assert await inbox(uow, limit=3) == everything[:3]
        assert await inbox(uow, before=JOINED + 2) == everything[3:]
        assert await inbox(uow, before=JOINED + 4, limit=1) == everything[2:3]
        assert await inbox(uow, RANDOM) == everything[1:2]
        assert await inbox(uow, ELSEWHERE) == []
        assert await uow.messages.pinging(ANNA, [], None, 50) == []


async def test_a_whole_page_of_messages_with_many_reasons(world: SqlStore) -> None:
    async with world.write() as uow:
        for number in range(1, 6):
            reasons = [Ping(ANNA, by) for by in (ANNA, MODERATOR, HERE_ID)]
            await write(uow, JOINED + number, *reasons, Ping(EVERYONE_ID, EVERYONE_ID))
        assert [number - JOINED for _, number in await inbox(uow, limit=4)] == [5, 4, 3, 2]


async def test_what_one_does_not_hear_is_not_in_the_inbox(world: SqlStore) -> None:
    async with world.write() as uow:
        await write(uow, JOINED + 1, Ping(ANNA, ANNA))
        await uow.messages.add(message(JOINED + 2, author_id=ANNA))
        await uow.pings.add(GENERAL, message_id(JOINED + 2), [Ping(EVERYONE_ID, EVERYONE_ID)])
        assert await inbox(uow) == [(GENERAL, JOINED + 1)]
        await ask(uow, insert(relations).values(user_id=ANNA, other_id=BEN, kind="blocked", since_ms=1))
        assert await inbox(uow) == []


async def test_the_inbox_has_conversations_and_no_group_that_one_has_left(world: SqlStore) -> None:
    async with world.write() as uow:
        talk = Conversation(id=TALK, kind=ConversationKind.DIRECT, member_ids=(ANNA, BEN))
        assert await uow.conversations.add(talk)
        await write(uow, 5, Ping(ANNA, ANNA), channel_id=TALK)
        await write(uow, JOINED + 1, Ping(ANNA, ANNA))
        assert await inbox(uow) == [(GENERAL, JOINED + 1), (TALK, 5)]
        await uow.members.remove(GROUP, ANNA)
        assert await inbox(uow) == [(TALK, 5)]

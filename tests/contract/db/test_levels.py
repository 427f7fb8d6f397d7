from __future__ import annotations

import pytest
from sqlalchemy import update

from db.errors import CorruptRow
from db.store import SqlStore
from db.tables.people import levels
from server.domain.entities import Conversation, ConversationKind, Level, LevelKind
from server.domain.ids import ChannelId, Snowflake
from tests.support.rows import ANNA, BEN, ELSEWHERE, GENERAL, GROUP, RANDOM
from tests.support.statements import ask

MUTED = Level(scope="group", target_id=GROUP, muted_until_ms=2**53 - 1)
QUIET = Level(scope="channel", target_id=GENERAL, level=LevelKind.MENTIONS)


async def test_levels_are_put_and_changed(world: SqlStore) -> None:
    async with world.write() as uow:
        for level in (MUTED, QUIET):
            await uow.levels.put(ANNA, level)
        await uow.levels.put(BEN, Level(scope="channel", target_id=GENERAL, level=LevelKind.NONE))
        assert await uow.levels.of_user(ANNA) == [QUIET, MUTED]
        louder = Level(scope="group", target_id=GROUP, level=LevelKind.ALL)
        await uow.levels.put(ANNA, louder)
        assert await uow.levels.of_user(ANNA) == [QUIET, louder]


async def test_one_that_says_nothing_is_forgotten(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.levels.put(ANNA, Level(scope="group", target_id=GROUP))
        assert await uow.levels.of_user(ANNA) == []
        for user_id in (ANNA, BEN):
            await uow.levels.put(user_id, MUTED)
        await uow.levels.put(ANNA, Level(scope="group", target_id=GROUP))
        assert await uow.levels.of_user(ANNA) == []
        assert await uow.levels.of_user(BEN) == [MUTED]


async def test_levels_go_with_what_they_are_of(world: SqlStore) -> None:
    elsewhere = Level(scope="channel", target_id=ELSEWHERE, level=LevelKind.ALL)
    talk = ChannelId(Snowflake(3009))
    in_talk = Level(scope="channel", target_id=talk, muted_until_ms=9)
    async with world.write() as uow:
        await uow.conversations.add(Conversation(id=talk, kind=ConversationKind.DIRECT, member_ids=(ANNA, BEN)))
        more = Level(scope="channel", target_id=RANDOM, level=LevelKind.ALL)
        for level in (MUTED, QUIET, more, elsewhere, in_talk):
            await uow.levels.put(ANNA, level)
        await uow.channels.delete(RANDOM)
        assert await uow.levels.of_user(ANNA) == [QUIET, elsewhere, in_talk, MUTED]
        await uow.groups.delete(GROUP)
        assert await uow.levels.of_user(ANNA) == [elsewhere, in_talk]
        await uow.conversations.delete(talk)
        assert await uow.levels.of_user(ANNA) == [elsewhere]


async def test_a_level_that_cannot_be_read_is_named(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.levels.put(ANNA, QUIET)
        await ask(uow, update(levels).values(level="loud"))
        with pytest.raises(CorruptRow, match=f"level channel {GENERAL} of user {ANNA}"):
            await uow.levels.of_user(ANNA)

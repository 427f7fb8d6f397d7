from __future__ import annotations

import pytest

from db.store import SqlStore
from server.domain.entities import Bot, User, UserKind
from server.domain.ids import SessionId, Snowflake, UserId
from server.domain.scopes import Scope
from server.domain.standing import Standing
from server.ports import BotToken
from tests.support.rows import ANNA, BEN

ROBOT, OTHER = UserId(Snowflake(701)), UserId(Snowflake(702))
FIRST, SECOND = SessionId(Snowflake(801)), SessionId(Snowflake(802))


def token(id_: SessionId, bot_id: UserId = ROBOT) -> BotToken:
    scopes = (Scope.MESSAGES_READ, Scope.VOICE)
    return BotToken(id=id_, bot_id=bot_id, name="home", token_hash=b"h" * 32, scopes=scopes)


@pytest.fixture
async def bots(world: SqlStore) -> SqlStore:
    async with world.write() as uow:
        for bot_id, name in ((ROBOT, "robot"), (OTHER, "other")):
            user = User(id=bot_id, username=name, display_name=name, kind=UserKind.BOT)
            assert await uow.users.add_automaton(user, name)
            await uow.bots.add(Bot(user_id=bot_id, owner_id=ANNA))
        await uow.bots.add_token(token(FIRST))
        await uow.bots.add_token(token(SECOND, OTHER))
    return world


async def test_bots_of_their_owner(bots: SqlStore) -> None:
    async with bots.write() as uow:
        await uow.bots.set_public(ROBOT, public=True)
    robot, other = Bot(user_id=ROBOT, owner_id=ANNA, public=True), Bot(user_id=OTHER, owner_id=ANNA)
    async with bots.read() as reader:
        assert await reader.bots.get(ROBOT) == robot
        assert await reader.bots.get(ANNA) is None
        assert await reader.bots.of_owner(ANNA) == [robot, other]
        assert await reader.bots.of_owner(BEN) == []
        assert await reader.bots.named("robot") == robot
        assert await reader.bots.named("anna") is None


async def test_tokens(bots: SqlStore) -> None:
    async with bots.write() as uow:
        await uow.bots.note_use(FIRST, 9)
    async with bots.read() as reader:
        found = await reader.bots.token(FIRST)
        assert found is not None
        assert (found.scopes, found.used_ms) == ((Scope.MESSAGES_READ, Scope.VOICE), 9)
        assert [one.id for one in await reader.bots.tokens_of([ROBOT, OTHER])] == [FIRST, SECOND]
        assert await reader.bots.token_ids(ANNA) == [FIRST, SECOND]
        assert await reader.bots.token_ids(ROBOT) == [FIRST]
        assert await reader.bots.token_ids(BEN) == []
    async with bots.write() as uow:
        assert not await uow.bots.delete_token(OTHER, FIRST)
        assert await uow.bots.delete_token(ROBOT, FIRST)
        assert not await uow.bots.delete_token(ROBOT, FIRST)
    async with bots.read() as reader:
        assert await reader.bots.token(FIRST) is None


@pytest.mark.parametrize("who", [ANNA, ROBOT])
async def test_of_no_use_while_the_bot_or_its_owner_is_shut_out(bots: SqlStore, who: UserId) -> None:
    shut = (Standing(user_id=who, disabled_ms=1), Standing(user_id=who, delete_after_ms=1))
    for standing, counts in ((shut[0], False), (shut[1], False), (Standing(user_id=who, deactivated_ms=1), True)):
        async with bots.write() as uow:
            await uow.standings.put(standing)
        async with bots.read() as reader:
            assert (await reader.bots.token(FIRST) is not None) is counts
            assert (await reader.bots.named("robot") is not None) is counts

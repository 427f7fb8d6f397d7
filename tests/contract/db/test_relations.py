from __future__ import annotations

import pytest
from sqlalchemy import update

from db.errors import CorruptRow
from db.store import SqlStore
from db.tables.people import relations
from server.domain.entities import Relation, RelationKind
from server.domain.relations import Tie
from tests.support.rows import ANNA, BEN, CLEO, user, user_id
from tests.support.statements import ask

NOBODY = user_id(9)
FRIEND, OUTGOING, INCOMING, BLOCKED = (
    RelationKind.FRIEND,
    RelationKind.OUTGOING,
    RelationKind.INCOMING,
    RelationKind.BLOCKED,
)


async def test_each_side_has_a_word_of_its_own(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.relations.put(ANNA, BEN, OUTGOING, 5)
        await uow.relations.put(BEN, ANNA, INCOMING, 5)
        await uow.relations.put(ANNA, CLEO, BLOCKED, 6)
    with_ben = Relation(user=user(BEN, "ben"), kind=OUTGOING, since_ms=5)
    async with world.read() as reader:
        assert await reader.relations.get(ANNA, BEN) == with_ben
        assert await reader.relations.get(CLEO, ANNA) is None
        assert await reader.relations.of_user(ANNA) == [
            with_ben,
            Relation(user=user(CLEO, "cleo"), kind=BLOCKED, since_ms=6),
        ]
        assert await reader.relations.of_user(CLEO) == []
        assert await reader.relations.ties(ANNA, [BEN, CLEO, NOBODY]) == {
            BEN: Tie(OUTGOING, INCOMING),
            CLEO: Tie(BLOCKED, None),
            NOBODY: Tie(),
        }
        assert await reader.relations.ties(CLEO, [ANNA]) == {ANNA: Tie(None, BLOCKED)}
        assert await reader.relations.ties(ANNA, []) == {}


async def test_words_change_and_go(world: SqlStore) -> None:
    async with world.write() as uow:
        for one, other, kind in ((ANNA, BEN, OUTGOING), (BEN, ANNA, INCOMING), (ANNA, BEN, FRIEND)):
            await uow.relations.put(one, other, kind, 7)
        assert await uow.relations.ties(ANNA, [BEN]) == {BEN: Tie(FRIEND, INCOMING)}
        await uow.relations.delete(ANNA, BEN)
        await uow.relations.delete(ANNA, CLEO)
    async with world.read() as reader:
        assert await reader.relations.ties(ANNA, [BEN]) == {BEN: Tie(None, INCOMING)}


async def test_who_has_a_word_on_someone(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.relations.put(ANNA, CLEO, FRIEND, 1)
        await uow.relations.put(BEN, CLEO, BLOCKED, 1)
        await uow.relations.put(ANNA, BEN, BLOCKED, 1)
    async with world.read() as reader:
        assert await reader.relations.having(CLEO) == [ANNA, BEN]
        assert await reader.relations.having(ANNA) == []
        assert await reader.relations.blockers(CLEO, [ANNA, BEN, NOBODY]) == {BEN}
        assert await reader.relations.blockers(CLEO, [ANNA]) == set()
        assert await reader.relations.blockers(CLEO, []) == set()
        assert await reader.relations.all_blockers(CLEO) == {BEN}
        assert await reader.relations.all_blockers(ANNA) == set()
        assert await reader.relations.count(ANNA, BLOCKED) == 1
        assert await reader.relations.count(ANNA, INCOMING) == 0


async def test_a_word_that_this_program_does_not_know_is_not_passed_on(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.relations.put(ANNA, BEN, FRIEND, 1)
    async with world.write() as uow:
        await ask(uow, update(relations).values(kind="sworn"))
    async with world.read() as reader:
        with pytest.raises(CorruptRow, match=f"with {BEN}"):
            await reader.relations.of_user(ANNA)

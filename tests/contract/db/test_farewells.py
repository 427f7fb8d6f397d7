from __future__ import annotations

from db.repos.farewells import STAYS, purged, references
from db.store import SqlStore
from db.tables import metadata
from server.domain.entities import Level, LevelKind, RelationKind, UserKind
from server.domain.ids import SessionId, Snowflake
from server.domain.standing import Standing
from server.ports import Ping, RefreshToken, SessionRecord
from tests.support.rows import ANNA, BEN, GENERAL, GROUP, message, message_id, user_id
from tests.support.rows import me as a_me
from tests.support.statements import ask


async def test_nothing_stays_in_the_account_that_tells_whose_it_was(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.farewells.anonymise(ANNA)
        await uow.farewells.anonymise(ANNA)
    async with world.read() as reader:
        (user,) = (await reader.users.by_ids([ANNA])).values()
        assert (user.username, user.display_name, user.kind) == ("", "Deleted user", UserKind.DELETED)
        assert await reader.users.credentials("anna") is None
        (row,) = await ask(reader, f"SELECT * FROM users WHERE id = {int(ANNA)}")
        said = {name: value for name, value in row._mapping.items() if isinstance(value, str)}
        assert not [name for name, value in said.items() if "anna" in value.lower()], said
    async with world.write() as uow:
        assert await uow.users.add(a_me(user_id(77), "anna"), "anna", "hash")


async def test_what_belongs_to_the_account_alone_goes(world: SqlStore) -> None:
    session = SessionRecord(
        id=SessionId(Snowflake(501)),
        user_id=ANNA,
        device="",
        address="",
        created_ms=1,
        used_ms=1,
        expires_ms=9,
        proved_ms=1,
    )
    async with world.write() as uow:
        token = RefreshToken(token_hash=b"x" * 32, session_id=session.id, created_ms=1)
        await uow.sessions.add(session, token)
        await uow.messages.add(message(1, author_id=BEN))
        await uow.messages.add(message(2, author_id=ANNA))
        await uow.pings.add(GENERAL, message_id(1), [Ping(ANNA, ANNA)])
        await uow.pings.add(GENERAL, message_id(2), [Ping(BEN, BEN)])
        await uow.reactions.add(GENERAL, message_id(1), "x", ANNA, 1)
        for one in (ANNA, BEN):
            await uow.cursors.set(one, GENERAL, message_id(1))
            await uow.levels.put(one, Level(scope="group", target_id=GROUP, level=LevelKind.NONE))
        await uow.relations.put(BEN, ANNA, RelationKind.BLOCKED, 1)
        await uow.standings.put(Standing(user_id=ANNA, delete_after_ms=1))
        await uow.farewells.purge(ANNA)
    async with world.read() as reader:
        assert await reader.sessions.get(session.id) is None
        assert await reader.sessions.by_token(b"x" * 32) is None
        assert await reader.cursors.of_user(ANNA, [GENERAL]) == {}
        assert await reader.cursors.of_user(BEN, [GENERAL]) == {GENERAL: message_id(1)}
        assert await reader.levels.of_user(ANNA) == []
        assert len(await reader.levels.of_user(BEN)) == 1
        assert [row.user_id for row in await ask(reader, "SELECT user_id FROM mentions")] == [BEN]
        assert await reader.messages.get(GENERAL, message_id(2)) is not None
        assert await reader.reactions.users(GENERAL, message_id(1), "x", None, 9) == [ANNA]
        assert await reader.relations.having(ANNA) == [BEN]
        assert (await reader.standings.of(ANNA)).delete_after_ms == 1
    async with world.write() as uow:
        await uow.farewells.done(ANNA)
    async with world.read() as reader:
        assert (await reader.standings.of(ANNA)).plain


def test_every_table_about_accounts_is_thought_of() -> None:
    withreferences = {table.name for table in metadata.sorted_tables if references(table)}
    assert withreferences == {table.name for table in purged()} | STAYS

"""The way from one version's tables to the next, on real files."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from db import migrations
from db.errors import DatabaseError
from db.tables import metadata
from db.tables.search import MESSAGE_TERMS
from server.domain.ids import GroupId, Snowflake
from server.domain.names import name_key
from tests.support.database import sqlite_store, sqlite_url
from tests.support.rows import ANNA, GENERAL, GROUP, message, settle

pytestmark = pytest.mark.integration


def ask(folder: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "parley.db")) as connection, connection:
        return connection.execute(statement).fetchall()


def tables(folder: Path) -> dict[str, str]:
    """The statements that made the tables and indexes, without their white space and quotes."""
    rows = ask(
        folder,
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        " AND name != 'alembic_version' AND name NOT LIKE 'message_terms%'",
    )
    return {str(name): "".join(str(sql).split()).replace('"', "") for name, sql in rows}


async def test_the_tables_are_those_of_the_metadata(tmp_path: Path) -> None:
    await migrations.upgrade(sqlite_url(tmp_path))
    engine = create_engine(sqlite_url(tmp_path))
    with engine.connect() as connection:
        options = {"include_name": lambda name, *_: not (name or "").startswith(MESSAGE_TERMS)}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
    engine.dispose()


async def test_they_are_so_to_the_letter(tmp_path: Path) -> None:
    """Alembic's comparison does not see everything: that a table has no rowid, for one."""
    migrated, created = tmp_path / "migrated", tmp_path / "created"
    for folder in (migrated, created):
        folder.mkdir()
    await migrations.upgrade(sqlite_url(migrated))
    engine = create_engine(sqlite_url(created))
    metadata.create_all(engine)
    engine.dispose()

    def parts(sql: str) -> list[str]:
        return sorted(sql.replace("(", ",").replace(")", ",").split(","))

    assert {name: parts(sql) for name, sql in tables(migrated).items()} == {
        name: parts(sql) for name, sql in tables(created).items()
    }
    assert "WITHOUTROWID" in tables(migrated)["messages"]


def test_the_program_works_with_the_last_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [migrations.HEAD]


async def test_up_and_down_and_up_with_data(tmp_path: Path) -> None:
    for _ in range(2):
        await migrations.upgrade(sqlite_url(tmp_path))
        async with sqlite_store(tmp_path) as store:
            await settle(store)
            async with store.write() as uow:
                await uow.messages.add(message(1, nonce="n"))
            async with store.read() as reader:
                assert await reader.messages.page(GENERAL, limit=10) == [message(1, nonce="n")]
        await migrations.downgrade(sqlite_url(tmp_path), "base")
        assert tables(tmp_path) == {}


async def test_members_from_before_are_found_by_name(tmp_path: Path) -> None:
    await migrations.upgrade(sqlite_url(tmp_path), "0001")
    for statement in (
        "INSERT INTO users (id, username, username_key, display_name, operator, password_hash)"
        " VALUES (1, 'Anna', 'anna', 'Élodie', 0, ''), (2, 'Ben', 'ben', 'Ben', 0, '')",
        "INSERT INTO groups (id, name, owner_id) VALUES (7, 'garden', 1)",
        "INSERT INTO members (group_id, user_id, joined_ms) VALUES (7, 1, 0), (7, 2, 0)",
    ):
        ask(tmp_path, statement)
    await migrations.upgrade(sqlite_url(tmp_path))
    async with sqlite_store(tmp_path) as store, store.read() as reader:
        group_id = GroupId(Snowflake(7))
        assert await reader.members.named(group_id, name_key("elo"), 5) == [1]
        assert await reader.members.named(group_id, b"", 5) == [1, 2]


async def test_what_is_up_to_date_stays_as_it_is(tmp_path: Path) -> None:
    async with sqlite_store(tmp_path) as store:
        await settle(store)
    await migrations.upgrade(sqlite_url(tmp_path))
    async with sqlite_store(tmp_path) as store, store.read() as reader:
        assert await reader.users.me(ANNA) is not None
        assert await reader.groups.get(GROUP) is not None


async def test_two_processes_at_once_do_it_once(tmp_path: Path) -> None:
    await asyncio.gather(*(migrations.upgrade(sqlite_url(tmp_path)) for _ in range(3)))
    assert ask(tmp_path, "SELECT version_num FROM alembic_version") == [(migrations.HEAD,)]


async def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    await migrations.upgrade(sqlite_url(tmp_path))
    ask(tmp_path, "UPDATE alembic_version SET version_num = '9999'")
    before = tables(tmp_path)
    with pytest.raises(DatabaseError, match=r"written by a newer Parley .* install that one\.$"):
        await migrations.upgrade(sqlite_url(tmp_path))
    assert tables(tmp_path) == before


async def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    ask(tmp_path, "CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(DatabaseError, match="another program"):
        await migrations.upgrade(sqlite_url(tmp_path))
    assert set(tables(tmp_path)) == {"bookmarks"}


async def test_a_step_that_fails_changes_nothing(tmp_path: Path) -> None:
    await migrations.upgrade(sqlite_url(tmp_path))
    await migrations.downgrade(sqlite_url(tmp_path), "base")
    ask(tmp_path, "CREATE TABLE overwrites (id INTEGER)")  # stands in the way of the last table
    with pytest.raises(DatabaseError, match=r"^The database cannot be brought up to date: table overwrites already"):
        await migrations.upgrade(sqlite_url(tmp_path))
    assert set(tables(tmp_path)) == {"overwrites"}


async def test_a_revision_that_does_not_exist(tmp_path: Path) -> None:
    await migrations.upgrade(sqlite_url(tmp_path))
    before = tables(tmp_path)
    with pytest.raises(DatabaseError, match="nonsense"):
        await migrations.downgrade(sqlite_url(tmp_path), "nonsense")
    assert tables(tmp_path) == before


async def test_rows_that_refer_to_nothing_are_found(tmp_path: Path) -> None:
    await migrations.upgrade(sqlite_url(tmp_path))
    await migrations.downgrade(sqlite_url(tmp_path), "base")
    ask(tmp_path, "CREATE TABLE old (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES old (id))")
    ask(tmp_path, "INSERT INTO old VALUES (1, 2)")
    with pytest.raises(DatabaseError, match="refer to nothing"):
        await migrations.upgrade(sqlite_url(tmp_path))
    assert set(tables(tmp_path)) == {"old"}


async def test_a_server_that_is_not_there(unused_tcp_port: int) -> None:
    with pytest.raises(DatabaseError, match=r"^The database cannot be reached: .*\.$") as caught:
        await migrations.upgrade(f"postgresql://parley:geheim@127.0.0.1:{unused_tcp_port}/parley?ssl=disable")
    assert "geheim" not in str(caught.value)
    assert "\n" not in str(caught.value)


async def test_it_says_nothing_and_leaves_the_loggers_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before = (
        root.level,
        list(root.handlers),
        logging.getLogger("alembic").level,
        logging.getLogger("sqlalchemy").level,
    )
    await migrations.upgrade(sqlite_url(tmp_path))
    await migrations.downgrade(sqlite_url(tmp_path), "base")
    after = (root.level, list(root.handlers), logging.getLogger("alembic").level, logging.getLogger("sqlalchemy").level)
    assert after == before
    assert capfd.readouterr() == ("", "")


async def test_alembic_is_not_loaded_when_there_is_nothing_to_do(tmp_path: Path) -> None:
    """It costs 11 MiB for the life of the service."""
    await migrations.upgrade(sqlite_url(tmp_path))
    program = (
        "import asyncio, sys; from db import migrations; asyncio.run(migrations.upgrade(sys.argv[1]));"
        "sys.exit('alembic' in sys.modules)"
    )
    root = Path(__file__).parents[2]
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, sqlite_url(tmp_path), cwd=root)
    assert await process.wait() == 0

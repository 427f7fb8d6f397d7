"""Every step from one version's tables to the next and back, on every database, with rows in all tables of all versions."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from db import migrations
from db.tables import metadata
from tests.support.engines import ENGINES, new_database
from tests.support.migration_rows import SEARCH_INDEX, Rows, dump, fill, inside, lost

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(240),
]  # each step is a second or two on MariaDB, down and up again


def revisions() -> list[str]:
    """Oldest first."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]


REVISIONS = revisions()


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return new_database(request, request.param, tmp_path)


def climb(url: str) -> tuple[dict[str, Rows], Rows]:
    """Up step by step, and rows in all tables at each: what each revision held, and the rows that are whole."""
    held: dict[str, Rows] = {}
    whole: Rows = {}
    for number, revision in enumerate(REVISIONS):
        before = inside(url, dump)
        asyncio.run(migrations.upgrade(url, revision))
        after = inside(url, dump)
        assert lost(before, after) == [], f"up to {revision}"
        for name, rows in inside(url, partial(fill, number=100 + number)).items():
            whole.setdefault(name, {}).update(rows)
        held[revision] = inside(url, dump)
        assert all(len(rows) >= 2 for rows in held[revision].values())
    return held, whole


def test_up_and_down_what_both_sides_know_is_kept(url: str) -> None:
    held, whole = climb(url)
    for older, newer in zip(REVISIONS[-2::-1], REVISIONS[:0:-1], strict=True):
        asyncio.run(migrations.downgrade(url, older))
        after = inside(url, dump)
        assert after.keys() == held[older].keys(), f"down from {newer}"
        assert lost(held[older], after) == [], f"down from {newer}"
        assert lost(whole, after) == [], f"down from {newer}"
    asyncio.run(migrations.downgrade(url, "base"))
    assert inside(url, dump) == {}


def test_down_and_up_again_they_are_the_same_tables(url: str) -> None:
    climb(url)
    asyncio.run(migrations.downgrade(url, REVISIONS[0]))
    rows = inside(url, dump)
    asyncio.run(migrations.upgrade(url))
    assert lost(rows, inside(url, dump)) == []
    assert inside(url, differences) == []
    assert inside(url, terms) == inside(url, messages)


def differences(connection: sa.Connection) -> list[Any]:
    """Between the database's tables and those that the program believes in."""

    def ours(name: str | None, _type: str, _parents: object) -> bool:
        return not (name or "").startswith(SEARCH_INDEX)

    options = {"include_name": ours, "compare_type": True}
    found: list[Any] = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    return found


def terms(connection: sa.Connection) -> object:
    return connection.execute(sa.text(f"SELECT count(*) FROM {SEARCH_INDEX}")).scalar()


def messages(connection: sa.Connection) -> object:
    return connection.execute(sa.text("SELECT count(*) FROM messages")).scalar()


def test_several_that_start_at_once_do_it_once(url: str) -> None:
    async def start() -> None:
        await asyncio.gather(*(migrations.upgrade(url) for _ in range(3)))

    asyncio.run(start())
    assert inside(url, versions) == [migrations.HEAD]


def versions(connection: sa.Connection) -> list[str]:
    return [row[0] for row in connection.execute(sa.text("SELECT version_num FROM alembic_version"))]

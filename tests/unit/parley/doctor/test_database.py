from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from db.inspection import Inspection
from db.migrations import HEAD
from parley.doctor import database
from parley.doctor.database import about, check_clock, check_database, compare
from tests.support.database import make_file, sqlite_url
from tests.support.doctor import levels, patient, said

GOOD = Inspection("postgresql", "PostgreSQL 15.4", HEAD, writable=True, encrypted=True, now_s=1.8e9)


async def test_the_file(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    assert "made at the first start" in said(await check_database(patient(tmp_path)))
    (tmp_path / "data" / "parley.db").write_bytes(b"this is no database, whatever its name says" * 100)
    assert levels(await check_database(patient(tmp_path))) == ["fail"]


@pytest.fixture
def with_tables(tmp_path: Path) -> None:
    make_file(tmp_path)


@pytest.mark.usefixtures("with_tables")
async def test_a_database_of_this_version(tmp_path: Path) -> None:
    found = await check_database(patient(tmp_path, PARLEY_DATABASE_URL=sqlite_url(tmp_path)))
    assert levels(found) == ["pass"]
    assert f"tables at {HEAD}" in said(found)


async def test_a_server_that_is_away(tmp_path: Path) -> None:
    found = await check_database(patient(tmp_path, PARLEY_DATABASE_URL="postgresql://u:secret@127.0.0.1:1/parley"))
    assert levels(found) == ["fail"]
    assert "cannot be reached" in said(found)
    assert "secret" not in said(found)


def test_its_tables() -> None:
    assert levels(about(GOOD)) == ["pass"]
    assert "empty" in said(about(replace(GOOD, revision=None)))
    assert levels(about(replace(GOOD, revision="0001"))) == ["warn"]
    assert levels(about(replace(GOOD, revision="9999"))) == ["fail"]
    assert levels(about(replace(GOOD, writable=False))) == ["pass", "fail"]
    assert said(about(GOOD)).startswith("PostgreSQL 15.4,")
    assert said(about(replace(GOOD, kind="mysql", version="8.0.36"))).startswith("MySQL 8.0.36,")
    assert said(about(replace(GOOD, kind="mysql", version="10.11-MariaDB"))).startswith("10.11-MariaDB,")


@pytest.mark.parametrize(
    ("url", "encrypted", "expected"),
    [
        ("postgresql://u@db.example.org/parley", True, ["pass", "pass"]),
        ("postgresql://u@db.example.org/parley", False, ["pass", "warn"]),
        ("postgresql://u@localhost/parley", False, ["pass"]),
    ],
)
async def test_the_way_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, encrypted: bool, expected: list[str]
) -> None:
    async def inspect(*_arguments: object) -> Inspection:
        return replace(GOOD, encrypted=encrypted)

    monkeypatch.setattr(database, "inspect", inspect)
    assert levels(await check_database(patient(tmp_path, PARLEY_DATABASE_URL=url))) == expected


async def test_the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    found = await check_clock(patient(tmp_path))
    assert levels(found) == ["pass"]
    assert "agrees with the disk's" in said(found)
    assert list((tmp_path / "data").iterdir()) == []
    away = patient(tmp_path, PARLEY_DATABASE_URL="postgresql://u@127.0.0.1:1/parley")
    assert levels(await check_clock(away)) == ["pass"]
    monkeypatch.setattr(database, "_YEARS", range(2100, 2101))
    assert levels(await check_clock(patient(tmp_path))) == ["fail"]


async def test_a_database_with_another_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def inspect(*_arguments: object) -> Inspection:
        return replace(GOOD, now_s=time.time() - 3600)

    monkeypatch.setattr(database, "inspect", inspect)
    found = await check_clock(patient(tmp_path))
    assert levels(found) == ["warn"]
    assert "3600 seconds behind" in said(found)


def test_clocks_apart() -> None:
    assert levels(compare(100.0, {"a": 104.0, "b": None})) == ["pass"]
    found = compare(100.0, {"a": 160.0, "b": 40.0})
    assert levels(found) == ["warn", "warn"]
    assert "60 seconds ahead of" in said(found)
    assert "agrees" not in said(compare(100.0, {}))

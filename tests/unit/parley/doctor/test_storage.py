from __future__ import annotations

import os
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from parley.doctor.storage import MIB, check_data_folder, check_file_store
from tests.support.doctor import levels, patient, said

Usage = namedtuple("Usage", "total used free")
System = namedtuple("System", "f_files f_favail")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "secrets").mkdir(parents=True)
    folder.chmod(0o700)
    key = folder / "secrets" / "tokens.key"
    key.write_bytes(b"x")
    key.chmod(0o600)
    return folder


def room(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(free, 0, free))


def test_a_good_folder(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room(monkeypatch, 5000 * MIB)
    assert levels(check_data_folder(patient(tmp_path))) == ["pass", "pass"]


def test_one_that_is_made_at_the_first_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room(monkeypatch, 5000 * MIB)
    assert levels(check_data_folder(patient(tmp_path))) == ["pass", "pass"]
    assert not (tmp_path / "data").exists()
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    assert levels(check_data_folder(patient(tmp_path))) == ["fail"]


def test_who_may_read_it(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room(monkeypatch, 5000 * MIB)
    data.chmod(0o755)
    (data / "secrets" / "tokens.key").chmod(0o644)
    (data / "secrets" / "owner.key").touch(0o600)
    found = check_data_folder(patient(tmp_path))
    assert levels(found) == ["pass", "warn", "fail", "fail", "pass"]
    assert f"chmod 700 {data}" in said(found)
    assert "owner.key is empty" in said(found)
    assert f"chmod 600 {data}/secrets/tokens.key" in said(found)


def test_whose_it_is(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    assert f"chown -R {mine + 1}" in said(check_data_folder(patient(tmp_path)))
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    assert levels(check_data_folder(patient(tmp_path))) == ["fail"]


def test_a_file_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    assert "is no folder" in said(check_data_folder(patient(tmp_path)))


@pytest.mark.parametrize(("free", "level"), [(100 * MIB, "fail"), (1000 * MIB, "warn"), (3000 * MIB, "pass")])
def test_room(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: str) -> None:
    room(monkeypatch, free)
    assert levels(check_data_folder(patient(tmp_path)))[-1] == level


def test_no_room_for_more_files(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room(monkeypatch, 5000 * MIB)

    monkeypatch.setattr(os, "statvfs", lambda _path: System(1000, 10))
    assert "only 10 more files" in said(check_data_folder(patient(tmp_path)))


async def test_a_file_goes_there_and_back_and_leaves_nothing(data: Path, tmp_path: Path) -> None:
    assert "made at the first start" in said(await check_file_store(patient(tmp_path)))
    blobs = data / "blobs"
    blobs.mkdir()
    assert levels(await check_file_store(patient(tmp_path))) == ["pass"]
    assert [path for path in blobs.rglob("*") if path.is_file()] == []


async def test_a_store_that_takes_nothing(data: Path, tmp_path: Path) -> None:
    (data / "blobs").mkdir()
    (data / "blobs" / "doctor").touch()
    found = await check_file_store(patient(tmp_path))
    assert levels(found) == ["fail"]
    assert "cannot be kept" in said(found)

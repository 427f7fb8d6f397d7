from __future__ import annotations

import errno
import io
import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from parley import config
from parley.backup.archive import ArchiveWriter
from parley.backup.errors import BackupError
from parley.backup.manifest import Manifest
from parley.backup.restore import restore, verify
from parley.backup.take import Taken, take_backup
from parley.config import Settings
from parley.data_folder import held
from parley.failures import CannotStart
from tests.support.database import make_file


def quiet(_what: str, _done: int, _total: int | None) -> None:
    pass


def settings_of(data: Path, **variables: str) -> Settings:
    return config.load({"PARLEY_DATA": str(data), **variables}, secrets=data / "none")


def a_server(data: Path) -> Settings:
    """What a server leaves in its folder."""
    data.mkdir()
    make_file(data)
    with closing(sqlite3.connect(data / "parley.db")) as database, database:
        database.execute("CREATE TABLE mark (word TEXT)")
        database.execute("INSERT INTO mark VALUES ('old')")
    for name, content in {
        "blobs/1": b"one",
        "blobs/2": b"",
        "secrets/tokens.key": b"k" * 32,
        "certs/a/b.pem": b"c",
    }.items():
        path = data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return settings_of(data)


def word(data: Path) -> str:
    with closing(sqlite3.connect(data / "parley.db")) as database:
        return str(database.execute("SELECT word FROM mark").fetchone()[0])


def content(data: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(data)): path.read_bytes()
        for path in sorted(data.rglob("*"))
        if path.is_file() and not path.name.startswith((".lock", "parley.db"))
    }


@pytest.fixture
def server(tmp_path: Path) -> Settings:
    return a_server(tmp_path / "old")


@pytest.fixture
def backup(server: Settings, tmp_path: Path) -> Path:
    taken(server, tmp_path / "backup.tar")
    return tmp_path / "backup.tar"


def taken(settings: Settings, target: Path, *, with_secrets: bool = True) -> Taken:
    return take_backup(settings, str(target), with_secrets=with_secrets, progress=quiet)


def test_everything_comes_back(server: Settings, backup: Path, tmp_path: Path) -> None:
    restored = restore(settings_of(tmp_path / "new"), backup, replace=False, progress=quiet)
    assert content(tmp_path / "new") == content(tmp_path / "old")
    assert word(tmp_path / "new") == "old"
    assert (restored.aside, restored.seen.files, restored.seen.files_bytes, restored.seen.secrets) == (None, 2, 3, 2)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").rglob("*") if path.is_file()}
    assert modes == {0o600}
    with held(tmp_path / "new"):
        pass


def test_a_backup_is_for_this_user_alone_and_replaces_nothing(server: Settings, backup: Path, tmp_path: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with pytest.raises(BackupError, match="already"):
        taken(server, backup)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.tar", "old"], "something was left behind"


def test_without_secrets(server: Settings, tmp_path: Path) -> None:
    assert taken(server, tmp_path / "backup.tar", with_secrets=False).secrets is None
    restore(settings_of(tmp_path / "new"), tmp_path / "backup.tar", replace=False, progress=quiet)
    assert content(tmp_path / "new") == {"blobs/1": b"one", "blobs/2": b""}
    assert not verify(tmp_path / "backup.tar", quiet).manifest.secrets


def test_a_file_that_is_deleted_meanwhile_is_counted(
    server: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def gone(path: Path | str, *rest: int, dir_fd: int | None = None) -> int:
        if str(path).endswith("blobs/1"):
            raise FileNotFoundError(errno.ENOENT, "gone", str(path))
        return opened(path, *rest, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", gone)
    found = taken(server, tmp_path / "backup.tar")
    assert (found.files, found.files_gone) == (1, 1)
    assert verify(tmp_path / "backup.tar", quiet).files == 1


def test_a_folder_in_use_or_not_empty_is_left_alone(backup: Path, tmp_path: Path) -> None:
    there = a_server(tmp_path / "there")
    before = content(tmp_path / "there")
    with held(tmp_path / "there"), pytest.raises(CannotStart, match="Another Parley uses"):
        restore(there, backup, replace=True, progress=quiet)
    with pytest.raises(BackupError, match="is there already"):
        restore(there, backup, replace=False, progress=quiet)
    assert content(tmp_path / "there") == before


def test_what_is_replaced_is_kept_aside(backup: Path, tmp_path: Path) -> None:
    data = tmp_path / "there"
    there = a_server(data)
    (data / "blobs/1").write_bytes(b"another")
    (data / "blobs/3").write_bytes(b"newer")
    shutil.copy(backup, data / "backup.tar")
    restored = restore(there, data / "backup.tar", replace=True, progress=quiet)
    assert restored.aside is not None
    assert (restored.aside / "blobs/1").read_bytes() == b"another"
    assert word(restored.aside) == "old"
    assert {name for name in content(data) if not name.startswith("before-restore-")} == {
        *("backup.tar", "blobs/1", "blobs/2", "secrets/tokens.key", "certs/a/b.pem")
    }
    assert (data / "blobs/1").read_bytes() == b"one"


def test_a_database_elsewhere_comes_back_there(server: Settings, backup: Path, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "parley.db").write_bytes(b"an old one")
    there = settings_of(tmp_path / "new", PARLEY_DATABASE_URL=f"sqlite:///{tmp_path}/disk/parley.db")
    with pytest.raises(BackupError, match="is there already"):
        restore(there, backup, replace=False, progress=quiet)
    restored = restore(there, backup, replace=True, progress=quiet)
    assert word(tmp_path / "disk") == "old"
    assert restored.aside is not None
    assert (restored.aside / "parley.db").read_bytes() == b"an old one"


def test_when_something_cannot_be_moved_all_is_as_it_was(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "there"
    there = a_server(data)
    (data / "blobs/3").write_bytes(b"newer")
    before = content(data)
    rename = Path.rename

    def busy(path: Path, target: Path) -> Path:
        if path.parent.name == ".restoring" and path.name == "certs":
            raise OSError(errno.EBUSY, "Device or resource busy", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", busy)
    with pytest.raises(BackupError, match="nothing was changed"):
        restore(there, backup, replace=True, progress=quiet)
    assert content(data) == before
    assert word(data) == "old"


def made(path: Path, members: dict[str, bytes], **fields: object) -> Path:
    values = {"version": "9.9", "made_ms": 1, "database": "sqlite", "tables": "0001", "files": True, "secrets": True}
    manifest = Manifest(**{**values, **fields})  # type: ignore[arg-type]
    with path.open("wb") as out, ArchiveWriter(out, manifest) as archive:
        for name, each in members.items():
            archive.add(name, io.BytesIO(each), len(each))
        archive.finish()
    return path


@pytest.mark.parametrize(
    ("members", "fields", "words"),
    [
        ({"database.sqlite3": b""}, {"tables": "9999"}, "newer Parley"),
        ({"database.sqlite3": b"", "parley.toml": b""}, {}, "no place for"),
        ({"database.sqlite3": b"", "blobs": b""}, {}, "no place for"),
        ({"blobs/1": b""}, {}, "no database"),
        ({"database.pgdump": b""}, {"database": "postgresql"}, "settings name a sqlite"),
    ],
)
def test_what_this_program_cannot_restore_is_refused_before_anything_is_touched(
    members: dict[str, bytes], fields: dict[str, object], words: str, tmp_path: Path
) -> None:
    file = made(tmp_path / "backup.tar", members, **fields)
    with pytest.raises(BackupError, match=words):
        restore(settings_of(tmp_path / "new"), file, replace=True, progress=quiet)
    assert not (tmp_path / "new").exists()


def test_a_member_that_comes_twice_is_refused(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "two").mkdir()
    out = tmp_path / "two.tar"
    manifest = verify(backup, quiet).manifest
    with out.open("wb") as target, ArchiveWriter(target, manifest) as archive:
        for name in ("database.sqlite3", "blobs/1", "blobs/1"):
            archive.add(name, io.BytesIO(b"x"), 1)
        archive.finish()
    with pytest.raises(BackupError, match="twice"):
        restore(settings_of(tmp_path / "new"), out, replace=False, progress=quiet)
    assert list((tmp_path / "new").iterdir()) == [tmp_path / "new" / ".lock"]


def test_a_disk_that_is_too_small_is_seen_before(backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(100, 99, 1))
    with pytest.raises(BackupError, match="Make room"):
        restore(settings_of(tmp_path / "new"), backup, replace=False, progress=quiet)


def test_a_database_that_is_not_what_the_manifest_says_is_refused(
    server: Settings, backup: Path, tmp_path: Path
) -> None:
    database = (tmp_path / "old" / "parley.db").read_bytes()
    file = made(tmp_path / "other.tar", {"database.sqlite3": database})
    with pytest.raises(BackupError, match="another one than its manifest says"):
        restore(settings_of(tmp_path / "new"), file, replace=False, progress=quiet)


def test_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="no data folder"):
        taken(settings_of(tmp_path / "none"), tmp_path / "backup.tar")

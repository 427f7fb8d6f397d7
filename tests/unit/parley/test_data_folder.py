from __future__ import annotations

import stat
from pathlib import Path

import pytest

from parley.data_folder import held, secret
from parley.failures import CannotStart


def test_the_folder_is_made_for_this_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "data"
    with held(folder):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_one_holds_it_at_a_time(tmp_path: Path) -> None:
    with held(tmp_path), pytest.raises(CannotStart, match="Another Parley uses the data folder"), held(tmp_path):
        pass
    with held(tmp_path):
        pass


def test_it_is_given_back_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), held(tmp_path):
        raise RuntimeError
    with held(tmp_path):
        pass


def test_a_file_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(CannotStart, match="cannot be written"), held(tmp_path / "data"):
        pass


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    assert secret(tmp_path, "key", lambda: b"first") == b"first"
    assert secret(tmp_path, "key", lambda: b"second") == b"first"
    path = tmp_path / "secrets" / "key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_a_crash_left_does_not_stand_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "key.part").write_bytes(b"half")
    assert secret(tmp_path, "key", lambda: b"whole") == b"whole"
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["key"]


def test_an_empty_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "key").touch()
    with pytest.raises(CannotStart, match="is empty"):
        secret(tmp_path, "key", lambda: b"x")


def test_a_secret_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "secrets" / "key").mkdir(parents=True)
    with pytest.raises(CannotStart, match=r"cannot be read or made \(Is a directory\)"):
        secret(tmp_path, "key", lambda: b"x")

from __future__ import annotations

from pathlib import Path

from parley import data_folder
from parley.doctor import command
from parley.doctor.command import CHECKS, is_held, run_checks
from tests.support.doctor import patient


def test_a_folder_is_held_while_a_server_runs(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert is_held(folder) is False
    with data_folder.held(folder):
        assert is_held(folder) is True
    assert is_held(folder) is False


def test_every_check_has_its_say(tmp_path: Path) -> None:
    someone = patient(tmp_path, PARLEY_PORT="0", PARLEY_MEDIA_PORT="0")
    parts = run_checks(someone.settings, someone.environment)
    assert [part.name for part in parts] == list(CHECKS)
    assert all(part.findings for part in parts)
    assert not (tmp_path / "data").exists()
    assert command.CHECKS is CHECKS

"""A backup holds all that a server keeps."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from parley.backup.places import FILES, SECRETS
from tests.support.server import ROOT, ParleyServer, clean_environment, running

pytestmark = pytest.mark.integration

DATABASE = {"parley.db", "parley.db-wal", "parley.db-shm"}
OF_THE_PROCESS = {"admin.sock"}


def test_whatever_a_server_keeps_in_its_folder_belongs_to_the_backup(tmp_path: Path) -> None:
    """A folder that is new has to be named in parley.backup.places."""
    with running(tmp_path) as server:
        server.sign_up("anna")
        there = {path.name for path in (tmp_path / "data").iterdir() if not path.name.startswith(".")}
    assert there - DATABASE - OF_THE_PROCESS <= {FILES, *SECRETS}


def test_log_ins_go_on_on_what_was_restored(parley_server: ParleyServer, tmp_path: Path) -> None:
    token = parley_server.sign_up("anna")
    data, backup, second = tmp_path / "data", str(tmp_path / "backup.tar"), tmp_path / "second"
    second.mkdir()
    for command, folder in (("backup", data), ("restore", second / "data")):
        done = subprocess.run(
            [sys.executable, "-m", "parley", command, backup],
            env=clean_environment(PARLEY_DATA=str(folder)),
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    with running(second) as server:
        status, me = server.request("GET", "/api/users/@me", token=token)
        assert (status, me["username"]) == (200, "anna")

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from parley.__main__ import main
from tests.support.database import make_file
from tests.support.server import ROOT, clean_environment


@pytest.fixture(autouse=True)
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "secrets").mkdir(parents=True)
    (folder / "secrets" / "tokens.key").write_bytes(b"k")
    make_file(folder)
    monkeypatch.setenv("PARLEY_DATA", str(folder))
    return folder


def test_a_backup_its_check_and_its_return(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    made = CliRunner().invoke(main, ["backup", str(file)])
    assert made.exit_code == 0, made.output
    assert f"Backup    {file}," in made.output
    checked = CliRunner().invoke(main, ["backup", "--verify", str(file)])
    assert (checked.exit_code, checked.output.splitlines()[-1]) == (0, "The backup is whole.")
    refused = CliRunner().invoke(main, ["restore", str(file)])
    assert (refused.exit_code, "is there already" in refused.stderr, refused.stderr.count("\n")) == (1, True, 1)
    restored = CliRunner().invoke(main, ["restore", "--replace", str(file)])
    assert (restored.exit_code, f"Restored into {data}\n" in restored.output) == (0, True)
    assert (data / "secrets" / "tokens.key").read_bytes() == b"k"


def test_what_is_wrong_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(b"x" * 2000)
    for command in (["backup", "--verify", "noise"], ["restore", "noise"], ["restore", "nothing"]):
        result = CliRunner().invoke(main, [*command[:-1], str(tmp_path / command[-1])])
        assert (result.exit_code, result.stderr.count("\n"), result.stdout) == (1, 1, "")
        assert result.stderr.startswith("parley: ")


def test_to_standard_output_and_on(data: Path, tmp_path: Path) -> None:
    """What is said goes to standard error then."""
    done = subprocess.run(
        [sys.executable, "-m", "parley", "backup", "-"],
        env=clean_environment(PARLEY_DATA=str(data)),
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (tmp_path / "backup.tar").write_bytes(done.stdout)
    assert CliRunner().invoke(main, ["backup", "--verify", str(tmp_path / "backup.tar")]).exit_code == 0
    assert b"standard output" in done.stderr
    assert sorted(path.name for path in data.iterdir()) == ["parley.db", "secrets"]

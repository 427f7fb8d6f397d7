from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from parley import __version__, lifecycle
from parley.__main__ import main
from parley.config import Settings
from parley.failures import CannotStart


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PARLEY_DATA", str(tmp_path / "data"))


def test_version() -> None:
    assert CliRunner().invoke(main, ["--version"]).output == f"parley, version {__version__}\n"


def test_options_reach_the_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[Settings] = []
    monkeypatch.setattr(lifecycle, "run_server", lambda settings, announce: seen.append(settings))
    monkeypatch.setattr("parley.logs.configure", lambda settings: None)
    options = ["--host", "127.0.0.1", "--port", "9", "--data", str(tmp_path), "--server-name", "chat.example.org"]
    assert CliRunner().invoke(main, ["run", *options]).exit_code == 0
    (settings,) = seen
    assert (settings.http.hosts, settings.http.port) == (("127.0.0.1",), 9)
    assert (settings.storage.data, settings.server_name) == (tmp_path, "chat.example.org")


def test_what_keeps_it_from_starting_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(settings: Settings, announce: object) -> None:
        raise CannotStart("The port is taken. Take another.")

    monkeypatch.setattr(lifecycle, "run_server", refuse)
    monkeypatch.setattr("parley.logs.configure", lambda settings: None)
    result = CliRunner().invoke(main, ["run"])
    assert (result.exit_code, result.stderr, result.stdout) == (1, "parley: The port is taken. Take another.\n", "")


@pytest.mark.parametrize("command", ["run", "health", "doctor"])
def test_a_bad_setting_is_one_line(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--port", "x"])
    assert result.exit_code == 2
    assert result.stderr.startswith("parley: --port: 'x' is not a port")
    assert result.stderr.count("\n") == 1


def test_a_file_of_settings(tmp_path: Path) -> None:
    file = tmp_path / "parley.toml"
    file.write_text("[http]\nport = 'x'\n")
    result = CliRunner().invoke(main, ["run", "--config", str(file)])
    assert (result.exit_code, "http.port: 'x' is not a port" in result.stderr) == (2, True)

from __future__ import annotations

from pathlib import Path

from server.http.static import WebClient


def test_without_a_folder_nothing_is_built() -> None:
    assert not WebClient(None).built


def test_a_folder_without_a_page_is_not_a_client(tmp_path: Path) -> None:
    (tmp_path / "app.js").touch()
    assert not WebClient(tmp_path).built


def test_what_comes_later_is_not_served(tmp_path: Path) -> None:
    (tmp_path / "index.html").touch()
    client = WebClient(tmp_path)
    (tmp_path / "late.js").touch()
    assert client.built
    assert "late.js" not in client._files

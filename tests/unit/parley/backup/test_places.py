from __future__ import annotations

import os
from pathlib import Path

from parley.backup.places import plain_files


def test_plain_files_of_all_folders_below(tmp_path: Path) -> None:
    for name in ("blobs/2", "blobs/1", "blobs/deep/er/3", "else/4"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = list(plain_files(tmp_path, "blobs"))
    assert found == [(name, tmp_path / name) for name in ("blobs/1", "blobs/2", "blobs/deep/er/3")]
    assert list(plain_files(tmp_path, "nothing")) == []


def test_what_is_being_written_links_and_pipes_are_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "blobs"
    folder.mkdir()
    for name in ("1#2", "tokens.key.part", "3"):
        (folder / name).touch()
    (folder / "link").symlink_to("/etc/hostname")
    (folder / "folder").symlink_to("/etc")
    os.mkfifo(folder / "pipe")
    assert [name for name, _ in plain_files(tmp_path, "blobs")] == ["blobs/3"]


def test_the_folder_itself_may_be_a_link_to_a_mount(tmp_path: Path) -> None:
    (tmp_path / "mount").mkdir()
    (tmp_path / "mount" / "1").touch()
    (tmp_path / "blobs").symlink_to("mount")
    assert [name for name, _ in plain_files(tmp_path, "blobs")] == ["blobs/1"]

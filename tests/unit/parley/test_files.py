from __future__ import annotations

import socket
from pathlib import Path

import pytest

from parley.config import BucketSettings, FileSettings
from parley.failures import CannotStart
from parley.files import open_files
from tests.support.pictures import chunks


def settings(bucket: BucketSettings | None = None, folder: Path | None = None) -> FileSettings:
    return FileSettings(bucket=bucket, folder=folder, max_bytes=1, quota_bytes=1, origin=None)


@pytest.mark.parametrize("named", [False, True])
async def test_files_are_kept_in_a_folder(tmp_path: Path, named: bool) -> None:
    folder = tmp_path / "mount" if named else None
    blobs = await open_files(settings(folder=folder), tmp_path / "data")
    await blobs.put("files/1", chunks(b"x"))
    assert ((folder or tmp_path / "data" / "blobs") / "files" / "1").read_bytes() == b"x"


async def test_a_folder_that_cannot_be_used_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotStart, match="PARLEY_FILES_FOLDER"):
        await open_files(settings(folder=tmp_path / "file" / "below"), tmp_path)


async def test_a_bucket_that_cannot_be_used_is_told_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.adapters import blobs

    opened = blobs.open_bucket
    monkeypatch.setattr("parley.files.open_bucket", lambda bucket: opened(bucket, retry_s=0.1))
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        bucket = BucketSettings("my-files", "", address, "us-east-1", "key", "hush-hush")
        with pytest.raises(CannotStart, match=r"my-files at http://127\.0\.0\.1") as refused:
            await open_files(settings(bucket), tmp_path)
    assert "hush-hush" not in str(refused.value)

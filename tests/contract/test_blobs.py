"""What every store of bytes promises, in memory and in a folder alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from server.adapters.blobs import Blobs, open_folder
from server.domain.errors import Unavailable
from tests.support.pictures import chunks

LARGE = bytes(range(256)) * 20_000


@pytest.fixture(params=["memory", "folder"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    return Blobs(MemoryStore()) if request.param == "memory" else open_folder(tmp_path / "blobs")


async def read(blobs: Blobs, key: str) -> bytes | None:
    blob = await blobs.get(key)
    if blob is None:
        return None
    data = b"".join([chunk async for chunk in blob.chunks])
    assert len(data) == blob.size_bytes
    return data


@pytest.mark.parametrize("data", [b"", b"a few bytes", LARGE], ids=["empty", "small", "large"])
async def test_what_is_put_comes_back(blobs: Blobs, data: bytes) -> None:
    await blobs.put("files/ab/1", chunks(data))
    assert await read(blobs, "files/ab/1") == data


async def test_a_later_one_takes_the_place(blobs: Blobs) -> None:
    await blobs.put("files/1", chunks(LARGE))
    await blobs.put("files/1", chunks(b"new"))
    assert await read(blobs, "files/1") == b"new"


async def test_what_is_not_there_is_none(blobs: Blobs) -> None:
    assert await blobs.get("files/none") is None
    await blobs.delete("files/none")


async def test_what_is_deleted_is_gone(blobs: Blobs) -> None:
    await blobs.put("files/1", chunks(b"x"))
    await blobs.delete("files/1")
    assert await blobs.get("files/1") is None


class BrokeOff(Exception):
    pass


async def test_of_an_upload_that_breaks_off_nothing_is_kept(blobs: Blobs, tmp_path: Path) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield LARGE
        raise BrokeOff

    with pytest.raises(BrokeOff):
        await blobs.put("files/1", breaking())
    assert await blobs.get("files/1") is None
    assert await asyncio.to_thread(lambda: [one for one in tmp_path.rglob("*") if one.is_file()]) == []


async def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    blobs = open_folder(tmp_path / "blobs")
    (tmp_path / "blobs" / "files").write_text("in the way")
    with pytest.raises(Unavailable) as refused:
        await blobs.put("files/1", chunks(b"x"))
    assert refused.value.code == "files_unavailable"

"""What every store of bytes promises: in memory, in a folder, in a bucket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer
from obstore.store import MemoryStore

from server.adapters.blobs import Blobs, Bucket, StoreRefused, open_bucket, open_folder
from server.domain.errors import Unavailable
from tests.support.pictures import chunks

LARGE = bytes(range(256)) * 50_000
"""More than S3 takes in one part."""


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """Its address."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


async def bucket_at(s3: str, prefix: str) -> Bucket:
    import aiohttp

    async with aiohttp.ClientSession() as session, session.put(f"{s3}/parley-files"):
        pass  # it may be there already
    return Bucket(name="parley-files", prefix=prefix, endpoint=s3, key_id="key", secret="secret")


@pytest.fixture(params=["memory", "folder", "bucket"])
async def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    match request.param:
        case "memory":
            return Blobs(MemoryStore())
        case "folder":
            return await asyncio.to_thread(open_folder, tmp_path / "blobs")
    return open_bucket(await bucket_at(request.getfixturevalue("s3"), tmp_path.name))


async def read(blobs: Blobs, key: str) -> bytes | None:
    blob = await blobs.get(key)
    if blob is None:
        return None
    data = b"".join([chunk async for chunk in blob.chunks])
    assert len(data) == blob.size_bytes
    return data


async def keys(blobs: Blobs, folder: str) -> list[str]:
    return sorted([key async for key in blobs.keys(folder)])


@pytest.mark.parametrize("data", [b"", b"a few bytes", LARGE], ids=["empty", "small", "large"])
async def test_what_is_put_comes_back(blobs: Blobs, data: bytes) -> None:
    await blobs.put("files/ab/1", chunks(data))
    assert await read(blobs, "files/ab/1") == data


async def test_a_later_one_takes_the_place(blobs: Blobs) -> None:
    await blobs.put("files/1", chunks(LARGE))
    await blobs.put("files/1", chunks(b"new"))
    assert await read(blobs, "files/1") == b"new"


@pytest.mark.parametrize(("start", "end"), [(0, 1), (3, 9), (1000, None), (len(LARGE) - 1, None), (0, len(LARGE))])
async def test_parts_come_alone(blobs: Blobs, start: int, end: int | None) -> None:
    await blobs.put("files/1", chunks(LARGE))
    blob = await blobs.get("files/1", start, end)
    assert blob is not None
    assert blob.size_bytes == len(LARGE)
    assert b"".join([chunk async for chunk in blob.chunks]) == LARGE[start:end]


async def test_what_is_not_there_is_none(blobs: Blobs) -> None:
    assert await blobs.get("files/none") is None
    assert await blobs.get("files/none", 3, 5) is None
    await blobs.delete("files/none")


async def test_what_is_deleted_is_gone(blobs: Blobs) -> None:
    await blobs.put("files/1", chunks(b"x"))
    await blobs.delete("files/1")
    assert await blobs.get("files/1") is None


async def test_a_folder_tells_what_is_in_it(blobs: Blobs) -> None:
    for key in ("files/aa/1", "files/aa/1.small", "files/bb/2", "uploads/aa/1.0"):
        await blobs.put(key, chunks(b"x"))
    assert await keys(blobs, "files") == ["files/aa/1", "files/aa/1.small", "files/bb/2"]
    assert await keys(blobs, "uploads/aa") == ["uploads/aa/1.0"]
    assert await keys(blobs, "nothing") == []


class BrokeOff(Exception):
    pass


async def test_of_an_upload_that_breaks_off_nothing_is_kept(blobs: Blobs, tmp_path: Path) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield LARGE
        raise BrokeOff

    with pytest.raises(BrokeOff):
        await blobs.put("files/1", breaking())
    assert await blobs.get("files/1") is None
    assert await keys(blobs, "files") == []
    assert await asyncio.to_thread(lambda: [one for one in tmp_path.rglob("*") if one.is_file()]) == []


async def test_one_that_can_be_used_stands_the_trial(blobs: Blobs) -> None:
    await blobs.check()
    assert await keys(blobs, "") == []


async def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    blobs = await asyncio.to_thread(open_folder, tmp_path / "blobs")
    (tmp_path / "blobs" / "files").write_text("in the way")
    with pytest.raises(Unavailable) as refused:
        await blobs.put("files/1", chunks(b"x"))
    assert refused.value.code == "files_unavailable"


async def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("in the way")
    with pytest.raises(StoreRefused, match="blobs"):
        await asyncio.to_thread(open_folder, tmp_path / "blobs" / "deeper")


async def test_a_bucket_that_is_not_there_is_refused(s3: str) -> None:
    with pytest.raises(StoreRefused) as refused:
        await open_bucket(Bucket(name="nobodys", endpoint=s3, key_id="key", secret="hush-hush")).check()
    assert "hush-hush" not in str(refused.value)
    assert str(refused.value)


async def test_a_bucket_that_cannot_be_reached_is_refused_and_unavailable() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        blobs = open_bucket(Bucket(name="some", endpoint=address, key_id="key", secret="hush-hush"), retry_s=0.1)
        with pytest.raises(StoreRefused):
            await blobs.check()
        with pytest.raises(Unavailable):
            await blobs.get("files/1")
        with pytest.raises(Unavailable):
            await keys(blobs, "files")
        with pytest.raises(Unavailable):
            await blobs.delete("files/1")

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from server.actions.files import ABANDONED_MS, do_collect_files, do_upload, get_file, safe_name
from server.domain.errors import ParleyError, TooLarge
from server.domain.ids import FileId, UserId
from server.domain.limits import Limits
from tests.support.actions import House, text_channel
from tests.support.pictures import chunks, picture


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("notes.txt", "notes.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\windows\\system32\\x.exe", "x.exe"),
        ("a\r\nSet-Cookie: b", "aSet-Cookie b"),
        ("pho\u202etxt.exe", "photxt.exe"),
        ('"quoted"?.png', "quoted.png"),
        (" .. ", "file"),
        ("", "file"),
        ("\ud800", "file"),
        ("päonie.jpg", "päonie.jpg"),
        ("x" * 300 + ".jpeg", "x" * 15 + ".jpeg"),
        ("x" * 300, "x" * 20),
    ],
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    assert safe_name(name, 20) == safe


async def content(house: House, user_id: UserId, file_id: FileId) -> bytes:
    found = await get_file(house.actions, user_id, file_id)
    return b"".join([chunk async for chunk in found.blob.chunks])


async def test_a_file_comes_back_to_its_owner_and_to_readers_of_its_message(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    channel_id = text_channel(await house.group(anna, ben))
    message = await house.say(anna, channel_id)
    image = picture(200)
    uploaded = await do_upload(house.actions, anna, "rose.txt", chunks(image, 100))
    assert (uploaded.media_type, uploaded.size_bytes, uploaded.name) == ("image/png", len(image), "rose.txt")
    assert await content(house, anna, uploaded.file_id) == image
    for stranger in (ben, cleo):
        with pytest.raises(ParleyError) as refused:
            await get_file(house.actions, stranger, uploaded.file_id)
        assert refused.value.code == "unknown_file"
    async with house.store.write() as uow:
        await uow.files.use([uploaded.file_id], channel_id, message.id)
    assert await content(house, ben, uploaded.file_id) == image
    with pytest.raises(ParleyError):
        await get_file(house.actions, cleo, uploaded.file_id)


async def test_what_is_too_large_stops_as_it_comes(house: House) -> None:
    anna = await house.user("anna")
    few = house.with_limits(Limits(file_max_bytes=1000))
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield bytes(300)

    with pytest.raises(TooLarge):
        await do_upload(few.actions, anna, "a", endless())
    assert taken == 4
    async with house.store.read() as reader:
        assert await reader.files.abandoned(FileId(house.actions.ids.next(house.clock.ms)), 10) == []


async def test_what_no_message_holds_is_deleted_after_a_day(house: House) -> None:
    anna = await house.user("anna")
    channel_id = text_channel(await house.group(anna))
    message = await house.say(anna, channel_id)
    kept, gone = [await do_upload(house.actions, anna, "a", chunks(b"x")) for _ in range(2)]
    async with house.store.write() as uow:
        await uow.files.use([kept.file_id], channel_id, message.id)
    assert await do_collect_files(house.actions) == 0
    house.clock.advance(ABANDONED_MS / 1000 + 1)
    late = await do_upload(house.actions, anna, "b", chunks(b"y"))
    assert await do_collect_files(house.actions) == 1
    with pytest.raises(ParleyError):
        await get_file(house.actions, anna, gone.file_id)
    for left in (kept, late):
        await get_file(house.actions, anna, left.file_id)

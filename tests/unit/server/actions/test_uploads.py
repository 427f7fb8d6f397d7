from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable

import msgspec
import pytest
from msgspec import UNSET

from server.actions.files import get_file, get_storage, read_file
from server.actions.intake import PER_USER
from server.actions.uploads import (
    LIFETIME_MS,
    PART_BYTES,
    PARTS_MAX,
    BeginUpload,
    Uploaded,
    do_append,
    do_begin_upload,
    do_cancel_upload,
    do_collect_uploads,
    do_finish_upload,
    do_upload,
    get_upload,
)
from server.domain.errors import Invalid, ParleyError, Unavailable
from server.domain.ids import FileId, UploadId, UserId
from server.domain.limits import Limits
from tests.support.actions import House
from tests.support.pictures import chunks, picture
from tests.support.recordings import sound

LARGE = bytes(range(256)) * 9000
"""More than two parts."""


@pytest.fixture
async def anna(house: House) -> UserId:
    return await house.user("anna")


async def refusal(attempt: Awaitable[object]) -> ParleyError:
    with pytest.raises(ParleyError) as refused:
        await attempt
    return refused.value


async def content(house: House, user_id: UserId, file_id: FileId) -> bytes:
    blob = await read_file(house.actions, await get_file(house.actions, user_id, file_id))
    return b"".join([chunk async for chunk in blob.chunks])


async def left(house: House) -> list[str]:
    return [key async for key in house.actions.blobs.keys("")]


async def begin(house: House, user_id: UserId, size: int, name: str = "a.txt") -> UploadId:
    return (await do_begin_upload(house.actions, user_id, BeginUpload(name=name, size_bytes=size))).upload_id


async def whole(house: House, user_id: UserId, data: bytes, *, voice: bool = False) -> Uploaded:
    request = BeginUpload(name="a.bin", size_bytes=len(data), voice=voice)
    upload_id = (await do_begin_upload(house.actions, user_id, request)).upload_id
    await do_append(house.actions, user_id, upload_id, 0, chunks(data))
    return await do_finish_upload(house.actions, user_id, upload_id)


async def broken(data: bytes) -> AsyncIterator[bytes]:
    yield data
    raise Invalid("bad_request", "The upload broke off. Send it again.")


# ------------------------------------------------------------------------------------------------------------ in parts


@pytest.mark.parametrize("data", [b"", b"a few bytes", LARGE], ids=["empty", "small", "large"])
async def test_an_upload_becomes_a_file(house: House, anna: UserId, data: bytes) -> None:
    made = await whole(house, anna, data)
    assert (made.name, made.size_bytes) == ("a.bin", len(data))
    assert await content(house, anna, made.file_id) == data
    assert len(await left(house)) == 1


async def test_it_goes_on_after_a_break(house: House, anna: UserId) -> None:
    upload_id = await begin(house, anna, len(LARGE))
    at = PART_BYTES + 700
    assert (await refusal(do_append(house.actions, anna, upload_id, 0, broken(LARGE[:at])))).code == "bad_request"
    assert (await get_upload(house.actions, anna, upload_id)).offset_bytes == at
    wrong = await refusal(do_append(house.actions, anna, upload_id, 0, chunks(LARGE)))
    assert (wrong.code, wrong.data) == ("offset_mismatch", {"offset_bytes": at})
    early = await refusal(do_finish_upload(house.actions, anna, upload_id))
    assert (early.code, early.data) == ("upload_incomplete", {"offset_bytes": at})
    assert (await do_append(house.actions, anna, upload_id, at, chunks(LARGE[at:]))).offset_bytes == len(LARGE)
    made = await do_finish_upload(house.actions, anna, upload_id)
    assert await content(house, anna, made.file_id) == LARGE
    assert await do_finish_upload(house.actions, anna, upload_id) == made


async def test_more_than_was_announced_is_not_taken(house: House, anna: UserId) -> None:
    upload_id = await begin(house, anna, 10)
    assert (await refusal(do_append(house.actions, anna, upload_id, 0, chunks(bytes(11))))).code == "too_large"
    assert (await get_upload(house.actions, anna, upload_id)).offset_bytes == 0


async def test_it_is_ones_own(house: House, anna: UserId) -> None:
    ben = await house.user("ben")
    upload_id = await begin(house, anna, 3)
    actions = house.actions
    for attempt in (
        get_upload(actions, ben, upload_id),
        do_append(actions, ben, upload_id, 0, chunks(b"abc")),
        do_finish_upload(actions, ben, upload_id),
        do_cancel_upload(actions, ben, upload_id),
    ):
        assert (await refusal(attempt)).code == "unknown_upload"
    await do_append(actions, anna, upload_id, 0, chunks(b"abc"))
    await do_finish_upload(actions, anna, upload_id)
    assert (await refusal(do_finish_upload(actions, ben, upload_id))).code == "unknown_upload"


async def test_what_is_cancelled_is_gone(house: House, anna: UserId) -> None:
    upload_id = await begin(house, anna, 3)
    await do_append(house.actions, anna, upload_id, 0, chunks(b"ab"))
    await do_cancel_upload(house.actions, anna, upload_id)
    assert (await refusal(get_upload(house.actions, anna, upload_id))).code == "unknown_upload"
    assert await left(house) == []
    assert (await get_storage(house.actions, anna)).used_bytes == 0


async def test_it_expires(house: House, anna: UserId) -> None:
    upload_id = await begin(house, anna, 3)
    await do_append(house.actions, anna, upload_id, 0, chunks(b"ab"))
    assert await do_collect_uploads(house.actions) == 0
    house.clock.advance(LIFETIME_MS / 1000)
    assert (await refusal(get_upload(house.actions, anna, upload_id))).code == "unknown_upload"
    assert await do_collect_uploads(house.actions) == 1
    assert await left(house) == []


async def test_only_so_many_are_open(house: House, anna: UserId) -> None:
    few = house.with_limits(Limits(uploads_open=2))
    first = await begin(few, anna, 1)
    await begin(few, anna, 1)
    assert (await refusal(do_begin_upload(few.actions, anna, BeginUpload(name="a", size_bytes=1)))).code == "too_many"
    await do_cancel_upload(few.actions, anna, first)
    await begin(few, anna, 1)


async def test_parts_have_a_number(house: House, anna: UserId) -> None:
    upload_id = await begin(house, anna, PARTS_MAX + 5)
    async with house.store.write() as uow:
        upload = await uow.uploads.get(upload_id)
        assert upload is not None
        names = tuple(f"{number}-x" for number in range(PARTS_MAX))
        await uow.uploads.grow(upload, msgspec.structs.replace(upload, received_bytes=PARTS_MAX, parts=names))
    refused = await refusal(do_append(house.actions, anna, upload_id, PARTS_MAX, chunks(b"x")))
    assert refused.code == "too_many"


async def test_of_two_processes_one_goes_on(house: House, anna: UserId) -> None:
    upload_id = await begin(house, anna, 20)
    other = house.with_limits(house.actions.limits)

    async def overtaken() -> AsyncIterator[bytes]:
        yield b"slow"
        with house.actions.intake.place(anna):  # what another process does knows nothing of this one's places
            async with house.store.write() as uow:
                upload = await uow.uploads.get(upload_id)
                assert upload is not None
                await uow.uploads.grow(upload, msgspec.structs.replace(upload, received_bytes=5, parts=("0-q",)))

    refused = await refusal(do_append(other.actions, anna, upload_id, 0, overtaken()))
    assert (refused.code, refused.data) == ("offset_mismatch", {"offset_bytes": 5})
    assert await left(house) == []


async def test_a_store_that_fails_loses_nothing_that_came(
    house: House, anna: UserId, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload_id = await begin(house, anna, 3)
    await do_append(house.actions, anna, upload_id, 0, chunks(b"abc"))

    async def fail(key: str, chunks: AsyncIterator[bytes]) -> None:
        raise Unavailable("files_unavailable", "Not now.")

    with monkeypatch.context() as patch:
        patch.setattr(house.actions.blobs, "put", fail)
        assert (await refusal(do_finish_upload(house.actions, anna, upload_id))).code == "files_unavailable"
    assert (await do_finish_upload(house.actions, anna, upload_id)).size_bytes == 3


# ---------------------------------------------------------------------------------------------------------------- room


@pytest.mark.parametrize("size", [-1, 1001])
async def test_a_file_has_a_size(house: House, anna: UserId, size: int) -> None:
    few = house.with_limits(Limits(file_max_bytes=1000))
    refused = await refusal(do_begin_upload(few.actions, anna, BeginUpload(name="a", size_bytes=size)))
    assert refused.code == ("bad_request" if size < 0 else "too_large")


async def test_what_is_too_large_stops_as_it_comes(house: House, anna: UserId) -> None:
    few = house.with_limits(Limits(file_max_bytes=1000))
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield bytes(300)

    assert (await refusal(do_upload(few.actions, anna, "a", endless()))).code == "too_large"
    assert taken == 4
    assert await left(house) == []
    assert (await get_storage(house.actions, anna)).used_bytes == 0


async def test_nobody_has_more_room_than_the_quota(house: House, anna: UserId) -> None:
    few = house.with_limits(Limits(file_quota_bytes=1000))
    await do_upload(few.actions, anna, "a", chunks(bytes(600)), announced_bytes=600)
    await begin(few, anna, 300)
    assert (await get_storage(few.actions, anna)).used_bytes == 900
    refused = await refusal(do_begin_upload(few.actions, anna, BeginUpload(name="a", size_bytes=101)))
    assert (refused.code, refused.data) == ("quota_exceeded", {"used_bytes": 900, "quota_bytes": 1000})
    # Of one that does not say how long it is, what there is room for is taken.
    assert (await refusal(do_upload(few.actions, anna, "a", chunks(bytes(101))))).code == "too_large"
    await do_upload(few.actions, anna, "a", chunks(bytes(100)))
    assert (await refusal(do_upload(few.actions, anna, "a", chunks(b"")))).code == "quota_exceeded"
    ben = await house.user("ben")
    await do_upload(few.actions, ben, "a", chunks(bytes(600)))


async def test_only_so_many_come_in_at_once(house: House, anna: UserId) -> None:
    waiting = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        await waiting.wait()
        yield b"x"

    tasks = [asyncio.create_task(do_upload(house.actions, anna, "a", slow())) for _ in range(PER_USER)]
    await asyncio.sleep(0)
    assert (await refusal(do_upload(house.actions, anna, "a", chunks(b"x")))).code == "rate_limited"
    waiting.set()
    await asyncio.gather(*tasks)
    await do_upload(house.actions, anna, "a", chunks(b"x"))


# --------------------------------------------------------------------------------------------------------- what it is


async def test_a_picture_is_drawn_anew(house: House, anna: UserId) -> None:
    data = picture(900, "JPEG") + b"<script>alert(1)</script>"
    made = await do_upload(house.actions, anna, "rose.jpg", chunks(data))
    assert (made.media_type, made.name) == ("image/jpeg", "rose.jpg")
    assert made.media is not UNSET
    assert (made.media.width, made.media.height) == (900, 900)
    kept = await content(house, anna, made.file_id)
    assert len(kept) == made.size_bytes
    assert b"script" not in kept
    async with house.store.read() as reader:
        stored = (await reader.files.by_ids([made.file_id]))[made.file_id]
    assert stored.media == made.media


async def test_a_moving_picture_has_the_name_of_what_it_became(house: House, anna: UserId) -> None:
    made = await do_upload(house.actions, anna, "cat.gif", chunks(picture(40, "GIF", frames=3)))
    assert (made.media_type, made.name) == ("image/webp", "cat.webp")
    made = await do_upload(house.actions, anna, "cat", chunks(picture(40, "GIF", frames=3)))
    assert made.name == "cat"


async def test_a_damaged_picture_is_refused_and_nothing_stays(house: House, anna: UserId) -> None:
    assert (await refusal(do_upload(house.actions, anna, "a.png", chunks(picture()[:40])))).code == "bad_image"
    assert (await refusal(whole(house, anna, picture()[:40]))).code == "bad_image"
    assert await left(house) == []
    assert (await get_storage(house.actions, anna)).used_bytes == 0


async def test_what_was_spoken_is_a_voice_message_if_it_is_sound(house: House, anna: UserId) -> None:
    spoken = await whole(house, anna, sound(), voice=True)
    assert spoken.media is not UNSET
    assert spoken.media.voice is True
    assert isinstance(spoken.media.duration_ms, int)
    assert isinstance(spoken.media.waveform, str)
    heard = await whole(house, anna, sound())
    assert heard.media is not UNSET
    assert heard.media.voice is UNSET
    assert (await whole(house, anna, b"words", voice=True)).media is UNSET
    shown = await do_upload(house.actions, anna, "a.png", chunks(picture()), voice=True)
    assert shown.media is not UNSET
    assert shown.media.voice is UNSET


async def test_a_recording_that_says_nothing_stays_a_file(house: House, anna: UserId) -> None:
    made = await do_upload(house.actions, anna, "a.ogg", chunks(b"OggS" + bytes(300)))
    assert (made.media, made.size_bytes) == (UNSET, 304)

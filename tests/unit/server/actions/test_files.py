from __future__ import annotations

from collections.abc import Awaitable

import msgspec
import pytest

from server.actions.files import (
    ABANDONED_MS,
    LINK_PERIOD_S,
    AskLinks,
    SetQuota,
    View,
    do_collect_files,
    do_make_links,
    do_set_quota,
    do_sweep_bytes,
    follow_link,
    get_file,
    get_storage,
    key_of,
    read_file,
    safe_name,
)
from server.actions.history import BulkDelete, do_bulk_delete
from server.actions.messages import do_delete_message
from server.actions.sessions import Authenticated, open_session
from server.actions.uploads import BeginUpload, do_begin_upload, do_upload
from server.domain.errors import ParleyError
from server.domain.ids import FileId, SessionId, Snowflake, UserId
from server.domain.sections import NewFile, NewForward
from tests.support.actions import HOME, House, text_channel
from tests.support.pictures import chunks, picture
from tests.support.recordings import sound, video
from tests.support.statements import ask


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
    blob = await read_file(house.actions, await get_file(house.actions, user_id, file_id))
    return b"".join([chunk async for chunk in blob.chunks])


async def test_a_file_comes_back_to_its_owner_and_to_readers_of_its_message(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    channel_id = text_channel(await house.group(anna, ben))
    message = await house.say(anna, channel_id)
    words = b"words " * 200
    uploaded = await do_upload(house.actions, anna, "rose.png", chunks(words, 100))
    assert (uploaded.media_type, uploaded.size_bytes, uploaded.name) == ("text/plain", len(words), "rose.png")
    assert await content(house, anna, uploaded.file_id) == words
    for stranger in (ben, cleo):
        with pytest.raises(ParleyError) as refused:
            await get_file(house.actions, stranger, uploaded.file_id)
        assert refused.value.code == "unknown_file"
    async with house.store.write() as uow:
        await uow.files.use([uploaded.file_id], channel_id, message.id)
    assert await content(house, ben, uploaded.file_id) == words
    with pytest.raises(ParleyError):
        await get_file(house.actions, cleo, uploaded.file_id)


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


async def code_of(attempt: Awaitable[object]) -> str:
    with pytest.raises(ParleyError) as refused:
        await attempt
    return refused.value.code


async def bytes_there(house: House) -> list[str]:
    return sorted([key async for key in house.actions.blobs.keys("")])


# --------------------------------------------------------------------------------------------------------------- views


async def test_a_picture_has_views_and_other_files_have_none(house: House) -> None:
    anna = await house.user("anna")
    large = await do_upload(house.actions, anna, "a.png", chunks(picture(1500)))
    keys = {view: (await get_file(house.actions, anna, large.file_id, view)).key for view in View}
    whole = key_of(large.file_id)
    assert keys == {View.WHOLE: whole, View.SMALL: f"{whole}.small", View.LARGE: f"{whole}.large"}
    small = await do_upload(house.actions, anna, "b.png", chunks(picture(100)))
    found = await get_file(house.actions, anna, small.file_id, View.SMALL)
    assert (found.key, found.inline, found.media_type) == (key_of(small.file_id), True, "image/png")
    assert (await get_file(house.actions, anna, small.file_id)).inline is False
    text = await do_upload(house.actions, anna, "c.png", chunks(b"words"))
    for view in View:
        assert await code_of(get_file(house.actions, anna, text.file_id, view)) == "unknown_file"


async def test_a_video_shows_its_poster_and_sound_has_none(house: House) -> None:
    anna = await house.user("anna")
    film = await do_upload(house.actions, anna, "a.webm", chunks(video(width=640, height=360)))
    whole = key_of(film.file_id)
    keys = {view: (await get_file(house.actions, anna, film.file_id, view)).key for view in View}
    assert keys == {View.WHOLE: whole, View.SMALL: f"{whole}.small", View.LARGE: f"{whole}.poster"}
    tone = await do_upload(house.actions, anna, "a.ogg", chunks(sound()))
    assert (await get_file(house.actions, anna, tone.file_id, View.WHOLE)).media_type == "audio/ogg"
    assert await code_of(get_file(house.actions, anna, tone.file_id, View.SMALL)) == "unknown_file"


async def test_bytes_that_are_gone_are_an_unknown_file(house: House) -> None:
    anna = await house.user("anna")
    file = await do_upload(house.actions, anna, "a", chunks(b"x"))
    await house.actions.blobs.delete(key_of(file.file_id))
    found = await get_file(house.actions, anna, file.file_id)
    assert await code_of(read_file(house.actions, found)) == "unknown_file"


# --------------------------------------------------------------------------------------------------------------- links


async def caller(house: House, user_id: UserId) -> Authenticated:
    async with house.store.write() as uow:
        me = await uow.users.me(user_id)
        assert me is not None
        opened = await open_session(house.actions, uow, me, HOME, house.clock.ms)
    claims = house.actions.tokens.read(opened.access_token, house.clock.ms)
    return Authenticated(user_id=user_id, session_id=claims.session_id, expires_ms=claims.expires_ms)


async def test_a_link_stands_for_its_log_in_and_one_file(house: House) -> None:
    anna = await house.user("anna")
    who = await caller(house, anna)
    one, other = FileId(Snowflake(5)), FileId(Snowflake(6))
    links = await do_make_links(house.actions, who, AskLinks(file_ids=(one,)))
    assert await follow_link(house.actions, one, links.tickets[one]) == anna
    assert await code_of(follow_link(house.actions, other, links.tickets[one])) == "unauthenticated"
    house.clock.advance((links.expires_ms - house.clock.ms) / 1000)
    assert await code_of(follow_link(house.actions, one, links.tickets[one])) == "token_expired"


async def test_a_link_ends_with_its_log_in(house: House) -> None:
    who = await caller(house, await house.user("anna"))
    file_id = FileId(Snowflake(5))
    gone = msgspec.structs.replace(who, session_id=SessionId(Snowflake(99)))
    links = await do_make_links(house.actions, gone, AskLinks(file_ids=(file_id,)))
    assert await code_of(follow_link(house.actions, file_id, links.tickets[file_id])) == "session_revoked"


async def test_links_of_one_period_are_the_same_and_live_for_another(house: House) -> None:
    who = await caller(house, await house.user("anna"))
    ask = AskLinks(file_ids=(FileId(Snowflake(5)),))
    house.clock.advance(LINK_PERIOD_S - house.clock.ms / 1000 % LINK_PERIOD_S)
    first = await do_make_links(house.actions, who, ask)
    house.clock.advance(LINK_PERIOD_S - 1)
    assert await do_make_links(house.actions, who, ask) == first
    assert first.expires_ms - house.clock.ms > LINK_PERIOD_S * 1000
    house.clock.advance(1)
    assert await do_make_links(house.actions, who, ask) != first


async def test_nobody_asks_for_too_many_links(house: House) -> None:
    who = await caller(house, await house.user("anna"))
    most = house.actions.limits.file_links_max
    ids = tuple(FileId(Snowflake(number)) for number in range(most + 1))
    assert len((await do_make_links(house.actions, who, AskLinks(file_ids=ids[:-1]))).tickets) == most
    assert await code_of(do_make_links(house.actions, who, AskLinks(file_ids=ids))) == "bad_request"


# ------------------------------------------------------------------------------------------------------- room, and gone


async def test_an_operator_says_how_much_room_somebody_has(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    async with house.store.write() as uow:
        await ask(uow, f"UPDATE users SET operator = true WHERE id = {int(anna)}")
    everybodys = house.actions.limits.file_quota_bytes
    assert (await do_set_quota(house.actions, anna, ben, SetQuota(quota_bytes=7))).quota_bytes == 7
    assert (await get_storage(house.actions, ben)).quota_bytes == 7
    assert (await do_set_quota(house.actions, anna, ben, SetQuota(quota_bytes=None))).quota_bytes == everybodys
    assert await code_of(do_set_quota(house.actions, ben, anna, SetQuota(quota_bytes=7))) == "forbidden"
    assert await code_of(do_set_quota(house.actions, anna, ben, SetQuota(quota_bytes=-1))) == "bad_request"
    nobody = UserId(Snowflake(9))
    assert await code_of(do_set_quota(house.actions, anna, nobody, SetQuota(quota_bytes=1))) == "unknown_user"


@pytest.mark.parametrize("how", ["delete", "bulk"])
async def test_a_message_that_is_deleted_gives_its_room_back(house: House, how: str) -> None:
    anna = await house.user("anna")
    channel_id = text_channel(await house.group(anna))
    file = await do_upload(house.actions, anna, "a", chunks(b"12345"))
    message = (await house.write(anna, channel_id, NewFile(file.file_id))).message
    assert (await get_storage(house.actions, anna)).used_bytes == 5
    if how == "delete":
        await do_delete_message(house.actions, anna, channel_id, message.id)
    else:
        await do_bulk_delete(house.actions, anna, channel_id, BulkDelete(message_ids=(message.id,)))
    assert (await get_storage(house.actions, anna)).used_bytes == 0
    with pytest.raises(ParleyError):
        await house.write(anna, channel_id, NewFile(file.file_id))
    assert await do_collect_files(house.actions) == 1
    assert await bytes_there(house) == []


async def test_a_file_that_another_message_holds_stays(house: House) -> None:
    anna = await house.user("anna")
    channel_id = text_channel(await house.group(anna))
    file = await do_upload(house.actions, anna, "a", chunks(b"12345"))
    message = (await house.write(anna, channel_id, NewFile(file.file_id))).message
    other = (await house.write(anna, channel_id, NewForward(channel_id, message.id))).message
    await do_delete_message(house.actions, anna, channel_id, message.id)
    assert (await get_storage(house.actions, anna)).used_bytes == 5
    assert await do_collect_files(house.actions) == 0
    await do_delete_message(house.actions, anna, channel_id, other.id)
    assert (await get_storage(house.actions, anna)).used_bytes == 0


async def test_with_a_file_its_smaller_ones_go(house: House) -> None:
    anna = await house.user("anna")
    await do_upload(house.actions, anna, "a.png", chunks(picture(1500)))
    await do_upload(house.actions, anna, "a.webm", chunks(video()))
    assert len(await bytes_there(house)) == 5
    house.clock.advance(ABANDONED_MS / 1000 + 1)
    assert await do_collect_files(house.actions) == 2
    assert await bytes_there(house) == []


async def test_bytes_that_nothing_knows_of_are_swept(house: House) -> None:
    anna = await house.user("anna")
    await do_upload(house.actions, anna, "a", chunks(b"x"))
    upload = await do_begin_upload(house.actions, anna, BeginUpload(name="b", size_bytes=3))
    lost = Snowflake(house.actions.ids.next(house.clock.ms))
    for key in (key_of(lost), key_of(lost, "small"), f"uploads/00/{lost}.0-ab", f"uploads/00/{upload.upload_id}.0-ab"):
        await house.actions.blobs.put(key, chunks(b"x"))
    await house.actions.blobs.put("files/README", chunks(b"x"))
    assert await do_sweep_bytes(house.actions) == 0
    house.clock.advance(ABANDONED_MS / 1000 + 1)
    assert await do_sweep_bytes(house.actions) == 3
    assert len(await bytes_there(house)) == 3

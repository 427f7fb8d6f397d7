"""What every database finds: the same, whatever its index is made of."""

from __future__ import annotations

import pytest

from db.store import SqlStore
from server.domain.entities import Mentions, Message
from server.domain.ids import MAX_ID, ChannelId, FileId, GroupId, MessageId, Snowflake, UserId
from server.domain.search import channel_term, group_term, index, match, parse
from server.domain.sections import Code, File, Section, Text
from tests.support.rows import ANNA, BEN, ELSEWHERE, GENERAL, GROUP, OTHER_GROUP, RANDOM, message, message_id

SAID: dict[int, tuple[ChannelId, UserId, Section]] = {
    11: (GENERAL, ANNA, Text("The old roses are red")),
    12: (GENERAL, BEN, Text("Roses, old and new: https://example.org/who")),
    13: (RANDOM, ANNA, Code("rose = Rosette()", "python")),
    14: (GENERAL, ANNA, Text("CAFÉ in 東京タワー; to be or not to be")),
    15: (GENERAL, BEN, File(file_id=FileId(Snowflake(1)), name="rose.png", media_type="image/png", size_bytes=1)),
    16: (ELSEWHERE, ANNA, Text("roses elsewhere")),
}


def groups(channel_id: ChannelId) -> GroupId:
    return OTHER_GROUP if channel_id == ELSEWHERE else GROUP


async def write(store: SqlStore) -> None:
    async with store.write() as uow:
        for number, (channel_id, author_id, section) in SAID.items():
            mentions = Mentions(user_ids=(BEN,)) if number == 11 else None
            written = message(number, channel_id=channel_id, author_id=author_id, sections=(section,))
            written = Message(
                id=written.id,
                channel_id=channel_id,
                author_id=author_id,
                sections=(section,),
                mentions=mentions,
            )
            await uow.messages.add(written)
            await uow.search.add(index(written, groups(channel_id)))


async def find(store: SqlStore, asked: str, *within: str, **names: list[UserId]) -> list[int]:
    question = parse(asked, 256)
    ready = match(
        question,
        within=within or (group_term(GROUP),),
        authors=names.get("authors", []),
        mentioned=names.get("mentioned", []),
    )
    async with store.read() as reader:
        return [int(found) for _, found in await reader.search.find(ready, 50)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("roses ", [12, 11]),
        ("rose ", [15, 13]),
        ("rose", [15, 13, 12, 11]),
        ("old roses ", [12, 11]),
        ('"old roses"', [11]),
        ('"roses old"', [12]),
        ("the ", [11]),
        ("to be ", [14]),
        ("who", [12]),
        ("a", [12, 11]),
        ("cafe ", [14]),
        ("CAFÉ", [14]),
        ("東京", [14]),
        ("京東", []),
        ("has:link", [12]),
        ("has:code", [13]),
        ("has:file", [15]),
        ("has:image rose", [15]),
        ("nothing like it ", []),
        ("rosettes", []),
        ("after:12 before:15 rose", [13]),
        ("after:12 has:file", [15]),
    ],
)
async def test_what_is_found(world: SqlStore, asked: str, found: list[int]) -> None:
    await write(world)
    assert await find(world, asked) == found


async def test_where_and_by_whom(world: SqlStore) -> None:
    await write(world)
    assert await find(world, "rose", channel_term(GENERAL)) == [15, 12, 11]
    assert await find(world, "rose", channel_term(RANDOM), group_term(OTHER_GROUP)) == [16, 13]
    assert await find(world, "rose", authors=[BEN]) == [15, 12]
    assert await find(world, "has:link", authors=[BEN]) == [12]
    assert await find(world, "rose", mentioned=[BEN]) == [11]
    async with world.read() as reader:
        nowhere = match(parse("rose", 256), within=(), authors=[], mentioned=[])
        assert await reader.search.find(nowhere, 5) == []
        some = match(parse("rose", 256), within=[group_term(GROUP)], authors=[], mentioned=[])
        assert await reader.search.find(some, 2) == [(GENERAL, 15), (RANDOM, 13)]


async def test_what_was_pinned(world: SqlStore) -> None:
    await write(world)
    async with world.write() as uow:
        await uow.pins.add(GENERAL, message_id(11), ANNA, 1)
    assert await find(world, "roses pinned:true") == [11]
    assert await find(world, "pinned:true") == [11]


async def test_a_change_takes_the_place_of_what_was_there(world: SqlStore) -> None:
    await write(world)
    edited = message(11, sections=(Text("tulips"),))
    async with world.write() as uow:
        await uow.search.put(index(edited, GROUP))
    assert await find(world, "roses ") == [12]
    assert await find(world, "tulips") == [11]


async def test_what_is_deleted_is_not_found(world: SqlStore) -> None:
    await write(world)
    async with world.write() as uow:
        await uow.messages.delete(GENERAL, message_id(11))
        await uow.messages.delete_many(GENERAL, [message_id(15)])
    assert await find(world, "rose") == [13, 12]
    async with world.write() as uow:
        await uow.channels.delete(GENERAL)
    assert await find(world, "rose") == [13]
    async with world.write() as uow:
        await uow.groups.delete(GROUP)
    assert await find(world, "rose") == []
    assert await find(world, "rose", group_term(OTHER_GROUP)) == [16]


async def test_the_neighbours_of_a_message(world: SqlStore) -> None:
    await write(world)
    keys = [(GENERAL, message_id(12)), (GENERAL, message_id(11)), (RANDOM, message_id(13)), (GENERAL, message_id(99))]
    async with world.read() as reader:
        assert await reader.search.beside(keys) == {
            (GENERAL, 12): (11, 14),
            (GENERAL, 11): (None, 12),
            (RANDOM, 13): (None, None),
        }
        found = await reader.messages.by_keys(keys)
        assert {key[1] for key in found} == {11, 12, 13}
        assert await reader.messages.by_keys([]) == {}


def test_the_ends_of_time_fit() -> None:
    ready = match(parse("x", 256), within=["g1"], authors=[], mentioned=[])
    assert (ready.after, ready.before) == (0, MAX_ID)
    assert MessageId(Snowflake(ready.before)) == MAX_ID

from __future__ import annotations

import pytest
from msgspec.structs import replace
from sqlalchemy import exc, select, update

from db.errors import CorruptRow
from db.store import SqlStore
from db.tables.channels import channels, message_nonces, messages
from server.domain.entities import Channel, ChannelKind, Mentions
from server.domain.ids import MAX_ID, ChannelId, FileId, Snowflake
from server.domain.sections import Code, Contact, File, Forward, Invitation, Reply, Text
from tests.support.rows import ANNA, BEN, ELSEWHERE, GENERAL, GROUP, RANDOM, message, message_id
from tests.support.statements import ask


async def last(store: SqlStore, channel_id: ChannelId = GENERAL) -> int | None:
    async with store.read() as reader:
        found = await reader.channels.get(channel_id)
        assert found is not None
        return found.last_message_id


async def test_every_section_comes_back(world: SqlStore) -> None:
    copy = Forward(
        (Text("a"), Contact(BEN), Invitation("code"), File(FileId(Snowflake(5)), "a.png", "image/png", 3)), 9
    )
    said = (Reply(message_id(MAX_ID)), Text('a \\ " \n\u2028\x00 🌻'), Code("print(1)", "python"), *copy.sections, copy)
    written = message(7, sections=said, nonce="n")
    async with world.write() as uow:
        await uow.messages.add(written)
    async with world.read() as reader:
        assert await reader.messages.get(GENERAL, message_id(7)) == written
        assert await reader.messages.page(GENERAL, limit=1) == [written]
        assert await reader.messages.get(RANDOM, message_id(7)) is None


async def test_a_message_moves_the_last_of_its_channel(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.messages.add(message(7))
        await uow.messages.add(message(9))
        await uow.messages.delete(GENERAL, message_id(9))
    assert await last(world) == 9
    assert await last(world, RANDOM) is None


async def test_the_last_moves_with_its_message_or_not_at_all(world: SqlStore) -> None:
    async def add_and_fail() -> None:
        async with world.write() as uow:
            await uow.messages.add(message(7))
            raise LookupError

    with pytest.raises(LookupError):
        await add_and_fail()
    assert await last(world) is None
    async with world.read() as reader:
        assert await reader.messages.page(GENERAL, limit=10) == []


async def test_a_nonce_finds_the_first_message(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.messages.add(message(7, nonce="n"))
        await uow.messages.add(message(8, nonce="N"))
        await uow.messages.add(message(9, nonce="n", author_id=BEN))
        await uow.messages.add(message(7, nonce="n", channel_id=RANDOM))
    async with world.read() as reader:
        assert await reader.messages.by_nonce(GENERAL, ANNA, "n") == message(7, nonce="n")
        assert await reader.messages.by_nonce(GENERAL, ANNA, "N") == message(8, nonce="N")
        assert await reader.messages.by_nonce(GENERAL, BEN, "n") == message(9, nonce="n", author_id=BEN)
        assert await reader.messages.by_nonce(RANDOM, ANNA, "n") == message(7, nonce="n", channel_id=RANDOM)
        assert await reader.messages.by_nonce(RANDOM, BEN, "n") is None


async def test_a_nonce_cannot_be_written_twice(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.messages.add(message(7, nonce="n"))
        await uow.messages.delete(GENERAL, message_id(7))
    with pytest.raises(exc.IntegrityError):
        async with world.write() as uow:
            await uow.messages.add(message(8, nonce="n"))
    assert await last(world) == 7


async def test_messages_without_a_nonce_are_many(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.messages.add(message(7))
        await uow.messages.add(message(8))
        assert await uow.messages.page(GENERAL, limit=10) == [message(7), message(8)]


async def test_a_deleted_message_leaves_its_nonce_and_nothing_that_was_said(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.messages.add(message(7, nonce="n", sections=(Text("secret"),)))
        assert await uow.messages.delete(GENERAL, message_id(7))
        assert not await uow.messages.delete(GENERAL, message_id(7))
    async with world.read() as reader:
        assert await reader.messages.get(GENERAL, message_id(7)) is None
        assert await reader.messages.page(GENERAL, limit=10) == []
        assert await reader.messages.by_nonce(GENERAL, ANNA, "n") == message(7, nonce="n", sections=())
    async with world.read() as reader:
        assert await ask(reader, select(messages)) == []
        nonces = await ask(reader, select(message_nonces))
        assert [tuple(nonce) for nonce in nonces] == [(GENERAL, ANNA, "n", 7)]


async def test_an_edit_keeps_the_rest(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.messages.add(replace(message(7, nonce="n"), mentions=Mentions(everyone=True)))
        await uow.messages.add(message(8))
        pinged = Mentions(user_ids=(BEN,))
        await uow.messages.edit(GENERAL, message_id(7), (Code("x"),), pinged, 1_800_000_000_000)
        await uow.messages.edit(RANDOM, message_id(8), (Code("x"),), None, 1_800_000_000_000)
    edited = replace(message(7, nonce="n"), sections=(Code("x"),), mentions=pinged, edited_ms=1_800_000_000_000)
    async with world.read() as reader:
        assert await reader.messages.page(GENERAL, limit=10) == [edited, message(8)]
        assert await reader.messages.by_nonce(GENERAL, ANNA, "n") == edited


async def test_pages(world: SqlStore) -> None:
    async with world.write() as uow:
        for number in range(10, 20):
            await uow.messages.add(message(number))
        await uow.messages.add(message(15, channel_id=ELSEWHERE))
        await uow.messages.delete(GENERAL, message_id(14))

    async with world.read() as reader:

        async def page(*, before: int | None = None, after: int | None = None, limit: int) -> list[int]:
            found = await reader.messages.page(GENERAL, before=before, after=after, limit=limit)
            return [one.id for one in found]

        assert await page(limit=3) == [17, 18, 19]
        assert await page(limit=100) == [10, 11, 12, 13, 15, 16, 17, 18, 19]
        assert await page(before=17, limit=3) == [13, 15, 16]
        assert await page(before=10, limit=3) == []
        assert await page(before=MAX_ID + 1, limit=1) == [19]
        assert await page(after=12, limit=3) == [13, 15, 16]
        assert await page(after=19, limit=3) == []
        assert await page(after=-1, limit=1) == [10]
        with pytest.raises(ValueError, match="before an id or after one"):
            await page(before=17, after=12, limit=3)


@pytest.mark.parametrize("stored", ["[", "{}", '[{"kind":"smell"}]', '[{"kind":"text"}]', ""])
async def test_a_row_that_cannot_be_read_is_named(world: SqlStore, stored: str) -> None:
    async with world.write() as uow:
        await uow.messages.add(message(7))
    async with world.write() as uow:
        await ask(uow, update(messages).values(sections=stored))
    async with world.read() as reader:
        with pytest.raises(CorruptRow, match=f"message 7 in channel {GENERAL}"):
            await reader.messages.page(GENERAL, limit=10)


async def test_a_channel_of_an_unknown_kind_is_named(world: SqlStore) -> None:
    async with world.write() as uow:
        await ask(uow, update(channels).where(channels.c.id == RANDOM).values(kind="smell"))
    async with world.read() as reader:
        with pytest.raises(CorruptRow, match=f"channel {RANDOM}"):
            await reader.channels.of_groups([GROUP])
        assert await reader.channels.get(GENERAL) == Channel(
            id=GENERAL, group_id=GROUP, kind=ChannelKind.TEXT, name=f"channel-{GENERAL}"
        )

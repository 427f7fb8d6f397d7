from __future__ import annotations

from msgspec.structs import replace

from db.store import SqlStore
from server.domain.entities import ChannelKind, Invite, Overwrite
from server.domain.ids import ChannelId, Snowflake
from tests.support.rows import (
    ANNA,
    BEN,
    ELSEWHERE,
    GENERAL,
    GROUP,
    MODERATOR,
    OTHER_GROUP,
    RANDOM,
    SILENT,
    VOICE,
    channel,
    message,
    message_id,
)


async def test_channels_come_by_group_position_and_id(world: SqlStore) -> None:
    early = channel(ChannelId(Snowflake(2999)), position=1)
    async with world.write() as uow:
        await uow.channels.add(early)
    async with world.read() as reader:
        assert await reader.channels.of_groups([OTHER_GROUP, GROUP]) == [
            channel(GENERAL),
            early,
            channel(RANDOM, position=1),
            channel(VOICE, kind=ChannelKind.VOICE, position=2),
            channel(ELSEWHERE, group_id=OTHER_GROUP),
        ]
        assert await reader.channels.of_groups([]) == []


async def test_a_channel_comes_with_its_overwrites_in_order(world: SqlStore) -> None:
    overwrites = (
        Overwrite(target="member", target_id=BEN, allow=(1 << 53) - 1),
        Overwrite(target="role", target_id=MODERATOR, deny=4),
        Overwrite(target="role", target_id=SILENT, allow=1, deny=2),
    )
    lounge = channel(ChannelId(Snowflake(3010)), position=9, overwrites=overwrites)
    async with world.write() as uow:
        await uow.channels.add(replace(lounge, overwrites=overwrites[::-1]))
    async with world.read() as reader:
        assert await reader.channels.get(lounge.id) == lounge
        assert (await reader.channels.of_groups([GROUP]))[-1] == lounge
        assert await reader.channels.get(GENERAL) == channel(GENERAL)
        assert await reader.channels.get(ChannelId(Snowflake(9))) is None


async def test_an_overwrite_is_put_replaced_and_deleted(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.channels.put_overwrite(GENERAL, Overwrite(target="role", target_id=SILENT, allow=1))
        await uow.channels.put_overwrite(GENERAL, Overwrite(target="member", target_id=SILENT, allow=16))
        await uow.channels.put_overwrite(GENERAL, Overwrite(target="role", target_id=SILENT, deny=8))
        found = await uow.channels.get(GENERAL)
        assert found is not None
        assert found.overwrites == (
            Overwrite(target="member", target_id=SILENT, allow=16),
            Overwrite(target="role", target_id=SILENT, deny=8),
        )
        assert not await uow.channels.delete_overwrite(RANDOM, "role", SILENT)
        assert await uow.channels.delete_overwrite(GENERAL, "role", SILENT)
        assert not await uow.channels.delete_overwrite(GENERAL, "role", SILENT)
        found = await uow.channels.get(GENERAL)
        assert found is not None
        assert found.overwrites == (Overwrite(target="member", target_id=SILENT, allow=16),)


async def test_update_changes_name_topic_and_position_only(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.messages.add(message(1))
        changed = replace(channel(GENERAL), name="salon", topic="thé\n🌻", position=5, last_message_id=message_id(99))
        await uow.channels.update(changed)
    async with world.read() as reader:
        assert await reader.channels.get(GENERAL) == replace(changed, last_message_id=message_id(1))


async def test_channels_are_put_in_order_and_into_categories(world: SqlStore) -> None:
    async with world.write() as uow:
        outside = channel(ChannelId(Snowflake(3020)), kind=ChannelKind.CATEGORY, position=1)
        await uow.channels.add(outside)
        await uow.channels.put_overwrite(GENERAL, Overwrite(target="role", target_id=SILENT, allow=1))
        general, random = await uow.channels.get(GENERAL), await uow.channels.get(RANDOM)
        assert general is not None
        assert random is not None
        general = replace(general, position=8, category_id=outside.id)
        random = replace(random, position=0)
        await uow.channels.put_in_order([replace(general, name="not told"), random])
        await uow.channels.put_in_order([])
    async with world.read() as reader:
        assert (await reader.channels.of_groups([GROUP]))[::3] == [random, general]
    async with world.write() as uow:
        await uow.channels.delete(outside.id)
        assert await uow.channels.get(GENERAL) == replace(general, category_id=None), "they stay, in none"


async def test_when_somebody_wrote_in_a_slow_channel(world: SqlStore) -> None:
    async with world.write() as uow:
        assert await uow.channels.written_ms(GENERAL, BEN) is None
        for now_ms in (1_800_000_000_000, 1_800_000_000_500):
            await uow.channels.note_writing(GENERAL, BEN, now_ms)
            assert await uow.channels.written_ms(GENERAL, BEN) == now_ms
        assert await uow.channels.written_ms(GENERAL, ANNA) is None
        assert await uow.channels.written_ms(RANDOM, BEN) is None


async def test_a_deleted_channel_takes_its_messages_and_stays_no_landing_place(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.messages.add(message(1, nonce="n"))
        await uow.cursors.set(BEN, GENERAL, message_id(1))
        await uow.invites.add(Invite(code="c", group_id=GROUP, channel_id=GENERAL, creator_id=ANNA))
        await uow.channels.delete(GENERAL)
    async with world.read() as reader:
        assert await reader.channels.get(GENERAL) is None
        assert await reader.messages.page(GENERAL, limit=10) == []
        assert await reader.messages.by_nonce(GENERAL, ANNA, "n") is None
        assert await reader.cursors.of_user(BEN, [GENERAL]) == {}
        invite = await reader.invites.get("c")
        assert invite is not None
        assert invite.channel_id is None


async def test_the_writers_lock_tells_the_last_message(world: SqlStore) -> None:
    async with world.write() as uow:
        assert await uow.channels.lock_writer(GENERAL) is None
        await uow.messages.add(message(5))
        assert await uow.channels.lock_writer(GENERAL) == 5
        assert await uow.channels.lock_writer(RANDOM) is None
        assert await uow.channels.lock_writer(ChannelId(Snowflake(9))) is None

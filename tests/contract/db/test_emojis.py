from __future__ import annotations

from db.store import SqlStore
from server.domain.entities import Emoji
from server.domain.ids import EmojiId, GroupId, Snowflake
from server.ports import Picture
from tests.support.rows import ANNA, GROUP, OTHER_GROUP

PICTURE = Picture(media_type="image/png", data=bytes(range(256)) * 400)
"""Longer than a MySQL BLOB may be."""


def emoji(number: int, name: str, group_id: GroupId = GROUP) -> Emoji:
    return Emoji(id=EmojiId(Snowflake(number)), group_id=group_id, name=name, animated=False, creator_id=ANNA)


async def test_a_group_has_a_name_once(world: SqlStore) -> None:
    async with world.write() as uow:
        assert await uow.emojis.add(emoji(1, "rose"), PICTURE)
        assert not await uow.emojis.add(emoji(2, "rose"), PICTURE)
        assert await uow.emojis.add(emoji(3, "ROSE"), PICTURE)
        assert await uow.emojis.add(emoji(4, "rose", OTHER_GROUP), PICTURE)
    async with world.read() as reader:
        assert await reader.emojis.of_groups([GROUP, OTHER_GROUP]) == [
            emoji(1, "rose"),
            emoji(3, "ROSE"),
            emoji(4, "rose", OTHER_GROUP),
        ]
        assert await reader.emojis.of_groups([]) == []
        assert await reader.emojis.get(EmojiId(Snowflake(2))) is None


async def test_the_picture_comes_back_as_it_was(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.emojis.add(emoji(1, "rose"), PICTURE)
        assert await uow.emojis.picture(EmojiId(Snowflake(1))) == PICTURE
        assert await uow.emojis.picture(EmojiId(Snowflake(2))) is None


async def test_names_change_and_emoji_go(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.emojis.add(emoji(1, "rose"), PICTURE)
        await uow.emojis.add(emoji(2, "tulip"), PICTURE)
        assert not await uow.emojis.rename(emoji(1, "rose"), "tulip")
        assert await uow.emojis.rename(emoji(1, "rose"), "rose")
        assert await uow.emojis.rename(emoji(1, "rose"), "peony")
        await uow.emojis.delete(EmojiId(Snowflake(2)))
        assert await uow.emojis.of_groups([GROUP]) == [emoji(1, "peony")]

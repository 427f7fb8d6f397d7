"""Groups' own emoji."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Row, delete, select, update

from db.repos.base import Repository, among, given, portions
from db.tables.groups import emojis
from server.domain.entities import Emoji
from server.domain.ids import EmojiId, GroupId
from server.ports import Picture

_PUBLIC: Final = (emojis.c.id, emojis.c.group_id, emojis.c.name, emojis.c.animated, emojis.c.creator_id)

_GET = select(*_PUBLIC).where(emojis.c.id == given("emoji_id"))
_OF_GROUPS = select(*_PUBLIC).where(among(emojis.c.group_id, "group_ids")).order_by(emojis.c.group_id, emojis.c.id)
_IMAGE = select(emojis.c.media_type, emojis.c.image).where(emojis.c.id == given("emoji_id"))
_NAMED = select(emojis.c.id).where(emojis.c.group_id == given("of_group"), emojis.c.name == given("of_name"))
_RENAME = update(emojis).where(emojis.c.id == given("emoji_id"))
_DELETE = delete(emojis).where(emojis.c.id == given("emoji_id"))


def _emoji(row: Row[Any]) -> Emoji:
    return Emoji(**row._mapping)


class SqlEmojis(Repository):
    __slots__ = ()

    async def add(self, emoji: Emoji, picture: Picture) -> bool:
        return await self._insert_unless_there(
            emojis,
            ("group_id", "name"),
            id=emoji.id,
            group_id=emoji.group_id,
            name=emoji.name,
            animated=emoji.animated,
            creator_id=emoji.creator_id,
            media_type=picture.media_type,
            image=picture.data,
        )

    async def get(self, emoji_id: EmojiId) -> Emoji | None:
        row = await self._first(_GET, emoji_id=emoji_id)
        return None if row is None else _emoji(row)

    async def of_groups(self, group_ids: Collection[GroupId]) -> list[Emoji]:
        found: list[Emoji] = []
        for some in portions(group_ids):
            found += (_emoji(row) for row in await self._all(_OF_GROUPS, group_ids=some))
        return found

    async def picture(self, emoji_id: EmojiId) -> Picture | None:
        row = await self._first(_IMAGE, emoji_id=emoji_id)
        return None if row is None else Picture(media_type=row.media_type, data=bytes(row.image))

    async def rename(self, emoji: Emoji, name: str) -> bool:
        row = await self._first(_NAMED, of_group=emoji.group_id, of_name=name)
        if row is not None:
            return bool(row.id == emoji.id)
        self._later(_RENAME, emoji_id=emoji.id, name=name)
        return True

    async def delete(self, emoji_id: EmojiId) -> None:
        self._later(_DELETE, emoji_id=emoji_id)

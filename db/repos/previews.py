"""What is behind links, and what messages show of it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Any, Final

import msgspec
from sqlalchemy import Row, and_, delete, exists, insert, select, update

from db.errors import CorruptRow
from db.repos.base import Repository, among, given, portions
from db.tables.channels import messages
from db.tables.messages import linked_pages, preview_image_uses, preview_images
from server.domain import codec
from server.domain.entities import Preview
from server.domain.ids import ChannelId, MessageId
from server.ports import ReadPage

_PREVIEW: Final[msgspec.json.Decoder[Preview]] = codec.decoder(Preview)

_MESSAGE = and_(messages.c.channel_id == given("of_channel"), messages.c.id == given("of_message"))
_FIND = select(linked_pages.c.read_ms, linked_pages.c.preview).where(linked_pages.c.url_hash == given("of_url"))
_FORGET = delete(linked_pages).where(linked_pages.c.read_ms < given("before"))
_ADD_IMAGE = insert(preview_images)
_SET = update(messages).where(_MESSAGE)
_OFF = select(messages.c.previews_off).where(_MESSAGE)
_USE = insert(preview_image_uses)
_DROP = delete(preview_image_uses).where(
    preview_image_uses.c.channel_id == given("of_channel"), preview_image_uses.c.message_id == given("of_message")
)
_ABANDONED = (
    select(preview_images.c.id)
    .where(
        preview_images.c.created_ms < given("before"),
        ~exists().where(preview_image_uses.c.image_id == preview_images.c.id),
        ~exists().where(linked_pages.c.image_id == preview_images.c.id),
    )
    .order_by(preview_images.c.created_ms)
    .limit(given("at_most"))
)
_DELETE_IMAGES = delete(preview_images).where(among(preview_images.c.id, "image_ids"))


def _hash(url: str) -> bytes:
    return hashlib.sha256(url.encode()).digest()


def _page(row: Row[Any]) -> ReadPage:
    try:
        preview = None if row.preview is None else _PREVIEW.decode(row.preview)
    except msgspec.MsgspecError as error:
        raise CorruptRow(f"what was read of a page cannot be read: {error}") from error
    return ReadPage(read_ms=row.read_ms, preview=preview)


class SqlPreviews(Repository):
    __slots__ = ()

    async def find(self, url: str) -> ReadPage | None:
        row = await self._first(_FIND, of_url=_hash(url))
        return None if row is None else _page(row)

    async def keep(self, url: str, page: ReadPage) -> None:
        preview = page.preview
        await self._insert_or_update(
            linked_pages,
            ("url_hash",),
            ("read_ms", "preview", "image_id"),
            url_hash=_hash(url),
            read_ms=page.read_ms,
            preview=None if preview is None else codec.encode(preview).decode(),
            image_id=None if preview is None or preview.image is None else preview.image.id,
        )

    async def add_image(self, image_id: str, created_ms: int) -> None:
        self._later(_ADD_IMAGE, id=image_id, created_ms=created_ms)

    async def show(self, channel_id: ChannelId, message_id: MessageId, previews: tuple[Preview, ...]) -> None:
        stored = codec.encode(previews).decode() if previews else None
        self._later(_SET, of_channel=channel_id, of_message=message_id, previews=stored)
        self._later(_DROP, of_channel=channel_id, of_message=message_id)
        images = dict.fromkeys(one.image.id for one in previews if one.image is not None)
        rows = [{"image_id": image_id, "channel_id": channel_id, "message_id": message_id} for image_id in images]
        await self._insert_all(_USE, rows)

    async def turn_off(self, channel_id: ChannelId, message_id: MessageId) -> None:
        await self.show(channel_id, message_id, ())
        self._later(_SET, of_channel=channel_id, of_message=message_id, previews_off=True)

    async def are_off(self, channel_id: ChannelId, message_id: MessageId) -> bool:
        row = await self._first(_OFF, of_channel=channel_id, of_message=message_id)
        return row is not None and bool(row.previews_off)

    async def forget(self, before_ms: int) -> None:
        self._later(_FORGET, before=before_ms)

    async def abandoned_images(self, before_ms: int, limit: int) -> list[str]:
        return [row.id for row in await self._all(_ABANDONED, before=before_ms, at_most=limit)]

    async def delete_images(self, image_ids: Collection[str]) -> None:
        for some in portions(image_ids):
            self._later(_DELETE_IMAGES, image_ids=some)

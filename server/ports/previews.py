"""What is behind links, and what was kept of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import msgspec

from server.domain.entities import Preview
from server.domain.ids import ChannelId, MessageId


class LinkedPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a page says of itself, as plain text; a picture alone has no title."""

    title: str = ""
    description: str = ""
    site_name: str = ""
    image: bytes | None = None
    """As it came: to be drawn anew before anybody sees it."""


class LinkReader(Protocol):
    async def read(self, url: str) -> LinkedPage | None:
        """Looks at a page in bounded time. None, and nothing raised, for whatever cannot be had or must not be asked for."""
        ...


class ReadPage(msgspec.Struct, frozen=True, kw_only=True):
    """What was found behind a link lately."""

    read_ms: int
    preview: Preview | None
    """None: nothing to show."""


class Previews(Protocol):
    async def find(self, url: str) -> ReadPage | None: ...

    async def keep(self, url: str, page: ReadPage) -> None:
        """Its picture is there already."""
        ...

    async def add_image(self, image_id: str, created_ms: int) -> None: ...

    async def show(self, channel_id: ChannelId, message_id: MessageId, previews: tuple[Preview, ...]) -> None:
        """In the place of what the message showed; it holds their pictures from now on."""
        ...

    async def turn_off(self, channel_id: ChannelId, message_id: MessageId) -> None:
        """The message shows none, for good."""
        ...

    async def are_off(self, channel_id: ChannelId, message_id: MessageId) -> bool: ...

    async def forget(self, before_ms: int) -> None:
        """What was read before that; messages keep what they show."""
        ...

    async def abandoned_images(self, before_ms: int, limit: int) -> list[str]:
        """Older pictures that neither a message nor a page holds."""
        ...

    async def delete_images(self, image_ids: Collection[str]) -> None: ...

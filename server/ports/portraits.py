"""How people show themselves."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import msgspec

from server.domain.entities import ProfileField
from server.domain.ids import UserId


class Portrait(msgspec.Struct, frozen=True, kw_only=True):
    """Beyond what :class:`server.domain.entities.User` has."""

    banner: str | None = None
    bio: str = ""
    fields: tuple[ProfileField, ...] = ()


class Portraits(Protocol):
    async def get(self, user_id: UserId) -> Portrait:
        """An empty one where nothing was written."""
        ...

    async def put(self, user_id: UserId, portrait: Portrait) -> None: ...

    async def set_avatar(self, user_id: UserId, avatar: str | None) -> None: ...

    async def add_picture(self, picture_id: str, user_id: UserId, created_ms: int) -> None:
        """It will be stored, and be somebody's avatar or banner."""
        ...

    async def abandoned(self, before_ms: int, limit: int) -> list[str]:
        """Older pictures that are neither the avatar nor the banner of the one who made them."""
        ...

    async def delete_pictures(self, picture_ids: Collection[str]) -> None: ...

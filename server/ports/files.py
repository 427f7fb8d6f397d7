"""What was uploaded, and what is on its way; the bytes are elsewhere (:class:`server.ports.BlobStore`)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import msgspec
from msgspec import UNSET, UnsetType

from server.domain.ids import ChannelId, FileId, MessageId, UploadId, UserId
from server.domain.sections import Media


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    id: FileId
    owner_id: UserId
    name: str
    media_type: str
    size_bytes: int
    media: Media | UnsetType = UNSET
    released_ms: int | None = None
    """When the last message that held it let go of it: it counts for nobody any more, and is about to go."""


class Files(Protocol):
    async def add(self, file: StoredFile) -> None: ...

    async def by_ids(self, file_ids: Collection[FileId]) -> dict[FileId, StoredFile]: ...

    async def uses(self, file_id: FileId) -> list[tuple[ChannelId, MessageId]]:
        """The messages that it is in, copies among them."""
        ...

    async def used(self, file_ids: Collection[FileId]) -> set[FileId]:
        """Those of the files that some message holds."""
        ...

    async def of_messages(self, channel_id: ChannelId, message_ids: Collection[MessageId]) -> list[FileId]:
        """The files that these messages hold."""
        ...

    async def use(self, file_ids: Collection[FileId], channel_id: ChannelId, message_id: MessageId) -> None:
        """The message, which is there already, holds them from now on; that ends with the message."""
        ...

    async def drop(self, file_ids: Collection[FileId], channel_id: ChannelId, message_id: MessageId) -> None:
        """The message holds them no longer."""
        ...

    async def release(self, file_ids: Collection[FileId], now_ms: int) -> None:
        """Those of the files that no message holds now are released."""
        ...

    async def abandoned(self, before: FileId, limit: int) -> list[FileId]:
        """Files that no message holds and that were released, or are older than the id ``before``."""
        ...

    async def known(self, file_ids: Collection[FileId]) -> set[FileId]:
        """Those that are there, as files or as uploads under way."""
        ...

    async def delete(self, file_ids: Collection[FileId]) -> None: ...

    async def used_bytes(self, user_id: UserId) -> int:
        """What the user's files take that were not released, and their uploads under way as large as they will be."""
        ...

    async def quota(self, user_id: UserId) -> int | None:
        """The user's own one, if the operator has set one."""
        ...

    async def set_quota(self, user_id: UserId, max_bytes: int | None) -> None: ...


class OpenUpload(msgspec.Struct, frozen=True, kw_only=True):
    """An upload under way; the file will have its id."""

    id: UploadId
    owner_id: UserId
    name: str
    size_bytes: int
    """As it was announced."""
    received_bytes: int = 0
    voice: bool = False
    parts: tuple[str, ...] = ()
    """Names of what has come so far, in order."""
    expires_ms: int


class Uploads(Protocol):
    async def add(self, upload: OpenUpload) -> None: ...

    async def get(self, upload_id: UploadId) -> OpenUpload | None: ...

    async def count(self, owner_id: UserId) -> int: ...

    async def grow(self, before: OpenUpload, after: OpenUpload) -> bool:
        """False when it is no longer as it was ``before``."""
        ...

    async def delete(self, upload_id: UploadId) -> bool:
        """False when it was not there."""
        ...

    async def expired(self, now_ms: int, limit: int) -> list[UploadId]: ...

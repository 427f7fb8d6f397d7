"""Files: what was uploaded for a message, and who may have it back."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator
from typing import Final

import msgspec

from server.actions.authority import unknown_file
from server.actions.context import Actions
from server.actions.places import place_of
from server.domain.errors import ParleyError, TooLarge
from server.domain.ids import FileId, Snowflake, UserId
from server.domain.names import is_sendable
from server.domain.permissions import Permission
from server.domain.rates import Rule
from server.ports import HEAD_BYTES, Blob, Reader, StoredFile

ABANDONED_MS: Final = 24 * 3_600_000
"""So long a file may be in no message."""
_COLLECT_AT_ONCE: Final = 500
_UNSAFE: Final = frozenset('/\\:*?"<>|')


class Uploaded(msgspec.Struct, frozen=True, kw_only=True):
    file_id: FileId
    name: str
    media_type: str
    size_bytes: int


class Download(msgspec.Struct, frozen=True, kw_only=True):
    file: StoredFile
    blob: Blob


def safe_name(name: str, longest: int) -> str:
    """The last part of a path, without what means something to a shell, a browser or a file system; never empty."""
    last = unicodedata.normalize("NFC", name.replace("\\", "/")).rpartition("/")[2]
    clean = "".join(one for one in last if one not in _UNSAFE and unicodedata.category(one)[0] != "C").strip(" .")
    if not clean or not is_sendable(clean):
        return "file"
    stem, dot, ending = clean.rpartition(".")
    if len(clean) <= longest or not dot or len(ending) > 16:
        return clean[:longest]
    return f"{stem[: longest - len(ending) - 1]}.{ending}"


async def do_upload(actions: Actions, user_id: UserId, name: str, chunks: AsyncIterator[bytes]) -> Uploaded:
    """Kept as it comes; nothing stays of what is too large (too_large) or breaks off. The type is found by the content."""
    await actions.limiter.hit(Rule.UPLOAD, str(user_id))
    limit = actions.limits.file_max_bytes
    file_id = FileId(actions.ids.next(actions.clock.now_ms()))
    size = 0
    head = b""

    async def measured() -> AsyncIterator[bytes]:
        nonlocal size, head
        async for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise TooLarge("too_large", f"A file may have {limit} bytes.", max=limit)
            if len(head) < HEAD_BYTES:
                head = (head + chunk)[:HEAD_BYTES]
            yield chunk

    await actions.blobs.put(_key(file_id), measured())
    stored = StoredFile(
        id=file_id,
        owner_id=user_id,
        name=safe_name(name, actions.limits.file_name_max),
        media_type=actions.images.media_type(head, name),
        size_bytes=size,
    )
    try:
        async with actions.store.write() as uow:
            await uow.files.add(stored)
    except ParleyError:
        await actions.blobs.delete(_key(file_id))
        raise
    return Uploaded(file_id=file_id, name=stored.name, media_type=stored.media_type, size_bytes=size)


async def get_file(actions: Actions, user_id: UserId, file_id: FileId) -> Download:
    """To the one who uploaded it, and to readers of a message that holds it. Raises unknown_file."""
    async with actions.store.read() as reader:
        file = (await reader.files.by_ids([file_id])).get(file_id)
        if file is None or not (file.owner_id == user_id or await _may_read(actions, reader, user_id, file_id)):
            raise unknown_file()
    blob = await actions.blobs.get(_key(file_id))
    if blob is None:
        raise unknown_file()
    return Download(file=file, blob=blob)


async def _may_read(actions: Actions, reader: Reader, user_id: UserId, file_id: FileId) -> bool:
    seen = set()
    for channel_id, _ in await reader.files.uses(file_id):
        if channel_id in seen:
            continue
        seen.add(channel_id)
        try:
            place = await place_of(reader, user_id, channel_id, actions.clock.now_ms())
        except ParleyError:
            continue
        if place.may(Permission.READ_HISTORY):
            return True
    return False


async def do_collect_files(actions: Actions) -> int:
    """Deletes files that no message has held for a day; returns how many."""
    oldest = Snowflake.at(actions.clock.now_ms() - ABANDONED_MS)
    async with actions.store.write() as uow:
        gone = await uow.files.abandoned(FileId(oldest), _COLLECT_AT_ONCE)
        await uow.files.delete(gone)
    for file_id in gone:
        await actions.blobs.delete(_key(file_id))
    return len(gone)


def _key(file_id: FileId) -> str:
    """Spread over folders: a thousand files in one are slow on some disks."""
    number = int(file_id)
    return f"files/{number >> 22 & 0xFF:02x}/{number}"

"""Uploads: bytes come in, at once or in parts, within limits; what they are is found out, and a file is made of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import msgspec
from msgspec import UNSET

from server.actions.context import Actions
from server.actions.files import delete_bytes, key_of, safe_name, storage_of
from server.actions.requests import Request
from server.domain.errors import Conflict, Invalid, NotFound, ParleyError, TooLarge
from server.domain.ids import FileId, UploadId, UserId
from server.domain.rates import Rule
from server.domain.sections import Media
from server.ports import HEAD_BYTES, OpenUpload, StoredFile, UnitOfWork

LIFETIME_MS: Final = 24 * 3_600_000
"""Of an upload that is not finished."""
PART_BYTES: Final = 1 << 20
"""So much of an upload waits in memory before it is put down."""
PARTS_MAX: Final = 1000
_COLLECT_AT_ONCE: Final = 500
_ENDINGS: Final = {"image/png": ("png",), "image/webp": ("webp",), "image/jpeg": ("jpg", "jpeg", "jpe", "jfif")}


class Uploaded(msgspec.Struct, frozen=True, kw_only=True):
    """As a message will hold it."""

    file_id: FileId
    name: str
    media_type: str
    size_bytes: int
    media: Media | msgspec.UnsetType = UNSET


class BeginUpload(Request, frozen=True, kw_only=True):
    name: str
    size_bytes: int
    voice: bool = False
    """A message that was spoken."""


class UploadState(msgspec.Struct, frozen=True, kw_only=True):
    upload_id: UploadId
    offset_bytes: int
    """So much has come; go on from there."""
    size_bytes: int
    expires_ms: int


def unknown_upload() -> NotFound:
    return NotFound("unknown_upload", "There is no such upload; it may have expired. Begin again.")


# ------------------------------------------------------------------------------------------------------------ in parts


async def do_begin_upload(actions: Actions, user_id: UserId, request: BeginUpload) -> UploadState:
    """Keeps room for it, for a day. Raises too_large, quota_exceeded, too_many."""
    await actions.limiter.hit(Rule.UPLOAD, str(user_id))
    if request.size_bytes < 0:
        raise Invalid("bad_request", "A file has no fewer than 0 bytes.", where="size_bytes")
    return _state(await _begin(actions, user_id, request.name, request.size_bytes, voice=request.voice))


async def get_upload(actions: Actions, user_id: UserId, upload_id: UploadId) -> UploadState:
    return _state(await _upload_of(actions, user_id, upload_id))


async def do_append(
    actions: Actions, user_id: UserId, upload_id: UploadId, offset: int, chunks: AsyncIterator[bytes]
) -> UploadState:
    """What comes stays, also of a request that breaks off. Raises offset_mismatch (with offset_bytes), too_large."""
    await actions.limiter.hit(Rule.UPLOAD_PART, str(user_id))
    with actions.intake.place(user_id), actions.intake.alone(FileId(upload_id)):
        upload = await _upload_of(actions, user_id, upload_id)
        if offset != upload.received_bytes:
            raise _mismatch(upload)
        part_bytes = max(PART_BYTES, upload.size_bytes // (PARTS_MAX // 2))
        held = bytearray()
        failure: Invalid | None = None
        try:
            async for chunk in chunks:
                held += chunk
                if upload.received_bytes + len(held) > upload.size_bytes:
                    raise _longer(upload.size_bytes)
                if len(held) >= part_bytes:
                    upload = await _keep(actions, upload, bytes(held))
                    held.clear()
        except Invalid as broke_off:
            failure = broke_off
        if held:
            upload = await _keep(actions, upload, bytes(held))
        if failure is not None:
            raise failure
    return _state(upload)


async def do_finish_upload(actions: Actions, user_id: UserId, upload_id: UploadId) -> Uploaded:
    """A file is made of it; asked again, it gives the same one. Raises upload_incomplete, bad_image."""
    await actions.limiter.hit(Rule.UPLOAD_PART, str(user_id))
    file_id = FileId(upload_id)
    with actions.intake.place(user_id), actions.intake.alone(file_id):
        async with actions.store.read() as reader:
            upload = await reader.uploads.get(upload_id)
            made = (await reader.files.by_ids([file_id])).get(file_id)
        if made is not None and made.owner_id == user_id:
            return _uploaded(made)
        if upload is None or upload.owner_id != user_id:
            raise unknown_upload()
        if upload.received_bytes < upload.size_bytes:
            raise Conflict(
                "upload_incomplete",
                "Not all of it has come yet. Go on from offset_bytes.",
                offset_bytes=upload.received_bytes,
            )
        return await _take_in(actions, upload, _joined(actions, upload))


async def do_cancel_upload(actions: Actions, user_id: UserId, upload_id: UploadId) -> None:
    upload = await _upload_of(actions, user_id, upload_id)
    async with actions.store.write() as uow:
        await uow.uploads.delete(upload_id)
    await _delete_parts(actions, upload)


async def do_collect_uploads(actions: Actions) -> int:
    """Deletes those that have expired; returns how many."""
    async with actions.store.write() as uow:
        ids = await uow.uploads.expired(actions.clock.now_ms(), _COLLECT_AT_ONCE)
        gone = [upload for upload_id in ids if (upload := await uow.uploads.get(upload_id)) is not None]
        for upload in gone:
            await uow.uploads.delete(upload.id)
    for upload in gone:
        await _delete_parts(actions, upload)
        await delete_bytes(actions, upload.id)
    return len(gone)


# ------------------------------------------------------------------------------------------------------------- at once


async def do_upload(
    actions: Actions,
    user_id: UserId,
    name: str,
    chunks: AsyncIterator[bytes],
    *,
    announced_bytes: int | None = None,
    voice: bool = False,
) -> Uploaded:
    """Kept as it comes; nothing stays of what is too large or breaks off. Raises too_large, quota_exceeded, bad_image."""
    await actions.limiter.hit(Rule.UPLOAD, str(user_id))
    with actions.intake.place(user_id):
        upload = await _begin(actions, user_id, name, announced_bytes, voice=voice)
        return await _take_in(actions, upload, chunks)


async def _begin(actions: Actions, user_id: UserId, name: str, size_bytes: int | None, *, voice: bool) -> OpenUpload:
    """Room is kept for ``size_bytes``; for None, as much as there can be."""
    limit = actions.limits.file_max_bytes
    if size_bytes is not None and size_bytes > limit:
        raise _too_large(limit)
    now_ms = actions.clock.now_ms()
    async with actions.store.write() as uow:
        upload = OpenUpload(
            id=UploadId(actions.ids.next(now_ms)),
            owner_id=user_id,
            name=safe_name(name, actions.limits.file_name_max),
            size_bytes=await _check_room(actions, uow, user_id, size_bytes),
            voice=voice,
            expires_ms=now_ms + LIFETIME_MS,
        )
        await uow.uploads.add(upload)
    return upload


async def _check_room(actions: Actions, uow: UnitOfWork, user_id: UserId, size_bytes: int | None) -> int:
    if await uow.uploads.count(user_id) >= actions.limits.uploads_open:
        raise Conflict("too_many", "Too many uploads are under way. Finish or cancel some.")
    storage = await storage_of(actions, uow, user_id)
    room = storage.quota_bytes - storage.used_bytes
    if room < (size_bytes or 0) or room <= 0:
        raise TooLarge(
            "quota_exceeded",
            "Your files take all the room that you have. Delete messages with files that nobody needs any more.",
            used_bytes=storage.used_bytes,
            quota_bytes=storage.quota_bytes,
        )
    return min(room, actions.limits.file_max_bytes) if size_bytes is None else size_bytes


# --------------------------------------------------------------------------------------------------------- parts, joined


async def _upload_of(actions: Actions, user_id: UserId, upload_id: UploadId) -> OpenUpload:
    async with actions.store.read() as reader:
        upload = await reader.uploads.get(upload_id)
    if upload is None or upload.owner_id != user_id or upload.expires_ms <= actions.clock.now_ms():
        raise unknown_upload()
    return upload


async def _keep(actions: Actions, upload: OpenUpload, part: bytes) -> OpenUpload:
    if len(upload.parts) >= PARTS_MAX:
        raise Conflict("too_many", "This upload came in too many small parts. Begin again, with larger ones.")
    name = f"{upload.received_bytes}-{actions.random_bytes(4).hex()}"
    await actions.blobs.put(_part_key(upload, name), _once(part))
    grown = msgspec.structs.replace(
        upload, received_bytes=upload.received_bytes + len(part), parts=(*upload.parts, name)
    )
    async with actions.store.write() as uow:
        kept = await uow.uploads.grow(upload, grown)
    if not kept:  # another process was faster
        await actions.blobs.delete(_part_key(upload, name))
        raise _mismatch(await _upload_of(actions, upload.owner_id, upload.id))
    return grown


async def _joined(actions: Actions, upload: OpenUpload) -> AsyncIterator[bytes]:
    for name in upload.parts:
        blob = await actions.blobs.get(_part_key(upload, name))
        if blob is None:
            raise unknown_upload()
        async for chunk in blob.chunks:
            yield chunk


async def _delete_parts(actions: Actions, upload: OpenUpload) -> None:
    for name in upload.parts:
        await actions.blobs.delete(_part_key(upload, name))


def _part_key(upload: OpenUpload, name: str) -> str:
    number = int(upload.id)
    return f"uploads/{number >> 22 & 0xFF:02x}/{number}.{name}"


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


# --------------------------------------------------------------------------------------------------------- a file of it


async def _take_in(actions: Actions, upload: OpenUpload, chunks: AsyncIterator[bytes]) -> Uploaded:
    try:
        file = await _make_file(actions, upload, chunks)
        async with actions.store.write() as uow:
            if not await uow.uploads.delete(upload.id):
                # Finished by another process, cancelled meanwhile, or the account is gone.
                made = (await uow.files.by_ids([file.id])).get(file.id)
                if made is None:
                    raise unknown_upload()
                return _uploaded(made)
            await uow.files.add(file)
    except BaseException as error:
        await _give_up(actions, upload, error)
        raise
    await _delete_parts(actions, upload)
    return _uploaded(file)


async def _give_up(actions: Actions, upload: OpenUpload, error: BaseException) -> None:
    """Of what cannot be a file nothing stays; what came in parts can be finished later when only the server had a problem."""
    refused = isinstance(error, ParleyError) and error.status < 500
    if upload.parts and not refused:
        return
    async with actions.store.write() as uow:
        await uow.uploads.delete(upload.id)
    await _delete_parts(actions, upload)
    await delete_bytes(actions, upload.id)


async def _make_file(actions: Actions, upload: OpenUpload, chunks: AsyncIterator[bytes]) -> StoredFile:
    size, head = 0, b""

    async def measured() -> AsyncIterator[bytes]:
        nonlocal size, head
        async for chunk in chunks:
            size += len(chunk)
            if size > upload.size_bytes:
                raise _longer(upload.size_bytes)
            if len(head) < HEAD_BYTES:
                head = (head + chunk)[:HEAD_BYTES]
            yield chunk

    await actions.blobs.put(key_of(upload.id), measured())
    plain = StoredFile(
        id=FileId(upload.id),
        owner_id=upload.owner_id,
        name=upload.name,
        media_type=actions.images.media_type(head, upload.name),
        size_bytes=size,
    )
    return await _developed(actions, plain, voice=upload.voice)


async def _developed(actions: Actions, file: StoredFile, *, voice: bool) -> StoredFile:
    """What can be shown of a picture or a recording is put beside it; of a picture, nothing stays as it came."""
    blob = await actions.blobs.get(key_of(file.id))
    if blob is None:
        raise unknown_upload()
    async with actions.studio.develop(blob.chunks, file.media_type) as made:
        if made is None:
            return file
        size = file.size_bytes
        for name, part in made.parts.items():
            if name == "whole":
                size = await _replace(actions, file.id, part)
            else:
                await actions.blobs.put(key_of(file.id, name), part)
    media = made.media
    if voice and made.media_type.startswith("audio/") and media.duration_ms is not UNSET:
        media = msgspec.structs.replace(media, voice=True)
    name = file.name
    if made.media_type != file.media_type and made.media_type in _ENDINGS:
        name = _with_ending(file.name, made.media_type, actions.limits.file_name_max)
    return msgspec.structs.replace(file, name=name, media_type=made.media_type, size_bytes=size, media=media)


async def _replace(actions: Actions, file_id: FileId, part: AsyncIterator[bytes]) -> int:
    size = 0

    async def counted() -> AsyncIterator[bytes]:
        nonlocal size
        async for chunk in part:
            size += len(chunk)
            yield chunk

    await actions.blobs.put(key_of(file_id), counted())
    return size


def _with_ending(name: str, media_type: str, longest: int) -> str:
    """A moving GIF has become a WebP, and is called so."""
    stem, dot, ending = name.rpartition(".")
    if not dot or ending.lower() in _ENDINGS[media_type] or not 1 <= len(ending) <= 5:
        return name
    return safe_name(f"{stem}.{_ENDINGS[media_type][0]}", longest)


def _uploaded(file: StoredFile) -> Uploaded:
    return Uploaded(
        file_id=file.id, name=file.name, media_type=file.media_type, size_bytes=file.size_bytes, media=file.media
    )


def _state(upload: OpenUpload) -> UploadState:
    return UploadState(
        upload_id=upload.id,
        offset_bytes=upload.received_bytes,
        size_bytes=upload.size_bytes,
        expires_ms=upload.expires_ms,
    )


def _mismatch(upload: OpenUpload) -> Conflict:
    return Conflict("offset_mismatch", "Go on from offset_bytes.", offset_bytes=upload.received_bytes)


def _too_large(limit: int) -> TooLarge:
    return TooLarge("too_large", f"A file may have {limit} bytes.", max=limit)


def _longer(size_bytes: int) -> TooLarge:
    return TooLarge("too_large", f"This file may have {size_bytes} bytes.", max=size_bytes)

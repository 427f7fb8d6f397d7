"""Files: who may have them back, in which shape, and when they go."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Final

import msgspec
from msgspec import UNSET

from server.actions.authority import unknown_file, unknown_user
from server.actions.context import Actions
from server.actions.places import place_of
from server.actions.requests import Request
from server.actions.sessions import Authenticated, check_session
from server.actions.standing import require_operator
from server.domain.errors import Invalid, ParleyError
from server.domain.ids import ChannelId, FileId, MessageId, Snowflake, UserId
from server.domain.names import is_sendable
from server.domain.permissions import Permission
from server.ports import Blob, LinkClaims, Reader, StoredFile, UnitOfWork

ABANDONED_MS: Final = 24 * 3_600_000
"""So long a file may be in no message that never was in one; and bytes without anything that knows of them."""
LINK_PERIOD_S: Final = 1800
"""Links that are asked for within one period are the same, so that browsers need not fetch again."""
_COLLECT_AT_ONCE: Final = 500
_UNSAFE: Final = frozenset('/\\:*?"<>|')
SMALL_PX: Final = 400
LARGE_PX: Final = 1200


class View(StrEnum):
    """A shape of a file that may be shown where it stands."""

    WHOLE = "whole"
    """A picture drawn anew, or a recording."""
    SMALL = "small"
    """A picture, at most 400 pixels wide and high; of a video, its poster."""
    LARGE = "large"
    """The same with 1200 pixels."""


class Download(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be sent, and where its bytes are: :func:`read_file`."""

    file: StoredFile
    key: str
    media_type: str
    size_bytes: int | None
    """None: as the store says; such a one is sent whole."""
    inline: bool


class AskLinks(Request, frozen=True, kw_only=True):
    file_ids: tuple[FileId, ...]


class Links(msgspec.Struct, frozen=True, kw_only=True):
    """Tickets for the ``t`` of a file's address."""

    tickets: dict[FileId, str]
    origin: str
    """What stands before ``/api/files/...``: nothing, or the address that the operator has set aside for files."""
    expires_ms: int


class Storage(msgspec.Struct, frozen=True, kw_only=True):
    used_bytes: int
    """Uploads under way count as large as they will be."""
    quota_bytes: int


class SetQuota(Request, frozen=True, kw_only=True):
    quota_bytes: int | None
    """None: as everybody's."""


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


def key_of(file_id: Snowflake, part: str = "") -> str:
    """Of the bytes in the store. Spread over folders: a thousand files in one are slow on some disks."""
    number = int(file_id)
    return f"files/{number >> 22 & 0xFF:02x}/{number}{part and f'.{part}'}"


# ----------------------------------------------------------------------------------------------------------- read back


async def get_file(actions: Actions, user_id: UserId, file_id: FileId, view: View | None = None) -> Download:
    """To the one who uploaded it, and to readers of a message that holds it; without a view as something to be kept.

    Raises unknown_file, also for a view that there is not.
    """
    async with actions.store.read() as reader:
        file = (await reader.files.by_ids([file_id])).get(file_id)
        if file is None or not (file.owner_id == user_id or await _may_read(actions, reader, user_id, file_id)):
            raise unknown_file()
    if view is None or view is View.WHOLE:
        if view is not None and file.media is UNSET:
            raise unknown_file()
        return Download(
            file=file,
            key=key_of(file_id),
            media_type=file.media_type,
            size_bytes=file.size_bytes,
            inline=view is not None,
        )
    part = _part(file, view)
    whole = part == ""
    return Download(
        file=file,
        key=key_of(file_id, part),
        media_type=file.media_type if whole else "image/webp",
        size_bytes=file.size_bytes if whole else None,
        inline=True,
    )


def _part(file: StoredFile, view: View) -> str:
    """What shows this view: a picture that is small enough already stands for its smaller ones."""
    media = file.media
    if media is UNSET or media.width is UNSET or media.height is UNSET:
        raise unknown_file()
    side_px = max(media.width, media.height)
    if view is View.SMALL and side_px > SMALL_PX:
        return "small"
    if media.poster is True:
        return "poster"
    return "large" if view is View.LARGE and side_px > LARGE_PX else ""


async def read_file(actions: Actions, found: Download, start: int = 0, end: int | None = None) -> Blob:
    """Raises unknown_file when its bytes are gone, files_unavailable."""
    blob = await actions.blobs.get(found.key, start, end)
    if blob is None:
        raise unknown_file()
    return blob


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


# --------------------------------------------------------------------------------------------------------------- links


async def do_make_links(actions: Actions, caller: Authenticated, request: AskLinks) -> Links:
    """Whoever asks for a link may not see the file for that: it is looked at when the link is followed."""
    if len(request.file_ids) > actions.limits.file_links_max:
        raise Invalid("bad_request", f"At most {actions.limits.file_links_max} links at once.", where="file_ids")
    periods = actions.clock.now_ms() // 1000 // LINK_PERIOD_S
    expires_s = (periods + 2) * LINK_PERIOD_S
    claims = LinkClaims(user_id=caller.user_id, session_id=caller.session_id)
    return Links(
        tickets={file_id: actions.file_links.sign(file_id, claims, expires_s) for file_id in request.file_ids},
        origin=actions.settings.files_origin,
        expires_ms=expires_s * 1000,
    )


async def follow_link(actions: Actions, file_id: FileId, ticket: str) -> UserId:
    """Who asks by a link. Raises :class:`Unauthenticated`: unauthenticated, token_expired, session_revoked."""
    claims = actions.file_links.read(file_id, ticket, actions.clock.now_ms())
    await check_session(actions, claims.user_id, claims.session_id)
    return claims.user_id


# --------------------------------------------------------------------------------------------------------------- quota


async def get_storage(actions: Actions, user_id: UserId) -> Storage:
    async with actions.store.read() as reader:
        return await storage_of(actions, reader, user_id)


async def storage_of(actions: Actions, reader: Reader, user_id: UserId) -> Storage:
    quota = await reader.files.quota(user_id)
    return Storage(
        used_bytes=await reader.files.used_bytes(user_id),
        quota_bytes=actions.limits.file_quota_bytes if quota is None else quota,
    )


async def do_set_quota(actions: Actions, user_id: UserId, target_id: UserId, request: SetQuota) -> Storage:
    """For operators. What is there already stays, also over the quota."""
    if request.quota_bytes is not None and not 0 <= request.quota_bytes < 1 << 60:
        raise Invalid("bad_request", "A quota is a number of bytes.", where="quota_bytes")
    async with actions.store.write() as uow:
        await require_operator(uow, user_id)
        if await uow.users.me(target_id) is None:
            raise unknown_user()
        await uow.files.set_quota(target_id, request.quota_bytes)
        return await storage_of(actions, uow, target_id)


# ------------------------------------------------------------------------------------------------------------ let go


async def let_go(uow: UnitOfWork, file_ids: Sequence[FileId], now_ms: int) -> None:
    """Messages that held these files hold them no longer; of those that nobody holds now, nobody's quota knows any more."""
    if file_ids:
        await uow.files.release(file_ids, now_ms)


async def held_by(reader: Reader, channel_id: ChannelId, message_ids: Collection[MessageId]) -> list[FileId]:
    """For :func:`let_go`, before the messages are deleted."""
    return await reader.files.of_messages(channel_id, message_ids)


async def do_collect_files(actions: Actions) -> int:
    """Deletes files that no message holds any more, or has held for a day; returns how many."""
    oldest = Snowflake.at(actions.clock.now_ms() - ABANDONED_MS)
    async with actions.store.write() as uow:
        gone = await uow.files.abandoned(FileId(oldest), _COLLECT_AT_ONCE)
        await uow.files.delete(gone)
    for file_id in gone:
        await delete_bytes(actions, file_id)
    return len(gone)


async def delete_bytes(actions: Actions, file_id: Snowflake) -> None:
    for part in ("", "small", "large", "poster"):
        await actions.blobs.delete(key_of(file_id, part))


async def do_sweep_bytes(actions: Actions) -> int:
    """Deletes what lies in the store and nothing knows of: left by a process that was killed, or by an account that is gone."""
    oldest = Snowflake.at(actions.clock.now_ms() - ABANDONED_MS)
    swept = 0
    waiting: list[tuple[str, FileId]] = []
    for folder in ("files", "uploads"):
        async for key in actions.blobs.keys(folder):
            number = key.split("/")[2].partition(".")[0] if key.count("/") >= 2 else ""
            if not number.isdecimal() or int(number) >= oldest:
                continue
            waiting.append((key, FileId(Snowflake(number))))
            if len(waiting) >= _COLLECT_AT_ONCE:
                swept += await _sweep(actions, waiting)
                waiting = []
    return swept + await _sweep(actions, waiting)


async def _sweep(actions: Actions, found: Sequence[tuple[str, FileId]]) -> int:
    if not found:
        return 0
    async with actions.store.read() as reader:
        known = await reader.files.known({file_id for _, file_id in found})
    gone = [key for key, file_id in found if file_id not in known]
    for key in gone:
        await actions.blobs.delete(key)
    return len(gone)

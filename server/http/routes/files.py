"""Uploading files, and having them back."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.actions.authority import unknown_file
from server.actions.context import Actions
from server.actions.files import Download, View, do_make_links, do_set_quota, get_file, get_storage, read_file
from server.actions.requests import Request
from server.actions.uploads import (
    Uploaded,
    UploadState,
    do_append,
    do_begin_upload,
    do_cancel_upload,
    do_finish_upload,
    do_upload,
    get_upload,
)
from server.domain.errors import OutOfRange
from server.domain.ids import FileId, UploadId, UserId
from server.http.endpoint import Endpoint, tagged
from server.http.file_headers import SANDBOX, disposition, told_type
from server.http.ranges import has_it, may_go_on, span_of
from server.http.reading import upload_of
from server.http.replies import refusal

_ONE: Final = "/api/uploads/{upload}"
_CACHED: Final = "private, max-age=3600, immutable"
"""An id always has the same bytes; others get nothing from a private cache."""


class FileName(Request, frozen=True, kw_only=True):
    name: str
    voice: bool = False
    """A message that was spoken."""


class Part(Request, frozen=True, kw_only=True):
    offset: int
    """Where these bytes belong: as many as have come before."""


class Link(Request, frozen=True, kw_only=True):
    t: str | None = None
    """The ticket of a link, in the place of the access token."""


async def upload(actions: Actions, user_id: UserId, query: FileName, http: web.Request) -> Uploaded:
    return await do_upload(
        actions, user_id, query.name, upload_of(http), announced_bytes=http.content_length, voice=query.voice
    )


async def append(actions: Actions, user_id: UserId, upload_id: UploadId, query: Part, http: web.Request) -> UploadState:
    return await do_append(actions, user_id, upload_id, query.offset, upload_of(http))


async def download(
    actions: Actions, reader_id: UserId, file_id: FileId, query: Link, http: web.Request
) -> web.StreamResponse:
    return await _send(actions, await get_file(actions, reader_id, file_id), http)


async def show(
    actions: Actions, reader_id: UserId, file_id: FileId, view: str, query: Link, http: web.Request
) -> web.StreamResponse:
    if view not in list(View):
        raise unknown_file()
    return await _send(actions, await get_file(actions, reader_id, file_id, View(view)), http)


async def _send(actions: Actions, found: Download, http: web.Request) -> web.StreamResponse:
    """Whatever it is, it never runs as a page of ours (OWASP ASVS 5.0, 3.2.1)."""
    etag = f'"{found.key.rpartition("/")[2]}"'
    if has_it(http.headers.get("If-None-Match"), etag):
        return _described(actions, found, etag, web.StreamResponse(status=304))
    size, span = found.size_bytes, None
    if size is not None and may_go_on(http.headers.get("If-Range"), etag):
        try:
            span = span_of(http.headers.get("Range"), size)
        except OutOfRange as error:
            refused = refusal(error)
            refused.headers["Content-Range"] = f"bytes */{size}"
            return refused
    start, end = span or (0, None)
    blob = await read_file(actions, found, start, end)
    response = _described(actions, found, etag, web.StreamResponse(status=200 if span is None else 206))
    response.content_type = told_type(found.media_type)
    if span is not None:
        response.headers["Content-Range"] = f"bytes {span[0]}-{span[1] - 1}/{size}"
    response.content_length = blob.size_bytes if span is None else span[1] - span[0]
    await response.prepare(http)
    if http.method != "HEAD":
        async for chunk in blob.chunks:
            await response.write(chunk)
    await response.write_eof()
    return response


def _described(actions: Actions, found: Download, etag: str, response: web.StreamResponse) -> web.StreamResponse:
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = _CACHED
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Content-Disposition"] = disposition(found.file.name, inline=found.inline)
    if found.size_bytes is not None:
        response.headers["Accept-Ranges"] = "bytes"
    if actions.settings.files_origin:
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


_REFUSED: Final = ("too_large", "quota_exceeded", "too_many", "bad_image", "files_unavailable")

ENDPOINTS: Final = tagged(
    "Files",
    Endpoint(
        "POST",
        "/api/files",
        upload,
        "Upload a file for a message",
        status=201,
        upload="application/octet-stream",
        errors=(*_REFUSED, "unknown_upload"),
        note="The body is the file. What no message has held for a day is deleted.",
    ),
    Endpoint(
        "POST",
        "/api/uploads",
        do_begin_upload,
        "Begin an upload that can go on after a break",
        status=201,
        errors=("too_large", "quota_exceeded", "too_many"),
        note="Then send the bytes with PATCH, in as many requests as it takes, and finish. It expires after a day.",
    ),
    Endpoint("GET", _ONE, get_upload, "See how far an upload is"),
    Endpoint(
        "PATCH",
        _ONE,
        append,
        "Send the next bytes of an upload",
        upload="application/octet-stream",
        errors=("offset_mismatch", "too_many", "files_unavailable"),
        note="What came of a request that broke off stays: ask how far it is, and go on from there.",
    ),
    Endpoint(
        "POST",
        f"{_ONE}/finish",
        do_finish_upload,
        "Make a file of an upload",
        status=201,
        errors=("upload_incomplete", "too_large", "bad_image", "files_unavailable"),
        note="Asked again after a lost answer, it gives the same file.",
    ),
    Endpoint("DELETE", _ONE, do_cancel_upload, "Cancel an upload", errors=("files_unavailable",)),
    Endpoint(
        "POST",
        "/api/files/links",
        do_make_links,
        "Get links to files",
        errors=("bad_request",),
        note="For where no access token can go: ``?t=`` of the addresses below. Each is for one file and this log-in, and ends "
        "within the hour.",
    ),
    Endpoint(
        "GET",
        "/api/files/{file}",
        download,
        "Download a file",
        also=(206, 304),
        answer=bytes,
        media_type="*/*",
        errors=("bad_range", "files_unavailable"),
    ),
    Endpoint(
        "GET",
        "/api/files/{file}/{view}",
        show,
        "Show a picture or play a recording",
        also=(206, 304),
        answer=bytes,
        media_type="*/*",
        errors=("bad_range", "files_unavailable"),
        note="``whole``, ``small`` (at most 400 pixels wide and high) or ``large`` (1200); of a video these two are its poster.",
    ),
    Endpoint("GET", "/api/users/@me/storage", get_storage, "See how much room one's files take"),
    Endpoint("PUT", "/api/users/{user}/quota", do_set_quota, "Say how much room somebody has (operators)"),
)

"""Uploading files, and having them back."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from aiohttp import web

from server.actions.context import Actions
from server.actions.files import Uploaded, do_upload, get_file
from server.actions.requests import Request
from server.domain.ids import FileId, UserId
from server.http.endpoint import Endpoint, tagged
from server.http.reading import upload_of


class FileName(Request, frozen=True, kw_only=True):
    name: str


async def upload(actions: Actions, user_id: UserId, query: FileName, http: web.Request) -> Uploaded:
    return await do_upload(actions, user_id, query.name, upload_of(http))


async def download(actions: Actions, user_id: UserId, file_id: FileId, http: web.Request) -> web.StreamResponse:
    """An attachment whatever it is: it never runs as a page of ours (OWASP ASVS 5.0, 3.2.1)."""
    found = await get_file(actions, user_id, file_id)
    response = web.StreamResponse()
    response.content_type = "application/octet-stream" if "html" in found.file.media_type else found.file.media_type
    response.content_length = found.blob.size_bytes
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.file.name, safe='')}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    await response.prepare(http)
    async for chunk in found.blob.chunks:
        await response.write(chunk)
    await response.write_eof()
    return response


ENDPOINTS: Final = tagged(
    "Files",
    Endpoint(
        "POST",
        "/api/files",
        upload,
        "Upload a file for a message",
        status=201,
        upload="application/octet-stream",
        errors=("too_large", "files_unavailable"),
        note="The body is the file. What no message has held for a day is deleted.",
    ),
    Endpoint(
        "GET",
        "/api/files/{file}",
        download,
        "Download a file",
        answer=bytes,
        media_type="*/*",
        errors=("files_unavailable",),
    ),
)

"""The web client's files: known by name when the server starts, so that no path of a visitor ever reaches the file system."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Final

from aiohttp import web

from server.domain.errors import NotFound
from server.http.replies import refusal

_ENCODED: Final = (".br", ".gz")

_FOREVER: Final = "public, max-age=31536000, immutable"
"""For files whose names change with their content."""

_CHECK_AGAIN: Final = "no-cache"
_NEVER: Final = "no-store"

_TYPES: Final = {".webmanifest": "application/manifest+json", ".js": "text/javascript", ".wasm": "application/wasm"}

_NOT_BUILT: Final = """<!doctype html><meta charset="utf-8"><title>Parley</title>
<h1>The web client is not built</h1><p>Run <code>make web</code>, then start the server again.</p>
"""


class WebClient:
    """Serves ``root``: a file by its name, and ``index.html`` for every page of the application."""

    def __init__(self, root: Path | None) -> None:
        self._files = {} if root is None else _index(root)

    @property
    def built(self) -> bool:
        return "index.html" in self._files

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """GET or HEAD of anything that no other route has."""
        name = request.path.lstrip("/")
        file = self._files.get(name)
        if file is not None and name != "index.html":
            return _send(file, _FOREVER if name.startswith("assets/") else _CHECK_AGAIN)
        if _is_file_name(name) and name != "index.html":
            return refusal(NotFound("unknown_route", "There is nothing at this address."))
        page = self._files.get("index.html")
        if page is None:
            return web.Response(text=_NOT_BUILT, status=503, content_type="text/html")
        return _send(page, _NEVER)


def _send(file: Path, cache: str) -> web.FileResponse:
    """With the ``.br`` or ``.gz`` beside it where the client takes that."""
    kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    charset = "; charset=utf-8" if kind.startswith("text/") or kind.endswith(("json", "xml")) else ""
    return web.FileResponse(file, headers={"Cache-Control": cache, "Content-Type": kind + charset})


def _is_file_name(name: str) -> bool:
    """Pages have no dot in their last part and do not live in ``assets``."""
    return name.startswith("assets/") or "." in name.rpartition("/")[2]


def _index(root: Path) -> dict[str, Path]:
    """Path below ``root``, with slashes -> file; hidden and compressed files stand for themselves nowhere."""
    real = root.resolve()
    return {
        file.relative_to(root).as_posix(): file
        for file in root.rglob("*")
        if file.is_file()
        and file.suffix not in _ENCODED
        and not any(part.startswith(".") for part in file.relative_to(root).parts)
        and file.resolve().is_relative_to(real)
    }

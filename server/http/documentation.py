"""What is served of the API's documentation: made when it is first asked for, the same bytes after that."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Final

import msgspec
from aiohttp import web

from server.http.docs_page import page
from server.http.endpoint import Endpoint
from server.http.openapi import document


@dataclass(frozen=True, slots=True)
class Documents:
    openapi: bytes
    page: bytes
    stylesheet: bytes


class Documentation:
    """Of ``endpoints``, as version ``version`` of the server has them."""

    def __init__(self, endpoints: Sequence[Endpoint], version: str) -> None:
        self._endpoints = endpoints
        self._version = version
        self._making = asyncio.Lock()
        self._made: Documents | None = None

    async def documents(self) -> Documents:
        async with self._making:
            if self._made is None:  # in a thread: it reads sources for their descriptions
                self._made = await asyncio.to_thread(self._make)
        return self._made

    def _make(self) -> Documents:
        described = document(self._endpoints, self._version)
        return Documents(
            openapi=msgspec.json.encode(described),
            page=page(described).encode(),
            stylesheet=(resources.files("server.http") / "docs.css").read_bytes(),
        )


DOCUMENTATION: Final = web.AppKey("documentation", Documentation)

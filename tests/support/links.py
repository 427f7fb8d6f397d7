"""What is behind links, because a test says so."""

from __future__ import annotations

import asyncio

from server.ports import LinkedPage


class FakeLinks:
    """Implements :class:`server.ports.LinkReader`."""

    def __init__(self, everywhere: LinkedPage | None = None) -> None:
        """``everywhere``: behind all links that have no page of their own."""
        self.pages: dict[str, LinkedPage] = {}
        self.read_urls: list[str] = []
        self.asked = asyncio.Event()
        """Set by the first look at a page."""
        self.open = asyncio.Event()
        """While it is not set, nothing is answered."""
        self.open.set()
        self._everywhere = everywhere

    async def read(self, url: str) -> LinkedPage | None:
        self.read_urls.append(url)
        self.asked.set()
        await self.open.wait()
        return self.pages.get(url, self._everywhere)

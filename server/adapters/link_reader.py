"""What is behind a link: a page that says what it is, or a picture."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from urllib.parse import urljoin

from server.adapters.page_cards import IMAGE_URL_MAX, Card, read_card
from server.adapters.safe_web import Allowance, Fetched, Refused, SafeWeb
from server.ports import LinkedPage

PAGE_S: Final = 8.0
IMAGE_S: Final = 8.0
PAGE_BYTES: Final = 512 * 1024
IMAGE_BYTES: Final = 4 * 1024 * 1024

_IMAGES: Final = {f"image/{kind}": Allowance(IMAGE_BYTES) for kind in ("png", "jpeg", "gif", "webp")}
_PAGES: Final = {kind: Allowance(PAGE_BYTES, may_be_cut=True) for kind in ("text/html", "application/xhtml+xml")}


class WebLinkReader:
    """Implements :class:`server.ports.LinkReader`."""

    def __init__(self, web: SafeWeb, *, page_s: float = PAGE_S, image_s: float = IMAGE_S) -> None:
        """``page_s``, ``image_s``: how long each of the two may take, whatever the other side does."""
        self._web = web
        self._page_s = page_s
        self._image_s = image_s
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="pages")

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def read(self, url: str) -> LinkedPage | None:
        try:
            async with asyncio.timeout(self._page_s):
                found = await self._web.get(url, _PAGES | _IMAGES)
                if found.media_type in _IMAGES:
                    return LinkedPage(image=found.body)
                card = await self._card(found)
        except (Refused, TimeoutError):
            return None
        return LinkedPage(
            title=card.title,
            description=card.description,
            site_name=card.site_name,
            image=await self._image(found.url, card.image),
        )

    async def _card(self, page: Fetched) -> Card:
        return await asyncio.get_running_loop().run_in_executor(self._pool, read_card, page.body, page.charset)

    async def _image(self, page_url: str, image_url: str) -> bytes | None:
        if not image_url or len(image_url) > IMAGE_URL_MAX:
            return None
        try:
            async with asyncio.timeout(self._image_s):
                return (await self._web.get(urljoin(page_url, image_url), _IMAGES)).body
        except (Refused, TimeoutError, ValueError):
            return None

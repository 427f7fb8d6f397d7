from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from server.adapters.link_reader import IMAGE_BYTES, WebLinkReader
from server.ports import LinkedPage
from tests.support.pictures import picture
from tests.support.web_pages import FakeWeb, fake_web, http


@pytest.fixture
async def site() -> AsyncIterator[FakeWeb]:
    async with fake_web() as running:
        yield running


@pytest.fixture
async def reader(site: FakeWeb) -> AsyncIterator[WebLinkReader]:
    made = WebLinkReader(site.web(), page_s=5, image_s=5)
    yield made
    made.close()


async def test_a_page_with_its_picture(site: FakeWeb, reader: WebLinkReader) -> None:
    site.answers["/roses/"] = http(
        b"<title>Roses</title><meta name=description content=All><meta property=og:site_name content=G>"
        b"<meta property=og:image content='../rose.png'>"
    )
    site.answers["/rose.png"] = http(picture(), kind="image/png")
    assert await reader.read(site.url("/roses/")) == LinkedPage(
        title="Roses", description="All", site_name="G", image=picture()
    )


async def test_a_picture_alone(site: FakeWeb, reader: WebLinkReader) -> None:
    site.answers["/rose.png"] = http(picture(), kind="image/png")
    assert await reader.read(site.url("/rose.png")) == LinkedPage(image=picture())


@pytest.mark.parametrize(
    "image",
    [
        "http://10.0.0.1/x.png",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "http://[",
        "/missing.png",
        "/page",
        "x" * 3000,
    ],
)
async def test_a_picture_that_is_not_to_be_had(site: FakeWeb, reader: WebLinkReader, image: str) -> None:
    site.answers["/page"] = http(f"<title>Roses</title><meta property=og:image content='{image}'>".encode())
    assert await reader.read(site.url("/page")) == LinkedPage(title="Roses")


async def test_a_picture_that_is_too_large(site: FakeWeb, reader: WebLinkReader) -> None:
    site.answers["/page"] = http(b"<title>Roses</title><meta property=og:image content=/large.png>")
    site.answers["/large.png"] = http(bytes(IMAGE_BYTES + 1), kind="image/png")
    assert await reader.read(site.url("/page")) == LinkedPage(title="Roses")


async def test_nothing_is_to_be_had(site: FakeWeb, reader: WebLinkReader) -> None:
    for url in ("http://127.0.0.2/", "no address", site.url("/missing"), ""):
        assert await reader.read(url) is None


async def test_a_server_that_sends_a_byte_now_and_then(site: FakeWeb) -> None:
    """Slowloris: no pause is long, and the whole takes for ever."""

    async def drip(writer: asyncio.StreamWriter) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX: " + b"a" * 1000:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.01)

    site.answers["/"] = drip
    site.answers["/page"] = http(b"<title>Roses</title><meta property=og:image content=/>")
    reader = WebLinkReader(site.web(), page_s=0.2, image_s=0.2)
    begun = asyncio.get_running_loop().time()
    assert await reader.read(site.url()) is None
    reader.close()
    reader = WebLinkReader(site.web(), page_s=5, image_s=0.2)
    assert await reader.read(site.url("/page")) == LinkedPage(title="Roses")
    assert asyncio.get_running_loop().time() - begun < 5
    reader.close()

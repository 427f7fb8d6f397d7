"""Whatever a stranger links to, and whatever is behind it: a card of bounded size, or nothing; nothing else is ever raised, and no
other server than the one that is allowed is ever spoken to."""

from __future__ import annotations

import asyncio
import ipaddress
from typing import Final

import hypothesis.strategies as st
from hypothesis import given, settings

from server.adapters.page_cards import DESCRIPTION_MAX, IMAGE_URL_MAX, SITE_NAME_MAX, TITLE_MAX, read_card
from server.adapters.safe_web import Allowance, Refused, SafeWeb, world
from server.domain.limits import Limits
from server.domain.links import links_in
from server.domain.sections import Text
from tests.support.web_pages import FakeWeb, fake_web

WANTED: Final = {"text/html": Allowance(4096, may_be_cut=True), "image/png": Allowance(4096)}

PIECES: Final = (
    *("http://", "https://", "//", "/", ":", "@", "#", "?", "\\", "%", "%00", "%25", "[", "]", "::1", "::ffff:"),
    *("127.0.0.1", "localhost", "example.org", ".", "0x7f", "0177", "2130706433", "1", ":80", ":443", ":0", ":65536"),
    *("xn--", "ä", "。", "１", "\u200b", "\u202e", " ", "\n", "\r\n", "\t", "\x00", "a" * 70, "64:ff9b::"),
    *("fe80::1%eth0", "user:pw@", "file:", "data:"),
)
URLS: Final = st.lists(st.sampled_from(PIECES), max_size=10).map("".join) | st.text()
"""Put together of what is in real and in bad addresses."""

TAGS: Final = st.lists(
    st.sampled_from(
        (
            *(
                "<meta ",
                "<title>",
                "</title>",
                "<script>",
                "</script>",
                "<!--",
                "-->",
                "<style>",
                "</style>",
                "</head>",
                "<body>",
            ),
            *(
                "property=",
                "name=",
                "content=",
                "og:title",
                "og:image",
                "description",
                '"',
                "'",
                ">",
                "/>",
                "&amp;",
                "&#0;",
                "<",
            ),
            *(
                " ",
                "\n",
                "\x00",
                "é",
                "🌹",
                "charset=utf-16",
                "charset=zip",
                "<svg>",
                "<template>",
                "x" * 500,
                "]]>",
                "<![CDATA[",
            ),
        )
    ),
    max_size=60,
).map("".join)


@given(URLS | st.text().map(lambda text: f"see https://{text}"))
def test_any_text_with_links(text: str) -> None:
    limits = Limits()
    links = links_in([Text(text)], limits)
    assert len(links) <= limits.previews_max
    assert all(len(link) <= limits.link_max for link in links)


@settings(deadline=None)
@given(URLS, st.lists(st.ip_addresses().map(str), max_size=3))
def test_any_address_leads_to_an_error_or_into_the_world(url: str, addresses: list[str]) -> None:
    """No connection is made: what is let through would be one to a public address, and there the test stops it."""
    reach = world(frozenset({80, 443}), frozenset({"talk.example.org"}))
    connected: list[str] = []

    async def resolve(_: str) -> list[str]:
        return addresses

    class Watched(SafeWeb):
        def _socket(self, info: tuple[object, object, object, object, tuple[str, int]]) -> object:  # type: ignore[override]
            connected.append(info[4][0])
            raise OSError("not in a test")

    async def ask() -> None:
        try:
            await Watched(reach, "test", resolve).get(url, WANTED)
        except Refused:
            return
        raise AssertionError("nobody answers in this test")

    asyncio.run(ask())
    for address in connected:
        assert ipaddress.ip_address(address).is_global
        assert not ipaddress.ip_address(address).is_multicast


@settings(deadline=None)
@given(
    st.binary(max_size=2000) | TAGS.map(str.encode) | TAGS.map(lambda page: page.encode("utf-16")),
    st.none() | st.text(),
)
def test_any_page_has_a_card_of_bounded_size(body: bytes, charset: str | None) -> None:
    card = read_card(body, charset)
    assert len(card.title) <= TITLE_MAX
    assert len(card.description) <= DESCRIPTION_MAX
    assert len(card.site_name) <= SITE_NAME_MAX
    assert len(card.image) <= IMAGE_URL_MAX + 1
    for line in (card.title, card.description, card.site_name):
        assert line.isprintable() or any(one in line for one in "\u200b\u200c\u200d\u00ad\ufeff")
        line.encode()


HEADS: Final = st.lists(
    st.sampled_from(
        (
            *("HTTP/1.1 200 OK\r\n", "HTTP/1.1 302 Found\r\n", "HTTP/1.0 999 \r\n", "HTTP/1.1 100 Continue\r\n\r\n"),
            *("ICY 200\r\n", "Content-Type: text/html\r\n", "Content-Type: image/png\r\n", "Content-Type: ;;;\r\n"),
            *("Location: /next\r\n", "Location: http://127.0.0.1:1/\r\n", "Location: \r\n", "Location: http://[\r\n"),
            *("Content-Encoding: gzip\r\n", "Content-Length: 3\r\n", "Content-Length: -1\r\n", "\r\n", "3\r\nabc\r\n"),
            *("Transfer-Encoding: chunked\r\n", "0\r\n\r\n", "FFFFFFFFFFFFFFFFF\r\n", "\x1f\x8b\x08\x00", "\x00"),
            *("Set-Cookie: a=b\r\n", "X: \xe9\r\n", "Upgrade: websocket\r\n", "abc"),
        )
    ),
    max_size=10,
).map(lambda parts: "".join(parts).encode("latin-1"))


@settings(deadline=None, max_examples=60)
@given(HEADS | st.binary(max_size=300))
def test_any_answer_is_read_or_refused(answer: bytes) -> None:
    async def ask(site: FakeWeb) -> None:
        site.answers |= {"/": answer, "/next": answer}
        try:
            found = await site.web().get(site.url(), WANTED)
        except Refused:
            return
        assert len(found.body) <= 4096
        assert found.media_type in WANTED

    async def run() -> None:
        async with fake_web() as site, asyncio.timeout(20):
            await ask(site)

    asyncio.run(run())

from __future__ import annotations

import asyncio
import gzip
import socket
import zlib
from collections.abc import AsyncIterator
from typing import Final

import pytest

from server.adapters import safe_web
from server.adapters.safe_web import Allowance, Reach, Refused, SystemResolver, is_of_this_machine, world
from tests.support.web_pages import HOST, LOOPBACK, FakeWeb, fake_web, http

WANTED: Final = {"text/html": Allowance(1000, may_be_cut=True), "image/png": Allowance(1000)}
WEB_PORTS: Final = frozenset({80, 443})


@pytest.fixture
async def site() -> AsyncIterator[FakeWeb]:
    async with fake_web() as running:
        yield running


async def refused(site: FakeWeb, url: str, web: safe_web.SafeWeb | None = None) -> str:
    with pytest.raises(Refused) as caught:
        await (web or site.web()).get(url, WANTED)
    return str(caught.value)


async def test_a_page_is_read(site: FakeWeb) -> None:
    site.answers["/a?b=c"] = http(b"<p>hello", kind="text/html; charset=iso-8859-1", Set_Cookie="a=b")
    web = site.web()
    for _ in range(2):
        found = await web.get(site.url("/a?b=c#d"), WANTED)
        assert (found.url, found.media_type) == (site.url("/a?b=c"), "text/html")
        assert (found.charset, found.body) == ("iso-8859-1", b"<p>hello")
    for head in site.requests:
        assert f"Host: {HOST}:{site.port}\r\n" in head
        assert "User-Agent: Parley/test (+https://talk.example.org)\r\n" in head
        assert "cookie" not in head.lower()
        assert "referer" not in head.lower()


@pytest.mark.parametrize(
    "url",
    [
        *("", "page", "//page.example.org/", "ftp://page.example.org/", "file:///etc/passwd", "data:text/html,x"),
        *("javascript:alert(1)", "gopher://page.example.org/", "http:///x", "http://", "https:page.example.org"),
        *("http://a:b@page.example.org/", "http://a@page.example.org/", "http://page.example.org\\@127.0.0.1/"),
        *("http://page.example.org /", "http://page.example.org/\r\nHost: x", "http://page.example.org/\x00"),
        *("http://page.example.org:22/", "http://page.example.org:6379/", "http://page.example.org:99999/"),
        *(
            "http://[::1",
            "http://[v1.x]/",
            "http://xn--/",
            "http://" + "a." * 200 + "org/",
            "http://" + "a" * 70 + ".org/",
        ),
        "http://page.example.org/" + "a" * 5000,
    ],
)
async def test_what_is_no_address_of_a_page(site: FakeWeb, url: str) -> None:
    asked: list[str] = []

    def look_up(host: str) -> list[str]:
        asked.append(host)
        return []

    web = site.web(Reach(allows=lambda _: True, ports=WEB_PORTS), look_up)
    await refused(site, url, web)
    assert len(asked) <= 1
    assert site.requests == []


@pytest.mark.parametrize(
    "host",
    [
        *(
            "localhost",
            "LOCALHOST",
            "localhost.",
            "router",
            "app.localhost",
            "printer.local",
            "db.internal",
            "x.home.arpa",
        ),
        *("2130706433", "0x7f000001", "017700000001", "127.1", "0177.0.0.1", "0x7f.1", "127.0.0.01", "1.2.3.4.5"),
        *("127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "192.168.0.1", "255.255.255.255"),
        *(
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[fe80::1]",
        ),
        *(
            "[fe80::1%25eth0]",
            "[fd00:ec2::254]",
            "[::127.0.0.1]",
            "127.0.0.1.",
            "talk.example.org",
            "TALK.example.org.",
        ),
        *("１２７.0.0.1", "127。0。0。1", "ⓛocalhost"),
    ],
)
async def test_hosts_that_are_never_asked(site: FakeWeb, host: str) -> None:
    """By the reach that a server really has; a name of these is not even looked up."""
    asked: list[str] = []

    def look_up(name: str) -> list[str]:
        asked.append(name)
        return ["127.0.0.1"]

    web = site.web(world(WEB_PORTS, frozenset({"talk.example.org"})), look_up)
    await refused(site, f"http://{host}/", web)
    assert set(asked) <= {"talk.example.org", "127.0.0.1."}


@pytest.mark.parametrize(
    "addresses",
    [
        *([], ["127.0.0.1"], ["::1"], ["10.1.2.3"], ["169.254.169.254"], ["64:ff9b::7f00:1"], ["fe80::1%2"]),
        ["93.184.216.34", "127.0.0.1"],
        ["2606:4700::1", "93.184.216.34", "93.184.216.35", "93.184.216.36", "93.184.216.37", "::ffff:10.0.0.1"],
    ],
)
async def test_all_addresses_of_a_name_must_be_good(site: FakeWeb, addresses: list[str]) -> None:
    web = site.web(world(WEB_PORTS, frozenset()), lambda _: addresses)
    assert await refused(site, f"http://{HOST}/", web) == "it is not out in the world"


async def test_another_name_of_this_server_is_not_asked(site: FakeWeb) -> None:
    """Others' mistakes: a preview fetcher that calls its own server."""
    site.answers["/"] = http(b"<title>us")
    reach = Reach(allows=site.reach.allows, ports=site.reach.ports, own_names=frozenset({"talk.example.org"}))
    assert await refused(site, site.url("/", "talk.example.org"), site.web(reach)) == "this is our own name"
    assert await refused(site, site.url("/", "alias.example.org"), site.web(reach)) == "it is not out in the world"
    elsewhere = site.web(reach, lambda host: ["192.0.2.1"] if host == "talk.example.org" else [LOOPBACK])
    assert (await elsewhere.get(site.url(), WANTED)).body == b"<title>us"


async def test_own_addresses_are_known_without_a_name() -> None:
    assert is_of_this_machine("127.0.0.1")
    assert not is_of_this_machine("192.0.2.1")
    assert not is_of_this_machine("240.0.0.1")
    allows = world(WEB_PORTS, frozenset(), frozenset({"93.184.216.34"})).allows
    assert not allows("93.184.216.34")
    assert not allows("::ffff:93.184.216.34")
    assert allows("93.184.216.35")


async def test_a_name_is_looked_up_once_for_a_connection(site: FakeWeb) -> None:
    """DNS rebinding: the second answer would be another address, and nobody asks for it."""
    site.answers["/"] = http(b"first")
    answers = iter([[LOOPBACK], ["10.0.0.1"]])
    assert (await site.web(addresses=lambda _: next(answers)).get(site.url(), WANTED)).body == b"first"
    assert next(answers) == ["10.0.0.1"]


async def test_a_name_that_is_rebound_between_redirects_is_looked_at_again(site: FakeWeb) -> None:
    site.answers["/"] = http(status="302 Found", Location="/again")
    answers = iter([[LOOPBACK], ["10.0.0.1"]])
    assert await refused(site, site.url(), site.web(addresses=lambda _: next(answers))) == "it is not out in the world"
    assert len(site.requests) == 1


async def test_the_socket_itself_looks_at_the_address(site: FakeWeb) -> None:
    """Whatever was looked at before: here the first look is fooled."""
    looks = iter([True, False])
    reach = Reach(allows=lambda _: next(looks), ports=site.reach.ports)
    assert "ClientConnectorError" in await refused(site, site.url(), site.web(reach))
    assert site.requests == []


async def test_redirects_are_followed_and_each_is_looked_at(site: FakeWeb) -> None:
    for number, status in enumerate(("301 Moved", "303 See Other", "308 Moved")):
        site.answers[f"/{number}"] = http(status=status, Location=f"/{number + 1}")
    site.answers["/3"] = http(b"there")
    assert (await site.web().get(site.url("/0"), WANTED)).url == site.url("/3")
    site.answers["/3"] = http(status="307 Moved", Location="/4")
    assert await refused(site, site.url("/0")) == "it leads on and on"
    assert len(site.requests) == 8


@pytest.mark.parametrize(
    "location",
    [
        *(
            "http://127.0.0.2/",
            "http://localhost/",
            "http://[::1]/",
            "//169.254.169.254/latest/meta-data/",
            "file:///etc/passwd",
        ),
        *(
            "http://a:b@page.example.org/",
            "http://page.example.org:22/",
            "",
            "ftp://x.org/",
            "http://2130706433/",
            "http://[",
        ),
    ],
)
async def test_redirects_to_what_is_not_asked(site: FakeWeb, location: str) -> None:
    site.answers["/"] = http(status="302 Found", Location=location)
    await refused(site, site.url())
    assert len(site.requests) <= safe_web.REDIRECTS_MAX + 1


async def test_a_wrong_answer(site: FakeWeb) -> None:
    assert await refused(site, site.url()) == "the answer is 404"
    site.answers["/"] = http(b"x", kind="application/pdf")
    assert await refused(site, site.url()) == "this type of content is not shown"
    site.answers["/"] = http(b"x", Content_Encoding="br")
    assert "packed" in await refused(site, site.url())
    site.answers["/"] = http(b"no gzip", Content_Encoding="gzip")
    assert "error" in await refused(site, site.url())
    for broken in (
        b"",
        b"\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        bytes(9),
    ):
        site.answers["/"] = broken
        assert "it cannot be had" in await refused(site, site.url())
    site.answers["/"] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 90\r\n\r\ncut"
    assert "it cannot be had" in await refused(site, site.url())


@pytest.mark.parametrize("head", [b"X: " + b"a" * 9000 + b"\r\n", b"X: a\r\n" * 300])
async def test_a_head_without_end(site: FakeWeb, head: bytes) -> None:
    site.answers["/"] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + head + b"\r\nbody"
    assert "it cannot be had" in await refused(site, site.url())


async def test_pages_are_cut_and_pictures_are_whole_or_nothing(site: FakeWeb) -> None:
    site.answers["/"] = http(b"x" * 1001)
    assert (await site.web().get(site.url(), WANTED)).body == b"x" * 1000
    site.answers["/"] = http(b"x" * 1000, kind="image/png")
    assert len((await site.web().get(site.url(), WANTED)).body) == 1000
    site.answers["/"] = http(b"x" * 1001, kind="image/png")
    assert await refused(site, site.url()) == "it is too large"


async def test_a_body_without_end_is_left(site: FakeWeb) -> None:
    sent = 0

    async def endless(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            writer.write(b"y" * 65536)
            sent += 65536
            await writer.drain()

    site.answers["/"] = endless
    assert (await site.web().get(site.url(), WANTED)).body == b"y" * 1000
    assert sent < 64 * 1024 * 1024


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "x-gzip", "GZIP"])
async def test_packed_pages_are_unpacked(site: FakeWeb, encoding: str) -> None:
    packed = zlib.compress(b"<p>hello") if encoding == "deflate" else gzip.compress(b"<p>hello")
    site.answers["/"] = http(packed, Content_Encoding=encoding)
    assert (await site.web().get(site.url(), WANTED)).body == b"<p>hello"


async def test_a_bomb_does_not_go_off(site: FakeWeb) -> None:
    bomb = gzip.compress(bytes(20_000_000), 9)[:900]
    site.answers["/"] = http(bomb, Content_Encoding="gzip")
    assert (await site.web().get(site.url(), WANTED)).body == bytes(1000)
    site.answers["/"] = http(bomb, kind="image/png", Content_Encoding="gzip")
    assert await refused(site, site.url()) == "it is too large"


async def test_a_pause_without_end(site: FakeWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safe_web, "STEP_S", 0.05)
    gone = asyncio.Event()

    async def silent(writer: asyncio.StreamWriter) -> None:
        await gone.wait()

    site.answers["/"] = silent
    assert "Timeout" in await refused(site, site.url())
    gone.set()


async def test_proxies_of_the_environment_are_not_used(site: FakeWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://192.0.2.1:3128")
    site.answers["/"] = http(b"direct")
    assert (await site.web().get(site.url(), WANTED)).body == b"direct"


async def test_nothing_listens(site: FakeWeb) -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        port = taken.getsockname()[1]
        reach = Reach(allows=lambda _: True, ports=frozenset({port}))
        assert "ClientConnectorError" in await refused(site, f"http://{HOST}:{port}/", site.web(reach))


async def test_a_name_that_nobody_knows(site: FakeWeb) -> None:
    def unknown(_: str) -> list[str]:
        raise socket.gaierror("unknown")

    assert "gaierror" in await refused(site, site.url(), site.web(addresses=unknown))


async def test_names_are_looked_up_in_threads() -> None:
    resolver = SystemResolver()
    assert "127.0.0.1" in await resolver("localhost")
    resolver.close()

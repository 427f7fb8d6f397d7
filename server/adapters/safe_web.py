"""Asking the web for what a stranger's link names, without being led to what is not the web (OWASP ASVS 5.0, 1.3.6).

- Only ``http`` and ``https``, to the ports that are allowed, without a name and password in the address.
- The name is looked up once, here; every address it has must be out in the world (:class:`Reach`), and the connection goes to one
  of exactly these: a name that means something else a moment later changes nothing. The socket itself is made by a function that
  looks at the address again, so that whatever a library does with the name before, no other address is ever spoken to.
- The name still stands in the TLS handshake and in ``Host``; certificates are verified.
- Each redirect is an address like the first one, and there are few of them.
- Size is limited before and after decompression, each step in time; the whole is limited in time by the one who asks.
- No cookies, no proxy or password from the environment, nothing kept between two requests.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import socket
import ssl
import zlib
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from server.domain.addresses import is_public, plain

REDIRECTS_MAX: Final = 3
STEP_S: Final = 4.0
"""For a connection, and for each pause of an answer."""
OWN_KEPT_S: Final = 300.0
"""For so long the addresses of this server's names count as they were."""
ADDRESSES_TRIED: Final = 4
_LOOKUPS: Final = 4
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_FORBIDDEN: Final = re.compile(r"[\s\\\x00-\x1f\x7f]")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LOCAL_ENDINGS: Final = (
    "localhost",
    "local",
    "internal",
    "intranet",
    "lan",
    "home.arpa",
    "onion",
    "alt",
    "test",
    "invalid",
)

Resolve = Callable[[str], Awaitable[list[str]]]
"""A name -> all its addresses. Raises :class:`OSError`."""


class Refused(Exception):
    """This is not asked for, or gives nothing that can be used; ``str()`` says why, without the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where a stranger's link may lead this server."""

    allows: Callable[[str], bool]
    """An IP address."""
    ports: frozenset[int]
    own_names: frozenset[str] = frozenset()
    """Of this server: neither they nor their addresses are asked."""


def world(ports: frozenset[int], own_names: frozenset[str], own_addresses: frozenset[str] = frozenset()) -> Reach:
    """Everything that is public and is not this server itself."""
    own = frozenset(plain(address) for address in own_addresses)

    def allows(address: str) -> bool:
        return is_public(address) and plain(address) not in own and not is_of_this_machine(address)

    return Reach(allows=allows, ports=ports, own_names=own_names)


def is_of_this_machine(address: str) -> bool:
    """Then a datagram to it would come from it. None is sent."""
    wanted = ipaddress.ip_address(address)
    family = socket.AF_INET if wanted.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.setblocking(False)
            probe.connect((address, 9))
            return ipaddress.ip_address(probe.getsockname()[0]) == wanted
    except OSError:
        return False  # no way there at all


class SystemResolver:
    """As this machine resolves names, in threads of its own: a slow one holds up no other work."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_LOOKUPS, thread_name_prefix="lookups")

    async def __call__(self, host: str) -> list[str]:
        loop = asyncio.get_running_loop()
        infos = await loop.run_in_executor(self._pool, _look_up, host)
        return list(dict.fromkeys(infos))

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str) -> list[str]:
    return [str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, slots=True)
class Allowance:
    """Of one type of content."""

    max_bytes: int
    may_be_cut: bool = False
    """What is over it is left unread; else the whole is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    url: str
    """Where it was in the end."""
    media_type: str
    charset: str | None
    body: bytes


class SafeWeb:
    """Any number of requests at a time; the caller bounds them."""

    def __init__(self, reach: Reach, user_agent: str, resolve: Resolve, *, tls: ssl.SSLContext | None = None) -> None:
        """``tls`` for an authority of one's own."""
        self._reach = reach
        self._resolve = resolve
        self._tls = tls
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": "identity", "Accept-Language": "en, *;q=0.5"}
        self._own: frozenset[str] = frozenset()
        self._own_until_s = 0.0

    async def get(self, url: str, wanted: Mapping[str, Allowance]) -> Fetched:
        """``wanted``: media types. Raises :class:`Refused`; put a limit of time around it."""
        try:
            address = self._checked(url)
            for _ in range(REDIRECTS_MAX + 1):
                outcome = await self._ask(address, wanted)
                if isinstance(outcome, Fetched):
                    return outcome
                address = outcome
        except (aiohttp.ClientError, OSError, ValueError, zlib.error) as error:
            raise Refused(f"it cannot be had: {type(error).__name__}") from error
        raise Refused("it leads on and on")

    def _checked(self, url: str, base: URL | None = None) -> URL:
        """Raises :class:`Refused`, :class:`ValueError`."""
        if len(url) > 4096 or _FORBIDDEN.search(url):
            raise Refused("this is no address of a page")
        address = (URL(url) if base is None else base.join(URL(url))).with_fragment(None)
        if address.scheme not in ("http", "https") or not address.raw_host:
            raise Refused("this is no address of a page")
        if address.raw_user is not None or address.raw_password is not None:
            raise Refused("there is a name or password in the address")
        if address.port not in self._reach.ports:
            raise Refused("this port is not asked")
        _check_name(address.raw_host, self._reach.own_names)
        return address

    async def _ask(self, address: URL, wanted: Mapping[str, Allowance]) -> Fetched | URL:
        host = address.raw_host or ""
        pinned = _Pinned(host, await self._addresses_of(host))
        async with (
            self._session(pinned) as session,
            session.get(address, allow_redirects=False, headers={"Accept": ", ".join(wanted)}) as response,
        ):
            if response.status in _REDIRECTS:
                return self._checked(response.headers.get("Location", ""), address)
            if response.status != 200:
                raise Refused(f"the answer is {response.status}")
            allowance = wanted.get(response.content_type)
            if allowance is None:
                raise Refused("this type of content is not shown")
            body = await _body(response, allowance)
            return Fetched(url=str(address), media_type=response.content_type, charset=response.charset, body=body)

    def _session(self, pinned: _Pinned) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            resolver=pinned,
            use_dns_cache=False,
            force_close=True,
            limit=1,
            socket_factory=self._socket,
            ssl=True if self._tls is None else self._tls,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            headers=self._headers,
            timeout=aiohttp.ClientTimeout(total=None, connect=STEP_S, sock_read=STEP_S),
        )

    def _socket(self, info: Any) -> socket.socket:
        """The last look: it is this address that is connected to."""
        family, kind, protocol, _, where = info
        if not self._reach.allows(str(where[0])):
            raise OSError("this address is not asked")
        return socket.socket(family, kind, protocol)

    async def _addresses_of(self, host: str) -> list[str]:
        """All of them are good, or :class:`Refused` is raised."""
        literal = host if _is_address(host) else None
        addresses = [literal] if literal is not None else await self._resolve(host)
        own = await self._own_addresses()
        if not addresses or any(not self._reach.allows(one) or plain(one) in own for one in addresses):
            raise Refused("it is not out in the world")
        return addresses[:ADDRESSES_TRIED]

    async def _own_addresses(self) -> frozenset[str]:
        now_s = asyncio.get_running_loop().time()
        if now_s >= self._own_until_s:
            found: set[str] = set()
            for name in self._reach.own_names:
                with contextlib.suppress(OSError, UnicodeError):
                    found |= {plain(one) for one in await self._resolve(name) if _is_address(one)}
            self._own, self._own_until_s = frozenset(found), now_s + OWN_KEPT_S
        return self._own


class _Pinned(AbstractResolver):
    """Knows one name, and says the same of it each time."""

    def __init__(self, host: str, addresses: list[str]) -> None:
        self._host = host
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        if host != self._host:
            raise OSError("only one name is known here")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in self._addresses
        ]

    async def close(self) -> None:
        """Nothing is open."""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _check_name(host: str, own_names: frozenset[str]) -> None:
    """Raises :class:`Refused` for a name that cannot be out in the world, whatever it resolves to."""
    name = host.rstrip(".").lower()
    if name in own_names:
        raise Refused("this is our own name")
    if _is_address(name):
        return
    last = name.rpartition(".")[2]
    if "." not in name or _NUMBER.fullmatch(last):  # 2130706433, 127.1, 0x7f.1: spellings of an address
        raise Refused("this is no name of a place in the web")
    if any(name.endswith(f".{ending}") for ending in _LOCAL_ENDINGS):
        raise Refused("this is a name of a local network")


async def _body(response: aiohttp.ClientResponse, allowance: Allowance) -> bytes:
    """Raises :class:`Refused`, and what the connection and :mod:`zlib` raise."""
    unpack = _unpacker(response.headers.get("Content-Encoding", "").strip().lower())
    body = bytearray()
    received = 0
    async for chunk in response.content.iter_any():
        received += len(chunk)
        body += unpack(chunk, allowance.max_bytes - len(body) + 1)
        if len(body) > allowance.max_bytes or received > allowance.max_bytes:
            if allowance.may_be_cut:
                break
            raise Refused("it is too large")
    return bytes(body[: allowance.max_bytes])


def _unpacker(encoding: str) -> Callable[[bytes, int], bytes]:
    """A function that makes at most so many bytes of a piece."""
    if encoding in ("", "identity"):
        return lambda chunk, at_most: chunk[:at_most]
    if encoding in ("gzip", "x-gzip", "deflate"):
        return zlib.decompressobj(wbits=47).decompress
    raise Refused("it is packed in a way that is not known here")

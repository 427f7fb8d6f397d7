from __future__ import annotations

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from certs.load import KeyPair, check
from parley.certificate_watch import EVERY_S, CertificateWatch
from parley.tls import Certificate
from tests.support.authority import Authority

NAME = "chat.example.org"


@pytest.fixture
def authority() -> Authority:
    return Authority()


async def certificate_in(folder: Path) -> Certificate:
    def find(known: KeyPair | None) -> KeyPair:
        return check(folder / "fullchain.pem", folder / "privkey.pem", known)

    return await asyncio.to_thread(Certificate, find, NAME)


class Line:
    """One TLS connection to a server that says everything back."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @property
    def tls(self) -> ssl.SSLObject:
        found = self._writer.get_extra_info("ssl_object")
        assert isinstance(found, ssl.SSLObject)
        return found

    @property
    def expires(self) -> str:
        shown = self.tls.getpeercert()
        assert shown
        return str(shown["notAfter"])

    async def says_back(self, words: bytes) -> bool:
        self._writer.write(words)
        return await self._reader.readexactly(len(words)) == words


@asynccontextmanager
async def echoing(context: ssl.SSLContext) -> AsyncIterator[int]:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def line_to(port: int, authority: Authority, version: ssl.TLSVersion | None = None) -> AsyncIterator[Line]:
    trusting = ssl.create_default_context(cadata=authority.root_pem.decode())
    trusting.set_alpn_protocols(["h2", "http/1.1"])
    if version is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            trusting.minimum_version = trusting.maximum_version = version
        trusting.set_ciphers("ALL:@SECLEVEL=0")
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting, server_hostname=NAME)
    yield Line(reader, writer)
    writer.close()
    await writer.wait_closed()


async def test_open_connections_go_on_and_new_ones_get_the_new_certificate(
    tmp_path: Path, authority: Authority
) -> None:
    authority.write(tmp_path, NAME, lasts=timedelta(days=30))
    certificate = await certificate_in(tmp_path)
    watch = CertificateWatch(certificate)
    async with echoing(certificate.context) as port, line_to(port, authority) as old:
        assert await old.says_back(b"hello")
        authority.write(tmp_path, NAME, lasts=timedelta(days=60))
        with capture_logs() as logs:
            await watch.once()
            await watch.once()
        assert [line["event"] for line in logs] == ["the certificate was exchanged"]
        async with line_to(port, authority) as new:
            assert new.expires != old.expires
            assert new.tls.selected_alpn_protocol() == "http/1.1"
            assert await new.says_back(b"good morning")
        assert await old.says_back(b"still here")


async def test_bad_new_files_are_told_once_and_the_old_certificate_stays(tmp_path: Path, authority: Authority) -> None:
    fullchain, _ = authority.write(tmp_path, NAME)
    certificate = await certificate_in(tmp_path)
    watch = CertificateWatch(certificate)
    async with echoing(certificate.context) as port:
        good = fullchain.read_bytes()
        fullchain.write_bytes(b"half of it")
        with capture_logs() as logs:
            await watch.once()
            assert logs == [], "it may be half exchanged"
            for _look in range(3):
                await watch.once()
        (line,) = logs
        assert (line["log_level"], line["event"]) == (
            "warning",
            "the new certificate cannot be used; the old one stays",
        )
        assert "holds no certificate" in line["reason"]
        async with line_to(port, authority) as still:
            assert await still.says_back(b"hello")
        fullchain.write_bytes(good)
        with capture_logs() as logs:
            await watch.once()
            fullchain.write_bytes(b"again")
            await watch.once()
            await watch.once()
        assert len(logs) == 1, "a new failure is told again"


async def test_old_protocols_get_no_connection(tmp_path: Path, authority: Authority) -> None:
    authority.write(tmp_path, NAME)
    async with echoing((await certificate_in(tmp_path)).context) as port:
        async with line_to(port, authority, ssl.TLSVersion.TLSv1_2) as line:
            assert line.tls.version() == "TLSv1.2"
        with pytest.raises((ssl.SSLError, ConnectionError)):
            async with line_to(port, authority, ssl.TLSVersion.TLSv1_1):
                pass


async def test_the_operator_hears_once_that_it_expires(tmp_path: Path, authority: Authority) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=85)
    authority.write(tmp_path, NAME, begins=long_ago)
    watch = CertificateWatch(await certificate_in(tmp_path))
    with capture_logs() as logs:
        await watch.once()
        await watch.once()
    assert [(line["log_level"], line["concern"]) for line in logs] == [("warning", "expires_soon")]


class Over(Exception):
    """The test has seen enough."""


async def test_it_looks_again_and_again_whatever_happens(tmp_path: Path, authority: Authority) -> None:
    authority.write(tmp_path, NAME)
    certificate = await certificate_in(tmp_path)
    certificate.pair = None  # type: ignore[assignment]
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            raise Over

    with capture_logs() as logs, pytest.raises(Over):
        await CertificateWatch(certificate).run(pause)
    assert pauses == [EVERY_S] * 2
    assert [line["event"] for line in logs] == ["looking after the certificate failed"] * 2

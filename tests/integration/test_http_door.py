"""What holds for every answer: headers, errors, limits, health, the web client's files."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog
from aiohttp import web
from multidict import CIMultiDict

from server.http.headers import CONTENT_SECURITY_POLICY
from server.http.middleware import Seen
from server.http.static import WebClient
from tests.support.actions import House, open_house
from tests.support.door import Visitor, open_door


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


@pytest.fixture
async def visitor(house: House) -> AsyncIterator[Visitor]:
    async with open_door(house) as visitor:
        yield visitor


# -------------------------------------------------------------------------------------------------------------- headers


async def test_the_content_security_policy_is_strict() -> None:
    assert CONTENT_SECURITY_POLICY == (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
        "connect-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
    )


@pytest.mark.parametrize("path", ["/", "/health", "/api/server", "/api/nothing", "/assets/none.js", "/gateway"])
async def test_every_answer_is_protected(visitor: Visitor, path: str) -> None:
    headers = (await visitor.get(path)).headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert "microphone=(self)" in headers["Permissions-Policy"]
    assert "aiohttp" not in headers["Server"]
    assert "Strict-Transport-Security" not in headers


async def test_strict_transport_under_a_real_certificate(house: House) -> None:
    async with open_door(house, strict_transport=True) as visitor:
        assert (await visitor.get("/health")).headers["Strict-Transport-Security"] == "max-age=31536000"


# --------------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/api"), ("GET", "/api/nothing"), ("POST", "/api/x/y"), ("PUT", "/")]
)
async def test_what_is_nowhere(visitor: Visitor, method: str, path: str) -> None:
    answer = await visitor.ask(method, path)
    if path == "/api":
        assert answer.status == 503  # a page of the client, which is not built here
        return
    assert (answer.status, answer.code) == (404, "unknown_route")


@pytest.mark.parametrize(
    ("body", "kind", "code", "where"),
    [
        (b"", "application/json", "bad_json", None),
        (b"{", "application/json", "bad_json", None),
        (b"\xff", "application/json", "bad_json", None),
        (b'{"username": "anna", "password": "x"}', "text/plain", "bad_json", None),
        (b'{"username": "anna", "password": "x"}', "application/x-www-form-urlencoded", "bad_json", None),
        (b"[]", "application/json", "bad_request", ""),
        (b"[" * 10_000, "application/json", "bad_request", ""),
        (b'{"username": ' + b"[" * 30_000, "application/json", "bad_request", "username"),
        (b'{"username": "anna"}', "application/json", "bad_request", ""),
        (b'{"username": 7, "password": "x"}', "application/json", "bad_request", "username"),
        (b'{"username": "anna", "password": "x", "admin": true}', "application/json", "bad_request", ""),
        (b'{"username": "anna", "password": "x", "tokens": "both"}', "application/json", "bad_request", "tokens"),
    ],
)
async def test_bodies_that_do_not_fit(visitor: Visitor, body: bytes, kind: str, code: str, where: str | None) -> None:
    answer = await visitor.ask("POST", "/api/auth/login", data=body, headers={"Content-Type": kind})
    assert (answer.status, answer.code) == (400, code)
    assert answer.json["error"]["data"].get("where") == where
    assert "`" not in answer.json["error"]["message"]


async def test_a_body_that_is_too_large(visitor: Visitor) -> None:
    answer = await visitor.ask("POST", "/api/auth/login", {"username": "x" * 70_000, "password": "x"})
    assert (answer.status, answer.code) == (413, "too_large")


@pytest.mark.parametrize(
    "body", [gzip.compress(b'{"username": "' + b"x" * 20_000_000), gzip.compress(b"{}"), b"not gzip"]
)
async def test_compressed_bodies_are_not_unfolded(visitor: Visitor, body: bytes) -> None:
    assert len(body) < 64 * 1024
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = await visitor.ask("POST", "/api/auth/login", data=body, headers=headers)
    assert (answer.status, answer.code) == (400, "bad_request")
    assert answer.json["error"]["data"] == {"where": "Content-Encoding"}


@pytest.mark.parametrize(
    "query", ["?limit=x", "?limit=1&limit=2", "?after=0x1", "?who=me", "?after=99999999999999999999"]
)
async def test_queries_that_do_not_fit(visitor: Visitor, query: str) -> None:
    token = await visitor.sign_up("anna")
    answer = await visitor.get(f"/api/groups/1/members{query}", token)
    assert (answer.status, answer.code) == (400, "bad_request")


@pytest.mark.parametrize("number", ["0", "x", "-1", "٣", "99999999999999999999", "1.5", "%00", "..%2f.."])
async def test_ids_that_cannot_be(visitor: Visitor, number: str) -> None:
    token = await visitor.sign_up("anna")
    answer = await visitor.get(f"/api/groups/{number}", token)
    assert (answer.status, answer.code) in {(404, "unknown_group"), (404, "unknown_route")}


async def test_the_unexpected_is_logged_under_the_number_that_is_told(house: House) -> None:
    async def broken(request: web.Request) -> web.StreamResponse:
        raise RuntimeError("the secret is 42")

    async with open_door(house, broken_route=broken) as visitor:
        with structlog.testing.capture_logs() as logs:
            answer = await visitor.get("/api/broken/invitation-code?token=secret-token")
    assert (answer.status, answer.code) == (500, "internal")
    assert "42" not in str(answer.json)
    (entry,) = [each for each in logs if each["event"] == "request failed"]
    assert entry["request_id"] == answer.json["error"]["data"]["request_id"]
    assert entry["route"] == "/api/broken/{code}"
    assert "invitation-code" not in str(entry)
    assert "secret-token" not in str(entry)


# --------------------------------------------------------------------------------------------------------------- health


async def test_health(house: House, visitor: Visitor) -> None:
    answer = await visitor.get("/health")
    assert (answer.status, answer.json) == (200, {"status": "ok", "media": "ok", "database": "ok"})
    assert answer.headers["Cache-Control"] == "no-store"
    async with open_door(house, parts={"media": "restarting", "database": "ok"}) as ill:
        answer = await ill.get("/health")
        assert (answer.status, answer.json) == (503, {"status": "failing", "media": "restarting", "database": "ok"})


async def test_what_the_server_is_like(house: House, visitor: Visitor) -> None:
    info = (await visitor.get("/api/server")).json
    assert info["name"] == visitor.origin.removeprefix("http://")
    assert (info["version"], info["sign_up"], info["heartbeat_interval_ms"]) == ("1.2.3", "open", 25_000)
    assert info["limits"]["text_max"] == house.actions.limits.text_max
    async with open_door(house, server_name="chat.example.org") as named:
        assert (await named.get("/api/server")).json["name"] == "chat.example.org"


async def test_health_is_told_to_anyone_and_nothing_else_by_cleartext(house: House) -> None:
    async with open_door(house, trusted_proxies=("127.0.0.1",)) as visitor:
        far = {"X-Forwarded-For": "198.51.100.7"}
        assert (await visitor.ask("GET", "/health", headers=far)).status == 200
        answer = await visitor.ask("GET", "/api/server", headers=far)
        assert (answer.status, answer.code) == (403, "https_only")
        assert (await visitor.ask("GET", "/api/server", headers=far | {"X-Forwarded-Proto": "https"})).status == 200


async def test_a_client_cannot_speak_for_the_proxy_with_a_line_of_its_own(house: House) -> None:
    async with open_door(house, trusted_proxies=("127.0.0.1",)) as visitor:
        mine = [("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "127.0.0.1")]
        proxys = [("X-Forwarded-Proto", "http"), ("X-Forwarded-For", "198.51.100.7")]
        async with visitor.client.get("/api/server", headers=CIMultiDict(mine + proxys)) as response:
            assert response.status == 403
        async with visitor.client.get("/api/server", headers=CIMultiDict(proxys + mine[:1])) as response:
            assert response.status == 200


# ------------------------------------------------------------------------------------------------------ the client's files


@pytest.fixture
def built(tmp_path: Path) -> WebClient:
    root = tmp_path / "dist"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("<!doctype html><title>Parley</title>")
    (root / "assets" / "app-1234.js").write_text("alert(1)" * 500)
    (root / "assets" / "app-1234.js.gz").write_bytes(gzip.compress(b"alert(1)" * 500))
    (root / "manifest.webmanifest").write_text("{}")
    (root / ".built").write_text("")
    (tmp_path / "secret.txt").write_text("secret")
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    return WebClient(root)


@pytest.fixture
async def client(house: House, built: WebClient) -> AsyncIterator[Visitor]:
    async with open_door(house, web_client=built) as visitor:
        yield visitor


@pytest.mark.parametrize("path", ["/", "/index.html", "/signup?owner=x", "/invite/abc_-1", "/g/1/c/2", "/@me"])
async def test_pages_are_the_application(client: Visitor, path: str) -> None:
    answer = await client.get(path)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"


async def test_assets_are_kept_for_ever(client: Visitor) -> None:
    answer = await client.ask("GET", "/assets/app-1234.js", headers={"Accept-Encoding": "identity"})
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Content-Encoding" not in answer.headers


async def test_assets_travel_compressed(client: Visitor) -> None:
    answer = await client.ask("GET", "/assets/app-1234.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert int(answer.headers["Content-Length"]) < 200
    assert "Accept-Encoding" in answer.headers["Vary"]


async def test_other_files_are_asked_for_again(client: Visitor) -> None:
    answer = await client.get("/manifest.webmanifest")
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache")
    again = await client.ask("GET", "/manifest.webmanifest", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status == 304


@pytest.mark.parametrize(
    "path",
    [
        "/assets/none.js",
        "/assets/",
        "/assets/app-1234.js.gz",
        "/.built",
        "/link.txt",
        "/secret.txt",
        "/..%2fsecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/%00.txt",
        "/favicon.ico",
    ],
)
async def test_only_the_clients_own_files_are_served(client: Visitor, path: str) -> None:
    answer = await client.ask("GET", path)
    assert (answer.status, answer.code) == (404, "unknown_route")


async def test_files_cannot_be_written(client: Visitor) -> None:
    assert (await client.ask("POST", "/assets/app-1234.js")).status == 404


async def test_a_head_has_no_body(client: Visitor) -> None:
    answer = await client.ask("HEAD", "/")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


async def test_without_a_built_client_the_page_says_what_to_do(visitor: Visitor) -> None:
    async with visitor.client.get("/") as response:
        assert response.status == 503
        assert "make web" in await response.text()


async def test_a_body_that_does_not_come_is_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.http.reading.BODY_WITHIN_S", 0.05)
    async with open_door(house) as visitor:
        reader, writer = await asyncio.open_connection("127.0.0.1", visitor.client.port)
        head = (
            "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
        )
        writer.write(head.encode())
        answer = await reader.readuntil(b"\r\n")
        assert answer == b"HTTP/1.1 400 Bad Request\r\n"
        writer.close()
        await writer.wait_closed()


# ------------------------------------------------------------------------------------------------------ ready, watchers


async def test_ready_while_it_serves_and_not_when_it_stops(house: House, visitor: Visitor) -> None:
    answer = await visitor.get("/ready")
    ready = {"status": "ready", "process": "ok", "media": "ok", "database": "ok"}
    assert (answer.status, answer.json, answer.headers["Cache-Control"]) == (200, ready, "no-store")
    async with open_door(house, stopping=lambda: True) as leaving:
        answer = await leaving.get("/ready")
        assert (answer.status, answer.json["status"], answer.json["process"]) == (503, "not ready", "stopping")
        assert (await leaving.get("/health")).status == 200, "a process that stops is not ill"
    async with open_door(house, parts={"media": "ok", "database": "unavailable"}) as ill:
        assert (await ill.get("/ready")).status == 503


async def test_watchers_are_told_of_routes_and_never_of_paths(house: House) -> None:
    seen: list[Seen] = []

    async def broken(_request: web.Request) -> web.StreamResponse:
        raise RuntimeError

    async with open_door(house, watchers=[seen.append], broken_route=broken) as visitor:
        await visitor.get("/api/invites/a-secret-code?token=secret")
        await visitor.get("/some/page/of-the-client")
        await visitor.get("/api/nothing/there")
        async with visitor.client.request("PROPFIND", "/api/secret") as answer:
            assert answer.status == 404
        async with visitor.client.request("PROPFIND", "/health") as answer:
            assert answer.status == 404
        with structlog.testing.capture_logs():
            async with visitor.client.get("/api/broken/secret") as answer:
                assert answer.status == 500
    told = [(one.method, one.route, one.status) for one in seen]
    assert told[0] == ("GET", "/api/invites/{code}", 404)
    assert told[2] == ("GET", "/api/{rest}", 404)
    assert told[3] == ("other", "/api/{rest}", 404)
    assert told[-1][2] == 500
    assert "secret" not in repr(told)
    assert "of-the-client" not in repr(told)
    assert all(0 <= one.seconds < 10 for one in seen)

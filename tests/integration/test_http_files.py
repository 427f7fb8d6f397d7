"""Files over a real socket: up in parts, down in parts, by token and by link; and nothing of them runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import msgspec
import pytest

from server.http.headers import CONTENT_SECURITY_POLICY
from tests.support.actions import House, open_house
from tests.support.door import Visitor, open_door
from tests.support.pictures import picture
from tests.support.recordings import sound

pytestmark = pytest.mark.integration

WORDS = bytes(range(256)) * 4000


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


@pytest.fixture
async def visitor(house: House) -> AsyncIterator[Visitor]:
    async with open_door(house) as visitor:
        yield visitor


@pytest.fixture
async def token(visitor: Visitor) -> str:
    return await visitor.sign_up("anna")


async def send(visitor: Visitor, token: str, data: bytes, name: str = "a.bin") -> str:
    answer = await visitor.ask("POST", f"/api/files?name={name}", data, token=token)
    assert answer.status == 201, answer.json
    file_id: str = answer.json["file_id"]
    return file_id


async def fetch(
    visitor: Visitor, path: str, token: str | None, method: str = "GET", **headers: str
) -> tuple[aiohttp.ClientResponse, bytes]:
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    async with visitor.client.request(method, path, headers=headers) as response:
        return response, await response.read()


async def test_an_upload_goes_on_where_it_broke_off(visitor: Visitor, token: str) -> None:
    words = WORDS * 3
    body = {"name": "a.bin", "size_bytes": len(words)}
    begun = (await visitor.ask("POST", "/api/uploads", body, token=token)).json
    path = f"/api/uploads/{begun['upload_id']}"
    url = visitor.client.make_url(f"{path}?offset=0")
    head = (
        f"PATCH {url.path_qs} HTTP/1.1\r\nHost: {url.host}:{url.port}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Length: {len(words)}\r\n\r\n"
    )
    assert url.port is not None
    _, writer = await asyncio.open_connection("127.0.0.1", url.port)
    writer.write(head.encode() + words[:2_500_000])
    while (await visitor.get(path, token)).json["offset_bytes"] == 0:
        pass
    wrong = await visitor.ask("PATCH", f"{path}?offset=1", b"x", token=token)
    assert wrong.code == "rate_limited"  # the first request is still at it
    writer.close()
    while wrong.code == "rate_limited":
        wrong = await visitor.ask("PATCH", f"{path}?offset=1", b"x", token=token)
    offset = wrong.json["error"]["data"]["offset_bytes"]
    assert 1 << 20 <= offset <= 2_500_000
    while offset < len(words):
        part = words[offset : offset + 900_000]
        offset = (await visitor.ask("PATCH", f"{path}?offset={offset}", part, token=token)).json["offset_bytes"]
    made = await visitor.ask("POST", f"{path}/finish", token=token)
    assert (made.status, made.json["size_bytes"]) == (201, len(words))
    _, found = await fetch(visitor, f"/api/files/{made.json['file_id']}", token)
    assert found == words


async def test_a_part_is_answered_with_that_part(visitor: Visitor, token: str) -> None:
    path = f"/api/files/{await send(visitor, token, WORDS)}"
    response, data = await fetch(visitor, path, token, Range="bytes=10-19")
    assert (response.status, data) == (206, WORDS[10:20])
    assert response.headers["Content-Range"] == f"bytes 10-19/{len(WORDS)}"
    etag = response.headers["ETag"]
    response, data = await fetch(visitor, path, token, Range="bytes=-5", **{"If-Range": etag})
    assert (response.status, data) == (206, WORDS[-5:])
    response, data = await fetch(visitor, path, token, Range="bytes=-5", **{"If-Range": '"other"'})
    assert (response.status, data) == (200, WORDS)
    response, data = await fetch(visitor, path, token, Range=f"bytes={len(WORDS)}-")
    assert (response.status, response.headers["Content-Range"]) == (416, f"bytes */{len(WORDS)}")
    response, data = await fetch(visitor, path, token, **{"If-None-Match": etag})
    assert (response.status, data) == (304, b"")
    response, data = await fetch(visitor, path, token, "HEAD")
    assert (response.status, data) == (200, b"")
    assert response.headers["Content-Length"] == str(len(WORDS))
    assert response.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<!doctype html><script>alert(1)</script>", "page.html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "drawing.svg"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "page.xhtml"),
        (b"alert(1)", "code.js"),
    ],
)
async def test_what_could_run_never_does(visitor: Visitor, token: str, data: bytes, name: str) -> None:
    path = f"/api/files/{await send(visitor, token, data, name)}"
    response, found = await fetch(visitor, path, token)
    assert found == data
    assert response.content_type in ("application/octet-stream", "text/plain")
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    for view in ("whole", "small", "large", "poster", "../x"):
        response, _ = await fetch(visitor, f"{path}/{view}", token)
        assert response.status == 404


async def test_pictures_and_sound_are_shown_where_they_stand(visitor: Visitor, token: str) -> None:
    image = f"/api/files/{await send(visitor, token, picture(900), 'päonie.png')}"
    response, data = await fetch(visitor, f"{image}/small", token)
    assert (response.content_type, data[8:12]) == ("image/webp", b"WEBP")
    assert response.headers["Content-Disposition"].startswith('inline; filename="paonie.png"')
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "private" in response.headers["Cache-Control"]
    assert (await fetch(visitor, f"{image}/whole", token))[0].content_type == "image/png"
    response, _ = await fetch(visitor, image, token)
    assert response.headers["Content-Disposition"].startswith("attachment")
    tone = f"/api/files/{await send(visitor, token, sound())}"
    response, data = await fetch(visitor, f"{tone}/whole", token, Range="bytes=0-3")
    assert (response.status, response.content_type, data) == (206, "audio/ogg", b"OggS")


async def test_a_link_opens_one_file_to_who_may_see_it(visitor: Visitor, token: str) -> None:
    file_id, other = await send(visitor, token, b"one"), await send(visitor, token, b"two")
    asked = await visitor.ask("POST", "/api/files/links", {"file_ids": [file_id]}, token=token)
    ticket = asked.json["tickets"][file_id]
    assert asked.json["origin"] == ""
    response, data = await fetch(visitor, f"/api/files/{file_id}?t={ticket}", None)
    assert (response.status, data) == (200, b"one")
    for path in (f"/api/files/{other}?t={ticket}", f"/api/files/{file_id}?t={ticket}x", f"/api/files/{file_id}"):
        assert (await fetch(visitor, path, None))[0].status == 401
    mallory = await visitor.sign_up("mallory")
    asked = await visitor.ask("POST", "/api/files/links", {"file_ids": [file_id]}, token=mallory)
    path = f"/api/files/{file_id}?t={asked.json['tickets'][file_id]}"
    assert (await fetch(visitor, path, None))[0].status == 404
    await visitor.ask("POST", "/api/auth/logout", token=token)


async def test_a_link_ends_when_one_logs_out(visitor: Visitor) -> None:
    body = {"username": "anna", "password": "correct horse battery", "tokens": "body"}
    session = (await visitor.ask("POST", "/api/auth/signup", body)).json
    token = session["access_token"]
    file_id = await send(visitor, token, b"one")
    asked = await visitor.ask("POST", "/api/files/links", {"file_ids": [file_id]}, token=token)
    path = f"/api/files/{file_id}?t={asked.json['tickets'][file_id]}"
    assert (await fetch(visitor, path, None))[0].status == 200
    gone = await visitor.ask("POST", "/api/auth/logout", {"refresh_token": session["refresh_token"]})
    assert gone.status == 204
    assert (await fetch(visitor, path, None))[0].status == 401


async def test_an_address_for_files_serves_nothing_else(house: House) -> None:
    settings = msgspec.structs.replace(house.actions.settings, files_origin="https://files.example.org")
    async with open_door(house.with_settings(settings)) as visitor:
        token = await visitor.sign_up("anna")
        file_id = await send(visitor, token, picture())
        asked = await visitor.ask("POST", "/api/files/links", {"file_ids": [file_id]}, token=token)
        assert asked.json["origin"] == "https://files.example.org"
        path = f"/api/files/{file_id}/whole?t={asked.json['tickets'][file_id]}"
        response, _ = await fetch(visitor, path, None, Host="files.example.org")
        assert (response.status, response.headers["Cross-Origin-Resource-Policy"]) == (200, "cross-origin")
        for page in ("/", "/login", "/api/server", "/gateway", "/api/users/@me"):
            assert (await fetch(visitor, page, token, Host="files.example.org"))[0].status == 404
        response, _ = await fetch(visitor, "/api/server", None)
        policy = response.headers["Content-Security-Policy"]
        assert "img-src 'self' https://files.example.org data: blob:" in policy
        assert "media-src 'self' https://files.example.org blob:" in policy
        assert policy != CONTENT_SECURITY_POLICY
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


async def test_room_is_told_and_runs_out(house: House) -> None:
    limits = msgspec.structs.replace(house.actions.limits, file_quota_bytes=1000)
    async with open_door(house.with_limits(limits)) as visitor:
        token = await visitor.sign_up("anna")
        await send(visitor, token, bytes(900))
        assert (await visitor.get("/api/users/@me/storage", token)).json == {"used_bytes": 900, "quota_bytes": 1000}
        refused = await visitor.ask("POST", "/api/files?name=a", bytes(101), token=token)
        assert (refused.status, refused.code) == (413, "quota_exceeded")
        me = (await visitor.get("/api/users/@me", token)).json["id"]
        denied = await visitor.ask("PUT", f"/api/users/{me}/quota", {"quota_bytes": 5}, token=token)
        assert denied.code == "forbidden"

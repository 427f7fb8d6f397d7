"""What an endpoint may be, on a real socket: with a reason, with files up and down, with a body or without."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from server.actions.context import Actions, Origin
from server.actions.requests import Request
from server.actions.sessions import Authenticated
from server.domain.ids import GroupId, UserId
from server.http.endpoint import Endpoint
from tests.support.actions import House, open_house
from tests.support.door import Visitor, open_door

pytestmark = pytest.mark.integration


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    words: tuple[str, ...]


class Look(Request, frozen=True, kw_only=True):
    limit: int = 50


class Say(Request, frozen=True, kw_only=True):
    text: str


async def remove(actions: Actions, caller: Authenticated, group_id: GroupId, query: Look, reason: str | None) -> Shown:
    return Shown(words=(str(group_id), str(query.limit), str(reason)))


async def say(user_id: UserId, code: str, origin: Origin, request: Say | None) -> Shown | None:
    return None if request is None else Shown(words=(code, request.text, origin.address))


async def upload(user_id: UserId, http: web.Request) -> Shown:
    sizes = [len(chunk) async for chunk in http.content.iter_chunked(65_536)]
    return Shown(words=(str(sum(sizes)),))


async def download(http: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "image/webp"})
    await response.prepare(http)
    for _ in range(3):
        await response.write(b"x" * 1000)
    return response


TRIED = (
    Endpoint("DELETE", "/api/tried/{group}", remove, "Remove"),
    Endpoint("POST", "/api/tried/say/{code}", say, "Say", status=201),
    Endpoint("PUT", "/api/tried/file", upload, "Send", upload="application/octet-stream"),
    Endpoint("GET", "/api/tried/file", download, "Fetch", answer=bytes, media_type="image/webp"),
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


@pytest.fixture
async def visitor(house: House) -> AsyncIterator[Visitor]:
    async with open_door(house, more=TRIED) as visitor:
        yield visitor


async def test_a_reason_comes_beside_a_query(visitor: Visitor) -> None:
    token = await visitor.sign_up("anna")
    answer = await visitor.ask("DELETE", "/api/tried/12?reason=+spam%0A+again&limit=7", token=token)
    assert answer.json == {"words": ["12", "7", "spam again"]}
    assert (await visitor.ask("DELETE", "/api/tried/12", token=token)).json == {"words": ["12", "50", "None"]}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/tried/12?reason=" + "x" * 513, 400, "too_long"),
        ("/api/tried/12?reason=a&reason=b", 400, "bad_request"),
        ("/api/tried/12?other=1", 400, "bad_request"),
        ("/api/tried/x", 404, "unknown_group"),
    ],
)
async def test_what_does_not_fit_is_refused(visitor: Visitor, path: str, status: int, code: str) -> None:
    token = await visitor.sign_up("anna")
    answer = await visitor.ask("DELETE", path, token=token)
    assert (answer.status, answer.code) == (status, code)
    assert (await visitor.ask("DELETE", path)).code == "unauthenticated"


async def test_a_body_may_be_left_out_and_so_may_the_answer(visitor: Visitor) -> None:
    token = await visitor.sign_up("anna")
    said = await visitor.ask("POST", "/api/tried/say/a%2Fb", {"text": "hello"}, token=token)
    assert (said.status, said.json) == (201, {"words": ["a/b", "hello", "127.0.0.1"]})
    silent = await visitor.ask("POST", "/api/tried/say/x", token=token)
    assert (silent.status, silent.json) == (204, None)
    assert (await visitor.ask("POST", "/api/tried/say/x", {"text": 1}, token=token)).code == "bad_request"


async def test_files_go_up_and_down_without_being_held_whole(visitor: Visitor) -> None:
    token = await visitor.sign_up("anna")
    sent = await visitor.ask("PUT", "/api/tried/file", token=token, data=b"x" * 300_000)
    assert sent.json == {"words": ["300000"]}
    async with visitor.client.get("/api/tried/file") as response:
        assert (response.content_type, len(await response.read())) == ("image/webp", 3000)


async def test_head_is_get_without_a_body(visitor: Visitor) -> None:
    answer = await visitor.ask("HEAD", "/api/server")
    assert (answer.status, answer.json) == (200, None)


# -------------------------------------------------------------------------------------------------------- documentation


async def test_what_is_served_is_documented_and_the_other_way_round(house: House) -> None:
    async with open_door(house) as visitor:
        assert visitor.client.app is not None
        routes = visitor.client.app.router.routes()
        served = {(route.method, route.resource.canonical) for route in routes if route.resource is not None}
        paths = (await visitor.get("/api/openapi.json")).json["paths"]
    documented = {(method.upper(), path) for path, operations in paths.items() for method in operations}
    others = {("GET", "/gateway"), ("*", "/api/{rest}"), ("GET", "/{page}")}
    assert {route for route in served if route[0] != "HEAD"} == documented | others


async def test_the_documentation_is_served(visitor: Visitor) -> None:
    document = await visitor.get("/api/openapi.json")
    assert (document.status, document.json["openapi"]) == (200, "3.1.0")
    assert document.json["info"]["version"] == "1.2.3"
    async with visitor.client.get("/api/docs") as page:
        assert (page.status, page.content_type) == (200, "text/html")
        assert "/api/groups/{group}/members" in await page.text()
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    async with visitor.client.get("/api/docs.css") as stylesheet:
        assert (stylesheet.status, stylesheet.content_type) == (200, "text/css")
        assert "color-scheme" in await stylesheet.text()

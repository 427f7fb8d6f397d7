"""The HTTP application on a real socket, over actions whose clock stands still."""

from __future__ import annotations

import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import ClientResponse, DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from server.http.app import SERVER_OPTIONS, create_app
from server.http.door import Door
from server.http.endpoint import Endpoint
from server.http.middleware import Watcher
from server.http.serving import route_of
from server.http.static import WebClient
from server.http.visitor import DoorPolicy
from tests.support.actions import House
from tests.support.conformance import check_answer

PASSWORD: Final = "correct horse battery"


@dataclass
class Answer:
    status: int
    json: Any
    """None where the body is no JSON."""
    headers: Mapping[str, str]
    cookies: Mapping[str, Any]

    @property
    def code(self) -> str:
        """Of the error."""
        code: str = self.json["error"]["code"]
        return code


class Visitor:
    """Asks the door; keeps no cookies of its own. Every answer has to be one that the endpoint declares."""

    def __init__(self, client: TestClient[web.Request, web.Application], house: House) -> None:
        self.client = client
        self.house = house

    @property
    def origin(self) -> str:
        return str(self.client.make_url("")).rstrip("/")

    async def ask(
        self, method: str, path: str, body: object = None, *, token: str | None = None, **options: Any
    ) -> Answer:
        headers = dict(options.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if isinstance(body, bytes):
            options["data"] = body
        elif body is not None:
            options["json"] = body
        async with self.client.request(method, path, headers=headers, allow_redirects=False, **options) as response:
            answer = await _answer(response)
        check_answer(method, path, answer.status, response.content_type, answer.json)
        return answer

    async def get(self, path: str, token: str | None = None) -> Answer:
        return await self.ask("GET", path, token=token)

    async def sign_up(self, username: str) -> str:
        """An access token."""
        body = {"username": username, "password": PASSWORD, "tokens": "body"}
        answer = await self.ask("POST", "/api/auth/signup", body)
        assert answer.status == 201, answer.json
        token: str = answer.json["access_token"]
        return token


async def _answer(response: ClientResponse) -> Answer:
    body = await response.read()
    is_json = response.content_type == "application/json"
    return Answer(
        response.status, await response.json() if is_json and body else None, response.headers, response.cookies
    )


@asynccontextmanager
async def open_door(
    house: House,
    *,
    server_name: str | None = None,
    trusted_proxies: tuple[str, ...] = (),
    web_client: WebClient | None = None,
    parts: Mapping[str, str] | None = None,
    strict_transport: bool = False,
    stopping: Callable[[], bool] = lambda: False,
    watchers: Sequence[Watcher] = (),
    more: Sequence[Endpoint] = (),
    broken_route: Callable[[web.Request], Awaitable[web.StreamResponse]] | None = None,
) -> AsyncIterator[Visitor]:
    async def health() -> Mapping[str, str]:
        return {"media": "ok", "database": "ok"} if parts is None else parts

    async def gateway(request: web.Request, address: str) -> web.StreamResponse:
        return web.Response(text="through the door")

    policy = DoorPolicy(
        server_name=server_name,
        port=8080,
        secure=False,
        trusted_proxies=tuple(ipaddress.ip_network(each) for each in trusted_proxies),
    )
    app = create_app(
        Door(
            actions=house.actions,
            policy=policy,
            version="1.2.3",
            heartbeat_interval_ms=25_000,
            health=health,
            gateway=gateway,
            web_client=web_client or WebClient(None),
            strict_transport=lambda: strict_transport,
            stopping=stopping,
            watchers=watchers,
        ),
    )
    app.add_routes([route_of(endpoint) for endpoint in more])
    if broken_route is not None:
        app.router.add_get("/api/broken/{code}", broken_route)
    server = TestServer(app)
    await server.start_server(**SERVER_OPTIONS)
    async with TestClient(server, cookie_jar=DummyCookieJar()) as client:
        yield Visitor(client, house)

"""Whatever a stranger or a member sends over HTTP, the answer is one that docs/protocol.md knows."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.rates import RATES, Rate
from server.http.endpoint import Endpoint, is_id
from server.http.routes import ENDPOINTS
from tests.support.actions import House, open_house
from tests.support.door import Visitor, open_door

PROTOCOL: Final = Path(__file__).parents[2] / "docs" / "protocol.md"

STATUSES: Final = frozenset({200, 201, 204, 400, 401, 403, 404, 409, 413, 429, 503})

KEPT: Final = ("{group}", "{channel}", "{member}")
"""Things that are really there, for all examples: what ends them is not asked for."""

ASKED: Final = [one for one in ENDPOINTS if not (one.method == "DELETE" and one.path.endswith(KEPT))]


def names_of(kind: Any) -> list[str]:
    """Of the fields of a body or a query, and one that nothing has."""
    return ["other", *(field.name for field in msgspec.structs.fields(kind))] if kind is not None else ["other"]


numbers = st.one_of(
    st.integers(-3, 3),
    st.integers(-(2**65), 2**65),
    st.floats(allow_nan=False),
    st.sampled_from([2**53, 2**63 - 1, 2**63]),
)
texts = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["cookie", "body", "text", "voice", "0", str(2**63), "\x00", "\u202e", "\ud83d"]),
)
scalars = st.one_of(st.none(), st.booleans(), numbers, texts)
section = st.fixed_dictionaries(
    {"kind": st.sampled_from(["text", "code", "reply", "file"])},
    optional={"text": texts, "code": texts, "language": texts, "message_id": texts},
)
values = st.one_of(scalars, st.lists(st.one_of(section, scalars), max_size=3))
rubbish = st.one_of(
    st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=8).map(
        lambda value: json.dumps(value).encode()
    ),
    st.binary(max_size=64),
)


def bodies(endpoint: Endpoint) -> st.SearchStrategy[bytes]:
    """With names that the endpoint knows, and values of all kinds."""
    fields = st.dictionaries(st.sampled_from(names_of(endpoint.wants.body)), values, max_size=5)
    return st.one_of(fields.map(lambda value: json.dumps(value).encode()), rubbish)


def queries(endpoint: Endpoint) -> st.SearchStrategy[dict[str, str]]:
    names = st.sampled_from([*names_of(endpoint.wants.query), "reason"])
    return st.dictionaries(
        st.one_of(names, st.text(max_size=5)), st.one_of(st.integers().map(str), st.text(max_size=8))
    )


headers = st.fixed_dictionaries(
    {
        "Content-Type": st.sampled_from(
            ["application/json", "application/json; charset=utf-16", "text/plain", "", "a/b; c"]
        )
    },
    optional={
        "Origin": st.sampled_from(["null", "http://[", "https://evil.example", "http://127.0.0.1:99999"]),
        "Cookie": st.sampled_from(["__Host-parley_refresh=x", "__Host-parley_refresh=" + "é" * 40, "=;=;", '="']),
        "X-Forwarded-For": st.sampled_from(["1.2.3.4", ",,,", "[", "::1%x", "a" * 500]),
        "User-Agent": st.sampled_from(["", "x" * 4000, "é"]),
        "Content-Encoding": st.sampled_from(["gzip", "br", "identity"]),
        "Expect": st.just("100-continue"),
    },
)


def known_codes() -> frozenset[str]:
    """Those in the table of errors."""
    table = PROTOCOL.read_text().partition("## Errors")[2].partition("## Objects")[0]
    return frozenset(re.findall(r"`([a-z_]+)`", table))


def check(status: int, body: bytes, codes: frozenset[str]) -> None:
    assert status in STATUSES, body
    if status >= 400:
        error = json.loads(body)["error"]
        assert set(error) == {"code", "message", "data"}
        assert error["code"] in codes, error
        assert error["message"]


class Stage:
    """One server for all examples; a member of a group asks."""

    def __init__(self, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.codes = known_codes()
        self._stack = AsyncExitStack()
        self.visitor, self.token, self.names = self.loop.run_until_complete(self._open(folder))

    async def _open(self, folder: Path) -> tuple[Visitor, str, dict[str, str]]:
        house: House = await self._stack.enter_async_context(open_house(folder))
        house = house.with_rates({rule: Rate(10**9, 60) for rule in RATES})
        visitor = await self._stack.enter_async_context(open_door(house, trusted_proxies=("127.0.0.1",)))
        visitor_headers = {"X-Forwarded-Proto": "https"}
        body = {"username": "anna", "password": "correct horse battery", "tokens": "body"}
        token = (await visitor.ask("POST", "/api/auth/signup", body, headers=visitor_headers)).json["access_token"]
        view = (await visitor.ask("POST", "/api/groups", {"name": "x"}, token=token, headers=visitor_headers)).json
        channel = next(each["id"] for each in view["channels"] if each["kind"] == "text")
        return visitor, token, {"group": view["group"]["id"], "channel": channel, "member": view["member"]["user_id"]}

    def ask(self, method: str, path: str, **options: Any) -> None:
        async def asked() -> None:
            options["headers"] = {"X-Forwarded-Proto": "https"} | options.get("headers", {})
            async with self.visitor.client.request(method, path, allow_redirects=False, **options) as response:
                check(response.status, await response.read(), self.codes)

        self.loop.run_until_complete(asked())

    def close(self) -> None:
        self.loop.run_until_complete(self._stack.aclose())
        self.loop.close()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("fuzz"))
    yield stage
    stage.close()


@settings(max_examples=500)
@given(
    data=st.data(),
    endpoint=st.sampled_from(ASKED),
    number=st.one_of(st.integers(0, 2**70).map(str), st.text(alphabet="0123456789abc-.%", min_size=1, max_size=6)),
    text=st.text(alphabet="abc/%.-_~", max_size=12),
    sent=headers,
    logged_in=st.booleans(),
)
def test_only_documented_answers_come(
    stage: Stage,
    data: st.DataObject,
    endpoint: Endpoint,
    number: str,
    text: str,
    sent: dict[str, str],
    logged_in: bool,
) -> None:
    ids = {
        name: stage.names.get(name, number) if is_id(kind) else text
        for name, kind in zip(endpoint.placeholders, endpoint.wants.path.values(), strict=True)
    }
    if logged_in:
        sent = sent | {"Authorization": f"Bearer {stage.token}"}
    query, body = data.draw(queries(endpoint)), data.draw(bodies(endpoint))
    stage.ask(endpoint.method, endpoint.path.format(**ids), params=query, data=body, headers=sent)


@settings(max_examples=300)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]),
    path=st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_characters="?#"), max_size=30),
    token=st.one_of(st.none(), st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=60)),
)
def test_any_path_has_a_documented_answer(stage: Stage, method: str, path: str, token: str | None) -> None:
    sent = {} if token is None else {"Authorization": token}

    async def asked() -> None:
        url = f"/api/{path}"
        async with stage.visitor.client.request(
            method, url, allow_redirects=False, headers=sent | {"X-Forwarded-Proto": "https"}
        ) as response:
            await response.read()
            assert response.status in STATUSES

    stage.loop.run_until_complete(asked())


@settings(max_examples=200)
@given(garbage=st.one_of(st.binary(max_size=200), st.text(alphabet="GETPOST /:HP1.\r\n", max_size=80).map(str.encode)))
def test_what_is_no_http_harms_nobody(stage: Stage, garbage: bytes) -> None:
    async def asked() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", stage.visitor.client.port)
        writer.write(garbage)
        writer.write_eof()
        async with asyncio.timeout(10):
            await reader.read()
        writer.close()
        await writer.wait_closed()

    stage.loop.run_until_complete(asked())
    stage.ask("GET", "/api/server")

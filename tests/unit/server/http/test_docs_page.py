from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any, Final

import msgspec
from aiohttp import web

from server.actions.context import Actions
from server.actions.requests import Request
from server.domain.errors import CODES
from server.domain.ids import GroupId, UserId
from server.http.docs_page import page
from server.http.endpoint import Endpoint, tagged
from server.http.openapi import document
from server.http.routes import ENDPOINTS


def rendered(*endpoints: Endpoint) -> str:
    return page(json.loads(msgspec.json.encode(document(endpoints, "1.2.3"))))


PAGE: Final = rendered(*ENDPOINTS)


class _Elements(HTMLParser):
    """Each element with its attributes; every one that is opened has to be closed."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def elements(text: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = _Elements()
    parser.feed(text)
    parser.close()
    assert parser.open == []
    return parser.found


def attributes(name: str) -> Iterator[str]:
    return (value for _, attrs in elements(PAGE) for key, value in attrs.items() if key == name and value is not None)


def test_there_is_nothing_that_the_policy_forbids() -> None:
    names = {name for name, _ in elements(PAGE)}
    keys = {key for _, attrs in elements(PAGE) for key in attrs}
    assert not names & {"script", "style", "iframe", "img"}
    assert not {key for key in keys if key == "style" or key.startswith("on")}


def test_links_lead_somewhere() -> None:
    targets = list(attributes("id"))
    assert len(targets) == len(set(targets))
    for link in attributes("href"):
        assert link.removeprefix("#") in targets if link.startswith("#") else link.startswith(("/api/", "data:"))


def test_each_endpoint_is_there() -> None:
    for endpoint in ENDPOINTS:
        assert f">{endpoint.path}</code>" in PAGE
        assert endpoint.summary in PAGE.replace("&#x27;", "'")


class Rename(Request, frozen=True, kw_only=True):
    name: str
    colours: dict[str, int]
    kind: str = "<plain>"


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """A <b>thing</b>."""

    ids: list[GroupId | None]
    anything: Any
    """Whatever `it` is."""


async def rename(actions: Actions, user_id: UserId, group_id: GroupId, request: Rename, reason: str | None) -> Thing:
    raise AssertionError


async def upload(http: web.Request) -> web.Response:
    raise AssertionError


def operation(text: str) -> str:
    """The first one, in words alone."""
    found = re.search(r"<details.*?</details>", text)
    assert found is not None
    return " ".join(re.sub(r"<[^>]*>", " ", found[0]).split())


def test_an_operation_shows_all_there_is_to_know() -> None:
    (endpoint,) = tagged("A tag", Endpoint("PATCH", "/{group}", rename, "Rename it", note="<i>", errors=("bad_name",)))
    text = rendered(endpoint)
    shown = operation(text)
    assert shown.startswith("PATCH /{group} Rename it log in &lt;i&gt; Parameters {group} Snowflake ?reason= string")
    assert "Body name string colours {string: integer} kind? string = &quot;&lt;plain&gt;&quot;" in shown
    assert "200 Thing 400 bad_json bad_name bad_request too_long 403 bad_origin forbidden timed_out" in shown
    assert "https_only" not in shown
    assert '<a href="#a-tag">A tag</a>' in text
    assert '<section id="a-tag">' in text


def test_objects_show_their_fields_in_the_notation_of_the_protocol() -> None:
    text = rendered(*tagged("x", Endpoint("PATCH", "/{group}", rename, "Rename it")))
    assert "A &lt;b&gt;thing&lt;/b&gt;." in text
    assert '[<a href="#object-Snowflake">Snowflake</a> | null]' in text
    assert "Whatever <code>it</code> is." in text
    assert 'id="object-Rename"' not in text, "a body stands with its operation"


def test_files_and_silence() -> None:
    endpoint = Endpoint("PUT", "/", upload, "Send it", upload="image/*", answer=bytes, media_type="image/webp")
    shown = operation(rendered(*tagged("x", endpoint)))
    assert "Body image/* Answers 200 image/webp" in shown
    assert "204 nothing" in operation(rendered(*tagged("x", Endpoint("PUT", "/", upload, "Send it"))))


def test_errors_of_every_endpoint_are_told_once() -> None:
    introduction = PAGE.partition("<details")[0]
    for code in ("https_only", "rate_limited", "token_expired"):
        assert f"<dd><code>{code}</code>" in introduction or f" <code>{code}</code>" in introduction
        assert f"<code>{CODES[code].status}</code>" in introduction

"""The routes are those of docs/protocol.md, and do what it says of them; tests/integration/test_walk.py says who may."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from server.http.routes import ENDPOINTS
from tests.support.actions import House, open_house
from tests.support.door import Visitor, open_door

PROTOCOL: Final = Path(__file__).parents[2] / "docs" / "protocol.md"


class Row(NamedTuple):
    method: str
    path: str
    auth: bool
    status: int
    reason: bool
    """Takes one for the audit log."""


def documented() -> list[Row]:
    """The rows of the table of routes."""
    table = PROTOCOL.read_text().partition("## REST")[2].partition("## Gateway")[0]
    rows = []
    for line in table.splitlines():
        if not line.startswith("| `"):
            continue
        request, answer = (re.split(r"(?<!\\)\|", line)[column].strip() for column in (1, 3))
        path = re.search(r"/[^`?]*", request)
        assert path is not None, line
        methods = re.findall(r"`?\b(GET|POST|PUT|PATCH|DELETE)\b", request)
        answers = answer.split(" / ") if " / " in answer else [answer] * len(methods)
        for method, each in zip(methods, answers, strict=True):
            status = re.match(r"\d{3}\b", each)
            is_logged = request.endswith(" R")
            rows.append(Row(method, shape(path[0]), " auth" in request, int(status[0]) if status else 200, is_logged))
    return rows


def shape(path: str) -> str:
    """``/api/groups/{g}`` and ``/api/groups/{group}`` are one."""
    return re.sub(r"\{\w+\}", "{}", path)


def test_the_table_and_the_routes_are_the_same() -> None:
    in_code = {
        Row(
            endpoint.method,
            shape(endpoint.path),
            endpoint.needs_account,
            endpoint.success[0],
            "reason" in endpoint.wants.given,
        )
        for endpoint in ENDPOINTS
        # The table has one row for oneself and others.
        if not endpoint.path.endswith("/members/@me")
    }
    assert in_code == set(documented())
    assert len(in_code) >= 44


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


@pytest.fixture
async def visitor(house: House) -> AsyncIterator[Visitor]:
    async with open_door(house) as visitor:
        yield visitor


class Scene(NamedTuple):
    """A group with something in it."""

    owner: str
    names: dict[str, str]


async def furnish(visitor: Visitor) -> Scene:
    owner = await visitor.sign_up("anna")
    view = (await visitor.ask("POST", "/api/groups", {"name": "Garden"}, token=owner)).json
    group = view["group"]["id"]
    channel = next(each["id"] for each in view["channels"] if each["kind"] == "text")
    invite = (await visitor.ask("POST", f"/api/groups/{group}/invites", {}, token=owner)).json["code"]
    role = (await visitor.ask("POST", f"/api/groups/{group}/roles", {"name": "r"}, token=owner)).json["id"]
    body = {"nonce": "first", "sections": [{"kind": "text", "text": "hello"}]}
    await visitor.ask("POST", f"/api/channels/{channel}/messages", body, token=owner)
    return Scene(owner, {"g": group, "c": channel, "r": role, "code": invite})


async def test_who_is_asked_answers(visitor: Visitor) -> None:
    owner, chloe = await visitor.sign_up("anna"), await visitor.sign_up("chloe")
    group = (await visitor.ask("POST", "/api/groups", {"name": "Garden"}, token=owner)).json["group"]["id"]
    for answer, status in (("refuse", 204), ("accept", 200)):
        asked = await visitor.ask("POST", f"/api/groups/{group}/additions", {"username": "chloe"}, token=owner)
        assert asked.status == 201
        (addition,) = (await visitor.get("/api/users/@me/additions", chloe)).json["additions"]
        assert addition == asked.json
        path = f"/api/users/@me/additions/{addition['id']}"
        if answer == "refuse":
            assert (await visitor.ask("DELETE", path, token=chloe)).status == status
        else:
            accepted = await visitor.ask("POST", f"{path}/accept", token=chloe)
            assert (accepted.status, accepted.json["group"]["name"]) == (200, "Garden")
    assert (await visitor.ask("DELETE", f"/api/groups/{group}/members/@me", token=chloe)).status == 204
    assert (await visitor.get(f"/api/groups/{group}", chloe)).code == "unknown_group"


async def test_the_same_nonce_is_the_same_message(visitor: Visitor) -> None:
    scene = await furnish(visitor)
    path = f"/api/channels/{scene.names['c']}/messages"
    body = {"nonce": "once", "sections": [{"kind": "text", "text": "hello"}]}
    first = await visitor.ask("POST", path, body, token=scene.owner)
    again = await visitor.ask("POST", path, body, token=scene.owner)
    assert (first.status, again.status) == (201, 200)
    assert again.json == first.json


async def test_a_slow_channel_says_how_long_to_wait(visitor: Visitor) -> None:
    scene = await furnish(visitor)
    boris = await visitor.sign_up("patient")
    await visitor.ask("POST", f"/api/invites/{scene.names['code']}/accept", token=boris)
    await visitor.ask("PATCH", f"/api/channels/{scene.names['c']}", {"slow_mode_s": 30}, token=scene.owner)
    path = f"/api/channels/{scene.names['c']}/messages"
    for nonce, status in (("one", 201), ("two", 429), ("one", 200)):
        body = {"nonce": nonce, "sections": [{"kind": "text", "text": "hello"}]}
        answer = await visitor.ask("POST", path, body, token=boris)
        assert answer.status == status
        if status == 429:
            assert (answer.code, answer.json["error"]["data"]) == ("slow_mode", {"retry_after_s": 30})
            assert answer.headers["Retry-After"] == "30"


async def test_a_reason_stands_in_the_audit_log(visitor: Visitor) -> None:
    scene = await furnish(visitor)
    group = scene.names["g"]
    path = f"/api/groups/{group}?reason=too+long"
    assert (await visitor.ask("PATCH", path, {"name": "Bed"}, token=scene.owner)).status == 200
    log = (await visitor.get(f"/api/groups/{group}/audit?action=group.update", scene.owner)).json
    (entry,) = log["entries"]
    assert (entry["reason"], entry["changes"], entry["target_id"]) == ("too long", {"name": "Bed"}, group)
    assert [user["id"] for user in log["users"]] == [entry["actor_id"]]
    assert (await visitor.get(f"/api/groups/{group}/audit?action=nonsense", scene.owner)).code == "bad_request"
    assert (await visitor.ask("PATCH", path + "&reason=x", {"name": "Y"}, token=scene.owner)).code == "bad_request"


async def test_pages_of_messages_take_their_query(visitor: Visitor) -> None:
    scene = await furnish(visitor)
    path = f"/api/channels/{scene.names['c']}/messages"
    for number in range(4):
        body = {"nonce": f"n{number}", "sections": [{"kind": "text", "text": str(number)}]}
        await visitor.ask("POST", path, body, token=scene.owner)
    page = (await visitor.get(f"{path}?limit=2", scene.owner)).json
    assert [each["sections"][0]["text"] for each in page["messages"]] == ["2", "3"]
    assert (page["has_before"], page["has_after"]) == (True, False)
    before = (await visitor.get(f"{path}?limit=2&before={page['messages'][0]['id']}", scene.owner)).json
    assert [each["sections"][0]["text"] for each in before["messages"]] == ["0", "1"]
    for query in ("?before=1&after=2", "?limit=0", "?limit=101"):
        assert (await visitor.get(path + query, scene.owner)).status == 400


async def test_an_invitation_is_shown_to_those_without_an_account(visitor: Visitor) -> None:
    scene = await furnish(visitor)
    shown = await visitor.get(f"/api/invites/{scene.names['code']}")
    assert shown.status == 200
    assert shown.json["group"] == {"id": scene.names["g"], "name": "Garden"}
    assert set(shown.json) == {"invite", "group", "inviter", "member_count"}
    assert (await visitor.get("/api/invites/none")).code == "unknown_invite"


async def test_an_overwrite_is_for_a_role_or_a_member(visitor: Visitor) -> None:
    scene = await furnish(visitor)
    path = f"/api/channels/{scene.names['c']}/overwrites/group/{scene.names['r']}"
    answer = await visitor.ask("PUT", path, {"allow": 0, "deny": 0}, token=scene.owner)
    assert (answer.status, answer.code) == (404, "unknown_route")

"""Every route of docs/protocol.md: it is there, it works for those who may, and it is shut for those who may not."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from server.http.routes import ENDPOINTS
from tests.support.actions import House, open_house
from tests.support.door import Visitor, open_door

PROTOCOL: Final = Path(__file__).parents[2] / "docs" / "protocol.md"


class Row(NamedTuple):
    method: str
    path: str
    auth: bool


def documented() -> list[Row]:
    """The rows of the table of routes."""
    table = PROTOCOL.read_text().partition("## REST")[2].partition("## Gateway")[0]
    rows = []
    for line in table.splitlines():
        if not line.startswith("| `"):
            continue
        request = line.split("|")[1]
        path = re.search(r"/[^`]*", request)
        assert path is not None, line
        rows += [
            Row(method, path[0].partition("?")[0], " auth" in request)
            for method in re.findall(r"`?\b(GET|POST|PUT|PATCH|DELETE)\b", request)
        ]
    return rows


def shape(path: str) -> str:
    """``/api/groups/{g}`` and ``/api/groups/{group}`` are one."""
    return re.sub(r"\{\w+\}", "{}", path)


def test_the_table_and_the_routes_are_the_same() -> None:
    in_table = {(row.method, shape(row.path)) for row in documented()}
    in_code = {(route.method, shape(route.path)) for route in ENDPOINTS}
    # The table has one row for leaving and removing.
    in_code.discard(("DELETE", "/api/groups/{}/members/@me"))
    assert in_code <= in_table
    assert len(in_table) >= 44


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


@pytest.fixture
async def visitor(house: House) -> AsyncIterator[Visitor]:
    async with open_door(house) as visitor:
        yield visitor


BODIES: Final[dict[str, Any]] = {
    "PATCH /api/users/@me": {"display_name": "A"},
    "POST /api/groups": {"name": "x"},
    "PATCH /api/groups/{}": {"name": "x"},
    "POST /api/groups/{}/channels": {"name": "x", "kind": "text"},
    "PATCH /api/channels/{}": {"name": "x"},
    "PUT /api/channels/{}/overwrites/role/{}": {"allow": 0, "deny": 0},
    "PUT /api/channels/{}/overwrites/member/{}": {"allow": 0, "deny": 0},
    "POST /api/groups/{}/roles": {"name": "x"},
    "PATCH /api/groups/{}/roles/{}": {"name": "x"},
    "PUT /api/groups/{}/members/{}/time-out": {"until_ms": None},
    "POST /api/groups/{}/invites": {},
    "POST /api/groups/{}/additions": {"username": "chloe"},
    "POST /api/channels/{}/messages": {"nonce": "n", "sections": [{"kind": "text", "text": "x"}]},
    "PATCH /api/channels/{}/messages/{}": {"sections": [{"kind": "text", "text": "x"}]},
    "PUT /api/channels/{}/cursor": {"message_id": "1"},
}

SERVED: Final = {(route.method, shape(route.path)) for route in ENDPOINTS}
NEEDING_LOG_IN: Final = [row for row in documented() if row.auth and (row.method, shape(row.path)) in SERVED]


def test_the_walk_knows_every_body() -> None:
    keys = {f"{row.method} {shape(row.path)}" for row in documented()}
    assert set(BODIES) <= keys


class Scene(NamedTuple):
    """A group with all there is to ask for, and someone who is not in it."""

    owner: str
    stranger: str
    names: dict[str, str]


async def furnish(visitor: Visitor) -> Scene:
    owner, stranger = await visitor.sign_up("anna"), await visitor.sign_up("mallory")
    await visitor.sign_up("chloe")
    boris = await visitor.sign_up("boris")
    view = (await visitor.ask("POST", "/api/groups", {"name": "Garden"}, token=owner)).json
    group = view["group"]["id"]
    channel = next(each["id"] for each in view["channels"] if each["kind"] == "text")
    invite = (await visitor.ask("POST", f"/api/groups/{group}/invites", {}, token=owner)).json["code"]
    await visitor.ask("POST", f"/api/invites/{invite}/accept", token=boris)
    member = (await visitor.get("/api/users/@me", boris)).json["id"]
    role = (await visitor.ask("POST", f"/api/groups/{group}/roles", {"name": "r"}, token=owner)).json["id"]
    body = {"nonce": "first", "sections": [{"kind": "text", "text": "hello"}]}
    message = (await visitor.ask("POST", f"/api/channels/{channel}/messages", body, token=owner)).json["message"]["id"]
    asked = await visitor.ask("POST", f"/api/groups/{group}/additions", {"username": "chloe"}, token=owner)
    names = {
        "g": group,
        "c": channel,
        "m": message,
        "u": member,
        "user": member,
        "r": role,
        "id": asked.json["id"],
        "code": invite,
    }
    return Scene(owner, stranger, names)


@pytest.mark.parametrize("row", NEEDING_LOG_IN, ids=lambda row: f"{row.method} {row.path}")
async def test_without_a_log_in_nothing_is_open(visitor: Visitor, row: Row) -> None:
    body = BODIES.get(f"{row.method} {shape(row.path)}")
    answer = await visitor.ask(row.method, re.sub(r"\{\w+\}", "1", row.path), body)
    assert (answer.status, answer.code) == (401, "unauthenticated")


OPEN_TO_EVERYONE: Final = {
    "GET /api/users/@me",
    "PATCH /api/users/@me",
    "GET /api/users/@me/additions",
    "POST /api/groups",
    "POST /api/invites/{}/accept",
}
"""To whoever is logged in."""


async def test_a_stranger_learns_nothing_of_a_group_not_even_that_it_is_there(visitor: Visitor) -> None:
    scene = await furnish(visitor)
    for row in NEEDING_LOG_IN:
        key = f"{row.method} {shape(row.path)}"
        if key in OPEN_TO_EVERYONE:
            continue
        real = await visitor.ask(row.method, row.path.format(**scene.names), BODIES.get(key), token=scene.stranger)
        assert real.status == 404, (key, real.json)
        other = dict.fromkeys(scene.names, str(2**60))
        none = await visitor.ask(row.method, row.path.format(**other), BODIES.get(key), token=scene.stranger)
        assert none.json == real.json, f"{key} tells what is there from what is not"


async def test_each_route_works_for_the_owner(visitor: Visitor) -> None:
    scene = await furnish(visitor)
    statuses = {}
    gone_last = sorted(
        NEEDING_LOG_IN, key=lambda row: (row.method == "DELETE", -len(row.path) if row.method == "DELETE" else 0)
    )
    for row in gone_last:
        key = f"{row.method} {shape(row.path)}"
        body = BODIES.get(key)
        if key == "PUT /api/channels/{}/cursor":
            body = {"message_id": scene.names["m"]}
        answer = await visitor.ask(row.method, row.path.format(**scene.names), body, token=scene.owner)
        statuses[key] = (answer.status, answer.json and answer.json.get("error", {}).get("code"))
    refused = {key: status for key, status in statuses.items() if status[0] >= 400}
    assert refused == {
        # The addition is chloe's to answer, and was asked for already.
        "POST /api/users/@me/additions/{}/accept": (404, "unknown_addition"),
        "DELETE /api/users/@me/additions/{}": (404, "unknown_addition"),
        "POST /api/groups/{}/additions": (409, "already_asked"),
    }
    created = {key for key, status in statuses.items() if status[0] == 201}
    assert created == {
        "POST /api/groups",
        "POST /api/groups/{}/channels",
        "POST /api/groups/{}/roles",
        "POST /api/groups/{}/invites",
        "POST /api/channels/{}/messages",
    }
    assert all(
        status[0] == 204 for key, status in statuses.items() if key.startswith("DELETE") and key not in refused
    ) or {key for key, status in statuses.items() if key.startswith("DELETE") and status[0] == 200} == {
        "DELETE /api/channels/{}/overwrites/role/{}",
        "DELETE /api/channels/{}/overwrites/member/{}",
        "DELETE /api/groups/{}/members/{}/roles/{}",
    }


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

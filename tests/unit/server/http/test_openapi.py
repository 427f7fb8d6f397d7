from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec
import pytest
from aiohttp import web
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from server.actions.context import Actions
from server.actions.requests import Request
from server.domain.ids import GroupId, MessageId, UserId
from server.domain.sections import Section
from server.http.endpoint import Endpoint, tagged
from server.http.openapi import document
from server.http.routes import ENDPOINTS


def described(*endpoints: Endpoint) -> Any:
    """As a client reads it."""
    return json.loads(msgspec.json.encode(document(endpoints, "1.2.3")))


DOCUMENT: Final = described(*ENDPOINTS)


class Things(Request, frozen=True, kw_only=True):
    after: MessageId | None = None
    """Those that come later."""
    limit: int = 50
    kind: str


class Change(Request, frozen=True, kw_only=True):
    name: str | msgspec.UnsetType = msgspec.UNSET
    sections: tuple[Section, ...] = ()


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """Of a :class:`server.domain.entities.Group`."""

    group_id: GroupId
    note: str | None = None
    secret: str | msgspec.UnsetType = msgspec.UNSET


async def look(actions: Actions, group_id: GroupId, code: str, query: Things) -> Thing:
    raise AssertionError


async def do_change(
    actions: Actions, user_id: UserId, group_id: GroupId, request: Change, reason: str | None
) -> Thing | None:
    raise AssertionError


async def send(actions: Actions, http: web.Request, request: Change | None) -> web.Response:
    raise AssertionError


async def forget(actions: Actions, user_id: UserId, group_id: GroupId) -> None:
    raise AssertionError


# ------------------------------------------------------------------------------------------------------------ our own


def test_the_document_is_valid() -> None:
    OPENAPI_31_VALIDATOR.validate(DOCUMENT)


def test_each_endpoint_is_in_it_and_nothing_else() -> None:
    in_document = {(method.upper(), path) for path, operations in DOCUMENT["paths"].items() for method in operations}
    assert in_document == {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}
    assert len(in_document) == len(ENDPOINTS)


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (value for key, value in part.items() if key == "$ref")
        for inside in part.values():
            yield from references(inside)
    elif isinstance(part, list):
        for inside in part:
            yield from references(inside)


def test_references_lead_somewhere() -> None:
    for reference in references(DOCUMENT):
        _, _, place, name = reference.split("/")
        assert name in DOCUMENT["components"][place], reference


def test_names_are_names() -> None:
    """msgspec names a struct by its module where two are called the same: call one of them something else."""
    assert all(re.fullmatch(r"[A-Z]\w*", name) for name in DOCUMENT["components"]["schemas"])


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for operations in DOCUMENT["paths"].values() for operation in operations.values()]
    assert len(names) == len(set(names))
    assert {"groups.update_group", "members.leave"} <= set(names)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
def test_each_has_a_tag_and_one_line(endpoint: Endpoint) -> None:
    assert endpoint.tag
    assert re.fullmatch(r"[A-Z][^\n]*[^\n.]", endpoint.summary)


def test_a_message_has_sections_of_several_kinds() -> None:
    section = DOCUMENT["components"]["schemas"]["CreateMessage"]["properties"]["sections"]["items"]
    assert section["discriminator"]["propertyName"] == "kind"
    assert section["discriminator"]["mapping"]["text"] == "#/components/schemas/Text"
    assert {"$ref": "#/components/schemas/Reply"} in section["anyOf"]


# ------------------------------------------------------------------------------------------------------------ any other


def test_parameters_are_those_of_path_and_query() -> None:
    (operation,) = described(Endpoint("GET", "/{group}/{code}", look, ""))["paths"]["/{group}/{code}"].values()
    snowflake = {"$ref": "#/components/schemas/Snowflake"}
    assert operation["parameters"] == [
        {"name": "group", "in": "path", "required": True, "schema": snowflake},
        {"name": "code", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}},
        {"name": "after", "in": "query", "schema": snowflake, "description": "Those that come later."},
        {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 50}},
        {"name": "kind", "in": "query", "required": True, "schema": {"type": "string"}},
    ]
    assert operation["security"] == []


def test_a_query_is_no_object_of_its_own() -> None:
    assert "Things" not in described(Endpoint("GET", "/{group}/{code}", look, ""))["components"]["schemas"]


def test_a_body_and_a_reason() -> None:
    whole = described(Endpoint("PATCH", "/{group}", do_change, ""))
    operation = whole["paths"]["/{group}"]["patch"]
    assert operation["requestBody"] == {
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Change"}}},
        "required": True,
    }
    assert operation["parameters"][1]["name"] == "reason"
    assert operation["parameters"][1]["schema"] == {"type": "string", "maxLength": 512}
    assert operation["security"] == [{"access_token": []}]
    change = whole["components"]["schemas"]["Change"]
    assert (change["required"], change["additionalProperties"]) == ([], False)


def test_an_answer_has_all_its_fields_but_those_that_may_be_unset() -> None:
    thing = described(Endpoint("PATCH", "/{group}", do_change, ""))["components"]["schemas"]["Thing"]
    assert thing["required"] == ["group_id", "note"]
    assert thing["description"] == "Of a Group."
    assert "default" not in thing["properties"]["note"]


def test_what_a_handler_makes_itself_is_declared() -> None:
    endpoint = Endpoint("POST", "/", send, "", answer=Thing, status=201, also=(200,), takes_cookie=True)
    operation = described(endpoint)["paths"]["/"]["post"]
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
    assert operation["responses"]["201"] == {"description": "Created", "content": content}
    assert operation["responses"]["200"]["content"] == content
    assert operation["requestBody"]["required"] is False
    assert operation["security"] == [{"refresh_cookie": []}, {}]


def test_files_go_up_and_down() -> None:
    async def up(http: web.Request) -> web.Response:
        raise AssertionError

    whole = described(
        Endpoint("PUT", "/", up, "", upload="application/octet-stream", answer=bytes, media_type="image/webp")
    )
    operation = whole["paths"]["/"]["put"]
    assert operation["requestBody"] == {"content": {"application/octet-stream": {"schema": {}}}}
    assert operation["responses"]["200"]["content"] == {"image/webp": {"schema": {}}}


def test_errors_stand_under_their_status_with_their_codes() -> None:
    endpoint = Endpoint("DELETE", "/{group}", forget, "", errors=("above_you", "unknown_member"), note="A `note`.")
    whole = described(*tagged("Things", endpoint))
    operation = whole["paths"]["/{group}"]["delete"]
    assert operation["responses"]["204"] == {"description": "No Content"}
    error, code = operation["responses"]["404"]["content"]["application/json"]["schema"]["allOf"]
    assert error == {"$ref": "#/components/schemas/Error"}
    assert code["properties"]["error"]["properties"]["code"]["enum"] == ["unknown_group", "unknown_member"]
    assert operation["responses"]["401"] == {"$ref": "#/components/responses/Unauthenticated"}
    assert whole["components"]["responses"]["TooMany"]["headers"].keys() == {"Retry-After"}
    assert (operation["tags"], operation["description"]) == (["Things"], "A `note`.")


def test_a_type_that_nobody_can_write_is_refused() -> None:
    async def odd(http: web.Request) -> complex:
        raise AssertionError

    with pytest.raises(TypeError, match="'complex'"):
        document([Endpoint("GET", "/", odd, "")], "1")

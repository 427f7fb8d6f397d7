"""What the web client takes an answer for is what the server says that it gives.

Whoever changes an answer sees here which interface of ``web/src/gateway`` goes with it. The client may leave out what it does not
use.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from server.http.openapi import document
from server.http.routes import ENDPOINTS
from tests.support.typescript import Call, Literal, Many, Mapped, Named, Shape, Type, alternatives, calls, declarations

GATEWAY: Final = Path(__file__).parents[4] / "web" / "src" / "gateway"
DOCUMENT: Final = json.loads(msgspec.json.encode(document(ENDPOINTS, "1.2.3")))
KNOWN: Final = {
    name: kind
    for file in ("objects", "answers")
    for name, kind in declarations((GATEWAY / f"{file}.ts").read_text()).items()
}
ELSEWHERE: Final = (
    Call("signUp", "POST", "/api/auth/signup", Named("Session")),
    Call("logIn", "POST", "/api/auth/login", Named("Session")),
    Call("refresh", "POST", "/api/auth/refresh", Named("Session")),
    Call("upload", "POST", "/api/files", Named("UploadedFile")),
)
"""Asked for in other forms than those that are read from the source."""
CALLS: Final = (
    *(call for name in ("api", "administration") for call in calls((GATEWAY / f"{name}.ts").read_text())),
    *ELSEWHERE,
)

Schema = Mapping[str, Any]


def differences(kind: Type, schema: Schema, known: Mapping[str, Type], where: str) -> Iterator[str]:
    """Where a type of the client and a schema of the server do not go together."""
    ours, theirs = list(alternatives(kind, known)), list(_alternatives(schema))
    if Named("unknown") in ours:
        return
    if names(ours) != {name for each in theirs for name in _json_names(each)}:
        yield f"{where}: {sorted(names(ours))} here, {theirs} there"
        return
    yield from _literal_differences(ours, theirs, where)
    for each in ours:
        if isinstance(each, Shape):
            yield from _object_differences(each, theirs, known, where)
        elif isinstance(each, Many):
            (items,) = (one["items"] for one in theirs if one.get("type") == "array")
            yield from differences(each.item, items, known, f"{where}[]")
        elif isinstance(each, Mapped):
            (values,) = (one["additionalProperties"] for one in theirs if one.get("type") == "object")
            yield from differences(each.value, values, known, f"{where}.*")


def names(kinds: Sequence[Type]) -> set[str]:
    """What JSON calls these types."""
    found = set()
    for each in kinds:
        match each:
            case Literal():
                found.add("string")
            case Many():
                found.add("array")
            case Shape() | Mapped():
                found.add("object")
            case Named(name):
                found.add(name)
            case _:
                raise AssertionError(each)
    return found


def _alternatives(schema: Schema) -> Iterator[Schema]:
    if "$ref" in schema:
        yield from _alternatives(DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    elif "anyOf" in schema:
        for each in schema["anyOf"]:
            yield from _alternatives(each)
    else:
        yield schema


def _json_names(schema: Schema) -> Iterator[str]:
    if "enum" in schema:
        yield from ("null" if value is None else "string" for value in schema["enum"])
    else:
        yield "number" if schema["type"] == "integer" else str(schema["type"])


def _literal_differences(ours: Sequence[Type], theirs: Sequence[Schema], where: str) -> Iterator[str]:
    here = {each.value for each in ours if isinstance(each, Literal)}
    there = {value for each in theirs for value in each.get("enum", ()) if value is not None}
    if here and here != there:
        yield f"{where}: {sorted(here)} here, {sorted(there) or 'any text'} there"


def _object_differences(ours: Shape, theirs: Sequence[Schema], known: Mapping[str, Type], where: str) -> Iterator[str]:
    objects = [each for each in theirs if each.get("type") == "object"]
    kind = ours.fields["kind"].kind if "kind" in ours.fields else None
    if isinstance(kind, Literal):
        objects = [each for each in objects if kind.value in each["properties"]["kind"].get("enum", ())]
    if len(objects) != 1:
        yield f"{where}: {kind} stands for {len(objects)} objects of the server"
        return
    (there,) = objects
    for name, each in ours.fields.items():
        if name not in there["properties"]:
            yield f"{where}.{name}: the server does not tell it"
        elif not each.optional and name not in there["required"] and "default" not in there["properties"][name]:
            yield f"{where}.{name}: the server does not always tell it"
        else:
            yield from differences(each.kind, there["properties"][name], known, f"{where}.{name}")


def operations(call: Call) -> Iterator[Schema]:
    """Those that a call may reach: of that very address, or of the ones that it becomes when it is filled in."""
    paths = [path for path in DOCUMENT["paths"] if re.sub(r"\{\w+\}", "{}", path) == call.address]
    pattern = re.compile(re.escape(call.address).replace(r"\{\}", "[^/]+"))
    for path in paths or [path for path in DOCUMENT["paths"] if pattern.fullmatch(path)]:
        yield DOCUMENT["paths"][path][call.verb.lower()]


def answers(operation: Schema) -> list[Schema]:
    """The JSON of its success, each form once."""
    found = [
        content["schema"]
        for status, response in operation["responses"].items()
        if status.startswith("2")
        for media_type, content in response.get("content", {}).items()
        if media_type == "application/json"
    ]
    return [each for at, each in enumerate(found) if each not in found[:at]]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.name}: {call.verb} {call.address}")
def test_the_client_takes_what_the_server_gives(call: Call) -> None:
    reached = list(operations(call))
    assert reached, "no such endpoint"
    for operation in reached:
        given = answers(operation)
        if call.answer in (Named("void"), Named("Blob")):
            assert not given
            continue
        found = [list(differences(call.answer, schema, KNOWN, call.name)) for schema in given]
        assert [] in found  # a log-in is answered in two forms, which the client tells apart


def test_every_call_of_the_client_is_read() -> None:
    """A call that is spelled in another way would be left out without a word."""
    for name in ("api", "administration"):
        source = (GATEWAY / f"{name}.ts").read_text()
        spelled = len(re.findall(r"this\.rest\.(?:call|put|bytes)\(|fetchJson\(", source))
        assert len(list(calls(source))) == spelled


@pytest.mark.parametrize(
    ("declared", "found"),
    [
        ("results: SearchResult[]; has_more: boolean", "it.has_more: the server does not tell it"),
        ("next: string", "it.next: ['string'] here"),
        ("next: number | null", "it.next: ['null', 'number'] here"),
        ('users: { id: Id; kind: "person" | "bot" }[]', "it.users[].kind: ['bot', 'person'] here"),
        ('results: { message: { sections: { kind: "poem" }[] } }[]', "it.results[].message.sections[]: "),
        ("members: Record<string, User>", "it.members: ['object'] here"),
    ],
)
def test_a_difference_is_found(declared: str, found: str) -> None:
    known = KNOWN | declarations(f"export interface It {{ {declared} }}")
    schema = {"$ref": "#/components/schemas/SearchPage"}
    assert [each.startswith(found) for each in differences(Named("It"), schema, known, "it")] == [True]

"""The OpenAPI 3.1 document of the endpoints: made of their declarations and of the structs that they take and give."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import msgspec

from server.domain.errors import CODES
from server.domain.ids import Snowflake
from server.domain.limits import Limits
from server.http.endpoint import ANYWHERE, JSON, WITH_ACCOUNT, Endpoint, is_id
from server.http.middleware import REFRESH_COOKIE
from server.http.struct_notes import plain, struct_notes

Schema = dict[str, Any]

ID: Final = "Snowflake"
_SCHEMAS: Final = "#/components/schemas/"
_SHARED: Final = (*ANYWHERE, *WITH_ACCOUNT, "too_large")
"""Codes of errors that are described once, where nothing else has the same status."""

_DESCRIPTION: Final = """\
REST of this server, beside the WebSocket at `/gateway`. JSON in and out, UTF-8. Ids are 64-bit snowflakes, strings of digits. \
Times are Unix milliseconds; names end in `_ms`. What is sent with a field that is not known here is refused; pass over \
unknown fields in answers. Every error has a stable code, a message for people, and data for programs.\
"""


def document(endpoints: Sequence[Endpoint], version: str) -> Schema:
    """Ready to be written as JSON. Raises :class:`TypeError` for a type that has no place on the wire."""
    sent = [kind for endpoint in endpoints for kind in (endpoint.wants.body, endpoint.wants.query) if kind is not None]
    given = [endpoint.answers for endpoint in endpoints if endpoint.answers is not None and endpoint.media_type == JSON]
    given += [kind for endpoint in endpoints for kind in endpoint.instead.values()]
    kinds = list(dict.fromkeys([*sent, *given]))
    references, components = msgspec.json.schema_components(
        kinds, schema_hook=_snowflake, ref_template=_SCHEMAS + "{name}"
    )
    schemas = dict(zip(kinds, references, strict=True))
    in_requests = _reachable([schemas[kind] for kind in sent], components)
    notes = struct_notes(kinds)
    for name, component in components.items():
        _describe(component, notes.get(name, {}))
        if name not in in_requests:
            _whole(component)
    paths: defaultdict[str, Schema] = defaultdict(dict)
    for endpoint in endpoints:
        paths[endpoint.path][endpoint.method.lower()] = _operation(endpoint, schemas, components)
    for kind in sent:  # a query is spelt out as parameters, so its struct may be of no further use
        if kind not in (endpoint.wants.body for endpoint in endpoints):
            components.pop(_name(schemas[kind]), None)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Parley",
            "version": version,
            "description": _DESCRIPTION,
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(endpoint.tag for endpoint in endpoints)],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(({**components, **_OWN_SCHEMAS}).items())),
            "responses": {_kind_of(codes): _error(codes) for _, codes in _by_status(_SHARED)},
            "securitySchemes": {
                "access_token": {"type": "http", "scheme": "bearer", "description": "From logging in or refreshing."},
                "file_link": {
                    "type": "apiKey",
                    "in": "query",
                    "name": "t",
                    "description": "From POST /api/files/links.",
                },
                "refresh_cookie": {"type": "apiKey", "in": "cookie", "name": REFRESH_COOKIE},
            },
        },
    }


_OWN_SCHEMAS: Final[Mapping[str, Schema]] = {
    ID: {
        "title": ID,
        "description": "A 64-bit id, as a string of digits. A later one is a greater number.",
        "type": "string",
        "pattern": "^[0-9]{1,19}$",
        "examples": ["175928847299117063"],
    },
    "Error": {
        "title": "Error",
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message", "data"],
                "properties": {
                    "code": {"type": "string", "pattern": "^[a-z_]+$", "description": "Stable."},
                    "message": {"type": "string", "description": "For people: what to do."},
                    "data": {"type": "object", "description": "For programs."},
                },
            }
        },
    },
}


def _snowflake(kind: type) -> Schema:
    if kind is not Snowflake:
        raise NotImplementedError(f"{kind.__name__} has no place on the wire")
    return {"$ref": _SCHEMAS + ID}


# ---------------------------------------------------------------------------------------------------------- operations


def _operation(endpoint: Endpoint, schemas: Mapping[Any, Schema], components: Mapping[str, Schema]) -> Schema:
    operation: Schema = {
        "operationId": _operation_id(endpoint),
        "tags": [endpoint.tag],
        "summary": endpoint.summary,
        "parameters": [*_path_parameters(endpoint), *_query_parameters(endpoint, schemas, components)],
        "responses": _responses(endpoint, schemas),
        "security": _security(endpoint),
    }
    if endpoint.note:
        operation["description"] = endpoint.note
    if endpoint.wants.body is not None:
        body = {"content": {JSON: {"schema": schemas[endpoint.wants.body]}}}
        operation["requestBody"] = body | {"required": not endpoint.wants.body_optional}
    elif endpoint.upload:
        # Nobody can tell an empty file from none, so it is not called required.
        operation["requestBody"] = {"content": {endpoint.upload: {"schema": {}}}}
    return operation


def _operation_id(endpoint: Endpoint) -> str:
    """``groups.update_group``"""
    module = endpoint.handler.__module__.rpartition(".")[2]
    return f"{module}.{endpoint.handler.__name__.removeprefix('do_')}"


def _security(endpoint: Endpoint) -> list[dict[str, list[str]]]:
    """One of these will do; ``{}`` is none at all."""
    if "reader_id" in endpoint.wants.given:
        return [{"access_token": []}, {"file_link": []}]
    if endpoint.needs_account:
        return [{"access_token": []}]
    return [{"refresh_cookie": []}, {}] if endpoint.takes_cookie else []


def _path_parameters(endpoint: Endpoint) -> Iterator[Schema]:
    for name, kind in zip(endpoint.placeholders, endpoint.wants.path.values(), strict=True):
        schema = {"$ref": _SCHEMAS + ID} if is_id(kind) else {"type": "string", "minLength": 1}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(
    endpoint: Endpoint, schemas: Mapping[Any, Schema], components: Mapping[str, Schema]
) -> Iterator[Schema]:
    if endpoint.wants.query is not None:
        component = components[_name(schemas[endpoint.wants.query])]
        for name, schema in component["properties"].items():
            parameter = {"name": name, "in": "query", "schema": _without_null(schema)}
            if name in component.get("required", ()):
                parameter["required"] = True
            if "description" in schema:
                parameter["description"] = parameter["schema"].pop("description")
            yield parameter
    if "reason" in endpoint.wants.given:
        yield {
            "name": "reason",
            "in": "query",
            "description": "Why, for the audit log.",
            "schema": {"type": "string", "maxLength": Limits().reason_max},
        }


def _without_null(schema: Schema) -> Schema:
    """What is not in a query is just not there."""
    kept = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key != "anyOf" and (key, value) != ("default", None)}
    return rest | kept[0] if len(kept) == 1 else rest | ({"anyOf": kept} if kept else {})


# ------------------------------------------------------------------------------------------------------------- answers


def _responses(endpoint: Endpoint, schemas: Mapping[Any, Schema]) -> Schema:
    responses: Schema = {}
    for status in endpoint.success:
        responses[str(status)] = {"description": HTTPStatus(status).phrase}
        if endpoint.answers is not None:
            schema = schemas[endpoint.answers] if endpoint.media_type == JSON else {}
            responses[str(status)]["content"] = {endpoint.media_type: {"schema": schema}}
    for status, kind in endpoint.instead.items():
        content = {JSON: {"schema": schemas[kind]}}
        responses[str(status)] = {"description": HTTPStatus(status).phrase, "content": content}
    shared = dict(_by_status(_SHARED))
    for status, codes in _by_status(endpoint.codes):
        common = shared.get(status) == codes
        response = {"$ref": f"#/components/responses/{_kind_of(codes)}"} if common else _error(codes)
        responses.setdefault(str(status), response)
    return responses


def _by_status(codes: Iterable[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    def status(code: str) -> int:
        return CODES[code].status

    for each, some in itertools.groupby(sorted(sorted(codes), key=status), key=status):
        yield each, tuple(some)


def _kind_of(codes: Sequence[str]) -> str:
    """``TooLarge``: the class of these errors."""
    return CODES[codes[0]].__name__


def _error(codes: Sequence[str]) -> Schema:
    code = {"properties": {"error": {"properties": {"code": {"enum": list(codes)}}}}}
    response: Schema = {
        "description": ", ".join(f"`{each}`" for each in codes),
        "content": {JSON: {"schema": {"allOf": [{"$ref": _SCHEMAS + "Error"}, code]}}},
    }
    if "rate_limited" in codes:
        response["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}}
    return response


# ------------------------------------------------------------------------------------------------------------- schemas


def _name(reference: Schema) -> str:
    return str(reference["$ref"]).removeprefix(_SCHEMAS)


def _reachable(schemas: Iterable[Schema], components: Mapping[str, Schema]) -> set[str]:
    """Names of the components that these lead to."""
    found: set[str] = set()
    waiting: list[Any] = list(schemas)
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            waiting += part.values()
            name = _name(part) if "$ref" in part else ""
            if name in components and name not in found:
                found.add(name)
                waiting.append(components[name])
    return found


def _describe(component: Schema, notes: Mapping[str, str]) -> None:
    if "description" in component:
        component["description"] = plain(component["description"])
    for name, schema in component.get("properties", {}).items():
        if name in notes:
            schema["description"] = plain(notes[name])


def _whole(component: Schema) -> None:
    """In answers every field is written, also one that has its default (unless it is UNSET, which is no default in a schema)."""
    for name, schema in component.get("properties", {}).items():
        if "default" in schema:
            del schema["default"]
            component["required"].append(name)

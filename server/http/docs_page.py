"""The OpenAPI document as a page that people read: plain HTML without scripts, grouped by tag, the objects at its end."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from server.http.markup import Markup, element, join, prose

STYLESHEET: Final = "/api/docs.css"

Schema = Mapping[str, Any]


def page(document: Schema) -> str:
    info = document["info"]
    sections = [(tag["name"], _operations(document, tag["name"])) for tag in document["tags"]]
    return "<!doctype html>" + element(
        "html",
        element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("title", f"{info['title']} API"),
            element("link", rel="stylesheet", href=STYLESHEET),
            element("link", rel="icon", href="data:,"),
        ),
        element(
            "body",
            element(
                "header", element("h1", f"{info['title']} API"), element("span", info["version"], class_="version")
            ),
            _contents([name for name, _ in sections]),
            element(
                "main",
                _introduction(document),
                *(_section(name, *operations) for name, operations in sections),
                _section("Objects", *_objects(document)),
            ),
        ),
        lang="en",
    )


def _contents(names: Sequence[str]) -> Markup:
    links = [element("li", element("a", name, href=f"#{_anchor(name)}")) for name in (*names, "Objects")]
    return element("nav", element("ul", *links), aria_label="Contents")


def _anchor(name: str) -> str:
    return name.lower().replace(" ", "-")


def _section(name: str, *inside: Markup) -> Markup:
    return element("section", element("h2", name), *inside, id=_anchor(name))


def _introduction(document: Schema) -> Markup:
    shared = document["components"]["responses"]
    statuses = {kind: _status(document, kind) for kind in shared}
    return element(
        "section",
        element("p", prose(document["info"]["description"])),
        element(
            "p",
            prose("Send `Authorization: Bearer <access token>` where an endpoint says "),
            element("span", "log in", class_="account"),
            prose(". Machines read "),
            element("a", "openapi.json", href="/api/openapi.json"),
            ".",
        ),
        element("h3", "Errors that may come anywhere"),
        _rows((statuses[kind], _listed(_codes(response))) for kind, response in shared.items()),
    )


def _status(document: Schema, kind: str) -> str:
    """Under which the shared response stands in the operations that have it."""
    wanted = {"$ref": f"#/components/responses/{kind}"}
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if response == wanted:
                    return str(status)
    return ""


# ---------------------------------------------------------------------------------------------------------- operations


def _operations(document: Schema, tag: str) -> list[Markup]:
    return [
        _operation(document, method.upper(), path, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if tag in operation["tags"]
    ]


def _operation(document: Schema, method: str, path: str, operation: Schema) -> Markup:
    account = [element("span", "log in", class_="account")] if {"access_token": []} in operation["security"] else []
    heading = element(
        "summary",
        element("span", method, class_=f"method {method.lower()}"),
        element("code", path),
        element("span", operation["summary"], class_="says"),
        *account,
    )
    return element("details", heading, *_details(document, operation), id=operation["operationId"])


def _details(document: Schema, operation: Schema) -> Iterator[Markup]:
    if "description" in operation:
        yield element("p", prose(operation["description"]))
    if operation["parameters"]:
        yield element("h4", "Parameters")
        yield _rows(map(_parameter, operation["parameters"]))
    if "requestBody" in operation:
        yield from _body(document, operation["requestBody"])
    yield element("h4", "Answers")
    anywhere = {code for response in document["components"]["responses"].values() for code in _codes(response)}
    yield _rows(
        (status, _answer(response, anywhere))
        for status, response in operation["responses"].items()
        if "$ref" not in response
    )


def _parameter(parameter: Schema) -> tuple[str, Markup]:
    name = f"?{parameter['name']}=" if parameter["in"] == "query" else f"{{{parameter['name']}}}"
    said = [" ", prose(parameter["description"])] if "description" in parameter else []
    return name, join(_kind(parameter["schema"]), *_default(parameter["schema"]), *said)


def _body(document: Schema, body: Schema) -> Iterator[Markup]:
    yield element("h4", "Body" if body.get("required", True) else "Body (may be left out)")
    ((media_type, content),) = body["content"].items()
    schema = content["schema"]
    if "$ref" in schema:
        component = document["components"]["schemas"][_name(schema)]
        yield _fields(component)
    else:
        yield element("p", element("code", media_type))


def _answer(response: Schema, anywhere: Collection[str]) -> Markup:
    """What it holds, or the codes of the error: those particular to it, if there are any."""
    codes = _codes(response)
    if codes:
        return _listed([code for code in codes if code not in anywhere] or codes)
    if "content" not in response:
        return join("nothing")
    ((media_type, inside),) = response["content"].items()
    return _kind(inside["schema"]) if inside["schema"] else element("code", media_type)


def _codes(response: Schema) -> list[str]:
    """Of an error; else empty."""
    for part in response.get("content", {}).get("application/json", {}).get("schema", {}).get("allOf", ()):
        if "properties" in part:
            codes: list[str] = part["properties"]["error"]["properties"]["code"]["enum"]
            return codes
    return []


def _listed(codes: Sequence[str]) -> Markup:
    first, *others = (element("code", code) for code in codes)
    return join(first, *(join(" ", other) for other in others))


# ------------------------------------------------------------------------------------------------------------- objects


def _objects(document: Schema) -> Iterator[Markup]:
    """Bodies stand with their operations already, unless something else has them inside."""
    schemas = document["components"]["schemas"]
    linked = _linked([document["paths"], list(schemas.values())])
    for name, schema in schemas.items():
        if name not in linked:
            continue
        said = [element("p", prose(schema["description"]))] if "description" in schema else []
        shape = _fields(schema) if "properties" in schema else element("p", _kind(schema))
        yield element("article", element("h3", name), *said, shape, id=f"object-{name}")


def _linked(part: Any) -> set[str]:
    """Names that references lead to, other than those of whole bodies."""
    if isinstance(part, list):
        return set().union(*map(_linked, part))
    if not isinstance(part, Mapping):
        return set()
    if "$ref" in part:
        return {_name(part)}
    return set().union(*(_linked(inside) for key, inside in part.items() if key != "requestBody"))


def _fields(component: Schema) -> Markup:
    required = component.get("required", ())
    properties = component.get("properties", {})
    if not properties:
        return element("p", element("code", "{}"))
    return _rows((name if name in required else f"{name}?", _field(schema)) for name, schema in properties.items())


def _field(schema: Schema) -> Markup:
    said = [" ", prose(schema["description"])] if "description" in schema else []
    return join(_kind(schema), *_default(schema), *said)


def _rows(rows: Iterable[tuple[str, Markup]]) -> Markup:
    return element(
        "dl", *(element("div", element("dt", element("code", name)), element("dd", said)) for name, said in rows)
    )


# --------------------------------------------------------------------------------------------------------------- kinds


def _name(schema: Schema) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _kind(schema: Schema) -> Markup:
    """What a value is, in the notation of docs/protocol.md: ``[Role]``, ``string | null``, ``"text" | "voice"``."""
    return element("span", _notation(schema), class_="kind")


def _notation(schema: Schema) -> Markup:
    if "$ref" in schema:
        return element("a", _name(schema), href=f"#object-{_name(schema)}")
    if "enum" in schema:
        return join(" | ".join(json.dumps(value) for value in schema["enum"]))
    if "anyOf" in schema:
        first, *others = (_notation(each) for each in schema["anyOf"])
        return join(first, *(join(" | ", other) for other in others))
    if schema.get("type") == "array":
        return join("[", _notation(schema.get("items", {})), "]")
    if schema.get("type") == "object" and "properties" in schema:
        fields = [join(f"{name}: ", _notation(each)) for name, each in schema["properties"].items()]
        return join("{", fields[0], *(join(", ", field) for field in fields[1:]), "}")
    if isinstance(schema.get("additionalProperties"), Mapping):
        return join("{string: ", _notation(schema["additionalProperties"]), "}")
    return join(str(schema.get("type", "anything")))


def _default(schema: Schema) -> list[Markup]:
    if schema.get("default") in (None, "", [], {}):
        return []
    return [element("span", f" = {json.dumps(schema['default'])}", class_="default")]

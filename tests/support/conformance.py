"""Does an answer of the HTTP door fit what its endpoint declares? ``tests/support/door.py`` asks this of every answer."""

from __future__ import annotations

import functools
import json
import re
from fnmatch import fnmatch
from typing import Any, Final

import msgspec
from jsonschema_rs import Draft202012Validator

from server.http.endpoint import Endpoint
from server.http.openapi import document
from server.http.routes import ENDPOINTS

DOCUMENT: Final[dict[str, Any]] = json.loads(msgspec.json.encode(document(ENDPOINTS, "test")))


def endpoint_at(method: str, path: str) -> Endpoint | None:
    """The one that serves ``path``, as the router finds it; None where the door itself answers."""
    fits = (one for one in ENDPOINTS if one.method == method and _pattern(one.path).fullmatch(path.partition("?")[0]))
    return next(fits, None)


@functools.cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))


def check_answer(method: str, path: str, status: int, content_type: str, body: Any) -> None:
    """Fails unless the endpoint declares this status, this type and, for JSON, this shape (of errors also the code)."""
    endpoint = endpoint_at(method, path)
    if endpoint is None:
        return
    name = f"{method} {endpoint.path}"
    responses = DOCUMENT["paths"][endpoint.path][method.lower()]["responses"]
    assert str(status) in responses, f"{name} does not declare {status}: {body}"
    content = _resolved(responses[str(status)]).get("content", {})
    assert any(fnmatch(content_type, kind) for kind in content) if content else body is None, (
        f"{name} {status} has {content_type}"
    )
    if content_type == "application/json":
        errors = [error.message for error in _validator(endpoint.path, method, status).iter_errors(body)]
        assert not errors, f"{name} {status} does not declare this: {'; '.join(errors)}: {body}"


def _resolved(response: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in response:
        return response
    found: dict[str, Any] = DOCUMENT["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return found


@functools.cache
def _validator(path: str, method: str, status: int) -> Draft202012Validator:
    response = _resolved(DOCUMENT["paths"][path][method.lower()]["responses"][str(status)])
    schema = response["content"]["application/json"]["schema"]
    return Draft202012Validator({"components": DOCUMENT["components"]} | schema)

"""Answers: JSON as docs/protocol.md has it, and errors in their one shape."""

from __future__ import annotations

import math

from aiohttp import web

from server.domain import codec
from server.domain.errors import ParleyError, TooMany
from server.ports import Picture


def reply(value: object, status: int = 200) -> web.Response:
    """``value`` (a struct, a dict of structs) as JSON."""
    return web.Response(body=codec.encode(value), status=status, content_type="application/json", charset="utf-8")


def lasting_picture(picture: Picture) -> web.Response:
    """Under an address that always shows the same one. It may be a stranger's: it never runs as a page of ours."""
    response = web.Response(body=picture.data, content_type=picture.media_type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def nothing() -> web.Response:
    return web.Response(status=204)


def refusal(error: ParleyError) -> web.Response:
    body = {"error": {"code": error.code, "message": error.message, "data": dict(error.data)}}
    response = reply(body, error.status)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(max(1, math.ceil(error.retry_after_s)))
    return response

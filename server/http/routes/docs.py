"""What REST is like: for machines, and for people."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from server.http.docs_page import STYLESHEET
from server.http.documentation import DOCUMENTATION
from server.http.endpoint import JSON, Endpoint, tagged


async def openapi(http: web.Request) -> web.Response:
    documents = await http.app[DOCUMENTATION].documents()
    return web.Response(body=documents.openapi, content_type=JSON, charset="utf-8")


async def page(http: web.Request) -> web.Response:
    documents = await http.app[DOCUMENTATION].documents()
    return web.Response(body=documents.page, content_type="text/html", charset="utf-8")


async def stylesheet(http: web.Request) -> web.Response:
    documents = await http.app[DOCUMENTATION].documents()
    return web.Response(body=documents.stylesheet, content_type="text/css", charset="utf-8")


ENDPOINTS: Final = tagged(
    "Documentation",
    Endpoint("GET", "/api/openapi.json", openapi, "Read this as OpenAPI 3.1", answer=dict[str, Any]),
    Endpoint("GET", "/api/docs", page, "Read this page", answer=str, media_type="text/html"),
    Endpoint("GET", STYLESHEET, stylesheet, "Get the style of this page", answer=str, media_type="text/css"),
)

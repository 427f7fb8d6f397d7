"""The plain HTTP door beside an HTTPS one: it sends people on to HTTPS, and answers an authority that issues certificates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

CHALLENGES: Final = "/.well-known/acme-challenge/"
"""RFC 8555, 8.3."""

_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Server": "Parley"}


def create_redirect_app(address: str, challenges: Mapping[str, str]) -> web.Application:
    """``address`` is where people belong: ``https://host`` or ``https://host:port``.

    ``challenges``: token -> key authorisation, of the orders that are under way.
    """
    host = urlsplit(address).hostname

    async def send_on(request: web.Request) -> web.Response:
        if _host_of(request) != host:
            return _say(421, f"This is not the address that you asked for. This server is {address}.")
        if request.method not in {"GET", "HEAD"}:
            # What it carries has been on the open wire already; it must not seem to work.
            return _say(403, f"Use {address}.")
        response = _say(308, f"Moved to {address}.")
        response.headers["Location"] = address + request.rel_url.raw_path_qs
        return response

    async def answer_challenge(request: web.Request) -> web.Response:
        known = challenges.get(request.match_info["token"])
        return _say(404, "There is nothing at this address.") if known is None else _say(200, known)

    app = web.Application(client_max_size=1)
    app.router.add_get(CHALLENGES + "{token}", answer_challenge)
    app.router.add_route("*", r"/{path:[\s\S]*}", send_on)  # a dot is no line break
    return app


def _say(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=text, headers=_HEADERS)


def _host_of(request: web.Request) -> str | None:
    try:
        return urlsplit(f"//{request.headers.get('Host', '')}").hostname
    except ValueError:
        return None

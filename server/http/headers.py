"""Headers that every answer carries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import MappingProxyType
from typing import Final

from aiohttp import web

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "object-src 'none'",
    )
)
"""``connect-src 'self'`` covers the WebSocket of the same origin (CSP 3, 6.7.2.8)."""

SECURITY_HEADERS: Final = MappingProxyType(
    {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
)

STRICT_TRANSPORT: Final = "max-age=31536000"


def adder(*, strict_transport: Callable[[], bool]) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """For ``app.on_response_prepare``. HSTS (``strict_transport``) only while a real certificate serves this name: with it
    browsers let nobody past a warning any more.
    """

    async def add(request: web.Request, response: web.StreamResponse) -> None:
        own = response.headers.get("Content-Security-Policy")
        response.headers.update(SECURITY_HEADERS)
        if own is not None:  # of what a stranger made: stricter than that of our pages
            response.headers["Content-Security-Policy"] = own
        if strict_transport():
            response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
        response.headers["Server"] = "Parley"
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")

    return add

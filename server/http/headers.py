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

_OWN: Final = ("Content-Security-Policy", "Cross-Origin-Resource-Policy")

STRICT_TRANSPORT: Final = "max-age=31536000"


def adder(
    *, strict_transport: Callable[[], bool], files_origin: str = ""
) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """For ``app.on_response_prepare``. HSTS (``strict_transport``) only while a real certificate serves this name: with it
    browsers let nobody past a warning any more.
    """
    policy = CONTENT_SECURITY_POLICY
    if files_origin:  # pages show what comes from there
        for kind in ("img-src", "media-src"):
            policy = policy.replace(f"{kind} 'self'", f"{kind} 'self' {files_origin}")
    ours = {**SECURITY_HEADERS, "Content-Security-Policy": policy}

    async def add(request: web.Request, response: web.StreamResponse) -> None:
        # Of what a stranger made: a stricter policy than that of our pages, and pages of another origin that may show it.
        own = {name: response.headers[name] for name in _OWN if name in response.headers}
        response.headers.update(ours)
        response.headers.update(own)
        if strict_transport():
            response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
        response.headers["Server"] = "Parley"
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")

    return add

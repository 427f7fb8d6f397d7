"""A line for each HTTP request, where the operator asked for it: no path, no query, no address, nobody's words."""

from __future__ import annotations

import structlog

from server.http.middleware import Seen

_log = structlog.stdlib.get_logger("parley.requests")


def log_request(seen: Seen) -> None:
    _log.info(
        "request", method=seen.method, route=seen.route, status=seen.status, duration_ms=round(seen.seconds * 1000, 1)
    )

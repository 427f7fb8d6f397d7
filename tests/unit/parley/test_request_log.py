from __future__ import annotations

import structlog

from parley.request_log import log_request
from server.http.middleware import Seen


def test_what_a_line_says() -> None:
    with structlog.testing.capture_logs() as lines:
        log_request(Seen("GET", "/api/invites/{code}", 404, 0.01234))
    assert lines == [
        {
            "event": "request",
            "log_level": "info",
            "method": "GET",
            "route": "/api/invites/{code}",
            "status": 404,
            "duration_ms": 12.3,
        }
    ]

"""Searching what was written."""

from __future__ import annotations

from typing import Final

from server.actions.search import get_search
from server.http.endpoint import Endpoint, tagged

ENDPOINTS: Final = tagged(
    "Search",
    Endpoint(
        "GET",
        "/api/search",
        get_search,
        "Search messages",
        errors=(
            "bad_search",
            "forbidden",
            "timed_out",
            "too_long",
            "unknown_channel",
            "unknown_group",
            "wrong_channel_kind",
        ),
        note=(
            'Words, "phrases" and filters: in:#name, from:name, mentions:name, has:file|image|link|code, before: and after: a day '
            "(2026-11-25) or an id, pinned:true. Without group and channel, all that you may read."
        ),
    ),
)

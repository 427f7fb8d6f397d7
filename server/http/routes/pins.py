"""Pinned messages."""

from __future__ import annotations

from typing import Final

from server.actions.pins import do_pin, do_unpin, get_pins
from server.http.endpoint import Endpoint, tagged

_ONE: Final = "/api/channels/{channel}/pins/{message}"

ENDPOINTS: Final = tagged(
    "Messages",
    Endpoint(
        "GET",
        "/api/channels/{channel}/pins",
        get_pins,
        "List the pinned messages, last pinned first",
        errors=("wrong_channel_kind",),
    ),
    Endpoint("PUT", _ONE, do_pin, "Pin a message", errors=("too_many", "wrong_channel_kind")),
    Endpoint("DELETE", _ONE, do_unpin, "Unpin a message", errors=("wrong_channel_kind",)),
)

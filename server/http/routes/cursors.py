"""How far one has read, and that one is writing."""

from __future__ import annotations

from typing import Final

from server.actions.cursors import do_move_cursor
from server.actions.typing import do_start_typing
from server.http.endpoint import Endpoint, tagged

ENDPOINTS: Final = tagged(
    "Reading and writing",
    Endpoint(
        "PUT",
        "/api/channels/{channel}/cursor",
        do_move_cursor,
        "Say how far you have read",
        errors=("unknown_message", "wrong_channel_kind"),
        note="Moves forward only, or with `unread` back to just before the message.",
    ),
    Endpoint(
        "POST",
        "/api/channels/{channel}/typing",
        do_start_typing,
        "Say that you are writing",
        errors=("wrong_channel_kind",),
    ),
)

"""Earlier versions of messages, and deleting many."""

from __future__ import annotations

from typing import Final

from server.actions.history import do_bulk_delete, get_edits
from server.http.endpoint import Endpoint, tagged

ENDPOINTS: Final = tagged(
    "Messages",
    Endpoint(
        "POST",
        "/api/channels/{channel}/messages/bulk-delete",
        do_bulk_delete,
        "Delete many messages",
        errors=("wrong_channel_kind",),
    ),
    Endpoint(
        "GET",
        "/api/channels/{channel}/messages/{message}/edits",
        get_edits,
        "Look at the earlier versions of a message",
        errors=("timed_out", "wrong_channel_kind"),
    ),
)

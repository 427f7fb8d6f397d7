"""Reactions to messages."""

from __future__ import annotations

from typing import Final

from server.actions.reactions import do_react, do_remove_reaction, do_unreact, get_reactors
from server.http.endpoint import Endpoint, tagged

_ONE: Final = "/api/channels/{channel}/messages/{message}/reactions/{key}"

ENDPOINTS: Final = tagged(
    "Reactions",
    Endpoint("GET", _ONE, get_reactors, "List who reacted so", errors=("bad_emoji", "wrong_channel_kind")),
    Endpoint(
        "PUT",
        _ONE,
        do_react,
        "React to a message",
        errors=("bad_emoji", "too_many", "unknown_emoji", "wrong_channel_kind"),
        note="The characters of one Unicode emoji, or the id of one of the group's own.",
    ),
    Endpoint("DELETE", _ONE, do_unreact, "Take your reaction back", errors=("bad_emoji", "wrong_channel_kind")),
    Endpoint(
        "DELETE",
        f"{_ONE}/{{user}}",
        do_remove_reaction,
        "Take away somebody's reaction",
        errors=("bad_emoji", "wrong_channel_kind"),
    ),
)

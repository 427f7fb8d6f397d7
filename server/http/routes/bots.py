"""Bots: one's own, their tokens, and bringing them into groups."""

from __future__ import annotations

from typing import Final

from server.actions.bots import (
    do_add_bot,
    do_create_bot,
    do_create_token,
    do_delete_bot,
    do_revoke_token,
    do_update_bot,
    get_bots,
)
from server.http.endpoint import Endpoint, tagged

_ALL: Final = "/api/users/@me/bots"
_ONE: Final = "/api/users/@me/bots/{bot}"
_NAMES: Final = ("bad_name", "too_long", "too_short")

ENDPOINTS: Final = tagged(
    "Bots",
    Endpoint("GET", _ALL, get_bots, "List your bots"),
    Endpoint(
        "POST",
        _ALL,
        do_create_bot,
        "Make a bot",
        status=201,
        errors=("bad_username", "username_taken", "too_many", "forbidden", *_NAMES),
    ),
    Endpoint("PATCH", _ONE, do_update_bot, "Change a bot", errors=_NAMES),
    Endpoint("DELETE", _ONE, do_delete_bot, "Delete a bot", note="Its tokens end at once; what it wrote stays."),
    Endpoint(
        "POST",
        f"{_ONE}/tokens",
        do_create_token,
        "Make a token for a bot",
        status=201,
        errors=("proof_required", "too_many", *_NAMES),
        note="The token is shown now and never again.",
    ),
    Endpoint(
        "DELETE", f"{_ONE}/tokens/{{token}}", do_revoke_token, "Revoke a token", note="Its sockets close at once."
    ),
    Endpoint(
        "POST",
        "/api/groups/{group}/bots",
        do_add_bot,
        "Bring a bot into a group",
        status=201,
        errors=("unknown_user", "already_member", "banned", "invites_paused", "account_too_young", "too_many_joins"),
        note="One of your own, or a public one.",
    ),
)

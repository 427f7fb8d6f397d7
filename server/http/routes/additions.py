"""Asking people in by name, and their answers."""

from __future__ import annotations

from typing import Final

from server.actions.additions import (
    do_accept_addition,
    do_create_addition,
    do_refuse_addition,
    do_withdraw_addition,
    get_additions,
    get_my_additions,
)
from server.http.endpoint import Endpoint, tagged
from server.http.routes.invites import HELD_OFF

ENDPOINTS: Final = tagged(
    "Asking people in",
    Endpoint(
        "POST",
        "/api/groups/{group}/additions",
        do_create_addition,
        "Ask someone in by user name",
        status=201,
        errors=("unknown_user", "already_member", "already_asked", "too_many", "cannot_message"),
    ),
    Endpoint(
        "GET",
        "/api/groups/{group}/additions",
        get_additions,
        "List those who are asked in",
        note="Without manage_group those whom you asked.",
    ),
    Endpoint("DELETE", "/api/additions/{addition}", do_withdraw_addition, "Ask no longer"),
    Endpoint("GET", "/api/users/@me/additions", get_my_additions, "List the groups that ask you in"),
    Endpoint("POST", "/api/users/@me/additions/{addition}/accept", do_accept_addition, "Come in", errors=HELD_OFF),
    Endpoint("DELETE", "/api/users/@me/additions/{addition}", do_refuse_addition, "Refuse to come in"),
)

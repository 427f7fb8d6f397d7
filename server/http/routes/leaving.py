"""Leaving this server, for a while or for good."""

from __future__ import annotations

from typing import Final

from server.actions.leaving import do_deactivate, do_end_account, do_keep_account
from server.http.endpoint import Endpoint, tagged

ENDPOINTS: Final = tagged(
    "Users",
    Endpoint(
        "POST",
        "/api/users/@me/deactivate",
        do_deactivate,
        "Leave your account alone for a while",
        errors=("proof_required",),
        note="You are logged out everywhere, and nobody finds you by your name, until you log in again.",
    ),
    Endpoint(
        "POST",
        "/api/users/@me/deletion",
        do_end_account,
        "Ask for the end of your account",
        errors=("proof_required", "owns_groups", "last_operator"),
        note="You are logged out everywhere. Until the time that is answered you may log in and call it off.",
    ),
    Endpoint("DELETE", "/api/users/@me/deletion", do_keep_account, "Call the end of your account off"),
)

"""One's own account, and what one may know of others."""

from __future__ import annotations

from typing import Final

from server.actions.accounts import do_update_me, get_me, get_user
from server.http.endpoint import Endpoint, tagged

ENDPOINTS: Final = tagged(
    "Users",
    Endpoint("GET", "/api/users/@me", get_me, "Look at your account"),
    Endpoint(
        "PATCH",
        "/api/users/@me",
        do_update_me,
        "Change your account",
        errors=("bad_name", "too_long", "too_short"),
        note="Also who may write to you, and how you are seen.",
    ),
    Endpoint(
        "GET",
        "/api/users/{user}",
        get_user,
        "Look at a person",
        note="Someone with whom you share a group, a conversation or a relation.",
    ),
)

"""For the operators of the server: how it is, who has an account, what everybody is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from aiohttp import web

from server.actions.operators import (
    do_announce,
    do_ban_account,
    do_reset_account_factors,
    do_take_back_announcement,
    do_unban_account,
    get_accounts,
    get_storage,
)
from server.domain.ids import UserId
from server.http.door import DOOR, actions_of
from server.http.endpoint import Endpoint, tagged
from server.ports.operations import AccountLine, Totals

_WORDS: Final = ("bad_request", "bad_name", "too_long")
_NOTE: Final = "For operators."


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    version: str
    uptime_s: int
    health: Mapping[str, str]
    """Part of the server -> `ok`, or what is wrong with it."""
    totals: Totals
    largest: tuple[AccountLine, ...]
    """Who keep the most files."""


async def overview(http: web.Request, user_id: UserId) -> Overview:
    door = http.app[DOOR]
    storage = await get_storage(actions_of(http), user_id)
    return Overview(
        version=door.version,
        uptime_s=int(door.uptime_s()),
        health=dict(await door.health()),
        totals=storage.totals,
        largest=storage.largest,
    )


ENDPOINTS: Final = tagged(
    "Operators",
    Endpoint("GET", "/api/admin/overview", overview, "Look at the server", errors=("forbidden",), note=_NOTE),
    Endpoint(
        "GET", "/api/admin/accounts", get_accounts, "Look for accounts", errors=("forbidden", "bad_request"), note=_NOTE
    ),
    Endpoint(
        "PUT",
        "/api/admin/accounts/{user}/ban",
        do_ban_account,
        "Keep an account out of the server",
        errors=("above_you", *_WORDS),
        note=f"{_NOTE} Ends every log-in of theirs at once. Another operator's only on the server itself.",
    ),
    Endpoint("DELETE", "/api/admin/accounts/{user}/ban", do_unban_account, "Let an account in again", note=_NOTE),
    Endpoint(
        "DELETE",
        "/api/admin/accounts/{user}/factors",
        do_reset_account_factors,
        "Take away the second factor of someone who has lost it",
        errors=("above_you",),
        note=f"{_NOTE} Another operator's only on the server itself.",
    ),
    Endpoint(
        "PUT",
        "/api/admin/announcement",
        do_announce,
        "Tell everybody something",
        errors=("forbidden", "too_short", *_WORDS),
        note=f"{_NOTE} In the place of what was told before.",
    ),
    Endpoint(
        "DELETE",
        "/api/admin/announcement",
        do_take_back_announcement,
        "Take back what everybody was told",
        errors=("forbidden",),
        note=_NOTE,
    ),
)

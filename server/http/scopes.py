"""Which scope of a bot's token opens which endpoint; what is not here is for people alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from server.domain.scopes import Scope, check_scope, closed_to_bots
from server.http.endpoint import Endpoint

_CHANNEL: Final = "/api/channels/{channel}"
_MESSAGE: Final = "/api/channels/{channel}/messages/{message}"
_REACTION: Final = f"{_MESSAGE}/reactions/{{key}}"
_GROUP: Final = "/api/groups/{group}"
_MEMBER: Final = "/api/groups/{group}/members/{member}"

_OPENED: Final[Mapping[Scope | None, tuple[str, ...]]] = {
    None: ("GET /api/users/@me",),
    Scope.MESSAGES_READ: (
        *(f"GET {_CHANNEL}/messages", f"GET {_MESSAGE}", f"GET {_MESSAGE}/origin", f"GET {_MESSAGE}/edits"),
        *(f"GET {_REACTION}", f"GET {_CHANNEL}/pins", "GET /api/search", "GET /api/files/{file}"),
        "GET /api/files/{file}/{view}",
        *("GET /api/users/@me/mentions", "GET /api/conversations", "GET /api/conversations/{conversation}"),
        f"PUT {_CHANNEL}/cursor",
    ),
    Scope.MESSAGES_WRITE: (
        *(f"POST {_CHANNEL}/messages", f"PATCH {_MESSAGE}", f"DELETE {_MESSAGE}", f"POST {_CHANNEL}/typing"),
        *(f"PUT {_REACTION}", f"DELETE {_REACTION}", f"DELETE {_REACTION}/{{user}}"),
        *(f"PUT {_CHANNEL}/pins/{{message}}", f"DELETE {_CHANNEL}/pins/{{message}}"),
        *(f"POST {_CHANNEL}/messages/bulk-delete", "POST /api/files", "POST /api/conversations"),
    ),
    Scope.MEMBERS_READ: (
        *("GET /api/users/{user}", f"GET {_GROUP}", f"GET {_GROUP}/members", f"GET {_GROUP}/roster"),
        *(f"GET {_GROUP}/members/search", f"GET {_MEMBER}"),
    ),
    Scope.MEMBERS_MANAGE: (
        *(f"PATCH {_GROUP}/members/@me", f"PATCH {_MEMBER}", f"PUT {_MEMBER}/time-out", f"DELETE {_MEMBER}"),
        *(f"PUT {_MEMBER}/roles/{{role}}", f"DELETE {_MEMBER}/roles/{{role}}", f"DELETE {_GROUP}/members/@me"),
        *(f"GET {_GROUP}/bans", f"PUT {_GROUP}/bans/{{user}}", f"DELETE {_GROUP}/bans/{{user}}"),
        *(f"GET {_GROUP}/reports", "PATCH /api/reports/{report}", f"GET {_GROUP}/audit"),
    ),
    Scope.GROUPS_MANAGE: (
        *(f"PATCH {_GROUP}", f"POST {_GROUP}/channels", f"PUT {_GROUP}/channels/order"),
        *(f"PATCH {_CHANNEL}", f"DELETE {_CHANNEL}"),
        *(f"PUT {_CHANNEL}/overwrites/role/{{role}}", f"DELETE {_CHANNEL}/overwrites/role/{{role}}"),
        *(f"PUT {_CHANNEL}/overwrites/member/{{member}}", f"DELETE {_CHANNEL}/overwrites/member/{{member}}"),
        *(f"POST {_GROUP}/roles", f"PUT {_GROUP}/roles/order"),
        *(f"PATCH {_GROUP}/roles/{{role}}", f"DELETE {_GROUP}/roles/{{role}}"),
        *(f"GET {_GROUP}/safety", f"PATCH {_GROUP}/safety", f"GET {_GROUP}/filters", f"POST {_GROUP}/filters"),
        *(f"PATCH {_GROUP}/filters/{{filter}}", f"DELETE {_GROUP}/filters/{{filter}}"),
        *(f"GET {_GROUP}/invites", f"POST {_GROUP}/invites", "DELETE /api/invites/{code}"),
        *(f"POST {_GROUP}/emojis", f"PATCH {_GROUP}/emojis/{{emoji}}", f"DELETE {_GROUP}/emojis/{{emoji}}"),
    ),
}

SCOPES: Final[Mapping[str, Scope | None]] = {name: scope for scope, names in _OPENED.items() for name in names}
"""``METHOD path`` -> what opens it; None: any token does."""


def check_endpoint(endpoint: Endpoint, scopes: frozenset[Scope] | None) -> None:
    """``scopes`` of who asks; None for a person. Raises bots_not_allowed, missing_scope."""
    if scopes is None:
        return
    name = f"{endpoint.method} {endpoint.path}"
    if name not in SCOPES:
        raise closed_to_bots()
    check_scope(scopes, SCOPES[name])

"""Groups: make, look, rename, hand over, delete."""

from __future__ import annotations

from typing import Final

from server.actions.groups import do_create_group, do_delete_group, do_transfer_group, do_update_group
from server.actions.snapshot import group_view
from server.http.endpoint import Endpoint, tagged

_NAME: Final = ("bad_name", "too_long", "too_short")

ENDPOINTS: Final = tagged(
    "Groups",
    Endpoint("POST", "/api/groups", do_create_group, "Make a group", status=201, errors=_NAME),
    Endpoint("GET", "/api/groups/{group}", group_view, "Look at a group"),
    Endpoint("PATCH", "/api/groups/{group}", do_update_group, "Rename a group", errors=_NAME),
    Endpoint(
        "PUT",
        "/api/groups/{group}/owner",
        do_transfer_group,
        "Hand a group over",
        errors=("unknown_member",),
        note="The owner makes another member the owner.",
    ),
    Endpoint("DELETE", "/api/groups/{group}", do_delete_group, "Delete a group"),
)

"""Roles of a group, and who has them."""

from __future__ import annotations

from typing import Final

from server.actions.role_order import do_order_roles
from server.actions.roles import do_assign_role, do_create_role, do_delete_role, do_unassign_role, do_update_role
from server.http.endpoint import Endpoint, tagged

_ONE: Final = "/api/groups/{group}/roles/{role}"
_OF_MEMBER: Final = "/api/groups/{group}/members/{member}/roles/{role}"
_WRITING: Final = ("bad_name", "too_long", "too_short", "above_you")

ENDPOINTS: Final = tagged(
    "Roles",
    Endpoint(
        "POST",
        "/api/groups/{group}/roles",
        do_create_role,
        "Make a role",
        status=201,
        errors=(*_WRITING, "too_many"),
    ),
    Endpoint(
        "PUT",
        "/api/groups/{group}/roles/order",
        do_order_roles,
        "Put the roles in order",
        errors=("above_you", "unknown_role"),
        note="Name all but everyone's, highest first. Those at or above your own highest keep their order.",
    ),
    Endpoint("PATCH", _ONE, do_update_role, "Change a role", errors=_WRITING),
    Endpoint("DELETE", _ONE, do_delete_role, "Delete a role", errors=("above_you", "bad_request")),
    Endpoint("PUT", _OF_MEMBER, do_assign_role, "Give a member a role", errors=("above_you", "bad_request")),
    Endpoint("DELETE", _OF_MEMBER, do_unassign_role, "Take a role away", errors=("above_you", "bad_request")),
)

"""Members of a group: pages, time-out, removal, leaving."""

from __future__ import annotations

from typing import Final

from server.actions.context import Actions
from server.actions.members import do_remove_member, do_time_out, get_members
from server.domain.ids import GroupId, UserId
from server.http.endpoint import Endpoint, tagged


async def leave(actions: Actions, user_id: UserId, group_id: GroupId) -> None:
    await do_remove_member(actions, user_id, group_id, user_id)


ENDPOINTS: Final = tagged(
    "Members",
    Endpoint("GET", "/api/groups/{group}/members", get_members, "List the members by pages"),
    Endpoint(
        "PUT",
        "/api/groups/{group}/members/{member}/time-out",
        do_time_out,
        "Put a member in time-out, or end it",
        errors=("above_you",),
    ),
    Endpoint("DELETE", "/api/groups/{group}/members/@me", leave, "Leave a group", errors=("owner_cannot_leave",)),
    Endpoint(
        "DELETE",
        "/api/groups/{group}/members/{member}",
        do_remove_member,
        "Remove a member",
        errors=("above_you", "owner_cannot_leave"),
    ),
)

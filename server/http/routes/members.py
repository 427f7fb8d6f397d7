"""Members of a group: pages, nicknames, time-out, removal, leaving."""

from __future__ import annotations

from typing import Final

from server.actions.context import Actions
from server.actions.members import (
    UpdateMember,
    do_remove_member,
    do_time_out,
    do_update_member,
    find_members,
    get_member,
    get_members,
)
from server.actions.roster import get_roster
from server.domain.entities import Member
from server.domain.ids import GroupId, UserId
from server.http.endpoint import Endpoint, tagged


async def leave(actions: Actions, user_id: UserId, group_id: GroupId, reason: str | None) -> None:
    await do_remove_member(actions, user_id, group_id, user_id, reason)


async def name_oneself(
    actions: Actions, user_id: UserId, group_id: GroupId, request: UpdateMember, reason: str | None
) -> Member:
    return await do_update_member(actions, user_id, group_id, user_id, request, reason)


_NAME: Final = ("bad_name", "too_long", "too_short")

ENDPOINTS: Final = tagged(
    "Members",
    Endpoint("GET", "/api/groups/{group}/members", get_members, "List the members by pages"),
    Endpoint(
        "GET",
        "/api/groups/{group}/roster",
        get_roster,
        "Read the list of members by pages, those online first",
        note="Those online stand under their highest hoisted role. Ask on with `next`, also after a short page.",
    ),
    Endpoint(
        "GET",
        "/api/groups/{group}/members/search",
        find_members,
        "Find members by the beginning of a name",
        errors=("too_long",),
    ),
    Endpoint("GET", "/api/groups/{group}/members/{member}", get_member, "Look at a member"),
    Endpoint(
        "PATCH",
        "/api/groups/{group}/members/@me",
        name_oneself,
        "Choose your nickname in a group",
        errors=_NAME,
    ),
    Endpoint(
        "PATCH",
        "/api/groups/{group}/members/{member}",
        do_update_member,
        "Give a member a nickname",
        errors=(*_NAME, "above_you"),
    ),
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

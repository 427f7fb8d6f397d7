"""Invitation links."""

from __future__ import annotations

from typing import Final

from server.actions.invites import do_accept_invite, do_create_invite, do_delete_invite, get_invites, look_at_invite
from server.actions.mail_invites import do_invite_by_mail
from server.http.endpoint import Endpoint, tagged

HELD_OFF: Final = ("account_too_young", "banned", "invites_paused", "too_many_joins")
"""Whoever wants to come in may hear these."""

ENDPOINTS: Final = tagged(
    "Invitations",
    Endpoint(
        "GET",
        "/api/groups/{group}/invites",
        get_invites,
        "List a group's open invitations",
        note="Without manage_group your own.",
    ),
    Endpoint(
        "POST",
        "/api/groups/{group}/invites",
        do_create_invite,
        "Make an invitation",
        status=201,
        errors=("too_many", "unknown_channel", "wrong_channel_kind"),
        note="The link is `/invite/<code>` on this origin.",
    ),
    Endpoint(
        "POST",
        "/api/groups/{group}/invites/email",
        do_invite_by_mail,
        "Invite somebody by mail",
        status=201,
        errors=("bad_email", "busy", "too_many", "unknown_channel"),
        note="One use, seven days. Nothing tells whether the address is known here.",
    ),
    Endpoint("DELETE", "/api/invites/{code}", do_delete_invite, "Withdraw an invitation", errors=("unknown_invite",)),
    Endpoint(
        "GET",
        "/api/invites/{code}",
        look_at_invite,
        "See where an invitation leads",
        errors=("unknown_invite",),
    ),
    Endpoint(
        "POST",
        "/api/invites/{code}/accept",
        do_accept_invite,
        "Accept an invitation",
        errors=("unknown_invite", *HELD_OFF),
        note="Also answered when you are in the group already; that costs no use.",
    ),
)

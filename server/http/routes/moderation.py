"""Bans, what holds off raids, word filters, reports."""

from __future__ import annotations

from typing import Final

from server.actions.bans import do_ban, do_unban, get_bans
from server.actions.filters import do_create_filter, do_delete_filter, do_update_filter, get_filters
from server.actions.reports import do_handle_report, do_report, get_conversation_reports, get_reports
from server.actions.safety import do_update_safety, get_safety
from server.http.endpoint import Endpoint, tagged

_BANS: Final = "/api/groups/{group}/bans"
_BAN: Final = "/api/groups/{group}/bans/{user}"
_SAFETY: Final = "/api/groups/{group}/safety"
_FILTERS: Final = "/api/groups/{group}/filters"
_FILTER: Final = "/api/groups/{group}/filters/{filter}"
_WORDS: Final = ("bad_name", "too_long", "too_short")

ENDPOINTS: Final = tagged(
    "Moderation",
    Endpoint("GET", _BANS, get_bans, "List who is banned", errors=("timed_out",)),
    Endpoint(
        "PUT",
        _BAN,
        do_ban,
        "Ban somebody, member or not",
        errors=("above_you", "already_banned", "too_many"),
        note="What they wrote in the last seconds that you say (at most seven days) is deleted too.",
    ),
    Endpoint("DELETE", _BAN, do_unban, "End a ban", errors=("unknown_ban",)),
    Endpoint("GET", _SAFETY, get_safety, "Look at what holds off raids", errors=("timed_out",)),
    Endpoint("PATCH", _SAFETY, do_update_safety, "Change what holds off raids"),
    Endpoint("GET", _FILTERS, get_filters, "List the word filters", errors=("timed_out",)),
    Endpoint("POST", _FILTERS, do_create_filter, "Add a word filter", status=201, errors=("too_many", *_WORDS)),
    Endpoint("PATCH", _FILTER, do_update_filter, "Change a word filter", errors=_WORDS),
    Endpoint("DELETE", _FILTER, do_delete_filter, "Delete a word filter"),
    Endpoint(
        "POST",
        "/api/channels/{channel}/messages/{message}/report",
        do_report,
        "Report a message",
        status=201,
        errors=("wrong_channel_kind", *_WORDS),
        note="To the group's moderators; from a conversation to the operators of the server.",
    ),
    Endpoint("GET", "/api/groups/{group}/reports", get_reports, "List the reports of a group", errors=("timed_out",)),
    Endpoint(
        "GET",
        "/api/reports",
        get_conversation_reports,
        "List the reports of conversations",
        errors=("forbidden",),
        note="For operators.",
    ),
    Endpoint(
        "PATCH",
        "/api/reports/{report}",
        do_handle_report,
        "Resolve or dismiss a report",
        errors=("already_handled", *_WORDS),
    ),
)

"""What one wants to be told, and what pinged one."""

from __future__ import annotations

from typing import Final

from server.actions.inbox import get_mentions
from server.actions.levels import do_put_channel_level, do_put_group_level, get_levels
from server.http.endpoint import Endpoint, tagged

ENDPOINTS: Final = tagged(
    "Notifications",
    Endpoint("GET", "/api/users/@me/mentions", get_mentions, "Look at what mentions you, newest first"),
    Endpoint("GET", "/api/users/@me/levels", get_levels, "List your notification levels"),
    Endpoint(
        "PUT",
        "/api/users/@me/levels/group/{group}",
        do_put_group_level,
        "Say of what you want to be told in a group",
    ),
    Endpoint(
        "PUT",
        "/api/users/@me/levels/channel/{channel}",
        do_put_channel_level,
        "Say of what you want to be told in a channel or conversation",
        errors=("wrong_channel_kind",),
    ),
)

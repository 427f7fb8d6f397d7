"""REST, one module for each resource: its ENDPOINTS, and the few handlers that are not actions as they stand."""

from __future__ import annotations

from typing import Final

from server.http.endpoint import Endpoint
from server.http.routes import (
    account,
    additions,
    audit,
    auth,
    channels,
    conversations,
    cursors,
    docs,
    emojis,
    factors,
    files,
    groups,
    history,
    invites,
    levels,
    members,
    messages,
    moderation,
    pins,
    previews,
    reactions,
    relations,
    roles,
    search,
    server,
    users,
)

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    *server.ENDPOINTS,
    *auth.ENDPOINTS,
    *account.ENDPOINTS,
    *factors.ENDPOINTS,
    *users.ENDPOINTS,
    *groups.ENDPOINTS,
    *channels.ENDPOINTS,
    *roles.ENDPOINTS,
    *members.ENDPOINTS,
    *invites.ENDPOINTS,
    *additions.ENDPOINTS,
    *audit.ENDPOINTS,
    *relations.ENDPOINTS,
    *conversations.ENDPOINTS,
    *messages.ENDPOINTS,
    *history.ENDPOINTS,
    *reactions.ENDPOINTS,
    *pins.ENDPOINTS,
    *previews.ENDPOINTS,
    *moderation.ENDPOINTS,
    *search.ENDPOINTS,
    *emojis.ENDPOINTS,
    *files.ENDPOINTS,
    *cursors.ENDPOINTS,
    *levels.ENDPOINTS,
    *docs.ENDPOINTS,
)
"""In the order of the documentation; the first whose path fits a request serves it, so ``@me`` stands before ``{user}``."""

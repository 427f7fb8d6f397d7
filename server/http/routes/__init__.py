"""REST, one module for each resource: read the request, call the action, write the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from server.http.routes import (
    additions,
    auth,
    channels,
    cursors,
    groups,
    invites,
    members,
    messages,
    roles,
    server,
    users,
)

ALL_ROUTES: Final[Sequence[Sequence[web.RouteDef]]] = (
    server.ROUTES,
    auth.ROUTES,
    users.ROUTES,
    groups.ROUTES,
    channels.ROUTES,
    roles.ROUTES,
    members.ROUTES,
    invites.ROUTES,
    additions.ROUTES,
    messages.ROUTES,
    cursors.ROUTES,
)

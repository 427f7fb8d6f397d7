"""What the token of a bot is good for. Pure.

A scope opens a part of the protocol; what a bot may do there is a matter of its roles, as for everybody.
"""

from __future__ import annotations

import enum
from collections.abc import Collection
from typing import Final

from server.domain.errors import Forbidden


class Scope(enum.StrEnum):
    """Values are part of the protocol."""

    MESSAGES_READ = "messages.read"
    """Messages, files, search; with ``members.read`` the gateway."""
    MESSAGES_WRITE = "messages.write"
    """Messages, reactions, pins, uploads, typing; taking messages away."""
    MEMBERS_READ = "members.read"
    """Groups with their channels and roles, who is in them, who is there."""
    MEMBERS_MANAGE = "members.manage"
    """Roles of members, nicknames, time-outs, bans, reports, the audit log."""
    GROUPS_MANAGE = "groups.manage"
    """Channels, roles, overwrites, emoji, invitations, what holds off raids."""
    VOICE = "voice"


OF_GATEWAY: Final = frozenset({Scope.MESSAGES_READ, Scope.MEMBERS_READ})
"""Its snapshot and events hold all of this."""


def check_scope(scopes: Collection[Scope] | None, wanted: Scope | None) -> None:
    """``scopes`` of who asks; None for a person, who needs none. ``wanted`` None: any token will do. Raises missing_scope."""
    if scopes is not None and wanted is not None and wanted not in scopes:
        raise Forbidden(
            "missing_scope", f"This token lacks the scope {wanted}. Make one that has it.", scope=wanted.value
        )


def closed_to_bots() -> Forbidden:
    return Forbidden("bots_not_allowed", "This is for people: no bot can do it.")

"""Who may do what: bits, and how they resolve. Pure; :mod:`server.domain.access` asks it about whole groups."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable
from typing import Final

from server.domain.entities import Overwrite
from server.domain.ids import Snowflake


class Permission(enum.IntFlag):
    """Bits of ``Role.permissions`` and of overwrites. Values are part of the protocol; below 2**53."""

    VIEW_CHANNEL = 1 << 0
    READ_HISTORY = 1 << 1
    SEND_MESSAGES = 1 << 2
    MANAGE_MESSAGES = 1 << 3
    """Delete what others wrote."""
    CONNECT = 1 << 4
    SPEAK = 1 << 5
    CREATE_INVITE = 1 << 6
    """Make invitation links and ask people in by name."""
    KICK_MEMBERS = 1 << 7
    MANAGE_CHANNELS = 1 << 8
    MANAGE_ROLES = 1 << 9
    MANAGE_GROUP = 1 << 10
    """Rename the group, see and withdraw every invitation."""
    TIME_OUT_MEMBERS = 1 << 11
    ADMINISTRATOR = 1 << 12
    """Everything, in every channel, whatever overwrites say."""


NOTHING: Final = Permission(0)
ALL: Final = Permission((1 << len(Permission)) - 1)
EVERYONE: Final = (
    Permission.VIEW_CHANNEL
    | Permission.READ_HISTORY
    | Permission.SEND_MESSAGES
    | Permission.CONNECT
    | Permission.SPEAK
    | Permission.CREATE_INVITE
)
"""What everyone's role has in a new group."""
IN_CHANNELS: Final = EVERYONE | Permission.MANAGE_MESSAGES | Permission.MANAGE_CHANNELS | Permission.MANAGE_ROLES
"""What an overwrite can speak of; the others concern the whole group."""
TIMED_OUT: Final = Permission.VIEW_CHANNEL | Permission.READ_HISTORY
"""What is left to someone in time-out, as far as they had it."""

# Asked for every member of a channel, so in plain integers: a flag's own operators cost ten times as much.
_ALL: Final = int(ALL)
_IN_CHANNELS: Final = int(IN_CHANNELS)
_ADMINISTRATOR: Final = int(Permission.ADMINISTRATOR)
_VIEW_CHANNEL: Final = int(Permission.VIEW_CHANNEL)


def of_roles(permissions: Iterable[int]) -> int:
    """In the group: what any of the member's roles (everyone's among them) has; all of it for an administrator."""
    bits = 0
    for some in permissions:
        bits |= some
    return _ALL if bits & _ADMINISTRATOR else bits & _ALL


def in_channel(
    base: int,
    overwrites: Iterable[Overwrite],
    *,
    everyone_id: Snowflake,
    role_ids: Collection[Snowflake],
    user_id: Snowflake,
) -> int:
    """In a channel: ``base`` (of the roles) with the overwrites laid over it; nothing at all without VIEW_CHANNEL.

    First everyone's, then those of the member's roles together, then the member's own; of each step the denies, then the
    allows. Administrators are beyond overwrites.
    """
    if base & _ADMINISTRATOR:
        return base
    everyone_allow = everyone_deny = roles_allow = roles_deny = own_allow = own_deny = 0
    for one in overwrites:
        if one.target == "member":
            if one.target_id == user_id:
                own_allow, own_deny = one.allow, one.deny
        elif one.target_id == everyone_id:
            everyone_allow, everyone_deny = one.allow, one.deny
        elif one.target_id in role_ids:
            roles_allow |= one.allow
            roles_deny |= one.deny
    bits = base & ~everyone_deny | everyone_allow
    bits = bits & ~roles_deny | roles_allow
    bits = bits & ~own_deny | own_allow
    bits &= base | _IN_CHANNELS
    return bits if bits & _VIEW_CHANNEL else 0


def given(before: Overwrite | None, after: Overwrite | None) -> Permission:
    """What a change of an overwrite can give to those it is about: newly allowed, or no longer denied."""
    old_allow, old_deny = (before.allow, before.deny) if before is not None else (0, 0)
    new_allow, new_deny = (after.allow, after.deny) if after is not None else (0, 0)
    return Permission(((new_allow & ~old_allow) | (old_deny & ~new_deny)) & ALL)


def names(permissions: int) -> tuple[str, ...]:
    """As the protocol names them (docs/protocol.md), lowest bit first."""
    return tuple(one.name.lower() for one in Permission if permissions & one and one.name is not None)

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
    """Delete what others wrote, see earlier versions of it, handle reports."""
    CONNECT = 1 << 4
    SPEAK = 1 << 5
    CREATE_INVITE = 1 << 6
    """Make invitation links and ask people in by name."""
    KICK_MEMBERS = 1 << 7
    MANAGE_CHANNELS = 1 << 8
    MANAGE_ROLES = 1 << 9
    MANAGE_GROUP = 1 << 10
    """Rename the group, see and withdraw every invitation, decide on word filters and what holds off raids."""
    TIME_OUT_MEMBERS = 1 << 11
    ADMINISTRATOR = 1 << 12
    """Everything, in every channel, whatever overwrites say."""
    MENTION_EVERYONE = 1 << 13
    """Ping everyone, those who are here, and roles that are not for everybody to mention."""
    ATTACH_FILES = 1 << 14
    ADD_REACTIONS = 1 << 15
    """A new one; whoever reads may join in one that is there."""
    PIN_MESSAGES = 1 << 16
    MANAGE_EMOJIS = 1 << 17
    BAN_MEMBERS = 1 << 18
    VIEW_AUDIT_LOG = 1 << 19
    MANAGE_NICKNAMES = 1 << 20
    """Of others who stand below."""
    CHANGE_NICKNAME = 1 << 21
    """One's own."""


NOTHING: Final = Permission(0)
ALL: Final = Permission((1 << len(Permission)) - 1)
EVERYONE: Final = (
    Permission.VIEW_CHANNEL
    | Permission.READ_HISTORY
    | Permission.SEND_MESSAGES
    | Permission.CONNECT
    | Permission.SPEAK
    | Permission.CREATE_INVITE
    | Permission.ATTACH_FILES
    | Permission.ADD_REACTIONS
    | Permission.CHANGE_NICKNAME
)
"""What everyone's role has in a new group."""
MODERATOR: Final = (
    Permission.MANAGE_MESSAGES
    | Permission.KICK_MEMBERS
    | Permission.TIME_OUT_MEMBERS
    | Permission.MENTION_EVERYONE
    | Permission.PIN_MESSAGES
    | Permission.BAN_MEMBERS
    | Permission.VIEW_AUDIT_LOG
    | Permission.MANAGE_NICKNAMES
)
"""What the role has that a new group brings along for its moderators."""
IN_CHANNELS: Final = (
    EVERYONE
    | Permission.MANAGE_MESSAGES
    | Permission.MANAGE_CHANNELS
    | Permission.MANAGE_ROLES
    | Permission.MENTION_EVERYONE
    | Permission.PIN_MESSAGES
) & ~Permission.CHANGE_NICKNAME
"""What an overwrite can speak of; the others concern the whole group."""
IN_CONVERSATIONS: Final = (
    Permission.VIEW_CHANNEL
    | Permission.READ_HISTORY
    | Permission.SEND_MESSAGES
    | Permission.ATTACH_FILES
    | Permission.ADD_REACTIONS
    | Permission.PIN_MESSAGES
    | Permission.MENTION_EVERYONE
)
"""What every member of a conversation may do in it."""
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
    layers: Iterable[Iterable[Overwrite]],
    *,
    everyone_id: Snowflake,
    role_ids: Collection[Snowflake],
    user_id: Snowflake,
) -> int:
    """In a channel: ``base`` (of the roles) with layers of overwrites laid over it, those of the channel's category first;
    nothing at all without VIEW_CHANNEL.

    Of each layer first everyone's, then those of the member's roles together, then the member's own; of each step the denies,
    then the allows. Administrators are beyond overwrites.
    """
    if base & _ADMINISTRATOR:
        return base
    bits = base
    for overwrites in layers:
        bits = _laid_over(bits, overwrites, everyone_id, role_ids, user_id)
    bits &= base | _IN_CHANNELS
    return bits if bits & _VIEW_CHANNEL else 0


def _laid_over(
    bits: int,
    overwrites: Iterable[Overwrite],
    everyone_id: Snowflake,
    role_ids: Collection[Snowflake],
    user_id: Snowflake,
) -> int:
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
    bits = bits & ~everyone_deny | everyone_allow
    bits = bits & ~roles_deny | roles_allow
    return bits & ~own_deny | own_allow


def given(before: Overwrite | None, after: Overwrite | None) -> Permission:
    """What a change of an overwrite can give to those it is about: newly allowed, or no longer denied."""
    old_allow, old_deny = (before.allow, before.deny) if before is not None else (0, 0)
    new_allow, new_deny = (after.allow, after.deny) if after is not None else (0, 0)
    return Permission(((new_allow & ~old_allow) | (old_deny & ~new_deny)) & ALL)


def given_beneath(
    before: Iterable[Overwrite], after: Iterable[Overwrite], own: Iterable[Overwrite], *, everyone_id: Snowflake
) -> Permission:
    """What anybody can gain in a channel when the overwrites of its category change; not what its ``own`` ones say in any case."""
    old, new = _by_target(before), _by_target(after)
    said = {target: one.allow | one.deny for target, one in _by_target(own).items()}
    for_all = said.get(("role", everyone_id), 0)
    bits = 0
    for target in old.keys() | new.keys():
        bits |= given(old.get(target), new.get(target)) & ~(for_all | said.get(target, 0))
    return Permission(bits & ALL)


def _by_target(overwrites: Iterable[Overwrite]) -> dict[tuple[str, Snowflake], Overwrite]:
    return {(one.target, one.target_id): one for one in overwrites}


def names(permissions: int) -> tuple[str, ...]:
    """As the protocol names them (docs/protocol.md), lowest bit first."""
    return tuple(one.name.lower() for one in Permission if permissions & one and one.name is not None)

"""Who may do what: bits, and how they resolve. Pure."""

from __future__ import annotations

import enum


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

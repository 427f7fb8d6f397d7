"""How much of anything; told to clients by ``GET /api/server``."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Lengths are in Unicode code points after normalisation (NFC) unless a name says bytes."""

    username_min: int = 2
    username_max: int = 32
    display_name_max: int = 48
    password_min: int = 8
    password_max: int = 128
    group_name_max: int = 100
    channel_name_max: int = 100
    topic_max: int = 1024
    role_name_max: int = 100
    text_max: int = 4000
    """Text and code of one message, all sections together."""
    sections_max: int = 10
    language_max: int = 40
    nonce_max: int = 64
    page_max: int = 100
    """Messages or members in one page."""
    channels_per_group: int = 500
    roles_per_group: int = 250
    overwrites_per_channel: int = 500
    invites_per_group: int = 1000
    additions_pending: int = 100
    """Additions that wait for one person's consent."""
    position_max: int = 10_000
    """Of channels and roles."""
    invite_uses_max: int = 100_000
    invite_lifetime_max_s: int = 366 * 86_400
    time_out_max_s: int = 28 * 86_400
    reason_max: int = 512
    """Why a moderator did something."""

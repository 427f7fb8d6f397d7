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
    announcement_max: int = 500
    """Of what operators tell everybody."""
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
    slow_mode_max_s: int = 6 * 3600
    nickname_max: int = 48
    status_text_max: int = 128
    status_lifetime_max_s: int = 366 * 86_400
    """Of a status text that ends by itself."""
    bio_max: int = 500
    profile_fields_max: int = 4
    profile_field_name_max: int = 32
    profile_field_value_max: int = 128
    profile_picture_max_bytes: int = 4 * 1024 * 1024
    """Of an avatar or a banner, before it is drawn anew."""
    reason_max: int = 512
    """Of what a moderator does, for the audit log; and of a report."""
    mentions_max: int = 100
    """Users and roles that one message names, or allows to be pinged."""
    forward_text_max: int = 8000
    """Text and code in a forward: a whole message, and what that one forwarded."""
    forward_sections_max: int = 20
    previews_max: int = 3
    """Links of one message that get a preview."""
    link_max: int = 2000
    """Of a link that gets one."""
    reactions_max: int = 20
    """Different ones at one message."""
    pins_max: int = 250
    """Of one channel."""
    bulk_delete_max: int = 100
    edits_kept: int = 50
    """Earlier versions of one message; the oldest go first."""
    emojis_per_group: int = 100
    webhooks_per_group: int = 50
    bots_per_user: int = 20
    tokens_per_bot: int = 20
    emoji_max_bytes: int = 512 * 1024
    emoji_max_pixels: int = 128
    """Width and height of a group's own emoji."""
    file_max_bytes: int = 25 * 1024 * 1024
    file_name_max: int = 200
    file_quota_bytes: int = 2 * 1024 * 1024 * 1024
    """Of all files of one person, unless the operator says otherwise."""
    uploads_open: int = 20
    """Begun by one person and not finished."""
    file_links_max: int = 100
    """Asked for at once."""
    conversation_members_max: int = 10
    conversations_max: int = 500
    """Group conversations that one person is in."""
    direct_conversations_max: int = 5000
    """Direct ones of one person; they stay for ever."""
    relations_max: int = 1000
    """Friends, requests and blocks of one person, of each kind."""
    watched_max: int = 200
    """People whose presence one connection watches."""
    filters_per_group: int = 20
    filter_words_max: int = 200
    filter_word_length: int = 60
    ban_cleanup_max_s: int = 7 * 86_400
    bans_per_group: int = 10_000
    account_age_max_s: int = 365 * 86_400
    search_length: int = 256
    search_page_max: int = 50
    proof_lifetime_s: int = 600
    """So long after one showed who one is, one may change what is sensitive in the account."""
    passkeys_max: int = 20
    """Of one account."""
    passkey_name_max: int = 48
    mails_waiting: int = 10_000
    """To be sent, of everybody together."""

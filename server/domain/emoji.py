"""What one may react with, and what a group's own emoji may be called. Pure."""

from __future__ import annotations

import re
from typing import Final

import emoji

from server.domain.errors import Invalid
from server.domain.ids import MAX_ID, EmojiId, Snowflake

_LONGEST: Final = 64
"""Code points: families with skin tones have about a dozen."""
_NAME: Final = re.compile(r"[A-Za-z0-9_]{2,32}")


def own_emoji_id(key: str) -> EmojiId | None:
    """The id in the key of a reaction with a group's own emoji; None for a Unicode emoji."""
    if not (key.isascii() and key.isdigit() and len(key) <= 19) or int(key) > MAX_ID:
        return None
    return EmojiId(Snowflake(key))


def check_unicode_emoji(key: str) -> str:
    """The one spelling of an emoji (Unicode Technical Standard 51: fully qualified). Raises :class:`Invalid` (bad_emoji)."""
    if len(key) > _LONGEST or not emoji.is_emoji(key):
        raise Invalid("bad_emoji", "React with one emoji, or with the id of one of the group's own.")
    qualified = emoji.EMOJI_DATA[key]["status"] != emoji.STATUS["unqualified"]
    return key if qualified or not emoji.is_emoji(f"{key}\ufe0f") else f"{key}\ufe0f"


def reaction_key(key: str) -> str:
    """The one spelling of an emoji, or of the id of a group's own. Raises :class:`Invalid` (bad_emoji)."""
    own_id = own_emoji_id(key)
    return check_unicode_emoji(key) if own_id is None else str(int(own_id))


def check_emoji_name(name: str) -> str:
    """Raises :class:`Invalid` (bad_name)."""
    if not _NAME.fullmatch(name):
        raise Invalid("bad_name", "The name of an emoji has 2 to 32 letters a to z, digits and _.", field="name")
    return name

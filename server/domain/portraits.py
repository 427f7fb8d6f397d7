"""What people say of themselves. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from server.domain.entities import ProfileField
from server.domain.errors import Conflict, Invalid
from server.domain.limits import Limits
from server.domain.names import clean_line, is_sendable, too_long


def check_bio(text: str, limits: Limits) -> str:
    """As it is kept: NFC, trimmed, without control characters; may be empty, which is none. Raises too_long, bad_request."""
    if len(text) > 4 * limits.bio_max:  # before any work on it; NFC joins at most four into one
        raise too_long("bio", limits.bio_max)
    if not is_sendable(text):
        raise Invalid("bad_request", "This text has half a character in it.", where="bio")
    clean = "".join(one for one in text.replace("\r\n", "\n") if one in "\n\t" or unicodedata.category(one) != "Cc")
    bio = unicodedata.normalize("NFC", clean).strip()
    if len(bio) > limits.bio_max:
        raise too_long("bio", limits.bio_max)
    return bio


def check_fields(fields: Sequence[ProfileField], limits: Limits) -> tuple[ProfileField, ...]:
    """As they are kept. Raises too_many, too_short, too_long, bad_name."""
    most = limits.profile_fields_max
    if len(fields) > most:
        raise Conflict("too_many", f"A profile has at most {most} fields. Take one out.", limit=most)
    return tuple(
        ProfileField(
            name=clean_line(field.name, "field_name", longest=limits.profile_field_name_max),
            value=clean_line(field.value, "field_value", longest=limits.profile_field_value_max),
        )
        for field in fields
    )

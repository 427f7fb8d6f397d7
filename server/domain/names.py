"""What people and things may be called. Pure.

Names are in NFC, trimmed, on one line, and show what they are: no control characters, no marks that turn the direction of the
text, nothing invisible but what joins letters and emoji (Unicode Standard 23.2; Unicode Technical Report 36).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from server.domain.errors import Invalid

_USERNAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?")
_JOINERS: Final = "\u200c\u200d"
_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_KEY_MAX_BYTES: Final = 192
_BLANKS: Final = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and symbols that show nothing: Hangul fillers and the empty Braille pattern."""


def fold_username(username: str, *, shortest: int, longest: int) -> str | None:
    """The one form of a user name, or None for what cannot be one."""
    if not username.isascii() or not shortest <= len(username) <= longest:
        return None
    folded = username.lower()
    return folded if _USERNAME.fullmatch(folded) else None


def username_key(username: str, *, shortest: int, longest: int) -> str:
    """As :func:`fold_username`; raises :class:`Invalid` (bad_username)."""
    key = fold_username(username, shortest=shortest, longest=longest)
    if key is None:
        raise Invalid(
            "bad_username",
            f"A user name has {shortest} to {longest} characters: letters a to z, digits, and _ . - between them.",
            min=shortest,
            max=longest,
        )
    return key


def is_visible(character: str) -> bool:
    """Whether the character by itself shows something."""
    return unicodedata.category(character)[0] not in "CZM" and character not in _BLANKS


def is_blank(text: str) -> bool:
    """Whether a reader would see nothing."""
    return not any(is_visible(character) for character in text)


def is_sendable(text: str) -> bool:
    """Whether the text can be written as UTF-8 (it has no half of a surrogate pair)."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def clean_line(text: str, field: str, *, longest: int, shortest: int = 1) -> str:
    """``text`` as a name: NFC, trimmed, each run of spaces one space.

    Raises :class:`Invalid`: too_short, too_long (in code points, after cleaning), bad_name. ``field`` goes into the error's data.
    """
    if len(text) > 4 * longest:  # before any work on it; NFC joins at most four into one
        raise too_long(field, longest)
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if len(line) > longest:
        raise too_long(field, longest)
    for at, character in enumerate(line):
        if not _is_allowed(line, at, character):
            raise Invalid(
                "bad_name", f"This {_spoken(field)} has characters that cannot be seen. Remove them.", field=field
            )
    if len(line) < shortest or (shortest and is_blank(line)):
        raise Invalid("too_short", f"The {_spoken(field)} is too short. Write at least {shortest}.", field=field)
    return line


def name_key(name: str) -> bytes:
    """What names are found by: without letter case and accents, so that the key of a beginning is the beginning of the key.

    At most 192 bytes of UTF-8, in which order of bytes is order of code points.
    """
    folded = _ACCENTS.sub("", unicodedata.normalize("NFKD", name.casefold()))
    return " ".join(folded.casefold().split()).encode(errors="replace")[:_KEY_MAX_BYTES]


def too_long(field: str, longest: int) -> Invalid:
    message = f"The {_spoken(field)} is too long. It may have {longest} characters."
    return Invalid("too_long", message, field=field, max=longest)


def _spoken(field: str) -> str:
    return field.replace("_", " ")


def _is_allowed(line: str, at: int, character: str) -> bool:
    if character in _JOINERS:
        return 0 < at < len(line) - 1 and line[at - 1] != " " and line[at + 1] != " " and line[at + 1] not in _JOINERS
    if character in _BLANKS:
        return False
    return character == " " or unicodedata.category(character)[0] not in "CZ"

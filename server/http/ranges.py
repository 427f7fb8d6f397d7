"""Parts of a file (RFC 9110, 14) and what a client has of it already (13). Pure."""

from __future__ import annotations

import re
from typing import Final

from server.domain.errors import OutOfRange

_ONE: Final = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})", re.IGNORECASE)


def span_of(header: str | None, size: int) -> tuple[int, int] | None:
    """From which byte to before which; None for all of it, also when several parts or another unit are asked for.

    Raises :class:`OutOfRange` (bad_range).
    """
    found = _ONE.fullmatch((header or "").strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:  # the last so many bytes
        start, end = max(0, size - int(found[2])), size
    else:
        start, end = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
        if found[2] and int(found[2]) < start:
            return None  # not a range at all, as the standard has it
    if start >= end:
        raise OutOfRange("bad_range", "The file does not reach so far.", size_bytes=size)
    return start, end


def has_it(if_none_match: str | None, etag: str) -> bool:
    if if_none_match is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag in tags


def may_go_on(if_range: str | None, etag: str) -> bool:
    """Whether a part fits what the client has; a date says nothing here, as files carry none."""
    return if_range is None or if_range.strip() == etag

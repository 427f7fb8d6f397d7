"""What the service and a child of the studio say to each other."""

from __future__ import annotations

from typing import Final

import msgspec

from server.domain.sections import Media

SMALL_PX: Final = 400
LARGE_PX: Final = 1200
"""Longest side of the previews, and of a poster."""

MEMORY_BYTES: Final = 1536 << 20
"""Of addresses, shared libraries among them."""
CPU_S: Final = 40
WRITTEN_BYTES: Final = 512 << 20
"""The longest file that may be written."""


class Made(msgspec.Struct, frozen=True, tag=True):
    media_type: str
    media: Media
    parts: tuple[str, ...]
    """Names of files in the folder: ``whole`` takes the place of what was sent, ``small`` and ``large`` are previews, ``poster`` is
    that of a video."""


class Refused(msgspec.Struct, frozen=True, tag=True):
    """A picture that cannot be shown; ``reason`` is for people."""

    reason: str


class Nothing(msgspec.Struct, frozen=True, tag=True):
    """A recording that says nothing: it stays a file like any other."""


Answer = Made | Refused | Nothing

"""What a file of a stranger is called and taken for on its way to a browser. Pure."""

from __future__ import annotations

import unicodedata
from typing import Final
from urllib.parse import quote

INERT: Final = frozenset(
    {
        "application/gzip",
        "application/pdf",
        "application/zip",
        "image/avif",
        "image/gif",
        "image/heic",
        "image/jpeg",
        "image/png",
        "image/webp",
        "text/plain",
    }
)
"""Types that run nothing, beside sound and video; whatever else a file is, a browser hears of bytes alone."""

SANDBOX: Final = "default-src 'none'; sandbox"


def told_type(media_type: str) -> str:
    if media_type in INERT or media_type.startswith(("audio/", "video/")):
        return media_type
    return "application/octet-stream"


def disposition(name: str, *, inline: bool) -> str:
    """Content-Disposition with the name twice (RFC 6266): in ASCII for old clients, and as it is (RFC 8187)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = "".join(one if one.isprintable() and one not in '"\\%;' else "_" for one in plain).strip() or "file"
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"

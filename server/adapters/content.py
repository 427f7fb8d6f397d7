"""What a file is, by its first bytes; its name decides nothing that they do not bear out. Pure."""

from __future__ import annotations

import re
from typing import Final

import puremagic

PICTURES: Final = frozenset({"image/png", "image/gif", "image/webp", "image/jpeg"})
"""Drawn anew before anybody sees them."""
RECORDINGS: Final = frozenset(
    {
        "audio/aac",
        "audio/flac",
        "audio/mp4",
        "audio/mpeg",
        "audio/ogg",
        "audio/wav",
        "audio/webm",
        "video/mp4",
        "video/ogg",
        "video/quicktime",
        "video/webm",
        "video/x-matroska",
    }
)
"""Looked into with FFmpeg."""

_BEGINNINGS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"%PDF-", "application/pdf"),
)
_BRANDS: Final = {
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"hevc": "image/heic",
    b"mif1": "image/heif",
    b"msf1": "image/heif",
    b"crx ": "image/x-canon-cr3",
}
_PAGE: Final = re.compile(
    rb"<(!doctype|html|head|body|script|iframe|meta|title|style|img|a|p|div|link)\b", re.IGNORECASE
)
_DRAWING: Final = re.compile(rb"<(!doctype\s+svg|svg)\b", re.IGNORECASE)
_TYPE: Final = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,100}")


def media_type(head: bytes, name: str) -> str:
    """``head`` is the beginning of the file, some 4 KB of it."""
    known = _known(head)
    if known is not None:
        return known
    text = is_text(head)
    if text:
        markup = _markup(head)
        if _DRAWING.match(markup):
            return "image/svg+xml"
        if _PAGE.match(markup):
            return "text/html"
    guessed = _guessed(head, name)
    # A picture or a recording has a beginning that is known here; anything else that is called one is none.
    if guessed in PICTURES | RECORDINGS or (text and not guessed.startswith("text/")):
        guessed = ""
    return guessed or ("text/plain" if text else "application/octet-stream")


def _markup(head: bytes) -> bytes:
    """What follows spaces, comments and the XML declaration."""
    rest = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    while rest.startswith((b"<!--", b"<?")):
        rest = rest.partition(b"-->" if rest.startswith(b"<!--") else b"?>")[2].lstrip()
    return rest


def _known(head: bytes) -> str | None:
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head[:4] == b"\x1aE\xdf\xa3":
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] & 0xF0 not in (0, 0xF0):
        return "audio/mpeg"  # MPEG audio, layer III, without tags before it
    return None


def _guessed(head: bytes, name: str) -> str:
    if not head:
        return ""
    try:
        found = str(puremagic.from_string(head, mime=True, filename=name))
    except (puremagic.PureError, ValueError):
        return ""
    return found if _TYPE.fullmatch(found) else ""


def is_text(head: bytes) -> bool:
    """UTF-8 without control characters; the last character may be cut."""
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data":
            return False
        text = head[: error.start].decode()
    return not any(one < " " and one not in "\t\n\r\f\x1b" for one in text)

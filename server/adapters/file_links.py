"""Links that stand for a log-in where no header can: in the address of an image, a video, a download.

``user, session, end`` and a MAC over them and the file. A link to one file says nothing of another; the log-in and the permission
are looked at again each time that it is followed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from typing import Final

from server.domain.errors import Unauthenticated
from server.domain.ids import MAX_ID, FileId, SessionId, Snowflake, UserId
from server.ports import LinkClaims

_CLAIMS: Final = struct.Struct(">QQQ")
_MAC_BYTES: Final = 16
_LENGTH: Final = 4 * (_CLAIMS.size + _MAC_BYTES + 2) // 3
"""Of a ticket, in base64, at most."""


class SignedFileLinks:
    """Implements :class:`server.ports.FileLinks`. ``secret`` may sign other things too: the key here is made of it."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"parley file links", hashlib.sha256)

    def sign(self, file_id: FileId, claims: LinkClaims, expires_s: int) -> str:
        said = _CLAIMS.pack(int(claims.user_id), int(claims.session_id), expires_s)
        return base64.urlsafe_b64encode(said + self._mac(file_id, said)).rstrip(b"=").decode()

    def read(self, file_id: FileId, ticket: str, now_ms: int) -> LinkClaims:
        said, mac = _opened(ticket)
        if not hmac.compare_digest(mac, self._mac(file_id, said)):
            raise _not_ours()
        user_id, session_id, expires_s = _CLAIMS.unpack(said)
        if now_ms >= expires_s * 1000:
            raise Unauthenticated("token_expired", "This link has expired. Ask for a new one.")
        if max(user_id, session_id) > MAX_ID:
            raise _not_ours()
        return LinkClaims(user_id=UserId(Snowflake(user_id)), session_id=SessionId(Snowflake(session_id)))

    def _mac(self, file_id: FileId, said: bytes) -> bytes:
        return hmac.digest(self._key, int(file_id).to_bytes(8, "big") + said, hashlib.sha256)[:_MAC_BYTES]


def _opened(ticket: str) -> tuple[bytes, bytes]:
    if not ticket.isascii() or len(ticket) > _LENGTH:
        raise _not_ours()
    try:
        raw = base64.b64decode(ticket + "=" * (-len(ticket) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _not_ours() from None
    if len(raw) != _CLAIMS.size + _MAC_BYTES:
        raise _not_ours()
    return raw[: _CLAIMS.size], raw[_CLAIMS.size :]


def _not_ours() -> Unauthenticated:
    return Unauthenticated("unauthenticated", "Log in first.")

"""The one-time link that makes the first account the operator."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Final

_LABEL: Final = b"parley owner link\0"
_TOKEN_BYTES: Final = 18


def owner_token(secret: bytes) -> str:
    """The same for as long as ``secret`` is; of no use once there is an operator."""
    digest = hmac.digest(secret, _LABEL, hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:_TOKEN_BYTES]).decode()


def owner_token_hash(token: str) -> bytes:
    """What the sign-up compares (SHA-256)."""
    return hashlib.sha256(token.encode()).digest()

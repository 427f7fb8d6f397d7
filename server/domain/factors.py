"""Second factors: codes of an authenticator app (TOTP, RFC 6238) and recovery codes. Pure."""

from __future__ import annotations

import base64
import enum
import hashlib
import hmac
from typing import Final

import pyotp

STEP_MS: Final = 30_000
TOTP_SECRET_BYTES: Final = 20
"""As long as the hash (RFC 4226, 4)."""
_TOTP_DIGITS: Final = 6
_CLOCKS_APART: Final = 1
"""Steps by which the clocks of an app and of this server may differ."""

RECOVERY_CODES: Final = 10
RECOVERY_BYTES: Final = 15
"""120 bits: nobody tries these out, not even with the hashes at hand, so a plain SHA-256 does (OWASP ASVS 5.0, 6.5.2, from 112 bits
on). A slow hash would have to be made for each of the ten at each attempt, which is work that a stranger could ask for."""
_RECOVERY_LENGTH: Final = 24
_RECOVERY_GROUP: Final = 6
_MISREAD: Final = str.maketrans("018", "olb")
"""Digits that base32 does not have -> the letters for which they are taken."""


class FactorKind(enum.Enum):
    """By what somebody shows, after the password, that it is really them."""

    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY = "recovery"


# ------------------------------------------------------------------------------------------------------ authenticator app


def secret_text(secret: bytes) -> str:
    """As an app takes it, typed in by hand."""
    return base64.b32encode(secret).decode()


def totp_uri(secret: bytes, account: str, issuer: str) -> str:
    """What the QR code says."""
    return str(pyotp.TOTP(secret_text(secret), digits=_TOTP_DIGITS).provisioning_uri(name=account, issuer_name=issuer))


def totp_code(secret: bytes, step: int) -> str:
    return str(pyotp.HOTP(secret_text(secret), digits=_TOTP_DIGITS).at(step))


def step_at(now_ms: int) -> int:
    return now_ms // STEP_MS


def matching_step(secret: bytes, code: str, now_ms: int, last_step: int) -> int | None:
    """The time step whose code this is, of those that are near and later than the last one used; None for a wrong or used code."""
    given = "".join(code.split()).encode(errors="replace")
    now = step_at(now_ms)
    found: int | None = None
    for step in range(max(now - _CLOCKS_APART, 0), now + _CLOCKS_APART + 1):
        right = hmac.compare_digest(totp_code(secret, step).encode(), given)
        if right and step > last_step:
            found = step
    return found


# --------------------------------------------------------------------------------------------------------- recovery codes


def recovery_code(random: bytes) -> str:
    """``abcdef-ghijkl-mnopqr-stuvwx`` of :data:`RECOVERY_BYTES` random bytes."""
    letters = base64.b32encode(random).decode().lower()
    return "-".join(letters[at : at + _RECOVERY_GROUP] for at in range(0, len(letters), _RECOVERY_GROUP))


def recovery_hash(user_id: int, code: str) -> bytes | None:
    """What is kept of a code, however it was typed; None for what cannot be one."""
    letters = "".join(code.replace("-", "").split()).lower().translate(_MISREAD)
    if len(letters) != _RECOVERY_LENGTH or not letters.isascii() or not letters.isalnum():
        return None
    return hashlib.sha256(f"parley recovery code\0{user_id}\0{letters}".encode()).digest()

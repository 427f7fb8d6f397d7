"""Access tokens as JWT (RFC 7519), and the chain of refresh tokens.

The algorithm is HS256 and no other: only this server makes tokens and only this server reads them, so there is nobody who would
need a public key, and a check costs less than half of what EdDSA takes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any, Final

import jwt
import msgspec

from server.domain.errors import Unauthenticated
from server.domain.ids import MAX_ID, SessionId, Snowflake, UserId
from server.ports import AccessClaims

_ALGORITHM: Final = "HS256"
_AUDIENCE: Final = "parley"
_KEY_BYTES_MIN: Final = 32
"""As long as the hash (RFC 7518, 3.2)."""
_TOKEN_LENGTH_MAX: Final = 2048
_ALWAYS: Final = ["exp", "iat", "iss", "aud", "sub", "sid"]


class SigningKey(msgspec.Struct, frozen=True):
    """``kid`` names the key in the tokens that it signs; never use one name for two secrets."""

    kid: str
    secret: bytes

    def __post_init__(self) -> None:
        if len(self.secret) < _KEY_BYTES_MIN:
            raise ValueError(f"a signing key has at least {_KEY_BYTES_MIN} bytes, not {len(self.secret)}")


class JwtTokens:
    """Implements :class:`server.ports.Tokens`. The first key signs; all of them are believed.

    To rotate: put a new key in front, and drop the old one after the lifetime of a token (refresh tokens outlive it: they are
    rows of the database, and only a lost answer is derived from the key).
    """

    def __init__(self, keys: Sequence[SigningKey], *, issuer: str, lifetime_s: int = 900) -> None:
        if not keys:
            raise ValueError("at least one signing key is needed")
        self._keys = {key.kid: key for key in keys}
        if len(self._keys) != len(keys):
            raise ValueError("two signing keys have the same name")
        self._signer = keys[0]
        self._issuer = issuer
        self._lifetime_s = lifetime_s

    @property
    def lifetime_s(self) -> int:
        return self._lifetime_s

    def issue(self, user_id: UserId, session_id: SessionId, now_ms: int) -> str:
        now_s = now_ms // 1000
        claims = {
            "iss": self._issuer,
            "aud": _AUDIENCE,
            "sub": str(int(user_id)),
            "sid": str(int(session_id)),
            "iat": now_s,
            "exp": now_s + self._lifetime_s,
        }
        return jwt.encode(claims, self._signer.secret, _ALGORITHM, headers={"kid": self._signer.kid})

    def read(self, token: str, now_ms: int) -> AccessClaims:
        if not token.isascii() or len(token) > _TOKEN_LENGTH_MAX:
            raise _not_ours()
        claims = self._verified(token)
        user_id, session_id, expires_s = _id(claims["sub"]), _id(claims["sid"]), claims["exp"]
        if user_id is None or session_id is None or not isinstance(expires_s, int):
            raise _not_ours()
        if now_ms >= expires_s * 1000:
            raise Unauthenticated("token_expired", "This access token has expired. Refresh it.")
        return AccessClaims(user_id=UserId(user_id), session_id=SessionId(session_id), expires_ms=expires_s * 1000)

    def successors(self, refresh_token: str) -> tuple[str, ...]:
        return tuple(_follow(key, refresh_token) for key in self._keys.values())

    def _verified(self, token: str) -> dict[str, Any]:
        """The claims, all but the time checked: that is the caller's clock to say."""
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            key = self._keys.get(kid) if isinstance(kid, str) else None
            if key is None:
                raise _not_ours()
            return jwt.decode(
                token,
                key.secret,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                issuer=self._issuer,
                options={"require": _ALWAYS, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
        except jwt.PyJWTError as error:
            raise _not_ours() from error


def _follow(key: SigningKey, refresh_token: str) -> str:
    digest = hmac.digest(key.secret, b"parley refresh token\0" + refresh_token.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _id(claim: object) -> Snowflake | None:
    if not isinstance(claim, str) or not claim.isascii() or not claim.isdigit() or len(claim) > 19:
        return None
    number = int(claim)
    return Snowflake(number) if number <= MAX_ID else None


def _not_ours() -> Unauthenticated:
    return Unauthenticated("unauthenticated", "Log in first.")

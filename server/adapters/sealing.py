"""Secrets in the database, encrypted under a key that is not in it (AES-256-GCM, NIST SP 800-38D)."""

from __future__ import annotations

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
_VERSION: Final = b"\x01"
_NONCE_BYTES: Final = 12


class AesSealer:
    """Implements :class:`server.ports.Sealer`. A sealed secret is a version, a random nonce, and the ciphertext with its tag."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a sealing key has {KEY_BYTES} bytes, not {len(key)}")
        self._aes = AESGCM(key)

    def seal(self, secret: bytes, context: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _VERSION + nonce + self._aes.encrypt(nonce, secret, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes | None:
        version, nonce, text = sealed[:1], sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        if version != _VERSION or len(nonce) != _NONCE_BYTES:
            return None
        try:
            return self._aes.decrypt(nonce, text, context.encode())
        except InvalidTag:
            return None

"""Reads the peer's close_notify once the SSL object is gone.

A DTLS 1.2 record under AES_128_GCM (RFC 5288, 6347) needs two short secrets to be checked: the peer's write key and
implicit nonce, 20 bytes where OpenSSL keeps 75 KiB. Nothing is ever encrypted with them here.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import struct
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from OpenSSL import SSL

_CIPHER: Final = "ECDHE-ECDSA-AES128-GCM-SHA256"
_KEY_BYTES: Final = 16
_IV_BYTES: Final = 4

_HEADER: Final = struct.Struct("!BHQH")
"""Content type, version, epoch with sequence number, length."""
_ALERT: Final = 21
_VERSION: Final = 0xFEFD
_EPOCH: Final = 1
_ALERT_BYTES: Final = 8 + 2 + 16
"""Explicit nonce, level and description, tag."""

_FATAL: Final = 2
_CLOSE_NOTIFY: Final = 0


@dataclasses.dataclass(frozen=True, slots=True)
class AlertReader:
    """The peer's side of one association's record layer, for alerts alone."""

    _key: bytes = dataclasses.field(repr=False)
    _iv: bytes = dataclasses.field(repr=False)

    @classmethod
    def of(cls, connection: SSL.Connection, *, from_client: bool) -> AlertReader | None:
        """``from_client``: the peer is the DTLS client. None when the cipher is another one."""
        master, client, server = connection.master_key(), connection.client_random(), connection.server_random()
        if connection.get_cipher_name() != _CIPHER or not (master and client and server):
            return None
        block = _prf_sha256(master, b"key expansion" + server + client, 2 * (_KEY_BYTES + _IV_BYTES))
        key_at = 0 if from_client else _KEY_BYTES
        iv_at = 2 * _KEY_BYTES + (0 if from_client else _IV_BYTES)
        return cls(block[key_at : key_at + _KEY_BYTES], block[iv_at : iv_at + _IV_BYTES])

    def ends(self, datagram: bytes) -> bool:
        """Whether a record in the datagram is an authentic close_notify or fatal alert. Never raises."""
        while len(datagram) >= _HEADER.size:
            kind, version, number, length = _HEADER.unpack_from(datagram)
            body, rest = datagram[_HEADER.size : _HEADER.size + length], datagram[_HEADER.size + length :]
            if (
                (kind, version, number >> 48) == (_ALERT, _VERSION, _EPOCH)
                and length == len(body) == _ALERT_BYTES
                and self._is_final(number, body)
            ):
                return True
            datagram = rest
        return False

    def _is_final(self, number: int, body: bytes) -> bool:
        explicit, sealed = body[:8], body[8:]
        header = struct.pack("!QBHH", number, _ALERT, _VERSION, 2)
        try:
            level, description = AESGCM(self._key).decrypt(self._iv + explicit, sealed, header)
        except InvalidTag:
            return False
        return level == _FATAL or description == _CLOSE_NOTIFY


def _prf_sha256(secret: bytes, label_and_seed: bytes, length: int) -> bytes:
    """RFC 5246 5."""
    output, chain = b"", label_and_seed
    while len(output) < length:
        chain = hmac.digest(secret, chain, hashlib.sha256)
        output += hmac.digest(secret, chain + label_and_seed, hashlib.sha256)
    return output[:length]

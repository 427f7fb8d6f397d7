from __future__ import annotations

import struct

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from media.net.dtls_alerts import AlertReader, _prf_sha256

KEY, IV = bytes(range(16)), b"salt"
READER = AlertReader(KEY, IV)


def _record(content: bytes, kind: int = 21, epoch: int = 1, number: int = 5, key: bytes = KEY) -> bytes:
    full = epoch << 48 | number
    nonce = b"explicit"
    sealed = AESGCM(key).encrypt(IV + nonce, content, struct.pack("!QBHH", full, kind, 0xFEFD, len(content)))
    return struct.pack("!BHQH", kind, 0xFEFD, full, len(sealed) + 8) + nonce + sealed


def test_close_notify_and_fatal_alerts_end_it() -> None:
    assert READER.ends(_record(b"\x01\x00"))
    assert READER.ends(_record(b"\x02\x28"))
    assert READER.ends(_record(b"\x02\x28", number=1 << 40))


def test_a_warning_does_not() -> None:
    assert not READER.ends(_record(b"\x01\x5a"))


def test_behind_another_record() -> None:
    assert READER.ends(_record(b"x" * 40, kind=23) + _record(b"\x01\x00"))


def test_what_was_not_sealed_with_the_key_does_not() -> None:
    good = _record(b"\x01\x00")
    assert not READER.ends(_record(b"\x01\x00", key=bytes(16)))
    assert not READER.ends(_record(b"\x01\x00", kind=23))
    assert not READER.ends(_record(b"\x01\x00", epoch=0))
    assert not READER.ends(_record(b"\x01\x00\x00"))
    for position in range(len(good)):
        assert not READER.ends(good[:position])
        assert not READER.ends(good[:position] + bytes([good[position] ^ 1]) + good[position + 1 :])


def test_the_prf_against_a_published_vector() -> None:
    """P_SHA256 of the test vectors that the TLS working group circulates for TLS 1.2."""
    secret = bytes.fromhex("9bbe436ba940f017b17652849a71db35")
    seed = bytes.fromhex("a0ba9f936cda311827a6f796ffd5198c")
    expected = (
        "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a"
        "6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab"
        "4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701"
        "87347b66"
    )
    assert _prf_sha256(secret, b"test label" + seed, 100).hex() == expected

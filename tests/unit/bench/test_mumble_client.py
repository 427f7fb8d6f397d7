from __future__ import annotations

import pytest

from bench.mumble_client import _fields, _Ocb2, _protobuf_varint, _varint

KEY = bytes(range(16))


def test_ocb2_against_the_vectors_that_mumble_ships() -> None:
    """From the OCB-AES128 test vectors of draft-krovetz-ocb-00: an empty message under nonce 0 to 15."""
    nonce = (int.from_bytes(KEY, "little") - 1).to_bytes(16, "little")
    sealed = _Ocb2(KEY, nonce).encrypt(b"")
    assert sealed == b"\x00" + bytes.fromhex("bf3108130773ad5ec70ec69e7875a7b0")[:3]


def test_the_cipher_text_of_three_blocks() -> None:
    """Plain text 00 01 .. 27 (draft-krovetz-ocb-00)."""
    nonce = (int.from_bytes(KEY, "little") - 1).to_bytes(16, "little")
    sealed = _Ocb2(KEY, nonce).encrypt(bytes(range(40)))
    assert sealed[4:].hex() == ("f75d6bc8b4dc8d66b836a2b08b32a6369f1cd3c5228d79fd6c267f5f6aa7b231c7dfb9d59951ae9c")


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (0x7F, "7f"),
        (0x80, "8080"),
        (0x3FFF, "bfff"),
        (0x4000, "c04000"),
        (0x200000, "e0200000"),
        (1 << 30, "f040000000"),
    ],
)
def test_mumbles_integers(value: int, encoded: str) -> None:
    assert _varint(value).hex() == encoded


def test_protobuf_fields() -> None:
    body = b"\x08\x96\x01" + b"\x12\x03abc" + b"\x1a" + _protobuf_varint(200) + b"x" * 200
    assert _fields(body) == {2: b"abc", 3: b"x" * 200}

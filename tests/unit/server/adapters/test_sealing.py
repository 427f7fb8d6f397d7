from __future__ import annotations

import pytest

from server.adapters.sealing import AesSealer

SEALER = AesSealer(b"k" * 32)


def test_what_was_sealed_opens_for_what_it_was_sealed_for() -> None:
    sealed = SEALER.seal(b"a secret", "totp 1")
    assert b"secret" not in sealed
    assert SEALER.open(sealed, "totp 1") == b"a secret"
    assert SEALER.open(sealed, "totp 2") is None
    assert AesSealer(b"l" * 32).open(sealed, "totp 1") is None


def test_it_is_different_each_time() -> None:
    assert SEALER.seal(b"", "x") != SEALER.seal(b"", "x")


def test_what_was_changed_does_not_open() -> None:
    sealed = SEALER.seal(b"a secret", "x")
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        assert SEALER.open(bytes(changed), "x") is None
        assert SEALER.open(sealed[:at], "x") is None


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_key_has_its_length(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        AesSealer(bytes(size))

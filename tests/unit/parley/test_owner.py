from __future__ import annotations

import hashlib

from parley.owner import owner_token, owner_token_hash


def test_the_token_follows_from_the_secret() -> None:
    assert owner_token(b"a" * 32) == owner_token(b"a" * 32) != owner_token(b"b" * 32)


def test_it_has_144_bits_and_needs_no_escaping_in_a_link() -> None:
    token = owner_token(b"a" * 32)
    assert len(token) == 24
    assert token.replace("-", "a").replace("_", "a").isalnum()


def test_the_hash_is_sha_256() -> None:
    assert owner_token_hash("x") == hashlib.sha256(b"x").digest()

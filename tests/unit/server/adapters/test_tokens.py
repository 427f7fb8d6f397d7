from __future__ import annotations

import base64
import contextlib
import json

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.adapters.tokens import JwtTokens, SigningKey
from server.domain.errors import Unauthenticated
from server.domain.ids import MAX_ID, SessionId, Snowflake, UserId

NOW_MS = 1_760_000_000_500
ANNA, SESSION = UserId(Snowflake(MAX_ID)), SessionId(Snowflake(7))
OLD, NEW = SigningKey("old", b"o" * 32), SigningKey("new", b"n" * 32)
TOKENS = JwtTokens([OLD], issuer="parley.test")
GOOD = {
    "iss": "parley.test",
    "aud": "parley",
    "sub": "5",
    "sid": "7",
    "iat": NOW_MS // 1000,
    "exp": NOW_MS // 1000 + 900,
}


def forged(claims: dict[str, object], key: SigningKey = OLD, algorithm: str = "HS256", **headers: object) -> str:
    return jwt.encode(claims, key.secret, algorithm, headers={"kid": key.kid, **headers})


def refusal(token: str, now_ms: int = NOW_MS, tokens: JwtTokens = TOKENS) -> str:
    with pytest.raises(Unauthenticated) as refused:
        tokens.read(token, now_ms)
    return refused.value.code


def test_a_token_says_who_and_until_when() -> None:
    claims = TOKENS.read(TOKENS.issue(ANNA, SESSION, NOW_MS), NOW_MS)
    assert (claims.user_id, claims.session_id) == (ANNA, SESSION)
    assert claims.expires_ms == NOW_MS // 1000 * 1000 + 900_000
    assert TOKENS.lifetime_s == 900


def test_a_token_ends_by_the_callers_clock() -> None:
    token = TOKENS.issue(ANNA, SESSION, NOW_MS)
    end_ms = TOKENS.read(token, NOW_MS).expires_ms
    assert TOKENS.read(token, end_ms - 1)  # type: ignore[truthy-bool]
    assert refusal(token, end_ms) == "token_expired"
    assert TOKENS.read(token, 0).user_id == ANNA


def test_the_header_names_algorithm_and_key() -> None:
    header = jwt.get_unverified_header(TOKENS.issue(ANNA, SESSION, NOW_MS))
    assert (header["alg"], header["kid"]) == ("HS256", "old")


def test_keys_are_rotated_without_logging_anybody_out() -> None:
    before = TOKENS.issue(ANNA, SESSION, NOW_MS)
    both = JwtTokens([NEW, OLD], issuer="parley.test")
    assert both.read(before, NOW_MS).user_id == ANNA
    after = both.issue(ANNA, SESSION, NOW_MS)
    assert jwt.get_unverified_header(after)["kid"] == "new"
    assert refusal(after) == "unauthenticated"
    assert refusal(before, tokens=JwtTokens([NEW], issuer="parley.test")) == "unauthenticated"


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "other.test"},
        {"aud": "other"},
        {"aud": ["other"]},
        {"sub": 5},
        {"sub": "five"},
        {"sub": str(MAX_ID + 1)},
        {"sub": "\u0665"},
        {"sid": None},
        {"sid": 7},
        {"sid": "-7"},
        {"sid": ["7"]},
        {"exp": "soon"},
        {"exp": None},
        {"exp": 1.5},
    ],
)
def test_claims_must_be_ours(wrong: dict[str, object]) -> None:
    assert TOKENS.read(forged(dict(GOOD)), NOW_MS).user_id == 5
    assert refusal(forged({**GOOD, **wrong})) == "unauthenticated"


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_no_claim_may_be_missing(missing: str) -> None:
    assert refusal(forged({key: value for key, value in GOOD.items() if key != missing})) == "unauthenticated"


def test_another_key_or_algorithm_is_not_believed() -> None:
    good = dict(GOOD)
    assert refusal(forged(good, SigningKey("old", b"x" * 32))) == "unauthenticated"
    assert refusal(forged(good, kid="unknown")) == "unauthenticated"
    assert refusal(forged(good, SigningKey("old", b"o" * 64), "HS512")) == "unauthenticated"
    assert refusal(forged(good, SigningKey("old", b"o" * 48), "HS384")) == "unauthenticated"
    unsigned = jwt.encode(good, "", "none", headers={"kid": "old"})
    assert refusal(unsigned) == "unauthenticated"
    anonymous = jwt.encode(good, OLD.secret, "HS256")
    assert refusal(anonymous) == "unauthenticated"


def test_a_header_of_another_shape_is_not_believed() -> None:
    _, payload, signature = TOKENS.issue(ANNA, SESSION, NOW_MS).split(".")
    headers: list[object] = [
        {"alg": "HS256", "kid": 5},
        {"kid": "old"},
        [],
        "old",
        {"alg": None, "kid": "old"},
        {"alg": []},
    ]
    for header in headers:
        written = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
        assert refusal(f"{written}.{payload}.{signature}") == "unauthenticated"


@given(st.one_of(st.text(), st.text(alphabet="eyJhbGciOi.-_=A1", max_size=80)))
def test_whatever_a_stranger_sends_is_refused_in_words(token: str) -> None:
    assert refusal(token) == "unauthenticated"


@given(st.integers(0, 400), st.characters(codec="ascii"))
def test_a_token_with_one_character_changed_is_refused_or_the_same(at: int, character: str) -> None:
    token = TOKENS.issue(ANNA, SESSION, NOW_MS)
    at %= len(token)
    changed = token[:at] + character + token[at + 1 :]
    with contextlib.suppress(Unauthenticated):
        claims = TOKENS.read(changed, NOW_MS)
        assert (claims.user_id, claims.session_id) == (ANNA, SESSION)


def test_a_very_long_token_is_not_looked_at() -> None:
    assert refusal("e" * 10_000_000) == "unauthenticated"
    assert refusal(forged({**GOOD, "more": "x" * 2000})) == "unauthenticated"


def test_keys_must_be_strong_and_have_names_of_their_own() -> None:
    with pytest.raises(ValueError, match="at least 32 bytes, not 31"):
        SigningKey("weak", b"x" * 31)
    with pytest.raises(ValueError, match="at least one"):
        JwtTokens([], issuer="parley.test")
    with pytest.raises(ValueError, match="same name"):
        JwtTokens([OLD, SigningKey("old", b"x" * 32)], issuer="parley.test")


def test_a_refresh_token_has_one_successor_under_each_key() -> None:
    both = JwtTokens([NEW, OLD], issuer="parley.test")
    assert both.successors("abc") == (*JwtTokens([NEW], issuer="x").successors("abc"), *TOKENS.successors("abc"))
    assert both.successors("abc") == both.successors("abc")
    assert len({*both.successors("abc"), *both.successors("abd")}) == 4
    (successor,) = TOKENS.successors("abc")
    assert len(base64.urlsafe_b64decode(successor + "=")) == 32

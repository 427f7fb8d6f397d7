from __future__ import annotations

import base64

import pytest

from server.domain.factors import (
    RECOVERY_BYTES,
    STEP_MS,
    matching_step,
    recovery_code,
    recovery_hash,
    secret_text,
    step_at,
    totp_code,
    totp_uri,
)

SECRET = b"12345678901234567890"
"""Of the examples in RFC 6238, appendix B."""


@pytest.mark.parametrize(
    ("time_s", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_rfc(time_s: int, code: str) -> None:
    step = step_at(time_s * 1000)
    assert totp_code(SECRET, step) == code
    assert matching_step(SECRET, code, time_s * 1000, -1) == step


def test_the_app_may_be_one_step_ahead_or_behind() -> None:
    now_ms = 100 * STEP_MS + 5
    found = {step: matching_step(SECRET, totp_code(SECRET, step), now_ms, -1) for step in range(97, 104)}
    assert found == {97: None, 98: None, 99: 99, 100: 100, 101: 101, 102: None, 103: None}


def test_a_used_code_is_used_and_so_are_those_before_it() -> None:
    now_ms = 100 * STEP_MS
    assert matching_step(SECRET, totp_code(SECRET, 100), now_ms, 100) is None
    assert matching_step(SECRET, totp_code(SECRET, 99), now_ms, 100) is None
    assert matching_step(SECRET, totp_code(SECRET, 101), now_ms, 100) == 101


def test_the_first_step_of_all_has_none_before_it() -> None:
    assert matching_step(SECRET, totp_code(SECRET, 0), 0, -1) == 0


def test_spaces_in_a_code_do_not_matter() -> None:
    code = totp_code(SECRET, 100)
    assert matching_step(SECRET, f" {code[:3]} {code[3:]} ", 100 * STEP_MS, -1) == 100


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "\ud800", "１２３４５６", "9" * 100_000])
def test_what_is_no_code_is_a_wrong_one(code: str) -> None:
    assert matching_step(SECRET, code, 100 * STEP_MS, -1) is None


def test_an_app_gets_secret_account_and_server() -> None:
    assert secret_text(SECRET) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    uri = totp_uri(SECRET, "anna", "talk.example.org")
    assert uri == f"otpauth://totp/talk.example.org:anna?secret={secret_text(SECRET)}&issuer=talk.example.org"


def test_recovery_codes_are_written_in_groups() -> None:
    code = recovery_code(bytes(range(RECOVERY_BYTES)))
    assert [len(group) for group in code.split("-")] == [6, 6, 6, 6]
    assert base64.b32decode(code.replace("-", "").upper()) == bytes(range(RECOVERY_BYTES))


def test_a_recovery_code_counts_however_it_is_typed() -> None:
    code = recovery_code(b"\x73\x96\x2e\x00" * 3 + b"\xff\x01\x02")
    kept = recovery_hash(7, code)
    assert kept is not None
    assert len(kept) == 32
    for typed in (code.upper(), code.replace("-", ""), f"  {code.replace('-', ' ')}\n"):
        assert recovery_hash(7, typed) == kept
    misread = code.translate(str.maketrans("olb", "018"))
    assert misread != code
    assert recovery_hash(7, misread) == kept


def test_the_same_code_of_another_is_another() -> None:
    code = recovery_code(bytes(RECOVERY_BYTES))
    assert recovery_hash(7, code) != recovery_hash(8, code)


@pytest.mark.parametrize("typed", ["", "abcdef", "a" * 25, "ä" * 24, "!" * 24, "\ud800" * 24, "-" * 1000])
def test_what_cannot_be_a_recovery_code_has_no_hash(typed: str) -> None:
    assert recovery_hash(7, typed) is None

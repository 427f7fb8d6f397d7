from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from server.domain.errors import (
    CODES,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    ParleyError,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)

PROTOCOL: Final = Path(__file__).parents[4] / "docs" / "protocol.md"

KINDS = {
    Invalid: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooLarge: 413,
    Unavailable: 503,
}


@pytest.mark.parametrize(("kind", "status"), KINDS.items())
def test_an_error_has_a_code_a_message_and_data(kind: type[ParleyError], status: int) -> None:
    error = kind("some_code", "Do something else.", field="name")
    assert (error.status, error.code, error.message) == (status, "some_code", "Do something else.")
    assert error.data == {"field": "name"}
    assert str(error) == "Do something else."
    assert re.fullmatch(r"[a-z_]+", error.code)


def test_slowing_down_says_for_how_long() -> None:
    error = TooMany("rate_limited", "Too often.", retry_after_s=3, rule="log_in")
    assert (error.status, error.retry_after_s) == (429, 3)
    assert error.data == {"retry_after_s": 3, "rule": "log_in"}


def test_the_protocol_has_every_code_under_its_status() -> None:
    table = PROTOCOL.read_text().partition("## Errors")[2].partition("## Objects")[0]
    documented = {
        code: int(status)
        for status, codes in re.findall(r"^\| (\d{3}) \|.*\|(.*)\|$", table, re.MULTILINE)
        for code in re.findall(r"`([a-z_]+)`", re.sub(r"\(.*?\)", "", codes))
    }
    assert documented == {code: kind.status for code, kind in CODES.items()}

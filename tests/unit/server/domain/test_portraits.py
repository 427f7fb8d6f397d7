from __future__ import annotations

from typing import Final

import pytest

from server.domain.entities import ProfileField
from server.domain.errors import ParleyError
from server.domain.limits import Limits
from server.domain.portraits import check_bio, check_fields

LIMITS: Final = Limits(bio_max=5, profile_fields_max=2, profile_field_name_max=4, profile_field_value_max=6)


@pytest.mark.parametrize(
    ("text", "bio"),
    [("", ""), ("  \n ", ""), (" a\r\nb ", "a\nb"), ("a\x00\x1bb", "ab"), ("e\u0301", "é"), ("e\u0301" * 5, "ééééé")],
)
def test_bios(text: str, bio: str) -> None:
    assert check_bio(text, LIMITS) == bio


@pytest.mark.parametrize(("text", "code"), [("sixsix", "too_long"), ("x" * 21, "too_long"), ("\ud800", "bad_request")])
def test_what_is_no_bio(text: str, code: str) -> None:
    with pytest.raises(ParleyError) as refused:
        check_bio(text, LIMITS)
    assert refused.value.code == code


def test_fields_are_lines() -> None:
    assert check_fields([ProfileField(name=" who ", value="they  x")], LIMITS) == (
        ProfileField(name="who", value="they x"),
    )
    assert check_fields([], LIMITS) == ()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ([("a", "b")] * 3, "too_many"),
        ([("", "b")], "too_short"),
        ([("a", " ")], "too_short"),
        ([("abcde", "b")], "too_long"),
        ([("a", "bcdefgh")], "too_long"),
        ([("a", "\u202e")], "bad_name"),
    ],
)
def test_what_are_no_fields(fields: list[tuple[str, str]], code: str) -> None:
    with pytest.raises(ParleyError) as refused:
        check_fields([ProfileField(name=name, value=value) for name, value in fields], LIMITS)
    assert refused.value.code == code

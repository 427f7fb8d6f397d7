from __future__ import annotations

import pytest

from server.actions.passwords import check_password, typed_password
from server.domain.errors import Invalid
from tests.support.actions import House


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("seven77", "too_short"),
        ("x" * 129, "too_long"),
        ("x" * 100_000, "too_long"),
        ("my anna is", "weak_password"),
        ("half \ud800 a character", "weak_password"),
    ],
)
async def test_what_cannot_be_a_password(house: House, password: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_password(house.actions, password, "anna")
    assert refused.value.code == code


async def test_lengths_count_after_normalisation(house: House) -> None:
    assert check_password(house.actions, "a\u0308" * 128, "anna") == "\u00e4" * 128
    with pytest.raises(Invalid):
        check_password(house.actions, "a\u0308" * 7, "anna")


def test_what_was_typed_is_brought_into_one_form_if_it_can_be_anybodys() -> None:
    assert typed_password("a\u0308bc", 128) == "\u00e4bc"
    assert typed_password("x" * 513, 128) is None
    assert typed_password("\ud800", 128) is None

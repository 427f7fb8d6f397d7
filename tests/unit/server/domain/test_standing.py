from __future__ import annotations

import pytest

from server.domain.ids import Snowflake, UserId
from server.domain.standing import Standing

ANNA = UserId(Snowflake(1))


def test_an_account_like_any_other() -> None:
    standing = Standing(user_id=ANNA)
    assert standing.plain
    assert not standing.away
    assert not standing.disabled
    assert not standing.is_over(2**53)


@pytest.mark.parametrize(
    "standing",
    [
        Standing(user_id=ANNA, disabled_ms=0),
        Standing(user_id=ANNA, deactivated_ms=0),
        Standing(user_id=ANNA, delete_after_ms=0),
    ],
)
def test_who_is_away(standing: Standing) -> None:
    assert standing.away
    assert not standing.plain


def test_a_note_alone_is_kept() -> None:
    assert not Standing(user_id=ANNA, disabled_reason="spam").plain


def test_the_time_to_come_back_ends() -> None:
    standing = Standing(user_id=ANNA, delete_after_ms=10)
    assert [standing.is_over(now_ms) for now_ms in (9, 10, 11)] == [False, True, True]

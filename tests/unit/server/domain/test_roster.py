from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from server.domain.access import GroupAccess, everyone_role_id
from server.domain.entities import Group
from server.domain.errors import Invalid
from server.domain.ids import MAX_ID, RoleId, Snowflake
from server.domain.roster import TOP, Spot, head_of, line_up, mark_of, read_mark
from tests.support.rows import ANNA, BEN, CLEO, GROUP, MODERATOR, SILENT, member, role, user_id

HELPERS = RoleId(Snowflake(4003))
ACCESS = GroupAccess.of(
    Group(id=GROUP, name="Gardeners", owner_id=ANNA),
    [
        replace(role(everyone_role_id(GROUP), position=0), hoisted=True),
        replace(role(MODERATOR, position=7), hoisted=True),
        replace(role(HELPERS, position=3), hoisted=True),
        role(SILENT, position=9),
    ],
    [],
)


def test_they_stand_under_their_highest_hoisted_role_and_then_by_id() -> None:
    dora, erik = user_id(1000), user_id(1009)
    line = line_up(
        ACCESS,
        [
            member(ANNA, role_ids=(SILENT,)),
            member(BEN, role_ids=(MODERATOR, HELPERS)),
            member(CLEO, role_ids=(HELPERS, SILENT)),
            member(erik, role_ids=(MODERATOR,)),
            member(dora),
        ],
    )
    assert [(head_of(spot), spot.user_id) for spot in line] == [
        (MODERATOR, BEN),
        (MODERATOR, erik),
        (HELPERS, CLEO),
        (None, dora),
        (None, ANNA),
    ]
    assert all(spot > TOP for spot in line)


def test_a_role_that_is_gone_counts_for_nothing() -> None:
    (spot,) = line_up(ACCESS.without_role(MODERATOR), [member(BEN, role_ids=(MODERATOR,))])
    assert head_of(spot) is None


@given(st.integers(0, 10_000), st.integers(0, MAX_ID), st.integers(0, MAX_ID))
def test_a_mark_leads_back_to_where_the_page_ended(position: int, role_id: int, number: int) -> None:
    spot = Spot(-position, role_id, number)
    assert read_mark(mark_of(spot)) == spot
    assert read_mark(mark_of(user_id(number))) == number


@pytest.mark.parametrize("mark", ["", "x", "1-2", "1-2-3-4", "-1", "1-2-", "123456-1-1", "٣", str(MAX_ID + 1), " 1"])
def test_what_is_no_mark(mark: str) -> None:
    with pytest.raises(Invalid):
        read_mark(mark)

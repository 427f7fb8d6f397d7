from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from server.domain.entities import Channel, ChannelKind
from server.domain.ids import ChannelId, Snowflake
from server.domain.order import STEP, arranged, positions
from tests.support.rows import channel

MAX = 10_000


@pytest.mark.parametrize(
    ("current", "expected"),
    [
        ([], []),
        ([3, 7, 9], [3, 7, 9]),
        ([10, 40, 20, 30], [10, 15, 20, 30]),
        ([30, 10, 20], [4, 10, 20]),
        ([10, 30, 20], [10, 15, 20]),
        ([0, 0, 0], [0, 16, 32]),
        ([2, 0, 1], [2, 18, 34]),
        ([MAX, MAX, 5], [1, 3, 5]),
        ([10, None, 20, None], [10, 15, 20, 36]),
    ],
)
def test_as_many_as_can_be_keep_their_position(current: list[int | None], expected: list[int]) -> None:
    assert positions(current, lowest=0, highest=MAX) == expected


def test_what_is_numbered_anew_leaves_room() -> None:
    assert positions([0, 0, 0], lowest=1, highest=MAX) == [STEP, 2 * STEP, 3 * STEP]
    assert positions([9, 4, 9], lowest=1, highest=4) == [1, 2, 3]
    assert positions([4, 4, 3, 1], lowest=1, highest=4) == [1, 2, 3, 4]
    with pytest.raises(ValueError, match="no room"):
        positions([1, 2, 3], lowest=1, highest=2)


@given(st.lists(st.none() | st.integers(-3, 40), max_size=12), st.integers(0, 5), st.integers(0, 30))
def test_positions_rise_within_their_bounds(current: list[int | None], lowest: int, more: int) -> None:
    highest = lowest + len(current) + more
    found = positions(current, lowest=lowest, highest=highest)
    assert len(found) == len(current)
    assert found == sorted(set(found))
    assert all(lowest <= one <= highest for one in found)
    assert positions(found, lowest=lowest, highest=highest) == found


# ------------------------------------------------------------------------------------------------------------ channels

A, B, C, D = (ChannelId(Snowflake(number)) for number in (1, 2, 3, 4))
SHED, ROOF = (ChannelId(Snowflake(number)) for number in (8, 9))


def at(id_: ChannelId, position: int, category_id: ChannelId | None = None) -> Channel:
    kind = ChannelKind.CATEGORY if id_ in (SHED, ROOF) else ChannelKind.TEXT
    return replace(channel(id_, kind=kind, position=position), category_id=category_id)


GROUP = [at(A, 10), at(SHED, 20), at(B, 30, SHED), at(C, 40, SHED), at(ROOF, 50), at(D, 60, ROOF)]


def shown(channels: list[Channel], changed: list[Channel]) -> list[tuple[ChannelId, ChannelId | None]]:
    now = {one.id: one for one in [*channels, *changed]}
    return [(one.id, one.category_id) for one in sorted(now.values(), key=lambda each: (each.position, each.id))]


def test_what_stands_right_does_not_change() -> None:
    wanted = {A: None, SHED: None, B: SHED, C: SHED, ROOF: None, D: ROOF}
    assert arranged(GROUP, wanted, position_max=MAX) == []
    apart = {SHED: None, ROOF: None, D: ROOF, A: None, B: SHED, C: SHED}
    assert shown(GROUP, arranged(GROUP, apart, position_max=MAX)) == [
        (SHED, None),
        (B, SHED),
        (C, SHED),
        (ROOF, None),
        (D, ROOF),
        (A, None),
    ]


def test_one_channel_moves_alone() -> None:
    wanted = {A: None, SHED: None, B: SHED, ROOF: None, C: ROOF, D: ROOF}
    assert arranged(GROUP, wanted, position_max=MAX) == [at(C, 55, ROOF)]


def test_a_category_takes_its_channels_along() -> None:
    changed = arranged(GROUP, {ROOF: None, SHED: None, A: None}, position_max=MAX)
    assert shown(GROUP, changed) == [(ROOF, None), (D, ROOF), (SHED, None), (B, SHED), (C, SHED), (A, None)]


def test_what_is_not_named_stays_behind_what_it_followed() -> None:
    four = [at(A, 10), at(B, 20), at(C, 30), at(D, 40)]
    assert shown(four, arranged(four, {D: None, C: None, A: None}, position_max=MAX)) == [
        (D, None),
        (C, None),
        (A, None),
        (B, None),
    ]
    assert shown(four, arranged(four, {D: None, C: None}, position_max=MAX)) == [
        (A, None),
        (B, None),
        (D, None),
        (C, None),
    ]
    assert shown(GROUP, arranged(GROUP, {B: None, A: None, SHED: None, ROOF: None}, position_max=MAX)) == [
        (B, None),
        (A, None),
        (SHED, None),
        (C, SHED),
        (ROOF, None),
        (D, ROOF),
    ]


@st.composite
def rearrangements(draw: st.DrawFn) -> tuple[list[Channel], dict[ChannelId, ChannelId | None]]:
    categories = [at(one, draw(st.integers(0, 9))) for one in (SHED, ROOF)]
    homes = st.sampled_from([None, SHED, ROOF])
    channels = [at(one, draw(st.integers(0, 9)), draw(homes)) for one in (A, B, C, D)]
    named = draw(st.permutations([A, B, C, D, SHED, ROOF]))[: draw(st.integers(0, 6))]
    return [*categories, *channels], {one: None if one in (SHED, ROOF) else draw(homes) for one in named}


@given(rearrangements())
def test_what_is_named_stands_as_it_was_named(
    drawn: tuple[list[Channel], dict[ChannelId, ChannelId | None]],
) -> None:
    channels, wanted = drawn
    after = {one.id: one for one in [*channels, *arranged(channels, wanted, position_max=MAX)]}
    now = sorted(after.values(), key=lambda one: (one.position, one.id))
    for parent in (None, SHED, ROOF):
        order = [one.id for one in now if one.category_id == parent]
        assert [one for one in order if one in wanted] == [one for one in wanted if wanted[one] == parent]
    for before in channels:
        if before.id not in wanted:
            assert after[before.id].category_id == before.category_id
    assert [one for one in channels if replace(after[one.id], position=0) != replace(one, position=0)] == [
        one for one in channels if one.id in wanted and wanted[one.id] != one.category_id
    ]

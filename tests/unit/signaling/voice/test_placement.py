from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from media.control import ParticipantId
from signaling.voice.placement import NodeId, ParticipantNumbers, choose_node


def nodes(*loads: int) -> dict[NodeId, int]:
    return {NodeId(index): load for index, load in enumerate(loads)}


@pytest.mark.parametrize(
    ("present", "loads", "chosen"),
    [
        (None, nodes(5), 0),
        (None, nodes(5, 3, 3), 1),
        (NodeId(0), nodes(5, 0), 0),
        (NodeId(7), nodes(5, 4), 1),
    ],
)
def test_the_rule(present: NodeId | None, loads: dict[NodeId, int], chosen: int) -> None:
    assert choose_node(present, loads) == chosen


@given(st.lists(st.integers(0, 100), min_size=1, max_size=8), st.lists(st.integers(0, 5), max_size=200))
def test_rooms_stay_and_new_ones_even_out(start: list[int], joins: list[int]) -> None:
    loads, rooms = nodes(*start), dict[int, NodeId]()
    for room in joins:
        chosen = choose_node(rooms.get(room), loads)
        assert rooms.setdefault(room, chosen) == chosen
        if list(rooms.values()).count(chosen) == 1:
            assert loads[chosen] >= 0
        loads[chosen] += 1


def test_numbers_rise_from_where_they_start() -> None:
    numbers = ParticipantNumbers(41)
    assert [numbers.next(()) for _ in range(3)] == [42, 43, 44]


def test_numbers_pass_over_zero_and_those_in_use() -> None:
    numbers = ParticipantNumbers((1 << 32) - 2)
    taken = {ParticipantId(1), ParticipantId(2)}
    assert [numbers.next(taken) for _ in range(3)] == [(1 << 32) - 1, 3, 4]


@given(st.integers(0, 1 << 40), st.integers(1, 50))
def test_numbers_are_unique_and_have_32_bits(start: int, count: int) -> None:
    numbers, taken = ParticipantNumbers(start), set[ParticipantId]()
    for _ in range(count):
        number = numbers.next(taken)
        assert 0 < number < 1 << 32
        assert number not in taken
        taken.add(number)

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from media.core.sequence import Reception, Unwrapper


def test_numbers_go_on_over_the_wrap() -> None:
    numbers = Unwrapper(16)
    first = numbers.extend(65_534)
    assert [numbers.extend(value) - first for value in (65_535, 0, 1)] == [1, 2, 3]


def test_a_late_number_is_placed_before_and_does_not_become_the_reference() -> None:
    numbers = Unwrapper(16)
    first = numbers.extend(1)
    assert numbers.extend(65_535) == first - 2
    assert numbers.highest == first


def test_peeking_takes_no_note() -> None:
    numbers = Unwrapper(16)
    assert numbers.peek(5) == numbers.peek(5)
    assert numbers.highest is None
    first = numbers.extend(5)
    assert numbers.peek(9) == first + 4
    assert numbers.highest == first


@given(st.integers(0, 1 << 20), st.lists(st.integers(-1_000, 30_000), max_size=50))
def test_any_walk_of_steps_below_half_is_followed_exactly(start: int, steps: list[int]) -> None:
    numbers = Unwrapper(16)
    offset = numbers.extend(start & 0xFFFF) - start
    highest = start
    for step in steps:
        value = highest + step
        assert numbers.extend(value & 0xFFFF) - offset == value
        highest = max(highest, value)


def test_nothing_to_report_before_the_first_packet() -> None:
    assert Reception(48_000).report() is None


def test_no_loss() -> None:
    reception = Reception(48_000)
    for index in range(100):
        reception.received(65_500 + index, index * 960, index * 0.02)
    block = reception.report()
    assert block is not None
    assert (block.fraction_lost, block.cumulative_lost, block.highest_sequence) == (0, 0, 65_599)
    assert block.jitter == 0


def test_half_lost_since_the_last_report() -> None:
    reception = Reception(48_000)
    for index in range(100):
        reception.received(index, index * 960, index * 0.02)
    reception.report()
    for index in range(100, 200, 2):
        reception.received(index, index * 960, index * 0.02)
    block = reception.report()
    assert block is not None
    # 99 were expected (100 to 198), 50 came.
    assert (block.fraction_lost, block.cumulative_lost) == (49 * 256 // 99, 49)
    again = reception.report()
    assert again is not None
    assert (again.fraction_lost, again.cumulative_lost) == (0, 49)


def test_late_packets_and_duplicates_make_up_for_loss_and_never_count_below() -> None:
    reception = Reception(48_000)
    for sequence in (0, 2, 1, 2, 2):
        reception.received(sequence, sequence * 960, 0.0)
    block = reception.report()
    assert block is not None
    assert (block.fraction_lost, block.cumulative_lost) == (0, -2)


def test_packets_put_aside_count_once_a_later_one_is_authentic() -> None:
    reception = Reception(48_000)
    reception.received(0, 0, 0.0)
    for _ in range(9):
        reception.withheld()
    block = reception.report()
    assert block is not None
    assert block.highest_sequence == 0
    reception.received(10, 9600, 0.2)
    block = reception.report()
    assert block is not None
    assert (block.fraction_lost, block.cumulative_lost) == (0, 0)


def test_forged_packets_put_aside_vouch_for_no_more_than_the_gap() -> None:
    reception = Reception(48_000)
    reception.received(0, 0, 0.0)
    for _ in range(1_000):
        reception.withheld()
    reception.received(3, 2880, 0.06)
    reception.received(10, 9600, 0.2)
    block = reception.report()
    assert block is not None
    assert block.cumulative_lost == 6


def test_jitter_is_the_moving_mean_of_rfc_3550() -> None:
    reception = Reception(48_000)
    for index in range(200):
        late_s = 0.01 if index % 2 else 0.0
        reception.received(index, index * 960, index * 0.02 + late_s)
    block = reception.report()
    assert block is not None
    assert 470 <= block.jitter <= 480

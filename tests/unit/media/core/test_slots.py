from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from media.core.slots import HOLD_S, LOUDER_FOR_S, TENURE_S, SlotTable


def full(count: int, people: int) -> SlotTable:
    table = SlotTable(count)
    for person in range(1, people + 1):
        table.add(person, 0.0)
    return table


def test_a_slot_each_while_there_are_enough() -> None:
    table = SlotTable(3)
    assert [table.add(person, 0.0) for person in (7, 8, 9)] == [True, True, True]
    assert table.holders == [7, 8, 9]
    assert [table.slot_of(person) for person in (7, 8, 9, 10)] == [0, 1, 2, None]


def test_adding_twice_changes_nothing() -> None:
    table = full(3, 2)
    assert not table.add(1, 1.0)
    assert table.holders == [1, 2, 0]


def test_one_too_many_waits() -> None:
    table = full(2, 2)
    assert not table.add(3, 0.0)
    assert table.holders == [1, 2]


def test_those_who_leave_free_their_slot_for_one_who_waits() -> None:
    table = full(2, 3)
    assert table.remove(1, 1.0)
    assert table.holders == [3, 2]
    assert table.slot_of(3) == 0


def test_a_slot_stays_free_while_not_everyone_can_have_one() -> None:
    table = full(2, 4)
    assert table.remove(1, 1.0)
    assert table.holders == [0, 2]
    assert table.heard(4, 20, 1.0)
    assert table.holders == [4, 2]


def test_one_without_a_slot_leaves_and_nobody_moves() -> None:
    table = full(2, 4)
    assert not table.remove(4, 1.0)
    assert not table.remove(99, 1.0)
    assert table.holders == [1, 2]


def test_the_holder_silent_longest_gives_way() -> None:
    table = full(2, 3)
    table.heard(1, 20, 5.0)
    table.heard(2, 20, 4.0)
    assert table.heard(3, 20, 6.5)
    assert table.holders == [1, 3]
    assert table.slot_of(2) is None


def test_a_short_pause_costs_no_slot() -> None:
    table = full(2, 3)
    table.heard(1, 20, 5.0)
    table.heard(2, 20, 5.0)
    assert not table.heard(3, 20, 5.0 + HOLD_S - 0.01)
    assert table.holders == [1, 2]


def test_a_stranger_is_passed_over() -> None:
    assert not full(1, 1).heard(9, 20, 0.0)


def converse(table: SlotTable, levels: dict[int, int], start_s: float, duration_s: float) -> bool:
    changed = False
    for step in range(round(duration_s / 0.02)):
        for person, level in levels.items():
            changed |= table.heard(person, level, start_s + 0.02 * step)
    return changed


def test_one_clearly_louder_takes_the_quietest_slot_after_a_while() -> None:
    table = full(2, 3)
    assert not converse(table, {1: 20, 2: 40}, 0.0, TENURE_S)
    assert not converse(table, {1: 20, 2: 40, 3: 25}, TENURE_S, LOUDER_FOR_S - 0.05)
    assert converse(table, {1: 20, 2: 40, 3: 25}, TENURE_S + LOUDER_FOR_S - 0.05, 0.2)
    assert table.holders == [1, 3]


def test_one_as_loud_as_the_others_waits_for_a_pause() -> None:
    table = full(2, 3)
    converse(table, {1: 20, 2: 24}, 0.0, TENURE_S)
    assert not converse(table, {1: 20, 2: 24, 3: 22}, TENURE_S, 5.0)


def test_a_new_holder_has_its_time() -> None:
    table = full(1, 2)
    table.remove(1, 9.0)
    table.add(3, 9.0)
    assert not converse(table, {2: 50, 3: 20}, 9.0, TENURE_S - 0.1)


def test_coughs_are_no_challenge() -> None:
    table = full(1, 2)
    converse(table, {1: 50}, 0.0, TENURE_S)
    for step in range(200):
        now_s = TENURE_S + 0.02 * step
        table.heard(1, 50, now_s)
        if step % 25 == 0:
            assert not table.heard(2, 5, now_s)


happenings = st.lists(
    st.tuples(st.sampled_from(["add", "remove", "heard"]), st.integers(1, 8), st.integers(0, 127)), max_size=200
)


@given(st.integers(1, 4), happenings)
def test_slots_are_never_shared_never_doubled_and_given_to_all_if_they_suffice(
    count: int, actions: list[tuple[str, int, int]]
) -> None:
    table, people, now_s = SlotTable(count), set[int](), 0.0
    for action, person, level in actions:
        now_s += 0.3
        before = list(table.holders)
        if action == "add":
            changed = table.add(person, now_s)
            people.add(person)
        elif action == "remove":
            changed = table.remove(person, now_s)
            people.discard(person)
        else:
            changed = table.heard(person, level, now_s)
        assert changed == (table.holders != before)
        held = [holder for holder in table.holders if holder]
        assert len(held) == len(set(held))
        assert set(held) <= people
        assert all(table.slot_of(holder) == table.holders.index(holder) for holder in held)
        assert all(table.slot_of(other) is None for other in people - set(held))
        if len(people) <= count:
            assert set(held) == people

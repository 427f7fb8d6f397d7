from __future__ import annotations

import pytest

from server.domain.ids import EPOCH_MS, MAX_ID, Snowflake, Snowflakes

NOW_MS = EPOCH_MS + 1_000_000


def test_an_id_knows_when_it_was_born() -> None:
    assert Snowflakes().next(NOW_MS).created_ms == NOW_MS
    assert Snowflake(0).created_ms == EPOCH_MS


def test_ids_rise_within_a_millisecond_and_when_the_clock_steps_back() -> None:
    ids = Snowflakes()
    given = [ids.next(now_ms) for now_ms in (NOW_MS, NOW_MS, NOW_MS - 5000, NOW_MS + 1, 0)]
    assert given == sorted(set(given))
    assert all(isinstance(one, Snowflake) for one in given)


def test_an_id_comes_after_the_one_it_must_follow() -> None:
    ids = Snowflakes()
    far = ids.next(NOW_MS + 60_000)
    fresh = Snowflakes()
    assert fresh.next(NOW_MS, after=far) == far + 1
    assert fresh.next(NOW_MS, after=0) == far + 2


def test_ids_go_on_after_a_restart() -> None:
    last = Snowflakes().next(NOW_MS)
    assert Snowflakes(last=last).next(NOW_MS) > last


def test_workers_give_different_ids() -> None:
    assert Snowflakes(1).next(NOW_MS) != Snowflakes(2).next(NOW_MS)
    assert Snowflakes(1023).next(NOW_MS).created_ms == NOW_MS


@pytest.mark.parametrize("worker", [-1, 1024])
def test_there_are_1024_workers(worker: int) -> None:
    with pytest.raises(ValueError, match="worker must be 0 to 1023"):
        Snowflakes(worker)


def test_before_the_epoch_time_stands_still() -> None:
    assert Snowflakes().next(0).created_ms == EPOCH_MS


def test_ids_fit_63_bits_for_sixty_nine_years() -> None:
    assert Snowflakes(1023).next(EPOCH_MS + (1 << 41) - 1) <= MAX_ID


def test_the_first_id_of_a_moment_is_the_lowest_made_then() -> None:
    first = Snowflake.at(NOW_MS)
    assert first.created_ms == NOW_MS
    assert Snowflake(first - 1).created_ms == NOW_MS - 1
    assert Snowflakes(0).next(NOW_MS) >= first
    assert Snowflake.at(0) == 0

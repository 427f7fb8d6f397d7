from __future__ import annotations

import pytest

from signaling.limits import Kind, Rate, Rates, TokenBucket


def test_a_burst_passes_then_the_wait_is_told() -> None:
    bucket = TokenBucket(Rate(3, 2.0), 100.0)
    assert [bucket.take(100.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert bucket.take(100.0) == pytest.approx(0.5)
    assert bucket.take(100.25) == pytest.approx(0.25)
    assert bucket.take(100.5) == 0.0


def test_a_refusal_costs_nothing_and_rest_fills_up_to_the_burst() -> None:
    bucket = TokenBucket(Rate(2, 1.0), 0.0)
    for _ in range(10):
        bucket.take(0.0)
    assert [bucket.take(1000.0) for _ in range(3)] == [0.0, 0.0, 1.0]


def test_a_clock_that_steps_back_gives_nothing_away() -> None:
    bucket = TokenBucket(Rate(1, 1.0), 50.0)
    assert bucket.take(50.0) == 0.0
    assert bucket.take(10.0) == pytest.approx(1.0)
    assert bucket.take(50.5) == pytest.approx(0.5)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_rate(kind: Kind) -> None:
    rate = Rates().of(kind)
    assert rate.burst >= 1
    assert rate.per_s > 0

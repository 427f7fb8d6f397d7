from __future__ import annotations

import time

import time_machine

from server.adapters.clock import SystemClock


def test_the_wall_clock_is_that_of_the_machine() -> None:
    with time_machine.travel(1_800_000_000, tick=False):
        assert SystemClock().now_ms() == 1_800_000_000_000


def test_the_other_one_never_runs_backwards() -> None:
    clock = SystemClock()
    before = time.monotonic()
    readings = [clock.monotonic_s() for _ in range(100)]
    assert before <= readings[0]
    assert readings == sorted(readings)

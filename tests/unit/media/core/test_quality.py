from __future__ import annotations

import pytest

from media.core.quality import MAX_FRACTION, ListenersLoss, told_fraction


def test_nobody_has_reported() -> None:
    assert ListenersLoss().fraction(0.0) == 0


def test_the_75th_percentile_not_the_worst() -> None:
    losses = ListenersLoss()
    for listener, fraction in enumerate([0, 10, 20, 200]):
        losses.report(listener, fraction, 0.0)
    assert losses.fraction(1.0) == 20


def test_one_listener_is_all_there_is() -> None:
    losses = ListenersLoss()
    losses.report(1, 30, 0.0)
    assert losses.fraction(0.0) == 30


def test_a_newer_report_replaces_the_older() -> None:
    losses = ListenersLoss()
    losses.report(1, 30, 0.0)
    losses.report(1, 3, 1.0)
    assert losses.fraction(1.0) == 3


def test_reports_lapse_after_the_window() -> None:
    losses = ListenersLoss()
    losses.report(1, 30, 0.0)
    assert losses.fraction(5.0) == 30
    assert losses.fraction(5.1) == 0


def test_those_who_leave_are_forgotten() -> None:
    losses = ListenersLoss()
    losses.report(1, 30, 0.0)
    losses.forget(1)
    losses.forget(2)
    assert losses.fraction(0.0) == 0


def test_another_speaker_starts_clean() -> None:
    losses = ListenersLoss()
    losses.report(1, 30, 0.0)
    losses.clear()
    assert losses.fraction(0.0) == 0


def test_the_board_is_bounded() -> None:
    losses = ListenersLoss()
    for listener in range(5_000):
        losses.report(listener, 0 if listener < 4_096 else 255, 0.0)
    assert losses.fraction(0.0) == 0


@pytest.mark.parametrize(("uplink", "listeners", "told"), [(3, 9, 9), (9, 3, 9), (255, 0, MAX_FRACTION)])
def test_what_the_speaker_is_told(uplink: int, listeners: int, told: int) -> None:
    assert told_fraction(uplink, listeners) == told

from __future__ import annotations

from media.pacing import ENTER_WAKES, LEAVE_PACKETS, STALE_S, WINDOW_S, Backlog, Pacing


def feed(pacing: Pacing, start_s: float, wakes_in_window: int, packets: int, windows: int = 3) -> list[bool]:
    """The mode after each window of evenly spread wake-ups."""
    modes = []
    for window in range(windows):
        for wake in range(wakes_in_window):
            pacing.woke(packets, start_s + WINDOW_S * (window + wake / wakes_in_window))
        modes.append(pacing.polling)
    return modes


def test_a_few_speakers_are_served_at_once() -> None:
    assert feed(Pacing(), 5.0, ENTER_WAKES - 5, 3) == [False, False, False]


def test_many_wake_ups_turn_to_looking_and_tell_once() -> None:
    pacing = Pacing()
    changes = [pacing.woke(1, 5.0 + WINDOW_S * wake / (ENTER_WAKES + 5)) for wake in range(3 * ENTER_WAKES)]
    assert changes.count(True) == 1
    assert pacing.polling


def test_looking_goes_on_while_there_is_something_to_see() -> None:
    pacing = Pacing()
    feed(pacing, 5.0, ENTER_WAKES + 5, 1)
    assert feed(pacing, 5.0 + 3 * WINDOW_S, 90, 2)[1:] == [True, True]


def test_looking_ends_when_packets_become_few() -> None:
    pacing = Pacing()
    feed(pacing, 5.0, ENTER_WAKES + 5, 1)
    assert feed(pacing, 5.0 + 3 * WINDOW_S, LEAVE_PACKETS - 10, 1)[-1] is False


def test_a_burst_after_a_pause_is_no_load() -> None:
    pacing = Pacing()
    for _ in range(3):
        pacing.woke(1, 5.0)
    for _ in range(2 * ENTER_WAKES):
        pacing.woke(1, 5.01)
    assert not pacing.woke(1, 9.0)
    assert not pacing.polling


def test_what_is_looked_for_often_is_never_stale() -> None:
    backlog = Backlog(5.0)
    assert not any(backlog.looked(True, 5.0 + 0.1 * look) for look in range(100))


def test_a_first_look_after_a_stall_finds_stale_voice_and_the_next_does_not() -> None:
    backlog = Backlog(5.0)
    assert backlog.looked(True, 5.01 + STALE_S)
    assert not backlog.looked(True, 5.02 + STALE_S)


def test_voice_is_stale_until_the_socket_is_empty() -> None:
    backlog = Backlog(5.0)
    looks = [backlog.looked(False, 6.0), backlog.looked(False, 6.1), backlog.looked(True, 6.2)]
    assert looks == [True, True, True]
    assert not backlog.looked(False, 6.3)


def test_a_node_that_never_catches_up_drops_what_waited_too_long() -> None:
    backlog = Backlog(5.0)
    looks = [backlog.looked(False, 5.0 + 0.05 * look) for look in range(8)]
    assert looks == [False] * 6 + [True] * 2

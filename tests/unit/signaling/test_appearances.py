from __future__ import annotations

from msgspec.structs import replace

from server.domain.entities import ChosenStatus, Me, Presence, Status
from server.domain.presence import GRACE_S, SILENT_GRACE_S, offline
from signaling.appearances import Appearances
from tests.support.rows import ANNA, BEN, me

NOW_MS = 1_000_000
ME = me(ANNA, "anna")


def seen(status: Status, text: str = "") -> Presence:
    return Presence(user_id=ANNA, status=status, text=text)


def one_device(who: Me = ME) -> Appearances:
    appearances = Appearances()
    assert appearances.arrive("desk", who, NOW_MS) is not None
    return appearances


def test_the_first_device_is_told_and_others_that_change_nothing_are_not() -> None:
    appearances = Appearances()
    assert appearances.seen(ANNA) == offline(ANNA)
    assert appearances.arrive("desk", ME, NOW_MS) == seen(Status.ONLINE)
    assert appearances.arrive("phone", ME, NOW_MS) is None
    assert appearances.arrive("other", me(BEN, "ben"), NOW_MS) == Presence(user_id=BEN, status=Status.ONLINE)
    assert appearances.seen(ANNA) == seen(Status.ONLINE)


def test_somebody_is_offline_ten_seconds_after_the_last_device_is_gone() -> None:
    appearances = one_device()
    appearances.arrive("phone", ME, NOW_MS)
    appearances.leave("desk", 100.0)
    appearances.leave("phone", 105.0)
    assert appearances.due(105.0 + GRACE_S - 0.1, NOW_MS) == []
    assert appearances.seen(ANNA) == seen(Status.ONLINE)
    assert appearances.due(105.0 + GRACE_S, NOW_MS) == [offline(ANNA)]
    assert appearances.due(105.0 + GRACE_S, NOW_MS) == []


def test_whoever_is_back_in_time_was_never_away() -> None:
    appearances = one_device()
    appearances.leave("desk", 100.0)
    assert appearances.come_back("desk", NOW_MS) is None
    assert appearances.due(200.0, NOW_MS) == []
    assert appearances.seen(ANNA) == seen(Status.ONLINE)


def test_whoever_is_back_late_comes_anew() -> None:
    """The session waits for longer than others do; what was said meanwhile counts."""
    appearances = one_device()
    appearances.set_idle("desk", NOW_MS, idle=True)
    appearances.leave("desk", 100.0)
    assert appearances.due(110.0, NOW_MS) == [offline(ANNA)]
    assert appearances.choose(replace(ME, status_text="back soon"), NOW_MS) is None
    assert appearances.come_back("desk", NOW_MS) == seen(Status.IDLE, "back soon")


def test_a_line_that_fell_silent_counts_for_a_shorter_time() -> None:
    appearances = one_device()
    appearances.leave("desk", 100.0, silent=True)
    appearances.leave("desk", 101.0)  # the socket says so again when it has closed
    assert appearances.due(100.0 + SILENT_GRACE_S, NOW_MS) == [offline(ANNA)]


def test_an_ended_session_counts_for_a_moment_too() -> None:
    """Its client may identify anew."""
    appearances = one_device()
    appearances.end("desk", 100.0)
    assert appearances.come_back("desk", NOW_MS) is None
    assert appearances.due(109.0, NOW_MS) == []
    assert appearances.arrive("new", ME, NOW_MS) is None
    assert appearances.due(110.0, NOW_MS) == []
    assert len(appearances) == 1
    appearances.end("new", 200.0)
    assert appearances.due(210.0, NOW_MS) == [offline(ANNA)]
    assert len(appearances) == 0


def test_a_session_that_ends_long_after_its_socket_is_forgotten_at_once() -> None:
    appearances = one_device()
    appearances.leave("desk", 100.0)
    appearances.due(110.0, NOW_MS)
    assert len(appearances) == 1
    appearances.end("desk", 220.0)
    assert len(appearances) == 0
    assert appearances.choose(ME, NOW_MS) is None


def test_somebody_is_idle_when_all_their_devices_are() -> None:
    appearances = one_device()
    appearances.arrive("phone", ME, NOW_MS)
    assert appearances.set_idle("desk", NOW_MS, idle=True) is None
    assert appearances.set_idle("phone", NOW_MS, idle=True) == seen(Status.IDLE)
    assert appearances.set_idle("phone", NOW_MS, idle=True) is None
    assert appearances.set_idle("desk", NOW_MS, idle=False) == seen(Status.ONLINE)
    assert appearances.set_idle("phone", NOW_MS, idle=False) is None


def test_an_active_device_that_is_gone_leaves_the_idle_ones() -> None:
    appearances = one_device()
    appearances.arrive("phone", ME, NOW_MS)
    appearances.set_idle("phone", NOW_MS, idle=True)
    appearances.leave("desk", 100.0)
    assert appearances.due(110.0, NOW_MS) == [seen(Status.IDLE)]


def test_what_somebody_says_of_themselves() -> None:
    appearances = one_device()
    assert appearances.choose(replace(ME, status=ChosenStatus.DND), NOW_MS) == seen(Status.DND)
    assert appearances.choose(replace(ME, status=ChosenStatus.DND, display_name="Other"), NOW_MS) is None
    invisible = replace(ME, status=ChosenStatus.INVISIBLE, status_text="hidden")
    assert appearances.choose(invisible, NOW_MS) == offline(ANNA)
    assert appearances.arrive("phone", ME, NOW_MS) is None, "a later device knows nothing newer"
    assert appearances.choose(replace(invisible, status=ChosenStatus.ONLINE), NOW_MS) == seen(Status.ONLINE, "hidden")


def test_a_text_ends_by_itself() -> None:
    appearances = one_device(replace(ME, status_text="lunch", status_until_ms=NOW_MS + 5000))
    assert appearances.seen(ANNA) == seen(Status.ONLINE, "lunch")
    assert appearances.due(0.0, NOW_MS + 4999) == []
    assert appearances.due(0.0, NOW_MS + 5000) == [seen(Status.ONLINE)]
    assert appearances.due(0.0, NOW_MS + 5001) == []


def test_a_text_that_was_replaced_does_not_end_the_new_one() -> None:
    appearances = one_device(replace(ME, status_text="lunch", status_until_ms=NOW_MS + 5000))
    assert appearances.choose(replace(ME, status_text="holidays"), NOW_MS) == seen(Status.ONLINE, "holidays")
    assert appearances.due(0.0, NOW_MS + 5000) == []


def test_what_is_not_known_here_is_passed_over() -> None:
    appearances = Appearances()
    appearances.leave("nobody", 0.0)
    appearances.end("nobody", 0.0)
    assert appearances.come_back("nobody", NOW_MS) is None
    assert appearances.set_idle("nobody", NOW_MS, idle=True) is None
    assert appearances.choose(ME, NOW_MS) is None
    assert appearances.due(100.0, NOW_MS) == []

from __future__ import annotations

import pytest
from msgspec.structs import replace

from server.domain.entities import ChosenStatus, Presence, Status
from server.domain.presence import offline, seen_as
from tests.support.rows import ANNA, me

NOW_MS = 1_000
ME = me(ANNA, "anna")
IDLE, ACTIVE = True, False


@pytest.mark.parametrize(
    ("chosen", "devices", "expected"),
    [
        (ChosenStatus.ONLINE, [ACTIVE], Status.ONLINE),
        (ChosenStatus.ONLINE, [IDLE], Status.IDLE),
        (ChosenStatus.ONLINE, [IDLE, ACTIVE], Status.ONLINE),
        (ChosenStatus.ONLINE, [IDLE, IDLE], Status.IDLE),
        (ChosenStatus.ONLINE, [], Status.OFFLINE),
        (ChosenStatus.IDLE, [ACTIVE], Status.IDLE),
        (ChosenStatus.IDLE, [], Status.OFFLINE),
        (ChosenStatus.DND, [ACTIVE], Status.DND),
        (ChosenStatus.DND, [IDLE], Status.DND),
        (ChosenStatus.DND, [], Status.OFFLINE),
        (ChosenStatus.INVISIBLE, [ACTIVE], Status.OFFLINE),
        (ChosenStatus.INVISIBLE, [], Status.OFFLINE),
    ],
)
def test_how_somebody_is_seen(chosen: ChosenStatus, devices: list[bool], expected: Status) -> None:
    assert seen_as(replace(ME, status=chosen), devices, NOW_MS) == Presence(user_id=ANNA, status=expected)


def test_the_text_is_shown_until_it_ends() -> None:
    busy = replace(ME, status_text="busy")
    ending = replace(busy, status_until_ms=NOW_MS + 1)
    assert seen_as(busy, [ACTIVE], NOW_MS).text == "busy"
    assert seen_as(ending, [ACTIVE], NOW_MS).text == "busy"
    assert seen_as(ending, [ACTIVE], NOW_MS + 1).text == ""


def test_who_is_invisible_or_away_says_nothing() -> None:
    """Or the two could be told apart."""
    busy = replace(ME, status_text="busy")
    assert seen_as(busy, [], NOW_MS) == offline(ANNA)
    assert seen_as(replace(busy, status=ChosenStatus.INVISIBLE), [ACTIVE], NOW_MS) == offline(ANNA)
    assert offline(ANNA) == Presence(user_id=ANNA, status=Status.OFFLINE, text="")

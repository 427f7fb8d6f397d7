from __future__ import annotations

import pytest

from bench.peers.floor import _packets
from bench.scenarios import FRAMES_PER_S, VOICE, Scenario


@pytest.mark.parametrize(
    ("scenario", "a_frame"),
    [
        (Scenario("1x50", 1, 1, 50), 50),
        (Scenario("5x40", 1, 5, 40), 200),
        (Scenario("20x5", 20, 5, 0, conversation=True), 400),
        (Scenario("20x1x4", 20, 1, 4), 80),
    ],
)
def test_how_many_packets_are_forwarded(scenario: Scenario, a_frame: int) -> None:
    assert scenario.packets_per_s == a_frame * FRAMES_PER_S
    assert len(_packets(scenario)) == a_frame


@pytest.mark.parametrize("scenario", VOICE)
def test_the_floor_sends_nobody_their_own_voice_and_stays_in_the_room(scenario: Scenario) -> None:
    for listener, stream in _packets(scenario):
        assert 0 <= listener < scenario.people
        assert listener % scenario.members != stream - 1

from __future__ import annotations

from media.core.speakers import (
    AUDIBLE_DBOV,
    GATE_HANGOVER_S,
    INAUDIBLE_DBOV,
    SOURCE_LOST_S,
    SPEAKING_DBOV,
    SPEAKING_TRAILING_S,
    Gate,
    SpeakingDetector,
)


def test_the_gate_opens_at_an_audible_packet_and_not_before() -> None:
    gate = Gate()
    assert not gate.opens_at(AUDIBLE_DBOV + 1)
    assert gate.opens_at(AUDIBLE_DBOV)
    assert not gate.is_open
    gate.packet(AUDIBLE_DBOV + 1, 1.0)
    assert not gate.is_open
    gate.packet(AUDIBLE_DBOV, 1.0)
    assert gate.is_open
    assert gate.opens_at(127)


def test_the_gate_stays_open_through_short_silence() -> None:
    gate = Gate()
    gate.packet(20, 0.0)
    gate.packet(127, GATE_HANGOVER_S - 0.01)
    assert gate.is_open
    gate.packet(127, GATE_HANGOVER_S)
    assert not gate.is_open


def test_between_the_thresholds_an_open_gate_stays_and_a_closed_one_too() -> None:
    gate = Gate()
    gate.packet(INAUDIBLE_DBOV, 1.0)
    assert not gate.is_open
    gate.packet(20, 1.0)
    for index in range(100):
        gate.packet(INAUDIBLE_DBOV, 1.0 + 0.02 * index)
    assert gate.is_open


def test_a_source_without_packets_is_lost() -> None:
    gate = Gate()
    assert not gate.lost(99.0)
    gate.packet(20, 0.0)
    assert not gate.lost(SOURCE_LOST_S - 0.01)
    assert gate.lost(SOURCE_LOST_S)
    gate.close()
    assert not gate.lost(99.0)


def talk(detector: SpeakingDetector, start_s: float, packets: int, level_dbov: int = 20) -> list[bool]:
    return [detector.packet(level_dbov, start_s + 0.02 * index) for index in range(packets)]


def test_the_ring_lights_up_at_the_fourth_packet_and_tells_once() -> None:
    detector = SpeakingDetector()
    assert talk(detector, 1.0, 6) == [False, False, False, True, False, False]
    assert detector.speaking


def test_quiet_packets_light_no_ring() -> None:
    detector = SpeakingDetector()
    assert not any(talk(detector, 1.0, 50, SPEAKING_DBOV + 1))


def test_single_clicks_light_no_ring() -> None:
    detector = SpeakingDetector()
    assert not any(detector.packet(20, 1.0 + index) for index in range(10))


def test_the_ring_goes_out_after_the_trailing_time() -> None:
    detector = SpeakingDetector()
    talk(detector, 1.0, 5)
    last = 1.08
    assert not detector.tick(last + SPEAKING_TRAILING_S - 0.01)
    assert detector.tick(last + SPEAKING_TRAILING_S)
    assert not detector.tick(last + SPEAKING_TRAILING_S)
    assert not detector.speaking


def test_stopping_tells_whether_it_was_lit() -> None:
    detector = SpeakingDetector()
    assert not detector.stop()
    talk(detector, 1.0, 5)
    assert detector.stop()
    assert talk(detector, 1.1, 4) == [False, False, False, True]

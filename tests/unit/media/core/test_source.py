from __future__ import annotations

from media.core.rtp import RtpHeader
from media.core.source import (
    BURST_PACKETS,
    LEVEL_UNKNOWN_DBOV,
    MAX_PACKETS_PER_S,
    MAX_UNDECRYPTED,
    Held,
    Source,
    level_of,
)

SSRC = 77


def header(sequence: int, timestamp: int | None = None, level: int | None = 127, ssrc: int = SSRC) -> RtpHeader:
    its = sequence * 960 if timestamp is None else timestamp
    return RtpHeader(False, 111, sequence, its & 0xFFFFFFFF, ssrc, False, 20, level)


def started() -> Source:
    source = Source(111, SSRC, 1)
    source.authenticated(header(0), 0.0)
    return source


def test_other_payload_types_and_sources_are_not_mine() -> None:
    source = Source(111, None, 1)
    assert source.is_mine(header(0, ssrc=5))
    assert not source.is_mine(header(0)._replace(payload_type=110))
    source.authenticated(header(0), 0.0)
    assert source.ssrc == SSRC
    assert not source.is_mine(header(0, ssrc=5))
    assert source.is_mine(header(0))


def test_the_first_packet_of_an_unknown_source_is_decrypted_however_silent() -> None:
    source = Source(111, None, 1)
    assert source.must_decrypt(header(0))
    assert not started().must_decrypt(header(1))


def test_audible_packets_are_decrypted_unless_muted() -> None:
    source = started()
    assert source.must_decrypt(header(1, level=20))
    source.allowed = False
    assert not source.must_decrypt(header(1, level=20))


def test_an_open_gate_lets_all_through() -> None:
    source = started()
    source.gate.packet(20, 0.0)
    assert source.must_decrypt(header(1))


def test_without_a_level_everything_may_be_heard() -> None:
    assert level_of(header(1, level=None)) == LEVEL_UNKNOWN_DBOV
    assert started().must_decrypt(header(1, level=None))


def test_one_packet_in_so_many_is_decrypted_even_of_the_muted() -> None:
    source = started()
    source.allowed = False
    undecrypted = 0
    for index in range(1, 3 * MAX_UNDECRYPTED):
        packet = header(index & 0xFFFF)
        if source.must_decrypt(packet):
            source.authenticated(packet, 0.02 * index)
            undecrypted = 0
        else:
            source.hold(packet, b"")
            undecrypted += 1
        assert undecrypted < MAX_UNDECRYPTED


def test_the_last_three_held_go_first_oldest_first() -> None:
    source = started()
    for sequence in (1, 2, 4, 3):
        source.hold(header(sequence), b"%d" % sequence)
    onset, timestamp = source.authenticated(header(5, level=20), 0.1)
    assert [held.packet for held in source.take_preroll(onset, timestamp)] == [b"2", b"3", b"4"]
    assert source.take_preroll(onset, timestamp) == []


def test_held_packets_of_long_ago_stay_behind() -> None:
    source = started()
    source.hold(header(1), b"")
    source.hold(header(2, timestamp=48_000), b"recent")
    onset, timestamp = source.authenticated(header(3, timestamp=48_960, level=20), 1.0)
    assert [held.packet for held in source.take_preroll(onset, timestamp)] == [b"recent"]


def test_held_packets_from_before_the_last_forwarded_stay_behind() -> None:
    source = started()
    forwarded, _ = source.authenticated(header(3), 0.06)
    source.forwarded(forwarded)
    source.forwarded(forwarded - 1)
    source.hold(header(2), b"late")
    source.hold(header(4), b"new")
    onset, timestamp = source.authenticated(header(5, level=20), 0.1)
    assert [held.packet for held in source.take_preroll(onset, timestamp)] == [b"new"]


def test_held_packets_that_claim_to_be_newer_stay_behind() -> None:
    source = started()
    source.hold(header(9), b"forged")
    source.hold(header(2, timestamp=960_000), b"forged too")
    onset, timestamp = source.authenticated(header(3, level=20), 0.06)
    assert source.take_preroll(onset, timestamp) == []


def test_nothing_of_a_muted_one_is_held() -> None:
    source = started()
    source.allowed = False
    source.hold(header(1), b"secret")
    source.allowed = True
    onset, timestamp = source.authenticated(header(2, level=20), 0.04)
    assert source.take_preroll(onset, timestamp) == []


def test_skipped_packets_are_decrypted_now_and_then() -> None:
    source = started()
    skipped = [source.skip() for _ in range(MAX_UNDECRYPTED)]
    assert skipped == [False] * (MAX_UNDECRYPTED - 1) + [True]
    assert source.skip()  # until one was
    source.authenticated(header(200), 4.0)
    assert not source.skip()


def test_skipped_and_withheld_packets_count_together() -> None:
    source = started()
    for number in range(MAX_UNDECRYPTED - 2):
        source.hold(header(number), b"")
    assert not source.skip()
    assert source.must_decrypt(header(1))


def test_before_the_first_packet_there_is_nothing_to_stay_in_step_with() -> None:
    source = Source(111, SSRC, 1)
    source.ssrc = None
    assert not any(source.skip() for _ in range(2 * MAX_UNDECRYPTED))


def test_a_flood_is_cut_to_the_rate_after_a_burst() -> None:
    source = started()
    sent = [source.within_rate(10.0 + index / 10_000) for index in range(20_000)]
    assert all(sent[:BURST_PACKETS])
    assert abs(sum(sent) - (BURST_PACKETS + 2 * MAX_PACKETS_PER_S)) <= 1


def test_ordinary_speech_never_meets_the_limit() -> None:
    source = started()
    assert all(source.within_rate(10.0 + 0.01 * index) for index in range(2_000))


def test_numbers_of_a_held_packet_go_on_over_the_wrap() -> None:
    source = Source(111, SSRC, 1)
    sequence, timestamp = source.authenticated(header(65_535, timestamp=0xFFFFFFFF), 0.0)
    assert source.numbers(Held(0, 959, b"")) == (sequence + 1, timestamp + 960)


def test_silence_closes_forgets_and_tells_whether_they_spoke() -> None:
    source = started()
    source.gate.packet(20, 0.0)
    for index in range(5):
        source.detector.packet(20, 0.02 * index)
    source.hold(header(1), b"")
    assert source.silence()
    assert not source.gate.is_open
    assert not source.silence()
    onset, timestamp = source.authenticated(header(2, level=20), 0.04)
    assert source.take_preroll(onset, timestamp) == []


def test_what_was_put_aside_is_no_loss() -> None:
    source = started()
    for sequence in range(1, 50):
        source.hold(header(sequence), b"")
    source.authenticated(header(50), 1.0)
    block = source.reception.report()
    assert block is not None
    assert block.cumulative_lost == 0

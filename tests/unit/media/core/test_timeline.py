from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from media.core.timeline import MAX_GAP, REANCHOR_TICKS, Place, SlotLine

FRAME = 960


def spoken(line: SlotLine, first: int, timestamp: int, count: int, start_s: float) -> list[Place]:
    places = []
    for index in range(count):
        place = line.place(first + index, timestamp + FRAME * index, FRAME, start_s + 0.02 * index)
        assert place is not None
        places.append(place)
    return places


def test_nothing_has_a_place_before_a_stretch_begins() -> None:
    line = SlotLine(0.0)
    assert not line.open
    assert line.place(5, 0, FRAME, 0.0) is None


def test_a_stretch_runs_without_gaps_in_either_line() -> None:
    line = SlotLine(0.0)
    line.begin(1, 500, 77_000, 1.0)
    places = spoken(line, 500, 77_000, 3, 1.0)
    assert places == [Place(1, 48_000), Place(2, 48_960), Place(3, 49_920)]
    assert line.open


def test_the_marker_is_due_once_a_stretch() -> None:
    line = SlotLine(0.0)
    line.begin(1, 500, 0, 1.0)
    assert (line.takes_marker(), line.takes_marker()) == (True, False)


def test_loss_on_the_way_in_leaves_its_gap() -> None:
    line = SlotLine(0.0)
    line.begin(1, 500, 0, 1.0)
    first = line.place(500, 0, FRAME, 1.0)
    second = line.place(503, 3 * FRAME, FRAME, 1.06)
    assert first is not None
    assert second == Place(first.sequence + 3, first.timestamp + 3 * FRAME)


def test_an_overtaken_packet_keeps_its_place() -> None:
    line = SlotLine(0.0)
    line.begin(1, 500, 0, 1.0)
    line.place(500, 0, FRAME, 1.0)
    line.place(502, 2 * FRAME, FRAME, 1.04)
    assert line.place(501, FRAME, FRAME, 1.05) == Place(2, 48_960)
    assert line.next_sequence == 4


def test_an_overtaken_packet_with_an_absurd_timestamp_has_none() -> None:
    line = SlotLine(0.0)
    line.begin(1, 500, 0, 10.0)
    line.place(500, 0, FRAME, 10.0)
    line.place(502, 2 * FRAME, FRAME, 10.04)
    assert line.place(501, 2 * FRAME, FRAME, 10.05) is None
    assert line.place(501, -REANCHOR_TICKS, FRAME, 10.05) is None


def test_packets_from_before_the_stretch_have_no_place() -> None:
    line = SlotLine(0.0)
    line.begin(1, 500, 0, 1.0)
    line.place(500, 0, FRAME, 1.0)
    assert line.place(499, -FRAME, FRAME, 1.0) is None


def test_a_pause_ends_with_a_frame_right_after_and_closes_up() -> None:
    line = SlotLine(0.0)
    line.begin(1, 500, 0, 1.0)
    last = spoken(line, 500, 0, 2, 1.0)[-1]
    assert line.pause() == Place(last.sequence + 1, last.timestamp + FRAME)
    assert not line.open
    assert line.place(502, 2 * FRAME, FRAME, 1.04) is None
    # Fifty packets were withheld: the sequence closes up, the timestamp runs on.
    line.begin(1, 552, 52 * FRAME, 2.04)
    assert line.place(552, 52 * FRAME, FRAME, 2.04) == Place(last.sequence + 2, 48_000 + 52 * FRAME)


def test_another_source_is_tied_to_the_line() -> None:
    line = SlotLine(0.0)
    line.begin(1, 500, 0, 1.0)
    spoken(line, 500, 0, 2, 1.0)
    line.begin(2, 9, 123_456_789, 3.0)
    assert line.place(9, 123_456_789, FRAME, 3.0) == Place(3, 3 * 48_000)


def test_another_source_never_goes_back_behind_what_was_sent() -> None:
    line = SlotLine(0.0)
    line.begin(1, 500, 0, 1.0)
    last = spoken(line, 500, 0, 2, 1.0)[-1]
    line.begin(2, 9, 0, 1.001)
    assert line.place(9, 0, FRAME, 1.001) == Place(last.sequence + 1, last.timestamp + FRAME)


def test_a_clock_that_strayed_is_tied_anew_at_the_next_stretch() -> None:
    line = SlotLine(0.0)
    line.begin(1, 500, 0, 1.0)
    spoken(line, 500, 0, 2, 1.0)
    line.pause()
    # The machine slept for an hour: its clock says two frames later.
    line.begin(1, 502, 3 * FRAME, 3_601.0)
    assert line.place(502, 3 * FRAME, FRAME, 3_601.0) == Place(4, 3_601 * 48_000)


def test_a_huge_hole_is_a_restart_and_closes_up() -> None:
    line = SlotLine(0.0)
    line.begin(1, 500, 0, 1.0)
    line.place(500, 0, FRAME, 1.0)
    place = line.place(502 + MAX_GAP, FRAME, FRAME, 1.02)
    assert place == Place(2, 48_960)


def test_a_timestamp_that_goes_back_is_tied_anew() -> None:
    line = SlotLine(0.0)
    line.begin(1, 500, 5_000, 1.0)
    line.place(500, 5_000, FRAME, 1.0)
    assert line.place(501, 4_000, FRAME, 1.02) == Place(2, 48_960)


def test_packets_from_before_a_new_tie_have_no_place() -> None:
    line = SlotLine(0.0)
    line.begin(1, 500, 0, 1.0)
    line.place(500, 0, FRAME, 1.0)
    assert line.place(502, 10 * REANCHOR_TICKS, FRAME, 1.04) is not None
    assert line.place(501, FRAME, FRAME, 1.05) is None


def test_a_source_that_runs_away_is_thinned_out_and_the_line_stays_near() -> None:
    line = SlotLine(0.0)
    line.begin(1, 0, 0, 1.0)
    placed = []
    for index in range(1_000):  # 60 ms of audio every 20 ms
        now_s = 1.0 + 0.02 * index
        place = line.place(index, 2_880 * index, 2_880, now_s)
        if place is not None:
            placed.append(place)
            assert place.timestamp <= line.now(now_s) + REANCHOR_TICKS
    assert [place.sequence for place in placed] == list(range(1, len(placed) + 1))
    assert 300 < len(placed) < 500


moves = st.lists(
    st.tuples(
        st.sampled_from(["packet", "packet", "packet", "late", "pause", "switch"]),
        st.integers(1, 200),
        st.integers(-100_000, 100_000),
    ),
    max_size=60,
)


@given(moves)
def test_whatever_sources_do_no_number_is_given_twice_and_time_never_goes_back(
    actions: list[tuple[str, int, int]],
) -> None:
    line, now_s, source, sequence, timestamp = SlotLine(0.0), 1.0, 1, 1_000, 0
    used: set[int] = set()
    newest = Place(0, 0)
    for action, step, stray in actions:
        now_s += 0.02
        if action == "pause" and line.open:
            place: Place | None = line.pause()
        elif action == "switch":
            source += 1
            sequence, timestamp = step, stray
            line.begin(source, sequence, timestamp, now_s)
            place = line.place(sequence, timestamp, FRAME, now_s)
        elif action == "late":
            place = line.place(sequence - step, timestamp - FRAME * step, FRAME, now_s)
        else:
            sequence += step
            timestamp += FRAME + stray
            if not line.open:
                line.begin(source, sequence, timestamp, now_s)
            place = line.place(sequence, timestamp, FRAME, now_s)
        if place is None:
            continue
        if action == "late" and place.sequence in used:
            continue  # the same packet again: SRTP's replay list refuses it before it comes here
        assert place.sequence not in used
        used.add(place.sequence)
        if place.sequence > newest.sequence:
            assert place.timestamp > newest.timestamp
            newest = place
        else:
            assert place.timestamp < newest.timestamp

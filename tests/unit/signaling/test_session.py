from __future__ import annotations

import itertools

import pytest

from server.domain.ids import SessionId, Snowflake, UserId
from signaling.limits import Kind, Rate, Rates
from signaling.session import (
    HEARTBEAT_INTERVAL_S,
    IDENTIFY_WITHIN_S,
    REPLAY_BYTES,
    RESUME_WITHIN_S,
    Change,
    Connection,
    IllegalStep,
    Overdue,
    Phase,
    Session,
    State,
    Step,
)

LEGAL = {
    (Phase.GREETED, Step.IDENTIFY): Phase.OPENING,
    (Phase.GREETED, Step.RESUME): Phase.OPENING,
    (Phase.OPENING, Step.OPENED): Phase.LIVE,
    (Phase.OPENING, Step.NOT_RESUMED): Phase.RETURNED,
    (Phase.RETURNED, Step.IDENTIFY): Phase.OPENING,
    (Phase.LIVE, Step.HEARTBEAT): Phase.LIVE,
    (Phase.LIVE, Step.REQUEST): Phase.LIVE,
    (Phase.GREETED, Step.CLOSE): Phase.CLOSED,
    (Phase.OPENING, Step.CLOSE): Phase.CLOSED,
    (Phase.RETURNED, Step.CLOSE): Phase.CLOSED,
    (Phase.LIVE, Step.CLOSE): Phase.CLOSED,
}

PATHS = {
    Phase.GREETED: [],
    Phase.OPENING: [Step.IDENTIFY],
    Phase.RETURNED: [Step.RESUME, Step.NOT_RESUMED],
    Phase.LIVE: [Step.IDENTIFY, Step.OPENED],
    Phase.CLOSED: [Step.CLOSE],
}


def connection_in(phase: Phase, now_s: float = 0.0) -> Connection:
    connection = Connection(Rates(), now_s)
    for step in PATHS[phase]:
        connection.take(step, now_s)
    assert connection.phase is phase
    return connection


@pytest.mark.parametrize(("phase", "step"), list(itertools.product(Phase, Step)))
def test_each_step_in_each_phase(phase: Phase, step: Step) -> None:
    connection = connection_in(phase)
    after = LEGAL.get((phase, step))
    if after is not None:
        connection.take(step, 1.0)
        assert connection.phase is after
        return
    deadline = connection.overdue(IDENTIFY_WITHIN_S)
    with pytest.raises(IllegalStep, match=step.value):
        connection.take(step, 1000.0)
    assert connection.phase is phase
    assert connection.overdue(IDENTIFY_WITHIN_S) == deadline


def test_identify_must_come_in_time() -> None:
    connection = Connection(Rates(), 5.0)
    assert connection.overdue(5.0 + IDENTIFY_WITHIN_S - 0.01) is None
    assert connection.overdue(5.0 + IDENTIFY_WITHIN_S) is Overdue.IDENTIFY


def test_the_server_takes_its_own_time_to_open() -> None:
    assert connection_in(Phase.OPENING).overdue(1e9) is None


def test_after_not_resumed_identify_has_its_time_again() -> None:
    connection = connection_in(Phase.OPENING)
    connection.take(Step.NOT_RESUMED, 9.0)
    assert connection.overdue(9.0 + IDENTIFY_WITHIN_S - 0.01) is None
    assert connection.overdue(9.0 + IDENTIFY_WITHIN_S) is Overdue.IDENTIFY


def test_heartbeats_keep_a_connection_and_requests_do_not() -> None:
    connection = connection_in(Phase.LIVE)
    limit_s = 2 * HEARTBEAT_INTERVAL_S
    assert connection.overdue(limit_s - 0.01) is None
    assert connection.overdue(limit_s) is Overdue.HEARTBEAT
    connection.take(Step.REQUEST, 20.0)
    assert connection.overdue(limit_s) is Overdue.HEARTBEAT
    connection.take(Step.HEARTBEAT, 20.0)
    assert connection.overdue(limit_s) is None
    assert connection.overdue(20.0 + limit_s) is Overdue.HEARTBEAT


def test_a_closed_connection_owes_nothing() -> None:
    assert connection_in(Phase.CLOSED).overdue(1e9) is None


def test_each_kind_of_frame_is_counted_apart() -> None:
    connection = Connection(Rates(message=Rate(2, 1.0), typing=Rate(1, 0.5)), 0.0)
    assert [connection.spend(Kind.MESSAGE, 0.0) for _ in range(3)] == [0.0, 0.0, 1.0]
    assert [connection.spend(Kind.TYPING, 0.0) for _ in range(2)] == [0.0, 2.0]
    assert connection.spend(Kind.MESSAGE, 1.0) == 0.0


def a_session() -> Session:
    return Session("key", UserId(Snowflake(1)), SessionId(Snowflake(2)))


def test_events_are_counted_and_kept_without_copies() -> None:
    session = a_session()
    frames = [b"one", b"two", b"three"]
    for frame in frames:
        session.record(frame)
    assert session.sent == 3
    missed = session.missed(1)
    assert missed == (b"two", b"three")
    assert missed[0] is frames[1]
    assert session.missed(3) == ()


def test_what_is_acknowledged_is_forgotten() -> None:
    session = a_session()
    for frame in (b"a", b"bb", b"ccc"):
        session.record(frame)
    assert session.acknowledge(2)
    assert session.kept_bytes == 3
    assert session.missed(2) == (b"ccc",)
    assert session.missed(1) is None
    assert session.acknowledge(1), "an older acknowledgement, overtaken, is no mistake"
    assert session.kept_bytes == 3
    assert session.acknowledge(3)
    assert session.kept_bytes == 0
    assert session.missed(3) == ()
    session.record(b"d")
    assert session.missed(3) == (b"d",)


def test_what_was_never_sent_cannot_be_acknowledged_or_resumed() -> None:
    session = a_session()
    session.record(b"a")
    assert not session.acknowledge(2)
    assert session.kept_bytes == 1
    assert session.missed(2) is None
    assert session.missed(0) == (b"a",)


def test_the_ring_is_bounded_and_then_continuity_cannot_be_proved() -> None:
    session = a_session()
    frame = bytes(REPLAY_BYTES // 4)
    for _ in range(4):
        session.record(frame)
    assert session.kept_bytes == REPLAY_BYTES
    assert session.missed(0) == (frame,) * 4
    session.record(b"x")
    assert session.kept_bytes <= REPLAY_BYTES
    assert session.missed(0) is None
    assert session.missed(1) == (frame, frame, frame, b"x")


def test_a_frame_larger_than_the_ring_is_counted_and_not_kept() -> None:
    session = a_session()
    session.record(bytes(REPLAY_BYTES + 1))
    assert session.sent == 1
    assert session.kept_bytes == 0
    assert session.missed(0) is None
    assert session.missed(1) == ()


def test_a_session_waits_two_minutes_for_its_client() -> None:
    session = a_session()
    assert not session.expired(1e9), "an attached one does not expire"
    session.detach(100.0)
    session.record(b"meanwhile")
    assert not session.expired(100.0 + RESUME_WITHIN_S - 0.01)
    assert session.expired(100.0 + RESUME_WITHIN_S)
    session.attach()
    assert not session.expired(1e9)
    assert session.missed(0) == (b"meanwhile",)


def test_an_ended_session_holds_nothing() -> None:
    session = a_session()
    session.record(b"a")
    session.end()
    assert session.kept_bytes == 0
    assert session.missed(0) is None
    assert not session.expired(1e9)


@pytest.mark.parametrize(("state", "change"), list(itertools.product(State, Change)))
def test_each_change_in_each_state(state: State, change: Change) -> None:
    session = a_session()
    if state is State.DETACHED:
        session.detach(0.0)
    elif state is State.ENDED:
        session.end()
    legal = {
        (State.ATTACHED, Change.DETACH): State.DETACHED,
        (State.DETACHED, Change.ATTACH): State.ATTACHED,
        (State.ATTACHED, Change.END): State.ENDED,
        (State.DETACHED, Change.END): State.ENDED,
    }.get((state, change))

    def act() -> None:
        if change is Change.DETACH:
            session.detach(1.0)
        elif change is Change.ATTACH:
            session.attach()
        else:
            session.end()

    if legal is None:
        with pytest.raises(IllegalStep, match=change.value):
            act()
        assert session.state is state
    else:
        act()
        assert session.state is legal

from __future__ import annotations

from server.domain.ids import SessionId, Snowflake
from signaling.frames import CloseCode
from signaling.session import Session, State
from signaling.subscriber import Subscriber
from tests.support.rows import ANNA
from tests.support.sink import FakeSink


def subscriber() -> tuple[Subscriber, FakeSink]:
    sink = FakeSink()
    return Subscriber(Session("key", ANNA, SessionId(Snowflake(1))), sink), sink


def test_an_old_socket_that_goes_takes_nothing_along() -> None:
    one, old = subscriber()
    one.detach(old, 5.0)
    one.session.attach()
    one.sink = new = FakeSink()
    one.detach(old, 6.0)
    assert one.sink is new
    assert one.session.state is State.ATTACHED


def test_the_end_closes_and_stays() -> None:
    one, sink = subscriber()
    one.end(CloseCode.REVOKED)
    one.end(CloseCode.REVOKED)
    one.detach(sink, 5.0)
    assert sink.closed == [CloseCode.REVOKED]
    assert one.session.state is State.ENDED


def test_a_socket_that_goes_after_the_end_changes_nothing() -> None:
    one, sink = subscriber()
    one.session.end()
    one.detach(sink, 5.0)
    assert one.sink is None
    assert one.session.state is State.ENDED

from __future__ import annotations

from server.domain.ids import SessionId, Snowflake
from signaling.delivery import Delivery
from signaling.frames import CloseCode
from signaling.session import Session
from signaling.subscriber import Subscriber
from tests.support.rows import ANNA
from tests.support.sink import FakeSink


def subscriber() -> tuple[Subscriber, FakeSink]:
    sink = FakeSink()
    return Subscriber(Session("key", ANNA, SessionId(Snowflake(1))), sink), sink


def test_an_event_is_counted_and_written() -> None:
    one, sink = subscriber()
    Delivery().to([one], b"event")
    assert one.session.sent == 1
    assert sink.written == [b"event"]


def test_without_a_socket_events_wait() -> None:
    one, sink = subscriber()
    one.detach(sink, 5.0)
    Delivery().to([one], b"event")
    assert sink.written == []
    assert one.session.missed(0) == (b"event",)


def test_what_comes_together_is_one_write_for_each() -> None:
    (one, its_sink), (other, other_sink) = subscriber(), subscriber()
    delivery = Delivery()
    with delivery.gathering():
        delivery.to([one, other], b"a")
        delivery.to([one], b"b")
        delivery.to([other, one], b"c")
        assert its_sink.written == other_sink.written == []
    assert its_sink.written == [b"abc"]
    assert other_sink.written == [b"ac"]
    assert one.session.missed(0) == (b"a", b"b", b"c")
    assert other.session.missed(0) == (b"a", b"c")
    delivery.to([one], b"d")
    assert its_sink.written == [b"abc", b"d"]


def test_a_gathering_within_another_is_part_of_it() -> None:
    one, sink = subscriber()
    delivery = Delivery()
    with delivery.gathering():
        with delivery.gathering():
            delivery.to([one], b"a")
        delivery.to([one], b"b")
        assert sink.written == []
    assert sink.written == [b"ab"]


def test_what_was_gathered_is_written_after_a_failure_too() -> None:
    one, sink = subscriber()
    delivery = Delivery()
    try:
        with delivery.gathering():
            delivery.to([one], b"a")
            raise LookupError
    except LookupError:
        delivery.to([one], b"b")
    assert sink.written == [b"a", b"b"]


def test_who_leaves_meanwhile_is_written_to_no_more() -> None:
    (one, sink), (other, other_sink) = subscriber(), subscriber()
    delivery = Delivery()
    with delivery.gathering():
        delivery.to([one, other], b"a")
        one.detach(sink, 5.0)
        other.end(CloseCode.REVOKED)
    assert sink.written == other_sink.written == []
    assert one.session.missed(0) == (b"a",)
    assert other_sink.closed == [CloseCode.REVOKED]

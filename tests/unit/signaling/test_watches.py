from __future__ import annotations

from server.domain.ids import SessionId, Snowflake, UserId
from signaling.session import Session
from signaling.subscriber import Subscriber
from signaling.watches import WATCH_FOR_S, Watches
from tests.support.rows import ANNA, BEN, CLEO


def session(key: str, user_id: UserId = ANNA) -> Subscriber:
    return Subscriber(Session(key, user_id, SessionId(Snowflake(1))), None)


def test_who_looks_is_found_by_whom_they_look_at() -> None:
    watches = Watches()
    desk, phone = session("desk"), session("phone")
    watches.put(desk, [BEN, CLEO], [BEN], 0.0)
    watches.put(phone, [BEN], [BEN], 0.0)
    assert sorted(one.session.key for one in watches.watchers(BEN)) == ["desk", "phone"]
    assert watches.watchers(CLEO) == [], "asked for, and not shown"
    assert watches.asking(CLEO) == {ANNA}
    assert watches.watchers(ANNA) == []
    assert [watch.asked for watch in watches.of([desk, session("other")])] == [{BEN, CLEO}]


def test_the_next_watch_takes_the_place_of_the_one_before() -> None:
    watches = Watches()
    desk = session("desk")
    watches.put(desk, [BEN], [BEN], 0.0)
    watches.put(desk, [CLEO], [CLEO], 0.0)
    assert watches.watchers(BEN) == []
    assert watches.asking(BEN) == set()
    assert watches.watchers(CLEO) == [desk]
    watches.put(desk, [], [], 0.0)
    assert len(watches) == 0
    assert watches.watchers(CLEO) == []


def test_a_watch_ends_by_itself() -> None:
    watches = Watches()
    desk, phone = session("desk"), session("phone")
    watches.put(desk, [BEN], [BEN], 0.0)
    watches.put(phone, [BEN], [BEN], 1.0)
    watches.put(desk, [BEN], [BEN], 2.0)
    watches.expire(WATCH_FOR_S)
    assert len(watches) == 2
    watches.expire(WATCH_FOR_S + 1.0)
    assert watches.watchers(BEN) == [desk]
    watches.expire(WATCH_FOR_S + 2.0)
    assert (len(watches), watches.asking(BEN)) == (0, set())
    watches.expire(WATCH_FOR_S + 3.0)


def test_nothing_is_kept_of_a_session_that_is_over() -> None:
    watches = Watches()
    desk = session("desk")
    watches.put(desk, [BEN, CLEO], [BEN], 0.0)
    watches.drop(desk)
    watches.drop(desk)
    assert (len(watches), watches._about) == (0, {})

from __future__ import annotations

from server.actions.session_cache import SessionCache
from server.domain.events import Gap, GroupLeave, Published, SessionRevoked, ToUsers
from server.domain.ids import GroupId, SessionId, Snowflake, UserId
from server.ports import SessionRecord

USER = UserId(Snowflake(1))


def record(number: int) -> SessionRecord:
    return SessionRecord(
        id=SessionId(Snowflake(number)), user_id=USER, device="", address="", created_ms=0, used_ms=0, expires_ms=1
    )


def test_a_record_is_known_while_it_is_fresh() -> None:
    cache = SessionCache[SessionRecord](fresh_s=60)
    one = record(1)
    assert cache.get(one.id, 0) is None
    cache.put(one, 0, cache.revocations)
    assert cache.get(one.id, 60) is one
    assert cache.get(one.id, 60.1) is None
    assert cache.get(one.id, 0) is None


def test_a_revoked_session_is_forgotten_at_once_and_others_are_not() -> None:
    cache = SessionCache[SessionRecord]()
    one, other = record(1), record(2)
    for each in (one, other):
        cache.put(each, 0, cache.revocations)
    cache.receive(Published(ToUsers((USER,)), GroupLeave(group_id=GroupId(Snowflake(3)))))
    assert cache.get(one.id, 1) is one
    cache.receive(SessionRevoked(one.id))
    assert cache.get(one.id, 1) is None
    assert cache.get(other.id, 1) is other


def test_a_record_read_before_a_revocation_is_not_kept_after_it() -> None:
    cache = SessionCache[SessionRecord]()
    one = record(1)
    before = cache.revocations
    cache.receive(SessionRevoked(one.id))
    cache.put(one, 0, before)
    assert cache.get(one.id, 0) is None


def test_after_a_gap_nothing_is_known_and_what_was_read_before_is_not_kept() -> None:
    cache = SessionCache[SessionRecord]()
    one, other = record(1), record(2)
    cache.put(one, 0, cache.revocations)
    before = cache.revocations
    cache.receive(Gap())
    cache.put(other, 0, before)
    assert cache.get(one.id, 0) is None
    assert cache.get(other.id, 0) is None


def test_the_one_used_longest_ago_makes_room() -> None:
    cache = SessionCache[SessionRecord](capacity=2)
    for number in (1, 2):
        cache.put(record(number), 0, cache.revocations)
    cache.get(record(1).id, 1)
    cache.put(record(3), 1, cache.revocations)
    assert [cache.get(record(number).id, 1) is not None for number in (1, 2, 3)] == [True, False, True]

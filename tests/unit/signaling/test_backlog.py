from __future__ import annotations

import pytest

from server.domain.events import GroupLeave, MessageCreate, Published, SessionRevoked, ToChannel, ToUsers
from server.domain.ids import SessionId, Snowflake
from signaling import backlog
from signaling.backlog import Backlog, Entry, held
from tests.support.rows import ANNA, GENERAL, GROUP, RANDOM, message, message_id, user


def entry() -> Entry:
    return Entry(Published(ToUsers((ANNA,)), GroupLeave(group_id=GROUP)))


def written(number: int, channel_id: object = GENERAL) -> Entry:
    created = message(number, channel_id=GENERAL if channel_id is GENERAL else RANDOM)
    event = MessageCreate(message=created, author=user(ANNA, "anna"))
    return Entry(Published(ToChannel(GROUP, created.channel_id), event))


def test_nothing_is_kept_while_nobody_looks() -> None:
    log = Backlog()
    log.append(entry())
    assert len(log) == 0
    with log.mark() as mark:
        assert log.since(mark) == []


def test_what_comes_after_the_mark() -> None:
    log = Backlog()
    first, second, third = entry(), SessionRevoked(SessionId(Snowflake(1))), entry()
    with log.mark() as early:
        log.append(first)
        with log.mark() as late:
            log.append(second)
            log.append(third)
            assert log.since(early) == [first, second, third]
            assert log.since(late) == [second, third]
        assert log.since(early) == [first, second, third]
    assert len(log) == 0


def test_what_only_the_first_needed_is_dropped_with_it() -> None:
    log = Backlog()
    early = log.mark()
    early.__enter__()
    log.append(entry())
    with log.mark() as late:
        kept = entry()
        log.append(kept)
        early.__exit__(None, None, None)
        assert len(log) == 1
        assert log.since(late) == [kept]
    assert len(log) == 0


def test_a_mark_that_is_too_far_back_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "KEPT_MAX", 3)
    log = Backlog()
    with log.mark() as early:
        log.append(entry())
        with log.mark() as late:
            kept = [entry() for _ in range(3)]
            for one in kept:
                log.append(one)
            assert log.since(early) is None
            assert log.since(late) == kept
            assert len(log) == 3


def test_a_message_that_is_held_proves_all_before_it() -> None:
    entries = [entry(), written(5), entry(), written(7), entry()]
    newest = {GENERAL: message_id(6), RANDOM: None}
    assert held(entries, newest) == 2
    assert held(entries, {GENERAL: message_id(7)}) == 4
    assert held(entries, {GENERAL: message_id(4)}) == 0
    assert held(entries, {GENERAL: None}) == 0
    assert held([SessionRevoked(SessionId(Snowflake(1))), written(5, RANDOM)], {GENERAL: message_id(9)}) == 0


def test_an_entry_is_encoded_once() -> None:
    one = entry()
    assert one.frame is one.frame
    assert b'"group.leave"' in one.frame

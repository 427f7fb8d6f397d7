from __future__ import annotations

from structlog.testing import capture_logs

from server.adapters.bus_memory import MemoryBus
from server.domain.events import Notice, SessionRevoked
from server.domain.ids import SessionId, Snowflake

NOTICE: Notice = SessionRevoked(SessionId(Snowflake(77)))


async def test_delivery_is_over_when_publish_returns() -> None:
    bus, heard = MemoryBus(), list[Notice]()
    bus.subscribe(heard.append)
    publishing = bus.publish([NOTICE, NOTICE])
    assert heard == []
    await publishing
    assert heard == [NOTICE, NOTICE]


async def test_one_that_was_unsubscribed_meanwhile_hears_nothing_more() -> None:
    bus, heard = MemoryBus(), list[Notice]()
    bus.subscribe(lambda _: end())
    end = bus.subscribe(heard.append)
    await bus.publish([NOTICE])
    assert heard == []


async def test_a_failure_is_logged_without_what_it_was_about() -> None:
    bus = MemoryBus()

    def fail(_: Notice) -> None:
        raise RuntimeError("what somebody wrote")

    bus.subscribe(fail)
    with capture_logs() as logs:
        await bus.publish([NOTICE])
    (entry,) = logs
    where = entry.pop("where")
    assert entry == {
        "event": "bus.receiver_failed",
        "log_level": "error",
        "notice": "SessionRevoked",
        "error": "RuntimeError",
    }
    assert where[-1].startswith(f"{__name__}.test_a_failure_is_logged_without_what_it_was_about.<locals>.fail:")

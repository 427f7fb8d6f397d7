from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest

from server.domain.errors import Unavailable
from server.domain.events import Event, Notice, Published, ToGroup, VoiceLeave, VoiceSpeaking
from server.domain.ids import ChannelId, GroupId, Snowflake, UserId
from server.ports import Around
from signaling.voice import outbox
from signaling.voice.outbox import Outbox
from tests.support.waiting import Bell

AUDIENCE = ToGroup(GroupId(Snowflake(1)))
CHANNEL = ChannelId(Snowflake(2))


class SlowBus:
    def __init__(self) -> None:
        self.batches: list[list[Event]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.fail: Exception | None = None
        self.bell = Bell()

    async def publish(self, notices: Sequence[Notice]) -> None:
        await self.open.wait()
        if self.fail is not None:
            failure, self.fail = self.fail, None
            self.bell.ring()
            raise failure
        self.batches.append([each.event for each in notices if isinstance(each, Published)])
        self.bell.ring()

    def subscribe(self, receive: Callable[[Notice], None], around: Around | None = None) -> Callable[[], None]:
        raise NotImplementedError


def left(number: int) -> Event:
    return VoiceLeave(channel_id=CHANNEL, user_id=UserId(Snowflake(3)), participant=number)


def speaking(number: int) -> Event:
    return VoiceSpeaking(channel_id=CHANNEL, participant=number, speaking=True)


async def test_events_keep_their_order_and_wait_together() -> None:
    bus = SlowBus()
    bus.open.clear()
    box = Outbox(bus)
    task = asyncio.create_task(box.run())
    for number in range(3):
        box.tell(AUDIENCE, left(number))
    await asyncio.sleep(0)
    box.tell(AUDIENCE, left(3))
    bus.open.set()
    await bus.bell.until(lambda: len(bus.batches) == 2)
    task.cancel()

    assert bus.batches == [[left(0), left(1), left(2)], [left(3)]]


@pytest.mark.parametrize("failure", [Unavailable("busy", "The bus is gone."), RuntimeError("a fault of ours")])
async def test_a_bus_that_fails_once_is_used_again(failure: Exception, caplog: pytest.LogCaptureFixture) -> None:
    bus = SlowBus()
    bus.fail = failure
    box = Outbox(bus)
    task = asyncio.create_task(box.run())
    box.tell(AUDIENCE, left(1))
    await bus.bell.until(lambda: bus.fail is None)
    box.tell(AUDIENCE, left(2))
    await bus.bell.until(lambda: bool(bus.batches))
    task.cancel()

    assert bus.batches == [[left(2)]]
    assert "1 voice events were not published" in caplog.text


async def test_far_behind_only_who_speaks_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "BEHIND_MAX", 2)
    bus = SlowBus()
    box = Outbox(bus)
    for event in (speaking(1), left(1), speaking(2), left(2)):
        box.tell(AUDIENCE, event)
    task = asyncio.create_task(box.run())
    await bus.bell.until(lambda: bool(bus.batches))
    task.cancel()

    assert bus.batches == [[speaking(1), left(1), left(2)]]

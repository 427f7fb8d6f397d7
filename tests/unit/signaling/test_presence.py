"""Over the gateway: tests/integration/test_gateway_presence.py."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from server.domain.entities import ChosenStatus, Presence, Status
from server.domain.errors import TooMany
from server.domain.events import Gap, MeUpdate, Published, RelationDelete, ToUsers
from server.domain.ids import SessionId, Snowflake, UserId
from server.domain.rates import Rate, Rule
from signaling.attendance import Attendance
from signaling.delivery import Delivery
from signaling.presence import PresenceDesk
from signaling.session import Session
from signaling.subscriber import Subscriber
from signaling.voice_port import Caller
from tests.support.actions import House, open_house
from tests.support.rows import me
from tests.support.sink import FakeSink

LOG_IN = SessionId(Snowflake(1))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


class Office:
    """A desk with sessions in front of it, as the hub would bring them."""

    def __init__(self, house: House) -> None:
        self.sessions: dict[str, Subscriber] = {}
        self.sinks: dict[str, FakeSink] = {}
        self.attendance = Attendance()
        self.desk = PresenceDesk(house.actions, self.attendance, self.sessions, Delivery().to)

    def enter(self, user_id: UserId, key: str) -> Caller:
        self.sinks[key] = FakeSink()
        subscriber = self.sessions[key] = Subscriber(Session(key, user_id, LOG_IN), self.sinks[key])
        self.attendance.users.setdefault(user_id, []).append(subscriber)
        self.desk.entered(subscriber, me(user_id, "somebody"))
        return Caller(user_id, LOG_IN, key)

    def say(self, user_id: UserId, status: ChosenStatus) -> None:
        said = replace(me(user_id, "somebody"), status=status)
        self.desk.receive(Published(ToUsers((user_id,)), MeUpdate(me=said)))

    def told(self, key: str) -> list[tuple[str, str]]:
        frames: list[dict[str, Any]] = self.sinks[key].take()
        return [(frame["type"], frame["presence"]["status"]) for frame in frames]


async def test_among_thousands_only_those_who_look_are_written_to(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    await house.group(anna, ben)
    office = Office(house)
    watching = [office.enter(anna, f"anna {number}") for number in range(3)]
    for number in range(3000):
        office.enter(UserId(Snowflake(10_000 + number)), f"other {number}")
    for caller in watching:
        await office.desk.watch(caller, [ben])
    office.enter(ben, "ben")
    office.say(ben, ChosenStatus.DND)
    assert [office.told(caller.key) for caller in watching] == [
        [("presence.update", "online"), ("presence.update", "dnd")] for _ in watching
    ]
    assert all(not sink.written for sink in office.sinks.values())
    frames = {id(office.sessions[caller.key].session.missed(1)[0]) for caller in watching}  # type: ignore[index]
    assert len(frames) == 1, "encoded once for all"


async def test_who_asks_without_a_session_is_answered_and_not_told_later(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    await house.group(anna, ben)
    office = Office(house)
    office.enter(ben, "ben")
    found = await office.desk.watch(Caller(anna, LOG_IN), [ben, ben])
    assert found.presences == (Presence(user_id=ben, status=Status.ONLINE),)
    assert len(office.desk.watches) == 0
    await office.desk.note_activity(Caller(anna, LOG_IN), idle=True)


async def test_an_account_asks_so_often(house: House) -> None:
    house = house.with_rates({Rule.PRESENCE: Rate(2, 60)})
    anna = await house.user("anna")
    office = Office(house)
    caller = office.enter(anna, "anna")
    await office.desk.watch(caller, [])
    await office.desk.note_activity(caller, idle=True)
    with pytest.raises(TooMany):
        await office.desk.watch(caller, [])
    with pytest.raises(TooMany):
        await office.desk.note_activity(caller, idle=False)


async def test_a_session_that_ends_ends_its_watch(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    await house.group(anna, ben)
    office = Office(house)
    caller = office.enter(anna, "anna")
    await office.desk.watch(caller, [ben])
    office.desk.ended(office.sessions["anna"])
    office.enter(ben, "ben")
    assert office.told("anna") == []
    assert len(office.desk.watches) == 0


async def test_a_desk_that_closes_looks_no_further(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    await house.group(anna, ben)
    office = Office(house)
    await office.desk.watch(office.enter(anna, "anna"), [ben])
    asked = asyncio.Event()

    async def forever(*_: object) -> None:
        asked.set()
        await asyncio.Event().wait()

    monkeypatch.setattr("signaling.presence.sight_of", forever)
    office.desk.receive(Published(ToUsers((ben,)), RelationDelete(user_id=anna)))
    await asked.wait()
    await office.desk.close()
    await office.desk.quiet()


async def test_other_notices_are_passed_over(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    office = Office(house)
    office.enter(anna, "anna")
    office.desk.receive(Gap())
    office.desk.receive(Published(ToUsers((anna,)), RelationDelete(user_id=ben)))
    await office.desk.quiet()
    assert office.told("anna") == []

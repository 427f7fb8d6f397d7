from __future__ import annotations

from server.domain.entities import Presence, Status
from server.domain.ids import SessionId, Snowflake
from signaling.attendance import Attendance
from signaling.room import Room
from signaling.session import Session
from signaling.subscriber import Subscriber
from tests.support.rows import ANNA, BEN, CLEO, GROUP, MODERATOR, me, member
from tests.support.sink import FakeSink


def test_connected_is_who_has_a_device_on_the_line() -> None:
    attendance = Attendance()
    away, here = (Subscriber(Session(key, ANNA, SessionId(Snowflake(1))), None) for key in ("a", "b"))
    attendance.users[ANNA] = [away, here]
    attendance.users[BEN] = [Subscriber(Session("c", BEN, SessionId(Snowflake(2))), FakeSink())]
    assert attendance.connected([ANNA, BEN, CLEO]) == {BEN}
    here.sink = FakeSink()
    assert attendance.connected([ANNA, BEN, CLEO]) == {ANNA, BEN}
    assert attendance.connected([CLEO]) == set()


def test_how_somebody_is_seen_is_told_in_the_order_of_the_question() -> None:
    attendance = Attendance()
    attendance.appearances.arrive("a", me(BEN, "ben"), 0)
    assert attendance.presences([CLEO, BEN]) == [
        Presence(user_id=CLEO, status=Status.OFFLINE),
        Presence(user_id=BEN, status=Status.ONLINE),
    ]


def test_the_members_of_a_group_are_those_who_sit_in_its_room() -> None:
    attendance = Attendance()
    assert attendance.members(GROUP) == []
    room = attendance.rooms[GROUP] = Room(GROUP, lambda _: (), lambda *_: None)
    room.sit(member(BEN, role_ids=(MODERATOR,)), [], [])
    room.sit(member(ANNA), [], [])
    assert attendance.members(GROUP) == [member(BEN, role_ids=(MODERATOR,)), member(ANNA)]
    room.stand_up(BEN)
    assert attendance.members(GROUP) == [member(ANNA)]

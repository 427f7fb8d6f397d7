from __future__ import annotations

from server.domain.ids import SessionId, Snowflake
from signaling.attendance import Attendance
from signaling.session import Session
from signaling.subscriber import Subscriber
from tests.support.rows import ANNA, BEN, CLEO
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

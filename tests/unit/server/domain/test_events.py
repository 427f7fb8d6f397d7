from __future__ import annotations

from typing import get_args

from server.domain import codec
from server.domain.events import Event, GroupLeave, Notice, Published, SessionRevoked, ToGroup
from server.domain.ids import GroupId, SessionId, Snowflake


def test_every_event_has_a_name_of_its_own() -> None:
    tags = [event.__struct_config__.tag for event in get_args(Event)]
    assert len(set(tags)) == len(tags)
    assert all(isinstance(tag, str) and tag.count(".") == 1 for tag in tags)


def test_notices_travel_as_bytes() -> None:
    group_id = GroupId(Snowflake(1))
    for notice in (
        Published(ToGroup(group_id), GroupLeave(group_id=group_id)),
        SessionRevoked(SessionId(Snowflake(2))),
    ):
        decoded: Notice = codec.decoder(Notice).decode(codec.encode(notice))
        assert decoded == notice

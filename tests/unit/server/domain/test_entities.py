from __future__ import annotations

import pytest

from server.domain import codec, entities
from server.domain.entities import Channel, ChannelKind, Member, Mentions
from server.domain.ids import ChannelId, GroupId, RoleId, Snowflake, UserId

GROUP = GroupId(Snowflake(1))


def test_entities_are_values() -> None:
    one = Member(group_id=GROUP, user_id=UserId(Snowflake(2)), joined_ms=0)
    assert one == Member(group_id=GROUP, user_id=UserId(Snowflake(2)), joined_ms=0)
    with pytest.raises(AttributeError):
        one.joined_ms = 1  # type: ignore[misc]


def test_kinds_of_channels_are_words() -> None:
    channel = Channel(id=ChannelId(Snowflake(3)), group_id=GROUP, kind=ChannelKind.VOICE, name="Shed")
    assert b'"kind":"voice"' in codec.encode(channel)
    assert codec.decoder(entities.Channel).decode(codec.encode(channel)) == channel


def test_mentions_of_nobody_are_none() -> None:
    assert not Mentions()
    for some in (
        Mentions(user_ids=(UserId(Snowflake(2)),)),
        Mentions(role_ids=(RoleId(Snowflake(3)),)),
        Mentions(everyone=True),
        Mentions(here=True),
    ):
        assert some

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from server.domain.access import GroupAccess
from server.domain.entities import Channel, ChannelKind, Group, Member, Message, Overwrite, Role, User
from server.domain.errors import Unavailable
from server.domain.events import (
    ChannelDelete,
    ChannelUpdate,
    Event,
    GroupLeave,
    GroupUpdate,
    MemberJoin,
    MemberLeave,
    MemberUpdate,
    MessageCreate,
    Published,
    RoleDelete,
    RoleUpdate,
    SessionRevoked,
    ToGroup,
    UserUpdate,
    VoiceReset,
)
from server.domain.ids import ChannelId, GroupId, MessageId, RoleId, SessionId, Snowflake, UserId
from server.domain.permissions import EVERYONE, Permission
from server.domain.sections import Text
from server.ports import Reader
from signaling.voice.review import AGAIN_S, GroupNow, Standing, group_touched
from tests.support.voice_stage import open_stage

GROUP, ROLE, USER = GroupId(Snowflake(1)), RoleId(Snowflake(1)), UserId(Snowflake(2))
OWNER, CHANNEL = UserId(Snowflake(3)), ChannelId(Snowflake(4))

group = Group(id=GROUP, name="g", owner_id=OWNER)
role = Role(id=ROLE, group_id=GROUP, name="everyone", permissions=int(EVERYONE), position=0)
channel = Channel(id=CHANNEL, group_id=GROUP, kind=ChannelKind.VOICE, name="v")
member = Member(group_id=GROUP, user_id=USER, joined_ms=1)
user = User(id=USER, username="u", display_name="u")
message = Message(id=MessageId(Snowflake(9)), channel_id=CHANNEL, author_id=USER, sections=(Text("x"),))


@pytest.mark.parametrize(
    "event",
    [
        GroupUpdate(group=group),
        GroupLeave(group_id=GROUP),
        ChannelUpdate(channel=channel),
        ChannelDelete(group_id=GROUP, channel_id=CHANNEL),
        RoleUpdate(role=role),
        RoleDelete(group_id=GROUP, role_id=ROLE),
        MemberUpdate(member=member),
        MemberLeave(group_id=GROUP, user_id=USER, member_count=1),
    ],
)
def test_what_may_change_permissions(event: Event) -> None:
    assert group_touched(Published(ToGroup(GROUP), event)) == GROUP


@pytest.mark.parametrize(
    "event",
    [
        UserUpdate(user=user),
        MessageCreate(message=message, author=user),
        MemberJoin(member=member, user=user, member_count=2),
        VoiceReset(channel_id=CHANNEL, participant=1, reason="removed", retry=False),
    ],
)
def test_what_does_not(event: Event) -> None:
    assert group_touched(Published(ToGroup(GROUP), event)) is None


def test_a_revoked_session_touches_no_group() -> None:
    assert group_touched(SessionRevoked(SessionId(Snowflake(1)))) is None


def now(*overwrites: Overwrite, members: tuple[Member, ...] = (member,), channels: bool = True) -> GroupNow:
    changed = Channel(id=CHANNEL, group_id=GROUP, kind=ChannelKind.VOICE, name="v", overwrites=overwrites)
    access = GroupAccess.of(group, [role], [changed] if channels else [])
    return GroupNow(access, {each.user_id: each for each in members})


def deny(permission: Permission) -> Overwrite:
    return Overwrite(target="member", target_id=USER, deny=int(permission))


TIMED_OUT = Member(group_id=GROUP, user_id=USER, joined_ms=1, timed_out_until_ms=100)


@pytest.mark.parametrize(
    ("there", "standing"),
    [
        (now(), Standing.SPEAKER),
        (now(deny(Permission.SPEAK)), Standing.LISTENER),
        (now(deny(Permission.CONNECT)), Standing.NO_PERMISSION),
        (now(deny(Permission.VIEW_CHANNEL)), Standing.NO_PERMISSION),
        (now(members=(TIMED_OUT,)), Standing.NO_PERMISSION),
        (now(members=()), Standing.REMOVED),
        (now(channels=False), Standing.CHANNEL_DELETED),
        (GroupNow(None, {}), Standing.CHANNEL_DELETED),
    ],
)
def test_standing(there: GroupNow, standing: Standing) -> None:
    assert there.standing(USER, CHANNEL, now_ms=50) is standing
    assert standing.may_stay is (standing in (Standing.SPEAKER, Standing.LISTENER))


def test_a_time_out_that_is_over_is_none() -> None:
    assert now(members=(TIMED_OUT,)).standing(USER, CHANNEL, now_ms=100) is Standing.SPEAKER


async def test_a_database_that_fails_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_stage(tmp_path) as stage:
        anna = await stage.member("anna")
        number = (await stage.join(anna)).participant
        read = stage.house.store.read
        fails = [Unavailable("database_unavailable", "gone"), RuntimeError("a fault of ours")]

        @asynccontextmanager
        async def failing() -> AsyncIterator[Reader]:
            if fails:
                raise fails.pop()
            async with read() as reader:
                yield reader

        monkeypatch.setattr(stage.house.store, "read", failing)
        await stage.house.overwrite(stage.owner, stage.channel_id, "member", anna, deny=Permission.CONNECT)
        reset = await stage.told.wait(VoiceReset)
        assert reset.participant == number
        assert stage.house.clock.paused == [AGAIN_S, AGAIN_S]


async def test_who_left_meanwhile_is_not_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_stage(tmp_path) as stage:
        anna = await stage.member("anna")
        number = (await stage.join(anna)).participant
        read, reading, go_on = stage.house.store.read, asyncio.Event(), asyncio.Event()

        @asynccontextmanager
        async def slow() -> AsyncIterator[Reader]:
            async with read() as reader:
                yield reader
            reading.set()
            await go_on.wait()

        monkeypatch.setattr(stage.house.store, "read", slow)
        await stage.house.overwrite(stage.owner, stage.channel_id, "member", anna, deny=Permission.CONNECT)
        await reading.wait()
        participant = stage.roster.get(number)
        assert participant is not None
        stage.desk._floor.end(participant)
        go_on.set()
        monkeypatch.setattr(stage.house.store, "read", read)
        mine = (await stage.join(stage.owner)).participant
        await stage.house.role(stage.owner, stage.group_id)
        await stage.media.link()

        assert stage.roster.get(mine) is not None
        assert stage.told.of(VoiceReset) == []

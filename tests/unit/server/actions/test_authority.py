from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from server.actions.authority import (
    Seat,
    channel_seat,
    group_seat,
    member_of,
    public_user,
    require_kind,
)
from server.domain.access import GroupAccess, everyone_role_id
from server.domain.entities import ChannelKind, Group, Member, User
from server.domain.errors import Forbidden, Invalid, ParleyError
from server.domain.ids import ChannelId, Snowflake, UserId
from server.domain.permissions import EVERYONE, Permission
from tests.support.actions import House, text_channel
from tests.support.rows import ANNA, BEN, CLEO, GENERAL, GROUP, MODERATOR, channel, member, role

P = Permission
NOW_MS = 1000
ACCESS = GroupAccess.of(
    Group(id=GROUP, name="Gardeners", owner_id=ANNA),
    [role(everyone_role_id(GROUP), position=0, permissions=int(EVERYONE)), role(MODERATOR, position=3)],
    [channel(GENERAL)],
)
NOBODY = UserId(Snowflake(1))


def seat(who: Member) -> Seat:
    return Seat(ACCESS, who, NOW_MS)


OWNER, MOD, PLAIN = seat(member(ANNA)), seat(member(BEN, role_ids=(MODERATOR,))), seat(member(CLEO))
SILENCED = seat(replace(member(CLEO), timed_out_until_ms=NOW_MS + 1))


def refusal(error: pytest.ExceptionInfo[Forbidden]) -> tuple[str, dict[str, object]]:
    return error.value.code, dict(error.value.data)


def test_what_one_may_is_not_refused() -> None:
    PLAIN.require(P.SEND_MESSAGES | P.SPEAK, GENERAL)
    PLAIN.require_all(EVERYONE)
    OWNER.require(P.ADMINISTRATOR)
    assert PLAIN.may(P.SPEAK)
    assert not PLAIN.may(P.KICK_MEMBERS)
    assert (OWNER.is_owner, MOD.is_owner) == (True, False)


def test_what_one_lacks_is_named() -> None:
    with pytest.raises(Forbidden) as refused:
        PLAIN.require(P.SPEAK | P.MANAGE_GROUP | P.KICK_MEMBERS)
    assert refusal(refused) == ("forbidden", {"permission": "kick_members"})
    with pytest.raises(Forbidden) as refused:
        PLAIN.require_all(P.ADMINISTRATOR)
    assert refusal(refused) == ("forbidden", {"permission": "administrator"})


def test_a_time_out_is_said_before_what_one_lacks() -> None:
    attempts: list[Callable[[], None]] = [
        lambda: SILENCED.require(P.SEND_MESSAGES),
        lambda: SILENCED.require(P.KICK_MEMBERS),
        SILENCED.require_not_timed_out,
    ]
    for attempt in attempts:
        with pytest.raises(Forbidden) as refused:
            attempt()
        assert refusal(refused) == ("timed_out", {"until_ms": NOW_MS + 1})
    SILENCED.require(P.READ_HISTORY, GENERAL)
    PLAIN.require_not_timed_out()
    seat(replace(member(ANNA), timed_out_until_ms=NOW_MS + 1)).require_not_timed_out()


def test_places_are_looked_at() -> None:
    MOD.require_above(PLAIN.member)
    MOD.require_above_role(role(MODERATOR, position=2))
    attempts: list[Callable[[], None]] = [
        lambda: MOD.require_above(OWNER.member),
        lambda: MOD.require_above(MOD.member),
        lambda: MOD.require_above_role(role(MODERATOR, position=3)),
    ]
    for attempt in attempts:
        with pytest.raises(Forbidden) as refused:
            attempt()
        assert refusal(refused)[0] == "above_you"


def test_kinds_of_channels_are_looked_at() -> None:
    require_kind(channel(GENERAL), ChannelKind.TEXT)
    with pytest.raises(Invalid) as refused:
        require_kind(channel(GENERAL), ChannelKind.VOICE)
    assert (refused.value.code, refused.value.data) == ("wrong_channel_kind", {"kind": "voice"})


async def test_a_seat_holds_what_was_asked_for(house: House) -> None:
    anna, cleo = await house.user("anna"), await house.user("cleo")
    view = await house.group(anna)
    channel_id = text_channel(view)
    async with house.store.read() as reader:
        assert not (await group_seat(reader, anna, view.group.id, NOW_MS)).access.channels
        whole = await group_seat(reader, anna, view.group.id, NOW_MS, channels=True)
        assert len(whole.access.channels) == 2
        one, found = await channel_seat(reader, anna, channel_id, NOW_MS)
        assert (list(one.access.channels), found.id) == ([channel_id], channel_id)
        assert await member_of(reader, view.group.id, anna) == view.member
        assert await public_user(reader, anna) == User(id=anna, username="anna", display_name="Anna")

        nowhere = ChannelId(Snowflake(1))
        for attempt, code in (
            (group_seat(reader, cleo, view.group.id, NOW_MS), "unknown_group"),
            (channel_seat(reader, cleo, channel_id, NOW_MS), "unknown_channel"),
            (channel_seat(reader, anna, nowhere, NOW_MS), "unknown_channel"),
            (member_of(reader, view.group.id, cleo), "unknown_member"),
            (public_user(reader, NOBODY), "unauthenticated"),
        ):
            with pytest.raises(ParleyError) as refused:
                await attempt
            assert refused.value.code == code

from __future__ import annotations

import asyncio

import pytest

from server.actions.additions import CreateAddition, do_create_addition
from server.actions.context import Origin
from server.actions.invites import (
    CreateInvite,
    GroupCard,
    InviteCard,
    InvitePreview,
    do_accept_invite,
    do_create_invite,
    do_delete_invite,
    get_invites,
    look_at_invite,
)
from server.actions.snapshot import group_view, snapshot
from server.domain.access import everyone_role_id
from server.domain.entities import Cursor, Invite, User
from server.domain.errors import Conflict, Forbidden, Invalid, NotFound, ParleyError, TooMany
from server.domain.events import AdditionDelete, GroupJoin, MemberJoin, ToGroup, ToUsers
from server.domain.ids import ChannelId, Snowflake
from server.domain.limits import Limits
from server.domain.permissions import Permission
from server.domain.rates import Rate, Rule
from tests.support.actions import HOME, House, text_channel

CODES_THAT_NEVER_WERE = ["", "nonsense", "é", "x" * 1000, "a\x00b"]


async def code_of(attempt: object) -> str:
    with pytest.raises(ParleyError) as refused:
        await attempt  # type: ignore[misc]
    return refused.value.code


# --------------------------------------------------------------------------------------------------------------- make


async def test_an_invite_says_what_it_was_asked_to(house: House) -> None:
    anna = await house.user("anna")
    view = await house.group(anna)
    channel_id = text_channel(view)
    request = CreateInvite(channel_id=channel_id, expires_in_s=60, max_uses=3)
    invite = await do_create_invite(house.actions, anna, view.group.id, request)
    assert invite == Invite(
        code=invite.code,
        group_id=view.group.id,
        channel_id=channel_id,
        creator_id=anna,
        expires_ms=house.clock.ms + 60_000,
        max_uses=3,
    )
    assert len(invite.code) == 16
    plain = await do_create_invite(house.actions, anna, view.group.id, CreateInvite())
    assert (plain.channel_id, plain.expires_ms, plain.max_uses) == (None, None, None)
    assert plain.code != invite.code


async def test_who_may_not_invite(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    view = await house.group(anna, ben)
    channel_id, everyone = text_channel(view), everyone_role_id(view.group.id)

    def invite(channel_id: ChannelId | None = None) -> object:
        return do_create_invite(house.actions, ben, view.group.id, CreateInvite(channel_id=channel_id))

    assert await code_of(do_create_invite(house.actions, cleo, view.group.id, CreateInvite())) == "unknown_group"
    await house.overwrite(anna, channel_id, "role", everyone, deny=Permission.CREATE_INVITE)
    assert await code_of(invite(channel_id)) == "forbidden"
    await do_create_invite(house.actions, ben, view.group.id, CreateInvite())
    await house.overwrite(anna, channel_id, "role", everyone, deny=Permission.VIEW_CHANNEL)
    assert await code_of(invite(channel_id)) == "unknown_channel"
    elsewhere = text_channel(await house.group(ben))
    assert await code_of(invite(elsewhere)) == "unknown_channel"
    assert await code_of(invite(ChannelId(Snowflake(1)))) == "unknown_channel"


@pytest.mark.parametrize(
    "request_",
    [
        CreateInvite(expires_in_s=59),
        CreateInvite(expires_in_s=366 * 86_400 + 1),
        CreateInvite(max_uses=0),
        CreateInvite(max_uses=100_001),
    ],
)
async def test_what_an_invite_may_not_be(house: House, request_: CreateInvite) -> None:
    anna = await house.user("anna")
    group_id = (await house.group(anna)).group.id
    with pytest.raises(Invalid):
        await do_create_invite(house.actions, anna, group_id, request_)


async def test_invites_have_an_end_and_those_that_ended_make_room(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    group_id = (await house.group(anna)).group.id
    small = house.with_limits(Limits(invites_per_group=2))
    short = await do_create_invite(small.actions, anna, group_id, CreateInvite(expires_in_s=60))
    once = await do_create_invite(small.actions, anna, group_id, CreateInvite(max_uses=1))
    with pytest.raises(Conflict) as full:
        await do_create_invite(small.actions, anna, group_id, CreateInvite())
    assert (full.value.code, full.value.data) == ("too_many", {"limit": 2})
    await do_accept_invite(small.actions, ben, once.code)
    third = await do_create_invite(small.actions, anna, group_id, CreateInvite())
    small.clock.advance(60)
    fourth = await do_create_invite(small.actions, anna, group_id, CreateInvite())
    codes = [invite.code for invite in (await get_invites(small.actions, anna, group_id)).invites]
    assert sorted(codes) == sorted([third.code, fourth.code])
    assert await code_of(do_delete_invite(small.actions, anna, short.code)) == "unknown_invite"


# ----------------------------------------------------------------------------------------------------- list, withdraw


async def test_one_sees_ones_own_invites_and_all_with_the_permission(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    group_id = (await house.group(anna)).group.id
    await house.bring_in(anna, group_id, ben)
    (annas,) = (await get_invites(house.actions, anna, group_id)).invites
    bens = await do_create_invite(house.actions, ben, group_id, CreateInvite())
    assert (await get_invites(house.actions, ben, group_id)).invites == (bens,)
    assert {invite.code for invite in (await get_invites(house.actions, anna, group_id)).invites} == {
        annas.code,
        bens.code,
    }
    assert await code_of(get_invites(house.actions, cleo, group_id)) == "unknown_group"

    with pytest.raises(Forbidden) as refused:
        await do_delete_invite(house.actions, ben, annas.code)
    assert refused.value.data == {"permission": "manage_group"}
    assert await code_of(do_delete_invite(house.actions, cleo, annas.code)) == "unknown_invite"
    await do_delete_invite(house.actions, ben, bens.code)
    assert await code_of(do_accept_invite(house.actions, cleo, bens.code)) == "unknown_invite"
    await house.appoint(anna, group_id, ben, Permission.MANAGE_GROUP)
    await do_delete_invite(house.actions, ben, annas.code)
    assert (await get_invites(house.actions, anna, group_id)).invites == ()


# --------------------------------------------------------------------------------------------------------------- look


async def test_whoever_has_the_link_sees_where_it_leads(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    group = (await house.group(anna, ben)).group
    invite = await do_create_invite(house.actions, anna, group.id, CreateInvite(expires_in_s=60))
    preview = InvitePreview(
        invite=InviteCard(code=invite.code, expires_ms=invite.expires_ms),
        group=GroupCard(id=group.id, name=group.name),
        inviter=User(id=anna, username="anna", display_name="Anna"),
        member_count=2,
    )
    assert await look_at_invite(house.actions, invite.code, HOME) == preview
    house.clock.advance(60)
    assert await code_of(look_at_invite(house.actions, invite.code, HOME)) == "unknown_invite"


@pytest.mark.parametrize("code", CODES_THAT_NEVER_WERE)
async def test_codes_that_never_were_are_like_those_that_ended(house: House, code: str) -> None:
    anna = await house.user("anna")
    for attempt in (
        look_at_invite(house.actions, code, HOME),
        do_accept_invite(house.actions, anna, code),
        do_delete_invite(house.actions, anna, code),
    ):
        with pytest.raises(NotFound) as refused:
            await attempt
        assert refused.value.code == "unknown_invite"


async def test_codes_are_not_guessed_one_after_the_other(house: House) -> None:
    house = house.with_rates({Rule.INVITE_LOOK: Rate(1, 60), Rule.INVITE_ACCEPT: Rate(1, 60)})
    anna = await house.user("anna")
    assert await code_of(look_at_invite(house.actions, "guess", HOME)) == "unknown_invite"
    with pytest.raises(TooMany):
        await look_at_invite(house.actions, "guess", HOME)
    assert await code_of(look_at_invite(house.actions, "guess", Origin(address="192.0.2.9"))) == "unknown_invite"
    assert await code_of(do_accept_invite(house.actions, anna, "guess")) == "unknown_invite"
    with pytest.raises(TooMany):
        await do_accept_invite(house.actions, anna, "guess")


# ------------------------------------------------------------------------------------------------------------- accept


async def test_a_guest_comes_in_and_all_are_told(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna)
    group_id, channel_id = view.group.id, text_channel(view)
    said = await house.say(anna, channel_id)
    addition = await do_create_addition(house.actions, anna, group_id, CreateAddition(username="ben"))
    other = await do_create_addition(
        house.actions, anna, (await house.group(anna)).group.id, CreateAddition(username="ben")
    )
    invite = await do_create_invite(house.actions, anna, group_id, CreateInvite(channel_id=channel_id))
    house.published()

    accepted = await do_accept_invite(house.actions, ben, invite.code)
    assert accepted.channel_id == channel_id
    assert accepted.view.member_count == 2
    assert accepted.view.cursors == (Cursor(channel_id=channel_id, last_read_id=said.id, unread=0),)
    user = User(id=ben, username="ben", display_name="Ben")
    assert house.published() == [
        (ToUsers((ben,)), AdditionDelete(addition_id=addition.id)),
        (ToUsers((ben,)), GroupJoin(view=accepted.view)),
        (ToGroup(group_id), MemberJoin(member=accepted.view.member, user=user, member_count=2)),
    ]
    assert await group_view(house.actions, ben, group_id) == accepted.view
    assert (await snapshot(house.actions, ben)).additions == (other,)


async def test_a_member_who_follows_the_link_costs_no_use(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    group_id = (await house.group(anna)).group.id
    invite = await do_create_invite(house.actions, anna, group_id, CreateInvite(max_uses=1))
    house.published()
    for _ in range(2):
        assert (await do_accept_invite(house.actions, anna, invite.code)).view.group.id == group_id
    assert house.published() == []
    await do_accept_invite(house.actions, ben, invite.code)
    assert (await do_accept_invite(house.actions, ben, invite.code)).view.member_count == 2


async def test_a_guest_lands_nowhere_in_particular_when_the_channel_is_hidden(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna)
    channel_id = text_channel(view)
    invite = await do_create_invite(house.actions, anna, view.group.id, CreateInvite(channel_id=channel_id))
    everyone = everyone_role_id(view.group.id)
    await house.overwrite(anna, channel_id, "role", everyone, deny=Permission.VIEW_CHANNEL)
    assert (await do_accept_invite(house.actions, ben, invite.code)).channel_id is None


async def test_an_expired_invite_lets_nobody_in(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    group_id = (await house.group(anna)).group.id
    invite = await do_create_invite(house.actions, anna, group_id, CreateInvite(expires_in_s=60))
    house.clock.advance(60)
    assert await code_of(do_accept_invite(house.actions, ben, invite.code)) == "unknown_invite"
    assert (await get_invites(house.actions, anna, group_id)).invites == ()


async def test_one_use_lets_one_in_of_ten_who_come_at_once(house: House) -> None:
    anna = await house.user("anna")
    guests = [await house.user(f"guest{number}") for number in range(10)]
    group_id = (await house.group(anna)).group.id
    invite = await do_create_invite(house.actions, anna, group_id, CreateInvite(max_uses=1))
    results = await asyncio.gather(
        *(do_accept_invite(house.actions, guest, invite.code) for guest in guests), return_exceptions=True
    )
    refused = [result for result in results if isinstance(result, BaseException)]
    assert len(refused) == 9
    assert all(isinstance(one, NotFound) and one.code == "unknown_invite" for one in refused)
    assert (await group_view(house.actions, anna, group_id)).member_count == 2


async def test_one_guest_who_clicks_ten_times_costs_one_use(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    group_id = (await house.group(anna)).group.id
    invite = await do_create_invite(house.actions, anna, group_id, CreateInvite(max_uses=2))
    await asyncio.gather(*(do_accept_invite(house.actions, ben, invite.code) for _ in range(10)))
    (left,) = (await get_invites(house.actions, anna, group_id)).invites
    assert left.uses == 1

from __future__ import annotations

import pytest

from server.actions.overwrites import PutOverwrite, do_delete_overwrite, do_put_overwrite
from server.actions.snapshot import group_view
from server.domain.access import everyone_role_id
from server.domain.entities import Overwrite
from server.domain.errors import Conflict, Forbidden, Invalid, NotFound, ParleyError
from server.domain.events import ChannelUpdate, ToChannel
from server.domain.ids import Snowflake
from server.domain.limits import Limits
from server.domain.permissions import Permission
from tests.support.actions import House, text_channel

P = Permission


async def test_an_overwrite_takes_the_place_of_the_one_before(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna, ben)
    channel_id = text_channel(view)
    house.published()
    channel = await house.overwrite(anna, channel_id, "member", ben, deny=P.SEND_MESSAGES)
    assert channel.overwrites == (Overwrite(target="member", target_id=ben, allow=0, deny=int(P.SEND_MESSAGES)),)
    assert house.published() == [(ToChannel(view.group.id, channel_id), ChannelUpdate(channel=channel))]
    channel = await house.overwrite(anna, channel_id, "member", ben, allow=P.MANAGE_MESSAGES)
    assert channel.overwrites == (Overwrite(target="member", target_id=ben, allow=int(P.MANAGE_MESSAGES), deny=0),)
    assert (await group_view(house.actions, ben, view.group.id)).channels[0] == channel

    house.published()
    bare = await do_delete_overwrite(house.actions, anna, channel_id, "member", ben)
    assert bare.overwrites == ()
    assert house.published() == [(ToChannel(view.group.id, channel_id), ChannelUpdate(channel=bare))]
    assert await do_delete_overwrite(house.actions, anna, channel_id, "member", ben) == bare
    assert house.published() == []


async def test_a_hidden_channel_is_not_in_the_view_of_those_it_is_hidden_from(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna, ben)
    channel_id = text_channel(view)
    await house.overwrite(anna, channel_id, "role", everyone_role_id(view.group.id), deny=P.VIEW_CHANNEL)
    seen = await group_view(house.actions, ben, view.group.id)
    assert channel_id not in [channel.id for channel in seen.channels]
    assert seen.cursors == ()
    await house.overwrite(anna, channel_id, "member", ben, allow=P.VIEW_CHANNEL)
    seen = await group_view(house.actions, ben, view.group.id)
    assert channel_id in [channel.id for channel in seen.channels]


async def test_what_an_overwrite_may_say(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    channel_id = text_channel(await house.group(anna, ben))
    for allow, deny in (
        (int(P.ADMINISTRATOR), 0),
        (0, int(P.KICK_MEMBERS)),
        (1 << 40, 0),
        (-1, 0),
        (int(P.SEND_MESSAGES), int(P.SEND_MESSAGES | P.CONNECT)),
    ):
        with pytest.raises(Invalid):
            await do_put_overwrite(house.actions, anna, channel_id, "member", ben, PutOverwrite(allow=allow, deny=deny))


async def test_the_target_must_be_there(house: House) -> None:
    anna, cleo = await house.user("anna"), await house.user("cleo")
    channel_id = text_channel(await house.group(anna))
    request = PutOverwrite(allow=0, deny=1)
    with pytest.raises(NotFound) as no_member:
        await do_put_overwrite(house.actions, anna, channel_id, "member", cleo, request)
    assert no_member.value.code == "unknown_member"
    with pytest.raises(NotFound) as no_role:
        await do_put_overwrite(house.actions, anna, channel_id, "role", Snowflake(1), request)
    assert no_role.value.code == "unknown_role"
    with pytest.raises(NotFound) as no_channel:
        await do_put_overwrite(house.actions, cleo, channel_id, "member", anna, request)
    assert no_channel.value.code == "unknown_channel"


async def test_overwrites_have_an_end(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    channel_id = text_channel(await house.group(anna, ben, cleo))
    small = house.with_limits(Limits(overwrites_per_channel=1))
    await small.overwrite(anna, channel_id, "member", ben, deny=P.SPEAK)
    with pytest.raises(Conflict):
        await small.overwrite(anna, channel_id, "member", cleo, deny=P.SPEAK)
    await small.overwrite(anna, channel_id, "member", ben, deny=P.CONNECT)


async def test_nobody_gives_in_a_channel_what_they_have_not_there(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    view = await house.group(anna, ben, cleo)
    channel_id = text_channel(view)
    everyone = everyone_role_id(view.group.id)

    async def refusal(*args: object, **bits: Permission) -> str:
        with pytest.raises(ParleyError) as refused:
            await house.overwrite(ben, channel_id, *args, **bits)  # type: ignore[arg-type]
        return f"{refused.value.code} {refused.value.data.get('permission', '')}".strip()

    assert await refusal("member", cleo, deny=P.SPEAK) == "forbidden manage_roles"
    top = await house.appoint(anna, view.group.id, ben, P.MANAGE_ROLES, position=5)
    low = await house.role(anna, view.group.id, position=1)
    assert await refusal("member", cleo, allow=P.MANAGE_MESSAGES) == "forbidden manage_messages"
    assert await refusal("member", ben, allow=P.SPEAK) == "above_you"
    assert await refusal("member", anna, deny=P.SPEAK) == "above_you"
    assert await refusal("role", top.id, deny=P.SPEAK) == "above_you"
    for target, target_id in (("member", cleo), ("role", low.id), ("role", everyone)):
        await house.overwrite(ben, channel_id, target, target_id, deny=P.SPEAK)  # type: ignore[arg-type]

    # What Anna denied and Ben has not himself, he cannot bring back.
    await house.overwrite(anna, channel_id, "member", ben, deny=P.CONNECT)
    await house.overwrite(anna, channel_id, "member", cleo, deny=P.CONNECT)
    with pytest.raises(Forbidden):
        await do_delete_overwrite(house.actions, ben, channel_id, "member", cleo)

    await house.overwrite(anna, channel_id, "member", ben, deny=P.MANAGE_ROLES)
    assert await refusal("member", cleo, deny=P.SPEAK) == "forbidden manage_roles"

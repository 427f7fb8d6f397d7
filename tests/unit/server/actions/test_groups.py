from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import pytest

from server.actions.additions import CreateAddition, do_create_addition
from server.actions.groups import (
    CreateGroup,
    TransferGroup,
    UpdateGroup,
    do_create_group,
    do_delete_group,
    do_transfer_group,
    do_update_group,
)
from server.actions.members import do_remove_member
from server.actions.snapshot import group_view, snapshot
from server.domain.access import everyone_role_id
from server.domain.entities import ChannelKind, Cursor, Group
from server.domain.errors import Forbidden, Invalid, NotFound, TooMany
from server.domain.events import AdditionDelete, GroupJoin, GroupLeave, GroupUpdate, ToGroup, ToUsers
from server.domain.ids import UserId
from server.domain.permissions import EVERYONE, MODERATOR, Permission
from server.domain.rates import Rate, Rule
from tests.support.actions import House


async def test_a_new_group_has_its_owner_two_roles_and_two_channels(house: House) -> None:
    anna = await house.user("anna")
    view = await do_create_group(house.actions, anna, CreateGroup(name="  The   Gardeners "))
    assert view.group.name == "The Gardeners"
    assert view.group.owner_id == anna
    assert [(channel.kind, channel.name) for channel in view.channels] == [
        (ChannelKind.TEXT, "general"),
        (ChannelKind.VOICE, "Voice"),
    ]
    everyone, moderator = view.roles
    assert everyone.id == everyone_role_id(view.group.id)
    assert (everyone.position, everyone.permissions) == (0, EVERYONE)
    assert (moderator.name, moderator.position, moderator.permissions) == ("Moderator", 1, MODERATOR)
    assert moderator.hoisted
    assert (view.member.user_id, view.member_count) == (anna, 1)
    assert view.cursors == (Cursor(channel_id=view.channels[0].id, last_read_id=None, unread=0),)
    assert house.published() == [(ToUsers((anna,)), GroupJoin(view=view))]
    assert await group_view(house.actions, anna, view.group.id) == view


async def test_names_of_groups_are_checked_before_anything_is_written(house: House) -> None:
    anna = await house.user("anna")
    with pytest.raises(Invalid) as refused:
        await do_create_group(house.actions, anna, CreateGroup(name=" "))
    assert refused.value.code == "too_short"
    assert (await snapshot(house.actions, anna)).groups == ()


async def test_groups_are_not_made_without_end(house: House) -> None:
    house = house.with_rates({Rule.GROUP_CREATE: Rate(1, 60)})
    anna = await house.user("anna")
    await house.group(anna)
    with pytest.raises(TooMany):
        await house.group(anna)


async def test_renaming_needs_the_permission(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    group_id = (await house.group(anna, ben)).group.id
    with pytest.raises(Forbidden) as refused:
        await do_update_group(house.actions, ben, group_id, UpdateGroup(name="Mine"))
    assert refused.value.data == {"permission": "manage_group"}

    await house.appoint(anna, group_id, ben, Permission.MANAGE_GROUP)
    house.published()
    group = await do_update_group(house.actions, ben, group_id, UpdateGroup(name="Ours"))
    assert (group.name, group.owner_id) == ("Ours", anna)
    assert house.published() == [(ToGroup(group_id), GroupUpdate(group=group))]
    assert (await group_view(house.actions, anna, group_id)).group == group


async def test_the_owner_hands_the_group_over(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    group_id = (await house.group(anna, ben)).group.id
    await house.appoint(anna, group_id, ben, Permission.ADMINISTRATOR)
    house.published()

    def hand_over(user_id: UserId, to: UserId) -> Coroutine[Any, Any, Group]:
        return do_transfer_group(house.actions, user_id, group_id, TransferGroup(user_id=to), "I am off")

    with pytest.raises(Forbidden) as refused:
        await hand_over(ben, ben)
    assert refused.value.data == {"permission": "owner"}
    for user_id, to, code in ((anna, cleo, "unknown_member"), (cleo, cleo, "unknown_group")):
        with pytest.raises(NotFound) as missing:
            await hand_over(user_id, to)
        assert missing.value.code == code
    assert (await hand_over(anna, anna)).owner_id == anna
    assert house.published() == []
    group = await hand_over(anna, ben)
    assert group.owner_id == ben
    assert house.published() == [(ToGroup(group_id), GroupUpdate(group=group))]
    assert (await group_view(house.actions, anna, group_id)).group == group
    await do_remove_member(house.actions, anna, group_id, anna)
    with pytest.raises(Forbidden):
        await do_remove_member(house.actions, ben, group_id, ben)


async def test_a_group_does_not_exist_for_strangers(house: House) -> None:
    anna, cleo = await house.user("anna"), await house.user("cleo")
    group_id = (await house.group(anna)).group.id
    for attempt in (
        group_view(house.actions, cleo, group_id),
        do_update_group(house.actions, cleo, group_id, UpdateGroup(name="Mine")),
        do_delete_group(house.actions, cleo, group_id),
    ):
        with pytest.raises(NotFound) as refused:
            await attempt
        assert refused.value.code == "unknown_group"


async def test_only_the_owner_deletes_the_group_and_all_are_told(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    group_id = (await house.group(anna, ben)).group.id
    await house.appoint(anna, group_id, ben, Permission.ADMINISTRATOR)
    addition = await do_create_addition(house.actions, ben, group_id, CreateAddition(username="cleo"))
    with pytest.raises(Forbidden):
        await do_delete_group(house.actions, ben, group_id)
    house.published()
    await do_delete_group(house.actions, anna, group_id)
    assert house.published() == [
        (ToUsers(tuple(sorted((anna, ben)))), GroupLeave(group_id=group_id)),
        (ToUsers((cleo,)), AdditionDelete(addition_id=addition.id)),
    ]
    assert (await snapshot(house.actions, anna)).groups == ()
    with pytest.raises(NotFound):
        await do_delete_group(house.actions, anna, group_id)

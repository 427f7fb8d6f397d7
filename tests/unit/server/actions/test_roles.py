from __future__ import annotations

import pytest

from server.actions.members import TimeOut, do_time_out
from server.actions.roles import (
    CreateRole,
    UpdateRole,
    do_assign_role,
    do_create_role,
    do_delete_role,
    do_unassign_role,
    do_update_role,
)
from server.actions.snapshot import group_view
from server.domain.access import everyone_role_id
from server.domain.entities import Member
from server.domain.errors import Conflict, Invalid, NotFound, ParleyError
from server.domain.events import MemberUpdate, RoleDelete, RoleUpdate, ToGroup
from server.domain.ids import GroupId, RoleId, Snowflake, UserId
from server.domain.limits import Limits
from server.domain.permissions import ALL, EVERYONE, Permission
from tests.support.actions import House, text_channel

P = Permission
NO_ROLE = RoleId(Snowflake(1))


class Garden:
    """Anna owns it; Ben manages roles from position 5; Cleo has nothing but what everyone has."""

    def __init__(self, house: House, group_id: GroupId, people: tuple[UserId, UserId, UserId]) -> None:
        self.house = house
        self.group_id = group_id
        self.everyone = everyone_role_id(group_id)
        self.anna, self.ben, self.cleo = people

    async def refusal(self, attempt: object) -> str:
        with pytest.raises(ParleyError) as refused:
            await attempt  # type: ignore[misc]
        return f"{refused.value.code} {refused.value.data.get('permission', '')}".strip()

    async def member(self, user_id: UserId) -> Member:
        return (await group_view(self.house.actions, user_id, self.group_id)).member


@pytest.fixture
async def garden(house: House) -> Garden:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    view = await house.group(anna, ben, cleo)
    await house.appoint(anna, view.group.id, ben, P.MANAGE_ROLES | P.MANAGE_MESSAGES, position=5)
    house.published()
    return Garden(house, view.group.id, (anna, ben, cleo))


# -------------------------------------------------------------------------------------------------------------- roles


async def test_a_role_is_made_below_the_one_who_makes_it(house: House, garden: Garden) -> None:
    request = CreateRole(name=" watering ", permissions=int(P.MANAGE_MESSAGES), position=4)
    role = await do_create_role(house.actions, garden.ben, garden.group_id, request)
    assert (role.name, role.permissions, role.position) == ("watering", int(P.MANAGE_MESSAGES), 4)
    assert house.published() == [(ToGroup(garden.group_id), RoleUpdate(role=role))]
    assert role in (await group_view(house.actions, garden.cleo, garden.group_id)).roles
    plain = await do_create_role(house.actions, garden.ben, garden.group_id, CreateRole(name="plain"))
    assert (plain.permissions, plain.position) == (0, 1)


async def test_a_role_has_a_colour_and_stands_out(house: House, garden: Garden) -> None:
    request = CreateRole(name="green", colour=0x00AA00, hoisted=True, mentionable=True)
    role = await do_create_role(house.actions, garden.ben, garden.group_id, request)
    assert (role.colour, role.hoisted, role.mentionable) == (0x00AA00, True, True)
    change = UpdateRole(colour=None, hoisted=False)
    role = await do_update_role(house.actions, garden.ben, garden.group_id, role.id, change)
    assert (role.name, role.colour, role.hoisted, role.mentionable) == ("green", None, False, True)
    assert role in (await group_view(house.actions, garden.cleo, garden.group_id)).roles
    house.published()
    assert await do_update_role(house.actions, garden.ben, garden.group_id, role.id, change) == role
    assert house.published() == []
    for colour in (-1, 0x1000000):
        change = UpdateRole(colour=colour)
        refused = do_update_role(house.actions, garden.ben, garden.group_id, role.id, change)
        assert await garden.refusal(refused) == "bad_request"


async def test_a_role_that_gives_more_or_stands_higher_is_not_made(house: House, garden: Garden) -> None:
    def make(user_id: UserId, permissions: int = 0, position: int = 1) -> object:
        request = CreateRole(name="role", permissions=permissions, position=position)
        return do_create_role(house.actions, user_id, garden.group_id, request)

    assert await garden.refusal(make(garden.cleo)) == "forbidden manage_roles"
    assert await garden.refusal(make(garden.ben, int(P.KICK_MEMBERS))) == "forbidden kick_members"
    assert await garden.refusal(make(garden.ben, int(P.ADMINISTRATOR))) == "forbidden administrator"
    assert await garden.refusal(make(garden.ben, position=5)) == "above_you"
    for position in (0, -1, 10_001):
        assert await garden.refusal(make(garden.anna, position=position)) == "bad_request"
    for permissions in (-1, int(ALL) + 1):
        assert await garden.refusal(make(garden.anna, permissions)) == "bad_request"
    assert house.published() == []


async def test_roles_have_an_end(house: House, garden: Garden) -> None:
    small = house.with_limits(Limits(roles_per_group=4))
    await small.role(garden.anna, garden.group_id)
    with pytest.raises(Conflict):
        await small.role(garden.anna, garden.group_id)


async def test_a_role_changes_where_one_stands_above_it_before_and_after(house: House, garden: Garden) -> None:
    role = await house.role(garden.anna, garden.group_id, P.KICK_MEMBERS, position=2)
    high = await house.role(garden.anna, garden.group_id, position=5)
    house.published()

    def change(role_id: RoleId, **changes: int | str) -> object:
        return do_update_role(house.actions, garden.ben, garden.group_id, role_id, UpdateRole(**changes))  # type: ignore[arg-type]

    assert await garden.refusal(change(high.id, name="mine")) == "above_you"
    assert await garden.refusal(change(role.id, position=5)) == "above_you"
    assert await garden.refusal(change(role.id, position=0)) == "bad_request"
    assert await garden.refusal(change(NO_ROLE, name="mine")) == "unknown_role"
    more = int(P.KICK_MEMBERS | P.MANAGE_GROUP)
    assert await garden.refusal(change(role.id, permissions=more)) == "forbidden manage_group"

    kept = int(P.KICK_MEMBERS | P.MANAGE_MESSAGES)  # it had the first, and he has the second
    request = UpdateRole(name="weeding", permissions=kept, position=4)
    changed = await do_update_role(house.actions, garden.ben, garden.group_id, role.id, request)
    assert (changed.name, changed.permissions, changed.position) == ("weeding", kept, 4)
    assert house.published() == [(ToGroup(garden.group_id), RoleUpdate(role=changed))]
    assert changed in (await group_view(house.actions, garden.cleo, garden.group_id)).roles


async def test_everyones_role_can_be_changed_and_stays_at_the_bottom(house: House, garden: Garden) -> None:
    def change(request: UpdateRole) -> object:
        return do_update_role(house.actions, garden.ben, garden.group_id, garden.everyone, request)

    assert await garden.refusal(change(UpdateRole(position=1))) == "bad_request"
    fewer = int(EVERYONE & ~P.CREATE_INVITE)
    request = UpdateRole(permissions=fewer)
    changed = await do_update_role(house.actions, garden.ben, garden.group_id, garden.everyone, request)
    assert (changed.permissions, changed.position) == (fewer, 0)
    assert await garden.refusal(change(UpdateRole(permissions=int(EVERYONE)))) == "forbidden create_invite"
    gone = do_delete_role(house.actions, garden.anna, garden.group_id, garden.everyone)
    assert await garden.refusal(gone) == "bad_request"


async def test_a_deleted_role_is_gone_from_members_and_channels(house: House, garden: Garden) -> None:
    role = await house.role(garden.anna, garden.group_id, position=2)
    await do_assign_role(house.actions, garden.anna, garden.group_id, garden.cleo, role.id)
    channel_id = text_channel(await group_view(house.actions, garden.anna, garden.group_id))
    await house.overwrite(garden.anna, channel_id, "role", role.id, allow=P.MANAGE_MESSAGES)
    house.published()
    await do_delete_role(house.actions, garden.ben, garden.group_id, role.id)
    gone = RoleDelete(group_id=garden.group_id, role_id=role.id)
    assert house.published() == [(ToGroup(garden.group_id), gone)]
    view = await group_view(house.actions, garden.cleo, garden.group_id)
    assert view.member.role_ids == ()
    assert role not in view.roles
    assert view.channels[0].overwrites == ()
    with pytest.raises(NotFound):
        await do_delete_role(house.actions, garden.ben, garden.group_id, role.id)


async def test_a_role_that_denies_what_one_has_not_is_not_ones_to_delete(house: House, garden: Garden) -> None:
    silent = await house.role(garden.anna, garden.group_id, position=1)
    channel_id = text_channel(await group_view(house.actions, garden.anna, garden.group_id))
    await house.overwrite(garden.anna, channel_id, "role", silent.id, deny=P.SEND_MESSAGES)
    await do_assign_role(house.actions, garden.anna, garden.group_id, garden.ben, silent.id)
    delete = do_delete_role(house.actions, garden.ben, garden.group_id, silent.id)
    assert await garden.refusal(delete) == "forbidden send_messages"
    high = await house.role(garden.anna, garden.group_id, position=6)
    assert await garden.refusal(do_delete_role(house.actions, garden.ben, garden.group_id, high.id)) == "above_you"
    cleos = do_delete_role(house.actions, garden.cleo, garden.group_id, silent.id)
    assert await garden.refusal(cleos) == "forbidden manage_roles"


# -------------------------------------------------------------------------------------------------------- assignments


async def test_roles_are_given_and_taken(house: House, garden: Garden) -> None:
    role = await house.role(garden.anna, garden.group_id, P.MANAGE_MESSAGES, position=2)
    house.published()
    member = await do_assign_role(house.actions, garden.ben, garden.group_id, garden.cleo, role.id)
    assert member.role_ids == (role.id,)
    assert await garden.member(garden.cleo) == member
    assert await do_assign_role(house.actions, garden.ben, garden.group_id, garden.cleo, role.id) == member
    assert house.published() == [(ToGroup(garden.group_id), MemberUpdate(member=member))]
    member = await do_unassign_role(house.actions, garden.ben, garden.group_id, garden.cleo, role.id)
    assert member.role_ids == ()
    assert await garden.member(garden.cleo) == member
    assert await do_unassign_role(house.actions, garden.ben, garden.group_id, garden.cleo, role.id) == member
    assert house.published() == [(ToGroup(garden.group_id), MemberUpdate(member=member))]


async def test_who_may_give_what_to_whom(house: House, garden: Garden) -> None:
    strong = await house.role(garden.anna, garden.group_id, P.KICK_MEMBERS, position=2)
    high = await house.role(garden.anna, garden.group_id, position=5)
    low = await house.role(garden.anna, garden.group_id, position=1)

    def give(user_id: UserId, to: UserId, role_id: RoleId) -> object:
        return do_assign_role(house.actions, user_id, garden.group_id, to, role_id)

    assert await garden.refusal(give(garden.cleo, garden.cleo, low.id)) == "forbidden manage_roles"
    assert await garden.refusal(give(garden.ben, garden.cleo, strong.id)) == "forbidden kick_members"
    assert await garden.refusal(give(garden.ben, garden.ben, strong.id)) == "forbidden kick_members"
    assert await garden.refusal(give(garden.ben, garden.cleo, high.id)) == "above_you"
    assert await garden.refusal(give(garden.ben, garden.anna, low.id)) == "above_you"
    assert await garden.refusal(give(garden.ben, garden.cleo, garden.everyone)) == "bad_request"
    assert await garden.refusal(give(garden.ben, garden.cleo, NO_ROLE)) == "unknown_role"
    assert await garden.refusal(give(garden.ben, UserId(Snowflake(1)), low.id)) == "unknown_member"
    member = await do_assign_role(house.actions, garden.ben, garden.group_id, garden.ben, low.id)
    assert low.id in member.role_ids


async def test_a_role_that_opens_a_channel_is_given_by_those_who_may_see_it(house: House, garden: Garden) -> None:
    secret = await house.channel(garden.anna, garden.group_id, "secret")
    key = await house.role(garden.anna, garden.group_id, position=1)
    await house.overwrite(garden.anna, secret.id, "role", garden.everyone, deny=P.VIEW_CHANNEL)
    await house.overwrite(garden.anna, secret.id, "role", key.id, allow=P.VIEW_CHANNEL)
    for to in (garden.ben, garden.cleo):
        give = do_assign_role(house.actions, garden.ben, garden.group_id, to, key.id)
        assert await garden.refusal(give) == "forbidden view_channel"
    await do_assign_role(house.actions, garden.anna, garden.group_id, garden.ben, key.id)
    await do_assign_role(house.actions, garden.ben, garden.group_id, garden.cleo, key.id)


async def test_a_silencing_role_is_not_taken_off_by_the_silenced_nor_hidden_by_a_time_out(
    house: House, garden: Garden
) -> None:
    silent = await house.role(garden.anna, garden.group_id, position=1)
    channel_id = text_channel(await group_view(house.actions, garden.anna, garden.group_id))
    await house.overwrite(garden.anna, channel_id, "role", silent.id, deny=P.SEND_MESSAGES)
    for user_id in (garden.ben, garden.cleo):
        await do_assign_role(house.actions, garden.anna, garden.group_id, user_id, silent.id)
    until = TimeOut(until_ms=house.clock.ms + 1000)
    await do_time_out(house.actions, garden.anna, garden.group_id, garden.cleo, until)
    for user_id in (garden.ben, garden.cleo):
        take = do_unassign_role(house.actions, garden.ben, garden.group_id, user_id, silent.id)
        assert await garden.refusal(take) == "forbidden send_messages"


async def test_what_is_refused_is_refused_before_anything_is_written(house: House, garden: Garden) -> None:
    with pytest.raises(Invalid):
        await do_create_role(house.actions, garden.anna, garden.group_id, CreateRole(name="\u200b"))
    assert len((await group_view(house.actions, garden.anna, garden.group_id)).roles) == 3

"""What holds for all actions of moderators: each is in the audit log, and none touches someone who stands above."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from server.actions.additions import CreateAddition, do_create_addition, do_withdraw_addition
from server.actions.audit import AuditQuery, get_audit
from server.actions.channel_order import ChannelPlace, OrderChannels, do_order_channels
from server.actions.channels import (
    CreateChannel,
    UpdateChannel,
    do_create_channel,
    do_delete_channel,
    do_update_channel,
)
from server.actions.groups import TransferGroup, UpdateGroup, do_transfer_group, do_update_group
from server.actions.invites import CreateInvite, do_create_invite, do_delete_invite
from server.actions.members import TimeOut, UpdateMember, do_remove_member, do_time_out, do_update_member
from server.actions.messages import PageQuery, do_delete_message, get_messages
from server.actions.overwrites import PutOverwrite, do_delete_overwrite, do_put_overwrite
from server.actions.role_order import OrderRoles, do_order_roles
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
from server.actions.voice import check_voice_join
from server.domain.access import everyone_role_id
from server.domain.entities import AuditAction, AuditEntry
from server.domain.errors import Forbidden
from server.domain.ids import ChannelId, GroupId, RoleId, UserId
from server.domain.permissions import MODERATOR, Permission
from tests.support.actions import House, text_channel, voice_channel

P = Permission
WHY = "because"


@dataclass
class Stage:
    """Anna owns the group; Ben does everything; Cleo has what everyone has and the role ``low``; Dora is outside."""

    house: House
    group_id: GroupId
    anna: UserId
    ben: UserId
    cleo: UserId
    dora: UserId
    low: RoleId
    text: ChannelId
    voice: ChannelId

    async def last(self) -> AuditEntry:
        page = await get_audit(self.house.actions, self.anna, self.group_id, AuditQuery(actor=self.ben, limit=1))
        return page.entries[0]


@pytest.fixture
async def stage(house: House) -> Stage:
    anna, ben, cleo, dora = [await house.user(name) for name in ("anna", "ben", "cleo", "dora")]
    view = await house.group(anna, ben, cleo)
    group_id = view.group.id
    await house.appoint(anna, group_id, ben, P.ADMINISTRATOR, position=9)
    low = await house.appoint(anna, group_id, cleo, P.VIEW_CHANNEL, position=2)
    return Stage(house, group_id, anna, ben, cleo, dora, low.id, text_channel(view), voice_channel(view))


Act = Callable[[Stage], Awaitable[object]]
CASES: dict[str, tuple[AuditAction, Act]] = {}


def case(action: AuditAction) -> Callable[[Act], Act]:
    def add(act: Act) -> Act:
        CASES[act.__name__] = (action, act)
        return act

    return add


@case(AuditAction.GROUP_UPDATE)
async def rename_group(stage: Stage) -> None:
    await do_update_group(stage.house.actions, stage.ben, stage.group_id, UpdateGroup(name="Ours"), WHY)


@case(AuditAction.GROUP_TRANSFER)
async def transfer_group(stage: Stage) -> None:
    actions = stage.house.actions
    await do_transfer_group(actions, stage.anna, stage.group_id, TransferGroup(user_id=stage.ben))
    await do_transfer_group(actions, stage.ben, stage.group_id, TransferGroup(user_id=stage.anna), WHY)


@case(AuditAction.CHANNEL_CREATE)
async def create_channel(stage: Stage) -> None:
    request = CreateChannel(name="new", kind="text", private=True)
    await do_create_channel(stage.house.actions, stage.ben, stage.group_id, request, WHY)


@case(AuditAction.CHANNEL_UPDATE)
async def update_channel(stage: Stage) -> None:
    await do_update_channel(stage.house.actions, stage.ben, stage.text, UpdateChannel(slow_mode_s=5), WHY)


@case(AuditAction.CHANNEL_DELETE)
async def delete_channel(stage: Stage) -> None:
    await do_delete_channel(stage.house.actions, stage.ben, stage.text, WHY)


@case(AuditAction.CHANNEL_ORDER)
async def order_channels(stage: Stage) -> None:
    places = tuple(ChannelPlace(id=one, category_id=None) for one in (stage.voice, stage.text))
    await do_order_channels(stage.house.actions, stage.ben, stage.group_id, OrderChannels(channels=places), WHY)


@case(AuditAction.OVERWRITE_UPDATE)
async def put_overwrite(stage: Stage) -> None:
    request = PutOverwrite(allow=0, deny=int(P.SPEAK))
    await do_put_overwrite(stage.house.actions, stage.ben, stage.text, "member", stage.cleo, request, WHY)


@case(AuditAction.OVERWRITE_DELETE)
async def delete_overwrite(stage: Stage) -> None:
    await put_overwrite(stage)
    await do_delete_overwrite(stage.house.actions, stage.ben, stage.text, "member", stage.cleo, WHY)


@case(AuditAction.ROLE_CREATE)
async def create_role(stage: Stage) -> None:
    await do_create_role(stage.house.actions, stage.ben, stage.group_id, CreateRole(name="new"), WHY)


@case(AuditAction.ROLE_UPDATE)
async def update_role(stage: Stage) -> None:
    request = UpdateRole(colour=0xFF0000)
    await do_update_role(stage.house.actions, stage.ben, stage.group_id, stage.low, request, WHY)


@case(AuditAction.ROLE_DELETE)
async def delete_role(stage: Stage) -> None:
    await do_delete_role(stage.house.actions, stage.ben, stage.group_id, stage.low, WHY)


@case(AuditAction.ROLE_ORDER)
async def order_roles(stage: Stage) -> None:
    view = await group_view(stage.house.actions, stage.ben, stage.group_id)
    everyone, moderator, low, top = [role.id for role in view.roles]
    assert (everyone, low) == (everyone_role_id(stage.group_id), stage.low)
    request = OrderRoles(role_ids=(top, moderator, low))
    await do_order_roles(stage.house.actions, stage.ben, stage.group_id, request, WHY)


@case(AuditAction.MEMBER_ROLE)
async def unassign_role(stage: Stage) -> None:
    await do_unassign_role(stage.house.actions, stage.ben, stage.group_id, stage.cleo, stage.low, WHY)


@case(AuditAction.MEMBER_ROLE)
async def assign_role(stage: Stage) -> None:
    await unassign_role(stage)
    await do_assign_role(stage.house.actions, stage.ben, stage.group_id, stage.cleo, stage.low, WHY)


@case(AuditAction.MEMBER_NICKNAME)
async def rename_member(stage: Stage) -> None:
    request = UpdateMember(nickname="C.")
    await do_update_member(stage.house.actions, stage.ben, stage.group_id, stage.cleo, request, WHY)


@case(AuditAction.MEMBER_TIME_OUT)
async def time_out(stage: Stage) -> None:
    request = TimeOut(until_ms=stage.house.clock.ms + 1000)
    await do_time_out(stage.house.actions, stage.ben, stage.group_id, stage.cleo, request, WHY)


@case(AuditAction.MEMBER_KICK)
async def kick(stage: Stage) -> None:
    await do_remove_member(stage.house.actions, stage.ben, stage.group_id, stage.cleo, WHY)


@case(AuditAction.INVITE_CREATE)
async def create_invite(stage: Stage) -> None:
    await do_create_invite(stage.house.actions, stage.ben, stage.group_id, CreateInvite(max_uses=3))


@case(AuditAction.INVITE_DELETE)
async def delete_invite(stage: Stage) -> None:
    invite = await do_create_invite(stage.house.actions, stage.anna, stage.group_id, CreateInvite())
    await do_delete_invite(stage.house.actions, stage.ben, invite.code)


@case(AuditAction.ADDITION_DELETE)
async def withdraw_addition(stage: Stage) -> None:
    actions = stage.house.actions
    addition = await do_create_addition(actions, stage.anna, stage.group_id, CreateAddition(username="dora"))
    await do_withdraw_addition(actions, stage.ben, addition.id)


@case(AuditAction.MESSAGE_DELETE)
async def delete_message(stage: Stage) -> None:
    message = await stage.house.say(stage.cleo, stage.text)
    await do_delete_message(stage.house.actions, stage.ben, stage.text, message.id, WHY)


TOLD: dict[str, tuple[str, dict[str, object]]] = {
    "rename_group": ("group", {"name": "Ours"}),
    "transfer_group": ("member", {}),
    "create_channel": ("channel", {"name": "new", "kind": "text", "category_id": None, "private": True}),
    "update_channel": ("channel", {"slow_mode_s": 5}),
    "delete_channel": ("channel", {"name": "general", "kind": "text"}),
    "order_channels": ("group", {}),
    "put_overwrite": ("channel", {"target": "member", "target_id": "#cleo", "allow": 0, "deny": int(P.SPEAK)}),
    "delete_overwrite": ("channel", {"target": "member", "target_id": "#cleo"}),
    "create_role": (
        "role",
        {"name": "new", "permissions": 0, "position": 1, "colour": None, "hoisted": False, "mentionable": False},
    ),
    "update_role": ("role", {"colour": 0xFF0000}),
    "delete_role": ("role", {"name": "role"}),
    "order_roles": ("group", {}),
    "unassign_role": ("member", {"role_id": "#low", "has": False}),
    "assign_role": ("member", {"role_id": "#low", "has": True}),
    "rename_member": ("member", {"nickname": "C."}),
    "time_out": ("member", {"until_ms": 1_760_000_001_000}),
    "kick": ("member", {}),
    "create_invite": ("invite", {"channel_id": None, "expires_ms": None, "max_uses": 3}),
    "delete_invite": ("invite", {}),
    "withdraw_addition": ("member", {}),
    "delete_message": ("message", {"channel_id": "#text", "user_id": "#cleo"}),
}
WITHOUT_REASON = ("create_invite", "delete_invite", "withdraw_addition")


@pytest.mark.parametrize("name", CASES)
async def test_it_is_in_the_audit_log(stage: Stage, name: str) -> None:
    action, act = CASES[name]
    await act(stage)
    entry = await stage.last()
    kind, changes = TOLD[name]
    ids = {f"#{name}": str(int(getattr(stage, name))) for name in ("cleo", "low", "text")}
    assert (entry.action, entry.actor_id, entry.target_kind) == (action, stage.ben, kind)
    assert entry.changes == {key: ids.get(str(value), value) for key, value in changes.items()}
    assert entry.reason == ("" if name in WITHOUT_REASON else WHY)
    assert entry.target_id


async def test_what_one_does_to_ones_own_is_not_in_the_log(stage: Stage) -> None:
    message = await stage.house.say(stage.ben, stage.text)
    await do_delete_message(stage.house.actions, stage.ben, stage.text, message.id)
    await do_update_member(stage.house.actions, stage.ben, stage.group_id, stage.ben, UpdateMember(nickname="B."))
    await do_remove_member(stage.house.actions, stage.ben, stage.group_id, stage.ben)
    page = await get_audit(stage.house.actions, stage.anna, stage.group_id, AuditQuery(actor=stage.ben))
    assert page.entries == ()


async def test_what_is_refused_is_not_in_the_log(stage: Stage) -> None:
    with pytest.raises(Forbidden):
        await do_remove_member(stage.house.actions, stage.cleo, stage.group_id, stage.ben, WHY)
    page = await get_audit(stage.house.actions, stage.anna, stage.group_id, AuditQuery(actor=stage.cleo))
    assert page.entries == ()


# -------------------------------------------------------------------------------------------------------- who is above

UPON: dict[str, Callable[[Stage, UserId], Awaitable[object]]] = {
    "kick": lambda stage, target: do_remove_member(stage.house.actions, stage.ben, stage.group_id, target),
    "time_out": lambda stage, target: do_time_out(
        stage.house.actions, stage.ben, stage.group_id, target, TimeOut(until_ms=stage.house.clock.ms + 1000)
    ),
    "end_time_out": lambda stage, target: do_time_out(
        stage.house.actions, stage.ben, stage.group_id, target, TimeOut(until_ms=None)
    ),
    "nickname": lambda stage, target: do_update_member(
        stage.house.actions, stage.ben, stage.group_id, target, UpdateMember(nickname="x")
    ),
    "assign": lambda stage, target: do_assign_role(stage.house.actions, stage.ben, stage.group_id, target, stage.low),
    "unassign": lambda stage, target: do_unassign_role(
        stage.house.actions, stage.ben, stage.group_id, target, stage.low
    ),
    "put_overwrite": lambda stage, target: do_put_overwrite(
        stage.house.actions, stage.ben, stage.text, "member", target, PutOverwrite(allow=0, deny=1)
    ),
    "delete_overwrite": lambda stage, target: do_delete_overwrite(
        stage.house.actions, stage.ben, stage.text, "member", target
    ),
}
"""Each action of one member upon another."""


@pytest.mark.parametrize("act", UPON)
async def test_nobody_acts_upon_those_who_stand_at_or_above_them(stage: Stage, act: str) -> None:
    equal = await stage.house.user("erik")
    higher = await stage.house.user("fay")
    for user_id, position in ((equal, 9), (higher, 10)):
        await stage.house.bring_in(stage.anna, stage.group_id, user_id)
        await stage.house.appoint(stage.anna, stage.group_id, user_id, P.VIEW_CHANNEL, position=position)
    for target in (stage.anna, equal, higher):
        with pytest.raises(Forbidden) as refused:
            await UPON[act](stage, target)
        assert refused.value.code == "above_you"
    await UPON[act](stage, stage.cleo)


async def test_an_appointed_moderator_has_the_role_of_that_name(stage: Stage) -> None:
    view = await group_view(stage.house.actions, stage.anna, stage.group_id)
    moderator = next(role for role in view.roles if role.name == "Moderator")
    assert moderator.permissions == MODERATOR
    await stage.house.bring_in(stage.anna, stage.group_id, stage.dora)
    await do_assign_role(stage.house.actions, stage.anna, stage.group_id, stage.dora, moderator.id)
    with pytest.raises(Forbidden):
        await do_remove_member(stage.house.actions, stage.dora, stage.group_id, stage.cleo)  # "low" is higher
    await do_unassign_role(stage.house.actions, stage.anna, stage.group_id, stage.cleo, stage.low)
    await do_remove_member(stage.house.actions, stage.dora, stage.group_id, stage.cleo)
    assert (await get_audit(stage.house.actions, stage.dora, stage.group_id, AuditQuery())).entries


async def test_silent_is_a_role_whose_categories_deny_speaking(stage: Stage) -> None:
    """May read, and not speak: in all channels of a category, but where a channel says otherwise."""
    house, group_id = stage.house, stage.group_id
    silent = await house.role(stage.anna, group_id, position=1)
    outside = await house.category(stage.anna, group_id)
    beds = await house.channel(stage.anna, group_id, "beds", outside.id)
    deny = P.SEND_MESSAGES | P.ADD_REACTIONS | P.SPEAK
    for channel_id in (outside.id, stage.text, stage.voice):
        await house.overwrite(stage.anna, channel_id, "role", silent.id, deny=deny)
    for channel_id in (beds.id, stage.text):
        await house.say(stage.cleo, channel_id)
    await do_assign_role(house.actions, stage.ben, group_id, stage.cleo, silent.id)
    for channel_id in (beds.id, stage.text):
        with pytest.raises(Forbidden) as refused:
            await house.say(stage.cleo, channel_id)
        assert refused.value.data == {"permission": "send_messages"}
        page = await get_messages(house.actions, stage.cleo, channel_id, PageQuery())
        assert len(page.messages) == 1
    seat = await check_voice_join(house.actions, stage.cleo, stage.voice)
    assert not seat.may_speak
    await house.overwrite(stage.anna, beds.id, "role", silent.id, allow=P.SEND_MESSAGES)
    await house.say(stage.cleo, beds.id)

"""The permission rules, whatever the group looks like; and against a second reading of docs/protocol.md."""

from __future__ import annotations

import asyncio
from dataclasses import replace as replace_seat
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from server.actions.authority import Seat
from server.actions.categories import check_move
from server.actions.channels import check_delete_channel
from server.actions.overwrites import check_overwrite
from server.actions.role_order import arranged, check_order
from server.actions.roles import check_assignment, check_delete_role, check_role
from server.domain.access import GroupAccess, everyone_role_id
from server.domain.entities import Channel, ChannelKind, Group, Member, Overwrite, Role
from server.domain.errors import Forbidden, ParleyError
from server.domain.ids import ChannelId, GroupId, RoleId, Snowflake, UserId
from server.domain.limits import Limits
from server.domain.permissions import ALL, IN_CHANNELS, NOTHING, TIMED_OUT, Permission
from server.domain.permissions import given as gives
from server.ports import Reader

NOW_MS = 1_000
GROUP = GroupId(Snowflake(1))
EVERYONE = everyone_role_id(GROUP)
ROLES = [RoleId(Snowflake(number)) for number in (11, 12, 13)]
PEOPLE = [UserId(Snowflake(number)) for number in (21, 22, 23)]
OWNER = UserId(Snowflake(20))
CHANNELS = [ChannelId(Snowflake(number)) for number in (31, 32)]
CATEGORY, OTHER_CATEGORY = CATEGORIES = [ChannelId(Snowflake(number)) for number in (33, 34)]

bits = st.integers(0, int(ALL)).map(Permission)
channel_bits = st.integers(0, int(ALL)).map(lambda value: Permission(value & int(IN_CHANNELS)))


FEW = Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES | Permission.SPEAK
"""Where only these are spoken of, the cases in which rules meet are frequent."""
few_bits = st.integers(0, int(ALL)).map(lambda value: Permission(value & int(FEW)))


@st.composite
def overwrites(draw: st.DrawFn, of: st.SearchStrategy[Permission] = channel_bits) -> tuple[Overwrite, ...]:
    targets = [("role", one) for one in [EVERYONE, *ROLES]] + [("member", one) for one in [*PEOPLE, OWNER]]
    chosen = draw(st.lists(st.sampled_from(targets), unique=True, max_size=5))
    made = []
    for target, target_id in chosen:
        allow, deny = draw(of), draw(of)
        made.append(
            Overwrite(
                target=cast(Any, target),
                target_id=Snowflake(target_id),
                allow=int(allow),
                deny=int(deny) & ~int(allow),
            )
        )
    return tuple(made)


@st.composite
def groups(draw: st.DrawFn, *, few: bool = False) -> GroupAccess:
    of_roles, of_channels = (few_bits, few_bits) if few else (bits, channel_bits)
    roles = [Role(id=EVERYONE, group_id=GROUP, name="all", permissions=int(draw(of_roles)), position=0)]
    for role_id in ROLES:
        position = draw(st.integers(1, 4))
        roles.append(Role(id=role_id, group_id=GROUP, name="role", permissions=int(draw(of_roles)), position=position))
    channels = [
        Channel(
            id=one,
            group_id=GROUP,
            kind=ChannelKind.TEXT,
            name="c",
            category_id=CATEGORY if few else draw(st.sampled_from([None, *CATEGORIES])),
            overwrites=draw(overwrites(of_channels)),
        )
        for one in CHANNELS
    ]
    channels += [
        Channel(id=one, group_id=GROUP, kind=ChannelKind.CATEGORY, name="k", overwrites=draw(overwrites(of_channels)))
        for one in CATEGORIES
    ]
    return GroupAccess.of(Group(id=GROUP, name="g", owner_id=OWNER), roles, channels)


@st.composite
def members(draw: st.DrawFn, *, owner: bool = False) -> Member:
    user_id = draw(st.sampled_from([*PEOPLE, OWNER] if owner else PEOPLE))
    role_ids = tuple(sorted(draw(st.sets(st.sampled_from(ROLES)))))
    until_ms = draw(st.sampled_from([None, None, NOW_MS, NOW_MS + 1]))
    return Member(group_id=GROUP, user_id=user_id, role_ids=role_ids, joined_ms=0, timed_out_until_ms=until_ms)


@st.composite
def managed(draw: st.DrawFn, *, few: bool = False) -> tuple[GroupAccess, Member]:
    """A group, and one who manages its roles from a high place, without being an administrator: who is often allowed to."""
    access, actor = draw(groups(few=few)), draw(members())
    for role_id in (EVERYONE, *ROLES):
        role = access.roles[role_id]
        access = access.with_role(replace(role, permissions=role.permissions & ~int(Permission.ADMINISTRATOR)))
    top = replace(
        access.roles[ROLES[0]],
        position=9,
        permissions=access.roles[ROLES[0]].permissions
        | int(Permission.MANAGE_ROLES | Permission.MANAGE_CHANNELS | (FEW if few else NOTHING)),
    )
    role_ids = tuple(sorted({*actor.role_ids, top.id}))
    return access.with_role(top), replace(actor, role_ids=role_ids, timed_out_until_ms=None)


scopes = st.sampled_from([None, *CHANNELS])


def in_time(member: Member) -> Member:
    return replace(member, timed_out_until_ms=None)


def layers_of(channel: Channel, member: Member) -> list[list[Overwrite]]:
    layers: list[list[Overwrite]] = [[], [], []]
    for one in channel.overwrites:
        if one.target == "role" and one.target_id == EVERYONE:
            layers[0].append(one)
        elif one.target == "role" and one.target_id in member.role_ids:
            layers[1].append(one)
        elif one.target == "member" and one.target_id == member.user_id:
            layers[2].append(one)
    return layers


def second_reading(access: GroupAccess, member: Member, channel_id: ChannelId | None) -> set[Permission]:
    """Bit by bit, as docs/protocol.md says it."""
    if member.user_id == access.group.owner_id:
        return set(Permission)
    mine = {EVERYONE, *member.role_ids}
    has = {bit for bit in Permission for role in access.roles.values() if role.id in mine and role.permissions & bit}
    if Permission.ADMINISTRATOR in has:
        has = set(Permission)
    elif channel_id is not None:
        channel = access.channels[channel_id]
        above = [] if channel.category_id is None else layers_of(access.channels[channel.category_id], member)
        for layer in above + layers_of(channel, member):
            has -= {bit for bit in Permission for one in layer if one.deny & bit}
            has |= {bit for bit in Permission for one in layer if one.allow & bit}
        if Permission.VIEW_CHANNEL not in has:
            has = set()
    if member.timed_out_until_ms is not None and member.timed_out_until_ms > NOW_MS:
        has &= {Permission.VIEW_CHANNEL, Permission.READ_HISTORY}
    return has


@given(groups(), members(owner=True), scopes)
@settings(max_examples=200)
def test_two_readings_of_the_rules_agree(access: GroupAccess, member: Member, scope: ChannelId | None) -> None:
    assert set(access.permissions(member, scope, NOW_MS)) == second_reading(access, member, scope)


@given(groups(), members(), scopes)
def test_the_owner_always_has_everything(access: GroupAccess, member: Member, scope: ChannelId | None) -> None:
    assert access.permissions(replace(member, user_id=OWNER), scope, NOW_MS) == ALL


@given(groups(), members(), scopes, st.sampled_from([EVERYONE, *ROLES]))
def test_an_administrator_has_everything(
    access: GroupAccess, member: Member, scope: ChannelId | None, role_id: RoleId
) -> None:
    strong = access.with_role(replace(access.roles[role_id], permissions=int(Permission.ADMINISTRATOR)))
    mighty = replace(in_time(member), role_ids=tuple(ROLES))
    assert strong.permissions(mighty, scope, NOW_MS) == ALL


@given(groups(), members(), st.sampled_from(CHANNELS), st.sampled_from(list(Permission)))
def test_ones_own_deny_is_the_last_word(
    access: GroupAccess, member: Member, channel_id: ChannelId, bit: Permission
) -> None:
    others = [one for one in access.channels[channel_id].overwrites if one.target_id != member.user_id]
    own = Overwrite(target="member", target_id=member.user_id, deny=int(bit))
    denied = access.with_channel(replace(access.channels[channel_id], overwrites=(*others, own)))
    is_administrator = Permission.ADMINISTRATOR in denied.permissions(in_time(member), None, NOW_MS)
    if not is_administrator:
        assert bit not in denied.permissions(member, channel_id, NOW_MS)


@given(groups(), members(), scopes, st.sampled_from([EVERYONE, *ROLES]), bits)
def test_a_stronger_role_takes_nothing_away(
    access: GroupAccess, member: Member, scope: ChannelId | None, role_id: RoleId, more: Permission
) -> None:
    role = access.roles[role_id]
    stronger = access.with_role(replace(role, permissions=role.permissions | int(more)))
    before, after = (one.permissions(member, scope, NOW_MS) for one in (access, stronger))
    assert before in after


@given(groups(), members(), st.sampled_from(CHANNELS), st.randoms())
def test_the_order_of_overwrites_does_not_matter(
    access: GroupAccess, member: Member, channel_id: ChannelId, source: Any
) -> None:
    shuffled = list(access.channels[channel_id].overwrites)
    source.shuffle(shuffled)
    other = access.with_channel(replace(access.channels[channel_id], overwrites=tuple(shuffled)))
    assert other.permissions(member, channel_id, NOW_MS) == access.permissions(member, channel_id, NOW_MS)


@given(groups(), members(), scopes)
def test_a_time_out_leaves_the_view_and_the_history_alone(
    access: GroupAccess, member: Member, scope: ChannelId | None
) -> None:
    before = access.permissions(in_time(member), scope, NOW_MS)
    after = access.permissions(replace(member, timed_out_until_ms=NOW_MS + 1), scope, NOW_MS)
    assert after == before & TIMED_OUT


@given(groups(), members(owner=True), st.sampled_from(CHANNELS))
def test_without_the_view_there_is_nothing(access: GroupAccess, member: Member, channel_id: ChannelId) -> None:
    found = access.permissions(member, channel_id, NOW_MS)
    assert (found == NOTHING) == (not access.may_view(member, channel_id))
    assert access.may_view(member, channel_id) == (Permission.VIEW_CHANNEL in found)
    assert (channel_id in [one.id for one in access.visible_channels(member)]) == access.may_view(member, channel_id)


@given(groups(), members(owner=True), members(owner=True))
def test_standing_above_is_an_order(access: GroupAccess, one: Member, other: Member) -> None:
    assert not access.stands_above(one, one)
    assert not (access.stands_above(one, other) and access.stands_above(other, one))
    if other.user_id == OWNER:
        assert not access.stands_above(one, other)


# ------------------------------------------------------------------------------------------------------ no escalation


def gained(before: GroupAccess, after: GroupAccess, who: Member, scope: ChannelId | None) -> Permission:
    """Whatever the time: a time-out hides what is gained, and ends."""
    had, has = (one.permissions(in_time(who), scope, NOW_MS) for one in (before, after))
    return has & ~had


@given(managed(), members(), st.sampled_from(ROLES), st.booleans())
@settings(max_examples=200)
def test_an_assignment_gives_nothing_that_the_giver_has_not(
    place: tuple[GroupAccess, Member], target: Member, role_id: RoleId, give: bool
) -> None:
    access, actor = place
    if target.user_id == actor.user_id:
        target = actor
    others = {one for one in target.role_ids if one != role_id}
    after = replace(target, role_ids=tuple(sorted(others | {role_id} if give else others)))
    seat = Seat(access, actor, NOW_MS)
    try:
        check_assignment(seat, access.roles[role_id], target, after)
    except ParleyError:
        return
    assert access.rank(after) <= access.rank(actor)
    for scope in (None, *CHANNELS):
        had, has = (access.permissions(in_time(one), scope, NOW_MS) for one in (target, after))
        assert (has & ~had) in seat.permissions(scope)


@given(managed(), st.sampled_from([EVERYONE, *ROLES]), st.sampled_from(list(Permission)), st.integers(0, 9))
@settings(max_examples=200)
def test_whoever_changes_a_role_gets_nothing_from_it(
    place: tuple[GroupAccess, Member], role_id: RoleId, bit: Permission, position: int
) -> None:
    access, actor = place
    actions = cast(Any, type("Limited", (), {"limits": Limits()}))
    before = access.roles[role_id]
    position = 0 if role_id == EVERYONE else position
    after = replace(before, permissions=before.permissions | int(bit), position=position)
    seat = Seat(access, actor, NOW_MS)
    try:
        check_role(actions, seat, before, after)
    except ParleyError:
        return
    assert bit in seat.permissions() or before.permissions & bit
    changed = access.with_role(after)
    assert changed.rank(actor) == access.rank(actor)
    for scope in (None, *CHANNELS):
        assert gained(access, changed, actor, scope) == NOTHING


class _OneMember:
    """A reader that knows a single member."""

    def __init__(self, member: Member) -> None:
        self.members = self
        self._member = member

    async def get(self, _group_id: GroupId, _user_id: UserId) -> Member:
        return self._member


def nobody_gains(before: GroupAccess, after: GroupAccess, seat: Seat, others: Member) -> None:
    """Not the one who did it; and ``others`` nothing that this one had not there."""
    for channel_id in after.channels:
        assert gained(before, after, seat.member, channel_id) == NOTHING
        if before.may_view(others, channel_id):
            assert gained(before, after, others, channel_id) in seat.permissions(channel_id)
        elif after.may_view(others, channel_id):
            assert before.may_view(seat.member, channel_id)


@given(managed(few=True), members(owner=True), st.sampled_from([CATEGORY, *CHANNELS]), few_bits, few_bits, st.data())
@settings(max_examples=300)
def test_an_overwrite_gives_nothing_that_the_giver_has_not(
    place: tuple[GroupAccess, Member],
    target: Member,
    channel_id: ChannelId,
    allow: Permission,
    deny: Permission,
    data: st.DataObject,
) -> None:
    access, actor = place
    if target.user_id == actor.user_id:
        target = actor
    target_id = data.draw(st.sampled_from([EVERYONE, *ROLES, target.user_id]))
    kind: Any = "member" if target_id == target.user_id else "role"
    channel = access.channels[channel_id]
    one = Overwrite(target=kind, target_id=Snowflake(target_id), allow=int(allow), deny=int(deny) & ~int(allow))
    seat = Seat(access, actor, NOW_MS)
    reader = cast(Reader, _OneMember(target))
    if not access.may_view(actor, channel_id):
        return
    try:
        asyncio.run(check_overwrite(reader, seat, channel, kind, one.target_id, one))
    except ParleyError:
        return
    kept = [old for old in channel.overwrites if (old.target, old.target_id) != (kind, one.target_id)]
    nobody_gains(access, access.with_channel(replace(channel, overwrites=(*kept, one))), seat, target)


@given(managed(few=True), members(owner=True), st.sampled_from([CATEGORY, *CHANNELS]), st.data())
@settings(max_examples=300)
def test_an_overwrite_taken_away_gives_nothing_that_the_one_who_takes_it_has_not(
    place: tuple[GroupAccess, Member], target: Member, channel_id: ChannelId, data: st.DataObject
) -> None:
    access, actor = place
    channel = access.channels[channel_id]
    if not channel.overwrites or not access.may_view(actor, channel_id):
        return
    one = data.draw(st.sampled_from(channel.overwrites))
    if one.target == "member" and one.target_id == actor.user_id:
        target = actor
    elif one.target == "member":
        target = replace(target, user_id=UserId(one.target_id))
    seat = Seat(access, actor, NOW_MS)
    try:
        asyncio.run(check_overwrite(cast(Reader, _OneMember(target)), seat, channel, one.target, one.target_id, None))
    except ParleyError:
        return
    kept = tuple(old for old in channel.overwrites if old != one)
    nobody_gains(access, access.with_channel(replace(channel, overwrites=kept)), seat, target)


@given(managed(few=True), members(owner=True), st.sampled_from(CHANNELS), st.sampled_from([None, *CATEGORIES]))
@settings(max_examples=200)
def test_a_move_to_another_category_gives_nothing_that_the_mover_has_not(
    place: tuple[GroupAccess, Member], other: Member, channel_id: ChannelId, category_id: ChannelId | None
) -> None:
    access, actor = place
    if other.user_id == actor.user_id:
        other = actor
    channel = access.channels[channel_id]
    seat = Seat(access, actor, NOW_MS)
    try:
        check_move(seat, channel, category_id)
    except ParleyError:
        return
    nobody_gains(access, access.with_channel(replace(channel, category_id=category_id)), seat, other)


@given(managed(few=True), members(owner=True))
@settings(max_examples=200)
def test_the_end_of_a_category_gives_nothing_that_the_one_who_ends_it_has_not(
    place: tuple[GroupAccess, Member], other: Member
) -> None:
    access, actor = place
    if other.user_id == actor.user_id:
        other = actor
    seat = Seat(access, actor, NOW_MS)
    try:
        check_delete_channel(seat, access.channels[CATEGORY])
    except ParleyError:
        return
    nobody_gains(access, access.without_channel(CATEGORY), seat, other)


@given(managed(few=True), members(), st.sampled_from(ROLES))
@settings(max_examples=200)
def test_the_end_of_a_role_gives_nothing_that_the_one_who_ends_it_has_not(
    place: tuple[GroupAccess, Member], other: Member, role_id: RoleId
) -> None:
    access, actor = place
    if other.user_id == actor.user_id:
        other = actor
    seat = Seat(access, actor, NOW_MS)
    try:
        check_delete_role(seat, access.roles[role_id])
    except ParleyError:
        return
    nobody_gains(access, access.without_role(role_id), seat, other)


@given(managed(), st.permutations(ROLES))
@settings(max_examples=200)
def test_an_order_of_roles_lifts_nobody_to_or_above_the_one_who_makes_it(
    place: tuple[GroupAccess, Member], role_ids: list[RoleId]
) -> None:
    access, actor = place
    try:
        above, below = check_order(Seat(access, actor, NOW_MS), tuple(role_ids))
    except ParleyError:
        return
    after = access
    for role in arranged(above, below, position_max=10):
        after = after.with_role(role)
    assert [one.id for one in sorted(after.roles.values(), key=lambda one: -one.position)] == [*role_ids, EVERYONE]
    for one in access.roles.values():
        assert after.may_touch(actor, after.roles[one.id]) == access.may_touch(actor, one)
        for other in above:
            assert (after.roles[one.id].position < after.roles[other.id].position) == (one.position < other.position)


@given(channel_bits, channel_bits)
def test_nothing_is_given_by_denying_more(allow: Permission, deny: Permission) -> None:
    before = Overwrite(target="role", target_id=EVERYONE, allow=int(allow), deny=0)
    after = replace(before, allow=0, deny=int(deny))
    assert gives(before, after) == NOTHING
    assert gives(None, None) == NOTHING


@given(groups(), members())
def test_someone_in_time_out_gives_nothing(access: GroupAccess, actor: Member) -> None:
    silenced = replace(actor, timed_out_until_ms=NOW_MS + 1)
    seat = replace_seat(Seat(access, actor, NOW_MS), member=silenced)
    for role_id in ROLES:
        with pytest.raises(Forbidden):
            check_assignment(seat, access.roles[role_id], actor, actor)


@given(groups(few=True) | groups(), st.lists(members(owner=True), max_size=12), st.sampled_from(CHANNELS))
def test_viewers_are_those_who_may_view(access: GroupAccess, some: list[Member], channel_id: ChannelId) -> None:
    """However they are found."""
    viewers = [member.user_id for member in some if access.may_view(member, channel_id)]
    assert access.viewers(channel_id, some) == tuple(viewers)
    if access.all_view(channel_id):
        assert len(viewers) == len(some)

from __future__ import annotations

import pytest
from msgspec.structs import replace

from server.domain.access import OWNER_RANK, GroupAccess, drop_role, everyone_role_id, is_timed_out
from server.domain.entities import Channel, ChannelKind, Group, Member, Overwrite
from server.domain.events import (
    ChannelDelete,
    ChannelUpdate,
    Event,
    GroupLeave,
    GroupUpdate,
    RoleDelete,
    RoleUpdate,
)
from server.domain.ids import RoleId, Snowflake
from server.domain.permissions import ALL, EVERYONE, NOTHING, Permission
from tests.support.rows import (
    ANNA,
    BEN,
    CLEO,
    ELSEWHERE,
    GENERAL,
    GROUP,
    MODERATOR,
    OTHER_GROUP,
    RANDOM,
    SILENT,
    VOICE,
    channel,
    member,
    role,
    user_id,
)

P = Permission
NOW_MS = 1_000_000
ALL_ROLE = everyone_role_id(GROUP)
HIDDEN = Overwrite(target="role", target_id=ALL_ROLE, deny=int(P.VIEW_CHANNEL))
MODS_SEE = Overwrite(target="role", target_id=MODERATOR, allow=int(P.VIEW_CHANNEL))
ACCESS = GroupAccess.of(
    Group(id=GROUP, name="Gardeners", owner_id=ANNA),
    [
        role(ALL_ROLE, position=0, permissions=int(EVERYONE)),
        role(MODERATOR, position=5, permissions=int(P.KICK_MEMBERS)),
        role(SILENT, position=2),
        role(RoleId(OTHER_GROUP), group_id=OTHER_GROUP),
    ],
    [
        channel(GENERAL, position=1),
        channel(RANDOM, position=1, overwrites=(HIDDEN, MODS_SEE)),
        channel(VOICE, position=0),
        channel(ELSEWHERE, group_id=OTHER_GROUP),
    ],
)
OWNER, MOD, PLAIN = member(ANNA), member(BEN, role_ids=(MODERATOR,)), member(CLEO)


def timed_out(one: Member) -> Member:
    return replace(one, timed_out_until_ms=NOW_MS + 1)


# -------------------------------------------------------------------------------------------------------- permissions


def test_it_holds_what_is_the_groups() -> None:
    assert set(ACCESS.channels) == {GENERAL, RANDOM, VOICE}
    assert set(ACCESS.roles) == {ALL_ROLE, MODERATOR, SILENT}


@pytest.mark.parametrize(
    ("who", "channel_id", "expected"),
    [
        (OWNER, None, ALL),
        (OWNER, RANDOM, ALL),
        (MOD, None, EVERYONE | P.KICK_MEMBERS),
        (MOD, RANDOM, EVERYONE | P.KICK_MEMBERS),
        (PLAIN, None, EVERYONE),
        (PLAIN, GENERAL, EVERYONE),
        (PLAIN, RANDOM, NOTHING),
        (OWNER, ELSEWHERE, NOTHING),
        (timed_out(OWNER), GENERAL, ALL),
        (timed_out(MOD), None, P.VIEW_CHANNEL | P.READ_HISTORY),
        (timed_out(MOD), RANDOM, P.VIEW_CHANNEL | P.READ_HISTORY),
        (timed_out(PLAIN), RANDOM, NOTHING),
    ],
)
def test_who_may_what_where(who: Member, channel_id: None, expected: Permission) -> None:
    assert ACCESS.permissions(who, channel_id, NOW_MS) == expected


def test_administrators_in_time_out_only_read() -> None:
    access = ACCESS.with_role(role(MODERATOR, position=5, permissions=int(P.ADMINISTRATOR)))
    assert access.permissions(MOD, RANDOM, NOW_MS) == ALL
    assert access.permissions(timed_out(MOD), RANDOM, NOW_MS) == P.VIEW_CHANNEL | P.READ_HISTORY


def test_a_time_out_ends() -> None:
    silenced = replace(PLAIN, timed_out_until_ms=NOW_MS)
    assert is_timed_out(silenced, NOW_MS - 1)
    assert not is_timed_out(silenced, NOW_MS)
    assert not is_timed_out(PLAIN, NOW_MS)
    assert ACCESS.permissions(silenced, GENERAL, NOW_MS) == EVERYONE


def test_who_sees_what() -> None:
    def seen(who: Member) -> list[int]:
        return [one.id for one in ACCESS.visible_channels(who)]

    assert seen(OWNER) == [VOICE, GENERAL, RANDOM]
    assert seen(MOD) == [VOICE, GENERAL, RANDOM]
    assert seen(timed_out(PLAIN)) == [VOICE, GENERAL]
    assert ACCESS.viewers(RANDOM, [PLAIN, MOD, OWNER]) == (BEN, ANNA)
    assert ACCESS.may_view(PLAIN, GENERAL)
    assert not ACCESS.may_view(PLAIN, ELSEWHERE)


def test_roles_that_are_gone_count_for_nothing() -> None:
    ghost = member(CLEO, role_ids=(RoleId(Snowflake(9)),))
    assert ACCESS.permissions(ghost, None, NOW_MS) == EVERYONE
    assert [one.id for one in ACCESS.roles_of(ghost)] == [ALL_ROLE]
    bare = GroupAccess.of(ACCESS.group, [], [])
    assert bare.permissions(PLAIN, None, NOW_MS) == NOTHING
    assert bare.rank(PLAIN) == 0


# ---------------------------------------------------------------------------------------------------------- hierarchy


def test_who_stands_above_whom() -> None:
    assert (ACCESS.rank(OWNER), ACCESS.rank(MOD), ACCESS.rank(PLAIN)) == (OWNER_RANK, 5, 0)
    assert ACCESS.rank(member(BEN, role_ids=(MODERATOR, SILENT))) == 5
    assert ACCESS.stands_above(OWNER, MOD)
    assert ACCESS.stands_above(MOD, PLAIN)
    for one, other in ((MOD, OWNER), (PLAIN, MOD), (MOD, MOD), (OWNER, OWNER), (PLAIN, PLAIN)):
        assert not ACCESS.stands_above(one, other)


def test_who_touches_which_role() -> None:
    everyone, moderator, silent = (ACCESS.roles[one] for one in (ALL_ROLE, MODERATOR, SILENT))
    assert [ACCESS.may_touch(MOD, one) for one in (everyone, silent, moderator)] == [True, True, False]
    assert [ACCESS.may_touch(PLAIN, one) for one in (everyone, silent, moderator)] == [False, False, False]
    assert all(ACCESS.may_touch(OWNER, one) for one in (everyone, silent, moderator))


# -------------------------------------------------------------------------------------------------------- transitions


def test_what_happens_is_applied() -> None:
    renamed = Group(id=GROUP, name="Diggers", owner_id=BEN)
    assert ACCESS.apply(GroupUpdate(group=renamed)).group == renamed
    changed = channel(GENERAL, position=9)
    assert ACCESS.apply(ChannelUpdate(channel=changed)).channels[GENERAL] == changed
    gone = ACCESS.apply(ChannelDelete(group_id=GROUP, channel_id=GENERAL))
    assert set(gone.channels) == {RANDOM, VOICE}
    stronger = role(SILENT, position=3)
    assert ACCESS.apply(RoleUpdate(role=stronger)).roles[SILENT] == stronger


def test_a_deleted_role_leaves_no_overwrites() -> None:
    after = ACCESS.apply(RoleDelete(group_id=GROUP, role_id=MODERATOR))
    assert MODERATOR not in after.roles
    assert after.channels[RANDOM].overwrites == (HIDDEN,)
    assert after.channels[GENERAL] is ACCESS.channels[GENERAL]
    own = Overwrite(target="member", target_id=Snowflake(MODERATOR), deny=1)
    odd = ACCESS.with_channel(channel(GENERAL, overwrites=(own,)))
    assert odd.without_role(MODERATOR).channels[GENERAL].overwrites == (own,)
    assert drop_role(MOD, MODERATOR).role_ids == ()
    assert drop_role(PLAIN, MODERATOR) is PLAIN


FOREIGN: Channel = channel(ELSEWHERE, group_id=OTHER_GROUP)


@pytest.mark.parametrize(
    "event",
    [
        GroupUpdate(group=Group(id=OTHER_GROUP, name="Others", owner_id=CLEO)),
        ChannelUpdate(channel=FOREIGN),
        ChannelDelete(group_id=OTHER_GROUP, channel_id=GENERAL),
        RoleUpdate(role=role(MODERATOR, group_id=OTHER_GROUP)),
        RoleDelete(group_id=OTHER_GROUP, role_id=MODERATOR),
        GroupLeave(group_id=GROUP),
    ],
)
def test_what_is_about_something_else_changes_nothing(event: Event) -> None:
    assert ACCESS.apply(event) is ACCESS


@pytest.mark.parametrize(
    "event",
    [
        GroupUpdate(group=Group(id=GROUP, name="Diggers", owner_id=BEN)),
        ChannelUpdate(channel=channel(GENERAL, position=9)),
        ChannelDelete(group_id=GROUP, channel_id=GENERAL),
        RoleUpdate(role=role(SILENT, position=3)),
        RoleDelete(group_id=GROUP, role_id=MODERATOR),
    ],
)
def test_what_is_applied_twice_is_applied_once(event: Event) -> None:
    before = repr(ACCESS)
    after = ACCESS.apply(event)
    assert after != ACCESS
    assert after.apply(event) == after
    assert repr(ACCESS) == before


def in_category(*own: Overwrite, category: tuple[Overwrite, ...] = ()) -> GroupAccess:
    """GENERAL, with overwrites of its own, in the category VOICE; RANDOM is in none."""
    within = replace(channel(GENERAL, overwrites=own), category_id=VOICE)
    return ACCESS.with_channel(channel(VOICE, kind=ChannelKind.CATEGORY, overwrites=category)).with_channel(within)


def test_a_category_knows_its_channels_and_they_know_it() -> None:
    access = in_category()
    assert access.channels_in(VOICE) == [access.channels[GENERAL]]
    assert access.channels_in(RANDOM) == []
    assert access.category_of(access.channels[GENERAL]) == access.channels[VOICE]
    assert access.category_of(access.channels[RANDOM]) is None


def test_all_view_what_nothing_takes_away() -> None:
    assert ACCESS.all_view(GENERAL)
    assert not ACCESS.all_view(RANDOM)
    assert not ACCESS.all_view(ELSEWHERE)
    assert in_category().all_view(GENERAL)
    assert not in_category(category=(HIDDEN,)).all_view(GENERAL)
    assert not in_category(HIDDEN).all_view(GENERAL)
    blind = ACCESS.with_role(role(ALL_ROLE, position=0, permissions=int(EVERYONE & ~P.VIEW_CHANNEL)))
    assert not blind.all_view(GENERAL)
    assert not ACCESS.without_role(ALL_ROLE).all_view(GENERAL)


def test_members_alike_see_alike_and_those_with_overwrites_of_their_own_do_not() -> None:
    strangers = [member(user_id(number)) for number in (7001, 7002)]
    mods = [member(user_id(number), role_ids=(MODERATOR,)) for number in (7003, 7004)]
    assert ACCESS.viewers(RANDOM, [*strangers, *mods]) == (7003, 7004)
    invited = Overwrite(target="member", target_id=user_id(7002), allow=int(P.VIEW_CHANNEL))
    access = ACCESS.with_channel(channel(RANDOM, overwrites=(HIDDEN, MODS_SEE, invited)))
    assert access.viewers(RANDOM, [*strangers, *mods, OWNER]) == (7002, 7003, 7004, ANNA)
    assert access.viewers(ELSEWHERE, mods) == ()

from __future__ import annotations

import pytest

from server.actions.accounts import UpdateMe, do_update_me
from server.actions.audit import AuditQuery, get_audit
from server.actions.members import (
    MemberSearch,
    MembersQuery,
    TimeOut,
    UpdateMember,
    do_remove_member,
    do_time_out,
    do_update_member,
    find_members,
    get_member,
    get_members,
)
from server.actions.roles import UpdateRole, do_update_role
from server.actions.snapshot import group_view, snapshot
from server.domain.access import everyone_role_id
from server.domain.errors import Forbidden, Invalid, NotFound, ParleyError
from server.domain.events import ChannelUpdate, GroupLeave, MemberLeave, MemberUpdate, ToChannel, ToGroup, ToUsers
from server.domain.ids import Snowflake, UserId
from server.domain.permissions import EVERYONE, Permission
from tests.support.actions import House, text_channel
from tests.support.statements import counted

NOBODY = UserId(Snowflake(1))


async def code_of(attempt: object) -> str:
    with pytest.raises(ParleyError) as refused:
        await attempt  # type: ignore[misc]
    return refused.value.code


async def test_members_come_in_pages_by_id(house: House) -> None:
    people = [await house.user(name) for name in ("anna", "ben", "cleo")]
    group_id = (await house.group(*people)).group.id
    first = await get_members(house.actions, people[2], group_id, MembersQuery(limit=2))
    assert [member.user_id for member in first.members] == people[:2]
    assert [user.username for user in first.users] == ["anna", "ben"]
    rest = await get_members(house.actions, people[2], group_id, MembersQuery(after=people[1], limit=2))
    assert [member.user_id for member in rest.members] == people[2:]
    for limit in (0, 101):
        with pytest.raises(Invalid):
            await get_members(house.actions, people[0], group_id, MembersQuery(limit=limit))


async def test_strangers_see_no_members(house: House) -> None:
    anna, cleo = await house.user("anna"), await house.user("cleo")
    group_id = (await house.group(anna)).group.id
    with pytest.raises(NotFound):
        await get_members(house.actions, cleo, group_id, MembersQuery())


async def test_a_member_is_looked_at_by_members(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    group_id = (await house.group(anna, ben)).group.id
    view = await get_member(house.actions, anna, group_id, ben)
    assert (view.member, view.user.username) == ((await group_view(house.actions, ben, group_id)).member, "ben")
    assert await code_of(get_member(house.actions, anna, group_id, cleo)) == "unknown_member"
    assert await code_of(get_member(house.actions, cleo, group_id, ben)) == "unknown_group"


async def test_members_are_found_by_a_beginning(house: House) -> None:
    anna, ben, bert, cleo = [await house.user(name) for name in ("anna", "ben", "bert", "cleo")]
    group_id = (await house.group(anna, bert, ben)).group.id
    await do_update_member(house.actions, anna, group_id, anna, UpdateMember(nickname="Béa"))

    async def found(q: str, limit: int = 20) -> list[UserId]:
        page = await find_members(house.actions, ben, group_id, MemberSearch(q=q, limit=limit))
        assert [member.user_id for member in page.members] == [user.id for user in page.users]
        return [user.id for user in page.users]

    assert await found("BE") == [anna, ben, bert]
    assert await found("be", limit=2) == [anna, ben]
    assert await found("bé") == [anna, ben, bert]
    assert await found("cleo") == []
    assert await found("") == [anna, ben, bert]
    await do_update_me(house.actions, ben, UpdateMe(display_name="Zoe"))
    assert await found("zo") == [ben]
    assert await code_of(find_members(house.actions, cleo, group_id, MemberSearch(q="b"))) == "unknown_group"
    for query, code in ((MemberSearch(q="x" * 65), "too_long"), (MemberSearch(limit=0), "bad_request")):
        assert await code_of(find_members(house.actions, ben, group_id, query)) == code


async def test_a_search_takes_the_same_few_statements(house: House) -> None:
    anna = await house.user("anna")
    group_id = (await house.group(anna)).group.id
    seen = []
    for many in (2, 20):
        for number in range(many):
            await house.bring_in(anna, group_id, await house.user(f"u{many}.{number}"))
        with counted(house.store) as statements:
            page = await find_members(house.actions, anna, group_id, MemberSearch(q="u"))
        assert len(page.members) >= many
        seen.append(len(statements))
    assert seen == [8, 8]


# ----------------------------------------------------------------------------------------------------------- nickname


async def test_a_nickname_is_chosen_and_given_up(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    group_id = (await house.group(anna, ben)).group.id
    house.published()
    member = (await group_view(house.actions, ben, group_id)).member
    for nickname, kept in ((" Benny  the second ", "Benny the second"), (None, None)):
        member = await do_update_member(house.actions, ben, group_id, ben, UpdateMember(nickname=nickname))
        assert member.nickname == kept
        assert house.published() == [(ToGroup(group_id), MemberUpdate(member=member))]
        assert (await group_view(house.actions, ben, group_id)).member == member
    assert await do_update_member(house.actions, ben, group_id, ben, UpdateMember(nickname=None)) == member
    assert house.published() == []
    assert (await get_audit(house.actions, anna, group_id, AuditQuery(actor=ben))).entries == ()


async def test_nicknames_are_names_and_need_the_permission(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    group_id = (await house.group(anna, ben, cleo)).group.id

    def name(user_id: UserId, member_id: UserId, nickname: str = "Zoe") -> object:
        return do_update_member(house.actions, user_id, group_id, member_id, UpdateMember(nickname=nickname))

    for nickname, code in (("", "too_short"), ("x" * 49, "too_long"), ("a\u202eb", "bad_name")):
        assert await code_of(name(ben, ben, nickname)) == code
    assert await code_of(name(ben, cleo)) == "forbidden"
    everyone = UpdateRole(permissions=int(EVERYONE & ~Permission.CHANGE_NICKNAME))
    await do_update_role(house.actions, anna, group_id, everyone_role_id(group_id), everyone)
    await house.appoint(anna, group_id, ben, Permission.MANAGE_NICKNAMES)
    assert await code_of(name(ben, ben)) == "forbidden", "that is for others"
    assert await code_of(name(ben, anna)) == "above_you"
    assert await code_of(name(ben, NOBODY)) == "unknown_member"
    member = await do_update_member(house.actions, ben, group_id, cleo, UpdateMember(nickname="Zoe"))
    assert member.nickname == "Zoe"
    await do_time_out(house.actions, anna, group_id, ben, TimeOut(until_ms=house.clock.ms + 1000))
    assert await code_of(name(ben, cleo, "Chloe")) == "timed_out"


# ------------------------------------------------------------------------------------------------------------- remove


async def test_whoever_is_removed_is_out_and_the_others_are_told(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    view = await house.group(anna, ben, cleo)
    group_id, channel_id = view.group.id, text_channel(view)
    await house.appoint(anna, group_id, ben, Permission.KICK_MEMBERS)
    await house.overwrite(anna, channel_id, "member", cleo, deny=Permission.SPEAK)
    house.published()
    await do_remove_member(house.actions, ben, group_id, cleo)
    (channel, *_) = (await group_view(house.actions, anna, group_id)).channels
    assert channel.overwrites == ()
    assert house.published() == [
        (ToUsers((cleo,)), GroupLeave(group_id=group_id)),
        (ToGroup(group_id), MemberLeave(group_id=group_id, user_id=cleo, member_count=2)),
        (ToChannel(group_id, channel_id), ChannelUpdate(channel=channel)),
    ]
    assert (await snapshot(house.actions, cleo)).groups == ()
    assert await code_of(do_remove_member(house.actions, ben, group_id, cleo)) == "unknown_member"


async def test_removing_needs_the_permission_and_a_place_above(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    group_id = (await house.group(anna, ben, cleo)).group.id
    assert await code_of(do_remove_member(house.actions, ben, group_id, cleo)) == "forbidden"
    role = await house.appoint(anna, group_id, ben, Permission.ADMINISTRATOR)
    assert await code_of(do_remove_member(house.actions, ben, group_id, anna)) == "above_you"
    await house.appoint(anna, group_id, cleo, Permission.VIEW_CHANNEL, position=role.position)
    assert await code_of(do_remove_member(house.actions, ben, group_id, cleo)) == "above_you"
    assert await code_of(do_remove_member(house.actions, anna, group_id, NOBODY)) == "unknown_member"
    assert await code_of(do_remove_member(house.actions, NOBODY, group_id, anna)) == "unknown_group"


async def test_members_leave_and_the_owner_stays(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    group_id = (await house.group(anna, ben)).group.id
    house.published()
    await do_remove_member(house.actions, ben, group_id, ben)
    assert house.published()[0] == (ToUsers((ben,)), GroupLeave(group_id=group_id))
    assert await code_of(do_remove_member(house.actions, anna, group_id, anna)) == "owner_cannot_leave"
    assert await code_of(do_remove_member(house.actions, ben, group_id, ben)) == "unknown_group"


async def test_who_comes_back_is_a_new_member_without_old_roles(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    group_id = (await house.group(anna, ben)).group.id
    await house.appoint(anna, group_id, ben, Permission.ADMINISTRATOR)
    await do_remove_member(house.actions, anna, group_id, ben)
    view = await house.bring_in(anna, group_id, ben)
    assert view.member.role_ids == ()


@pytest.mark.parametrize("by_oneself", [True, False])
async def test_who_comes_back_is_in_time_out_still(house: House, by_oneself: bool) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    group_id = (await house.group(anna, ben)).group.id
    until_ms = house.clock.ms + 10_000
    await do_time_out(house.actions, anna, group_id, ben, TimeOut(until_ms=until_ms))
    await do_remove_member(house.actions, ben if by_oneself else anna, group_id, ben)
    assert (await house.bring_in(anna, group_id, ben)).member.timed_out_until_ms == until_ms

    await do_time_out(house.actions, anna, group_id, ben, TimeOut(until_ms=None))
    await do_remove_member(house.actions, anna, group_id, ben)
    assert (await house.bring_in(anna, group_id, ben)).member.timed_out_until_ms is None

    await do_time_out(house.actions, anna, group_id, ben, TimeOut(until_ms=house.clock.ms + 1))
    house.clock.advance(1)
    await do_remove_member(house.actions, anna, group_id, ben)
    assert (await house.bring_in(anna, group_id, ben)).member.timed_out_until_ms is None


# ----------------------------------------------------------------------------------------------------------- time-out


async def test_a_time_out_is_set_and_ended(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    group_id = (await house.group(anna, ben, cleo)).group.id
    await house.appoint(anna, group_id, ben, Permission.TIME_OUT_MEMBERS)
    house.published()
    for until_ms in (house.clock.ms + 1, None):
        member = await do_time_out(house.actions, ben, group_id, cleo, TimeOut(until_ms=until_ms))
        assert member.timed_out_until_ms == until_ms
        assert house.published() == [(ToGroup(group_id), MemberUpdate(member=member))]
        assert (await group_view(house.actions, cleo, group_id)).member == member


async def test_a_time_out_has_limits_in_time_and_place(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    group_id = (await house.group(anna, ben, cleo)).group.id
    now_ms = house.clock.ms
    for until_ms in (0, now_ms, now_ms + 28 * 86_400_000 + 1):
        with pytest.raises(Invalid):
            await do_time_out(house.actions, anna, group_id, ben, TimeOut(until_ms=until_ms))
    later = TimeOut(until_ms=now_ms + 1000)
    with pytest.raises(Forbidden) as refused:
        await do_time_out(house.actions, ben, group_id, cleo, later)
    assert refused.value.data == {"permission": "time_out_members"}
    await house.appoint(anna, group_id, ben, Permission.ADMINISTRATOR)
    for above in (anna, ben):
        assert await code_of(do_time_out(house.actions, ben, group_id, above, later)) == "above_you"
    assert await code_of(do_time_out(house.actions, ben, group_id, NOBODY, later)) == "unknown_member"
    await do_time_out(house.actions, anna, group_id, ben, later)
    assert await code_of(do_time_out(house.actions, ben, group_id, cleo, later)) == "timed_out"

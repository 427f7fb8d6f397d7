from __future__ import annotations

import pytest

from server.actions.additions import CreateAddition, do_accept_addition, do_create_addition
from server.actions.audit import AuditQuery, get_audit
from server.actions.bans import BanRequest, BansQuery, do_ban, do_unban, get_bans
from server.actions.invites import CreateInvite, do_accept_invite, do_create_invite
from server.actions.messages import PageQuery, get_messages
from server.actions.snapshot import group_view
from server.domain.entities import AuditAction
from server.domain.errors import ParleyError
from server.domain.events import GroupLeave, MemberLeave, MessageDeleteBulk
from server.domain.ids import GroupId, Snowflake, UserId
from server.domain.limits import Limits
from server.domain.permissions import Permission
from tests.support.actions import House, text_channel


async def code(attempt: object) -> str:
    with pytest.raises(ParleyError) as refused:
        await attempt  # type: ignore[misc]
    return refused.value.code


async def ban(house: House, by: UserId, group_id: GroupId, user_id: UserId, cleanup_s: int = 0) -> None:
    await do_ban(house.actions, by, group_id, user_id, BanRequest(delete_messages_s=cleanup_s), "spam")


async def test_who_is_banned_is_out_and_stays_out(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    group_id = (await house.group(anna, ben)).group.id
    house.published()
    await ban(house, anna, group_id, ben)
    assert [type(event) for _, event in house.published()] == [GroupLeave, MemberLeave]
    assert await code(group_view(house.actions, ben, group_id)) == "unknown_group"
    invite = await do_create_invite(house.actions, anna, group_id, CreateInvite(max_uses=1))
    assert await code(do_accept_invite(house.actions, ben, invite.code)) == "banned"
    addition = await do_create_addition(house.actions, anna, group_id, CreateAddition(username="ben"))
    assert await code(do_accept_addition(house.actions, ben, addition.id)) == "banned"
    await do_unban(house.actions, anna, group_id, ben, "sorry")
    await do_accept_invite(house.actions, ben, invite.code)
    log = (await get_audit(house.actions, anna, group_id, AuditQuery())).entries
    assert [(entry.action, entry.target_id, entry.reason) for entry in log if entry.target_kind == "member"] == [
        (AuditAction.BAN_DELETE, str(int(ben)), "sorry"),
        (AuditAction.BAN_CREATE, str(int(ben)), "spam"),
    ]


async def test_their_last_messages_go_when_asked(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna, ben)
    group_id, general = view.group.id, text_channel(view)
    other = await house.channel(anna, group_id)
    await house.say(ben, general, "old")
    house.clock.advance(3600)
    for number in range(3):
        await house.say(ben, general, f"new {number}")
    await house.say(ben, other.id, "elsewhere")
    await house.say(anna, general, "mine")
    house.published()
    await ban(house, anna, group_id, ben, 1800)
    told = [event for _, event in house.published() if isinstance(event, MessageDeleteBulk)]
    assert [len(event.message_ids) for event in told] == [3, 1]
    left = (await get_messages(house.actions, anna, general, PageQuery())).messages
    assert [message.author_id for message in left] == [ben, anna]


async def test_a_moderator_never_bans_someone_above(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    group_id = (await house.group(anna, ben, cleo)).group.id
    assert await code(ban(house, ben, group_id, cleo)) == "forbidden"
    await house.appoint(anna, group_id, ben, Permission.BAN_MEMBERS, position=2)
    await house.role(anna, group_id, position=3)
    assert await code(ban(house, ben, group_id, anna)) == "above_you"
    assert await code(ban(house, ben, group_id, ben)) == "bad_request"
    assert await code(ban(house, ben, group_id, UserId(Snowflake(1)))) == "unknown_user"
    await ban(house, ben, group_id, cleo)
    assert await code(ban(house, ben, group_id, cleo)) == "already_banned"
    assert await code(ban(house, anna, group_id, cleo, 8 * 86_400)) == "bad_request"
    assert await code(do_unban(house.actions, ben, group_id, anna, None)) == "unknown_ban"


async def test_strangers_can_be_banned_before_they_come(house: House) -> None:
    anna, cleo = await house.user("anna"), await house.user("cleo")
    group_id = (await house.group(anna)).group.id
    await ban(house, anna, group_id, cleo)
    page = await get_bans(house.actions, anna, group_id, BansQuery())
    assert [(one.user_id, one.moderator_id, one.reason) for one in page.bans] == [(cleo, anna, "spam")]
    assert ({user.id for user in page.users}, page.has_more) == ({anna, cleo}, False)
    few = house.with_limits(Limits(bans_per_group=1))
    dora = await house.user("dora")
    assert await code(ban(few, anna, group_id, dora)) == "too_many"

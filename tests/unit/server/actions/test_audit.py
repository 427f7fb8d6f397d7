from __future__ import annotations

import pytest

from server.actions.audit import AuditQuery, differences, get_audit, record
from server.actions.authority import group_seat
from server.actions.members import do_remove_member
from server.domain.entities import AuditAction, AuditTarget
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.ids import GroupId, Snowflake, UserId
from server.domain.permissions import Permission
from tests.support.actions import House
from tests.support.rows import GENERAL, channel
from tests.support.statements import counted


async def note(
    house: House,
    user_id: UserId,
    group_id: GroupId,
    action: AuditAction = AuditAction.GROUP_UPDATE,
    target: tuple[AuditTarget, Snowflake | str] = ("group", "1"),
    reason: str | None = None,
) -> None:
    async with house.store.write() as uow:
        seat = await group_seat(uow, user_id, group_id, house.clock.ms)
        await record(house.actions, uow, seat, action, *target, reason=reason)


async def test_the_log_says_who_did_what_to_whom_and_why(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    group_id = (await house.group(anna, ben, cleo)).group.id
    async with house.store.write() as uow:
        seat = await group_seat(uow, anna, group_id, house.clock.ms)
        changes = {"role_id": Snowflake(7), "has": True, "until_ms": None, "name": "x", "number": 3}
        await record(
            house.actions, uow, seat, AuditAction.MEMBER_ROLE, "member", cleo, reason="earned", changes=changes
        )
    await do_remove_member(house.actions, cleo, group_id, cleo)
    page = await get_audit(house.actions, anna, group_id, AuditQuery(limit=1))
    (entry,) = page.entries
    assert (entry.group_id, entry.actor_id, entry.action) == (group_id, anna, AuditAction.MEMBER_ROLE)
    assert (entry.target_kind, entry.target_id, entry.reason) == ("member", str(int(cleo)), "earned")
    assert entry.changes == {"role_id": "7", "has": True, "until_ms": None, "name": "x", "number": 3}
    assert [user.id for user in page.users] == [anna, cleo], "also who is in the group no longer"


async def test_pages_and_filters(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    group_id = (await house.group(anna, ben)).group.id
    before = len((await get_audit(house.actions, anna, group_id, AuditQuery())).entries)
    for number in range(4):
        await note(house, anna if number % 2 else ben, group_id, target=("group", str(number)), reason=str(number))

    async def reasons(query: AuditQuery) -> list[str]:
        return [entry.reason for entry in (await get_audit(house.actions, anna, group_id, query)).entries]

    first = await get_audit(house.actions, anna, group_id, AuditQuery(limit=3))
    assert ([entry.reason for entry in first.entries], first.has_more) == (["3", "2", "1"], True)
    rest = await get_audit(house.actions, anna, group_id, AuditQuery(before=first.entries[-1].id))
    assert (rest.entries[0].reason, len(rest.entries), rest.has_more) == ("0", 1 + before, False)
    assert await reasons(AuditQuery(actor=ben)) == ["2", "0"]
    assert await reasons(AuditQuery(action=AuditAction.GROUP_UPDATE, actor=anna)) == ["3", "1"]
    assert await reasons(AuditQuery(target="2")) == ["2"]
    assert await reasons(AuditQuery(target="2", actor=anna)) == []


async def test_who_reads_the_log_and_how_it_is_asked(house: House) -> None:
    anna, ben, cleo, dora = [await house.user(name) for name in ("anna", "ben", "cleo", "dora")]
    group_id = (await house.group(anna, ben, cleo)).group.id
    await house.appoint(anna, group_id, ben, Permission.VIEW_AUDIT_LOG)
    await get_audit(house.actions, ben, group_id, AuditQuery())
    with pytest.raises(Forbidden) as refused:
        await get_audit(house.actions, cleo, group_id, AuditQuery())
    assert refused.value.data == {"permission": "view_audit_log"}
    with pytest.raises(NotFound):
        await get_audit(house.actions, dora, group_id, AuditQuery())
    for query in (AuditQuery(limit=0), AuditQuery(limit=101), AuditQuery(target="a\0b"), AuditQuery(target="")):
        with pytest.raises(Invalid):
            await get_audit(house.actions, anna, group_id, query)


async def test_a_page_takes_the_same_few_statements(house: House) -> None:
    anna = await house.user("anna")
    group_id = (await house.group(anna)).group.id
    seen = []
    for many in (2, 20):
        for number in range(many):
            await note(house, anna, group_id, target=("member", await house.user(f"u{many}.{number}")))
        with counted(house.store) as statements:
            await get_audit(house.actions, anna, group_id, AuditQuery())
        seen.append(len(statements))
    assert seen == [6, 6]


def test_what_is_different() -> None:
    before = channel(GENERAL)
    after = channel(GENERAL, position=4)
    assert differences(before, after) == {"position": 4}
    assert differences(before, before) == {}

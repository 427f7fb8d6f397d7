from __future__ import annotations

import pytest
from sqlalchemy import update

from db.errors import CorruptRow
from db.store import SqlStore
from db.tables.moderation import audit_entries
from server.domain.entities import AuditAction, AuditEntry
from server.domain.ids import AuditId, GroupId, Snowflake, UserId
from tests.support.rows import ANNA, BEN, CLEO, GROUP, OTHER_GROUP
from tests.support.statements import ask


def entry(
    number: int,
    action: AuditAction = AuditAction.MEMBER_KICK,
    *,
    group_id: GroupId = GROUP,
    actor_id: UserId = ANNA,
    target_id: str | None = None,
) -> AuditEntry:
    return AuditEntry(
        id=AuditId(Snowflake(number)),
        group_id=group_id,
        actor_id=actor_id,
        action=action,
        target_kind="member",
        target_id=target_id,
    )


async def test_an_entry_keeps_what_it_says(world: SqlStore) -> None:
    whole = AuditEntry(
        id=AuditId(Snowflake(1)),
        group_id=GROUP,
        actor_id=BEN,
        action=AuditAction.CHANNEL_UPDATE,
        target_kind="channel",
        target_id="3001",
        reason="plus calme 🌻",
        changes={"name": "salon", "slow_mode_s": 30, "category_id": None, "private": True},
    )
    async with world.write() as uow:
        await uow.audit.add([whole, entry(1, group_id=OTHER_GROUP, actor_id=CLEO)])
        await uow.audit.add([])
    async with world.read() as reader:
        assert await reader.audit.page(GROUP, limit=10) == [whole]


async def test_pages_come_newest_first_by_whatever_is_asked(world: SqlStore) -> None:
    kick, pin = AuditAction.MEMBER_KICK, AuditAction.MESSAGE_PIN
    entries = [
        entry(number, kick if number % 2 else pin, actor_id=ANNA if number % 3 else BEN, target_id=str(number % 4))
        for number in range(1, 25)
    ]
    async with world.write() as uow:
        await uow.audit.add(entries)
    newest = entries[::-1]
    async with world.read() as reader:
        assert await reader.audit.page(GROUP, limit=5) == newest[:5]
        assert await reader.audit.page(GROUP, before=newest[4].id, limit=50) == newest[5:]
        for actor_id in (None, ANNA, BEN):
            for action in (None, kick, pin):
                for target_id in (None, "0", "3"):
                    for before in (None, newest[6].id):
                        fitting = [
                            one
                            for one in newest
                            if actor_id in (None, one.actor_id)
                            and action in (None, one.action)
                            and target_id in (None, one.target_id)
                            and (before is None or one.id < before)
                        ]
                        found = await reader.audit.page(
                            GROUP, actor_id=actor_id, action=action, target_id=target_id, before=before, limit=50
                        )
                        assert found == fitting
        assert await reader.audit.page(OTHER_GROUP, limit=5) == []


async def test_a_row_that_cannot_be_read_says_which(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.audit.add([entry(7)])
    async with world.write() as uow:
        await ask(uow, update(audit_entries).values(action="nonsense"))
    async with world.read() as reader:
        with pytest.raises(CorruptRow, match=r"audit entry 7 of group 2001"):
            await reader.audit.page(GROUP, limit=5)

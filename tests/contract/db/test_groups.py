from __future__ import annotations

from msgspec.structs import replace
from sqlalchemy import func, select

from db.store import SqlStore
from db.tables import metadata
from server.domain.entities import Addition, Group, Invite, Overwrite
from server.domain.ids import AdditionId, GroupId, RoleId, Snowflake
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
    message,
    message_id,
    role,
    user,
)
from tests.support.statements import ask


def group(id_: GroupId, name: str = "") -> Group:
    return Group(id=id_, name=name or f"group {id_}", owner_id=ANNA if id_ == GROUP else CLEO)


async def test_groups_are_found_by_id(world: SqlStore) -> None:
    async with world.read() as reader:
        assert await reader.groups.get(GROUP) == group(GROUP)
        assert await reader.groups.by_ids([OTHER_GROUP, GROUP]) == [group(GROUP), group(OTHER_GROUP)]
        assert await reader.groups.by_ids([]) == []
        assert await reader.groups.get(GroupId(Snowflake(9))) is None


async def test_a_new_name_and_owner_are_one_groups(world: SqlStore) -> None:
    changed = Group(id=GROUP, name="Jardin", owner_id=BEN)
    async with world.write() as uow:
        await uow.groups.update(changed)
    async with world.read() as reader:
        assert await reader.groups.by_ids([GROUP, OTHER_GROUP]) == [changed, group(OTHER_GROUP)]


async def test_a_deleted_group_leaves_no_row_and_takes_no_other(world: SqlStore) -> None:
    async with world.read() as reader:
        before = await reader.channels.of_groups([OTHER_GROUP])
    async with world.write() as uow:
        await uow.messages.add(message(1, nonce="a"))
        await uow.messages.add(message(1, nonce="a", channel_id=ELSEWHERE))
        await uow.cursors.set(BEN, GENERAL, message_id(1))
        await uow.members.put_role(GROUP, BEN, SILENT)
        await uow.channels.put_overwrite(GENERAL, Overwrite(target="member", target_id=BEN, allow=1))
        await uow.invites.add(Invite(code="c", group_id=GROUP, channel_id=RANDOM, creator_id=ANNA))
        addition = Addition(
            id=AdditionId(Snowflake(1)), group_id=GROUP, group_name="", inviter=user(ANNA, "anna"), user_id=CLEO
        )
        await uow.additions.add(addition)
        await uow.groups.delete(GROUP)
    async with world.read() as reader:
        left = {
            table.name: (await ask(reader, select(func.count()).select_from(table)))[0][0]
            for table in metadata.sorted_tables
        }
    assert {name: number for name, number in left.items() if number} == {
        "users": 3,
        "groups": 1,
        "roles": 1,
        "members": 1,
        "member_names": 2,
        "channels": 1,
        "messages": 1,
        "message_nonces": 1,
    }
    async with world.read() as reader:
        (other,) = await reader.channels.of_groups([OTHER_GROUP])
        assert (other.id, other.last_message_id) == (before[0].id, 1)


async def test_roles_come_by_group_position_and_id(world: SqlStore) -> None:
    async with world.read() as reader:
        assert await reader.roles.of_groups([OTHER_GROUP, GROUP]) == [
            role(RoleId(GROUP), position=0, permissions=3),
            role(SILENT, position=1),
            role(MODERATOR, position=2),
            role(RoleId(OTHER_GROUP), group_id=OTHER_GROUP, position=0, permissions=3),
        ]
        assert await reader.roles.of_groups([]) == []


async def test_a_role_changes(world: SqlStore) -> None:
    changed = role(SILENT, position=7, permissions=(1 << 53) - 1)
    async with world.write() as uow:
        await uow.roles.update(changed)
        await uow.roles.update(role(MODERATOR, group_id=OTHER_GROUP, position=9))
    async with world.read() as reader:
        assert (await reader.roles.of_groups([GROUP]))[1:] == [role(MODERATOR, position=2), changed]


async def test_roles_are_put_in_order(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.roles.put_in_order([replace(role(MODERATOR), position=1, name="not told"), role(SILENT, position=7)])
        await uow.roles.put_in_order([])
        assert (await uow.roles.of_groups([GROUP]))[1:] == [role(MODERATOR, position=1), role(SILENT, position=7)]


async def test_a_deleted_role_is_taken_from_members_and_channels(world: SqlStore) -> None:
    kept = Overwrite(target="member", target_id=SILENT, deny=4)
    async with world.write() as uow:
        await uow.members.put_role(GROUP, BEN, SILENT)
        await uow.members.put_role(GROUP, BEN, MODERATOR)
        await uow.channels.put_overwrite(GENERAL, Overwrite(target="role", target_id=SILENT, allow=1))
        await uow.channels.put_overwrite(GENERAL, kept)
        await uow.roles.delete(OTHER_GROUP, SILENT)
        assert len(await uow.roles.of_groups([GROUP])) == 3
        await uow.roles.delete(GROUP, SILENT)
    async with world.read() as reader:
        assert [found.id for found in await reader.roles.of_groups([GROUP])] == [GROUP, MODERATOR]
        member = await reader.members.get(GROUP, BEN)
        assert member is not None
        assert member.role_ids == (MODERATOR,)
        general = await reader.channels.get(GENERAL)
        assert general is not None
        assert general.overwrites == (kept,)

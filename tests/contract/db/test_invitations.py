from __future__ import annotations

import asyncio

import msgspec
from msgspec.structs import replace

from db.store import SqlStore
from server.domain.entities import Addition, Group, Invite
from server.domain.ids import AdditionId, Snowflake, UserId
from tests.support.rows import ANNA, BEN, CLEO, GENERAL, GROUP, OTHER_GROUP, me, user

NOW_MS = 1_700_000_000_000


def addition(number: int, user_id: UserId = CLEO) -> Addition:
    return Addition(
        id=AdditionId(Snowflake(number)),
        group_id=GROUP,
        group_name=f"group {GROUP}",
        inviter=user(ANNA, "anna"),
        user_id=user_id,
    )


async def test_an_invite_is_kept_as_it_is(world: SqlStore) -> None:
    full = Invite(
        code="aB-c", group_id=GROUP, channel_id=GENERAL, creator_id=BEN, expires_ms=NOW_MS, max_uses=3, uses=1
    )
    bare = Invite(code="AB-c", group_id=GROUP, creator_id=ANNA)
    async with world.write() as uow:
        await uow.invites.add(full)
        await uow.invites.add(bare)
        await uow.invites.add(Invite(code="x", group_id=OTHER_GROUP, creator_id=CLEO))
    async with world.read() as reader:
        assert await reader.invites.get("aB-c") == full
        assert await reader.invites.get("ab-c") is None
        assert await reader.invites.of_group(GROUP) == [bare, full]
    async with world.write() as uow:
        assert await uow.invites.delete("aB-c")
        assert not await uow.invites.delete("aB-c")
        assert await uow.invites.of_group(GROUP) == [bare]


async def test_an_invite_is_used_until_it_expires(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.invites.add(Invite(code="c", group_id=GROUP, creator_id=ANNA, expires_ms=NOW_MS))
        assert await uow.invites.use("c", NOW_MS - 1)
        assert not await uow.invites.use("c", NOW_MS)
        assert not await uow.invites.use("other", NOW_MS)
        found = await uow.invites.get("c")
        assert found is not None
        assert found.uses == 1


async def test_of_many_who_use_it_at_once_as_many_come_in_as_it_lets_in(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.invites.add(Invite(code="c", group_id=GROUP, creator_id=ANNA, max_uses=3))

    async def use() -> bool:
        async with world.write() as uow:
            return await uow.invites.use("c", NOW_MS)

    assert sum(await asyncio.gather(*(use() for _ in range(8)))) == 3
    async with world.read() as reader:
        found = await reader.invites.get("c")
        assert found is not None
        assert found.uses == 3


async def test_someone_is_asked_into_a_group_once(world: SqlStore) -> None:
    async with world.write() as uow:
        assert await uow.additions.add(addition(1))
        assert not await uow.additions.add(replace(addition(2), inviter=user(BEN, "ben")))
        assert await uow.additions.add(addition(3, user_id=BEN))
    async with world.read() as reader:
        assert await reader.additions.get(addition(1).id) == addition(1)
        assert await reader.additions.get(addition(2).id) is None
        assert await reader.additions.of_user(CLEO) == [addition(1)]
        assert await reader.additions.of_group(GROUP) == [addition(1), addition(3, user_id=BEN)]
        assert await reader.additions.of_group(OTHER_GROUP) == []


async def test_names_are_those_of_today(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.additions.add(addition(1))
        await uow.groups.update(Group(id=GROUP, name="Jardin", owner_id=ANNA))
        await uow.users.update(msgspec.structs.replace(me(ANNA, "anna"), display_name="Änna"))
    async with world.read() as reader:
        (found,) = await reader.additions.of_user(CLEO)
        assert (found.group_name, found.inviter.display_name) == ("Jardin", "Änna")


async def test_an_answered_addition_is_gone_and_may_come_again(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.additions.add(addition(1))
        assert await uow.additions.delete(addition(1).id)
        assert not await uow.additions.delete(addition(1).id)
        assert await uow.additions.add(addition(2))

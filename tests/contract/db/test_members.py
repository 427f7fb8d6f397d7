from __future__ import annotations

from msgspec.structs import replace

from db.store import SqlStore
from server.domain.entities import Overwrite
from server.domain.ids import GroupId, Snowflake, UserId
from server.domain.names import name_key
from tests.support.rows import (
    ANNA,
    BEN,
    CLEO,
    ELSEWHERE,
    GENERAL,
    GROUP,
    MODERATOR,
    OTHER_GROUP,
    SILENT,
    me,
    member,
    message_id,
    user_id,
)


async def test_a_member_is_added_once(world: SqlStore) -> None:
    came = member(CLEO, role_ids=(MODERATOR, SILENT))
    async with world.write() as uow:
        assert await uow.members.add(replace(came, role_ids=(SILENT, MODERATOR)))
        assert not await uow.members.add(replace(came, joined_ms=1, role_ids=()))
    async with world.read() as reader:
        assert await reader.members.get(GROUP, CLEO) == came
        assert await reader.members.get(OTHER_GROUP, ANNA) is None


async def test_memberships_of_one_person(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.members.add(member(CLEO, role_ids=(SILENT,)))
    async with world.read() as reader:
        assert await reader.members.of_user(CLEO) == [
            member(CLEO, role_ids=(SILENT,)),
            member(CLEO, group_id=OTHER_GROUP),
        ]
        assert await reader.members.of_user(user_id(9)) == []


async def test_members_by_user(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.members.put_role(GROUP, BEN, SILENT)
    async with world.read() as reader:
        assert await reader.members.by_users(GROUP, [BEN, CLEO, ANNA]) == [
            member(ANNA),
            member(BEN, role_ids=(SILENT,)),
        ]
        assert await reader.members.by_users(GROUP, []) == []


async def test_members_by_role(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.members.add(member(CLEO, role_ids=(MODERATOR, SILENT)))
        await uow.members.put_role(GROUP, BEN, SILENT)
        cleo, ben = member(CLEO, role_ids=(MODERATOR, SILENT)), member(BEN, role_ids=(SILENT,))
        assert await uow.members.by_roles(GROUP, [SILENT]) == [ben, cleo]
        assert await uow.members.by_roles(GROUP, [MODERATOR, SILENT]) == [ben, cleo]
        assert await uow.members.by_roles(GROUP, [MODERATOR]) == [cleo]
        assert await uow.members.by_roles(OTHER_GROUP, [SILENT]) == []
        assert await uow.members.by_roles(GROUP, []) == []


async def test_members_of_several_groups(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.members.add(member(CLEO, role_ids=(MODERATOR,)))
        both = [GROUP, OTHER_GROUP]
        cleo = [member(CLEO, role_ids=(MODERATOR,)), member(CLEO, group_id=OTHER_GROUP)]
        assert await uow.members.in_groups(both, [CLEO]) == cleo
        assert await uow.members.in_groups(both, [ANNA, CLEO]) == [member(ANNA), *cleo]
        assert await uow.members.in_groups([OTHER_GROUP], [ANNA, CLEO]) == cleo[1:]
        assert await uow.members.in_groups([], [CLEO]) == await uow.members.in_groups(both, []) == []


async def test_pages_are_by_user_id_and_whole(world: SqlStore) -> None:
    crowd = [member(user_id(number)) for number in range(5001, 5012)]
    async with world.write() as uow:
        for someone in crowd:
            await uow.users.add(me(someone.user_id, f"u{someone.user_id}"), f"u{someone.user_id}", "hash")
            await uow.members.add(someone)
        await uow.members.put_role(GROUP, crowd[5].user_id, SILENT)
    crowd[5] = replace(crowd[5], role_ids=(SILENT,))
    async with world.read() as reader:
        seen = await reader.members.page(GROUP, None, 4)
        while page := await reader.members.page(GROUP, seen[-1].user_id, 4):
            assert len(page) <= 4
            seen += page
        assert seen == [member(ANNA), member(BEN), *crowd]
        ids = [someone.user_id for someone in seen]
        assert await reader.members.ids(GROUP) == ids
        assert await reader.members.next_ids(GROUP, user_id(0), 4) == ids[:4]
        assert await reader.members.next_ids(GROUP, ids[3], 100) == ids[4:]
        assert await reader.members.counts([GROUP, OTHER_GROUP, GroupId(Snowflake(9))]) == {
            GROUP: 13,
            OTHER_GROUP: 1,
            GroupId(Snowflake(9)): 0,
        }
        assert await reader.members.counts([]) == {}


async def test_who_leaves_takes_what_was_theirs_in_that_group_alone(world: SqlStore) -> None:
    theirs = Overwrite(target="member", target_id=CLEO, allow=1)
    others = Overwrite(target="member", target_id=BEN, allow=1)
    async with world.write() as uow:
        await uow.members.add(member(CLEO, role_ids=(SILENT,)))
        for channel_id in (GENERAL, ELSEWHERE):
            await uow.channels.put_overwrite(channel_id, theirs)
            await uow.cursors.set(CLEO, channel_id, message_id(1))
        await uow.channels.put_overwrite(GENERAL, others)
        await uow.cursors.set(BEN, GENERAL, message_id(1))
        assert await uow.members.remove(GROUP, CLEO)
        assert not await uow.members.remove(GROUP, CLEO)
    async with world.read() as reader:
        assert await reader.members.get(GROUP, CLEO) is None
        assert await reader.cursors.of_user(CLEO, [GENERAL, ELSEWHERE]) == {ELSEWHERE: 1}
        assert await reader.cursors.of_user(BEN, [GENERAL]) == {GENERAL: 1}
        general, elsewhere = await reader.channels.get(GENERAL), await reader.channels.get(ELSEWHERE)
        assert general is not None
        assert elsewhere is not None
        assert general.overwrites == (others,)
        assert elsewhere.overwrites == (theirs,)
    async with world.write() as uow:
        await uow.members.add(member(CLEO))
        assert await uow.members.get(GROUP, CLEO) == member(CLEO)


async def test_roles_are_put_and_dropped(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.members.put_role(GROUP, BEN, SILENT)
        await uow.members.put_role(GROUP, BEN, SILENT)
        await uow.members.put_role(GROUP, BEN, MODERATOR)
        assert await uow.members.get(GROUP, BEN) == member(BEN, role_ids=(MODERATOR, SILENT))
        await uow.members.drop_role(GROUP, BEN, MODERATOR)
        await uow.members.drop_role(GROUP, ANNA, SILENT)
        assert await uow.members.get(GROUP, BEN) == member(BEN, role_ids=(SILENT,))


async def test_a_nickname_is_given_and_taken(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.members.set_nickname(GROUP, BEN, "Der Große 🌻")
        assert await uow.members.by_users(GROUP, [ANNA, BEN]) == [
            member(ANNA),
            replace(member(BEN), nickname="Der Große 🌻"),
        ]
        await uow.members.set_nickname(GROUP, BEN, None)
        assert await uow.members.get(GROUP, BEN) == member(BEN)


async def test_members_are_found_by_the_beginning_of_any_name(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.members.add(member(CLEO, nickname="Benjamin"))

    async def found(beginning: str, *, group_id: GroupId = GROUP, limit: int = 10) -> list[UserId]:
        async with world.read() as reader:
            return await reader.members.named(group_id, name_key(beginning), limit)

    assert await found("") == [ANNA, BEN, CLEO]
    assert await found("ben") == [BEN, CLEO]
    assert await found("benj") == [CLEO]
    assert await found("ben", limit=1) == [BEN]
    assert await found("ben", group_id=OTHER_GROUP) == []
    assert await found("en") == []

    async with world.write() as uow:
        await uow.users.update(replace(me(BEN, "ben"), display_name="Éric (Überall)"))
        await uow.members.set_nickname(GROUP, CLEO, "ERIK")
        await uow.members.set_nickname(GROUP, ANNA, "\U0001f33b rose")
    assert await found("eri") == [BEN, CLEO]
    assert await found("ÉRIC (ü") == [BEN]
    assert await found("benj") == []
    assert await found("\U0001f33b") == [ANNA]
    assert await found("cleo", group_id=OTHER_GROUP) == [CLEO]

    async with world.write() as uow:
        await uow.members.set_nickname(GROUP, CLEO, None)
        await uow.members.set_nickname(GROUP, CLEO, None)
        await uow.members.remove(GROUP, BEN)
    assert await found("eri") == []
    assert await found("") == [ANNA, CLEO]


async def test_who_has_the_same_name_is_found_by_id(world: SqlStore) -> None:
    crowd = [user_id(number) for number in range(6001, 6021)]
    async with world.write() as uow:
        for one in crowd:
            await uow.users.add(me(one, f"smith{one}"), f"smith{one}", "hash")
            await uow.members.add(member(one, nickname="Smith"))
    async with world.read() as reader:
        assert await reader.members.named(GROUP, b"smith", 5) == crowd[:5]
        assert await reader.members.named(GROUP, b"smith6", 20) == crowd


async def test_a_time_out_begins_and_ends(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.members.time_out(GROUP, BEN, 1_800_000_000_000)
        assert await uow.members.by_users(GROUP, [ANNA, BEN]) == [
            member(ANNA),
            replace(member(BEN), timed_out_until_ms=1_800_000_000_000),
        ]
        await uow.members.time_out(GROUP, BEN, None)
        assert await uow.members.get(GROUP, BEN) == member(BEN)


async def test_a_time_out_is_kept_for_a_return_and_taken_once(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.members.keep_time_out(GROUP, BEN, 1000)
        await uow.members.keep_time_out(GROUP, BEN, 2000)
        await uow.members.keep_time_out(OTHER_GROUP, BEN, 3000)
        assert await uow.members.take_time_out(GROUP, BEN) == 2000
        assert await uow.members.take_time_out(GROUP, BEN) is None
        assert await uow.members.take_time_out(GROUP, ANNA) is None
        assert await uow.members.take_time_out(OTHER_GROUP, BEN) == 3000


async def test_who_is_in_a_group_with_whom(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.members.add(member(BEN, group_id=OTHER_GROUP))
    async with world.read() as reader:
        assert await reader.members.sharing(BEN, [ANNA, BEN, CLEO, user_id(9)]) == {ANNA, CLEO}
        assert await reader.members.sharing(ANNA, [BEN, CLEO]) == {BEN}
        assert await reader.members.sharing(ANNA, []) == set()
        assert await reader.members.sharing(user_id(9), [ANNA]) == set()

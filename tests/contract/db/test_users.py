from __future__ import annotations

import asyncio

import msgspec

from db.store import SqlStore
from server.domain.entities import DirectFrom
from server.domain.ids import MAX_ID, Snowflake
from server.ports import Credentials
from tests.support.rows import ANNA, BEN, CLEO, me, user, user_id


async def test_an_account_is_found_by_each_of_its_keys(world: SqlStore) -> None:
    async with world.read() as reader:
        assert await reader.users.me(ANNA) == me(ANNA, "anna")
        assert await reader.users.by_username("ben") == user(BEN, "ben")
        assert await reader.users.credentials("ben") == Credentials(user_id=BEN, password_hash="hash of ben")
        assert await reader.users.password_hash(BEN) == "hash of ben"
        assert await reader.users.password_hash(user_id(9)) is None
        assert await reader.users.by_ids([CLEO, ANNA, ANNA]) == {ANNA: user(ANNA, "anna"), CLEO: user(CLEO, "cleo")}


async def test_ids_come_back_as_ids(world: SqlStore) -> None:
    async with world.read() as reader:
        found = await reader.users.me(ANNA)
        assert found is not None
        assert type(found.id) is Snowflake
        assert all(type(key) is Snowflake for key in await reader.users.by_ids([ANNA]))


async def test_the_largest_id_fits(store: SqlStore) -> None:
    async with store.write() as uow:
        assert await uow.users.add(me(user_id(MAX_ID), "max"), "max", "hash")
    async with store.read() as reader:
        assert await reader.users.me(user_id(MAX_ID)) == me(user_id(MAX_ID), "max")


async def test_nobody_is_found_where_there_is_nobody(world: SqlStore) -> None:
    async with world.read() as reader:
        assert await reader.users.me(user_id(9)) is None
        assert await reader.users.by_username("Anna") is None
        assert await reader.users.credentials("nobody") is None
        assert await reader.users.by_ids([user_id(9)]) == {}
        assert await reader.users.by_ids([]) == {}


async def test_a_taken_name_changes_nothing(world: SqlStore) -> None:
    async with world.write() as uow:
        assert not await uow.users.add(me(user_id(9), "anna"), "anna", "another hash")
        assert await uow.users.add(me(user_id(9), "Anne"), "anne", "another hash")
    async with world.read() as reader:
        assert await reader.users.credentials("anna") == Credentials(user_id=ANNA, password_hash="hash of anna")


async def test_of_two_who_take_a_name_at_once_one_has_it(store: SqlStore) -> None:
    async def sign_up(number: int) -> bool:
        async with store.write() as uow:
            return await uow.users.add(me(user_id(number), "same"), "same", "hash")

    assert sorted(await asyncio.gather(*(sign_up(number) for number in range(1, 6)))) == [False] * 4 + [True]


async def test_names_and_hashes_change_for_one_account_alone(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.users.update(msgspec.structs.replace(me(ANNA, "anna"), display_name="Änna 🌻"))
        await uow.users.set_password_hash(ANNA, "new hash")
        await uow.users.update(msgspec.structs.replace(me(user_id(9), "anna"), display_name="Nobody"))
    async with world.read() as reader:
        names = {id_: found.display_name for id_, found in (await reader.users.by_ids([ANNA, BEN])).items()}
        assert names == {ANNA: "Änna 🌻", BEN: "Ben"}
        assert await reader.users.credentials("anna") == Credentials(user_id=ANNA, password_hash="new hash")
        assert await reader.users.credentials("ben") == Credentials(user_id=BEN, password_hash="hash of ben")


async def test_an_operator_is_known(world: SqlStore) -> None:
    async with world.write() as uow:
        assert not await uow.users.any_operator()
        await uow.users.add(me(user_id(9), "boss", operator=True), "boss", "hash")
        assert await uow.users.any_operator()
    async with world.read() as reader:
        assert await reader.users.me(user_id(9)) == me(user_id(9), "boss", operator=True)


async def test_more_ids_than_one_statement_takes(world: SqlStore) -> None:
    async with world.read() as reader:
        many = [user_id(number) for number in range(5000, 45_000)]
        assert set(await reader.users.by_ids([ANNA, *many, BEN])) == {ANNA, BEN}


async def test_who_may_write_to_whom(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.users.update(msgspec.structs.replace(me(BEN, "ben"), direct_from=DirectFrom.FRIENDS))
    async with world.read() as reader:
        assert await reader.users.direct_from([ANNA, BEN, user_id(9)]) == {
            ANNA: DirectFrom.EVERYONE,
            BEN: DirectFrom.FRIENDS,
        }
        assert await reader.users.direct_from([]) == {}

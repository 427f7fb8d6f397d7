from __future__ import annotations

import hashlib

from db.store import SqlStore
from tests.support.rows import ANNA, BEN

TICKET, OTHER = (hashlib.sha256(text).digest() for text in (b"1", b"2"))


async def test_a_ticket_stands_for_its_account_until_it_expires(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.tickets.add(TICKET, ANNA, 5_000)
        await uow.tickets.add(OTHER, BEN, 9_000)
        assert await uow.tickets.owner(TICKET, 4_999) == ANNA
        assert await uow.tickets.owner(TICKET, 5_000) is None
        assert await uow.tickets.attempt(TICKET, 5_000, 5) is None
        assert await uow.tickets.owner(b"\x00" * 32, 0) is None


async def test_its_attempts_are_counted(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.tickets.add(TICKET, ANNA, 5_000)
        await uow.tickets.add(OTHER, BEN, 5_000)
        assert [await uow.tickets.attempt(TICKET, 1_000, 2) for _ in range(3)] == [ANNA, ANNA, None]
        assert await uow.tickets.attempt(OTHER, 1_000, 2) == BEN


async def test_it_ends_once(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.tickets.add(TICKET, ANNA, 5_000)
        assert [await uow.tickets.end(TICKET) for _ in range(2)] == [True, False]
        assert await uow.tickets.attempt(TICKET, 1_000, 2) is None


async def test_all_of_an_account_end_with_its_password(world: SqlStore) -> None:
    third = hashlib.sha256(b"3").digest()
    async with world.write() as uow:
        await uow.tickets.add(TICKET, ANNA, 5_000)
        await uow.tickets.add(third, ANNA, 5_000)
        await uow.tickets.add(OTHER, BEN, 5_000)
        await uow.tickets.end_all(ANNA)
        assert [await uow.tickets.owner(each, 1_000) for each in (TICKET, third, OTHER)] == [None, None, BEN]


async def test_a_challenge_is_spent_once(world: SqlStore) -> None:
    async with world.write() as uow:
        assert await uow.tickets.spend_challenge(TICKET, 5_000)
    async with world.write() as uow:
        assert not await uow.tickets.spend_challenge(TICKET, 5_000)
        assert await uow.tickets.spend_challenge(OTHER, 5_000)


async def test_what_has_expired_is_forgotten(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.tickets.add(TICKET, ANNA, 5_000)
        await uow.tickets.add(OTHER, ANNA, 9_000)
        await uow.tickets.spend_challenge(TICKET, 5_000)
        await uow.tickets.spend_challenge(OTHER, 9_000)
        assert await uow.tickets.forget_expired(4_999) == 0
        assert await uow.tickets.forget_expired(5_000) == 2
        assert await uow.tickets.owner(OTHER, 6_000) == ANNA
        assert await uow.tickets.spend_challenge(TICKET, 9_000)
        assert not await uow.tickets.spend_challenge(OTHER, 9_000)

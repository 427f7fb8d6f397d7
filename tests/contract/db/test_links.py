from __future__ import annotations

import hashlib
from typing import Literal

from db.store import SqlStore
from server.domain.ids import UserId
from server.ports import AccountLink, MailedUser
from tests.support.rows import ANNA, BEN, CLEO


def hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def link(
    token: str,
    purpose: Literal["verify", "recover"] = "verify",
    user_id: UserId | None = ANNA,
    *,
    address: str = "Anna@example.org",
    created_ms: int = 1_000,
) -> AccountLink:
    return AccountLink(
        token_hash=hashed(token),
        purpose=purpose,
        user_id=user_id,
        address=address,
        created_ms=created_ms,
        expires_ms=created_ms + 5_000,
    )


async def test_a_link_is_found_by_its_token_and_used_once(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.links.add(link("a"))
        await uow.links.add(link("b", "recover", None))
    async with world.write() as uow:
        assert await uow.links.get(hashed("a")) == link("a")
        assert await uow.links.get(hashed("b")) == link("b", "recover", None)
        assert await uow.links.get(hashed("c")) is None
        assert [await uow.links.use(hashed(each)) for each in "aac"] == [True, False, False]
        assert await uow.links.get(hashed("a")) is None


async def test_the_newest_that_waits_is_the_one_that_counts(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.links.add(link("a", created_ms=1_000))
        await uow.links.add(link("b", created_ms=2_000))
        await uow.links.add(link("c", user_id=BEN, created_ms=3_000))
        await uow.links.add(link("d", "recover", ANNA, created_ms=4_000))
        assert await uow.links.pending(ANNA) == link("b", created_ms=2_000)
        await uow.links.drop_pending(ANNA)
        assert await uow.links.pending(ANNA) is None
        assert await uow.links.pending(BEN) is not None
        assert await uow.links.get(hashed("d")) is not None


async def test_recoveries_end_by_address_in_any_letter_case(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.links.add(link("a", "recover", None))
        await uow.links.add(link("b", "recover", None, address="ben@example.org"))
        await uow.links.add(link("c"))
        await uow.links.drop_recoveries("anna@EXAMPLE.org")
        assert [await uow.links.get(hashed(each)) is not None for each in "abc"] == [False, True, True]


async def test_what_ran_out_is_forgotten(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.links.add(link("a", created_ms=1_000))
        await uow.links.add(link("b", created_ms=2_000))
        assert await uow.links.forget_expired(6_000) == 0
        assert await uow.links.forget_expired(6_001) == 1
        assert await uow.links.get(hashed("b")) is not None


async def test_accounts_are_found_by_their_address(world: SqlStore) -> None:
    async with world.write() as uow:
        assert await uow.users.email(ANNA) is None
        await uow.users.set_email(CLEO, "us@example.org")
        await uow.users.set_email(ANNA, "Us@example.org")
        await uow.users.set_email(BEN, "ben@example.org")
    async with world.write() as uow:
        assert await uow.users.email(ANNA) == "Us@example.org"
        found = await uow.users.by_email("us@EXAMPLE.org", 10)
        assert found == [
            MailedUser(user_id=ANNA, username="anna", email="Us@example.org"),
            MailedUser(user_id=CLEO, username="cleo", email="us@example.org"),
        ]
        assert len(await uow.users.by_email("us@example.org", 1)) == 1
        assert await uow.users.by_email("nobody@example.org", 10) == []
        await uow.users.set_email(ANNA, None)
        assert await uow.users.email(ANNA) is None
        assert [one.user_id for one in await uow.users.by_email("us@example.org", 10)] == [CLEO]

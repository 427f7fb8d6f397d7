from __future__ import annotations

import hashlib

from msgspec.structs import replace

from db.store import SqlStore
from server.domain.factors import FactorKind
from server.domain.ids import PasskeyId, Snowflake
from server.ports import PasskeyRecord, TotpRecord
from tests.support.rows import ANNA, BEN

APP = TotpRecord(user_id=ANNA, sealed_secret=b"\x00sealed\xff", begun_ms=1_000)
KEY = PasskeyRecord(
    id=PasskeyId(Snowflake(701)),
    user_id=ANNA,
    credential_id=b"\x00" * 1023,
    public_key=b"\xa5" * 1024,
    sign_count=0,
    synced=True,
    name="Phone",
    created_ms=1_000,
)
OTHER_KEY = replace(KEY, id=PasskeyId(Snowflake(702)), credential_id=b"\x01", sign_count=5, synced=False)


def hashed(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


async def test_an_app_counts_from_its_confirmation_on(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.factors.begin_totp(APP)
        assert await uow.factors.totp(ANNA) == APP
        assert await uow.factors.kinds(ANNA) == set()
        assert not await uow.factors.use_step(ANNA, 5)
        assert not await uow.factors.confirm_totp(ANNA, b"another secret", 7, 2_000)
        assert await uow.factors.confirm_totp(ANNA, APP.sealed_secret, 7, 2_000)
        assert not await uow.factors.confirm_totp(ANNA, APP.sealed_secret, 8, 3_000)
    async with world.read() as reader:
        assert await reader.factors.totp(ANNA) == replace(APP, confirmed_ms=2_000, last_step=7)
        assert await reader.factors.kinds(ANNA) == {FactorKind.TOTP}
        assert await reader.factors.kinds(BEN) == set()
        assert await reader.factors.totp(BEN) is None


async def test_a_new_secret_takes_the_place_of_the_old(world: SqlStore) -> None:
    again = replace(APP, sealed_secret=b"other", begun_ms=2_000)
    async with world.write() as uow:
        await uow.factors.begin_totp(APP)
        await uow.factors.begin_totp(again)
    async with world.read() as reader:
        assert await reader.factors.totp(ANNA) == again


async def test_steps_only_go_forward(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.factors.begin_totp(APP)
        await uow.factors.confirm_totp(ANNA, APP.sealed_secret, 7, 2_000)
        tried = [await uow.factors.use_step(ANNA, step) for step in (6, 7, 8, 8, 10, 9)]
    assert tried == [False, False, True, False, True, False]


async def test_an_app_goes_once(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.factors.begin_totp(APP)
        assert await uow.factors.delete_totp(ANNA)
        assert not await uow.factors.delete_totp(ANNA)
        assert await uow.factors.totp(ANNA) is None


async def test_a_recovery_code_is_spent_once_by_its_owner(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.factors.replace_codes(ANNA, [hashed("1"), hashed("2")])
        await uow.factors.replace_codes(BEN, [hashed("1")])
        assert await uow.factors.codes_left(ANNA) == 2
        assert await uow.factors.kinds(ANNA) == {FactorKind.RECOVERY}
        assert not await uow.factors.spend_code(BEN, hashed("2"))
        assert [await uow.factors.spend_code(ANNA, hashed(code)) for code in "113"] == [True, False, False]
        assert (await uow.factors.codes_left(ANNA), await uow.factors.codes_left(BEN)) == (1, 1)


async def test_new_recovery_codes_end_the_old(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.factors.replace_codes(ANNA, [hashed("1"), hashed("2")])
        await uow.factors.replace_codes(ANNA, [hashed("3")])
        assert not await uow.factors.spend_code(ANNA, hashed("1"))
        assert await uow.factors.codes_left(ANNA) == 1
        await uow.factors.replace_codes(ANNA, [])
        assert await uow.factors.codes_left(ANNA) == 0


async def test_passkeys_are_found_by_credential_and_by_owner(world: SqlStore) -> None:
    async with world.write() as uow:
        assert await uow.factors.add_passkey(KEY)
        assert await uow.factors.add_passkey(OTHER_KEY)
        assert not await uow.factors.add_passkey(replace(KEY, id=PasskeyId(Snowflake(703)), user_id=BEN))
    async with world.read() as reader:
        assert await reader.factors.passkeys(ANNA) == [KEY, OTHER_KEY]
        assert await reader.factors.passkeys(BEN) == []
        assert await reader.factors.passkey_of(b"\x01") == OTHER_KEY
        assert await reader.factors.passkey_of(b"\x02") is None
        assert await reader.factors.kinds(ANNA) == {FactorKind.PASSKEY}


async def test_only_its_owner_renames_or_removes_a_passkey(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.factors.add_passkey(KEY)
        assert not await uow.factors.rename_passkey(BEN, KEY.id, "Ben's")
        assert await uow.factors.rename_passkey(ANNA, KEY.id, "Old phone")
        assert await uow.factors.rename_passkey(ANNA, KEY.id, "Old phone")
        assert await uow.factors.passkeys(ANNA) == [replace(KEY, name="Old phone")]
        assert not await uow.factors.delete_passkey(BEN, KEY.id)
        assert await uow.factors.delete_passkey(ANNA, KEY.id)
        assert not await uow.factors.delete_passkey(ANNA, KEY.id)


async def test_a_count_that_does_not_grow_is_refused(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.factors.add_passkey(OTHER_KEY)
        tried = [await uow.factors.use_passkey(OTHER_KEY.id, count, 2_000 + count) for count in (5, 0, 6, 6, 9)]
        assert tried == [False, False, True, False, True]
        assert await uow.factors.passkeys(ANNA) == [replace(OTHER_KEY, sign_count=9, used_ms=2_009)]


async def test_a_passkey_that_does_not_count_is_used_again_and_again(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.factors.add_passkey(KEY)
        assert await uow.factors.use_passkey(KEY.id, 0, 2_000)
        assert await uow.factors.use_passkey(KEY.id, 0, 2_000)
        assert await uow.factors.passkeys(ANNA) == [replace(KEY, used_ms=2_000)]


async def test_clearing_takes_everything_of_one_person(world: SqlStore) -> None:
    async with world.write() as uow:
        for user_id in (ANNA, BEN):
            await uow.factors.begin_totp(replace(APP, user_id=user_id))
            await uow.factors.confirm_totp(user_id, APP.sealed_secret, 7, 2_000)
            await uow.factors.replace_codes(user_id, [hashed("1")])
            await uow.tickets.add(hashed(f"ticket {user_id}"), user_id, 9_000)
        await uow.factors.add_passkey(KEY)
        await uow.factors.add_passkey(replace(OTHER_KEY, user_id=BEN))
        await uow.factors.clear(ANNA)
    async with world.read() as reader:
        assert await reader.factors.kinds(ANNA) == set()
        assert await reader.factors.kinds(BEN) == set(FactorKind)
        assert await reader.tickets.owner(hashed(f"ticket {ANNA}"), 1_000) is None
        assert await reader.tickets.owner(hashed(f"ticket {BEN}"), 1_000) == BEN

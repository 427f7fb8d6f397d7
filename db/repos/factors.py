"""Authenticator apps, recovery codes and passkeys."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Row, and_, delete, exists, func, insert, or_, select, update

from db.repos.base import Repository, given, step
from db.tables.factors import log_in_tickets, passkeys, recovery_codes, totps
from server.domain.factors import FactorKind
from server.domain.ids import PasskeyId, UserId
from server.ports.factors import PasskeyRecord, TotpRecord

_THEIR_TOTP = totps.c.user_id == given("of_user")
_KINDS = select(
    exists().where(_THEIR_TOTP, totps.c.confirmed_ms.is_not(None)).label("totp"),
    exists().where(passkeys.c.user_id == given("of_user")).label("passkey"),
    exists().where(recovery_codes.c.user_id == given("of_user")).label("recovery"),
)
_TOTP = select(totps).where(_THEIR_TOTP)
_CONFIRM = update(totps).where(
    _THEIR_TOTP, totps.c.confirmed_ms.is_(None), totps.c.sealed_secret == given("seen_secret")
)
_USE_STEP = update(totps).where(_THEIR_TOTP, totps.c.confirmed_ms.is_not(None), totps.c.last_step < given("before"))
_DELETE_TOTP = delete(totps).where(_THEIR_TOTP)

_DELETE_CODES = delete(recovery_codes).where(recovery_codes.c.user_id == given("of_user"))
_ADD_CODE = insert(recovery_codes)
_SPEND_CODE = _DELETE_CODES.where(recovery_codes.c.code_hash == given("hashed"))
_CODES_LEFT = select(func.count()).select_from(recovery_codes).where(recovery_codes.c.user_id == given("of_user"))

_PASSKEYS = select(passkeys).where(passkeys.c.user_id == given("of_user")).order_by(passkeys.c.id)
_BY_CREDENTIAL = select(passkeys).where(passkeys.c.credential_id == given("credential"))
_RENAME = update(passkeys).where(passkeys.c.id == given("of_id"), passkeys.c.user_id == given("of_user"))
_USE = update(passkeys).where(
    passkeys.c.id == given("of_id"),
    or_(passkeys.c.sign_count < given("counted"), and_(passkeys.c.sign_count == 0, given("counted") == 0)),
)
_DELETE_PASSKEY = delete(passkeys).where(passkeys.c.id == given("of_id"), passkeys.c.user_id == given("of_user"))
_DELETE_PASSKEYS = delete(passkeys).where(passkeys.c.user_id == given("of_user"))
_DELETE_TICKETS = delete(log_in_tickets).where(log_in_tickets.c.user_id == given("of_user"))


class SqlFactors(Repository):
    """Implements :class:`server.ports.Factors`."""

    __slots__ = ()

    async def kinds(self, user_id: UserId) -> set[FactorKind]:
        row = await self._first(_KINDS, of_user=user_id)
        return set() if row is None else {kind for kind in FactorKind if row._mapping[kind.value]}

    async def totp(self, user_id: UserId) -> TotpRecord | None:
        row = await self._first(_TOTP, of_user=user_id)
        return None if row is None else TotpRecord(**row._mapping)

    async def begin_totp(self, record: TotpRecord) -> None:
        values = msgspec.structs.asdict(record)
        update = tuple(name for name in values if name != "user_id")
        await self._insert_or_update(totps, ("user_id",), update, **values)

    async def confirm_totp(self, user_id: UserId, sealed_secret: bytes, step: int, now_ms: int) -> bool:
        return (
            await self._change(
                _CONFIRM, of_user=user_id, seen_secret=sealed_secret, confirmed_ms=now_ms, last_step=step
            )
            == 1
        )

    async def use_step(self, user_id: UserId, step: int) -> bool:
        return await self._change(_USE_STEP, of_user=user_id, before=step, last_step=step) == 1

    async def delete_totp(self, user_id: UserId) -> bool:
        return await self._change(_DELETE_TOTP, of_user=user_id) == 1

    async def replace_codes(self, user_id: UserId, code_hashes: Collection[bytes]) -> None:
        self._later(_DELETE_CODES, of_user=user_id)
        await self._insert_all(_ADD_CODE, [{"user_id": user_id, "code_hash": each} for each in code_hashes])

    async def spend_code(self, user_id: UserId, code_hash: bytes) -> bool:
        return await self._change(_SPEND_CODE, of_user=user_id, hashed=code_hash) == 1

    async def codes_left(self, user_id: UserId) -> int:
        row = await self._first(_CODES_LEFT, of_user=user_id)
        return 0 if row is None else int(row[0])

    async def passkeys(self, user_id: UserId) -> list[PasskeyRecord]:
        return [_read_passkey(row) for row in await self._all(_PASSKEYS, of_user=user_id)]

    async def passkey_of(self, credential_id: bytes) -> PasskeyRecord | None:
        row = await self._first(_BY_CREDENTIAL, credential=credential_id)
        return None if row is None else _read_passkey(row)

    async def add_passkey(self, record: PasskeyRecord) -> bool:
        return await self._insert_unless_there(passkeys, ("credential_id",), **msgspec.structs.asdict(record))

    async def rename_passkey(self, user_id: UserId, passkey_id: PasskeyId, name: str) -> bool:
        return await self._change(_RENAME, of_id=passkey_id, of_user=user_id, name=name) == 1

    async def use_passkey(self, passkey_id: PasskeyId, sign_count: int, now_ms: int) -> bool:
        return (
            await self._change(_USE, of_id=passkey_id, counted=sign_count, sign_count=sign_count, used_ms=now_ms) == 1
        )

    async def delete_passkey(self, user_id: UserId, passkey_id: PasskeyId) -> bool:
        return await self._change(_DELETE_PASSKEY, of_id=passkey_id, of_user=user_id) == 1

    async def clear(self, user_id: UserId) -> None:
        whole = (_DELETE_TOTP, _DELETE_CODES, _DELETE_PASSKEYS, _DELETE_TICKETS)
        self._put_off(*(step(statement, of_user=user_id) for statement in whole))


def _read_passkey(row: Row[Any]) -> PasskeyRecord:
    return PasskeyRecord(**row._mapping)

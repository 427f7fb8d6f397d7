"""Links that were sent by mail, to confirm an address or to come back into an account."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from db.repos.base import Repository, given
from db.tables.accounts import account_links
from server.domain.ids import UserId
from server.domain.mail import mail_key
from server.ports import AccountLink

_COLUMNS = (
    account_links.c.token_hash,
    account_links.c.purpose,
    account_links.c.user_id,
    account_links.c.address,
    account_links.c.created_ms,
    account_links.c.expires_ms,
)
_ADD = insert(account_links)
_OF_TOKEN = account_links.c.token_hash == given("hash")
_GET = select(*_COLUMNS).where(_OF_TOKEN)
_USE = delete(account_links).where(_OF_TOKEN)
_TO_CONFIRM = (account_links.c.user_id == given("of_user"), account_links.c.purpose == "verify")
_PENDING = select(*_COLUMNS).where(*_TO_CONFIRM).order_by(account_links.c.created_ms.desc()).limit(1)
_DROP_PENDING = delete(account_links).where(*_TO_CONFIRM)
_DROP_RECOVERIES = delete(account_links).where(
    account_links.c.address_key == given("key"), account_links.c.purpose == "recover"
)
_FORGET = delete(account_links).where(account_links.c.expires_ms < given("now_ms"))


class SqlAccountLinks(Repository):
    __slots__ = ()

    async def add(self, link: AccountLink) -> None:
        self._later(
            _ADD,
            token_hash=link.token_hash,
            purpose=link.purpose,
            user_id=link.user_id,
            address=link.address,
            address_key=mail_key(link.address),
            created_ms=link.created_ms,
            expires_ms=link.expires_ms,
        )

    async def get(self, token_hash: bytes) -> AccountLink | None:
        row = await self._first(_GET, hash=token_hash)
        return None if row is None else AccountLink(**row._mapping)

    async def pending(self, user_id: UserId) -> AccountLink | None:
        row = await self._first(_PENDING, of_user=user_id)
        return None if row is None else AccountLink(**row._mapping)

    async def use(self, token_hash: bytes) -> bool:
        return await self._change(_USE, hash=token_hash) == 1

    async def drop_pending(self, user_id: UserId) -> None:
        self._later(_DROP_PENDING, of_user=user_id)

    async def drop_recoveries(self, address: str) -> None:
        self._later(_DROP_RECOVERIES, key=mail_key(address))

    async def forget_expired(self, now_ms: int) -> int:
        return await self._change(_FORGET, now_ms=now_ms)

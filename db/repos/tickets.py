"""Log-ins that are half done, and challenges that are answered."""

from __future__ import annotations

from sqlalchemy import delete, insert, select, update

from db.repos.base import Repository, given
from db.tables.factors import log_in_tickets, spent_challenges
from server.domain.ids import UserId

_ADD = insert(log_in_tickets)
_LIVE = (log_in_tickets.c.ticket_hash == given("hashed"), log_in_tickets.c.expires_ms > given("now_ms"))
_OWNER = select(log_in_tickets.c.user_id).where(*_LIVE)
_COUNT = (
    update(log_in_tickets)
    .where(*_LIVE, log_in_tickets.c.attempts < given("at_most"))
    .values(attempts=log_in_tickets.c.attempts + 1)
)
_END = delete(log_in_tickets).where(log_in_tickets.c.ticket_hash == given("hashed"))
_END_ALL = delete(log_in_tickets).where(log_in_tickets.c.user_id == given("of_user"))
_FORGET = (
    delete(log_in_tickets).where(log_in_tickets.c.expires_ms <= given("now_ms")),
    delete(spent_challenges).where(spent_challenges.c.expires_ms <= given("now_ms")),
)


class SqlTickets(Repository):
    """Implements :class:`server.ports.Tickets`."""

    __slots__ = ()

    async def add(self, ticket_hash: bytes, user_id: UserId, expires_ms: int) -> None:
        self._later(_ADD, ticket_hash=ticket_hash, user_id=user_id, attempts=0, expires_ms=expires_ms)

    async def owner(self, ticket_hash: bytes, now_ms: int) -> UserId | None:
        row = await self._first(_OWNER, hashed=ticket_hash, now_ms=now_ms)
        return None if row is None else row.user_id

    async def attempt(self, ticket_hash: bytes, now_ms: int, attempts_max: int) -> UserId | None:
        if await self._change(_COUNT, hashed=ticket_hash, now_ms=now_ms, at_most=attempts_max) != 1:
            return None
        return await self.owner(ticket_hash, now_ms)

    async def end_all(self, user_id: UserId) -> None:
        self._later(_END_ALL, of_user=user_id)

    async def end(self, ticket_hash: bytes) -> bool:
        return await self._change(_END, hashed=ticket_hash) == 1

    async def spend_challenge(self, challenge_hash: bytes, expires_ms: int) -> bool:
        return await self._insert_unless_there(
            spent_challenges, ("challenge_hash",), challenge_hash=challenge_hash, expires_ms=expires_ms
        )

    async def forget_expired(self, now_ms: int) -> int:
        return sum([await self._change(statement, now_ms=now_ms) for statement in _FORGET])

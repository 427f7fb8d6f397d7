"""Log-ins and their refresh tokens."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from sqlalchemy import delete, func, insert, or_, select, update

from db.repos.base import Repository, among, given, portions, step
from db.tables.accounts import refresh_tokens, sessions
from server.domain.ids import SessionId, Snowflake, UserId
from server.ports import RefreshToken, SessionRecord

_ADD = insert(sessions)
_ADD_TOKEN = insert(refresh_tokens)
_GET = select(sessions).where(sessions.c.id == given("session_id"))
_BY_TOKEN = (
    select(
        sessions,
        refresh_tokens.c.created_ms.label("token_created_ms"),
        refresh_tokens.c.spent_ms.label("token_spent_ms"),
    )
    .join_from(refresh_tokens, sessions)
    .where(refresh_tokens.c.token_hash == given("token_hash"))
)
_SPEND = update(refresh_tokens).where(refresh_tokens.c.token_hash == given("old_hash"))
_SET = update(sessions).where(sessions.c.id == given("session_id"))
_REVOKED = select(sessions.c.id).where(among(sessions.c.id, "session_ids"), sessions.c.revoked_ms.is_not(None))
_REVOKE = _SET.where(sessions.c.revoked_ms.is_(None))
_UNREVOKED_OF = (
    sessions.c.user_id == given("of_user"),
    sessions.c.revoked_ms.is_(None),
    sessions.c.id != given("kept"),
)
_UNREVOKED = select(sessions.c.id).where(*_UNREVOKED_OF)
_REVOKE_ALL = update(sessions).where(*_UNREVOKED_OF)
_NONE = SessionId(Snowflake(0))
_LAST_USED = (
    # Once at a start, over a table of log-ins: no index of its own.
    select(sessions.c.user_id)
    .where(sessions.c.expires_ms > given("now_ms"), sessions.c.revoked_ms.is_(None))
    .group_by(sessions.c.user_id)
    .order_by(func.max(sessions.c.used_ms).desc(), sessions.c.user_id)
    .limit(given("at_most"))
)
_OF_USER = (
    select(sessions)
    .where(
        sessions.c.user_id == given("user_id"),
        sessions.c.revoked_ms.is_(None),
        sessions.c.expires_ms > given("now_ms"),
        sessions.c.used_ms >= given("used_after_ms"),
    )
    .order_by(sessions.c.used_ms.desc(), sessions.c.id.desc())
    .limit(given("at_most"))
)
_SEEN = (
    select(sessions.c.device, sessions.c.address)
    .where(sessions.c.user_id == given("user_id"))
    .order_by(sessions.c.id.desc())
    .limit(given("at_most"))
)
_FORGET = delete(sessions).where(or_(sessions.c.expires_ms < given("now_ms"), sessions.c.revoked_ms < given("now_ms")))


class SqlSessions(Repository):
    __slots__ = ()

    async def add(self, session: SessionRecord, token: RefreshToken) -> None:
        self._put_off(step(_ADD, **msgspec.structs.asdict(session)), step(_ADD_TOKEN, **msgspec.structs.asdict(token)))

    async def get(self, session_id: SessionId) -> SessionRecord | None:
        row = await self._first(_GET, session_id=session_id)
        return None if row is None else SessionRecord(**row._mapping)

    async def by_token(self, token_hash: bytes) -> tuple[SessionRecord, RefreshToken] | None:
        row = await self._first(_BY_TOKEN, token_hash=token_hash)
        if row is None:
            return None
        values = dict(row._mapping)
        token = RefreshToken(
            token_hash=token_hash,
            session_id=row.id,
            created_ms=values.pop("token_created_ms"),
            spent_ms=values.pop("token_spent_ms"),
        )
        return SessionRecord(**values), token

    async def rotate(self, old_hash: bytes, new: RefreshToken) -> None:
        self._put_off(
            step(_SPEND, old_hash=old_hash, spent_ms=new.created_ms),
            step(_ADD_TOKEN, **msgspec.structs.asdict(new)),
            step(_SET, session_id=new.session_id, used_ms=new.created_ms),
        )

    async def of_user(self, user_id: UserId, now_ms: int, used_after_ms: int, limit: int) -> list[SessionRecord]:
        rows = await self._all(_OF_USER, user_id=user_id, now_ms=now_ms, used_after_ms=used_after_ms, at_most=limit)
        return [SessionRecord(**row._mapping) for row in rows]

    async def seen(self, user_id: UserId, limit: int) -> list[tuple[str, str]]:
        return [(row.device, row.address) for row in await self._all(_SEEN, user_id=user_id, at_most=limit)]

    async def prove(self, session_id: SessionId, now_ms: int) -> None:
        self._later(_SET, session_id=session_id, proved_ms=now_ms)

    async def revoke(self, session_id: SessionId, now_ms: int) -> None:
        self._later(_REVOKE, session_id=session_id, revoked_ms=now_ms)

    async def revoke_all(self, user_id: UserId, now_ms: int, *, but: SessionId | None = None) -> list[SessionId]:
        kept = _NONE if but is None else but
        rows = await self._all(_UNREVOKED, of_user=user_id, kept=kept)
        if rows:
            self._later(_REVOKE_ALL, of_user=user_id, kept=kept, revoked_ms=now_ms)
        return [row.id for row in rows]

    async def revoked(self, session_ids: Collection[SessionId]) -> set[SessionId]:
        found: set[SessionId] = set()
        for some in portions(session_ids):
            found.update(row.id for row in await self._all(_REVOKED, session_ids=some))
        return found

    async def last_used(self, now_ms: int, limit: int) -> list[UserId]:
        return [row.user_id for row in await self._all(_LAST_USED, now_ms=now_ms, at_most=limit)]

    async def forget_expired(self, now_ms: int) -> int:
        return await self._change(_FORGET, now_ms=now_ms)

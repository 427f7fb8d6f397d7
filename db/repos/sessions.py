"""Log-ins and their refresh tokens."""

from __future__ import annotations

from sqlalchemy import delete, insert, or_, select, update

from db.repos.base import Repository
from db.tables.accounts import refresh_tokens, sessions
from server.domain.ids import SessionId
from server.ports import RefreshToken, SessionRecord


class SqlSessions(Repository):
    __slots__ = ()

    async def add(self, session: SessionRecord, token: RefreshToken) -> None:
        await self._change(
            insert(sessions).values(
                id=session.id,
                user_id=session.user_id,
                device=session.device,
                address=session.address,
                created_ms=session.created_ms,
                used_ms=session.used_ms,
                expires_ms=session.expires_ms,
                revoked_ms=session.revoked_ms,
            )
        )
        await self._add_token(token)

    async def get(self, session_id: SessionId) -> SessionRecord | None:
        row = await self._first(select(sessions).where(sessions.c.id == session_id))
        return None if row is None else SessionRecord(**row._mapping)

    async def by_token(self, token_hash: bytes) -> tuple[SessionRecord, RefreshToken] | None:
        row = await self._first(
            select(
                sessions,
                refresh_tokens.c.created_ms.label("token_created_ms"),
                refresh_tokens.c.spent_ms.label("token_spent_ms"),
            )
            .join_from(refresh_tokens, sessions)
            .where(refresh_tokens.c.token_hash == token_hash)
        )
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
        await self._change(
            update(refresh_tokens).where(refresh_tokens.c.token_hash == old_hash).values(spent_ms=new.created_ms)
        )
        await self._add_token(new)
        await self._change(update(sessions).where(sessions.c.id == new.session_id).values(used_ms=new.created_ms))

    async def revoke(self, session_id: SessionId, now_ms: int) -> None:
        await self._change(
            update(sessions)
            .where(sessions.c.id == session_id, sessions.c.revoked_ms.is_(None))
            .values(revoked_ms=now_ms)
        )

    async def forget_expired(self, now_ms: int) -> int:
        return await self._change(
            delete(sessions).where(or_(sessions.c.expires_ms < now_ms, sessions.c.revoked_ms < now_ms))
        )

    async def _add_token(self, token: RefreshToken) -> None:
        await self._change(
            insert(refresh_tokens).values(
                token_hash=token.token_hash,
                session_id=token.session_id,
                created_ms=token.created_ms,
                spent_ms=token.spent_ms,
            )
        )

"""Bots and their tokens."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, delete, exists, insert, or_, select, update

from db.repos.base import Repository, among, given, portions
from db.tables.accounts import users
from db.tables.automata import bot_tokens, bots
from db.tables.standings import standings
from server.domain.entities import Bot
from server.domain.ids import SessionId, UserId
from server.domain.scopes import Scope
from server.ports import BotToken

_ADD = insert(bots)
_GET = select(bots).where(bots.c.user_id == given("bot_id"))
_OF_OWNER = select(bots).where(bots.c.owner_id == given("of_owner")).order_by(bots.c.user_id)
_SHUT = exists().where(
    or_(standings.c.user_id == bots.c.user_id, standings.c.user_id == bots.c.owner_id),
    or_(standings.c.disabled_ms.is_not(None), standings.c.delete_after_ms.is_not(None)),
)
"""The account of the bot or its owner's is disabled or about to be deleted."""
_NAMED = (
    select(bots)
    .join_from(bots, users, users.c.id == bots.c.user_id)
    .where(users.c.username_key == given("of_key"), ~_SHUT)
)
_SET = update(bots).where(bots.c.user_id == given("bot_id"))

_ADD_TOKEN = insert(bot_tokens)
_TOKEN = (
    select(bot_tokens)
    .join_from(bot_tokens, bots, bots.c.user_id == bot_tokens.c.bot_id)
    .where(bot_tokens.c.id == given("token_id"), ~_SHUT)
)
_TOKENS_OF = select(bot_tokens).where(among(bot_tokens.c.bot_id, "bot_ids")).order_by(bot_tokens.c.id)
_TOKEN_IDS = (
    select(bot_tokens.c.id)
    .join_from(bot_tokens, bots, bots.c.user_id == bot_tokens.c.bot_id)
    .where(or_(bots.c.user_id == given("of_user"), bots.c.owner_id == given("of_user")))
    .order_by(bot_tokens.c.id)
)
_NOTE_USE = update(bot_tokens).where(bot_tokens.c.id == given("token_id"))
_DELETE_TOKEN = delete(bot_tokens).where(bot_tokens.c.id == given("token_id"), bot_tokens.c.bot_id == given("of_bot"))


def _token(row: Row[Any]) -> BotToken:
    return BotToken(
        id=row.id,
        bot_id=row.bot_id,
        name=row.name,
        token_hash=row.token_hash,
        scopes=tuple(Scope(name) for name in row.scopes.split()),
        used_ms=row.used_ms,
    )


class SqlBots(Repository):
    __slots__ = ()

    async def add(self, bot: Bot) -> None:
        self._later(_ADD, user_id=bot.user_id, owner_id=bot.owner_id, public=bot.public)

    async def get(self, bot_id: UserId) -> Bot | None:
        row = await self._first(_GET, bot_id=bot_id)
        return None if row is None else _bot(row)

    async def of_owner(self, owner_id: UserId) -> list[Bot]:
        return [_bot(row) for row in await self._all(_OF_OWNER, of_owner=owner_id)]

    async def named(self, username_key: str) -> Bot | None:
        row = await self._first(_NAMED, of_key=username_key)
        return None if row is None else _bot(row)

    async def set_public(self, bot_id: UserId, *, public: bool) -> None:
        self._later(_SET, bot_id=bot_id, public=public)

    async def add_token(self, token: BotToken) -> None:
        self._later(
            _ADD_TOKEN,
            id=token.id,
            bot_id=token.bot_id,
            name=token.name,
            token_hash=token.token_hash,
            scopes=" ".join(token.scopes),
        )

    async def token(self, token_id: SessionId) -> BotToken | None:
        row = await self._first(_TOKEN, token_id=token_id)
        return None if row is None else _token(row)

    async def tokens_of(self, bot_ids: Collection[UserId]) -> list[BotToken]:
        found: list[BotToken] = []
        for some in portions(bot_ids):
            found += (_token(row) for row in await self._all(_TOKENS_OF, bot_ids=some))
        return found

    async def token_ids(self, user_id: UserId) -> list[SessionId]:
        return [row.id for row in await self._all(_TOKEN_IDS, of_user=user_id)]

    async def note_use(self, token_id: SessionId, now_ms: int) -> None:
        self._later(_NOTE_USE, token_id=token_id, used_ms=now_ms)

    async def delete_token(self, bot_id: UserId, token_id: SessionId) -> bool:
        return await self._change(_DELETE_TOKEN, token_id=token_id, of_bot=bot_id) == 1


def _bot(row: Row[Any]) -> Bot:
    return Bot(user_id=row.user_id, owner_id=row.owner_id, public=bool(row.public))

"""Tokens of bots: who one speaks for, and what it is good for.

A token is ``plb_``, its id and 32 random bytes; the database keeps the SHA-256 of all of it. It has no end, so whoever made it can
revoke it, and it is of no use while the account of the bot or of its owner is disabled or about to be deleted.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Final

from server.actions.context import Actions
from server.domain.errors import Unauthenticated
from server.domain.events import SessionRevoked
from server.domain.ids import MAX_ID, SessionId, Snowflake, UserId
from server.ports import BotToken, UnitOfWork

PREFIX: Final = "plb_"
"""So that people, and programs that look for secrets, know one when they see it."""
_FORM: Final = re.compile(r"plb_([0-9]{1,19})_[A-Za-z0-9_-]{43}", re.ASCII)
_SECRET_BYTES: Final = 32
_NOTED_EVERY_MS: Final = 300_000
"""That it was used is written down no more often."""


def new_token(actions: Actions, token_id: SessionId) -> tuple[str, bytes]:
    """The token and what is kept of it."""
    secret = base64.urlsafe_b64encode(actions.random_bytes(_SECRET_BYTES)).rstrip(b"=").decode()
    token = f"{PREFIX}{int(token_id)}_{secret}"
    return token, _hash(token)


async def read_bot_token(actions: Actions, token: str) -> BotToken:
    """Raises unauthenticated: it is none, was revoked, or is of no use at the moment."""
    found = _FORM.fullmatch(token)
    token_id = 0 if found is None else int(found[1])
    if not 0 < token_id <= MAX_ID:
        raise _unknown_token()
    record = await _record(actions, SessionId(Snowflake(token_id)))
    if record is None or not hmac.compare_digest(record.token_hash, _hash(token)):
        raise _unknown_token()
    return record


async def _record(actions: Actions, token_id: SessionId) -> BotToken | None:
    cache, now_s = actions.bot_tokens, actions.clock.monotonic_s()
    record = cache.get(token_id, now_s)
    if record is not None:
        return record
    revocations = cache.revocations
    async with actions.store.read() as reader:
        record = await reader.bots.token(token_id)
    if record is None:
        return None
    cache.put(record, now_s, revocations)
    now_ms = actions.clock.now_ms()
    if record.used_ms is None or now_ms - record.used_ms >= _NOTED_EVERY_MS:
        async with actions.store.write() as uow:
            await uow.bots.note_use(token_id, now_ms)
    return record


async def silence_bots(uow: UnitOfWork, user_id: UserId) -> None:
    """The account is a bot, or has some: their sockets close at once; its standing says whether they come back."""
    for token_id in await uow.bots.token_ids(user_id):
        uow.notify(SessionRevoked(token_id))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _unknown_token() -> Unauthenticated:
    return Unauthenticated("unauthenticated", "This token is not valid, or not any more. Make another one.")

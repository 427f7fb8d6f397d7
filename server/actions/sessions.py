"""Log-ins: access tokens, refresh with rotation, log-out.

A refresh token is 32 random bytes; the database keeps its SHA-256. Each refresh spends it for its successor, which follows
from it under the server's key: whoever comes back with a spent token within ten seconds has lost the answer and is given it
again. Later, or with a token further back, somebody else has it too: the session is revoked (OWASP ASVS 5.0, 10.4.5).
"""

from __future__ import annotations

import base64
import hashlib
from typing import Final

import msgspec

from server.actions.bot_tokens import PREFIX, read_bot_token
from server.actions.coming_back import come_back
from server.actions.context import Actions, Origin
from server.actions.notices import notify_of_log_in
from server.domain.entities import Me
from server.domain.errors import Unauthenticated
from server.domain.events import SessionRevoked
from server.domain.ids import SessionId, UserId
from server.domain.rates import Rule, address_key
from server.domain.scopes import Scope
from server.ports import RefreshToken, SessionRecord, UnitOfWork

NEVER_MS: Final = 2**53 - 1
LOST_ANSWER_MS: Final = 10_000
_TOKEN_BYTES: Final = 32
_TOKEN_LENGTH_MAX: Final = 128
_CHAIN_MAX: Final = 4
"""Answers that can have been lost one after the other within LOST_ANSWER_MS."""


class SessionGrant(msgspec.Struct, frozen=True, kw_only=True):
    """What a log-in gives; the protocol's ``Session``. The door decides where the refresh token goes."""

    access_token: str
    expires_in_s: int
    session_id: SessionId
    me: Me
    refresh_token: str


class Authenticated(msgspec.Struct, frozen=True, kw_only=True):
    """Who an access token speaks for."""

    user_id: UserId
    session_id: SessionId
    expires_ms: int
    """Of the token."""
    scopes: frozenset[Scope] | None = None
    """Of a bot's token; None for a person, who needs none."""


async def authenticate(actions: Actions, access_token: str) -> Authenticated:
    """By an access token or that of a bot. Raises :class:`Unauthenticated`: unauthenticated, token_expired, session_revoked."""
    now_ms = actions.clock.now_ms()
    if access_token.startswith(PREFIX):
        token = await read_bot_token(actions, access_token)
        scopes = frozenset(token.scopes)
        return Authenticated(user_id=token.bot_id, session_id=token.id, expires_ms=NEVER_MS, scopes=scopes)
    claims = actions.tokens.read(access_token, now_ms)
    await check_session(actions, claims.user_id, claims.session_id)
    return Authenticated(user_id=claims.user_id, session_id=claims.session_id, expires_ms=claims.expires_ms)


async def check_session(actions: Actions, user_id: UserId, session_id: SessionId) -> None:
    """Whether this log-in of this user counts still. Raises session_revoked."""
    record = await _session(actions, session_id)
    if record is None or record.user_id != user_id or not _is_live(record, actions.clock.now_ms()):
        raise _revoked()


async def _session(actions: Actions, session_id: SessionId) -> SessionRecord | None:
    cache, now_s = actions.sessions, actions.clock.monotonic_s()
    record = cache.get(session_id, now_s)
    if record is None:
        revocations = cache.revocations
        async with actions.store.read() as reader:
            record = await reader.sessions.get(session_id)
        if record is not None and record.revoked_ms is None:
            cache.put(record, now_s, revocations)
    return record


def _is_live(record: SessionRecord, now_ms: int) -> bool:
    return record.revoked_ms is None and now_ms < record.expires_ms


async def open_session(actions: Actions, uow: UnitOfWork, me: Me, origin: Origin, now_ms: int) -> SessionGrant:
    """A new log-in of ``me``, who has shown that it is them; part of sign-up and of every way to log in.

    Told by mail where none came from there before. Raises account_disabled; ends a deactivation.
    """
    await come_back(uow, me.id, now_ms)
    await notify_of_log_in(actions, uow, me, origin)
    secret = base64.urlsafe_b64encode(actions.random_bytes(_TOKEN_BYTES)).rstrip(b"=").decode()
    record = SessionRecord(
        id=SessionId(actions.ids.next(now_ms)),
        user_id=me.id,
        device=_printable(origin.device, 200),
        address=_printable(origin.address, 64),
        created_ms=now_ms,
        used_ms=now_ms,
        expires_ms=now_ms + actions.settings.session_lifetime_s * 1000,
        proved_ms=now_ms,
    )
    token = RefreshToken(token_hash=token_hash(secret), session_id=record.id, created_ms=now_ms)
    await uow.sessions.add(record, token)
    return _grant(actions, record, me, secret, now_ms)


async def do_refresh(actions: Actions, refresh_token: str, origin: Origin) -> SessionGrant:
    """Raises :class:`Unauthenticated`: unauthenticated, session_revoked."""
    await actions.limiter.hit(Rule.REFRESH, address_key(origin.address))
    if not 0 < len(refresh_token) <= _TOKEN_LENGTH_MAX or not refresh_token.isascii():
        raise _unknown_token()
    now_ms = actions.clock.now_ms()
    async with actions.store.write() as uow:
        grant = await _rotate(actions, uow, refresh_token, now_ms)
    if grant is None:  # said only now: the revocation had to be committed
        raise _revoked()
    return grant


async def _rotate(actions: Actions, uow: UnitOfWork, refresh_token: str, now_ms: int) -> SessionGrant | None:
    found = await uow.sessions.by_token(token_hash(refresh_token))
    if found is None:
        raise _unknown_token()
    record, token = found
    idle_since_ms = now_ms - actions.settings.session_idle_s * 1000
    if not _is_live(record, now_ms) or record.used_ms < idle_since_ms:
        raise _revoked()
    me = await uow.users.me(record.user_id)
    if me is None or (await uow.standings.of(record.user_id)).disabled:
        raise _revoked()
    if token.spent_ms is None:
        fresh = actions.tokens.successors(refresh_token)[0]
        following = RefreshToken(token_hash=token_hash(fresh), session_id=record.id, created_ms=now_ms)
        await uow.sessions.rotate(token.token_hash, following)
        return _grant(actions, record, me, fresh, now_ms)
    lost = await _lost_answer(actions, uow, refresh_token, token, now_ms)
    if lost is None:
        await revoke(uow, record.id, now_ms)
        return None
    return _grant(actions, record, me, lost, now_ms)


async def _lost_answer(actions: Actions, uow: UnitOfWork, secret: str, token: RefreshToken, now_ms: int) -> str | None:
    """The unspent token at the end of the chain that begins with a token spent just now."""
    for _ in range(_CHAIN_MAX):
        if token.spent_ms is None:
            return secret
        if now_ms - token.spent_ms > LOST_ANSWER_MS:
            return None
        for successor in actions.tokens.successors(secret):
            found = await uow.sessions.by_token(token_hash(successor))
            if found is not None:
                secret, token = successor, found[1]
                break
        else:
            return None
    return None


async def do_log_out(actions: Actions, refresh_token: str) -> None:
    """Ends the session of the token, spent or not; an unknown one changes nothing and says nothing."""
    if len(refresh_token) > _TOKEN_LENGTH_MAX or not refresh_token.isascii():
        return
    hashed = token_hash(refresh_token)
    async with actions.store.write() as uow:
        found = await uow.sessions.by_token(hashed)
        if found is not None and found[0].revoked_ms is None:
            await revoke(uow, found[0].id, actions.clock.now_ms())


async def revoke_all(uow: UnitOfWork, user_id: UserId, now_ms: int, *, but: SessionId | None = None) -> None:
    """Every log-in of an account, ``but`` one if it is named; their sockets close at once."""
    for session_id in await uow.sessions.revoke_all(user_id, now_ms, but=but):
        uow.notify(SessionRevoked(session_id))


async def revoke(uow: UnitOfWork, session_id: SessionId, now_ms: int) -> None:
    await uow.sessions.revoke(session_id, now_ms)
    uow.notify(SessionRevoked(session_id))


async def do_forget_expired(actions: Actions) -> int:
    """Housekeeping: deletes log-ins that ended more than a day ago, and links that ran out; returns how many log-ins."""
    async with actions.store.write() as uow:
        now_ms = actions.clock.now_ms()
        await uow.links.forget_expired(now_ms)
        return await uow.sessions.forget_expired(now_ms - 86_400_000)


def token_hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _grant(actions: Actions, record: SessionRecord, me: Me, secret: str, now_ms: int) -> SessionGrant:
    return SessionGrant(
        access_token=actions.tokens.issue(record.user_id, record.id, now_ms),
        expires_in_s=actions.tokens.lifetime_s,
        session_id=record.id,
        me=me,
        refresh_token=secret,
    )


def _printable(text: str, longest: int) -> str:
    """What strangers write into headers, fit to be stored."""
    return "".join(character for character in text[:longest] if character.isprintable())


def _unknown_token() -> Unauthenticated:
    return Unauthenticated("unauthenticated", "Log in first.")


def _revoked() -> Unauthenticated:
    return Unauthenticated("session_revoked", "This log-in has ended. Log in again.")

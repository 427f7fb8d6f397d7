"""Showing once more who one is, before something sensitive is changed (OWASP ASVS 5.0, 7.5.1).

A log-in was proved when it began. What may change a password, an address or a factor calls :func:`require_recent_proof` in its unit
of work; a client that is told ``proof_required`` asks its user, sends ``POST /api/users/@me/proof`` and tries again.
"""

from __future__ import annotations

import msgspec

from server.actions.context import Actions, Origin
from server.actions.guessing import slow_down
from server.actions.passwords import typed_password
from server.actions.requests import Request
from server.actions.sessions import Authenticated
from server.domain.errors import Forbidden, Unauthenticated
from server.domain.rates import Rule
from server.ports import Reader


class Prove(Request, frozen=True, kw_only=True):
    password: str


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """Until when sensitive changes need no further one."""

    expires_ms: int


async def require_recent_proof(actions: Actions, reader: Reader, caller: Authenticated) -> None:
    """Raises :class:`Forbidden` (proof_required) when this log-in was last proved too long ago."""
    record = await reader.sessions.get(caller.session_id)
    lasts_ms = actions.limits.proof_lifetime_s * 1000
    if record is None or actions.clock.now_ms() >= record.proved_ms + lasts_ms:
        raise Forbidden("proof_required", "Enter your password once more, then try again.")


async def do_prove(actions: Actions, caller: Authenticated, request: Prove, origin: Origin) -> Proof:
    """Slowed down like a log-in. Raises :class:`Forbidden` (bad_proof)."""
    await actions.limiter.hit(Rule.PROVE, str(caller.session_id))
    async with actions.store.read() as reader:
        me = await reader.users.me(caller.user_id)
        password_hash = await reader.users.password_hash(caller.user_id)
    if me is None:
        raise Unauthenticated("unauthenticated", "This account is gone. Log in with another.")
    await slow_down(actions, me.username, origin)
    if not await _proves(actions, password_hash, request):
        raise Forbidden("bad_proof", "This is not your password. Try again.")
    now_ms = actions.clock.now_ms()
    async with actions.store.write() as uow:
        await uow.sessions.prove(caller.session_id, now_ms)
    return Proof(expires_ms=now_ms + actions.limits.proof_lifetime_s * 1000)


async def _proves(actions: Actions, password_hash: str | None, request: Prove) -> bool:
    """Which proofs count: here is the place for further ones."""
    password = typed_password(request.password, actions.limits.password_max)
    good = await actions.hasher.verify(password_hash, password or "")
    return good and password is not None

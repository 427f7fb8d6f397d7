"""Showing once more who one is, before something sensitive is changed (OWASP ASVS 5.0, 7.5.1).

A log-in was proved when it began. What may change a password, an address or a factor calls :func:`require_recent_proof` in its unit
of work; a client that is told ``proof_required`` asks its user, sends ``POST /api/users/@me/proof`` and tries again.

The password proves an account that has nothing else. One with a second factor is proved by both, or by a passkey that knows its
owner: whoever has stolen the password and a log-in takes no factor away.
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from server.actions.challenges import Purpose
from server.actions.context import Actions, Origin
from server.actions.guessing import slow_down
from server.actions.passwords import typed_password
from server.actions.second_step import (
    PasskeyQuestion,
    ShownFactor,
    Spend,
    look_at,
    passkey_question,
    wanted_kinds,
)
from server.actions.sessions import Authenticated
from server.domain.errors import Forbidden, Unauthenticated
from server.domain.factors import FactorKind
from server.domain.ids import UserId
from server.domain.rates import Rule
from server.ports import Reader, Site


class Prove(ShownFactor, frozen=True, kw_only=True):
    """The password; beside it one of the others where there is a second factor; or a passkey alone."""

    password: str | UnsetType = UNSET


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """Until when sensitive changes need no further one."""

    expires_ms: int


async def require_recent_proof(actions: Actions, reader: Reader, caller: Authenticated) -> None:
    """Raises :class:`Forbidden` (proof_required) when this log-in was last proved too long ago."""
    record = await reader.sessions.get(caller.session_id)
    lasts_ms = actions.limits.proof_lifetime_s * 1000
    if record is None or actions.clock.now_ms() >= record.proved_ms + lasts_ms:
        kinds = await wanted_kinds(reader, caller.user_id)
        raise Forbidden("proof_required", "Show once more who you are, then try again.", kinds=kinds)


async def do_prove(actions: Actions, caller: Authenticated, request: Prove, origin: Origin, site: Site) -> Proof:
    """Slowed down like a log-in. Raises :class:`Forbidden` (bad_proof, bad_code, bad_passkey)."""
    await actions.limiter.hit(Rule.PROVE, str(caller.session_id))
    async with actions.store.read() as reader:
        me = await reader.users.me(caller.user_id)
        password_hash = await reader.users.password_hash(caller.user_id)
        kinds = await wanted_kinds(reader, caller.user_id)
    if me is None:
        raise Unauthenticated("unauthenticated", "This account is gone. Log in with another.")
    _check_is_enough(request, kinds)
    if isinstance(request.password, str):
        await slow_down(actions, me.username, origin)
        if not await _is_password(actions, password_hash, request.password):
            raise Forbidden("bad_proof", "This is not your password. Try again.")
    spend: Spend | None = None
    if kinds:
        alone = request.password is UNSET
        spend = await look_at(actions, caller.user_id, request, Purpose.PROOF, site, alone=alone)
    now_ms = actions.clock.now_ms()
    async with actions.store.write() as uow:
        if spend is not None:
            await spend(uow)
        await uow.sessions.prove(caller.session_id, now_ms)
    return Proof(expires_ms=now_ms + actions.limits.proof_lifetime_s * 1000)


def _check_is_enough(request: Prove, kinds: tuple[FactorKind, ...]) -> None:
    """Before anything is looked at, so that nobody learns whether the password alone was right."""
    with_factor = request.code is not UNSET or request.recovery_code is not UNSET or request.passkey is not UNSET
    enough = request.password is not UNSET and (with_factor or not kinds)
    if not enough and not (kinds and request.passkey is not UNSET):
        what = "your password and a second factor, or a passkey" if kinds else "your password"
        raise Forbidden("bad_proof", f"Show {what}.", kinds=kinds)


async def do_ask_for_proof(actions: Actions, user_id: UserId, site: Site) -> PasskeyQuestion:
    """What a passkey signs to prove who one is."""
    return await passkey_question(actions, user_id, Purpose.PROOF, site)


async def _is_password(actions: Actions, password_hash: str | None, typed: str) -> bool:
    password = typed_password(typed, actions.limits.password_max)
    good = await actions.hasher.verify(password_hash, password or "")
    return good and password is not None

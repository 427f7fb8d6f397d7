"""The second step of a log-in: after the right password, an account that has a second factor gets a ticket instead of tokens.

What is shown is looked at first and spent afterwards, in the unit of work that opens the session: nobody holds up the writer while
signatures are checked, and of two who show the same code at once one comes in.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from typing import Final, Literal, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from server.actions.challenges import (
    CHALLENGE_S,
    PasskeyAnswer,
    Purpose,
    answered_challenge,
    assertion_of,
    bad_passkey,
    base64url,
    new_challenge,
    spend_challenge,
)
from server.actions.context import Actions, Origin
from server.actions.notices import notify
from server.actions.requests import Request
from server.actions.sessions import SessionGrant, open_session, token_hash
from server.domain.entities import Me
from server.domain.errors import Forbidden, Invalid, Unauthenticated
from server.domain.factors import FactorKind, matching_step, recovery_hash
from server.domain.ids import UserId
from server.domain.rates import Rule, address_key
from server.ports import Reader, Site, UnitOfWork

TICKET_S: Final = 600
ATTEMPTS_MAX: Final = 5
"""Of one ticket; then the password is asked for again."""
_TICKET_BYTES: Final = 32
_TICKET_LENGTH_MAX: Final = 128

Spend: TypeAlias = Callable[[UnitOfWork], Awaitable[None]]
"""Uses up what was shown; raises bad_code or bad_passkey when somebody was faster."""


class FactorTicket(msgspec.Struct, frozen=True, kw_only=True):
    """Stands for a password that was right."""

    ticket: str
    kinds: tuple[FactorKind, ...]
    """What this account can show; any one of them will do."""
    expires_in_s: int


class FactorWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a log-in that wants a second step."""

    factor: FactorTicket


class ShownFactor(Request, frozen=True, kw_only=True):
    """One of the three."""

    code: str | UnsetType = UNSET
    """Of the authenticator app."""
    recovery_code: str | UnsetType = UNSET
    passkey: PasskeyAnswer | UnsetType = UNSET


class LogInByFactor(ShownFactor, frozen=True, kw_only=True):
    ticket: str
    tokens: Literal["cookie", "body"] = "cookie"
    """Where the door puts the refresh token."""


class TicketGiven(Request, frozen=True, kw_only=True):
    ticket: str


class PasskeyQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """For ``navigator.credentials.get()``. What is bytes there is base64url here."""

    challenge: str
    rp_id: str
    allow: tuple[str, ...]
    """Ids of the passkeys that will do; none: any that is kept for ``rp_id``."""
    user_verification: Literal["required", "preferred"]
    timeout_ms: int


async def wanted_kinds(reader: Reader, user_id: UserId) -> tuple[FactorKind, ...]:
    """What this account has to show besides its password; none where the password is enough."""
    kinds = await reader.factors.kinds(user_id)
    return tuple(kind for kind in FactorKind if kind in kinds) if kinds - {FactorKind.RECOVERY} else ()


async def let_in(actions: Actions, uow: UnitOfWork, me: Me, origin: Origin, now_ms: int) -> SessionGrant | FactorWanted:
    """Who has shown the password, or a link that was mailed to them, comes in, or has to show a second factor yet."""
    kinds = await wanted_kinds(uow, me.id)
    if not kinds:
        return await open_session(actions, uow, me, origin, now_ms)
    ticket = base64.urlsafe_b64encode(actions.random_bytes(_TICKET_BYTES)).rstrip(b"=").decode()
    await uow.tickets.add(token_hash(ticket), me.id, now_ms + TICKET_S * 1000)
    return FactorWanted(factor=FactorTicket(ticket=ticket, kinds=kinds, expires_in_s=TICKET_S))


async def do_log_in_by_factor(actions: Actions, request: LogInByFactor, origin: Origin, site: Site) -> SessionGrant:
    """Raises ticket_expired, bad_code, bad_passkey, bad_request."""
    await actions.limiter.hit(Rule.LOG_IN_FACTOR, address_key(origin.address))
    hashed, now_ms = _hash_of(request.ticket), actions.clock.now_ms()
    async with actions.store.write() as uow:  # by itself: an attempt that fails has to be counted, too
        user_id = await uow.tickets.attempt(hashed, now_ms, ATTEMPTS_MAX)
    if user_id is None:
        raise _ticket_expired()
    spend = await look_at(actions, user_id, request, Purpose.FACTOR, site)
    async with actions.store.write() as uow:
        me = await uow.users.me(user_id)
        if me is None or not await uow.tickets.end(hashed):
            raise _ticket_expired()
        await spend(uow)
        return await open_session(actions, uow, me, origin, now_ms)


async def do_ask_for_passkey(actions: Actions, request: TicketGiven, origin: Origin, site: Site) -> PasskeyQuestion:
    """Raises ticket_expired."""
    await actions.limiter.hit(Rule.LOG_IN_FACTOR, address_key(origin.address))
    async with actions.store.read() as reader:
        user_id = await reader.tickets.owner(_hash_of(request.ticket), actions.clock.now_ms())
    if user_id is None:
        raise _ticket_expired()
    return await passkey_question(actions, user_id, Purpose.FACTOR, site)


async def passkey_question(actions: Actions, user_id: UserId, purpose: Purpose, site: Site) -> PasskeyQuestion:
    """To the passkeys of one account."""
    async with actions.store.read() as reader:
        passkeys = await reader.factors.passkeys(user_id)
    return PasskeyQuestion(
        challenge=new_challenge(actions, purpose, user_id),
        rp_id=site.host,
        allow=tuple(base64url(each.credential_id) for each in passkeys),
        user_verification="required" if purpose is Purpose.PROOF else "preferred",
        timeout_ms=CHALLENGE_S * 1000,
    )


# ------------------------------------------------------------------------------------------------------ what is shown


async def look_at(
    actions: Actions, user_id: UserId, shown: ShownFactor, purpose: Purpose, site: Site, *, alone: bool = False
) -> Spend:
    """Whether this is a factor of that account; what it returns uses it up. Raises bad_code, bad_passkey, bad_request.

    ``alone``: without the password, so that a passkey has to know its owner.
    """
    given = [each for each in (shown.code, shown.recovery_code, shown.passkey) if each is not UNSET]
    if len(given) != 1:
        raise Invalid("bad_request", "Give one of code, recovery_code and passkey.", where="code")
    if isinstance(shown.code, str):
        return await _look_at_code(actions, user_id, shown.code)
    if isinstance(shown.recovery_code, str):
        return _look_at_recovery_code(actions, user_id, shown.recovery_code)
    assert isinstance(shown.passkey, PasskeyAnswer)  # noqa: S101 (the one that is left)
    return await _look_at_passkey(actions, user_id, shown.passkey, purpose, site, alone=alone)


async def _look_at_code(actions: Actions, user_id: UserId, code: str) -> Spend:
    # By account, whatever the address. Six digits can be guessed; the owner gets in by a recovery code or a passkey meanwhile.
    await actions.limiter.hit(Rule.FACTOR_CODE, str(user_id))
    async with actions.store.read() as reader:
        app = await reader.factors.totp(user_id)
    if app is None or app.confirmed_ms is None:
        raise bad_code()
    secret = actions.sealer.open(app.sealed_secret, totp_context(user_id))
    step = None if secret is None else matching_step(secret, code, actions.clock.now_ms(), app.last_step)
    if step is None:
        raise bad_code()

    async def spend(uow: UnitOfWork) -> None:
        if not await uow.factors.use_step(user_id, step):
            raise bad_code()

    return spend


def _look_at_recovery_code(actions: Actions, user_id: UserId, code: str) -> Spend:
    hashed = recovery_hash(user_id, code)
    if hashed is None:
        raise bad_code()

    async def spend(uow: UnitOfWork) -> None:
        if not await uow.factors.spend_code(user_id, hashed):
            raise bad_code()
        left = await uow.factors.codes_left(user_id)
        text = f"A recovery code of your account was used. Codes that are left: {left}."
        await notify(actions, uow, user_id, "Recovery code used", text)

    return spend


async def _look_at_passkey(
    actions: Actions, user_id: UserId, answer: PasskeyAnswer, purpose: Purpose, site: Site, *, alone: bool
) -> Spend:
    assertion = assertion_of(answer)
    challenge, ends_ms = answered_challenge(actions, assertion.client_data, purpose, user_id)
    async with actions.store.read() as reader:
        passkey = await reader.factors.passkey_of(assertion.credential_id)
    if passkey is None or passkey.user_id != user_id:
        raise bad_passkey()
    checked = await actions.passkeys.checked(assertion, challenge, site, passkey)
    if alone and not checked.user_verified:
        raise bad_passkey()

    async def spend(uow: UnitOfWork) -> None:
        await spend_challenge(uow, challenge, ends_ms)
        if not await uow.factors.use_passkey(passkey.id, checked.sign_count, actions.clock.now_ms()):
            raise bad_passkey()

    return spend


def totp_context(user_id: UserId) -> str:
    """For what the secret of an authenticator app is sealed."""
    return f"totp {int(user_id)}"


def bad_code() -> Forbidden:
    return Forbidden(
        "bad_code", "This code is not right, or was used already. Wait for the next one, or use another way."
    )


def _hash_of(ticket: str) -> bytes:
    """Raises ticket_expired for what cannot be one."""
    if len(ticket) > _TICKET_LENGTH_MAX or not ticket.isascii():
        raise _ticket_expired()
    return token_hash(ticket)


def _ticket_expired() -> Unauthenticated:
    return Unauthenticated("ticket_expired", "This log-in took too long or too many attempts. Begin it again.")

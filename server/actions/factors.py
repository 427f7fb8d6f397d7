"""One's own second factors: the authenticator app and the recovery codes. Passkeys are in :mod:`server.actions.passkeys`."""

from __future__ import annotations

from typing import Final

import msgspec

from server.actions.authority import public_user
from server.actions.context import Actions
from server.actions.notices import notify
from server.actions.proof import require_recent_proof
from server.actions.requests import Request
from server.actions.second_step import bad_code, totp_context, wanted_kinds
from server.actions.sessions import Authenticated
from server.domain.errors import Conflict
from server.domain.factors import (
    RECOVERY_BYTES,
    RECOVERY_CODES,
    TOTP_SECRET_BYTES,
    matching_step,
    recovery_code,
    recovery_hash,
    secret_text,
    totp_uri,
)
from server.domain.ids import PasskeyId, UserId
from server.domain.rates import Rule
from server.ports import PasskeyRecord, Site, TotpRecord, UnitOfWork

ENROLMENT_S: Final = 1800
"""So long an app may take to be set up."""


class Passkey(msgspec.Struct, frozen=True, kw_only=True):
    id: PasskeyId
    name: str
    synced: bool
    """Kept by a provider for several devices, rather than by one device alone."""
    created_ms: int
    used_ms: int | None


class MyFactors(msgspec.Struct, frozen=True, kw_only=True):
    app_since_ms: int | None
    """Since when there is an authenticator app; None: there is none."""
    passkeys: tuple[Passkey, ...]
    recovery_codes_left: int


class AppSecret(msgspec.Struct, frozen=True, kw_only=True):
    """For an authenticator app; shown this once."""

    secret: str
    """Base32, to be typed in."""
    uri: str
    """``otpauth:``"""
    qr_svg: str
    """The same as an image."""


class AppCode(Request, frozen=True, kw_only=True):
    code: str


class RecoveryCodes(msgspec.Struct, frozen=True, kw_only=True):
    recovery_codes: tuple[str, ...] | None
    """Shown this once. None: those that there are stay."""


async def get_factors(actions: Actions, user_id: UserId) -> MyFactors:
    async with actions.store.read() as reader:
        app = await reader.factors.totp(user_id)
        passkeys = await reader.factors.passkeys(user_id)
        left = await reader.factors.codes_left(user_id)
    return MyFactors(
        app_since_ms=None if app is None else app.confirmed_ms,
        passkeys=tuple(shown_passkey(each) for each in passkeys),
        recovery_codes_left=left,
    )


def shown_passkey(record: PasskeyRecord) -> Passkey:
    return Passkey(
        id=record.id,
        name=record.name,
        synced=record.synced,
        created_ms=record.created_ms,
        used_ms=record.used_ms,
    )


# ------------------------------------------------------------------------------------------------------ authenticator app


async def do_begin_app(actions: Actions, caller: Authenticated, site: Site) -> AppSecret:
    """A new secret, which counts once a code of it was shown. Raises proof_required, factor_exists."""
    user_id = caller.user_id
    await actions.limiter.hit(Rule.FACTOR_CHANGE, str(user_id))
    secret = actions.random_bytes(TOTP_SECRET_BYTES)
    sealed = actions.sealer.seal(secret, totp_context(user_id))
    async with actions.store.write() as uow:
        await require_recent_proof(actions, uow, caller)
        username = (await public_user(uow, user_id)).username
        there = await uow.factors.totp(user_id)
        if there is not None and there.confirmed_ms is not None:
            raise _app_exists()
        await uow.factors.begin_totp(TotpRecord(user_id=user_id, sealed_secret=sealed, begun_ms=actions.clock.now_ms()))
    uri = totp_uri(secret, username, site.host)
    return AppSecret(secret=secret_text(secret), uri=uri, qr_svg=await actions.qr_codes.svg(uri))


async def do_confirm_app(actions: Actions, caller: Authenticated, request: AppCode) -> RecoveryCodes:
    """The app counts from now on. Raises proof_required, no_factor, factor_exists, bad_code."""
    user_id, now_ms = caller.user_id, actions.clock.now_ms()
    await actions.limiter.hit(Rule.FACTOR_CHANGE, str(user_id))
    async with actions.store.write() as uow:
        await require_recent_proof(actions, uow, caller)
        app = await uow.factors.totp(user_id)
        if app is None or (app.confirmed_ms is None and app.begun_ms + ENROLMENT_S * 1000 <= now_ms):
            raise Conflict("no_factor", "No authenticator app is being set up. Begin again, with a new secret.")
        if app.confirmed_ms is not None:
            raise _app_exists()
        secret = actions.sealer.open(app.sealed_secret, totp_context(user_id))
        step = None if secret is None else matching_step(secret, request.code, now_ms, app.last_step)
        if step is None or not await uow.factors.confirm_totp(user_id, app.sealed_secret, step, now_ms):
            raise bad_code()
        await notify(
            actions, uow, user_id, "Authenticator app set up", "An authenticator app was set up for your account."
        )
        return RecoveryCodes(recovery_codes=await first_codes(actions, uow, user_id))


async def do_remove_app(actions: Actions, caller: Authenticated) -> None:
    """Raises proof_required, no_factor."""
    await actions.limiter.hit(Rule.FACTOR_CHANGE, str(caller.user_id))
    async with actions.store.write() as uow:
        await require_recent_proof(actions, uow, caller)
        if not await uow.factors.delete_totp(caller.user_id):
            raise Conflict("no_factor", "There is no authenticator app to turn off.")
        await notify(
            actions,
            uow,
            caller.user_id,
            "Authenticator app turned off",
            "The authenticator app of your account was turned off.",
        )
        await drop_idle_codes(uow, caller.user_id)


# --------------------------------------------------------------------------------------------------------- recovery codes


async def do_renew_recovery_codes(actions: Actions, caller: Authenticated) -> RecoveryCodes:
    """The earlier ones are of no use any more. Raises proof_required, no_factor."""
    await actions.limiter.hit(Rule.FACTOR_CHANGE, str(caller.user_id))
    async with actions.store.write() as uow:
        await require_recent_proof(actions, uow, caller)
        if not await wanted_kinds(uow, caller.user_id):
            raise Conflict(
                "no_factor", "Recovery codes stand in for an authenticator app or a passkey. Set up one of these first."
            )
        text = "New recovery codes were made for your account; the earlier ones are of no use any more."
        await notify(actions, uow, caller.user_id, "New recovery codes", text)
        return RecoveryCodes(recovery_codes=await _new_codes(actions, uow, caller.user_id))


async def first_codes(actions: Actions, uow: UnitOfWork, user_id: UserId) -> tuple[str, ...] | None:
    """For whoever has none, as with their first factor."""
    return None if await uow.factors.codes_left(user_id) else await _new_codes(actions, uow, user_id)


async def _new_codes(actions: Actions, uow: UnitOfWork, user_id: UserId) -> tuple[str, ...]:
    codes = tuple(recovery_code(actions.random_bytes(RECOVERY_BYTES)) for _ in range(RECOVERY_CODES))
    hashes = [hashed for code in codes if (hashed := recovery_hash(user_id, code)) is not None]
    await uow.factors.replace_codes(user_id, hashes)
    return codes


async def drop_idle_codes(uow: UnitOfWork, user_id: UserId) -> None:
    """Recovery codes without anything that they stand in for."""
    if not await wanted_kinds(uow, user_id):
        await uow.factors.replace_codes(user_id, [])


# --------------------------------------------------------------------------------------------------------------- operator


async def do_reset_factors(actions: Actions, user_id: UserId) -> bool:
    """For someone who has lost all of theirs: from now on the password is enough. False when there were none.

    Whoever calls this has made sure that an operator asks.
    """
    async with actions.store.write() as uow:
        had = bool(await uow.factors.kinds(user_id))
        await uow.factors.clear(user_id)
        if had:
            text = (
                "An operator of this server has taken the second factors off your account: the password alone opens it."
            )
            await notify(actions, uow, user_id, "Second factors reset", text)
    return had


async def do_forget_half_done(actions: Actions) -> int:
    """Housekeeping: log-ins whose second step never came, and challenges that would have expired; returns how many."""
    async with actions.store.write() as uow:
        return await uow.tickets.forget_expired(actions.clock.now_ms())


def _app_exists() -> Conflict:
    return Conflict("factor_exists", "There is an authenticator app already. Turn that one off first.")

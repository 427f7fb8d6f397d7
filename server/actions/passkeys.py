"""Passkeys: one's own, and signing in by one alone."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from server.actions.authority import public_user
from server.actions.challenges import (
    CHALLENGE_S,
    PasskeyAnswer,
    Purpose,
    answered_challenge,
    assertion_of,
    bad_passkey,
    base64url,
    new_challenge,
    octets_of,
    spend_challenge,
)
from server.actions.context import Actions, Origin
from server.actions.factors import Passkey, drop_idle_codes, first_codes, shown_passkey
from server.actions.notices import notify
from server.actions.proof import require_recent_proof
from server.actions.requests import Request
from server.actions.second_step import PasskeyQuestion
from server.actions.sessions import Authenticated, SessionGrant, open_session
from server.domain.errors import Conflict, NotFound
from server.domain.ids import PasskeyId, UserId
from server.domain.names import clean_line
from server.domain.rates import Rule, address_key
from server.ports import NewCredential, PasskeyRecord, Site

_USER_HANDLE_BYTES: Final = 8
_ALGORITHMS: Final = (-8, -7, -257)
"""EdDSA, ES256 and RS256 (COSE), the best liked first."""


class NewPasskeyWish(msgspec.Struct, frozen=True, kw_only=True):
    """For ``navigator.credentials.create()``, with a resident key and user verification required, and no attestation.

    What is bytes there is base64url here.
    """

    challenge: str
    rp_id: str
    user_id: str
    username: str
    display_name: str
    algorithms: tuple[int, ...]
    exclude: tuple[str, ...]
    """Ids of the passkeys that there are: no authenticator needs two."""
    timeout_ms: int


class NewPasskey(Request, frozen=True, kw_only=True):
    """What ``navigator.credentials.create()`` gave, each as base64url, and how it shall be called."""

    name: str
    client_data: str
    attestation: str


class MadePasskey(msgspec.Struct, frozen=True, kw_only=True):
    passkey: Passkey
    recovery_codes: tuple[str, ...] | None
    """Shown this once, with the first factor. None: those that there are stay."""


class RenamePasskey(Request, frozen=True, kw_only=True):
    name: str


class SignInByPasskey(Request, frozen=True, kw_only=True):
    passkey: PasskeyAnswer
    tokens: Literal["cookie", "body"] = "cookie"
    """Where the door puts the refresh token."""


# ------------------------------------------------------------------------------------------------------------- one's own


async def do_begin_passkey(actions: Actions, caller: Authenticated, site: Site) -> NewPasskeyWish:
    """Raises proof_required, too_many."""
    user_id = caller.user_id
    await actions.limiter.hit(Rule.FACTOR_CHANGE, str(user_id))
    async with actions.store.read() as reader:
        await require_recent_proof(actions, reader, caller)
        passkeys = await reader.factors.passkeys(user_id)
        user = await public_user(reader, user_id)
    _check_count(actions, passkeys)
    return NewPasskeyWish(
        challenge=new_challenge(actions, Purpose.NEW, user_id),
        rp_id=site.host,
        user_id=base64url(int(user_id).to_bytes(_USER_HANDLE_BYTES, "big")),
        username=user.username,
        display_name=user.display_name,
        algorithms=_ALGORITHMS,
        exclude=tuple(base64url(each.credential_id) for each in passkeys),
        timeout_ms=CHALLENGE_S * 1000,
    )


async def do_add_passkey(actions: Actions, caller: Authenticated, request: NewPasskey, site: Site) -> MadePasskey:
    """Raises proof_required, bad_passkey, factor_exists, too_many, and what is wrong with the name."""
    user_id, now_ms = caller.user_id, actions.clock.now_ms()
    await actions.limiter.hit(Rule.FACTOR_CHANGE, str(user_id))
    name = _clean_name(actions, request.name)
    credential = NewCredential(client_data=octets_of(request.client_data), attestation=octets_of(request.attestation))
    challenge, ends_ms = answered_challenge(actions, credential.client_data, Purpose.NEW, user_id)
    made = await actions.passkeys.made(credential, challenge, site)
    record = PasskeyRecord(
        id=PasskeyId(actions.ids.next(now_ms)),
        user_id=user_id,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        synced=made.synced,
        name=name,
        created_ms=now_ms,
    )
    async with actions.store.write() as uow:
        await require_recent_proof(actions, uow, caller)
        await public_user(uow, user_id)
        await spend_challenge(uow, challenge, ends_ms)
        _check_count(actions, await uow.factors.passkeys(user_id))
        if not await uow.factors.add_passkey(record):
            raise Conflict("factor_exists", "This passkey is there already. Use another device, or another key.")
        await notify(actions, uow, user_id, "Passkey added", f"The passkey “{name}” was added to your account.")
        return MadePasskey(passkey=shown_passkey(record), recovery_codes=await first_codes(actions, uow, user_id))


async def do_rename_passkey(
    actions: Actions, user_id: UserId, passkey_id: PasskeyId, request: RenamePasskey
) -> Passkey:
    """Raises unknown_passkey, and what is wrong with the name."""
    await actions.limiter.hit(Rule.FACTOR_CHANGE, str(user_id))
    name = _clean_name(actions, request.name)
    async with actions.store.write() as uow:
        if not await uow.factors.rename_passkey(user_id, passkey_id, name):
            raise _unknown_passkey()
        (record,) = (each for each in await uow.factors.passkeys(user_id) if each.id == passkey_id)
    return shown_passkey(record)


async def do_remove_passkey(actions: Actions, caller: Authenticated, passkey_id: PasskeyId) -> None:
    """Raises proof_required, unknown_passkey."""
    await actions.limiter.hit(Rule.FACTOR_CHANGE, str(caller.user_id))
    async with actions.store.write() as uow:
        await require_recent_proof(actions, uow, caller)
        if not await uow.factors.delete_passkey(caller.user_id, passkey_id):
            raise _unknown_passkey()
        await notify(actions, uow, caller.user_id, "Passkey removed", "A passkey of your account was removed.")
        await drop_idle_codes(uow, caller.user_id)


# --------------------------------------------------------------------------------------------------------------- sign in


async def do_ask_for_any_passkey(actions: Actions, origin: Origin, site: Site) -> PasskeyQuestion:
    """To whichever passkey the visitor has for this server: nobody is named, so nobody learns who is here."""
    await actions.limiter.hit(Rule.PASSKEY, address_key(origin.address))
    return PasskeyQuestion(
        challenge=new_challenge(actions, Purpose.SIGN_IN),
        rp_id=site.host,
        allow=(),
        user_verification="required",
        timeout_ms=CHALLENGE_S * 1000,
    )


async def do_sign_in_by_passkey(actions: Actions, request: SignInByPasskey, origin: Origin, site: Site) -> SessionGrant:
    """With something one has, and what unlocks it: no password is asked for, and no second factor. Raises bad_passkey."""
    await actions.limiter.hit(Rule.PASSKEY, address_key(origin.address))
    assertion = assertion_of(request.passkey)
    challenge, ends_ms = answered_challenge(actions, assertion.client_data, Purpose.SIGN_IN)
    async with actions.store.read() as reader:
        passkey = await reader.factors.passkey_of(assertion.credential_id)
    if passkey is None:
        raise bad_passkey()
    checked = await actions.passkeys.checked(assertion, challenge, site, passkey)
    if not checked.user_verified:
        raise bad_passkey()
    now_ms = actions.clock.now_ms()
    async with actions.store.write() as uow:
        await spend_challenge(uow, challenge, ends_ms)
        me = await uow.users.me(passkey.user_id)
        if me is None or not await uow.factors.use_passkey(passkey.id, checked.sign_count, now_ms):
            raise bad_passkey()
        return await open_session(actions, uow, me, origin, now_ms)


def _check_count(actions: Actions, passkeys: list[PasskeyRecord]) -> None:
    limit = actions.limits.passkeys_max
    if len(passkeys) >= limit:
        raise Conflict("too_many", f"You have {limit} passkeys. Remove one first.", limit=limit)


def _clean_name(actions: Actions, name: str) -> str:
    return clean_line(name, "name", longest=actions.limits.passkey_name_max)


def _unknown_passkey() -> NotFound:
    return NotFound("unknown_passkey", "There is no such thing, or it is not for you.")

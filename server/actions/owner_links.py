"""One-time links by which a new account becomes an operator: the one of the first start, and those made on the server later."""

from __future__ import annotations

import base64
import hashlib
import hmac

import msgspec

from server.actions.context import Actions
from server.domain.errors import Forbidden
from server.ports import Reader, UnitOfWork

LASTS_MS = 24 * 3_600_000
_TOKEN_BYTES = 18


class OwnerLink(msgspec.Struct, frozen=True, kw_only=True):
    url: str
    """Not kept: only its hash is."""
    until_ms: int


async def do_make_owner_link(actions: Actions) -> OwnerLink:
    """For whoever sits at the server itself."""
    token = base64.urlsafe_b64encode(actions.random_bytes(_TOKEN_BYTES)).decode()
    until_ms = actions.clock.now_ms() + LASTS_MS
    async with actions.store.write() as uow:
        await uow.operations.add_owner_link(_hash(token), until_ms)
    return OwnerLink(url=f"{actions.settings.address}/signup?owner={token}", until_ms=until_ms)


async def check_owner_token(actions: Actions, token: str) -> None:
    """Before anything that costs much. Raises :class:`Forbidden` (bad_owner_token)."""
    async with actions.store.read() as reader:
        good = await _is_first(actions, reader, token) or await reader.operations.has_owner_link(
            _hash(token), actions.clock.now_ms()
        )
    if not good:
        raise _bad_owner_token()


async def spend_owner_token(actions: Actions, uow: UnitOfWork, token: str) -> None:
    """It is of no use to anybody afterwards. Raises as :func:`check_owner_token` does."""
    good = await _is_first(actions, uow, token) or await uow.operations.spend_owner_link(
        _hash(token), actions.clock.now_ms()
    )
    if not good:
        raise _bad_owner_token()


async def _is_first(actions: Actions, reader: Reader, token: str) -> bool:
    """The one of the first start counts until there is an operator."""
    expected = actions.settings.owner_token_hash
    if expected is None or not hmac.compare_digest(_hash(token), expected):
        return False
    return not await reader.users.any_operator()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()


def _bad_owner_token() -> Forbidden:
    return Forbidden("bad_owner_token", "This link for the owner is not valid, or was used already. Log in instead.")

"""Links that are sent by mail: random, used once, and gone after a while. The database keeps their SHA-256."""

from __future__ import annotations

import base64
from typing import Final, Literal

from server.actions.context import Actions
from server.actions.sessions import token_hash
from server.domain.errors import Forbidden
from server.domain.ids import UserId
from server.ports import AccountLink, Reader, UnitOfWork

VERIFY_LIFETIME_S: Final = 24 * 3600
RECOVER_LIFETIME_S: Final = 3600
_TOKEN_BYTES: Final = 32
_TOKEN_LENGTH_MAX: Final = 128

Purpose = Literal["verify", "recover"]


async def make_link(actions: Actions, uow: UnitOfWork, purpose: Purpose, user_id: UserId | None, address: str) -> str:
    """Returns the token, which is kept nowhere."""
    token = base64.urlsafe_b64encode(actions.random_bytes(_TOKEN_BYTES)).rstrip(b"=").decode()
    now_ms = actions.clock.now_ms()
    lifetime_s = VERIFY_LIFETIME_S if purpose == "verify" else RECOVER_LIFETIME_S
    await uow.links.add(
        AccountLink(
            token_hash=token_hash(token),
            purpose=purpose,
            user_id=user_id,
            address=address,
            created_ms=now_ms,
            expires_ms=now_ms + lifetime_s * 1000,
        )
    )
    return token


async def read_link(actions: Actions, reader: Reader, purpose: Purpose, token: str) -> AccountLink:
    """Raises :class:`Forbidden` (bad_link), whatever is wrong with it."""
    link = None
    if token.isascii() and len(token) <= _TOKEN_LENGTH_MAX:
        link = await reader.links.get(token_hash(token))
    if link is None or link.purpose != purpose or actions.clock.now_ms() >= link.expires_ms:
        raise bad_link()
    return link


async def use_link(actions: Actions, uow: UnitOfWork, purpose: Purpose, token: str) -> AccountLink:
    """As :func:`read_link`, and for the last time."""
    link = await read_link(actions, uow, purpose, token)
    if not await uow.links.use(link.token_hash):
        raise bad_link()
    return link


def bad_link() -> Forbidden:
    return Forbidden("bad_link", "This link is not valid, was used already, or is too old. Ask for a new one.")

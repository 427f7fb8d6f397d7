"""What a passkey signs: a challenge that is given out for one purpose, lives for five minutes and is answered once.

Nothing is kept of one that is given out, since anybody may ask for as many as they like: it carries the time of its end, sealed for
its purpose under the server's key, in a spelling that nobody can foresee. Only what a passkey has really answered is written down.
"""

from __future__ import annotations

import base64
import binascii
import enum
import hashlib
from typing import Final

from server.actions.context import Actions
from server.actions.requests import Request
from server.domain.errors import Forbidden
from server.domain.ids import UserId
from server.ports import Assertion, UnitOfWork

CHALLENGE_S: Final = 300
_TIME_BYTES: Final = 8


class Purpose(enum.Enum):
    SIGN_IN = "sign in"
    """By the passkey alone; whose it is shows in the answer."""
    FACTOR = "factor"
    """After the password."""
    PROOF = "proof"
    """Before something that matters."""
    NEW = "new"
    """A passkey is being made."""


class PasskeyAnswer(Request, frozen=True, kw_only=True):
    """What ``navigator.credentials.get()`` gave, each as base64url."""

    credential_id: str
    client_data: str
    authenticator_data: str
    signature: str


def new_challenge(actions: Actions, purpose: Purpose, user_id: UserId | None = None) -> str:
    """As base64url."""
    ends_ms = actions.clock.now_ms() + CHALLENGE_S * 1000
    return base64url(actions.sealer.seal(ends_ms.to_bytes(_TIME_BYTES, "big"), _context(purpose, user_id)))


def answered_challenge(
    actions: Actions, client_data: bytes, purpose: Purpose, user_id: UserId | None = None
) -> tuple[bytes, int]:
    """The challenge and its end, if it is one of ours for this purpose; raises bad_passkey. It may have been answered before."""
    challenge = actions.passkeys.challenge_of(client_data)
    opened = None if challenge is None else actions.sealer.open(challenge, _context(purpose, user_id))
    if challenge is None or opened is None:
        raise bad_passkey()
    ends_ms = int.from_bytes(opened, "big")
    if ends_ms <= actions.clock.now_ms():
        raise Forbidden("bad_passkey", "This took too long. Try again.")
    return challenge, ends_ms


async def spend_challenge(uow: UnitOfWork, challenge: bytes, ends_ms: int) -> None:
    """Raises bad_passkey when it was answered before."""
    if not await uow.tickets.spend_challenge(hashlib.sha256(challenge).digest(), ends_ms):
        raise bad_passkey()


def assertion_of(answer: PasskeyAnswer) -> Assertion:
    """Raises bad_passkey."""
    return Assertion(
        credential_id=octets_of(answer.credential_id),
        client_data=octets_of(answer.client_data),
        authenticator_data=octets_of(answer.authenticator_data),
        signature=octets_of(answer.signature),
    )


def base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def octets_of(text: str) -> bytes:
    """Raises bad_passkey for what is no base64url."""
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise bad_passkey() from None


def bad_passkey() -> Forbidden:
    return Forbidden("bad_passkey", "This passkey does not open this account here. Try again, or use another way.")


def _context(purpose: Purpose, user_id: UserId | None) -> str:
    return f"passkey challenge: {purpose.value} {'' if user_id is None else int(user_id)}"

"""What people show besides their password: where it is kept, and what looks at it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

import msgspec

from server.domain.factors import FactorKind
from server.domain.ids import PasskeyId, UserId


class TotpRecord(msgspec.Struct, frozen=True, kw_only=True):
    user_id: UserId
    sealed_secret: bytes
    begun_ms: int
    confirmed_ms: int | None = None
    """None: it is being set up, and counts for nothing yet."""
    last_step: int = -1
    """The latest time step whose code was used."""


class PasskeyRecord(msgspec.Struct, frozen=True, kw_only=True):
    id: PasskeyId
    user_id: UserId
    credential_id: bytes
    public_key: bytes
    """COSE (RFC 9052)."""
    sign_count: int
    synced: bool
    """Kept by a provider for several devices, rather than by one device alone."""
    name: str
    created_ms: int
    used_ms: int | None = None


class Factors(Protocol):
    """Each returned ``bool`` says whether there was what should be changed: of two at once, one alone gets True."""

    async def kinds(self, user_id: UserId) -> set[FactorKind]:
        """What this account has; recovery codes count as long as one is left."""
        ...

    async def totp(self, user_id: UserId) -> TotpRecord | None: ...

    async def begin_totp(self, record: TotpRecord) -> None:
        """In the place of one that was there."""
        ...

    async def confirm_totp(self, user_id: UserId, sealed_secret: bytes, step: int, now_ms: int) -> bool:
        """Counts from now on, and ``step`` is used; False when it counts already or has another secret by now."""
        ...

    async def use_step(self, user_id: UserId, step: int) -> bool:
        """False unless ``step`` is later than all that were used before."""
        ...

    async def delete_totp(self, user_id: UserId) -> bool: ...

    async def replace_codes(self, user_id: UserId, code_hashes: Collection[bytes]) -> None:
        """The earlier ones are of no use any more."""
        ...

    async def spend_code(self, user_id: UserId, code_hash: bytes) -> bool: ...

    async def codes_left(self, user_id: UserId) -> int: ...

    async def passkeys(self, user_id: UserId) -> list[PasskeyRecord]:
        """The oldest first."""
        ...

    async def passkey_of(self, credential_id: bytes) -> PasskeyRecord | None: ...

    async def add_passkey(self, record: PasskeyRecord) -> bool:
        """False when somebody has this credential already."""
        ...

    async def rename_passkey(self, user_id: UserId, passkey_id: PasskeyId, name: str) -> bool: ...

    async def use_passkey(self, passkey_id: PasskeyId, sign_count: int, now_ms: int) -> bool:
        """False unless ``sign_count`` is above the last one; passkeys that do not count say 0 for ever."""
        ...

    async def delete_passkey(self, user_id: UserId, passkey_id: PasskeyId) -> bool: ...

    async def clear(self, user_id: UserId) -> None:
        """All of them: authenticator app, passkeys, recovery codes, and log-ins that wait for one."""
        ...


class Tickets(Protocol):
    """Log-ins that are half done, and challenges that are answered."""

    async def add(self, ticket_hash: bytes, user_id: UserId, expires_ms: int) -> None: ...

    async def owner(self, ticket_hash: bytes, now_ms: int) -> UserId | None:
        """None when it is unknown or has expired."""
        ...

    async def attempt(self, ticket_hash: bytes, now_ms: int, attempts_max: int) -> UserId | None:
        """Counts one attempt; None also when there were ``attempts_max`` before."""
        ...

    async def end_all(self, user_id: UserId) -> None:
        """The password that they stood for is no more."""
        ...

    async def end(self, ticket_hash: bytes) -> bool:
        """Of two at once, one alone gets True."""
        ...

    async def spend_challenge(self, challenge_hash: bytes, expires_ms: int) -> bool:
        """False when it was spent before."""
        ...

    async def forget_expired(self, now_ms: int) -> int: ...


class Sealer(Protocol):
    """Keeps secrets that the database holds from whoever reads the database alone."""

    def seal(self, secret: bytes, context: str) -> bytes:
        """Different each time. ``context`` says what it is for, so that it is good for nothing else."""
        ...

    def open(self, sealed: bytes, context: str) -> bytes | None:
        """None for what was not sealed here, for another context, or was changed."""
        ...


class QrCodes(Protocol):
    async def svg(self, text: str) -> str:
        """An SVG image without a script, of black on white with its quiet zone. Raises :class:`Unavailable` (busy)."""
        ...


class Site(msgspec.Struct, frozen=True):
    """Under which name a browser sees this server; passkeys are bound to it."""

    host: str
    """Without a port; the relying party id of WebAuthn."""
    is_own: Callable[[str], bool]
    """Whether an origin (``https://host:port``) is one of this server's pages."""


class NewCredential(msgspec.Struct, frozen=True, kw_only=True):
    """What ``navigator.credentials.create()`` gave."""

    client_data: bytes
    attestation: bytes


class Assertion(msgspec.Struct, frozen=True, kw_only=True):
    """What ``navigator.credentials.get()`` gave."""

    credential_id: bytes
    client_data: bytes
    authenticator_data: bytes
    signature: bytes


class MadeCredential(msgspec.Struct, frozen=True, kw_only=True):
    credential_id: bytes
    public_key: bytes
    sign_count: int
    synced: bool


class CheckedAssertion(msgspec.Struct, frozen=True, kw_only=True):
    sign_count: int
    user_verified: bool
    """The authenticator knew its owner by a PIN, a finger or a face, rather than by a touch alone."""


class Passkeys(Protocol):
    """WebAuthn. Both raise bad_passkey for what does not hold, and :class:`Unavailable` (busy) when too many wait."""

    def challenge_of(self, client_data: bytes) -> bytes | None:
        """Which challenge is answered, so that one may look whether it is one's own; nothing else is checked."""
        ...

    async def made(self, credential: NewCredential, challenge: bytes, site: Site) -> MadeCredential: ...

    async def checked(
        self, assertion: Assertion, challenge: bytes, site: Site, passkey: PasskeyRecord
    ) -> CheckedAssertion: ...

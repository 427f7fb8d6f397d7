"""Passkeys (WebAuthn, level 3) by the library of that name.

Who made an authenticator is not asked: what it says of that (its attestation) is dropped before anything looks at it, which leaves
the many formats of such statements, and their mistakes, to others.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import structlog

from server.adapters.bounded_pool import BoundedPool
from server.domain.errors import Forbidden
from server.ports import Assertion, CheckedAssertion, MadeCredential, NewCredential, PasskeyRecord, Site

if TYPE_CHECKING:
    from webauthn.registration.verify_registration_response import VerifiedRegistration

_T = TypeVar("_T")

CLIENT_DATA_MAX: Final = 4096
CREDENTIAL_ID_MAX: Final = 1023
PUBLIC_KEY_MAX: Final = 1024
"""In bytes: an RSA key of 4096 bits has half of that, and checking a longer one takes longer."""

_log = structlog.stdlib.get_logger("parley.passkeys")


class WebAuthnPasskeys:
    """Implements :class:`server.ports.Passkeys`. The library is loaded by the first who comes with a passkey: it is 8 MiB."""

    def __init__(self) -> None:
        self._pool = BoundedPool("passkeys")

    def close(self) -> None:
        self._pool.close()

    def challenge_of(self, client_data: bytes) -> bytes | None:
        written = _client_data(client_data).get("challenge")
        if not isinstance(written, str) or not written.isascii():
            return None
        try:
            return urlsafe_b64decode(written + "===")
        except ValueError:
            return None

    async def made(self, credential: NewCredential, challenge: bytes, site: Site) -> MadeCredential:
        return await self._checked(lambda: _made(credential, challenge, site))

    async def checked(
        self, assertion: Assertion, challenge: bytes, site: Site, passkey: PasskeyRecord
    ) -> CheckedAssertion:
        return await self._checked(lambda: _checked(assertion, challenge, site, passkey))

    async def _checked(self, work: Callable[[], _T]) -> _T:
        try:
            return await self._pool.run(lambda: _or_refused(work))
        except _Refused as refused:
            _log.info("a passkey was refused", reason=type(refused.__cause__).__name__)
            raise _bad_passkey() from refused


class _Refused(Exception):
    """What did not hold is its cause."""


def _or_refused(work: Callable[[], _T]) -> _T:
    # What strangers made is read here, by parsers that raise what they like: KeyError, TypeError, ValueError, CBOR's own ...
    try:
        return work()
    except Exception as error:
        raise _Refused from error


def _made(credential: NewCredential, challenge: bytes, site: Site) -> MadeCredential:
    from webauthn import verify_registration_response
    from webauthn.helpers import decode_credential_public_key, decoded_public_key_to_cryptography
    from webauthn.helpers.structs import AuthenticatorAttestationResponse, RegistrationCredential

    response = AuthenticatorAttestationResponse(
        client_data_json=credential.client_data, attestation_object=_without_attestation(credential.attestation)
    )
    found: VerifiedRegistration = verify_registration_response(
        credential=RegistrationCredential(id="", raw_id=b"", response=response),
        expected_challenge=challenge,
        expected_rp_id=site.host,
        expected_origin=_own_origin(credential.client_data, site),
        require_user_verification=True,
    )
    if len(found.credential_id) > CREDENTIAL_ID_MAX or len(found.credential_public_key) > PUBLIC_KEY_MAX:
        raise ValueError("too long")
    decoded_public_key_to_cryptography(decode_credential_public_key(found.credential_public_key))
    return MadeCredential(
        credential_id=found.credential_id,
        public_key=found.credential_public_key,
        sign_count=found.sign_count,
        synced=found.credential_backed_up,
    )


def _without_attestation(attestation: bytes) -> bytes:
    import cbor2

    whole = cbor2.loads(attestation)
    return cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": whole["authData"]})


def _checked(assertion: Assertion, challenge: bytes, site: Site, passkey: PasskeyRecord) -> CheckedAssertion:
    from webauthn import verify_authentication_response
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.structs import AuthenticationCredential, AuthenticatorAssertionResponse

    response = AuthenticatorAssertionResponse(
        client_data_json=assertion.client_data,
        authenticator_data=assertion.authenticator_data,
        signature=assertion.signature,
    )
    found = verify_authentication_response(
        credential=AuthenticationCredential(
            id=bytes_to_base64url(assertion.credential_id), raw_id=assertion.credential_id, response=response
        ),
        expected_challenge=challenge,
        expected_rp_id=site.host,
        expected_origin=_own_origin(assertion.client_data, site),
        credential_public_key=passkey.public_key,
        credential_current_sign_count=passkey.sign_count,
    )
    return CheckedAssertion(sign_count=found.new_sign_count, user_verified=found.user_verified)


def _own_origin(client_data: bytes, site: Site) -> str:
    """Raises :class:`ValueError` unless a page of this server asked, and not from within a page of another."""
    said = _client_data(client_data)
    origin = said.get("origin")
    if not isinstance(origin, str) or not site.is_own(origin) or said.get("crossOrigin"):
        raise ValueError("another page asked")
    return origin


def _client_data(raw: bytes) -> dict[str, Any]:
    """Empty for what is none."""
    if len(raw) > CLIENT_DATA_MAX:
        return {}
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _bad_passkey() -> Forbidden:
    return Forbidden("bad_passkey", "This passkey does not open this account here. Try again, or use another way.")

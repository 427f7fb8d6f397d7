from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as with_

from server.adapters.passkeys import CLIENT_DATA_MAX, WebAuthnPasskeys
from server.domain.errors import Forbidden
from server.domain.ids import PasskeyId, Snowflake, UserId
from server.ports import Assertion, NewCredential, PasskeyRecord, Site
from tests.support.authenticator import SoftAuthenticator, client_data

SITE = Site("talk.example.org", lambda origin: origin == "https://talk.example.org")
CHALLENGE = b"\x00challenge\xff" * 4


@pytest.fixture
async def passkeys() -> AsyncIterator[WebAuthnPasskeys]:
    adapter = WebAuthnPasskeys()
    yield adapter
    adapter.close()


def record(device: SoftAuthenticator, sign_count: int = 0) -> PasskeyRecord:
    return PasskeyRecord(
        id=PasskeyId(Snowflake(1)),
        user_id=UserId(Snowflake(2)),
        credential_id=device.credential_id,
        public_key=device.public_key,
        sign_count=sign_count,
        synced=False,
        name="Key",
        created_ms=0,
    )


async def refused_new(passkeys: WebAuthnPasskeys, credential: NewCredential, challenge: bytes = CHALLENGE) -> None:
    with pytest.raises(Forbidden) as refused:
        await passkeys.made(credential, challenge, SITE)
    assert refused.value.code == "bad_passkey"


async def refused(passkeys: WebAuthnPasskeys, assertion: Assertion, known: PasskeyRecord) -> None:
    with pytest.raises(Forbidden) as refused:
        await passkeys.checked(assertion, CHALLENGE, SITE, known)
    assert refused.value.code == "bad_passkey"


@pytest.mark.parametrize("synced", [True, False])
async def test_a_new_passkey_is_taken(passkeys: WebAuthnPasskeys, synced: bool) -> None:
    device = SoftAuthenticator(synced=synced)
    made = await passkeys.made(device.make(CHALLENGE), CHALLENGE, SITE)
    assert (made.credential_id, made.public_key) == (device.credential_id, device.public_key)
    assert (made.sign_count, made.synced) == (1, synced)


@pytest.mark.parametrize("fmt", ["packed", "tpm", "of nobody"])
async def test_who_made_it_is_not_asked(passkeys: WebAuthnPasskeys, fmt: str) -> None:
    made = await passkeys.made(SoftAuthenticator().make(CHALLENGE, fmt=fmt), CHALLENGE, SITE)
    assert made.credential_id == b"a credential id!"


@pytest.mark.parametrize(
    "device",
    [
        SoftAuthenticator(host="evil.example"),
        SoftAuthenticator(origin="https://evil.example"),
        SoftAuthenticator(verifies=False),
        SoftAuthenticator(credential_id=b""),
        SoftAuthenticator(credential_id=b"x" * 1024),
    ],
)
async def test_a_new_passkey_of_another_kind_or_place_is_not(
    passkeys: WebAuthnPasskeys, device: SoftAuthenticator
) -> None:
    await refused_new(passkeys, device.make(CHALLENGE))


async def test_a_new_passkey_answers_this_challenge_for_this_purpose(passkeys: WebAuthnPasskeys) -> None:
    device = SoftAuthenticator()
    await refused_new(passkeys, device.make(b"another"))
    await refused_new(passkeys, device.make(CHALLENGE, kind="webauthn.get"))


@pytest.mark.parametrize(
    "key",
    [
        {1: 2, 3: -7, -1: 1, -2: bytes(31) + b"\x01", -3: bytes(31) + b"\x01"},  # not on the curve
        {1: 2, 3: -47, -1: 8, -2: b"x" * 32, -3: b"y" * 32},  # secp256k1
        {1: 3, 3: -257, -1: b"\xff" * 2048, -2: b"\x01\x00\x01"},  # RSA, far too long
        {1: 3, 3: -65535, -1: b"\xff" * 256, -2: b"\x01\x00\x01"},  # RSA with SHA-1
        {},
        [],
        7,
    ],
)
async def test_a_key_that_is_none_or_too_much_is_refused(passkeys: WebAuthnPasskeys, key: object) -> None:
    made = SoftAuthenticator().make(CHALLENGE)
    whole = cbor2.loads(made.attestation)
    head = whole["authData"][: 37 + 16 + 2 + 16]
    await refused_new(passkeys, with_(made, attestation=cbor2.dumps(whole | {"authData": head + cbor2.dumps(key)})))


async def test_a_passkey_signs(passkeys: WebAuthnPasskeys) -> None:
    device = SoftAuthenticator(count=4)
    checked = await passkeys.checked(device.sign(CHALLENGE), CHALLENGE, SITE, record(device, 4))
    assert (checked.sign_count, checked.user_verified) == (5, True)


async def test_whether_its_owner_was_known_is_told(passkeys: WebAuthnPasskeys) -> None:
    device = SoftAuthenticator(verifies=False, counts=False)
    checked = await passkeys.checked(device.sign(CHALLENGE), CHALLENGE, SITE, record(device))
    assert (checked.sign_count, checked.user_verified) == (0, False)


async def test_a_signature_of_another_is_refused(passkeys: WebAuthnPasskeys) -> None:
    await refused(passkeys, SoftAuthenticator().sign(CHALLENGE), record(SoftAuthenticator()))


@pytest.mark.parametrize("changed", ["client_data", "authenticator_data", "signature"])
async def test_whatever_is_changed_shows(passkeys: WebAuthnPasskeys, changed: str) -> None:
    device = SoftAuthenticator()
    signed = device.sign(CHALLENGE)
    await refused(passkeys, with_(signed, **{changed: getattr(signed, changed) + b" "}), record(device))


@pytest.mark.parametrize("count", [3, 4])
async def test_a_count_that_does_not_grow_shows_a_copy(passkeys: WebAuthnPasskeys, count: int) -> None:
    device = SoftAuthenticator(count=count - 1)
    await refused(passkeys, device.sign(CHALLENGE), record(device, 4))


async def test_another_page_cannot_ask(passkeys: WebAuthnPasskeys) -> None:
    device = SoftAuthenticator()
    for other in (replace(device, host="evil.example"), replace(device, origin="https://evil.example")):
        await refused(passkeys, other.sign(CHALLENGE), record(device))
    await refused(passkeys, device.sign(CHALLENGE, crossOrigin=True), record(device))
    await refused(passkeys, device.sign(CHALLENGE, kind="webauthn.create"), record(device))
    await refused(passkeys, device.sign(b"another"), record(device))


def test_which_challenge_is_answered() -> None:
    adapter = WebAuthnPasskeys()
    assert adapter.challenge_of(client_data("webauthn.get", CHALLENGE, "x")) == CHALLENGE
    for raw in (
        b"",
        b"[]",
        b"{}",
        b'{"challenge": 1}',
        b'{"challenge": "\xc3\xa4"}',
        b'{"challenge": "abcde"}',
        b"\xff",
    ):
        assert adapter.challenge_of(raw) is None
    assert adapter.challenge_of(b"[" * 4000) is None
    assert adapter.challenge_of(client_data("webauthn.get", b"x" * CLIENT_DATA_MAX, "x")) is None
    adapter.close()


@given(st.binary(max_size=200), st.binary(max_size=200), st.binary(max_size=80))
async def test_nothing_else_comes_out_of_nonsense(data: bytes, authenticator: bytes, signature: bytes) -> None:
    adapter = WebAuthnPasskeys()
    device = SoftAuthenticator()
    said = client_data("webauthn.get", CHALLENGE, "https://talk.example.org")
    await refused_new(adapter, NewCredential(client_data=data, attestation=authenticator))
    await refused_new(adapter, NewCredential(client_data=said, attestation=authenticator))
    nonsense = Assertion(credential_id=b"x", client_data=said, authenticator_data=authenticator, signature=signature)
    await refused(adapter, nonsense, record(device))
    await refused(adapter, with_(nonsense, client_data=data), record(device))
    adapter.close()

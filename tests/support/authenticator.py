"""An authenticator made of software, with what a browser does around it: P-256, COSE and CBOR as WebAuthn has them."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from server.ports import Assertion, NewCredential

UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40
"""Flags: user present, user verified, may be synced, is synced, has a new credential."""


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def client_data(kind: str, challenge: bytes, origin: str, **more: object) -> bytes:
    said = {"type": kind, "challenge": base64url(challenge), "origin": origin, "crossOrigin": False, **more}
    return json.dumps(said).encode()


@dataclass
class SoftAuthenticator:
    """One passkey. ``counts`` says whether it counts its signatures; synced ones do not."""

    host: str = "talk.example.org"
    origin: str = "https://talk.example.org"
    credential_id: bytes = b"a credential id!"
    counts: bool = True
    verifies: bool = True
    """Whether it asks for a PIN or a finger."""
    synced: bool = False
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    count: int = 0

    def make(self, challenge: bytes, *, kind: str = "webauthn.create", fmt: str = "none") -> NewCredential:
        statement = {} if fmt == "none" else {"alg": -7, "sig": b"nonsense"}
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + self.public_key
        whole = {"fmt": fmt, "attStmt": statement, "authData": self._data(AT) + attested}
        return NewCredential(client_data=client_data(kind, challenge, self.origin), attestation=cbor2.dumps(whole))

    def sign(self, challenge: bytes, *, kind: str = "webauthn.get", **more: object) -> Assertion:
        said, data = client_data(kind, challenge, self.origin, **more), self._data(0)
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return Assertion(
            credential_id=self.credential_id, client_data=said, authenticator_data=data, signature=signature
        )

    @property
    def public_key(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _data(self, flags: int) -> bytes:
        self.count += self.counts
        flags |= UP | (UV if self.verifies else 0) | (BE | BS if self.synced else 0)
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

"""A certificate authority of the tests' own: what it signs is not self-signed, and a client that trusts it is content."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

HOUR: Final = timedelta(hours=1)


class Authority:
    """A root and one that it vouches for, which signs: a chain as it comes from a public authority."""

    def __init__(self) -> None:
        self._root_key, self._key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        self.root = _sign("Test root", self._root_key.public_key(), "Test root", self._root_key, now, ca=True)
        self.intermediate = _sign("Test issuer", self._key.public_key(), "Test root", self._root_key, now, ca=True)

    @property
    def root_pem(self) -> bytes:
        """For clients."""
        return self.root.public_bytes(Encoding.PEM)

    def sign(
        self,
        key: CertificateIssuerPublicKeyTypes,
        names: Sequence[str],
        *,
        begins: datetime | None = None,
        lasts: timedelta = timedelta(days=90),
    ) -> bytes:
        """The chain, PEM, the certificate for ``key`` first."""
        begins = begins or datetime.now(UTC) - HOUR
        own = _sign(names[0], key, "Test issuer", self._key, begins, lasts=lasts, names=names)
        return own.public_bytes(Encoding.PEM) + self.intermediate.public_bytes(Encoding.PEM)

    def issue(
        self, names: Sequence[str], *, begins: datetime | None = None, lasts: timedelta = timedelta(days=90)
    ) -> tuple[bytes, bytes]:
        """Key and chain, PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        chain = self.sign(key.public_key(), names, begins=begins, lasts=lasts)
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), chain

    def write(
        self,
        folder: Path,
        *names: str,
        begins: datetime | None = None,
        lasts: timedelta = timedelta(days=90),
    ) -> tuple[Path, Path]:
        """``fullchain.pem`` and ``privkey.pem`` for this user alone; takes the place of those that are there."""
        key, chain = self.issue(names, begins=begins, lasts=lasts)
        fullchain, private_key = folder / "fullchain.pem", folder / "privkey.pem"
        for path, content in ((private_key, key), (fullchain, chain)):
            path.touch(mode=0o600)
            path.write_bytes(content)
        return fullchain, private_key


def _sign(
    subject: str,
    key: CertificateIssuerPublicKeyTypes,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    begins: datetime,
    *,
    lasts: timedelta = timedelta(days=365),
    names: Sequence[str] = (),
    ca: bool = False,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(_named(subject))
        .issuer_name(_named(issuer))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + lasts)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
    if ca:
        usage = dict.fromkeys(
            (
                "digital_signature",
                "content_commitment",
                "key_encipherment",
                "data_encipherment",
                "key_agreement",
                "encipher_only",
                "decipher_only",
            ),
            False,
        )
        builder = builder.add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
    return builder.sign(issuer_key, hashes.SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)

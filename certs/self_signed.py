"""A certificate that this server signs for itself: browsers warn once, and then have a microphone and encryption."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from certs.errors import CertificateError
from certs.load import KeyPair, check

VALID_FOR: Final = timedelta(days=397)
"""The longest that browsers take from anyone (CA/Browser Forum)."""

RENEW_BEFORE: Final = timedelta(days=30)


def ensure(folder: Path, names: Collection[str], now: datetime) -> KeyPair:
    """The pair kept in ``folder``; a new one when there is none, it does not serve all ``names``, or it ends within 30 days.

    ``names`` are host names and IP addresses; ``now`` is UTC. Raises :class:`CertificateError` when the folder cannot be written.
    """
    fullchain, private_key = folder / "self-signed.pem", folder / "self-signed.key"
    try:
        kept = check(fullchain, private_key)
        if set(names) <= set(kept.names) and kept.not_after - now > RENEW_BEFORE:
            return kept
    except CertificateError:
        pass  # none yet, or damaged: a new one takes its place
    key, certificate = make(names, now)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(private_key, key)
        _write(fullchain, certificate)
    except OSError as error:
        raise CertificateError(
            f"{folder} cannot be written ({error.strerror}): a self-signed certificate is kept there."
        ) from None
    return check(fullchain, private_key)


def make(names: Collection[str], now: datetime) -> tuple[bytes, bytes]:
    """Key and certificate, PEM. P-256, serverAuth, valid from an hour ago (clocks differ)."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Parley, self-signed")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now - timedelta(hours=1) + VALID_FOR)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in sorted(names)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        certificate.public_bytes(Encoding.PEM),
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and for this user alone."""
    partial = path.with_suffix(path.suffix + ".part")
    partial.unlink(missing_ok=True)
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    partial.replace(path)

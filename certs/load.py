"""A certificate chain and its key from files, checked before anyone connects, and loaded again when they change."""

from __future__ import annotations

import itertools
import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from certs.errors import CertificateError

CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2: forward secrecy and authenticated encryption alone. TLS 1.3 has nothing else."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Files that were found good, as they were when they were read."""

    fullchain: Path
    private_key: Path
    not_before: datetime
    """When the server's own certificate begins, UTC."""
    not_after: datetime
    """When it expires, UTC."""
    names: tuple[str, ...]
    """DNS names and addresses that it is good for."""
    self_signed: bool
    """Nobody but its own key vouches for it."""
    chain_in_order: bool
    """Each certificate of the file is signed by the one after it."""
    length: int
    """How many certificates the file has."""
    content: bytes = field(repr=False)
    """Chain and key, PEM."""


def check(fullchain: Path, private_key: Path, known: KeyPair | None = None) -> KeyPair:
    """Reads both files; raises :class:`CertificateError` when they are missing, unreadable, no PEM, or do not belong together.

    ``known`` is returned as it is while the files say the same: looking at a large RSA key takes a tenth of a second.
    """
    chain_pem, key_pem = _read(fullchain), _read(private_key)
    content = chain_pem.rstrip() + b"\n" + key_pem
    if known is not None and known.content == content:
        return known
    chain = _certificates(fullchain, chain_pem)
    key = _public_part(private_key, key_pem)
    if _spki(chain[0].public_key()) != _spki(key):
        if any(_spki(other.public_key()) == _spki(key) for other in chain[1:]):
            raise CertificateError(
                f"{fullchain}: the server's own certificate must come first, before those that signed it."
            )
        raise CertificateError(
            f"{private_key} is not the key of the certificate in {fullchain}: give the pair that was issued."
        )
    return KeyPair(
        fullchain,
        private_key,
        chain[0].not_valid_before_utc,
        chain[0].not_valid_after_utc,
        _names(chain[0]),
        self_signed=chain[0].issuer == chain[0].subject and _signed_by(chain[0], chain[0]),
        chain_in_order=all(_signed_by(lower, upper) for lower, upper in itertools.pairwise(chain)),
        length=len(chain),
        content=content,
    )


def server_context(pair: KeyPair) -> ssl.SSLContext:
    """For a server: TLS 1.2 or newer with :data:`CIPHERS`, HTTP/1.1. Blocks; raises :class:`CertificateError`."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    with in_memory(pair) as path:
        load_into(context, path)
    return context


def load_into(context: ssl.SSLContext, path: str) -> None:
    """Connections made from now on use what :func:`in_memory` gave; those that are open stay as they are."""
    try:
        context.load_cert_chain(path)
    except (OSError, ssl.SSLError) as error:
        raise CertificateError(f"the certificate cannot be used ({error}).") from error


@contextmanager
def in_memory(pair: KeyPair) -> Iterator[str]:
    """A path that has the pair as it was checked, whatever becomes of its files meanwhile. On no disk, so this does not block."""
    descriptor = os.memfd_create("parley-certificate", os.MFD_CLOEXEC)
    with open(descriptor, "wb", buffering=0) as file:
        file.write(pair.content)
        yield f"/proc/self/fd/{descriptor}"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise CertificateError(
            f"{path} is not there: name the file with PARLEY_TLS_FULLCHAIN or PARLEY_TLS_PRIVKEY."
        ) from None
    except OSError as error:
        raise CertificateError(
            f"{path} cannot be read ({error.strerror}): let the user that runs Parley read it."
        ) from None


def _certificates(path: Path, content: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(content)
    except ValueError:
        raise CertificateError(f"{path} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----).") from None


def _public_part(path: Path, content: bytes) -> PublicKeyTypes:
    try:
        return load_pem_private_key(content, password=None).public_key()
    except TypeError:
        raise CertificateError(f"{path} is protected by a password: give a key without one.") from None
    except (ValueError, UnsupportedAlgorithm):
        raise CertificateError(f"{path} holds no private key in PEM form (-----BEGIN PRIVATE KEY-----).") from None


def _spki(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    return (
        *alternative.get_values_for_type(x509.DNSName),
        *(str(address) for address in alternative.get_values_for_type(x509.IPAddress)),
    )

"""A certificate chain and its key from files, checked before anyone connects, and loaded again when they change."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from certs.errors import CertificateError


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Files that were found good."""

    fullchain: Path
    private_key: Path
    not_after: datetime
    """When the server's own certificate expires, UTC."""
    names: tuple[str, ...]
    """DNS names and addresses that it is good for."""


def check(fullchain: Path, private_key: Path) -> KeyPair:
    """Reads both files; raises :class:`CertificateError` when they are missing, unreadable, no PEM, or do not belong together."""
    chain = _certificates(fullchain)
    key = _public_part(private_key)
    if _spki(chain[0].public_key()) != _spki(key):
        if any(_spki(other.public_key()) == _spki(key) for other in chain[1:]):
            raise CertificateError(
                f"{fullchain}: the server's own certificate must come first, before those that signed it."
            )
        raise CertificateError(
            f"{private_key} is not the key of the certificate in {fullchain}: give the pair that was issued."
        )
    return KeyPair(fullchain, private_key, chain[0].not_valid_after_utc, _names(chain[0]))


def server_context(pair: KeyPair) -> ssl.SSLContext:
    """For a server: TLS 1.2 or newer, HTTP/1.1. Raises :class:`CertificateError`."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    load_into(context, pair)
    return context


def load_into(context: ssl.SSLContext, pair: KeyPair) -> None:
    """Connections made from now on use ``pair``; those that are open stay as they are."""
    try:
        context.load_cert_chain(pair.fullchain, pair.private_key)
    except (OSError, ssl.SSLError) as error:
        raise CertificateError(f"{pair.fullchain}: the certificate cannot be used ({error}).") from error


def stamp(pair: KeyPair) -> Sequence[int]:
    """Changes whenever one of the files does. Raises :class:`OSError`."""
    return tuple(path.stat().st_mtime_ns for path in (pair.fullchain, pair.private_key))


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


def _certificates(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(_read(path))
    except ValueError:
        raise CertificateError(f"{path} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----).") from None


def _public_part(path: Path) -> PublicKeyTypes:
    try:
        return load_pem_private_key(_read(path), password=None).public_key()
    except TypeError:
        raise CertificateError(f"{path} is protected by a password: give a key without one.") from None
    except (ValueError, UnsupportedAlgorithm):
        raise CertificateError(f"{path} holds no private key in PEM form (-----BEGIN PRIVATE KEY-----).") from None


def _spki(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    return (
        *alternative.get_values_for_type(x509.DNSName),
        *(str(address) for address in alternative.get_values_for_type(x509.IPAddress)),
    )

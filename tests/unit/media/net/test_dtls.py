from __future__ import annotations

import dataclasses
import inspect

import aiortc.rtcdtlstransport as theirs
import pytest
from cryptography import x509
from OpenSSL import SSL

from media.net.dtls import MTU, DtlsAssociation, DtlsIdentity, DtlsState, _datagrams, _reason


def test_the_names_taken_from_aiortc_are_what_they_were() -> None:
    """Whoever raises the pin on aiortc looks here first."""
    assert [field.name for field in dataclasses.fields(theirs.SRTPProtectionProfile)] == [
        "libsrtp_profile",
        "openssl_profile",
        "key_length",
        "salt_length",
    ]
    assert [profile.openssl_profile for profile in theirs.SRTP_PROFILES] == [
        b"SRTP_AEAD_AES_256_GCM",
        b"SRTP_AEAD_AES_128_GCM",
        b"SRTP_AES128_CM_SHA1_80",
    ]
    profile = theirs.SRTPProtectionProfile(1, b"x", key_length=2, salt_length=1)
    assert profile.get_key_and_salt(b"ccsskK", 0) == b"cck"
    assert profile.get_key_and_salt(b"ccsskK", 1) == b"ssK"
    assert set(theirs.X509_DIGEST_ALGORITHMS) == {"sha-256", "sha-384", "sha-512"}
    parameters = inspect.signature(theirs.RTCCertificate._create_ssl_context).parameters
    assert list(parameters) == ["self", "srtp_profiles"]
    certificate = theirs.RTCCertificate.generateCertificate()
    assert isinstance(certificate._cert, x509.Certificate)
    assert isinstance(certificate._create_ssl_context(theirs.SRTP_PROFILES), SSL.Context)
    entry = certificate.getFingerprints()[0]
    assert (entry.algorithm, entry.value) == ("sha-256", theirs.certificate_digest(certificate._cert, "sha-256"))


def test_an_identity_names_its_certificate() -> None:
    one, other = DtlsIdentity.generate(), DtlsIdentity.generate()
    assert one.fingerprint.algorithm == "sha-256"
    assert len(one.fingerprint.value) == 95
    assert one.fingerprint != other.fingerprint


def _record(length: int) -> bytes:
    return b"\x16\xfe\xfd" + bytes(8) + length.to_bytes(2, "big") + bytes(length)


def test_records_share_a_datagram_while_they_fit() -> None:
    small, big = _record(500), _record(1000)
    assert _datagrams(b"") == []
    assert _datagrams(small + small) == [small + small]
    assert _datagrams(small + big + small) == [small, big, small]
    assert all(len(datagram) <= MTU for datagram in _datagrams(small * 7))


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (SSL.Error([("SSL routines", "", "no shared cipher")]), "no shared cipher"),
        (SSL.Error([("SSL routines", "", "")]), "unknown"),
        (SSL.Error(), "Error"),
        (SSL.SysCallError(-1, "Unexpected EOF"), "SysCallError"),
    ],
)
def test_why_openssl_failed(error: SSL.Error, reason: str) -> None:
    assert _reason(error) == reason


def test_keys_stay_out_of_logs() -> None:
    identity = DtlsIdentity.generate()
    client = DtlsAssociation(identity, "active", (identity.fingerprint,), 0.0)
    server = DtlsAssociation(identity, "passive", (identity.fingerprint,), 0.0)
    while client.state is DtlsState.CONNECTING:
        for datagram in client.outgoing():
            server.receive(datagram, 0.0)
        for datagram in server.outgoing():
            client.receive(datagram, 0.0)
    assert client.keys is not None
    assert repr(client.keys) == "SrtpKeys(profile=8, name='SRTP_AEAD_AES_256_GCM')"


def test_an_early_timeout_does_nothing() -> None:
    identity = DtlsIdentity.generate()
    client = DtlsAssociation(identity, "active", (identity.fingerprint,), 0.0)
    hello = client.outgoing()
    assert len(hello) == 1
    client.handle_timeout(0.01)
    assert client.outgoing() == []
    client.handle_timeout(0.05)
    assert client.outgoing() == hello


def test_a_server_that_is_spoilt_too_often_gives_up_and_says_why() -> None:
    identity = DtlsIdentity.generate()
    server = DtlsAssociation(identity, "passive", (identity.fingerprint,), 0.0)
    for n in range(9):
        assert server.state is DtlsState.CONNECTING, n
        server.receive(b"\x17\xfe\xfd" + bytes(8) + b"\0\4abcd", 0.0)
    assert server.state is DtlsState.FAILED
    assert server.failure.startswith("the DTLS handshake failed: ")

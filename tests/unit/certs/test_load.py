from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from certs.errors import CertificateError
from certs.load import KeyPair, check, in_memory, load_into, server_context
from certs.self_signed import make
from tests.support.authority import Authority

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def write_pair(folder: Path, name: str = "chat.example.org") -> tuple[Path, Path]:
    key, certificate = make([name, "192.0.2.1"], NOW)
    fullchain, private_key = folder / f"{name}.pem", folder / f"{name}.key"
    fullchain.write_bytes(certificate)
    private_key.write_bytes(key)
    return fullchain, private_key


def shake_hands(server: ssl.SSLContext, trusted: Path, name: str) -> None:
    """A whole TLS handshake in memory; raises when the client does not trust what it sees."""
    client_in, client_out = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.create_default_context(cafile=trusted).wrap_bio(client_in, client_out, server_hostname=name)
    other = server.wrap_bio(client_out, client_in, server_side=True)
    for side in (client, other, client, other):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    assert client.getpeercert(), "the handshake is done"


def test_a_good_pair_serves_tls(tmp_path: Path) -> None:
    fullchain, private_key = write_pair(tmp_path)
    pair = check(fullchain, private_key)
    assert pair == KeyPair(
        fullchain,
        private_key,
        NOW - timedelta(hours=1),
        NOW + timedelta(days=397, hours=-1),
        ("chat.example.org", "192.0.2.1"),
        self_signed=True,
        chain_in_order=True,
        length=1,
        content=fullchain.read_bytes() + private_key.read_bytes(),
    )
    assert private_key.read_text() not in repr(pair)
    context = server_context(pair)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    shake_hands(context, fullchain, "chat.example.org")
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(context, fullchain, "other.example.org")


def test_a_new_certificate_is_used_by_the_next_connection(tmp_path: Path) -> None:
    first = check(*write_pair(tmp_path, "first.example.org"))
    second = check(*write_pair(tmp_path, "second.example.org"))
    context = server_context(first)
    with in_memory(second) as path:
        load_into(context, path)
    shake_hands(context, second.fullchain, "second.example.org")


def test_files_that_say_the_same_are_not_looked_at_again(tmp_path: Path) -> None:
    fullchain, private_key = write_pair(tmp_path)
    known = check(fullchain, private_key)
    assert check(fullchain, private_key, known) is known
    for path in write_pair(tmp_path):
        assert path in {fullchain, private_key}
    assert check(fullchain, private_key, known) not in (known, None)


def test_what_an_authority_signed_is_not_self_signed(tmp_path: Path) -> None:
    authority = Authority()
    fullchain, private_key = authority.write(tmp_path, "chat.example.org")
    pair = check(fullchain, private_key)
    assert (pair.self_signed, pair.chain_in_order, pair.length) == (False, True, 2)
    own, _, issuer = fullchain.read_bytes().partition(b"-----END CERTIFICATE-----\n")
    fullchain.write_bytes(own + _ + authority.root_pem + issuer)
    assert check(fullchain, private_key).chain_in_order is False


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    fullchain, private_key = write_pair(tmp_path)
    for missing in (fullchain, private_key):
        content = missing.read_bytes()
        missing.unlink()
        with pytest.raises(CertificateError, match=f"{missing.name} is not there"):
            check(fullchain, private_key)
        missing.write_bytes(content)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    fullchain, _ = write_pair(tmp_path)
    with pytest.raises(CertificateError, match=r"cannot be read \(Is a directory\)"):
        check(fullchain, tmp_path)


@pytest.mark.parametrize("content", [b"", b"hello", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_pem_is_refused(tmp_path: Path, content: bytes) -> None:
    fullchain, private_key = write_pair(tmp_path)
    bad = tmp_path / "bad"
    bad.write_bytes(content)
    with pytest.raises(CertificateError, match="holds no certificate"):
        check(bad, private_key)
    with pytest.raises(CertificateError, match="holds no private key"):
        check(fullchain, bad)


def test_a_key_with_a_password_is_refused(tmp_path: Path) -> None:
    fullchain, private_key = write_pair(tmp_path)
    key = ec.generate_private_key(ec.SECP256R1())
    private_key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")))
    with pytest.raises(CertificateError, match="protected by a password"):
        check(fullchain, private_key)


def test_a_stranger_key_is_refused(tmp_path: Path) -> None:
    fullchain, _ = write_pair(tmp_path, "a.example.org")
    _, other = write_pair(tmp_path, "b.example.org")
    with pytest.raises(CertificateError, match="is not the key of the certificate"):
        check(fullchain, other)


def test_a_chain_in_the_wrong_order_is_told_apart(tmp_path: Path) -> None:
    fullchain, private_key = write_pair(tmp_path, "own.example.org")
    issuer, _ = write_pair(tmp_path, "issuer.example.org")
    turned = tmp_path / "turned.pem"
    turned.write_bytes(issuer.read_bytes() + fullchain.read_bytes())
    with pytest.raises(CertificateError, match="own certificate must come first"):
        check(turned, private_key)


def test_files_may_vanish_after_the_check(tmp_path: Path) -> None:
    pair = check(*write_pair(tmp_path))
    trusted = tmp_path / "trusted.pem"
    pair.fullchain.rename(trusted)
    pair.private_key.unlink()
    shake_hands(server_context(pair), trusted, "chat.example.org")


def test_what_openssl_does_not_take_is_told(tmp_path: Path) -> None:
    pair = check(*write_pair(tmp_path))
    weak = replace(pair, content=pair.content.replace(b"PRIVATE KEY", b"PUBLIC KEY"))
    with pytest.raises(CertificateError, match="cannot be used"):
        server_context(weak)


def test_old_protocols_and_ciphers_are_refused(tmp_path: Path) -> None:
    fullchain, private_key = write_pair(tmp_path)
    context = server_context(check(fullchain, private_key))
    names = {cipher["name"] for cipher in context.get_ciphers() if cipher["protocol"] != "TLSv1.3"}
    assert names
    assert all(name.startswith("ECDHE-") and ("GCM" in name or "CHACHA20" in name) for name in names)
    assert {cipher["protocol"] for cipher in context.get_ciphers()} == {"TLSv1.2", "TLSv1.3"}
    assert context.options & ssl.OP_NO_RENEGOTIATION
    assert context.options & ssl.OP_NO_COMPRESSION

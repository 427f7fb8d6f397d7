from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from certs.errors import CertificateError
from certs.self_signed import RENEW_BEFORE, VALID_FOR, ensure, make

NOW = datetime(2026, 11, 21, tzinfo=UTC)
NAMES = ("localhost", "chat.example.org", "192.0.2.7", "2001:db8::7")


def test_it_is_kept_and_used_again(tmp_path: Path) -> None:
    first = ensure(tmp_path / "certs", NAMES, NOW)
    content = first.fullchain.read_bytes()
    assert set(first.names) == set(NAMES)
    again = ensure(tmp_path / "certs", NAMES[:2], NOW + timedelta(days=300))
    assert again == first
    assert again.fullchain.read_bytes() == content


def test_only_this_user_may_read_the_key(tmp_path: Path) -> None:
    pair = ensure(tmp_path / "certs", NAMES, NOW)
    assert stat.S_IMODE(pair.private_key.stat().st_mode) == 0o600
    assert stat.S_IMODE(pair.private_key.parent.stat().st_mode) == 0o700


def test_a_new_name_makes_a_new_one(tmp_path: Path) -> None:
    first = ensure(tmp_path, NAMES, NOW).fullchain.read_bytes()
    pair = ensure(tmp_path, [*NAMES, "new.example.org"], NOW)
    assert "new.example.org" in pair.names
    assert pair.fullchain.read_bytes() != first


def test_it_is_renewed_before_it_ends(tmp_path: Path) -> None:
    first = ensure(tmp_path, NAMES, NOW)
    late = first.not_after - RENEW_BEFORE
    assert ensure(tmp_path, NAMES, late - timedelta(seconds=1)).not_after == first.not_after
    assert ensure(tmp_path, NAMES, late).not_after > first.not_after


def test_a_damaged_one_is_replaced(tmp_path: Path) -> None:
    ensure(tmp_path, NAMES, NOW)
    (tmp_path / "self-signed.pem").write_bytes(b"half of i")
    (tmp_path / "self-signed.key.part").write_bytes(b"left over")
    assert set(ensure(tmp_path, NAMES, NOW).names) == set(NAMES)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CertificateError, match=r"file/certs cannot be written \(Not a directory\)"):
        ensure(tmp_path / "file" / "certs", NAMES, NOW)


def test_browsers_would_take_its_form() -> None:
    _, pem = make(NAMES, NOW)
    certificate = x509.load_pem_x509_certificate(pem)
    assert certificate.not_valid_before_utc == NOW - timedelta(hours=1)
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == VALID_FOR
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False

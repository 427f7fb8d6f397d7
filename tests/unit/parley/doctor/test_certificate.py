from __future__ import annotations

import importlib.util
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certs.self_signed import make
from parley.acme import folder_of
from parley.doctor.certificate import check_certificate
from parley.doctor.findings import Finding
from parley.tls import certificate_for
from tests.support.authority import Authority
from tests.support.doctor import levels, patient, said


@pytest.fixture
def authority() -> Authority:
    return Authority()


def of_files(folder: Path) -> list[Finding]:
    given = {
        "PARLEY_SERVER_NAME": "chat.example.org:443",
        "PARLEY_TLS_FULLCHAIN": str(folder / "fullchain.pem"),
        "PARLEY_TLS_PRIVKEY": str(folder / "privkey.pem"),
    }
    return check_certificate(patient(folder, given))


def test_where_none_is_needed(tmp_path: Path) -> None:
    assert levels(check_certificate(patient(tmp_path))) == ["pass"]
    found = check_certificate(patient(tmp_path, PARLEY_TRUSTED_PROXIES="10.0.0.1"))
    assert "the proxy does TLS" in said(found)


def test_a_good_one(tmp_path: Path, authority: Authority) -> None:
    authority.write(tmp_path, "chat.example.org")
    found = of_files(tmp_path)
    assert levels(found) == ["pass"]
    assert "it expires in 89 days" in said(found)


def test_what_browsers_refuse(tmp_path: Path, authority: Authority) -> None:
    now = datetime.now(UTC)
    assert levels(of_files(tmp_path)) == ["fail"]
    authority.write(tmp_path, "chat.example.org", begins=now - timedelta(days=9), lasts=timedelta(days=8))
    assert "expired on" in said(of_files(tmp_path))
    authority.write(tmp_path, "chat.example.org", begins=now + timedelta(days=1))
    assert "is valid from" in said(of_files(tmp_path))
    authority.write(tmp_path, "other.example.org")
    found = of_files(tmp_path)
    assert levels(found) == ["fail"]
    assert "PARLEY_SERVER_NAME" in said(found)
    (tmp_path / "privkey.pem").write_bytes(authority.issue(["x"])[0])
    found = of_files(tmp_path)
    assert levels(found) == ["fail"]
    assert "is not the key of the certificate" in said(found)


def test_what_some_clients_refuse(tmp_path: Path, authority: Authority) -> None:
    fullchain, private_key = authority.write(tmp_path, "chat.example.org", lasts=timedelta(days=10))
    private_key.chmod(0o644)
    assert levels(of_files(tmp_path)) == ["pass", "warn"]
    private_key.chmod(0o600)
    own, end, _issuer = fullchain.read_bytes().partition(b"-----END CERTIFICATE-----\n")
    fullchain.write_bytes(own + end)
    assert "own certificate alone" in said(of_files(tmp_path))
    fullchain.write_bytes(own + end + authority.root_pem)
    assert "is not signed by the one after it" in said(of_files(tmp_path))
    key, certificate = make(["chat.example.org"], datetime.now(UTC))
    fullchain.write_bytes(certificate)
    private_key.write_bytes(key)
    assert "is self-signed" in said(of_files(tmp_path))


def test_a_self_signed_one_of_our_own(tmp_path: Path) -> None:
    someone = patient(tmp_path, PARLEY_HOST="0.0.0.0", PARLEY_SERVER_NAME="chat.example.org")
    assert "is made at the start" in said(check_certificate(someone))
    certificate_for(someone.settings)
    assert levels(check_certificate(someone)) == ["warn"]
    renamed = patient(tmp_path, PARLEY_HOST="0.0.0.0", PARLEY_SERVER_NAME="new.example.org")
    assert "does not have new.example.org yet" in said(check_certificate(renamed))
    (tmp_path / "data" / "certs" / "self-signed.pem").write_bytes(b"x")
    assert levels(check_certificate(someone)) == ["warn", "warn"]


def test_one_that_an_authority_issues(tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"PARLEY_SERVER_NAME": "chat.example.org", "PARLEY_ACME": "true", "PARLEY_ACME_AGREE": "true"}
    someone = patient(tmp_path, given)
    assert "after the first start" in said(check_certificate(someone))
    assert someone.settings.acme is not None
    folder = folder_of(someone.settings.storage.data, someone.settings.acme)
    folder.mkdir(parents=True)
    authority.write(folder, "chat.example.org")
    assert levels(check_certificate(someone)) == ["pass"]
    (folder / "attempts.json").write_text("[1, 0]")
    assert levels(check_certificate(someone)) == ["pass", "warn"]
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert levels(check_certificate(someone)) == ["fail"]

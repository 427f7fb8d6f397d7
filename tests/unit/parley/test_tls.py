from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from certs.errors import CertificateError
from certs.self_signed import make
from parley.config import Settings, load
from parley.failures import CannotStart
from parley.tls import Certificate, certificate_for, certificate_names


def settings(folder: Path, **variables: str) -> Settings:
    return load({"PARLEY_DATA": str(folder / "data")} | variables, secrets=folder / "none")


def write_pair(folder: Path, name: str) -> tuple[Path, Path]:
    key, certificate = make([name], datetime.now(UTC))
    fullchain, private_key = folder / "fullchain.pem", folder / "privkey.pem"
    fullchain.write_bytes(certificate)
    private_key.write_bytes(key)
    return fullchain, private_key


def given(folder: Path) -> Settings:
    return settings(
        folder,
        PARLEY_TLS_FULLCHAIN=str(folder / "fullchain.pem"),
        PARLEY_TLS_PRIVKEY=str(folder / "privkey.pem"),
    )


def test_plain_http_needs_none(tmp_path: Path) -> None:
    assert certificate_for(settings(tmp_path)) is None


def test_without_a_given_one_it_is_self_signed_and_kept(tmp_path: Path) -> None:
    found = settings(tmp_path, PARLEY_HOST="0.0.0.0", PARLEY_SERVER_NAME="chat.example.org:8443")
    first, second = certificate_for(found), certificate_for(found)
    assert first is not None
    assert second is not None
    assert first.pair == second.pair
    assert {"localhost", "127.0.0.1", "chat.example.org"} <= set(first.pair.names)


def test_a_bad_one_keeps_the_server_from_starting(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=r"fullchain\.pem is not there"):
        certificate_for(given(tmp_path))


def test_new_files_are_taken_in_and_the_context_stays(tmp_path: Path) -> None:
    write_pair(tmp_path, "old.example.org")
    certificate = certificate_for(given(tmp_path))
    assert isinstance(certificate, Certificate)
    context = certificate.context
    assert certificate.refresh() is False
    for path in write_pair(tmp_path, "new.example.org"):
        os.utime(path, ns=(1, 1))
    assert certificate.refresh() is True
    assert certificate.pair.names == ("new.example.org",)
    assert certificate.context is context
    assert certificate.refresh() is False


def test_bad_new_files_change_nothing(tmp_path: Path) -> None:
    fullchain, _ = write_pair(tmp_path, "old.example.org")
    certificate = certificate_for(given(tmp_path))
    assert certificate is not None
    fullchain.write_bytes(b"half of it")
    with pytest.raises(CertificateError, match="holds no certificate"):
        certificate.refresh()
    assert certificate.pair.names == ("old.example.org",)


def test_the_names_are_what_people_type(tmp_path: Path) -> None:
    found = settings(tmp_path, PARLEY_HOST="::,192.0.2.7", PARLEY_PUBLIC_IP="203.0.113.7")
    names = certificate_names(found, ["10.0.0.5"], "Box.Lan")
    assert names == {"localhost", "127.0.0.1", "::1", "10.0.0.5", "192.0.2.7", "203.0.113.7", "box.lan"}
    for odd in ("my_box", "", "-x", "a" * 300, "bücher"):
        assert odd not in certificate_names(found, [], odd)

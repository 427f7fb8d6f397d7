from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certs.errors import CertificateError
from certs.self_signed import make
from parley.config import Settings, load
from parley.failures import CannotStart
from parley.tls import certificate_for, certificate_names
from tests.support.authority import Authority


def settings(folder: Path, **variables: str) -> Settings:
    return load({"PARLEY_DATA": str(folder / "data")} | variables, secrets=folder / "none")


def write_pair(folder: Path, name: str) -> tuple[Path, Path]:
    key, certificate = make([name], datetime.now(UTC))
    fullchain, private_key = folder / "fullchain.pem", folder / "privkey.pem"
    fullchain.write_bytes(certificate)
    private_key.write_bytes(key)
    return fullchain, private_key


def given(folder: Path, **variables: str) -> Settings:
    return settings(
        folder,
        PARLEY_TLS_FULLCHAIN=str(folder / "fullchain.pem"),
        PARLEY_TLS_PRIVKEY=str(folder / "privkey.pem"),
        **variables,
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


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def test_new_files_are_taken_in_and_the_context_stays(tmp_path: Path, authority: Authority) -> None:
    authority.write(tmp_path, "chat.example.org")
    certificate = certificate_for(given(tmp_path))
    assert certificate is not None
    context, before = certificate.context, certificate.pair
    assert certificate.look() is None
    authority.write(tmp_path, "chat.example.org", "new.example.org")
    pair = certificate.look()
    assert pair is not None
    assert certificate.pair is before, "not before it is taken"
    certificate.take(pair)
    assert certificate.pair.names == ("chat.example.org", "new.example.org")
    assert certificate.context is context
    assert certificate.look() is None


def test_a_renewal_behind_a_link_is_seen(tmp_path: Path, authority: Authority) -> None:
    """As certbot does it: live/ has links into archive/."""
    for name in ("1", "2", "live"):
        (tmp_path / name).mkdir()
    for name in ("1", "2"):
        authority.write(tmp_path / name, f"{name}.example.org")
    live = tmp_path / "live"
    for name in ("fullchain.pem", "privkey.pem"):
        (live / name).symlink_to(tmp_path / "1" / name)
    certificate = certificate_for(given(live))
    assert certificate is not None
    for name in ("fullchain.pem", "privkey.pem"):
        (live / name).unlink()
        (live / name).symlink_to(tmp_path / "2" / name)
    pair = certificate.look()
    assert pair is not None
    assert pair.names == ("2.example.org",)


def test_bad_new_files_change_nothing(tmp_path: Path, authority: Authority) -> None:
    fullchain, private_key = authority.write(tmp_path, "chat.example.org")
    certificate = certificate_for(given(tmp_path, PARLEY_SERVER_NAME="chat.example.org:8443"))
    assert certificate is not None
    before = certificate.pair
    old_key = private_key.read_bytes()
    now = datetime.now(UTC)

    authority.write(tmp_path, "chat.example.org", begins=now - timedelta(days=9), lasts=timedelta(days=8))
    with pytest.raises(CertificateError, match=r"fullchain\.pem expired on .* Renew it"):
        certificate.look()
    authority.write(tmp_path, "chat.example.org", begins=now + timedelta(days=1))
    with pytest.raises(CertificateError, match=r"valid from .* only.* clock"):
        certificate.look()
    authority.write(tmp_path, "other.example.org")
    with pytest.raises(CertificateError, match=r"is for other\.example\.org and not for chat\.example\.org"):
        certificate.look()
    authority.write(tmp_path, "chat.example.org")
    private_key.write_bytes(old_key)
    with pytest.raises(CertificateError, match=r"privkey\.pem is not the key of the certificate"):
        certificate.look()
    fullchain.write_bytes(b"half of it")
    with pytest.raises(CertificateError, match="holds no certificate"):
        certificate.look()
    fullchain.unlink()
    with pytest.raises(CertificateError, match="is not there"):
        certificate.look()
    assert certificate.pair is before


def test_what_the_old_one_lacks_too_does_not_keep_a_new_one_out(tmp_path: Path, authority: Authority) -> None:
    authority.write(tmp_path, "other.example.org")
    certificate = certificate_for(given(tmp_path, PARLEY_SERVER_NAME="chat.example.org"))
    assert certificate is not None
    assert [concern.code for concern in certificate.concerns()] == ["wrong_name"]
    authority.write(tmp_path, "third.example.org")
    assert certificate.look() is not None


def test_only_what_an_authority_vouches_for_is_public(tmp_path: Path, authority: Authority) -> None:
    write_pair(tmp_path, "chat.example.org")

    def public(**variables: str) -> bool:
        certificate = certificate_for(given(tmp_path, **variables))
        assert certificate is not None
        return certificate.is_public

    named = {"PARLEY_SERVER_NAME": "chat.example.org"}
    assert public(**named) is False, "self-signed"
    authority.write(tmp_path, "chat.example.org")
    assert public(**named) is True
    assert public() is True
    assert public(PARLEY_SERVER_NAME="other.example.org") is False
    now = datetime.now(UTC)
    authority.write(tmp_path, "chat.example.org", begins=now - timedelta(days=9), lasts=timedelta(days=8))
    assert public(**named) is False, "expired"


def test_the_names_are_what_people_type(tmp_path: Path) -> None:
    found = settings(tmp_path, PARLEY_HOST="::,192.0.2.7", PARLEY_PUBLIC_IP="203.0.113.7")
    names = certificate_names(found, ["10.0.0.5"], "Box.Lan")
    assert names == {"localhost", "127.0.0.1", "::1", "10.0.0.5", "192.0.2.7", "203.0.113.7", "box.lan"}
    for odd in ("my_box", "", "-x", "a" * 300, "bücher"):
        assert odd not in certificate_names(found, [], odd)

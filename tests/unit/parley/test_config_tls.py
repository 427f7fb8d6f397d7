"""TLS, the redirect beside it, and certificates that are issued: what goes together and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from parley.config import EVERY_ADDRESS, LETS_ENCRYPT, AcmeSettings, BadSetting, Settings, load

CHAT = {"PARLEY_SERVER_NAME": "chat.example.org"}
GIVEN = {"PARLEY_TLS_FULLCHAIN": "/chain.pem", "PARLEY_TLS_PRIVKEY": "/key.pem"}
ISSUED = CHAT | {"PARLEY_ACME": "true", "PARLEY_ACME_AGREE": "yes"}


def settings(variables: dict[str, str]) -> Settings:
    return load(variables, secrets=Path("/none"))


@pytest.mark.parametrize(
    ("variables", "port", "asked_for"),
    [
        ({}, None, False),
        (CHAT | GIVEN, None, False),
        (CHAT | GIVEN | {"PARLEY_PORT": "443"}, 80, False),
        (CHAT | {"PARLEY_PORT": "443", "PARLEY_HOST": "::"}, 80, False),
        (GIVEN | {"PARLEY_PORT": "443"}, None, False),
        (CHAT | {"PARLEY_PORT": "443", "PARLEY_TRUSTED_PROXIES": "10.0.0.1"}, None, False),
        (CHAT | GIVEN | {"PARLEY_PORT": "443", "PARLEY_REDIRECT_PORT": "off"}, None, False),
        (CHAT | GIVEN | {"PARLEY_PORT": "443", "PARLEY_REDIRECT_PORT": "0"}, None, False),
        (CHAT | GIVEN | {"PARLEY_REDIRECT_PORT": "8081"}, 8081, True),
        (ISSUED, 80, True),
        (ISSUED | {"PARLEY_REDIRECT_PORT": "8081"}, 8081, True),
    ],
)
def test_where_plain_http_is_sent_on(variables: dict[str, str], port: int | None, asked_for: bool) -> None:
    http = settings(variables).http
    assert (http.redirect_port, http.redirect_asked_for) == (port, asked_for)


def test_off_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "parley.toml"
    file.write_text('server_name = "chat.example.org"\n[http]\nport = 443\nhost = "::"\nredirect_port = false\n')
    assert load({}, file=file, secrets=Path("/none")).http.redirect_port is None


@pytest.mark.parametrize(
    ("variables", "name", "says"),
    [
        ({"PARLEY_REDIRECT_PORT": "80"}, "PARLEY_REDIRECT_PORT", "nowhere to send people on to"),
        (GIVEN | {"PARLEY_REDIRECT_PORT": "80"}, "PARLEY_REDIRECT_PORT", "Name it with PARLEY_SERVER_NAME"),
        (CHAT | GIVEN | {"PARLEY_REDIRECT_PORT": "8080"}, "PARLEY_REDIRECT_PORT", "the port of HTTPS"),
        (CHAT | GIVEN | {"PARLEY_REDIRECT_PORT": "http"}, "PARLEY_REDIRECT_PORT", "is not a port"),
        (ISSUED | {"PARLEY_REDIRECT_PORT": "off"}, "PARLEY_REDIRECT_PORT", "Write 80"),
        (ISSUED | GIVEN, "PARLEY_ACME", "not both"),
        (ISSUED | {"PARLEY_TRUSTED_PROXIES": "10.0.0.1"}, "PARLEY_ACME", "Have it get the certificate"),
        ({"PARLEY_ACME": "true", "PARLEY_ACME_AGREE": "true"}, "PARLEY_ACME", "Set PARLEY_SERVER_NAME"),
        (ISSUED | {"PARLEY_SERVER_NAME": "localhost"}, "PARLEY_ACME", "a public host name"),
        (ISSUED | {"PARLEY_SERVER_NAME": "192.0.2.7:8443"}, "PARLEY_ACME", "a public host name"),
        (ISSUED | {"PARLEY_ACME_AGREE": "no"}, "PARLEY_ACME_AGREE", "write true"),
        (ISSUED | {"PARLEY_ACME": "perhaps"}, "PARLEY_ACME", "neither true nor false"),
        (ISSUED | {"PARLEY_ACME_EMAIL": "admin"}, "PARLEY_ACME_EMAIL", "is not an e-mail address"),
        (ISSUED | {"PARLEY_ACME_DIRECTORY": "http://ca.example/"}, "PARLEY_ACME_DIRECTORY", "begins with https://"),
        (ISSUED | {"PARLEY_ACME_DIRECTORY": "https://a@b/"}, "PARLEY_ACME_DIRECTORY", "begins with https://"),
    ],
)
def test_what_does_not_go_together(variables: dict[str, str], name: str, says: str) -> None:
    with pytest.raises(BadSetting, match=says) as caught:
        settings(variables)
    assert caught.value.name == name
    assert "\n" not in str(caught.value)


def test_an_issued_certificate_opens_the_server_to_all_addresses() -> None:
    found = settings(ISSUED | {"PARLEY_ACME_EMAIL": "admin@example.org"})
    assert found.acme == AcmeSettings(LETS_ENCRYPT, "admin@example.org")
    assert (found.http.hosts, found.scheme, found.self_signed) == (EVERY_ADDRESS, "https", False)
    assert settings(CHAT).acme is None
    here = settings(ISSUED | {"PARLEY_ACME_DIRECTORY": "http://127.0.0.1:14000/dir", "PARLEY_HOST": "127.0.0.1"})
    assert (here.acme, here.scheme) == (AcmeSettings("http://127.0.0.1:14000/dir", None), "https")

from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest

from parley.config import EVERY_ADDRESS, LOOPBACK, BadSetting, Settings, load


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    folder = tmp_path / "run-secrets"
    folder.mkdir()
    return folder


def settings(secrets: Path, **variables: str) -> Settings:
    return load(variables, secrets=secrets)


def test_without_anything_it_is_plain_http_for_this_machine_alone(secrets: Path) -> None:
    found = settings(secrets)
    assert found.http.hosts == LOOPBACK
    assert (found.http.port, found.media.port) == (8080, 7882)
    assert (found.scheme, found.self_signed, found.address) == ("http", False, "http://localhost:8080")
    assert found.storage.data == Path("data").absolute()
    assert found.storage.database_url == f"sqlite+aiosqlite:///{found.storage.data}/parley.db"
    assert found.server_name is None
    assert found.accounts.sign_up == "open"


@pytest.mark.parametrize(
    ("variables", "scheme", "self_signed", "address"),
    [
        ({"PARLEY_HOST": "0.0.0.0"}, "https", True, "https://localhost:8080"),
        ({"PARLEY_HOST": "192.0.2.7"}, "https", True, "https://192.0.2.7:8080"),
        ({"PARLEY_HOST": "[2001:db8::7]"}, "https", True, "https://[2001:db8::7]:8080"),
        ({"PARLEY_HOST": "localhost,192.0.2.7"}, "https", True, "https://localhost:8080"),
        ({"PARLEY_HOST": "::1"}, "http", False, "http://localhost:8080"),
        ({"PARLEY_HOST": "0.0.0.0", "PARLEY_TRUSTED_PROXIES": "10.0.0.2"}, "http", False, "http://localhost:8080"),
        (
            {"PARLEY_TRUSTED_PROXIES": "127.0.0.1", "PARLEY_SERVER_NAME": "Chat.Example.org"},
            "http",
            False,
            "https://chat.example.org",
        ),
        (
            {"PARLEY_HOST": "::", "PARLEY_SERVER_NAME": "chat.example.org"},
            "https",
            True,
            "https://chat.example.org:8080",
        ),
        (
            {"PARLEY_HOST": "::", "PARLEY_PORT": "443", "PARLEY_SERVER_NAME": "chat.example.org"},
            "https",
            True,
            "https://chat.example.org",
        ),
        (
            {"PARLEY_HOST": "::", "PARLEY_SERVER_NAME": "chat.example.org:8443"},
            "https",
            True,
            "https://chat.example.org:8443",
        ),
    ],
)
def test_cleartext_is_for_loopback_and_behind_a_proxy(
    secrets: Path, variables: dict[str, str], scheme: str, self_signed: bool, address: str
) -> None:
    found = settings(secrets, **variables)
    assert (found.scheme, found.self_signed, found.address) == (scheme, self_signed, address)


def test_a_certificate_opens_the_server_to_all_addresses(secrets: Path) -> None:
    found = settings(secrets, PARLEY_TLS_FULLCHAIN="/c.pem", PARLEY_TLS_PRIVKEY="/k.pem")
    assert found.tls is not None
    assert (found.tls.fullchain, found.tls.private_key) == (Path("/c.pem"), Path("/k.pem"))
    assert found.http.hosts == EVERY_ADDRESS
    assert (found.scheme, found.self_signed) == ("https", False)


def test_certificates_are_found_among_the_secrets(secrets: Path) -> None:
    (secrets / "tls_fullchain").touch()
    (secrets / "tls_privkey").touch()
    found = settings(secrets)
    assert found.tls is not None
    assert found.tls.fullchain == secrets / "tls_fullchain"


def test_half_a_certificate_is_refused(secrets: Path) -> None:
    with pytest.raises(BadSetting, match=r"PARLEY_TLS_PRIVKEY: .* come together"):
        settings(secrets, PARLEY_TLS_FULLCHAIN="/c.pem")
    (secrets / "tls_privkey").touch()
    with pytest.raises(BadSetting, match="PARLEY_TLS_FULLCHAIN: "):
        settings(secrets)


def test_the_database_address_can_be_a_secret(secrets: Path) -> None:
    (secrets / "database_url").write_text("sqlite:////srv/parley.db\n")
    assert settings(secrets).storage.database_url == "sqlite+aiosqlite:////srv/parley.db"


def test_an_unreadable_secret_is_named_and_not_shown(secrets: Path) -> None:
    (secrets / "database_url").write_bytes(b"\xff\xfe")
    with pytest.raises(BadSetting, match="database_url: this secret cannot be read"):
        settings(secrets)


def test_the_database_address_is_not_shown_when_it_is_refused(secrets: Path) -> None:
    with pytest.raises(BadSetting) as caught:
        settings(secrets, PARLEY_DATABASE_URL="postgresql://parley:hunter2@db/parley")
    assert "hunter2" not in str(caught.value)
    assert "PARLEY_DATABASE_URL" in str(caught.value)


def test_later_sources_win(tmp_path: Path, secrets: Path) -> None:
    file = tmp_path / "parley.toml"
    file.write_text('server_name = "file.example"\n[http]\nport = 1001\nhost = ["127.0.0.1"]\n[media]\nport = 1002\n')
    found = load({"PARLEY_PORT": "2001", "PARLEY_CONFIG": str(file)}, overrides={"http.port": None}, secrets=secrets)
    assert (found.server_name, found.http.port, found.media.port) == ("file.example", 2001, 1002)
    assert found.http.hosts == ("127.0.0.1",)
    found = load({"PARLEY_PORT": "2001"}, file=file, overrides={"http.port": "3001"}, secrets=secrets)
    assert found.http.port == 3001


def test_an_empty_variable_is_none(secrets: Path) -> None:
    found = settings(secrets, PARLEY_PORT="", PARLEY_SERVER_NAME=" ", PARLEY_PUBLIC_IP="", PARLEY_TRUSTED_PROXIES="")
    assert (found.http.port, found.server_name, found.media.public_ip, found.http.trusted_proxies) == (
        8080,
        None,
        (),
        (),
    )


def test_lists_are_written_with_commas(secrets: Path) -> None:
    found = settings(
        secrets, PARLEY_PUBLIC_IP="192.0.2.1, 2001:db8::1,192.0.2.1", PARLEY_TRUSTED_PROXIES="127.0.0.1,172.16.0.0/12"
    )
    assert found.media.public_ip == ("192.0.2.1", "2001:db8::1")
    assert found.http.trusted_proxies == (
        ipaddress.ip_network("127.0.0.1/32"),
        ipaddress.ip_network("172.16.0.0/12"),
    )


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("PARLEY_PORT", "http", "is not a port"),
        ("PARLEY_PORT", "65536", "is not a port"),
        ("PARLEY_PORT", "-1", "is not a port"),
        ("PARLEY_PORT", "8²", "is not a port"),
        ("PARLEY_PORT", "tcp://10.0.0.1:80", "is not a port"),
        ("PARLEY_MEDIA_PORT", "99999999999", "is not a port"),
        ("PARLEY_HOST", "example.org", "is not an IP address"),
        ("PARLEY_PUBLIC_IP", "0.0.0.0", "no address that a client could reach"),
        ("PARLEY_PUBLIC_IP", "chat.example.org", "is not an IP address"),
        ("PARLEY_PUBLIC_IP", "fe80::1%eth0", "no address that a client could reach"),
        ("PARLEY_DATA", "~nobody-by-this-name/data", "somebody who is not known here"),
        ("PARLEY_REDIS_URL", "redis.example.org:6379", "is not the address of a Redis. Write it like redis://"),
        ("PARLEY_REDIS_URL", "http://redis.example.org", "is not the address of a Redis"),
        ("PARLEY_REDIS_URL", "redis://redis.example.org/first", "is not the address of a Redis"),
        ("PARLEY_REDIS_URL", "redis://", "is not the address of a Redis"),
        ("PARLEY_REDIS_URL", "redis://:se@cr@et@redis", "is not the address of a Redis"),
        ("PARLEY_TRUSTED_PROXIES", "10.0.0.1/8", "has host bits set"),
        ("PARLEY_SERVER_NAME", "https://chat.example.org", "is not a server name"),
        ("PARLEY_SERVER_NAME", "chat_example", "is not a server name"),
        ("PARLEY_SERVER_NAME", "chat.example.org:0", "is not a server name"),
        ("PARLEY_SERVER_NAME", "a" * 64, "is not a server name"),
        ("PARLEY_SIGN_UP", "perhaps", "is not known"),
        ("PARLEY_LOG_LEVEL", "loud", "Write one of: debug"),
    ],
)
def test_a_bad_setting_is_one_line_with_its_name(secrets: Path, variable: str, value: str, says: str) -> None:
    with pytest.raises(BadSetting) as caught:
        settings(secrets, **{variable: value})
    line = str(caught.value)
    assert line.startswith(f"{variable}: ")
    assert says in line
    assert "\n" not in line
    assert caught.value.name == variable


def test_the_command_line_is_named_as_it_is_written(secrets: Path) -> None:
    with pytest.raises(BadSetting, match=r"^--port: 'x' is not a port"):
        load({}, overrides={"http.port": "x"}, secrets=secrets)
    with pytest.raises(BadSetting, match=r"^--server-name: "):
        load({}, overrides={"server_name": "!"}, secrets=secrets)


def test_an_empty_data_folder_is_refused(secrets: Path) -> None:
    with pytest.raises(BadSetting, match="PARLEY_DATA: it is empty"):
        load({}, overrides={"storage.data": ""}, secrets=secrets)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"[http", "this is not TOML"),
        (b"\xff", "this is not TOML"),
        (b"[http]\nprot = 1\n", "http.prot is not a setting. Known are: server_name, "),
        (b"[http]\nport = true\n", "http.port: True is not a port"),
        (b"server_name = 7\n", "server_name: 7 is not text"),
        (b'[storage]\ndata = "a\\u0000b"\n', "storage.data: 'a\\x00b' has a NUL in it"),
    ],
)
def test_a_bad_file_is_one_line(tmp_path: Path, secrets: Path, content: bytes, says: str) -> None:
    file = tmp_path / "parley.toml"
    file.write_bytes(content)
    with pytest.raises(BadSetting) as caught:
        load({}, file=file, secrets=secrets)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path, secrets: Path) -> None:
    with pytest.raises(BadSetting, match=r"none.toml: the settings file cannot be read \(No such file"):
        load({"PARLEY_CONFIG": str(tmp_path / "none.toml")}, secrets=secrets)

from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest

from parley.config import (
    EVERY_ADDRESS,
    BadSetting,
    BucketSettings,
    MailSettings,
    MetricsSettings,
    PreviewSettings,
    Settings,
    load,
)
from parley.values import LOOPBACK, MailSender


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
    assert found.storage.database_url == f"sqlite:///{found.storage.data}/parley.db"
    assert found.server_name is None
    assert found.previews == PreviewSettings(enabled=True, ports=(80, 443))
    off = settings(secrets, PARLEY_PREVIEWS="off", PARLEY_PREVIEW_PORTS="8443")
    assert off.previews == PreviewSettings(enabled=False, ports=(8443,))
    assert (found.accounts.sign_up, found.accounts.email) == ("open", "optional")


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
    assert settings(secrets).storage.database_url == "sqlite:////srv/parley.db"


@pytest.mark.parametrize(
    "url",
    ["postgresql://parley@db/parley", "mysql://parley@db:3306/parley", "mariadb://parley@db/parley?charset=utf8mb4"],
)
def test_the_database_can_be_a_server(secrets: Path, url: str) -> None:
    storage = settings(secrets, PARLEY_DATABASE_URL=url).storage
    assert (storage.database_url, storage.database_password, storage.database_ca) == (url, None, None)


def test_the_password_of_the_database_and_its_authority_can_be_secrets(secrets: Path) -> None:
    (secrets / "database_password").write_text("hunter2\n")
    (secrets / "database_ca").touch()
    storage = settings(secrets, PARLEY_DATABASE_URL="postgresql://parley@db/parley").storage
    assert storage.database_password == "hunter2"
    assert storage.database_ca == secrets / "database_ca"
    assert settings(secrets, PARLEY_DATABASE_CA="/srv/ca.pem").storage.database_ca == Path("/srv/ca.pem")


def test_an_unreadable_secret_is_named_and_not_shown(secrets: Path) -> None:
    (secrets / "database_url").write_bytes(b"\xff\xfe")
    with pytest.raises(BadSetting, match="database_url: this secret cannot be read"):
        settings(secrets)


def test_the_database_address_is_not_shown_when_it_is_refused(secrets: Path) -> None:
    with pytest.raises(BadSetting) as caught:
        settings(secrets, PARLEY_DATABASE_URL="oracle://parley:hunter2@db/parley")
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
        ("PARLEY_REDIS_URL", "redis://:secret\0@redis", "this is no text that can be used"),
        ("PARLEY_SMTP_HOST", "smtp://mail.example.org", "is not the name of a server"),
        ("PARLEY_SMTP_HOST", "mail.example.org:25", "is not the name of a server"),
        ("PARLEY_SMTP_PORT", "smtp", "is not a port"),
        ("PARLEY_SMTP_TLS", "ssl", "Write one of: starttls, tls, none"),
        ("PARLEY_SMTP_FROM", "Parley", "is not an e-mail address. Write one, for example Parley <parley@example.org>"),
        ("PARLEY_SMTP_FROM", "a@example.org, b@example.org", "is not an e-mail address"),
        ("PARLEY_SMTP_PASSWORD", "secret\0", "this is no text that can be used"),
        ("PARLEY_TRUSTED_PROXIES", "10.0.0.1/8", "has host bits set"),
        ("PARLEY_SERVER_NAME", "https://chat.example.org", "is not a server name"),
        ("PARLEY_SERVER_NAME", "chat_example", "is not a server name"),
        ("PARLEY_SERVER_NAME", "chat.example.org:0", "is not a server name"),
        ("PARLEY_SERVER_NAME", "a" * 64, "is not a server name"),
        ("PARLEY_SIGN_UP", "perhaps", "is not known"),
        ("PARLEY_EMAIL", "perhaps", "is not known"),
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
    assert "secret" not in line
    assert caught.value.name == variable


SMTP = {"PARLEY_SMTP_HOST": "mail.example.org", "PARLEY_SMTP_FROM": "Parley <Parley@Example.org>"}
LOG_IN = {"PARLEY_SMTP_USER": "parley", "PARLEY_SMTP_PASSWORD": "se cret"}


@pytest.mark.parametrize(
    ("more", "port", "tls", "user", "password"),
    [
        ({}, 587, "starttls", None, None),
        ({"PARLEY_SMTP_TLS": "tls"}, 465, "tls", None, None),
        ({"PARLEY_SMTP_TLS": "none", "PARLEY_SMTP_PORT": "1025"}, 1025, "none", None, None),
        (LOG_IN, 587, "starttls", "parley", "se cret"),
        (LOG_IN | {"PARLEY_SMTP_TLS": "none", "PARLEY_SMTP_HOST": "[::1]"}, 25, "none", "parley", "se cret"),
        (LOG_IN | {"PARLEY_SMTP_TLS": "none", "PARLEY_SMTP_HOST": "localhost"}, 25, "none", "parley", "se cret"),
    ],
)
def test_a_mail_server(
    secrets: Path, more: dict[str, str], port: int, tls: str, user: str | None, password: str | None
) -> None:
    found = settings(secrets, **(SMTP | more)).mail
    assert found == MailSettings(
        host=more.get("PARLEY_SMTP_HOST", "mail.example.org").strip("[]"),
        port=port,
        tls=tls,  # type: ignore[arg-type]
        user=user,
        password=password,
        sender=MailSender("Parley@example.org", "Parley"),
    )


def test_the_password_of_the_mail_server_may_be_a_secret(secrets: Path) -> None:
    (secrets / "smtp_password").write_text("from a file\n")
    found = settings(secrets, **SMTP, PARLEY_SMTP_USER="parley").mail
    assert found is not None
    assert found.password == "from a file"


def test_without_a_mail_server_there_is_none(secrets: Path) -> None:
    assert settings(secrets).mail is None
    assert settings(secrets, PARLEY_SMTP_TLS="tls", PARLEY_SMTP_PASSWORD="left over").mail is None


@pytest.mark.parametrize(
    ("given", "missing", "says"),
    [
        ({"PARLEY_SMTP_FROM": "parley@example.org"}, "PARLEY_SMTP_HOST", "the mail server is missing"),
        (LOG_IN, "PARLEY_SMTP_HOST", "the mail server is missing"),
        ({"PARLEY_SMTP_HOST": "mail.example.org"}, "PARLEY_SMTP_FROM", "it is missing"),
        (SMTP | {"PARLEY_SMTP_USER": "parley"}, "PARLEY_SMTP_PASSWORD", "come together"),
        (SMTP | {"PARLEY_SMTP_PASSWORD": "se cret"}, "PARLEY_SMTP_USER", "come together"),
        (SMTP | LOG_IN | {"PARLEY_SMTP_TLS": "none"}, "PARLEY_SMTP_TLS", "could be read on its way"),
    ],
)
def test_what_a_mail_server_needs(secrets: Path, given: dict[str, str], missing: str, says: str) -> None:
    with pytest.raises(BadSetting) as caught:
        settings(secrets, **given)
    line = str(caught.value)
    assert line.startswith(f"{missing}: ")
    assert says in line
    assert "\n" not in line
    assert "se cret" not in line


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


def test_metrics_are_off_and_then_for_this_machine_or_for_who_knows_the_token(secrets: Path) -> None:
    assert settings(secrets).metrics is None
    assert settings(secrets, PARLEY_METRICS="localhost:9464").metrics == MetricsSettings("127.0.0.1", 9464, None)
    assert settings(secrets, PARLEY_METRICS="[::1]:0").metrics == MetricsSettings("::1", 0, None)
    with pytest.raises(BadSetting, match=r"PARLEY_METRICS_TOKEN: anybody who reaches 0\.0\.0\.0 could read"):
        settings(secrets, PARLEY_METRICS="0.0.0.0:9464")
    (secrets / "metrics_token").write_text("sesame\n")
    found = settings(secrets, PARLEY_METRICS="0.0.0.0:9464").metrics
    assert found == MetricsSettings("0.0.0.0", 9464, "sesame")


@pytest.mark.parametrize("written", ["9464", "127.0.0.1", "example.org:1", "127.0.0.1,::1:1", "127.0.0.1:x", ":9464"])
def test_what_is_no_listener(secrets: Path, written: str) -> None:
    with pytest.raises(BadSetting, match="PARLEY_METRICS: "):
        settings(secrets, PARLEY_METRICS=written)


def test_requests_are_logged_when_asked(secrets: Path) -> None:
    assert not settings(secrets).log.requests
    assert settings(secrets, PARLEY_LOG_REQUESTS="on").log.requests


def test_files_lie_in_a_folder_unless_a_bucket_is_named(secrets: Path) -> None:
    found = settings(secrets).files
    assert (found.bucket, found.folder, found.origin) == (None, None, None)
    assert (found.max_bytes, found.quota_bytes) == (25 << 20, 2 << 30)
    found = settings(secrets, PARLEY_FILES_FOLDER="/mnt/files", PARLEY_FILES_MAX_SIZE="1 gb").files
    assert (found.folder, found.max_bytes) == (Path("/mnt/files"), 1 << 30)


def test_a_bucket_has_an_address_and_a_key_from_secrets(secrets: Path) -> None:
    (secrets / "files_key_id").write_text("key\n")
    (secrets / "files_secret").write_text("hush\n")
    found = settings(
        secrets, PARLEY_FILES_STORE="s3://my-files/parley/", PARLEY_FILES_ENDPOINT="https://s3.example.org/"
    ).files
    assert found.bucket == BucketSettings("my-files", "parley", "https://s3.example.org", "us-east-1", "key", "hush")


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"PARLEY_FILES_STORE": "ftp://x"}, "PARLEY_FILES_STORE"),
        ({"PARLEY_FILES_STORE": "s3://UPPER"}, "PARLEY_FILES_STORE"),
        ({"PARLEY_FILES_STORE": "s3://abc", "PARLEY_FILES_KEY_ID": "k"}, "PARLEY_FILES_SECRET"),
        ({"PARLEY_FILES_STORE": "s3://abc", "PARLEY_FILES_SECRET": "k"}, "PARLEY_FILES_KEY_ID"),
        ({"PARLEY_FILES_STORE": "s3://abc", "PARLEY_FILES_FOLDER": "/x"}, "PARLEY_FILES_FOLDER"),
        ({"PARLEY_FILES_STORE": "s3://abc", "PARLEY_FILES_ENDPOINT": "s3.example.org"}, "PARLEY_FILES_ENDPOINT"),
        ({"PARLEY_FILES_ENDPOINT": "https://s3.example.org"}, "PARLEY_FILES_STORE"),
        ({"PARLEY_FILES_MAX_SIZE": "much"}, "PARLEY_FILES_MAX_SIZE"),
        ({"PARLEY_FILES_MAX_SIZE": "0"}, "PARLEY_FILES_MAX_SIZE"),
        ({"PARLEY_FILES_ORIGIN": "https://files.example.org/path"}, "PARLEY_FILES_ORIGIN"),
    ],
)
def test_what_is_said_of_files_has_to_fit(secrets: Path, variables: dict[str, str], name: str) -> None:
    with pytest.raises(BadSetting) as refused:
        settings(secrets, **variables)
    assert refused.value.name == name

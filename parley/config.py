"""Settings: what each means, where it comes from, and what to write when it is wrong.

Defaults, then the file (TOML, ``--config`` or ``PARLEY_CONFIG``), then secrets files, then the environment, then the command
line; the later wins. Everything is read once, at the start, into frozen structs.
"""

from __future__ import annotations

import dataclasses
import ipaddress
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from parley import values as read
from parley.values import LOOPBACK, IPNetwork, MailSender

EVERY_ADDRESS: Final = ("0.0.0.0", "::")  # noqa: S104 - chosen only when TLS is there

LETS_ENCRYPT: Final = "https://acme-v02.api.letsencrypt.org/directory"


class BadSetting(Exception):
    """``str()`` is one line for people: the setting, what is wrong, what to write."""

    def __init__(self, name: str, problem: str, advice: str) -> None:
        super().__init__(f"{name}: {problem}. {advice}")
        self.name = name


@dataclass(frozen=True, slots=True)
class HttpSettings:
    hosts: tuple[str, ...]
    """IP addresses to listen on."""
    port: int
    trusted_proxies: tuple[IPNetwork, ...]
    """Whose X-Forwarded-For and X-Forwarded-Proto count. Not empty: TLS ends there, and this process speaks plain HTTP."""
    web: Path | None
    """The built web client, if not the one that comes with Parley."""
    redirect_port: int | None
    """Of plain HTTP, which sends people on to HTTPS; None: there is none."""
    redirect_asked_for: bool
    """The server does not start without it."""


@dataclass(frozen=True, slots=True)
class TlsSettings:
    fullchain: Path
    private_key: Path


@dataclass(frozen=True, slots=True)
class AcmeSettings:
    """An authority that issues the certificate (RFC 8555)."""

    directory: str
    email: str | None
    """Whom the authority may write to."""


@dataclass(frozen=True, slots=True)
class StorageSettings:
    data: Path
    """Everything that Parley keeps: database, secrets, certificates. Absolute."""
    database_url: str
    database_password: str | None
    """In the place of the one in the address."""
    database_ca: Path | None
    """Certificates of the authority that has to vouch for the database's server; None: whatever the address says about TLS."""
    redis_url: str | None
    """For the bus and the cache of several processes; None: there is one process."""


@dataclass(frozen=True, slots=True)
class MediaSettings:
    port: int
    """UDP; 0 takes a free one."""
    public_ip: tuple[str, ...]
    """Addresses told to clients, where this machine's own are not reachable from outside."""


@dataclass(frozen=True, slots=True)
class AccountSettings:
    sign_up: Literal["open", "invitation", "closed"]
    email: Literal["optional", "required"]
    """Whether an account needs a mail address."""
    bots: Literal["everyone", "operators"]
    """Who makes them."""
    deletion_grace_days: int
    """In which somebody may come back who asked for the end of their account."""


@dataclass(frozen=True, slots=True)
class PreviewSettings:
    """Of links in messages: whether this server looks at the pages behind them."""

    enabled: bool
    ports: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MailSettings:
    """A mail server that takes what Parley sends."""

    host: str
    port: int
    tls: Literal["starttls", "tls", "none"]
    user: str | None
    password: str | None
    sender: MailSender


@dataclass(frozen=True, slots=True)
class MetricsSettings:
    """A listener of its own for Prometheus."""

    host: str
    port: int
    token: str | None
    """That has to be shown; None only on loopback."""


@dataclass(frozen=True, slots=True)
class BucketSettings:
    """S3-compatible storage."""

    name: str
    prefix: str
    endpoint: str | None
    """None: Amazon's own, in the region."""
    region: str
    key_id: str | None
    secret: str | None
    """Without both of them what the machine itself is allowed."""


@dataclass(frozen=True, slots=True)
class FileSettings:
    bucket: BucketSettings | None
    """None: the folder ``blobs`` of the data folder, or ``folder``."""
    folder: Path | None
    max_bytes: int
    """Of one file."""
    quota_bytes: int
    """Of all files of one person."""
    origin: str | None
    """Where browsers get files from, if not from the server's own address."""


@dataclass(frozen=True, slots=True)
class LogSettings:
    level: Literal["debug", "info", "warning", "error"]
    format: Literal["auto", "text", "json"]
    """auto: text on a terminal, else JSON."""
    requests: bool = False
    """A line for each HTTP request: method, route, status, duration."""


@dataclass(frozen=True, slots=True)
class Settings:
    server_name: str | None
    """``host`` or ``host:port`` as people reach it; None: whatever name they use."""
    http: HttpSettings
    tls: TlsSettings | None
    acme: AcmeSettings | None
    storage: StorageSettings
    media: MediaSettings
    accounts: AccountSettings
    previews: PreviewSettings
    files: FileSettings
    mail: MailSettings | None
    """None: mails are shown to the operator."""
    log: LogSettings
    metrics: MetricsSettings | None
    """None: nothing listens."""

    @property
    def scheme(self) -> Literal["http", "https"]:
        """What this process itself speaks. Plain HTTP only on loopback, or where a trusted proxy did TLS."""
        given = self.tls is not None or self.acme is not None
        if not given and (self.http.trusted_proxies or all(is_loopback(host) for host in self.http.hosts)):
            return "http"
        return "https"

    @property
    def self_signed(self) -> bool:
        """HTTPS is needed and nobody gave a certificate."""
        return self.scheme == "https" and self.tls is None and self.acme is None

    @property
    def address(self) -> str:
        """Where to open it, as far as this process knows."""
        if self.server_name and self.http.trusted_proxies:
            return f"https://{self.server_name}"
        default = 443 if self.scheme == "https" else 80
        if self.server_name and (":" in self.server_name or self.http.port == default):
            return f"{self.scheme}://{self.server_name}"
        if self.server_name:
            return f"{self.scheme}://{self.server_name}:{self.http.port}"
        host = self.http.hosts[0]
        if is_loopback(host) or ipaddress.ip_address(host).is_unspecified:
            host = "localhost"
        return f"{self.scheme}://{f'[{host}]' if ':' in host else host}:{self.http.port}"


def is_loopback(host: str) -> bool:
    return ipaddress.ip_address(host).is_loopback


# ---------------------------------------------------------------------------------------------------------- every setting


@dataclass(frozen=True, slots=True)
class _Setting:
    variable: str
    """In the environment."""
    read: Callable[[object], Any]
    default: object = ""
    held_in: str | None = None
    """Name of the file in the secrets folder that holds it; or, for paths, that is it."""


_SETTINGS: Final[Mapping[str, _Setting]] = {
    "server_name": _Setting("PARLEY_SERVER_NAME", read.server_name),
    "http.host": _Setting("PARLEY_HOST", read.addresses),
    "http.port": _Setting("PARLEY_PORT", read.port, 8080),
    "http.trusted_proxies": _Setting("PARLEY_TRUSTED_PROXIES", read.networks),
    "http.web": _Setting("PARLEY_WEB", read.path),
    "http.redirect_port": _Setting("PARLEY_REDIRECT_PORT", read.port_or_off),
    "tls.fullchain": _Setting("PARLEY_TLS_FULLCHAIN", read.path, held_in="tls_fullchain"),
    "tls.privkey": _Setting("PARLEY_TLS_PRIVKEY", read.path, held_in="tls_privkey"),
    "tls.acme": _Setting("PARLEY_ACME", read.switch, "off"),
    "tls.acme_email": _Setting("PARLEY_ACME_EMAIL", read.mail_address),
    "tls.acme_directory": _Setting("PARLEY_ACME_DIRECTORY", read.acme_directory, LETS_ENCRYPT),
    "tls.acme_agree": _Setting("PARLEY_ACME_AGREE", read.switch, "off"),
    "storage.data": _Setting("PARLEY_DATA", read.path, "./data"),
    "storage.database_url": _Setting("PARLEY_DATABASE_URL", read.database_url, held_in="database_url"),
    "storage.database_password": _Setting("PARLEY_DATABASE_PASSWORD", read.secret, held_in="database_password"),
    "storage.database_ca": _Setting("PARLEY_DATABASE_CA", read.path, held_in="database_ca"),
    "storage.redis_url": _Setting("PARLEY_REDIS_URL", read.redis_url, held_in="redis_url"),
    "media.port": _Setting("PARLEY_MEDIA_PORT", read.port, 7882),
    "media.public_ip": _Setting("PARLEY_PUBLIC_IP", read.public_addresses),
    "accounts.sign_up": _Setting("PARLEY_SIGN_UP", read.choice("open", "invitation", "closed"), "open"),
    "accounts.bots": _Setting("PARLEY_BOTS", read.choice("everyone", "operators"), "everyone"),
    "accounts.deletion_grace_days": _Setting("PARLEY_DELETION_GRACE_DAYS", read.days(365), 14),
    "previews.enabled": _Setting("PARLEY_PREVIEWS", read.choice("on", "off"), "on"),
    "previews.ports": _Setting("PARLEY_PREVIEW_PORTS", read.ports, "80,443"),
    "accounts.email": _Setting("PARLEY_EMAIL", read.choice("optional", "required"), "optional"),
    "files.store": _Setting("PARLEY_FILES_STORE", read.file_store, "folder"),
    "files.folder": _Setting("PARLEY_FILES_FOLDER", read.path),
    "files.endpoint": _Setting("PARLEY_FILES_ENDPOINT", read.origin),
    "files.region": _Setting("PARLEY_FILES_REGION", read.words, "us-east-1"),
    "files.key_id": _Setting("PARLEY_FILES_KEY_ID", read.secret, held_in="files_key_id"),
    "files.secret": _Setting("PARLEY_FILES_SECRET", read.secret, held_in="files_secret"),
    "files.max_size": _Setting("PARLEY_FILES_MAX_SIZE", read.size_bytes, "25 MB"),
    "files.quota": _Setting("PARLEY_FILES_QUOTA", read.size_bytes, "2 GB"),
    "files.origin": _Setting("PARLEY_FILES_ORIGIN", read.origin),
    "smtp.host": _Setting("PARLEY_SMTP_HOST", read.mail_host),
    "smtp.port": _Setting("PARLEY_SMTP_PORT", read.port, 0),
    "smtp.tls": _Setting("PARLEY_SMTP_TLS", read.choice("starttls", "tls", "none"), "starttls"),
    "smtp.user": _Setting("PARLEY_SMTP_USER", read.words),
    "smtp.password": _Setting("PARLEY_SMTP_PASSWORD", read.secret, held_in="smtp_password"),
    "smtp.from": _Setting("PARLEY_SMTP_FROM", read.mail_sender),
    "log.level": _Setting("PARLEY_LOG_LEVEL", read.choice("debug", "info", "warning", "error"), "info"),
    "log.requests": _Setting("PARLEY_LOG_REQUESTS", read.choice("on", "off"), "off"),
    "metrics.listen": _Setting("PARLEY_METRICS", read.listener),
    "metrics.token": _Setting("PARLEY_METRICS_TOKEN", read.secret, held_in="metrics_token"),
    "log.format": _Setting("PARLEY_LOG_FORMAT", read.choice("auto", "text", "json"), "auto"),
}

VARIABLES: Final = frozenset(setting.variable for setting in _SETTINGS.values())
"""Every setting's name in the environment."""


def load(
    environment: Mapping[str, str],
    *,
    file: Path | None = None,
    overrides: Mapping[str, object] | None = None,
    secrets: Path = Path("/run/secrets"),
) -> Settings:
    """Settings from every source. ``overrides`` (the command line) has keys such as ``http.port``.

    Raises :class:`BadSetting`.
    """
    if file is None and environment.get("PARLEY_CONFIG"):
        file = Path(environment["PARLEY_CONFIG"])
    written = _read_file(file) if file else {}
    values: dict[str, Any] = {}
    for key, setting in _SETTINGS.items():
        name, raw = _source(key, setting, environment, written, overrides or {}, secrets)
        try:
            values[key] = setting.read(raw)
        except read.Refused as refused:
            problem, advice = refused.args
            raise BadSetting(name, problem, advice) from None
    return _settings(values)


def _source(
    key: str,
    setting: _Setting,
    environment: Mapping[str, str],
    written: Mapping[str, object],
    overrides: Mapping[str, object],
    secrets: Path,
) -> tuple[str, object]:
    """The name that people know the setting by where it was given, and its raw value."""
    if overrides.get(key) is not None:
        return f"--{key.rpartition('.')[2].replace('_', '-')}", overrides[key]
    if environment.get(setting.variable, "").strip():
        return setting.variable, environment[setting.variable]
    if setting.held_in is not None and (secrets / setting.held_in).exists():
        path = secrets / setting.held_in
        return str(path), str(path) if setting.read is read.path else _read_secret(path)
    if key in written:
        return key, written[key]
    return setting.variable, setting.default


def _read_secret(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise BadSetting(str(path), "this secret cannot be read", "Let the user that runs Parley read it") from None


def _read_file(path: Path) -> dict[str, object]:
    try:
        sections = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSetting(
            str(path), f"the settings file cannot be read ({error.strerror})", "Name one that can"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSetting(str(path), f"this is not TOML ({error})", "See docs/self-hosting.md for an example") from None
    found: dict[str, object] = {}
    for name, value in sections.items():
        found |= {f"{name}.{key}": inner for key, inner in value.items()} if isinstance(value, dict) else {name: value}
    for key in found:
        if key not in _SETTINGS:
            raise BadSetting(str(path), f"{key} is not a setting", f"Known are: {', '.join(_SETTINGS)}")
    return found


def _settings(values: Mapping[str, Any]) -> Settings:
    data = values["storage.data"]
    if data is None:
        raise BadSetting("PARLEY_DATA", "it is empty", "Name a folder, for example ./data")
    tls = _tls(values["tls.fullchain"], values["tls.privkey"])
    acme = _acme(values, tls)
    proxies = values["http.trusted_proxies"]
    found = Settings(
        server_name=values["server_name"],
        http=HttpSettings(
            hosts=values["http.host"] or (EVERY_ADDRESS if (tls or acme) and not proxies else LOOPBACK),
            port=values["http.port"],
            trusted_proxies=proxies,
            web=values["http.web"],
            redirect_port=None,
            redirect_asked_for=False,
        ),
        tls=tls,
        acme=acme,
        storage=StorageSettings(
            data=data,
            database_url=values["storage.database_url"] or f"sqlite:///{data / 'parley.db'}",
            database_password=values["storage.database_password"],
            database_ca=values["storage.database_ca"],
            redis_url=values["storage.redis_url"],
        ),
        media=MediaSettings(port=values["media.port"], public_ip=values["media.public_ip"]),
        previews=PreviewSettings(enabled=values["previews.enabled"] == "on", ports=values["previews.ports"]),
        files=_files(values),
        accounts=AccountSettings(
            sign_up=values["accounts.sign_up"],
            email=values["accounts.email"],
            deletion_grace_days=values["accounts.deletion_grace_days"],
            bots=values["accounts.bots"],
        ),
        mail=_mail(values),
        log=LogSettings(
            level=values["log.level"], format=values["log.format"], requests=values["log.requests"] == "on"
        ),
        metrics=_metrics(values["metrics.listen"], values["metrics.token"]),
    )
    return dataclasses.replace(found, http=_with_redirect(found, values["http.redirect_port"]))


def _with_redirect(settings: Settings, asked_for: int | None) -> HttpSettings:
    """``asked_for``: None is what fits best, 0 is none."""
    if asked_for is None:
        fits = settings.acme is not None or (settings.http.port == 443 and settings.scheme == "https")
        if not fits or settings.server_name is None:
            return settings.http
        return dataclasses.replace(settings.http, redirect_port=80, redirect_asked_for=settings.acme is not None)
    if asked_for == 0:
        if settings.acme is not None:
            raise BadSetting(
                "PARLEY_REDIRECT_PORT",
                "without it the authority cannot see that this server has its name",
                "Write 80, or the port that 80 is forwarded to",
            )
        return settings.http
    if settings.scheme == "http":
        raise BadSetting(
            "PARLEY_REDIRECT_PORT",
            "this server speaks plain HTTP, so there is nowhere to send people on to",
            "Leave that to the proxy that does TLS, or give a certificate",
        )
    if settings.server_name is None:
        raise BadSetting(
            "PARLEY_REDIRECT_PORT", "people are sent on to one name alone", "Name it with PARLEY_SERVER_NAME"
        )
    if asked_for == settings.http.port:
        raise BadSetting("PARLEY_REDIRECT_PORT", f"{asked_for} is the port of HTTPS", "Write another, as a rule 80")
    return dataclasses.replace(settings.http, redirect_port=asked_for, redirect_asked_for=True)


def _acme(values: Mapping[str, Any], tls: TlsSettings | None) -> AcmeSettings | None:
    if not values["tls.acme"]:
        return None
    if tls is not None:
        raise BadSetting("PARLEY_ACME", "there is a certificate already", "Give one, or have one issued, not both")
    if values["http.trusted_proxies"]:
        raise BadSetting("PARLEY_ACME", "the proxy in PARLEY_TRUSTED_PROXIES does TLS", "Have it get the certificate")
    name = values["server_name"]
    if name is None or "." not in name or name.partition(":")[0].rpartition(".")[2].isdigit():
        raise BadSetting(
            "PARLEY_ACME",
            "a certificate is issued for a public host name",
            "Set PARLEY_SERVER_NAME, for example chat.example.org",
        )
    if not values["tls.acme_agree"]:
        raise BadSetting(
            "PARLEY_ACME_AGREE",
            "the authority issues certificates to those who agree to its terms",
            "Read them (Let's Encrypt: https://letsencrypt.org/repository) and write true",
        )
    return AcmeSettings(values["tls.acme_directory"], values["tls.acme_email"])


def _tls(fullchain: Path | None, private_key: Path | None) -> TlsSettings | None:
    if fullchain is None and private_key is None:
        return None
    if fullchain is None or private_key is None:
        missing = "PARLEY_TLS_FULLCHAIN" if fullchain is None else "PARLEY_TLS_PRIVKEY"
        raise BadSetting(missing, "a certificate and its key come together", "Set both, or neither")
    return TlsSettings(fullchain, private_key)


def _metrics(listen: tuple[str, int] | None, token: str | None) -> MetricsSettings | None:
    if listen is None:
        return None
    host, port = listen
    if token is None and not is_loopback(host):
        raise BadSetting(
            "PARLEY_METRICS_TOKEN",
            f"anybody who reaches {host} could read the metrics",
            "Set one, or listen on 127.0.0.1",
        )
    return MetricsSettings(host, port, token)


def _files(values: Mapping[str, Any]) -> FileSettings:
    place, endpoint, key_id, secret = (values[f"files.{name}"] for name in ("store", "endpoint", "key_id", "secret"))
    if (key_id is None) != (secret is None):
        missing = "PARLEY_FILES_KEY_ID" if key_id is None else "PARLEY_FILES_SECRET"
        raise BadSetting(missing, "a key and its secret come together", "Set both, or neither")
    if place is None and endpoint is not None:
        raise BadSetting("PARLEY_FILES_STORE", "the bucket is missing", "Name it: s3://bucket/prefix")
    if place is not None and values["files.folder"] is not None:
        raise BadSetting("PARLEY_FILES_FOLDER", "files go into a bucket already", "Set one of the two")
    bucket = None
    if place is not None:
        region = values["files.region"] or "us-east-1"
        bucket = BucketSettings(place.bucket, place.prefix, endpoint, region, key_id, secret)
    if values["files.max_size"] < 1:
        raise BadSetting("PARLEY_FILES_MAX_SIZE", "nothing is that small", "Write for example 25 MB")
    return FileSettings(
        bucket=bucket,
        folder=values["files.folder"],
        max_bytes=values["files.max_size"],
        quota_bytes=values["files.quota"],
        origin=values["files.origin"],
    )


_SMTP_PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}


def _mail(values: Mapping[str, Any]) -> MailSettings | None:
    host, tls, user, password = (values[f"smtp.{name}"] for name in ("host", "tls", "user", "password"))
    sender = values["smtp.from"]
    if host is None:
        if user is not None or sender is not None:
            raise BadSetting(
                "PARLEY_SMTP_HOST", "the mail server is missing", "Name it, or no PARLEY_SMTP setting at all"
            )
        return None
    if sender is None:
        raise BadSetting("PARLEY_SMTP_FROM", "it is missing", "Write the sender of mails: Parley <parley@example.org>")
    if (user is None) != (password is None):
        missing = "PARLEY_SMTP_USER" if user is None else "PARLEY_SMTP_PASSWORD"
        raise BadSetting(missing, "a user and a password come together", "Set both, or neither")
    if tls == "none" and user is not None and not _is_here(host):
        raise BadSetting(
            "PARLEY_SMTP_TLS", "without TLS the password could be read on its way", "Write starttls or tls"
        )
    port = values["smtp.port"] or _SMTP_PORTS[tls]
    return MailSettings(host=host, port=port, tls=tls, user=user, password=password, sender=sender)


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or is_loopback(host)
    except ValueError:
        return False

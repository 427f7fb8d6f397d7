"""What one setting may say: each function here reads the value of a setting as it was written, text or what TOML has."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from server.domain.errors import Invalid
from server.domain.mail import clean_address

IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

LOOPBACK: Final = ("127.0.0.1", "::1")


class Refused(ValueError):
    """A value cannot be taken: (problem, advice)."""


def text_of(value: object) -> str:
    if not isinstance(value, str):
        raise Refused(f"{value!r} is not text", 'Put it in quotes: "..."')
    if "\0" in value:
        raise Refused(f"{value!r} has a NUL in it", "Write it without")
    return value.strip()


def words(value: object) -> str | None:
    return text_of(value) or None


def secret(value: object) -> str | None:
    """As :func:`words`, of what is not to be shown."""
    try:
        return words(value)
    except Refused:
        raise Refused("this is no text that can be used", "Write it in quotes and without NUL") from None


def list_of(value: object) -> list[str]:
    """A TOML list, or text with commas."""
    items = value if isinstance(value, list) else text_of(value).split(",")
    return [text for item in items if (text := text_of(item))]


_LABEL: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


def server_name(value: object) -> str | None:
    name = text_of(value).lower()
    if not name:
        return None
    host, colon, port = name.partition(":")
    good = len(host) <= 253 and all(_LABEL.fullmatch(label) for label in host.split("."))
    if not good or (colon and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536)):
        raise Refused(
            f"{name!r} is not a server name", "Write the host name as people reach it, for example chat.example.org"
        )
    return name


def addresses(value: object) -> tuple[str, ...]:
    found: list[str] = []
    for item in list_of(value):
        if item == "localhost":
            found += LOOPBACK
            continue
        try:
            found.append(str(ipaddress.ip_address(item.strip("[]"))))
        except ValueError:
            raise Refused(
                f"{item!r} is not an IP address", "Write addresses with commas, for example 0.0.0.0,::"
            ) from None
    return tuple(dict.fromkeys(found))


def public_addresses(value: object) -> tuple[str, ...]:
    found = addresses(value)
    for item in found:
        address = ipaddress.ip_address(item)
        if address.is_unspecified or address.is_multicast or "%" in item:
            raise Refused(f"{item} is no address that a client could reach", "Write this server's own public address")
    return found


def networks(value: object) -> tuple[IPNetwork, ...]:
    try:
        return tuple(ipaddress.ip_network(item) for item in list_of(value))
    except ValueError as error:
        raise Refused(
            str(error), "Write addresses or networks with commas, for example 127.0.0.1,172.16.0.0/12"
        ) from None


def port(value: object) -> int:
    text = str(value) if isinstance(value, int) else text_of(value)
    if not (text.isascii() and text.isdigit()) or len(text) > 5 or int(text) > 65535:
        raise Refused(f"{value!r} is not a port", "Write a number from 1 to 65535 (0 takes a free one)")
    return int(text)


def ports(value: object) -> tuple[int, ...]:
    items = value if isinstance(value, list) else list_of(value)
    found = tuple(port(item) for item in items)
    if not found or 0 in found:
        raise Refused(f"{value!r} names no ports", "Write numbers with commas, for example 80,443")
    return found


def listener(value: object) -> tuple[str, int] | None:
    """``127.0.0.1:9464`` or ``[::1]:9464``."""
    text = text_of(value)
    if not text:
        return None
    host, colon, number = text.rpartition(":")
    if not colon:
        raise Refused(f"{text!r} names no port", "Write an address and a port, for example 127.0.0.1:9464")
    found = addresses(host)
    if len(found) != 1 and host != "localhost":
        raise Refused(f"{text!r} is not one address with a port", "Write it like 127.0.0.1:9464 or [::1]:9464")
    return found[0], port(number)


def port_or_off(value: object) -> int | None:
    """0 is off, None is for the server to choose."""
    if value is False or (isinstance(value, str) and value.strip().lower() in {"off", "false", "no"}):
        return 0
    return None if value == "" else port(value)


_SWITCH: Final = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


def switch(value: object) -> bool:
    if isinstance(value, bool):
        return value
    found = _SWITCH.get(str(value).strip().lower())
    if found is None:
        raise Refused(f"{value!r} is neither true nor false", "Write true or false")
    return found


def acme_directory(value: object) -> str:
    """Also plain HTTP to this machine itself, for trying things out."""
    text = text_of(value)
    if not re.fullmatch(r"https://[^/?#@\s]+(/\S*)?|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/\S*)?", text):
        raise Refused(
            f"{text!r} is not the directory of an ACME authority", "Write its address, which begins with https://"
        )
    return text


def path(value: object) -> Path | None:
    text = text_of(value)
    try:
        return Path(text).expanduser().absolute() if text else None
    except RuntimeError:
        raise Refused(f"{text!r} begins with somebody who is not known here", "Write the path from / on") from None


def database_url(value: object) -> str | None:
    url = secret(value) or ""
    if url and not re.match(r"sqlite:///|(postgresql|mysql|mariadb)://", url):
        # The whole value may hold a password, so it is not shown.
        raise Refused(
            "this kind of database is not supported",
            "Write sqlite:////absolute/path/parley.db, postgresql://user@host/name or mysql://user@host/name",
        )
    return url or None


_REDIS: Final = re.compile(
    r"""(rediss?://([^@/?#]*@)?(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?(/[0-9]{0,4})?|unix://([^@/?#]*@)?/[^?#]+)(\?\S*)?""",
    re.IGNORECASE,
)


def redis_url(value: object) -> str | None:
    url = secret(value)
    if url and not _REDIS.fullmatch(url):
        # Not shown: there may be a password in it.
        raise Refused("this is not the address of a Redis", "Write it like redis://:password@redis.example.org:6379/0")
    return url


_SIZE: Final = re.compile(r"(\d{1,12})\s*(|b|kb|mb|gb|tb)", re.IGNORECASE)
_UNITS: Final = {"": 1, "b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40}


def size_bytes(value: object) -> int:
    found = _SIZE.fullmatch(str(value) if isinstance(value, int) else text_of(value))
    if found is None:
        raise Refused(f"{value!r} is not a size", "Write a number and its unit, for example 100 MB")
    return int(found[1]) * _UNITS[found[2].lower()]


class S3Place(NamedTuple):
    bucket: str
    prefix: str


_S3: Final = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(/(?P<prefix>[A-Za-z0-9._/-]*))?")


def file_store(value: object) -> S3Place | None:
    """None: a folder."""
    text = text_of(value)
    if text in ("", "folder"):
        return None
    found = _S3.fullmatch(text)
    if found is None:
        raise Refused(f"{text!r} is no place for files", "Write folder, or s3://bucket/prefix")
    return S3Place(found["bucket"], (found["prefix"] or "").strip("/"))


_ORIGIN: Final = re.compile(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")


def origin(value: object) -> str | None:
    """Plain HTTP only for a machine's own."""
    text = text_of(value).lower().rstrip("/")
    found = _ORIGIN.fullmatch(text)
    if not text:
        return None
    if found is None:
        raise Refused(f"{text!r} is no address of a server", "Write it like https://files.example.org, without a path")
    return text


def days(most: int) -> Callable[[object], int]:
    """A whole number of them."""

    def read(value: object) -> int:
        text = str(value) if isinstance(value, int) else text_of(value)
        if not (text.isascii() and text.isdigit()) or len(text) > 6 or int(text) > most:
            raise Refused(f"{value!r} is not a number of days", f"Write a number from 0 to {most}")
        return int(text)

    return read


def choice(*choices: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        text = text_of(value).lower()
        if text not in choices:
            raise Refused(f"{text!r} is not known", f"Write one of: {', '.join(choices)}")
        return text

    return read


_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?|[0-9a-f:.]+", re.IGNORECASE)


def mail_host(value: object) -> str | None:
    host = text_of(value).strip("[]")
    if host and not _HOST.fullmatch(host):
        raise Refused(f"{host!r} is not the name of a server", "Write a host name or an address, without a port")
    return host or None


def mail_address(value: object) -> str | None:
    text = text_of(value)
    try:
        return clean_address(text) if text else None
    except Invalid:
        raise Refused(f"{text!r} is not an e-mail address", "Write one, for example admin@example.org") from None


class MailSender(NamedTuple):
    address: str
    name: str


_SENDER: Final = re.compile(r"(?P<name>[^<>@]*)<(?P<address>[^<>]+)>")


def mail_sender(value: object) -> MailSender | None:
    text = text_of(value)
    if not text:
        return None
    found = _SENDER.fullmatch(text)
    name, address = (found["name"].strip().strip('"'), found["address"]) if found else ("", text)
    try:
        return MailSender(clean_address(address), name)
    except Invalid:
        raise Refused(
            f"{text!r} is not an e-mail address", "Write one, for example Parley <parley@example.org>"
        ) from None

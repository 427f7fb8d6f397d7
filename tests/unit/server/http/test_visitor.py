from __future__ import annotations

import ipaddress

import pytest

from server.domain.errors import Forbidden
from server.http.visitor import DoorPolicy, Visitor

PROXIES = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("127.0.0.1"), ipaddress.ip_network("::1"))


def policy(**fields: object) -> DoorPolicy:
    return DoorPolicy(**({"server_name": None, "port": 8080, "secure": False} | fields))  # type: ignore[arg-type]


def behind_proxy() -> DoorPolicy:
    return policy(trusted_proxies=PROXIES)


# --------------------------------------------------------------------------------------------------------- who it is


def test_without_a_proxy_the_connection_is_all_there_is() -> None:
    headers = {"Host": "LocalHost:8080", "X-Forwarded-For": "1.2.3.4", "X-Forwarded-Proto": "https"}
    assert policy().visitor("192.0.2.7", headers) == Visitor("192.0.2.7", "http", "localhost:8080", False)
    assert policy(secure=True).visitor("127.0.0.1", {}) == Visitor("127.0.0.1", "https", "", True)


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("6.6.6.6, 198.51.100.7", "198.51.100.7"),
        ("198.51.100.7, 10.0.0.9", "198.51.100.7"),
        ("198.51.100.7:4711", "198.51.100.7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("unknown", "10.0.0.2"),
        ("6.6.6.6, unknown", "10.0.0.2"),
        ("10.0.0.5, 10.0.0.9", "10.0.0.5"),
        ("", "10.0.0.2"),
    ],
)
def test_a_trusted_proxy_says_who_it_is(forwarded: str, address: str) -> None:
    found = behind_proxy().visitor("10.0.0.2", {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https"})
    assert (found.address, found.scheme, found.local) == (address, "https", False)


@pytest.mark.parametrize(
    ("proto", "scheme"),
    [("https", "https"), ("HTTPS", "https"), ("http", "http"), ("", "http"), ("https, http", "http"), ("ftp", "http")],
)
def test_the_nearest_proxy_says_what_it_spoke(proto: str, scheme: str) -> None:
    assert behind_proxy().visitor("10.0.0.2", {"X-Forwarded-Proto": proto}).scheme == scheme


def test_others_do_not_say_who_they_are() -> None:
    headers = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"}
    found = behind_proxy().visitor("192.0.2.9", headers)
    assert (found.address, found.scheme) == ("192.0.2.9", "http")


@pytest.mark.parametrize("peer", [None, "", "nonsense"])
def test_an_unknown_peer_is_nobody_local(peer: str | None) -> None:
    assert policy().visitor(peer, {}) == Visitor("0.0.0.0", "http", "", False)


def test_an_ipv4_peer_on_an_ipv6_socket_is_an_ipv4_peer() -> None:
    assert behind_proxy().visitor("::ffff:10.0.0.2", {"X-Forwarded-For": "198.51.100.7"}).address == "198.51.100.7"
    assert policy().visitor("::ffff:127.0.0.1", {}).local
    assert policy().visitor("fe80::1%eth0", {}).address == "fe80::1"


# ------------------------------------------------------------------------------------------------------- cleartext


def test_cleartext_is_for_this_machine() -> None:
    policy().refuse_cleartext(Visitor("127.0.0.1", "http", "localhost:8080", True))
    policy().refuse_cleartext(Visitor("198.51.100.7", "https", "chat.example.org", False))
    with pytest.raises(Forbidden) as caught:
        policy().refuse_cleartext(Visitor("198.51.100.7", "http", "chat.example.org", False))
    assert caught.value.code == "https_only"


# ---------------------------------------------------------------------------------------------------------- origin


def accepted(door: DoorPolicy, scheme: str, authority: str, origin: str | None, fetch_site: str | None = None) -> bool:
    visitor = Visitor("198.51.100.7", scheme, authority, False)  # type: ignore[arg-type]
    try:
        door.check_origin(visitor, origin, fetch_site)
    except Forbidden:
        return False
    return True


@pytest.mark.parametrize(
    ("scheme", "authority", "origin", "good"),
    [
        ("http", "localhost:8080", "http://localhost:8080", True),
        ("http", "localhost:8080", "HTTP://LOCALHOST:8080", True),
        ("https", "chat.example.org", "https://chat.example.org", True),
        ("https", "chat.example.org", "https://chat.example.org:443", True),
        ("https", "chat.example.org:443", "https://chat.example.org", True),
        ("https", "[2001:db8::1]:8080", "https://[2001:db8::1]:8080", True),
        ("https", "chat.example.org", "http://chat.example.org", False),
        ("http", "localhost:8080", "http://localhost:8081", False),
        ("http", "localhost:8080", "http://localhost", False),
        ("https", "chat.example.org", "https://evil.example", False),
        ("https", "chat.example.org", "https://chat.example.org.evil.example", False),
        ("https", "chat.example.org", "https://evil.example/chat.example.org", False),
        ("https", "chat.example.org", "https://chat.example.org@evil.example", False),
        ("https", "chat.example.org", "https://x@chat.example.org", False),
        ("https", "chat.example.org", "https://chat.example.org/", False),
        ("https", "chat.example.org", "null", False),
        ("https", "chat.example.org", "", False),
        ("https", "chat.example.org", "https://chat.example.org:99999", False),
        ("https", "chat.example.org", "https://[", False),
        ("https", "chat.example.org:x", "https://chat.example.org", False),
        ("https", "", "https://", False),
        ("https", "chat.example.org", None, False),
    ],
)
def test_without_a_name_origin_equals_host(scheme: str, authority: str, origin: str | None, good: bool) -> None:
    assert accepted(policy(), scheme, authority, origin) is good


@pytest.mark.parametrize(
    ("name", "origin", "good"),
    [
        ("chat.example.org", "https://chat.example.org", True),
        ("chat.example.org", "https://chat.example.org:443", True),
        ("chat.example.org", "https://chat.example.org:8080", True),
        ("chat.example.org", "https://chat.example.org:9090", False),
        ("chat.example.org", "https://evil.example", False),
        ("chat.example.org:8443", "https://chat.example.org:8443", True),
        ("chat.example.org:8443", "https://chat.example.org", False),
        ("chat.example.org:443", "https://chat.example.org", True),
    ],
)
def test_with_a_name_it_is_the_name_that_counts(name: str, origin: str, good: bool) -> None:
    # What the Host header says does not matter: with DNS rebinding it is the attacker's.
    for authority in ("chat.example.org", "evil.example", "10.0.0.2:8080"):
        assert accepted(policy(server_name=name), "https", authority, origin) is good


def test_without_an_origin_the_browser_may_say_same_origin() -> None:
    assert accepted(policy(), "http", "localhost:8080", None, "same-origin")
    assert not accepted(policy(), "http", "localhost:8080", None, "same-site")
    assert not accepted(policy(), "http", "localhost:8080", "http://evil.example", "same-origin")


def test_the_refusal_says_where_to_go() -> None:
    with pytest.raises(Forbidden) as caught:
        policy(server_name="chat.example.org").check_origin(Visitor("::1", "https", "x", True), "https://evil.example")
    assert caught.value.code == "bad_origin"
    assert caught.value.data == {"origin": "https://chat.example.org"}


# -------------------------------------------------------------------------------------------------- how it is called


@pytest.mark.parametrize(
    ("server_name", "host", "expected"),
    [
        ("talk.example.org", "other.example", "talk.example.org"),
        ("talk.example.org:8443", "", "talk.example.org"),
        (None, "localhost:8080", "localhost"),
        (None, "[::1]:8080", "::1"),
        (None, "", "localhost"),
        (None, "[bad", "localhost"),
    ],
)
def test_what_people_call_this_server(server_name: str | None, host: str, expected: str) -> None:
    visitor = Visitor("192.0.2.7", "https", host, False)
    assert policy(server_name=server_name).host(visitor) == expected

from __future__ import annotations

from pathlib import Path

import pytest

from parley.doctor import addresses
from parley.doctor.addresses import check_name, check_voice_address, leads_here, voice_addresses
from tests.support.doctor import levels, patient, said

PUBLIC, PRIVATE = "8.8.4.4", "192.168.1.5"


@pytest.mark.parametrize(
    ("told", "own", "container", "local", "level", "says"),
    [
        ((), [PUBLIC], False, False, "pass", "this machine's addresses"),
        ((), [PRIVATE], False, False, "warn", "PARLEY_PUBLIC_IP"),
        ((), [PRIVATE], False, True, "pass", "its own network"),
        ((), [PUBLIC], True, True, "warn", "the container's own"),
        ((), [], False, False, "warn", "none but loopback"),
        ((PUBLIC,), [PUBLIC], False, False, "pass", "which this machine has"),
        ((PUBLIC,), [PRIVATE], False, False, "pass", "has to forward"),
        (("192.168.1.9",), [PRIVATE], False, False, "warn", "private and not this machine's"),
        (("127.0.0.1",), [PRIVATE], False, False, "warn", "this machine alone"),
    ],
)
def test_what_browsers_are_told(
    told: tuple[str, ...], own: list[str], container: bool, local: bool, level: str, says: str
) -> None:
    found = voice_addresses(told, own, in_container=container, local=local)
    assert levels(found) == [level]
    assert says in said(found)


def test_it_looks_at_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "own_addresses", lambda: (PUBLIC,))
    monkeypatch.setattr(addresses, "_CONTAINER_MARKS", (str(tmp_path / "none"),))
    assert levels(check_voice_address(patient(tmp_path))) == ["pass"]
    monkeypatch.setattr(addresses, "_CONTAINER_MARKS", (str(tmp_path),))
    assert levels(check_voice_address(patient(tmp_path))) == ["warn"]


async def test_the_name(tmp_path: Path) -> None:
    assert levels(await check_name(patient(tmp_path))) == ["pass"]
    assert levels(await check_name(patient(tmp_path, PARLEY_SERVER_NAME="localhost:8443"))) == ["pass"]
    found = await check_name(patient(tmp_path, PARLEY_SERVER_NAME="nowhere.invalid"))
    assert levels(found) == ["fail"]
    assert "Make an A record" in said(found)


def test_where_the_name_leads() -> None:
    def level(leads_to: list[str], *, proxied: bool = False) -> list[str]:
        return levels([leads_here("chat.example.org", leads_to, {PUBLIC, PRIVATE}, proxied=proxied)])

    assert level([PUBLIC]) == level(["127.0.0.1"]) == level(["127.0.0.1", PRIVATE]) == ["pass"]
    assert level([PUBLIC, "1.1.1.1"]) == ["warn"]
    assert level(["1.1.1.1"], proxied=True) == ["pass"]

"""The second step of a log-in and passkeys over HTTP: statuses, cookies, and under which name a browser sees the server."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.domain.factors import step_at, totp_code
from tests.support.actions import House, open_house
from tests.support.authenticator import SoftAuthenticator, base64url
from tests.support.door import PASSWORD, Visitor, open_door
from tests.support.factors import octets

pytestmark = pytest.mark.integration

COOKIE = "__Host-parley_refresh"
ANNA = {"username": "anna", "password": PASSWORD}
MINE = "/api/users/@me/factors"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


@pytest.fixture
async def visitor(house: House) -> AsyncIterator[Visitor]:
    async with open_door(house) as visitor:
        yield visitor


def browser(visitor: Visitor) -> SoftAuthenticator:
    return SoftAuthenticator(host=visitor.client.host, origin=visitor.origin)


def signed(device: SoftAuthenticator, question: dict[str, Any]) -> dict[str, str]:
    made = device.sign(octets(question["challenge"]))
    return {name: base64url(getattr(made, name)) for name in made.__struct_fields__}


async def add_passkey(visitor: Visitor, token: str, device: SoftAuthenticator) -> dict[str, Any]:
    wish = await visitor.ask("POST", f"{MINE}/passkeys/challenge", token=token)
    assert wish.json["rp_id"] == visitor.client.host
    made = device.make(octets(wish.json["challenge"]))
    body = {"client_data": base64url(made.client_data), "attestation": base64url(made.attestation), "name": "Key"}
    answer = await visitor.ask("POST", f"{MINE}/passkeys", body, token=token)
    assert answer.status == 201, answer.json
    found: dict[str, Any] = answer.json
    return found


async def test_an_app_from_its_secret_to_the_session(visitor: Visitor) -> None:
    token = await visitor.sign_up("anna")
    begun = await visitor.ask("POST", f"{MINE}/app", token=token)
    secret = base64.b32decode(begun.json["secret"])
    step = step_at(visitor.house.clock.ms)
    confirmed = await visitor.ask("PUT", f"{MINE}/app", {"code": totp_code(secret, step)}, token=token)
    assert len(confirmed.json["recovery_codes"]) == 10
    half = await visitor.ask("POST", "/api/auth/login", ANNA)
    assert (half.status, set(half.json)) == (202, {"factor"})
    assert not half.cookies
    shown = {"ticket": half.json["factor"]["ticket"], "code": totp_code(secret, step + 1)}
    whole = await visitor.ask("POST", "/api/auth/login/factor", shown)
    assert (whole.status, whole.json["me"]["username"]) == (200, "anna")
    assert whole.cookies[COOKIE].value
    assert "refresh_token" not in whole.json
    assert (await visitor.get("/api/users/@me", whole.json["access_token"])).status == 200


async def test_another_client_gets_its_tokens_in_the_body(visitor: Visitor) -> None:
    device = browser(visitor)
    made = await add_passkey(visitor, await visitor.sign_up("anna"), device)
    half = await visitor.ask("POST", "/api/auth/login", ANNA)
    shown = {"ticket": half.json["factor"]["ticket"], "recovery_code": made["recovery_codes"][0], "tokens": "body"}
    whole = await visitor.ask("POST", "/api/auth/login/factor", shown)
    assert whole.json["refresh_token"]
    assert not whole.cookies


async def test_a_passkey_by_itself_and_as_a_second_factor(visitor: Visitor) -> None:
    device = browser(visitor)
    await add_passkey(visitor, await visitor.sign_up("anna"), device)
    question = await visitor.ask("POST", "/api/auth/passkey/challenge")
    alone = await visitor.ask("POST", "/api/auth/passkey", {"passkey": signed(device, question.json)})
    assert (alone.status, alone.json["me"]["username"]) == (200, "anna")
    assert alone.cookies[COOKIE].value
    half = await visitor.ask("POST", "/api/auth/login", ANNA)
    given = {"ticket": half.json["factor"]["ticket"]}
    question = await visitor.ask("POST", "/api/auth/login/factor/passkey", given)
    assert question.json["allow"] == [base64url(device.credential_id)]
    whole = await visitor.ask("POST", "/api/auth/login/factor", given | {"passkey": signed(device, question.json)})
    assert whole.status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:1"])
async def test_a_page_of_another_cannot_use_a_passkey(visitor: Visitor, origin: str) -> None:
    device = browser(visitor)
    await add_passkey(visitor, await visitor.sign_up("anna"), device)
    question = await visitor.ask("POST", "/api/auth/passkey/challenge")
    device.origin = origin
    answer = await visitor.ask("POST", "/api/auth/passkey", {"passkey": signed(device, question.json)})
    assert (answer.status, answer.code) == (403, "bad_passkey")


async def test_the_server_name_counts_rather_than_what_a_request_says(house: House) -> None:
    async with open_door(house, server_name="talk.example.org") as visitor:
        question = await visitor.ask("POST", "/api/auth/passkey/challenge", headers={"Host": "evil.example"})
        assert question.json["rp_id"] == "talk.example.org"

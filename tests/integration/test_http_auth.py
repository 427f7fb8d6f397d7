"""Sign up, log in, refresh, log out over HTTP: where tokens travel, and from which pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.actions.context import Settings
from tests.support.actions import House, open_house
from tests.support.door import PASSWORD, Answer, Visitor, open_door

COOKIE = "__Host-parley_refresh"
ANNA = {"username": "Anna", "password": PASSWORD}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


@pytest.fixture
async def visitor(house: House) -> AsyncIterator[Visitor]:
    async with open_door(house) as visitor:
        yield visitor


async def with_cookie(visitor: Visitor, path: str, token: str, body: object = None, **headers: str) -> Answer:
    sent = {"Cookie": f"{COOKIE}={token}", "Origin": visitor.origin} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return await visitor.ask("POST", path, body, headers={name: value for name, value in sent.items() if value})


def cookie_of(answer: Answer) -> Any:
    return answer.cookies[COOKIE]


async def test_a_browser_gets_its_refresh_token_as_a_cookie_alone(visitor: Visitor) -> None:
    answer = await visitor.ask("POST", "/api/auth/signup", ANNA)
    assert answer.status == 201
    assert set(answer.json) == {"access_token", "expires_in_s", "session_id", "me"}
    assert answer.json["me"]["username"] == "anna"
    assert answer.headers["Cache-Control"] == "no-store"
    cookie = cookie_of(answer)
    assert (cookie["path"], cookie["secure"], cookie["httponly"], cookie["samesite"]) == ("/", True, True, "Strict")
    assert cookie["domain"] == ""
    assert int(cookie["max-age"]) == visitor.house.actions.settings.session_lifetime_s
    assert (await visitor.get("/api/users/@me", answer.json["access_token"])).json == answer.json["me"]


async def test_another_client_gets_it_in_the_body_alone(visitor: Visitor) -> None:
    answer = await visitor.ask("POST", "/api/auth/signup", ANNA | {"tokens": "body"})
    assert answer.json["refresh_token"]
    assert not answer.cookies
    again = await visitor.ask("POST", "/api/auth/refresh", {"refresh_token": answer.json["refresh_token"]})
    assert again.status == 200
    assert again.json["refresh_token"] != answer.json["refresh_token"]
    assert not again.cookies


async def test_log_in_and_refresh_by_cookie(visitor: Visitor) -> None:
    await visitor.sign_up("anna")
    logged_in = await visitor.ask("POST", "/api/auth/login", ANNA)
    assert logged_in.status == 200
    first = cookie_of(logged_in).value
    refreshed = await with_cookie(visitor, "/api/auth/refresh", first)
    assert refreshed.status == 200
    assert "refresh_token" not in refreshed.json
    assert refreshed.json["session_id"] == logged_in.json["session_id"]
    assert cookie_of(refreshed).value != first


async def test_an_empty_body_beside_the_cookie_changes_nothing(visitor: Visitor) -> None:
    token = cookie_of(await visitor.ask("POST", "/api/auth/signup", ANNA)).value
    assert (await with_cookie(visitor, "/api/auth/refresh", token, {})).status == 200


async def test_a_spent_token_ends_the_session_and_the_cookie(visitor: Visitor) -> None:
    signed_up = await visitor.ask("POST", "/api/auth/signup", ANNA)
    spent = cookie_of(signed_up).value
    await with_cookie(visitor, "/api/auth/refresh", spent)
    visitor.house.clock.advance(11)
    answer = await with_cookie(visitor, "/api/auth/refresh", spent)
    assert (answer.status, answer.code) == (401, "session_revoked")
    assert cookie_of(answer)["max-age"] == "0"
    assert (await visitor.get("/api/users/@me", signed_up.json["access_token"])).code == "session_revoked"


async def test_log_out_ends_the_session_and_the_cookie(visitor: Visitor) -> None:
    signed_up = await visitor.ask("POST", "/api/auth/signup", ANNA)
    token = cookie_of(signed_up).value
    answer = await with_cookie(visitor, "/api/auth/logout", token)
    assert answer.status == 204
    cookie = cookie_of(answer)
    # Without these the browser would not take the deletion for a __Host- cookie.
    assert (cookie["max-age"], cookie["path"], cookie["secure"]) == ("0", "/", True)
    assert (await with_cookie(visitor, "/api/auth/refresh", token)).code == "session_revoked"
    assert (await visitor.get("/api/users/@me", signed_up.json["access_token"])).code == "session_revoked"


async def test_refresh_with_nothing_is_nobody(visitor: Visitor) -> None:
    for answer in (await visitor.ask("POST", "/api/auth/refresh"), await visitor.ask("POST", "/api/auth/refresh", {})):
        assert (answer.status, answer.code) == (401, "unauthenticated")
        assert not answer.cookies


@pytest.mark.parametrize("path", ["/api/auth/refresh", "/api/auth/logout", "/api/auth/login", "/api/groups"])
@pytest.mark.parametrize("origin", ["", "http://evil.example", "null"])
async def test_other_pages_cannot_use_the_cookie(visitor: Visitor, path: str, origin: str) -> None:
    token = cookie_of(await visitor.ask("POST", "/api/auth/signup", ANNA)).value
    answer = await with_cookie(visitor, path, token, {}, Origin=origin)
    assert (answer.status, answer.code) == (403, "bad_origin")
    assert (await with_cookie(visitor, "/api/auth/refresh", token)).status == 200, "nothing has happened to it"


async def test_a_browser_that_sends_no_origin_says_where_it_is(visitor: Visitor) -> None:
    token = cookie_of(await visitor.ask("POST", "/api/auth/signup", ANNA)).value
    assert (
        await with_cookie(visitor, "/api/auth/refresh", token, Origin="", Sec_Fetch_Site="cross-site")
    ).status == 403
    assert (
        await with_cookie(visitor, "/api/auth/refresh", token, Origin="", Sec_Fetch_Site="same-origin")
    ).status == 200


async def test_the_gateway_lets_pages_of_this_server_and_programs_in(visitor: Visitor) -> None:
    for headers, status in (({}, 200), ({"Origin": visitor.origin}, 200), ({"Origin": "http://evil.example"}, 403)):
        assert (await visitor.ask("GET", "/gateway", headers=headers)).status == status


async def test_reading_needs_no_origin(visitor: Visitor) -> None:
    headers = {"Cookie": f"{COOKIE}=x", "Origin": "http://evil.example"}
    assert (await visitor.ask("GET", "/api/server", headers=headers)).status == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer a.b.c", "Bearer é", "bearer  x"])
async def test_a_token_that_is_none(visitor: Visitor, header: str) -> None:
    answer = await visitor.ask("GET", "/api/users/@me", headers={"Authorization": header})
    assert (answer.status, answer.code) == (401, "unauthenticated")


async def test_the_scheme_is_read_in_any_case(visitor: Visitor) -> None:
    token = await visitor.sign_up("anna")
    assert (await visitor.ask("GET", "/api/users/@me", headers={"Authorization": f"bEARER {token}"})).status == 200


async def test_an_access_token_ends(visitor: Visitor) -> None:
    token = await visitor.sign_up("anna")
    visitor.house.clock.advance(901)
    assert (await visitor.get("/api/users/@me", token)).code == "token_expired"


async def test_closed_sign_up_is_told_beforehand(house: House) -> None:
    async with open_door(house.with_settings(Settings(sign_up="closed"))) as visitor:
        assert (await visitor.get("/api/server")).json["sign_up"] == "closed"
        answer = await visitor.ask("POST", "/api/auth/signup", ANNA)
        assert (answer.status, answer.code) == (403, "signup_closed")


async def test_guessing_is_slowed_by_address_as_the_proxy_tells_it(house: House) -> None:
    async with open_door(house, trusted_proxies=("127.0.0.1",)) as visitor:
        await visitor.house.user("anna")

        async def guess(address: str) -> Answer:
            headers = {"X-Forwarded-For": address, "X-Forwarded-Proto": "https"}
            return await visitor.ask("POST", "/api/auth/login", ANNA | {"password": "wrong wrong"}, headers=headers)

        for _ in range(10):
            assert (await guess("198.51.100.7")).code == "bad_credentials"
        refused = await guess("198.51.100.7")
        assert (refused.status, refused.code) == (429, "rate_limited")
        assert int(refused.headers["Retry-After"]) == refused.json["error"]["data"]["retry_after_s"] > 0
        assert (await guess("198.51.100.8")).code == "bad_credentials"

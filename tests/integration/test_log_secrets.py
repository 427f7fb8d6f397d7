"""The log of a server that is told many secrets holds none of them, however much it is asked to say."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from tests.support.server import ParleyServer, running

pytestmark = pytest.mark.integration

MARK: Final = "zq7marked"
"""In everything that must not be logged."""
PASSWORD: Final = f"{MARK} battery staple"
EMAIL: Final = f"{MARK}@example.org"


def log_in_in_many_ways(server: ParleyServer) -> list[str]:
    """Tokens that came of it."""
    signed_up = {"username": "anna", "password": PASSWORD, "tokens": "body"}
    status, first = server.request("POST", "/api/auth/signup", signed_up)
    assert status == 201, first
    assert server.request("POST", "/api/auth/login", signed_up | {"password": f"{MARK} wrong"})[0] == 401
    assert server.request("POST", "/api/auth/login", {"username": MARK, "password": PASSWORD})[0] in {400, 401}
    status, second = server.request("POST", "/api/auth/refresh", {"refresh_token": first["refresh_token"]})
    assert status == 200, second
    server.request("POST", "/api/auth/refresh", {"refresh_token": f"{MARK}{'x' * 40}"})
    server.request("GET", "/api/users/@me", token=f"{MARK}.{MARK}.{MARK}")
    server.request("POST", "/api/auth/recover", {"email": EMAIL})
    server.request("POST", "/api/auth/signup", {"username": "anna", "password": PASSWORD, "email": EMAIL})
    return [each[name] for each in (first, second) for name in ("access_token", "refresh_token")]


def write_and_upload(server: ParleyServer, token: str) -> list[str]:
    """Codes that let people in."""
    _, view = server.request("POST", "/api/groups", {"name": "Garden"}, token)
    group_id = view["group"]["id"]
    channel_id = next(channel["id"] for channel in view["channels"] if channel["kind"] == "text")
    _, invite = server.request("POST", f"/api/groups/{group_id}/invites", {}, token)
    server.request("GET", f"/api/invites/{invite['code']}")
    server.request("POST", f"/api/groups/{group_id}/invites/email", {"email": EMAIL}, token)
    body = {"nonce": MARK, "sections": [{"kind": "text", "text": f"the text {MARK}"}]}
    assert server.request("POST", f"/api/channels/{channel_id}/messages", body, token)[0] == 201
    assert server.request("POST", f"/api/channels/{channel_id}/messages", {"nonce": [MARK]}, token)[0] == 400
    server.request("GET", f"/api/search?q={MARK}&{MARK}={MARK}", token=token)
    for address in (f"/api/files?name={MARK}.png", f"/api/{MARK}/x", f"/{MARK}?token={MARK}"):
        send(server, address, f"\x89PNG {MARK}".encode(), token)
    return [invite["code"]]


def send(server: ParleyServer, path: str, content: bytes, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"}
    request = urllib.request.Request(server.address + path, data=content, headers=headers)
    try:
        urllib.request.urlopen(request, timeout=10).close()
    except urllib.error.HTTPError as error:
        error.close()


async def knock(server: ParleyServer) -> None:
    """At the gateway, with a token that is none; and with words that are no frame."""
    for frame in (json.dumps({"type": "identify", "token": f"{MARK}.a.b"}), f"{MARK} {{", json.dumps({"type": MARK})):
        async with aiohttp.ClientSession() as http, http.ws_connect(f"{server.address}/gateway?token={MARK}") as socket:
            await socket.send_str(frame)
            await socket.receive(timeout=10)


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_secret_is_logged(form: str, tmp_path: Path) -> None:
    chatty = {"PARLEY_LOG_LEVEL": "debug", "PARLEY_LOG_REQUESTS": "on", "PARLEY_LOG_FORMAT": form}
    with running(tmp_path, **chatty) as server:
        secrets = log_in_in_many_ways(server)
        secrets += write_and_upload(server, secrets[2])
        asyncio.run(knock(server))
    log = server.log.read_text()
    assert "/api/auth/signup" in log, "requests are logged"
    assert "/api/invites/{code}" in log
    for secret in (MARK, PASSWORD, EMAIL, *secrets):
        for written in {secret, urllib.parse.quote(secret), secret.encode().hex()}:
            assert written not in log, f"{secret} was logged"
    assert "?" not in "".join(line for line in log.splitlines() if "parley.requests" in line)

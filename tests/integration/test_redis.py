"""A whole server with a Redis behind it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.redis_server import RedisServer
from tests.support.server import running

pytestmark = pytest.mark.integration


def ask(redis: RedisServer, *command: str) -> list[str]:
    done = subprocess.run(
        ["redis-cli", "-p", str(redis.port), *command], capture_output=True, text=True, check=True, timeout=20
    )
    return done.stdout.split()


def test_it_serves_with_redis_and_without_one_that_went_away(tmp_path: Path, redis: RedisServer) -> None:
    with running(tmp_path, PARLEY_REDIS_URL=redis.url) as server:
        token = server.sign_up("anna")
        view = server.request("POST", "/api/groups", {"name": "Garden"}, token)[1]
        history = f"/api/channels/{view['channels'][0]['id']}/messages"
        said = {"nonce": "1", "sections": [{"kind": "text", "text": "hello"}]}
        assert server.request("POST", history, said, token)[0] == 201
        assert len(server.request("GET", history, token=token)[1]["users"]) == 1
        assert len(ask(redis, "SMEMBERS", "parley:0:listening")) == 1
        assert len(ask(redis, "KEYS", "parley:cache:profiles:*")) == 1
        redis.stop()
        for number in range(2, 5):
            assert server.request("POST", history, said | {"nonce": str(number)}, token)[0] == 201
        page = server.request("GET", history, token=token)[1]
        assert (len(page["messages"]), len(page["users"])) == (4, 1)
        redis.start()
        assert server.request("PATCH", "/api/users/@me", {"display_name": "Annabel"}, token)[0] == 200
        assert server.request("GET", history, token=token)[1]["users"][0]["display_name"] == "Annabel"
        assert server.stop() == 0
        log = server.log.read_text()
        assert [log.count(event) for event in ('"bus.down"', '"cache.away"')] == [1, 1]
        assert "Traceback" not in log

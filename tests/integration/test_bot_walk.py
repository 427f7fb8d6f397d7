"""Every endpoint, and every request of the gateway, tried by a bot: what opens it is said in one place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server.actions.bots import AddBot, CreateBot, CreateToken, do_add_bot, do_create_bot, do_create_token
from server.actions.sessions import authenticate
from server.domain.ids import GroupId, Snowflake
from server.domain.permissions import Permission
from server.domain.scopes import Scope
from server.http.routes import ENDPOINTS
from server.http.scopes import SCOPES
from signaling import frames
from signaling.requests import scope_of
from tests.support.actions import open_house
from tests.support.door import open_door
from tests.support.world import furnish

pytestmark = pytest.mark.integration

NAMES = {f"{endpoint.method} {endpoint.path}" for endpoint in ENDPOINTS if endpoint.needs_account}


def test_what_is_opened_is_there() -> None:
    assert SCOPES.keys() <= NAMES


def test_bots_neither_change_their_account_nor_make_others() -> None:
    closed = NAMES - SCOPES.keys()
    own = {name for name in NAMES if "/@me" in name and "/groups/" not in name}
    assert own - closed == {"GET /api/users/@me", "GET /api/users/@me/mentions"}
    assert {name for name in closed if "/webhooks" in name or "/bots" in name} == {
        name for name in NAMES if "/webhooks" in name or "/bots" in name
    }


def test_every_request_of_the_gateway_has_a_scope() -> None:
    for kind in frames.Request.__args__:
        values = dict.fromkeys(kind.__struct_fields__)
        assert isinstance(scope_of(kind(**values)), Scope)


async def test_a_token_opens_what_its_scopes_say_and_nothing_else(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, open_door(house) as visitor:
        world = await furnish(house)
        actions = house.actions
        caller = await authenticate(actions, await world.token(world.owner))
        bot = await do_create_bot(actions, world.owner, CreateBot(username="walker"))
        bot_id, group_id = bot.user.id, GroupId(Snowflake(world.ids["group"]))
        await do_add_bot(actions, world.owner, group_id, AddBot(username="walker"))
        await house.appoint(world.owner, group_id, bot_id, Permission.ADMINISTRATOR, position=8)
        everything = await do_create_token(actions, caller, bot_id, CreateToken(name="a", scopes=tuple(Scope)))
        tokens = {}
        for scope in Scope:
            rest = tuple(one for one in Scope if one is not scope)
            tokens[scope] = (await do_create_token(actions, caller, bot_id, CreateToken(name="b", scopes=rest))).token
        ids = world.ids | {"bot": str(int(bot_id))}
        for name in sorted(NAMES):
            method, _, path = name.partition(" ")
            path = re.sub(r"\{(\w+)\}", lambda found: ids.get(found[1], "1"), path)
            if name not in SCOPES:
                answer = await visitor.ask(method, path, {}, token=everything.token)
                assert answer.status == 403, name
                assert answer.code == "bots_not_allowed", name
                continue
            wanted = SCOPES[name]
            if wanted is not None:
                answer = await visitor.ask(method, path, {}, token=tokens[wanted])
                assert answer.status == 403, name
                assert answer.code == "missing_scope", name
                assert answer.json["error"]["data"] == {"scope": wanted.value}
        answer = await visitor.get("/api/users/@me", tokens[Scope.VOICE])
        assert answer.status == 200
        said = await visitor.ask(
            "POST",
            f"/api/channels/{ids['channel']}/messages",
            {"nonce": "n", "sections": [{"kind": "text", "text": "hello"}]},
            headers={"Authorization": f"Bot {everything.token}"},
        )
        assert (said.status, said.json["author"]["kind"]) == (201, "bot")

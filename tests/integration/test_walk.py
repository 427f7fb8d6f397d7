"""Every endpoint, tried by those who may not: nobody, a stranger to the group, one banned, one in time-out; and by the owner.

A new endpoint needs a line in :data:`WALK`; what its path names has to be in :func:`tests.support.world.furnish`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from server.http.endpoint import Endpoint
from server.http.routes import ENDPOINTS
from tests.support.actions import open_house
from tests.support.door import PASSWORD, Answer, Visitor, open_door
from tests.support.outcomes import (
    ACCOUNT,
    ASKED,
    AUTHOR,
    CHANGE,
    DONE,
    FORBIDDEN,
    HIDDEN,
    LOG_IN,
    OWNER,
    PUBLIC,
    READ,
    SECRET,
    TIMED_OUT,
    WALKERS,
    Outcome,
)
from tests.support.pictures import picture
from tests.support.world import NOWHERE, RECOVERY_CODE, World, furnish

pytestmark = pytest.mark.integration


@dataclass(frozen=True)
class Line:
    outcome: Outcome
    body: Any = None
    """JSON, or bytes as they are. A string such as ``"{member}"`` in it stands for one of the world's ids."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Placeholder -> another one of the world's ids than that of its own name."""
    query: str = ""


TEXT: Final = [{"kind": "text", "text": "x"}]
MANAGERS: Final = Outcome(LOG_IN, HIDDEN, TIMED_OUT, DONE)
"""For reading, but not for those in time-out: it is a power that was taken for the time being."""
OPERATORS: Final = Outcome(LOG_IN, FORBIDDEN, FORBIDDEN, FORBIDDEN)
"""None of the walk is one."""
OWN: Final = Outcome(LOG_IN, HIDDEN, HIDDEN, DONE)
"""Of things that only the one knows who made them."""
OWNED: Final = Outcome(LOG_IN, HIDDEN, HIDDEN, DONE)
"""A thing of the owner's own."""
PICTURE: Final = picture()
NO_PASSKEY: Final = dict.fromkeys(("credential_id", "client_data", "authenticator_data", "signature"), "e30")
NEW_ACCOUNT: Final = {"username": "new", "password": PASSWORD}

WALK: Final[Mapping[str, Line]] = {
    "GET /health": Line(PUBLIC),
    "GET /ready": Line(PUBLIC),
    "GET /api/server": Line(PUBLIC),
    "GET /api/openapi.json": Line(PUBLIC),
    "GET /api/docs": Line(PUBLIC),
    "GET /api/docs.css": Line(PUBLIC),
    "POST /api/auth/signup": Line(PUBLIC, NEW_ACCOUNT),
    "POST /api/auth/login": Line(Outcome("401 bad_credentials"), NEW_ACCOUNT),
    "POST /api/auth/login/factor": Line(Outcome("401 ticket_expired"), {"ticket": "x", "code": "123456"}),
    "POST /api/auth/login/factor/passkey": Line(Outcome("401 ticket_expired"), {"ticket": "x"}),
    "POST /api/auth/passkey/challenge": Line(PUBLIC),
    "POST /api/auth/passkey": Line(Outcome("403 bad_passkey"), {"passkey": NO_PASSKEY}),
    "POST /api/auth/refresh": Line(SECRET),
    "POST /api/auth/logout": Line(PUBLIC),
    "GET /api/users/@me/factors": Line(ACCOUNT),
    "POST /api/users/@me/factors/app": Line(ACCOUNT),
    "PUT /api/users/@me/factors/app": Line(Outcome(LOG_IN, *3 * ("409 no_factor",)), {"code": "123456"}),
    "DELETE /api/users/@me/factors/app": Line(Outcome(LOG_IN, *3 * ("409 no_factor",))),
    "POST /api/users/@me/factors/recovery-codes": Line(
        Outcome(LOG_IN, "409 no_factor", "409 no_factor", DONE),
    ),
    "POST /api/users/@me/factors/passkeys/challenge": Line(ACCOUNT),
    "POST /api/users/@me/factors/passkeys": Line(
        Outcome(LOG_IN, *3 * ("403 bad_passkey",)), {"name": "Key", "client_data": "e30", "attestation": "oA"}
    ),
    "PATCH /api/users/@me/factors/passkeys/{passkey}": Line(Outcome(LOG_IN, HIDDEN, HIDDEN, DONE), {"name": "Key"}),
    "DELETE /api/users/@me/factors/passkeys/{passkey}": Line(Outcome(LOG_IN, HIDDEN, HIDDEN, DONE)),
    "POST /api/auth/password-advice": Line(PUBLIC, {"password": PASSWORD}),
    "POST /api/auth/verify": Line(Outcome("403 bad_link"), {"token": "x"}),
    "POST /api/auth/recover": Line(PUBLIC, {"email": "anna@example.org"}),
    "POST /api/auth/recover/look": Line(Outcome("403 bad_link"), {"token": "x"}),
    "POST /api/auth/recover/finish": Line(
        Outcome("403 bad_link"), {"token": "x", "username": "anna", "password": PASSWORD}
    ),
    "GET /api/users/@me": Line(ACCOUNT),
    "PATCH /api/users/@me": Line(ACCOUNT, {"display_name": "A"}),
    "POST /api/users/@me/deactivate": Line(ACCOUNT),
    "POST /api/users/@me/deletion": Line(Outcome(LOG_IN, "409 owns_groups", DONE, "409 owns_groups", DONE), {}),
    "DELETE /api/users/@me/deletion": Line(ACCOUNT),
    "GET /api/users/{user}": Line(READ),
    "GET /api/users/{user}/profile": Line(READ),
    "PATCH /api/users/@me/profile": Line(ACCOUNT, {"bio": "x"}),
    "PUT /api/users/@me/avatar": Line(ACCOUNT, PICTURE),
    "DELETE /api/users/@me/avatar": Line(ACCOUNT),
    "PUT /api/users/@me/banner": Line(ACCOUNT, PICTURE),
    "DELETE /api/users/@me/banner": Line(ACCOUNT),
    "GET /api/avatars/{image}": Line(PUBLIC),
    "GET /api/avatars/{image}/small": Line(PUBLIC),
    "GET /api/banners/{image}": Line(PUBLIC),
    "POST /api/groups": Line(ACCOUNT, {"name": "x"}),
    "GET /api/groups/{group}": Line(READ),
    "PATCH /api/groups/{group}": Line(CHANGE, {"name": "x"}),
    "DELETE /api/groups/{group}": Line(OWNER),
    "PUT /api/groups/{group}/owner": Line(OWNER, {"user_id": "{member}"}),
    "POST /api/groups/{group}/channels": Line(CHANGE, {"name": "x", "kind": "text"}),
    "PUT /api/groups/{group}/channels/order": Line(CHANGE, {"channels": [{"id": "{channel}", "category_id": None}]}),
    "PATCH /api/channels/{channel}": Line(CHANGE, {"name": "x"}),
    "DELETE /api/channels/{channel}": Line(CHANGE),
    "PUT /api/channels/{channel}/overwrites/role/{role}": Line(CHANGE, {"allow": 0, "deny": 1}),
    "DELETE /api/channels/{channel}/overwrites/role/{role}": Line(CHANGE),
    "PUT /api/channels/{channel}/overwrites/member/{member}": Line(CHANGE, {"allow": 0, "deny": 1}),
    "DELETE /api/channels/{channel}/overwrites/member/{member}": Line(CHANGE),
    "POST /api/groups/{group}/roles": Line(CHANGE, {"name": "x"}),
    "PUT /api/groups/{group}/roles/order": Line(CHANGE, {"role_ids": ["{role}", "{chief_role}", "{moderator_role}"]}),
    "PATCH /api/groups/{group}/roles/{role}": Line(CHANGE, {"name": "x"}),
    "DELETE /api/groups/{group}/roles/{role}": Line(CHANGE),
    "PUT /api/groups/{group}/members/{member}/roles/{role}": Line(CHANGE),
    "DELETE /api/groups/{group}/members/{member}/roles/{role}": Line(CHANGE),
    "GET /api/groups/{group}/members": Line(READ),
    "GET /api/groups/{group}/roster": Line(READ),
    "GET /api/groups/{group}/members/search": Line(READ, query="q=a"),
    "GET /api/groups/{group}/members/{member}": Line(READ),
    "PATCH /api/groups/{group}/members/@me": Line(CHANGE, {"nickname": "x"}),
    "PATCH /api/groups/{group}/members/{member}": Line(CHANGE, {"nickname": "x"}),
    "PUT /api/groups/{group}/members/{member}/time-out": Line(CHANGE, {"until_ms": None}),
    "PUT /api/groups/{group}/members/{member}/time-out (their own)": Line(
        CHANGE, {"until_ms": None}, {"member": "timed_out"}
    ),
    "DELETE /api/groups/{group}/members/@me": Line(Outcome(LOG_IN, HIDDEN, DONE, "403 owner_cannot_leave")),
    "DELETE /api/groups/{group}/members/{member}": Line(CHANGE),
    "GET /api/groups/{group}/invites": Line(READ),
    "POST /api/groups/{group}/invites": Line(CHANGE, {}),
    "POST /api/groups/{group}/invites/email": Line(CHANGE, {"email": "erna@example.org"}),
    "GET /api/invites/{code}": Line(PUBLIC),
    "POST /api/invites/{code}/accept": Line(Outcome(LOG_IN, DONE, DONE, DONE, "403 banned")),
    "DELETE /api/invites/{code}": Line(CHANGE),
    "POST /api/groups/{group}/additions": Line(CHANGE, {"username": "dora"}),
    "GET /api/groups/{group}/additions": Line(READ),
    "DELETE /api/additions/{addition}": Line(CHANGE),
    "GET /api/users/@me/additions": Line(ACCOUNT),
    "POST /api/users/@me/additions/{addition}/accept": Line(ASKED),
    "DELETE /api/users/@me/additions/{addition}": Line(ASKED),
    "GET /api/channels/{channel}/messages": Line(READ),
    "POST /api/channels/{channel}/messages": Line(CHANGE, {"nonce": "n", "sections": TEXT}),
    "GET /api/channels/{channel}/messages/{message}": Line(READ),
    "PATCH /api/channels/{channel}/messages/{message}": Line(AUTHOR, {"sections": TEXT}),
    "PATCH /api/channels/{channel}/messages/{message} (their own)": Line(
        Outcome(LOG_IN, HIDDEN, TIMED_OUT, FORBIDDEN), {"sections": TEXT}, {"message": "own_message"}
    ),
    "DELETE /api/channels/{channel}/messages/{message}": Line(CHANGE),
    "DELETE /api/channels/{channel}/messages/{message} (their own)": Line(CHANGE, None, {"message": "own_message"}),
    "POST /api/channels/{channel}/messages/bulk-delete": Line(CHANGE, {"message_ids": ["1"]}),
    "GET /api/channels/{channel}/messages/{message}/edits": Line(Outcome(LOG_IN, HIDDEN, TIMED_OUT, DONE)),
    "GET /api/channels/{channel}/messages/{message}/reactions/{key}": Line(READ),
    "PUT /api/channels/{channel}/messages/{message}/reactions/{key}": Line(CHANGE),
    "DELETE /api/channels/{channel}/messages/{message}/reactions/{key}": Line(CHANGE),
    "DELETE /api/channels/{channel}/messages/{message}/reactions/{key}/{user}": Line(CHANGE),
    "GET /api/channels/{channel}/pins": Line(READ),
    "PUT /api/channels/{channel}/pins/{message}": Line(CHANGE),
    "DELETE /api/channels/{channel}/pins/{message}": Line(CHANGE),
    "GET /api/groups/{group}/audit": Line(Outcome(LOG_IN, HIDDEN, TIMED_OUT, DONE)),
    "POST /api/groups/{group}/emojis": Line(CHANGE, PICTURE, query="name=new"),
    "PATCH /api/groups/{group}/emojis/{emoji}": Line(CHANGE, {"name": "other"}),
    "DELETE /api/groups/{group}/emojis/{emoji}": Line(CHANGE),
    "GET /api/emojis/{emoji}": Line(PUBLIC),
    "DELETE /api/channels/{channel}/messages/{message}/previews": Line(AUTHOR),
    "DELETE /api/channels/{channel}/messages/{message}/previews (their own)": Line(
        Outcome(LOG_IN, HIDDEN, DONE, FORBIDDEN), names={"message": "own_message"}
    ),
    "GET /api/previews/{image}": Line(PUBLIC),
    "GET /api/groups/{group}/bans": Line(MANAGERS),
    "PUT /api/groups/{group}/bans/{user}": Line(CHANGE, {}),
    "DELETE /api/groups/{group}/bans/{user}": Line(CHANGE, None, {"user": "banned"}),
    "GET /api/groups/{group}/safety": Line(MANAGERS),
    "PATCH /api/groups/{group}/safety": Line(CHANGE, {"joins_per_minute": 5}),
    "GET /api/groups/{group}/filters": Line(MANAGERS),
    "POST /api/groups/{group}/filters": Line(CHANGE, {"name": "x", "words": ["bad"], "action": "block"}),
    "PATCH /api/groups/{group}/filters/{filter}": Line(CHANGE, {"name": "y"}),
    "DELETE /api/groups/{group}/filters/{filter}": Line(CHANGE),
    "POST /api/channels/{channel}/messages/{message}/report": Line(
        Outcome(LOG_IN, HIDDEN, DONE, DONE), {"reason": "look"}
    ),
    "GET /api/groups/{group}/reports": Line(MANAGERS),
    "GET /api/reports": Line(Outcome(LOG_IN, FORBIDDEN, FORBIDDEN, FORBIDDEN)),
    "PATCH /api/reports/{report}": Line(CHANGE, {"state": "resolved"}),
    "GET /api/admin/overview": Line(OPERATORS),
    "GET /api/admin/accounts": Line(OPERATORS, query="query=a&limit=2"),
    "PUT /api/admin/accounts/{user}/ban": Line(OPERATORS, {"reason": "spam"}),
    "DELETE /api/admin/accounts/{user}/ban": Line(OPERATORS),
    "DELETE /api/admin/accounts/{user}/factors": Line(OPERATORS),
    "PUT /api/admin/announcement": Line(OPERATORS, {"text": "hello"}),
    "DELETE /api/admin/announcement": Line(OPERATORS),
    "GET /api/users/@me/bots": Line(ACCOUNT),
    "POST /api/users/@me/bots": Line(
        Outcome(LOG_IN, DONE, special_for_banned="409 username_taken"), {"username": "walker"}
    ),
    "PATCH /api/users/@me/bots/{bot}": Line(OWNED, {"public": False}),
    "DELETE /api/users/@me/bots/{bot}": Line(OWNED),
    "POST /api/users/@me/bots/{bot}/tokens": Line(OWNED, {"name": "x", "scopes": ["voice"]}),
    "DELETE /api/users/@me/bots/{bot}/tokens/{token}": Line(OWNED, names={"token": "bot_token"}),
    "POST /api/groups/{group}/bots": Line(CHANGE, {"username": "robot"}),
    "GET /api/groups/{group}/webhooks": Line(MANAGERS),
    "POST /api/channels/{channel}/webhooks": Line(CHANGE, {"name": "x"}),
    "PATCH /api/webhooks/{webhook}": Line(CHANGE, {"name": "x"}),
    "POST /api/webhooks/{webhook}/token": Line(CHANGE),
    "DELETE /api/webhooks/{webhook}": Line(CHANGE),
    "POST /api/webhooks/{webhook}/{token}": Line(PUBLIC, {"text": "x"}),
    "GET /api/search": Line(ACCOUNT, query="q=x"),
    "POST /api/files": Line(ACCOUNT, b"some bytes", query="name=a.txt"),
    "POST /api/files/links": Line(ACCOUNT, {"file_ids": ["{file}"]}),
    "GET /api/files/{file}/{view}": Line(READ),
    "POST /api/uploads": Line(ACCOUNT, {"name": "a.txt", "size_bytes": 3}),
    "GET /api/uploads/{upload}": Line(OWN),
    "PATCH /api/uploads/{upload}": Line(OWN, b"abc", query="offset=0"),
    "POST /api/uploads/{upload}/finish": Line(Outcome(LOG_IN, HIDDEN, HIDDEN, "409 upload_incomplete")),
    "DELETE /api/uploads/{upload}": Line(OWN),
    "GET /api/users/@me/storage": Line(ACCOUNT),
    "PUT /api/users/{user}/quota": Line(Outcome(LOG_IN, FORBIDDEN, FORBIDDEN, FORBIDDEN), {"quota_bytes": 1}),
    "GET /api/files/{file}": Line(READ),
    "POST /api/users/@me/proof": Line(
        Outcome(LOG_IN, "403 bad_proof", "403 bad_proof", DONE),
        {"password": "anna's secret", "recovery_code": RECOVERY_CODE},
    ),
    "POST /api/users/@me/proof/passkey": Line(ACCOUNT),
    "PUT /api/users/@me/password": Line(ACCOUNT, {"password": PASSWORD}),
    "GET /api/users/@me/sessions": Line(ACCOUNT),
    "DELETE /api/users/@me/sessions": Line(ACCOUNT),
    "DELETE /api/users/@me/sessions/{session}": Line(Outcome(LOG_IN, HIDDEN, HIDDEN, DONE)),
    "GET /api/users/@me/email": Line(ACCOUNT),
    "PUT /api/users/@me/email": Line(ACCOUNT, {"email": "anna@example.org"}),
    "POST /api/users/@me/email/resend": Line(ACCOUNT),
    "DELETE /api/users/@me/email": Line(ACCOUNT),
    "GET /api/users/@me/relations": Line(ACCOUNT),
    "POST /api/users/@me/relations": Line(ACCOUNT, {"username": "boris"}),
    "PUT /api/users/@me/relations/{user}": Line(READ, {"kind": "blocked"}),
    "DELETE /api/users/@me/relations/{user}": Line(Outcome(LOG_IN, HIDDEN, HIDDEN, DONE), names={"user": "asked"}),
    "GET /api/conversations": Line(ACCOUNT),
    "POST /api/conversations": Line(ACCOUNT, {"user_ids": ["{member}"]}),
    "POST /api/conversations (of several)": Line(READ, {"user_ids": ["{member}"], "name": "x"}),
    "GET /api/conversations/{conversation}": Line(READ),
    "PATCH /api/conversations/{conversation}": Line(READ, {"name": "x"}),
    "PUT /api/conversations/{conversation}/members/{member}": Line(READ),
    "DELETE /api/conversations/{conversation}/members/@me": Line(READ),
    "DELETE /api/conversations/{conversation}/members/{member}": Line(OWNER),
    "GET /api/channels/{channel}/messages/{message}/origin": Line(READ, None, {"message": "forward"}),
    "PUT /api/channels/{channel}/cursor": Line(READ, {"message_id": "1"}),
    "GET /api/users/@me/mentions": Line(ACCOUNT),
    "GET /api/users/@me/levels": Line(ACCOUNT),
    "PUT /api/users/@me/levels/group/{group}": Line(READ, {"level": "none"}),
    "PUT /api/users/@me/levels/channel/{channel}": Line(READ, {"level": "none"}),
    "POST /api/channels/{channel}/typing": Line(CHANGE),
}
"""``METHOD path``, and in brackets what is special where an endpoint has several lines. One world is theirs alone, in which nobody,
the stranger, the banned one, the one in time-out and the owner try one after the other."""


def of(key: str) -> str:
    """The endpoint of a line."""
    return key.partition(" (")[0]


NAMED: Final = {f"{endpoint.method} {endpoint.path}": endpoint for endpoint in ENDPOINTS}


def test_every_endpoint_is_walked() -> None:
    assert {of(key) for key in WALK} == NAMED.keys()


@pytest.mark.parametrize("key", WALK)
async def test_nobody_gets_what_they_may_not_have(tmp_path: Path, key: str) -> None:
    line, endpoint = WALK[key], NAMED[of(key)]
    async with open_house(tmp_path) as house, open_door(house) as visitor:
        world = await furnish(house)
        walker = Walker(visitor, world, endpoint, line)
        assert await walker.outcome(None, line.outcome.nobody) == line.outcome.nobody
        assert endpoint.needs_account is (line.outcome.nobody == LOG_IN and line.outcome is not SECRET)
        for who in WALKERS:
            expected = getattr(line.outcome, who)
            if expected is not None:
                token = await world.token(getattr(world, who))
                assert (who, await walker.outcome(token, expected)) == (who, expected)


class Walker:
    """Asks for one endpoint."""

    def __init__(self, visitor: Visitor, world: World, endpoint: Endpoint, line: Line) -> None:
        self._visitor = visitor
        self._endpoint = endpoint
        self._line = line
        self._body = _filled(line.body, world.ids)
        self._ids = {name: world.ids[line.names.get(name, name)] for name in re.findall(r"\{(\w+)\}", endpoint.path)}

    async def outcome(self, token: str | None, expected: str) -> str:
        answer = await self._ask(token, self._ids)
        if answer.status in self._endpoint.success:
            return DONE
        if answer.status == 404 and expected == HIDDEN:
            none = await self._ask(token, dict.fromkeys(self._ids, NOWHERE) | {"key": self._ids.get("key", "")})
            assert none.json == answer.json, "this tells what is there from what is not"
            return HIDDEN
        return f"{answer.status} {answer.code}"

    async def _ask(self, token: str | None, ids: Mapping[str, str]) -> Answer:
        path = self._endpoint.path.format(**ids)
        path += f"?{self._line.query}" if self._line.query else ""
        return await self._visitor.ask(self._endpoint.method, path, self._body, token=token)


def _filled(body: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(body, dict):
        return {name: _filled(value, ids) for name, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, ids) for value in body]
    return ids[body[1:-1]] if isinstance(body, str) and re.fullmatch(r"\{\w+\}", body) else body

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from aiohttp import web

from server.actions.context import Actions, Origin
from server.actions.requests import Request
from server.actions.sessions import Authenticated
from server.domain.ids import GroupId, MessageId, UserId
from server.http.endpoint import Endpoint, tagged, wants


class Thing(msgspec.Struct):
    name: str


class Change(Request, frozen=True, kw_only=True):
    name: str


async def change(
    actions: Actions, user_id: UserId, group_id: GroupId, request: Change, *, reason: str | None = None
) -> Thing:
    raise AssertionError


async def look(actions: Actions, code: str, query: Change, origin: Origin) -> Thing:
    raise AssertionError


async def send(http: web.Request, caller: Authenticated, request: Change | None) -> web.Response:
    raise AssertionError


async def forget(actions: Actions, user_id: UserId, group_id: GroupId, message_id: MessageId) -> None:
    raise AssertionError


def test_the_names_of_the_parameters_say_what_a_handler_wants() -> None:
    wanted = wants(change)
    assert wanted.given == {"actions", "user_id", "request", "reason"}
    assert wanted.path == {"group_id": GroupId}
    assert (wanted.body, wanted.body_optional, wanted.query, wanted.answer) == (Change, False, None, Thing)


def test_a_body_may_be_left_out() -> None:
    assert (wants(send).body, wants(send).body_optional) == (Change, True)


@pytest.mark.parametrize(
    ("endpoint", "needs_account", "answers", "success"),
    [
        (Endpoint("PATCH", "/{group}", change, ""), True, Thing, (200,)),
        (Endpoint("GET", "/{code}", look, ""), False, Thing, (200,)),
        (Endpoint("POST", "/", send, "", answer=Thing, status=201, also=(200,)), True, Thing, (201, 200)),
        (Endpoint("POST", "/", send, ""), True, None, (204,)),
        (Endpoint("DELETE", "/{group}/{message}", forget, ""), True, None, (204,)),
    ],
)
def test_the_rest_follows(endpoint: Endpoint, needs_account: bool, answers: Any, success: tuple[int, ...]) -> None:
    assert (endpoint.needs_account, endpoint.answers, endpoint.success) == (needs_account, answers, success)


ANYWHERE = {"https_only", "rate_limited", "internal", "busy", "database_unavailable", "shutting_down"}
LOGGED_IN = {"unauthenticated", "token_expired", "session_revoked", "bots_not_allowed", "missing_scope"}


def test_errors_that_come_with_what_it_does_need_not_be_named() -> None:
    endpoint = Endpoint("PATCH", "/{group}", change, "", errors=("already_member",))
    with_body = {"bad_json", "bad_request", "too_large"}
    with_reason = {"bad_name", "too_long"}
    elsewhere = {"bad_origin", "forbidden", "timed_out", "unknown_group", "already_member"}
    assert endpoint.codes == ANYWHERE | LOGGED_IN | with_body | with_reason | elsewhere
    assert Endpoint("GET", "/{code}", look, "").codes == ANYWHERE | {"bad_request"}


def test_what_cannot_be_is_refused_when_it_is_declared() -> None:
    with pytest.raises(TypeError, match="does not take the ids"):
        Endpoint("PATCH", "/{group}/{message}", change, "")
    with pytest.raises(TypeError, match="has no body"):
        Endpoint("GET", "/{group}", change, "")
    with pytest.raises(ValueError, match="does not know no_such_code"):
        Endpoint("DELETE", "/{group}/{message}", forget, "", errors=("no_such_code",))


def test_a_handler_says_what_everything_is() -> None:
    async def silent(actions, /) -> None:  # type: ignore[no-untyped-def]
        raise AssertionError

    with pytest.raises(TypeError, match="does not say what actions is"):
        wants(silent)


def test_endpoints_of_a_resource_share_a_tag() -> None:
    endpoint = Endpoint("DELETE", "/{group}/{message}", forget, "")
    (tagged_one,) = tagged("Things", endpoint)
    assert (tagged_one.tag, endpoint.tag) == ("Things", "")

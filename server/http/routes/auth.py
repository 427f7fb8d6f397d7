"""Sign up, log in, refresh, log out; and where the refresh token travels."""

from __future__ import annotations

from typing import Final, Literal

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType

from server.actions.accounts import LogIn, SignUp, do_log_in, do_sign_up
from server.actions.requests import Request
from server.actions.sessions import SessionGrant, do_log_out, do_refresh
from server.domain.entities import Me
from server.domain.errors import Unauthenticated
from server.domain.ids import SessionId
from server.http.door import actions_of, origin_of
from server.http.middleware import REFRESH_COOKIE
from server.http.reading import body_of
from server.http.replies import nothing, refusal, reply


class Session(msgspec.Struct, frozen=True, kw_only=True):
    access_token: str
    expires_in_s: int
    session_id: SessionId
    me: Me
    refresh_token: str | UnsetType = UNSET
    """Only for clients that keep it themselves; browsers get it as a cookie that no script can read."""


class RefreshTokenGiven(Request, frozen=True, kw_only=True):
    refresh_token: str | UnsetType = UNSET


async def sign_up(request: web.Request) -> web.Response:
    body = await body_of(request, SignUp)
    grant = await do_sign_up(actions_of(request), body, origin_of(request))
    return _session(request, grant, body.tokens, 201)


async def log_in(request: web.Request) -> web.Response:
    body = await body_of(request, LogIn)
    grant = await do_log_in(actions_of(request), body, origin_of(request))
    return _session(request, grant, body.tokens)


async def refresh(request: web.Request) -> web.Response:
    token, place = await _refresh_token(request)
    try:
        grant = await do_refresh(actions_of(request), token, origin_of(request))
    except Unauthenticated as error:
        response = refusal(error)
        if place == "cookie" and REFRESH_COOKIE in request.cookies:
            _forget_cookie(response)
        return response
    return _session(request, grant, place)


async def log_out(request: web.Request) -> web.Response:
    token, place = await _refresh_token(request)
    await do_log_out(actions_of(request), token)
    response = nothing()
    if place == "cookie":
        _forget_cookie(response)
    return response


async def _refresh_token(request: web.Request) -> tuple[str, Literal["cookie", "body"]]:
    """From the body if it is there, else from the cookie, else empty."""
    if request.body_exists:
        given = (await body_of(request, RefreshTokenGiven)).refresh_token
        if isinstance(given, str):
            return given, "body"
    return request.cookies.get(REFRESH_COOKIE, ""), "cookie"


def _session(
    request: web.Request, grant: SessionGrant, place: Literal["cookie", "body"], status: int = 200
) -> web.Response:
    session = Session(
        access_token=grant.access_token,
        expires_in_s=grant.expires_in_s,
        session_id=grant.session_id,
        me=grant.me,
        refresh_token=grant.refresh_token if place == "body" else UNSET,
    )
    response = reply(session, status)
    if place == "cookie":
        response.set_cookie(
            REFRESH_COOKIE,
            grant.refresh_token,
            max_age=actions_of(request).settings.session_lifetime_s,
            path="/",
            secure=True,
            httponly=True,
            samesite="Strict",
        )
    return response


def _forget_cookie(response: web.Response) -> None:
    response.del_cookie(REFRESH_COOKIE, path="/", secure=True, httponly=True, samesite="Strict")


ROUTES: Final = (
    web.post("/api/auth/signup", sign_up),
    web.post("/api/auth/login", log_in),
    web.post("/api/auth/refresh", refresh),
    web.post("/api/auth/logout", log_out),
)

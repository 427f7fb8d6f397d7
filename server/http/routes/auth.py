"""Sign up, log in, refresh, log out; and where the refresh token travels."""

from __future__ import annotations

from typing import Final, Literal

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType

from server.actions.accounts import LogIn, SignUp, do_log_in, do_sign_up
from server.actions.context import Actions, Origin
from server.actions.requests import Request
from server.actions.sessions import SessionGrant, do_log_out, do_refresh
from server.domain.entities import Me
from server.domain.errors import Unauthenticated
from server.domain.ids import SessionId
from server.http.door import actions_of
from server.http.endpoint import Endpoint, tagged
from server.http.middleware import REFRESH_COOKIE
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


async def sign_up(actions: Actions, http: web.Request, request: SignUp, origin: Origin) -> web.Response:
    grant = await do_sign_up(actions, request, origin)
    return _session(http, grant, request.tokens, 201)


async def log_in(actions: Actions, http: web.Request, request: LogIn, origin: Origin) -> web.Response:
    grant = await do_log_in(actions, request, origin)
    return _session(http, grant, request.tokens)


async def refresh(
    actions: Actions, http: web.Request, request: RefreshTokenGiven | None, origin: Origin
) -> web.Response:
    token, place = _refresh_token(http, request)
    try:
        grant = await do_refresh(actions, token, origin)
    except Unauthenticated as error:
        response = refusal(error)
        if place == "cookie" and REFRESH_COOKIE in http.cookies:
            _forget_cookie(response)
        return response
    return _session(http, grant, place)


async def log_out(actions: Actions, http: web.Request, request: RefreshTokenGiven | None) -> web.Response:
    token, place = _refresh_token(http, request)
    await do_log_out(actions, token)
    response = nothing()
    if place == "cookie":
        _forget_cookie(response)
    return response


def _refresh_token(http: web.Request, request: RefreshTokenGiven | None) -> tuple[str, Literal["cookie", "body"]]:
    """From the body if it is there, else from the cookie, else empty."""
    if request is not None and isinstance(request.refresh_token, str):
        return request.refresh_token, "body"
    return http.cookies.get(REFRESH_COOKIE, ""), "cookie"


def _session(
    http: web.Request, grant: SessionGrant, place: Literal["cookie", "body"], status: int = 200
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
            max_age=actions_of(http).settings.session_lifetime_s,
            path="/",
            secure=True,
            httponly=True,
            samesite="Strict",
        )
    return response


def _forget_cookie(response: web.Response) -> None:
    response.del_cookie(REFRESH_COOKIE, path="/", secure=True, httponly=True, samesite="Strict")


_WHENCE: Final = "The refresh token is taken from the body if it is there, else from the cookie."

ENDPOINTS: Final = tagged(
    "Logging in",
    Endpoint(
        "POST",
        "/api/auth/signup",
        sign_up,
        "Make an account",
        answer=Session,
        status=201,
        errors=(
            "bad_username",
            "username_taken",
            "bad_name",
            "too_long",
            "too_short",
            "weak_password",
            "signup_closed",
            "bad_owner_token",
        ),
    ),
    Endpoint(
        "POST", "/api/auth/login", log_in, "Log in", answer=Session, errors=("bad_credentials", "account_disabled")
    ),
    Endpoint(
        "POST",
        "/api/auth/refresh",
        refresh,
        "Get a new access token",
        answer=Session,
        errors=("unauthenticated", "session_revoked"),
        takes_cookie=True,
        note=_WHENCE,
    ),
    Endpoint("POST", "/api/auth/logout", log_out, "Log out", takes_cookie=True, note=_WHENCE),
)

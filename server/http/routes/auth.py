"""Sign up, log in, refresh, log out; and where the refresh token travels."""

from __future__ import annotations

from typing import Final, Literal

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType

from server.actions.accounts import LogIn, SignUp, do_log_in, do_sign_up
from server.actions.context import Actions, Origin
from server.actions.emails import do_verify_email
from server.actions.passkeys import SignInByPasskey, do_ask_for_any_passkey, do_sign_in_by_passkey
from server.actions.passwords import advise
from server.actions.recovery import do_ask_recovery, do_recover, look_at_recovery
from server.actions.requests import Request
from server.actions.second_step import FactorWanted, LogInByFactor, do_ask_for_passkey, do_log_in_by_factor
from server.actions.sessions import SessionGrant, do_log_out, do_refresh
from server.domain.entities import Me
from server.domain.errors import Unauthenticated
from server.domain.ids import SessionId
from server.http.door import actions_of
from server.http.endpoint import Endpoint, tagged
from server.http.middleware import REFRESH_COOKIE
from server.http.replies import nothing, refusal, reply
from server.http.routes.invites import HELD_OFF
from server.ports import Site


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
    return session_reply(http, grant, request.tokens, 201)


async def log_in(actions: Actions, http: web.Request, request: LogIn, origin: Origin) -> web.Response:
    grant = await do_log_in(actions, request, origin)
    return reply(grant, 202) if isinstance(grant, FactorWanted) else session_reply(http, grant, request.tokens)


async def log_in_by_factor(
    actions: Actions, http: web.Request, request: LogInByFactor, origin: Origin, site: Site
) -> web.Response:
    grant = await do_log_in_by_factor(actions, request, origin, site)
    return session_reply(http, grant, request.tokens)


async def sign_in_by_passkey(
    actions: Actions, http: web.Request, request: SignInByPasskey, origin: Origin, site: Site
) -> web.Response:
    grant = await do_sign_in_by_passkey(actions, request, origin, site)
    return session_reply(http, grant, request.tokens)


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
    return session_reply(http, grant, place)


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


def session_reply(
    http: web.Request, grant: SessionGrant, place: Literal["cookie", "body"], status: int = 200
) -> web.Response:
    """What a log-in gives, with the refresh token where it belongs."""
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
            "bad_email",
            "email_required",
            "invite_required",
            "unknown_invite",
            *HELD_OFF,
        ),
    ),
    Endpoint(
        "POST",
        "/api/auth/login",
        log_in,
        "Log in",
        answer=Session,
        instead={202: FactorWanted},
        errors=("bad_credentials", "account_disabled"),
        note="202 and a ticket for an account that has a second factor: no token is given before that was shown.",
    ),
    Endpoint(
        "POST",
        "/api/auth/login/factor",
        log_in_by_factor,
        "Show a second factor",
        answer=Session,
        errors=("ticket_expired", "bad_code", "bad_passkey", "account_disabled", "bad_credentials"),
        note="One of `code`, `recovery_code` and `passkey`. Five attempts for each ticket.",
    ),
    Endpoint(
        "POST",
        "/api/auth/login/factor/passkey",
        do_ask_for_passkey,
        "Ask for what a passkey signs as a second factor",
        errors=("ticket_expired",),
    ),
    Endpoint(
        "POST",
        "/api/auth/passkey/challenge",
        do_ask_for_any_passkey,
        "Ask for what a passkey signs to sign in by it alone",
    ),
    Endpoint(
        "POST",
        "/api/auth/passkey",
        sign_in_by_passkey,
        "Sign in by a passkey alone",
        answer=Session,
        errors=("bad_passkey", "account_disabled", "bad_credentials"),
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
    Endpoint(
        "POST",
        "/api/auth/password-advice",
        advise,
        "Ask how good a password is",
        note="It is kept nowhere, and goes nowhere from here.",
    ),
    Endpoint("POST", "/api/auth/verify", do_verify_email, "Confirm a mail address by its link", errors=("bad_link",)),
    Endpoint(
        "POST",
        "/api/auth/recover",
        do_ask_recovery,
        "Ask for a link to a new password",
        errors=("bad_email",),
        note="It is sent if the address is that of an account; the answer is the same in either case.",
    ),
    Endpoint(
        "POST",
        "/api/auth/recover/look",
        look_at_recovery,
        "See which accounts a link is good for",
        errors=("bad_link",),
    ),
    Endpoint(
        "POST",
        "/api/auth/recover/finish",
        do_recover,
        "Choose a new password by a link",
        errors=("bad_link", "too_short", "too_long", "weak_password"),
        note="Ends every log-in. Log in with the new password then, and with the second factor if there is one.",
    ),
    Endpoint("POST", "/api/auth/logout", log_out, "Log out", takes_cookie=True, note=_WHENCE),
)

"""People with second factors, and short ways to show them."""

from __future__ import annotations

import base64
from typing import Final

from server.actions.accounts import LogIn, do_log_in
from server.actions.challenges import PasskeyAnswer, base64url
from server.actions.factors import AppCode, do_begin_app, do_confirm_app
from server.actions.passkeys import MadePasskey, NewPasskey, do_add_passkey, do_begin_passkey
from server.actions.second_step import FactorTicket, FactorWanted, PasskeyQuestion
from server.actions.sessions import Authenticated, SessionGrant, open_session
from server.domain.factors import step_at, totp_code
from server.domain.ids import UserId
from server.ports import Assertion, Site
from tests.support.actions import HOME, House
from tests.support.authenticator import SoftAuthenticator

SITE: Final = Site("talk.example.org", lambda origin: origin == "https://talk.example.org")


async def caller(house: House, user_id: UserId) -> Authenticated:
    """With a log-in of just now."""
    async with house.store.write() as uow:
        me = await uow.users.me(user_id)
        assert me is not None
        grant = await open_session(house.actions, uow, me, HOME, house.clock.ms)
    return Authenticated(user_id=user_id, session_id=grant.session_id, expires_ms=2**53)


def code_now(house: House, secret: bytes, steps: int = 0) -> str:
    """What an app with that secret shows, or did or will."""
    return totp_code(secret, step_at(house.clock.ms) + steps)


async def add_app(house: House, user_id: UserId) -> tuple[bytes, tuple[str, ...]]:
    """Secret and recovery codes. The clock goes on, so that there is another code."""
    who = await caller(house, user_id)
    begun = await do_begin_app(house.actions, who, SITE)
    secret = base64.b32decode(begun.secret)
    codes = await do_confirm_app(house.actions, who, AppCode(code=code_now(house, secret)))
    house.clock.advance(30)
    return secret, codes.recovery_codes or ()


async def add_passkey(house: House, user_id: UserId, device: SoftAuthenticator, name: str = "Key") -> MadePasskey:
    who = await caller(house, user_id)
    wish = await do_begin_passkey(house.actions, who, SITE)
    return await do_add_passkey(house.actions, who, new_passkey(device, wish.challenge, name), SITE)


def new_passkey(device: SoftAuthenticator, challenge: str, name: str = "Key") -> NewPasskey:
    made = device.make(octets(challenge))
    return NewPasskey(name=name, client_data=base64url(made.client_data), attestation=base64url(made.attestation))


def answer(device: SoftAuthenticator, question: PasskeyQuestion) -> PasskeyAnswer:
    return written(device.sign(octets(question.challenge)))


def written(assertion: Assertion) -> PasskeyAnswer:
    return PasskeyAnswer(
        credential_id=base64url(assertion.credential_id),
        client_data=base64url(assertion.client_data),
        authenticator_data=base64url(assertion.authenticator_data),
        signature=base64url(assertion.signature),
    )


def octets(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "===")


async def log_in(house: House, name: str) -> SessionGrant | FactorWanted:
    """With the password of :meth:`House.user`."""
    return await do_log_in(house.actions, LogIn(username=name, password=f"{name}'s secret"), HOME)


async def ticket(house: House, name: str) -> FactorTicket:
    wanted = await log_in(house, name)
    assert isinstance(wanted, FactorWanted)
    return wanted.factor

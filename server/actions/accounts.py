"""Accounts: sign up, log in, one's own account, others' names."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from server.actions.acquaintances import acquaintance, known_elsewhere
from server.actions.authority import public_user
from server.actions.confirmation import ask_to_confirm, email_required
from server.actions.context import Actions, Origin
from server.actions.guessing import slow_down
from server.actions.invites import accept_invite, open_invite
from server.actions.owner_links import check_owner_token, spend_owner_token
from server.actions.passwords import check_password, typed_password
from server.actions.requests import Request
from server.actions.second_step import FactorWanted, let_in
from server.actions.sessions import SessionGrant, open_session
from server.domain.entities import ChosenStatus, DirectFrom, Me, User
from server.domain.errors import Conflict, Forbidden, Unauthenticated
from server.domain.events import MeUpdate, ToContacts, ToUsers, UserUpdate
from server.domain.ids import UserId
from server.domain.mail import clean_address
from server.domain.names import clean_line, fold_username, username_key
from server.domain.numbers import check_range
from server.domain.rates import Rule, address_key
from server.ports import Credentials, UnitOfWork


class SignUp(Request, frozen=True, kw_only=True):
    username: str
    password: str
    display_name: str | UnsetType = UNSET
    """The user name, unless given."""
    email: str | UnsetType = UNSET
    """Counts once it is confirmed by the link that is sent there."""
    invite: str | UnsetType = UNSET
    """Code of an invitation, which is accepted in the same step."""
    owner_token: str | UnsetType = UNSET
    tokens: Literal["cookie", "body"] = "cookie"
    """Where the door puts the refresh token."""


class LogIn(Request, frozen=True, kw_only=True):
    username: str
    password: str
    tokens: Literal["cookie", "body"] = "cookie"


class UpdateMe(Request, frozen=True, kw_only=True):
    display_name: str | UnsetType = UNSET
    direct_from: DirectFrom | UnsetType = UNSET
    status: ChosenStatus | UnsetType = UNSET
    status_text: str | UnsetType = UNSET
    """May be empty. A new text without ``status_until_ms`` stays until there is another."""
    status_until_ms: int | UnsetType | None = UNSET
    """When the text ends; None: never."""


# ------------------------------------------------------------------------------------------------------------ sign up


class _Newcomer(msgspec.Struct, frozen=True, kw_only=True):
    username: str
    display_name: str
    password: str
    email: str | None
    invite: str | None
    operator: bool


def check_sign_up(actions: Actions, request: SignUp) -> _Newcomer:
    """Everything as it counts; raises what is wrong with it, or that nobody may."""
    limits = actions.limits
    _check_may_sign_up(actions, request)
    username = username_key(request.username, shortest=limits.username_min, longest=limits.username_max)
    display_name = username
    if isinstance(request.display_name, str):
        display_name = clean_line(request.display_name, "display_name", longest=limits.display_name_max)
    email = clean_address(request.email) if isinstance(request.email, str) else None
    if email is None and actions.settings.email == "required":
        raise email_required()
    return _Newcomer(
        username=username,
        display_name=display_name,
        password=check_password(actions, request.password, username),
        email=email,
        invite=request.invite if isinstance(request.invite, str) else None,
        operator=isinstance(request.owner_token, str),
    )


def _check_may_sign_up(actions: Actions, request: SignUp) -> None:
    if isinstance(request.owner_token, str):
        return  # which is looked at by itself
    if actions.settings.sign_up == "closed":
        raise Forbidden("signup_closed", "New accounts are not open here. Ask the operator for one.")
    if actions.settings.sign_up == "invitation" and not isinstance(request.invite, str):
        raise Forbidden("invite_required", "New accounts are by invitation here. Open the link that you were sent.")


async def do_sign_up(actions: Actions, request: SignUp, origin: Origin) -> SessionGrant:
    """Raises username_taken, unknown_invite, what :func:`check_sign_up` finds, and what holds off newcomers of the group."""
    await actions.limiter.hit(Rule.SIGN_UP, address_key(origin.address))
    new = check_sign_up(actions, request)
    if isinstance(request.owner_token, str):
        await check_owner_token(actions, request.owner_token)
    if new.invite is not None:
        async with actions.store.read() as reader:
            await open_invite(reader, new.invite, actions.clock.now_ms())  # hashing is for those who may
    password_hash = await actions.hasher.hash(new.password)
    now_ms = actions.clock.now_ms()
    async with actions.store.write() as uow:
        if isinstance(request.owner_token, str):
            await spend_owner_token(actions, uow, request.owner_token)
        me = Me(
            id=UserId(actions.ids.next(now_ms)),
            username=new.username,
            display_name=new.display_name,
            operator=new.operator,
        )
        if not await uow.users.add(me, new.username, password_hash):
            raise Conflict("username_taken", "This user name is taken. Choose another.")
        if new.email is not None:
            await ask_to_confirm(actions, uow, me, new.email)
        if new.invite is not None:
            await accept_invite(actions, uow, me.id, new.invite, now_ms)
        return await open_session(actions, uow, me, origin, now_ms)


# ------------------------------------------------------------------------------------------------------------- log in


async def do_log_in(actions: Actions, request: LogIn, origin: Origin) -> SessionGrant | FactorWanted:
    """Raises :class:`Unauthenticated` (bad_credentials): the same words after the same work, whether the name exists or not."""
    limits = actions.limits
    username = fold_username(request.username, shortest=limits.username_min, longest=limits.username_max)
    await slow_down(actions, username or "", origin)
    password = typed_password(request.password, limits.password_max)
    credentials: Credentials | None = None
    if username is not None and password is not None:
        async with actions.store.read() as reader:
            credentials = await reader.users.credentials(username)
    password_hash = None if credentials is None else credentials.password_hash
    good = await actions.hasher.verify(password_hash, password or "")
    if credentials is None or password is None or not good:
        raise Unauthenticated("bad_credentials", "User name and password do not match. Try again.")
    renewed = await actions.hasher.hash(password) if actions.hasher.is_stale(credentials.password_hash) else None
    async with actions.store.write() as uow:
        return await _logged_in(actions, uow, credentials, renewed, origin)


async def _logged_in(
    actions: Actions, uow: UnitOfWork, credentials: Credentials, renewed: str | None, origin: Origin
) -> SessionGrant | FactorWanted:
    me = await uow.users.me(credentials.user_id)
    if me is None:
        raise Unauthenticated("bad_credentials", "User name and password do not match. Try again.")
    if renewed is not None:
        await uow.users.set_password_hash(me.id, renewed)
    return await let_in(actions, uow, me, origin, actions.clock.now_ms())


# --------------------------------------------------------------------------------------------------------------- names


async def get_me(actions: Actions, user_id: UserId) -> Me:
    """Raises :class:`Unauthenticated` when the account is gone."""
    async with actions.store.read() as reader:
        me = await reader.users.me(user_id)
    if me is None:
        raise Unauthenticated("unauthenticated", "This account is gone. Log in with another.")
    return me


async def get_user(actions: Actions, user_id: UserId, wanted_id: UserId) -> User:
    """Oneself, or someone with whom one shares a group, a conversation or a relation; raises :class:`NotFound` (unknown_user)."""
    async with actions.store.read() as reader:
        if wanted_id == user_id:
            return await public_user(reader, user_id)
        return await acquaintance(reader, user_id, wanted_id)


def check_update_me(actions: Actions, before: Me, request: UpdateMe, now_ms: int) -> Me:
    """As it is then. Raises too_short, too_long, bad_name, bad_request."""
    limits = actions.limits
    me = before
    if isinstance(request.display_name, str):
        name = clean_line(request.display_name, "display_name", longest=limits.display_name_max)
        me = msgspec.structs.replace(me, display_name=name)
    if isinstance(request.direct_from, DirectFrom):
        me = msgspec.structs.replace(me, direct_from=request.direct_from)
    if isinstance(request.status, ChosenStatus):
        me = msgspec.structs.replace(me, status=request.status)
    if isinstance(request.status_text, str):
        text = clean_line(request.status_text, "status_text", longest=limits.status_text_max, shortest=0)
        me = msgspec.structs.replace(me, status_text=text, status_until_ms=None)
    if not isinstance(request.status_until_ms, UnsetType):
        until_ms = request.status_until_ms
        if until_ms is not None:
            check_range(until_ms, "status_until_ms", now_ms + 1, now_ms + limits.status_lifetime_max_s * 1000)
        me = msgspec.structs.replace(me, status_until_ms=until_ms if me.status_text else None)
    return me


async def do_update_me(actions: Actions, user_id: UserId, request: UpdateMe) -> Me:
    """One's own devices hear of everything; those who know one, of a new name."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        before = await uow.users.me(user_id)
        if before is None:
            raise Unauthenticated("unauthenticated", "This account is gone. Log in with another.")
        me = check_update_me(actions, before, request, actions.clock.now_ms())
        if me == before:
            return me
        await uow.users.update(me)
        uow.publish(ToUsers((user_id,)), MeUpdate(me=me))
        if me.display_name != before.display_name:
            user = msgspec.structs.replace(await public_user(uow, user_id), display_name=me.display_name)
            uow.publish(ToContacts(user_id, await known_elsewhere(uow, user_id)), UserUpdate(user=user))
    return me

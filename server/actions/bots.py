"""Bots: accounts of programs. Somebody makes one, gives it tokens, and answers for it."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from server.actions.acquaintances import known_elsewhere
from server.actions.authority import group_seat, public_user, unknown_user
from server.actions.bot_tokens import new_token, silence_bots
from server.actions.context import Actions
from server.actions.members import MemberView
from server.actions.membership import come_in
from server.actions.proof import require_recent_proof
from server.actions.requests import Request
from server.actions.sessions import Authenticated
from server.domain.entities import Bot, User, UserKind
from server.domain.errors import Conflict, Forbidden, Invalid, NotFound
from server.domain.events import SessionRevoked, ToContacts, UserUpdate
from server.domain.ids import GroupId, SessionId, UserId
from server.domain.names import clean_line, fold_username, username_key
from server.domain.permissions import Permission
from server.domain.rates import Rule
from server.domain.scopes import Scope
from server.domain.standing import Standing
from server.ports import BotToken, Reader, UnitOfWork

_TOKEN_NAME_MAX: Final = 48


class CreateBot(Request, frozen=True, kw_only=True):
    username: str
    display_name: str | UnsetType = UNSET
    public: bool = False
    """Others may bring it into their groups too."""


class UpdateBot(Request, frozen=True, kw_only=True):
    display_name: str | UnsetType = UNSET
    public: bool | UnsetType = UNSET


class CreateToken(Request, frozen=True, kw_only=True):
    name: str
    scopes: tuple[Scope, ...]


class AddBot(Request, frozen=True, kw_only=True):
    username: str


class ShownToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token as its owner sees it later on: without the token."""

    id: SessionId
    name: str
    scopes: tuple[Scope, ...]
    used_ms: int | None = None


class OwnBot(msgspec.Struct, frozen=True, kw_only=True):
    user: User
    public: bool
    tokens: tuple[ShownToken, ...] = ()


class BotList(msgspec.Struct, frozen=True, kw_only=True):
    bots: tuple[OwnBot, ...]
    may_create: bool


class NewToken(msgspec.Struct, frozen=True, kw_only=True):
    shown: ShownToken
    token: str
    """Shown now and never again."""


def unknown_bot() -> NotFound:
    return NotFound("unknown_bot", "There is no such bot, or it is not yours.")


# ------------------------------------------------------------------------------------------------------------- one's own


async def get_bots(actions: Actions, user_id: UserId) -> BotList:
    async with actions.store.read() as reader:
        bots = await reader.bots.of_owner(user_id)
        users = await reader.users.by_ids([bot.user_id for bot in bots])
        tokens = await reader.bots.tokens_of([bot.user_id for bot in bots])
        may_create = await _may_create(actions, reader, user_id)
    shown = tuple(
        OwnBot(
            user=users[bot.user_id],
            public=bot.public,
            tokens=tuple(_shown(one) for one in tokens if one.bot_id == bot.user_id),
        )
        for bot in bots
        if users[bot.user_id].kind is UserKind.BOT
    )
    return BotList(bots=shown, may_create=may_create)


async def _may_create(actions: Actions, reader: Reader, user_id: UserId) -> bool:
    if actions.settings.bots == "everyone":
        return True
    me = await reader.users.me(user_id)
    return me is not None and me.operator


async def do_create_bot(actions: Actions, user_id: UserId, request: CreateBot) -> OwnBot:
    """Raises forbidden (where the operator keeps bots to themselves), username_taken, too_many."""
    await actions.limiter.hit(Rule.BOT_CREATE, str(user_id))
    limits = actions.limits
    username = username_key(request.username, shortest=limits.username_min, longest=limits.username_max)
    display_name = username
    if isinstance(request.display_name, str):
        display_name = _clean_name(actions, request.display_name)
    async with actions.store.write() as uow:
        if not await _may_create(actions, uow, user_id):
            raise Forbidden("forbidden", "Only operators make bots on this server.", permission="operator")
        if len(await uow.bots.of_owner(user_id)) >= limits.bots_per_user:
            limit = limits.bots_per_user
            raise Conflict("too_many", f"You have {limit} bots already. Delete one first.", limit=limit)
        bot_id = UserId(actions.ids.next(actions.clock.now_ms()))
        user = User(id=bot_id, username=username, display_name=display_name, kind=UserKind.BOT)
        if not await uow.users.add_automaton(user, username):
            raise Conflict("username_taken", "This user name is taken. Choose another.")
        await uow.bots.add(Bot(user_id=bot_id, owner_id=user_id, public=request.public))
    return OwnBot(user=user, public=request.public)


async def do_update_bot(actions: Actions, user_id: UserId, bot_id: UserId, request: UpdateBot) -> OwnBot:
    """Who shares a group with it hears of a new name. Raises unknown_bot."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        bot, user = await _own(uow, user_id, bot_id)
        if isinstance(request.display_name, str):
            renamed = msgspec.structs.replace(user, display_name=_clean_name(actions, request.display_name))
            if renamed != user:
                await uow.users.rename_automaton(renamed)
                uow.publish(ToContacts(bot_id, await known_elsewhere(uow, bot_id)), UserUpdate(user=renamed))
                user = renamed
        if isinstance(request.public, bool) and request.public != bot.public:
            bot = msgspec.structs.replace(bot, public=request.public)
            await uow.bots.set_public(bot_id, public=request.public)
        tokens = await uow.bots.tokens_of([bot_id])
    return OwnBot(user=user, public=bot.public, tokens=tuple(map(_shown, tokens)))


async def do_delete_bot(actions: Actions, user_id: UserId, bot_id: UserId) -> None:
    """Its tokens end at once; the account goes soon, as anybody's whose time of grace is over. What it wrote stays."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        await _own(uow, user_id, bot_id)
        await end_bot(uow, bot_id, actions.clock.now_ms())


async def end_bot(uow: UnitOfWork, bot_id: UserId, now_ms: int) -> None:
    await silence_bots(uow, bot_id)
    await uow.standings.put(Standing(user_id=bot_id, delete_after_ms=now_ms))


async def _own(reader: Reader, user_id: UserId, bot_id: UserId) -> tuple[Bot, User]:
    bot = await reader.bots.get(bot_id)
    user = (await reader.users.by_ids([bot_id])).get(bot_id)
    if bot is None or bot.owner_id != user_id or user is None or (await reader.standings.of(bot_id)).delete_after_ms:
        raise unknown_bot()
    return bot, user


def _clean_name(actions: Actions, name: str) -> str:
    return clean_line(name, "display_name", longest=actions.limits.display_name_max)


# --------------------------------------------------------------------------------------------------------------- tokens


async def do_create_token(actions: Actions, caller: Authenticated, bot_id: UserId, request: CreateToken) -> NewToken:
    """Raises unknown_bot, proof_required, too_many, bad_request (no scope at all)."""
    await actions.limiter.hit(Rule.BOT_CREATE, str(caller.user_id))
    name = clean_line(request.name, "name", longest=_TOKEN_NAME_MAX)
    scopes = tuple(dict.fromkeys(request.scopes))
    if not scopes:
        raise Invalid("bad_request", "Choose at least one scope.", where="scopes")
    token_id = SessionId(actions.ids.next(actions.clock.now_ms()))
    token, token_hash = new_token(actions, token_id)
    async with actions.store.write() as uow:
        await _own(uow, caller.user_id, bot_id)
        await require_recent_proof(actions, uow, caller)
        limit = actions.limits.tokens_per_bot
        if len(await uow.bots.tokens_of([bot_id])) >= limit:
            raise Conflict("too_many", f"A bot has at most {limit} tokens. Revoke one first.", limit=limit)
        record = BotToken(id=token_id, bot_id=bot_id, name=name, token_hash=token_hash, scopes=scopes)
        await uow.bots.add_token(record)
    return NewToken(shown=_shown(record), token=token)


async def do_revoke_token(actions: Actions, user_id: UserId, bot_id: UserId, token_id: SessionId) -> None:
    """Its sockets close at once. Raises unknown_bot, unknown_token."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        await _own(uow, user_id, bot_id)
        if not await uow.bots.delete_token(bot_id, token_id):
            raise NotFound("unknown_token", "There is no such token. It may have been revoked already.")
        uow.notify(SessionRevoked(token_id))


def _shown(record: BotToken) -> ShownToken:
    return ShownToken(id=record.id, name=record.name, scopes=record.scopes, used_ms=record.used_ms)


# --------------------------------------------------------------------------------------------------------------- groups


async def do_add_bot(actions: Actions, user_id: UserId, group_id: GroupId, request: AddBot) -> MemberView:
    """Needs MANAGE_GROUP; one's own bots, and public ones. Raises unknown_user, already_member, and what holds anybody off."""
    await actions.limiter.hit(Rule.ADDITION_CREATE, str(user_id))
    limits = actions.limits
    key = fold_username(request.username, shortest=limits.username_min, longest=limits.username_max)
    async with actions.store.write() as uow:
        now_ms = actions.clock.now_ms()
        seat = await group_seat(uow, user_id, group_id, now_ms)
        seat.require(Permission.MANAGE_GROUP)
        bot = None if key is None else await uow.bots.named(key)
        if bot is None or not (bot.public or bot.owner_id == user_id):
            raise unknown_user()
        if await uow.members.get(group_id, bot.user_id) is not None:
            raise Conflict("already_member", "This bot is in the group already.")
        view = await come_in(actions, uow, bot.user_id, group_id, now_ms)
        return MemberView(member=view.member, user=await public_user(uow, bot.user_id))

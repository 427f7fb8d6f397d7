"""Operators keep an account out, or let it in again."""

from __future__ import annotations

import msgspec

from server.actions.authority import unknown_user
from server.actions.bot_tokens import silence_bots
from server.actions.context import Actions
from server.actions.sessions import revoke_all
from server.domain.entities import Me, UserKind
from server.domain.errors import Forbidden, Invalid
from server.domain.ids import UserId
from server.domain.names import clean_line
from server.domain.standing import Standing
from server.ports import Reader


async def check_disable(reader: Reader, operator_id: UserId | None, user_id: UserId) -> Me:
    """The account. ``operator_id``: None for whoever sits at the server itself, who may do this to operators too.

    Raises forbidden, unknown_user, bad_request (oneself), above_you (another operator).
    """
    if operator_id is not None:
        await require_operator(reader, operator_id)
    me = await reader.users.me(user_id)
    users = await reader.users.by_ids([user_id])
    if me is None or users[user_id].kind is UserKind.DELETED:
        raise unknown_user()
    if user_id == operator_id:
        raise Invalid("bad_request", "You cannot disable your own account.", where="user")
    if operator_id is not None and me.operator:
        raise Forbidden("above_you", "An operator's account can only be disabled on the server itself.")
    return me


async def require_operator(reader: Reader, user_id: UserId) -> None:
    """Raises forbidden."""
    me = await reader.users.me(user_id)
    if me is None or not me.operator:
        raise Forbidden("forbidden", "Only an operator of this server can do this.", permission="operator")


async def do_disable_account(
    actions: Actions, operator_id: UserId | None, user_id: UserId, reason: str = ""
) -> Standing:
    """Ends every log-in at once, and closes their sockets; nobody comes in with this account until it is enabled again.

    Done again it changes the reason. Raises as :func:`check_disable` does, and too_long, bad_name.
    """
    note = clean_line(reason, "reason", longest=actions.limits.reason_max, shortest=0)
    async with actions.store.write() as uow:
        await check_disable(uow, operator_id, user_id)
        now_ms = actions.clock.now_ms()
        before = await uow.standings.of(user_id)
        since_ms = now_ms if before.disabled_ms is None else before.disabled_ms
        standing = msgspec.structs.replace(before, disabled_ms=since_ms, disabled_reason=note)
        await uow.standings.put(standing)
        await revoke_all(uow, user_id, now_ms)
        await silence_bots(uow, user_id)
    return standing


async def do_enable_account(actions: Actions, operator_id: UserId | None, user_id: UserId) -> Standing:
    """They log in again by themselves. Changes nothing for one that is not disabled. Raises forbidden, unknown_user."""
    async with actions.store.write() as uow:
        if operator_id is not None:
            await require_operator(uow, operator_id)
        if await uow.users.me(user_id) is None:
            raise unknown_user()
        before = await uow.standings.of(user_id)
        standing = msgspec.structs.replace(before, disabled_ms=None, disabled_reason="")
        if standing != before:
            await uow.standings.put(standing)
    return standing

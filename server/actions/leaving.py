"""Leaving this server: an account rests until its owner comes back, or ends after a time in which they may change their mind.

The end itself is :mod:`server.actions.farewell`.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from server.actions.authority import still_there
from server.actions.bot_tokens import silence_bots
from server.actions.context import Actions
from server.actions.proof import require_recent_proof
from server.actions.requests import Request
from server.actions.sessions import Authenticated, revoke_all
from server.domain.entities import Me
from server.domain.errors import Conflict, Unauthenticated
from server.domain.events import MeUpdate, ToUsers
from server.domain.ids import UserId
from server.domain.rates import Rule
from server.ports import Reader, UnitOfWork

_NAMED_MAX: Final = 100
"""Groups that a refusal lists."""


class EndAccount(Request, frozen=True, kw_only=True):
    messages: Literal["keep", "delete"] = "keep"
    """What was written stays, under no name, or goes too."""


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    delete_after_ms: int
    """Until then, a log-in offers to call it off."""


async def do_deactivate(actions: Actions, caller: Authenticated) -> None:
    """Ends every log-in; nobody finds the account by its name until its owner logs in again. Raises proof_required."""
    await actions.limiter.hit(Rule.CHANGE, str(caller.user_id))
    async with actions.store.write() as uow:
        await require_recent_proof(actions, uow, caller)
        now_ms = actions.clock.now_ms()
        standing = await uow.standings.of(caller.user_id)
        await uow.standings.put(msgspec.structs.replace(standing, deactivated_ms=now_ms))
        await revoke_all(uow, caller.user_id, now_ms)


async def check_end(reader: Reader, user_id: UserId) -> None:
    """Groups do not lose their owner by the way, nor a server its last operator. Raises owns_groups, last_operator."""
    owned = await reader.groups.owned_by(user_id, _NAMED_MAX)
    if owned:
        names = ", ".join(group.name for group in owned[:3]) + (" ..." if len(owned) > 3 else "")
        raise Conflict(
            "owns_groups",
            f"You own groups ({names}). Hand each of them over or delete it, then try again.",
            groups=[{"id": str(int(group.id)), "name": group.name} for group in owned],
        )
    if await reader.users.operators() == [user_id]:
        raise Conflict("last_operator", "You are the only operator of this server. Appoint another one first.")


async def do_end_account(actions: Actions, caller: Authenticated, request: EndAccount) -> Ending:
    """Ends every log-in, and the account itself after the time of grace. Asked again it begins anew. Raises proof_required,
    owns_groups, last_operator."""
    user_id = caller.user_id
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        await require_recent_proof(actions, uow, caller)
        await check_end(uow, user_id)
        now_ms = actions.clock.now_ms()
        after_ms = now_ms + actions.settings.deletion_grace_s * 1000
        standing = msgspec.structs.replace(
            await uow.standings.of(user_id), delete_after_ms=after_ms, deletes_messages=request.messages == "delete"
        )
        await uow.standings.put(standing)
        await revoke_all(uow, user_id, now_ms)
        await silence_bots(uow, user_id)
    return Ending(delete_after_ms=after_ms)


async def do_keep_account(actions: Actions, user_id: UserId) -> Me:
    """Calls the end off. Changes nothing where there is none to come."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        standing = await uow.standings.of(user_id)
        if standing.is_over(actions.clock.now_ms()):
            raise Unauthenticated("unauthenticated", "This account is gone. Log in with another.")
        if standing.delete_after_ms is not None:
            kept = msgspec.structs.replace(standing, delete_after_ms=None, deletes_messages=False)
            await uow.standings.put(kept)
        return await _tell(uow, user_id)


async def _tell(uow: UnitOfWork, user_id: UserId) -> Me:
    still_there((await uow.users.by_ids([user_id])).get(user_id))
    me = await uow.users.me(user_id)
    assert me is not None  # noqa: S101 (just seen)
    uow.publish(ToUsers((user_id,)), MeUpdate(me=me))
    return me

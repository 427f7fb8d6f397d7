"""A new password for one's own account."""

from __future__ import annotations

from server.actions.accounts import get_me
from server.actions.context import Actions
from server.actions.notices import notify
from server.actions.passwords import check_password
from server.actions.proof import require_recent_proof
from server.actions.requests import Request
from server.actions.sessions import Authenticated, revoke_all
from server.domain.rates import Rule


class ChangePassword(Request, frozen=True, kw_only=True):
    password: str
    """The new one; who one is was shown by a proof."""
    end_others: bool = True
    """Whether all other log-ins end."""


async def do_change_password(actions: Actions, caller: Authenticated, request: ChangePassword) -> None:
    """Links to recover the account end with the old password. Raises proof_required, and what :func:`check_password` finds."""
    await actions.limiter.hit(Rule.PROVE, str(caller.session_id))
    async with actions.store.read() as reader:
        await require_recent_proof(actions, reader, caller)  # hashing is for those who may
    me = await get_me(actions, caller.user_id)
    password_hash = await actions.hasher.hash(check_password(actions, request.password, me.username))
    async with actions.store.write() as uow:
        await require_recent_proof(actions, uow, caller)
        await uow.users.set_password_hash(me.id, password_hash)
        await uow.tickets.end_all(me.id)
        address = await uow.users.email(me.id)
        if address is not None:
            await uow.links.drop_recoveries(address)
        if request.end_others:
            await revoke_all(uow, me.id, actions.clock.now_ms(), but=caller.session_id)
        text = f"The password of your account {me.username} was changed."
        await notify(actions, uow, me.id, f"The password of {me.username} was changed", text)

"""The mail address of an account: it counts once a link that was sent there has been opened.

Several accounts may have one address, so nothing ever tells whether it is somebody's.
"""

from __future__ import annotations

import msgspec

from server.actions.accounts import get_me
from server.actions.confirmation import ask_to_confirm, email_required
from server.actions.context import Actions, Origin
from server.actions.links import bad_link, use_link
from server.actions.notices import notify
from server.actions.proof import require_recent_proof
from server.actions.requests import Request
from server.actions.sessions import Authenticated
from server.domain.ids import UserId
from server.domain.mail import clean_address, mail_key
from server.domain.rates import Rule, address_key
from server.ports import Reader


class SetEmail(Request, frozen=True, kw_only=True):
    email: str


class VerifyEmail(Request, frozen=True, kw_only=True):
    token: str
    """From the link."""


class EmailState(msgspec.Struct, frozen=True, kw_only=True):
    email: str | None
    """The confirmed one."""
    pending: str | None
    """One that waits to be confirmed."""


async def get_email(actions: Actions, user_id: UserId) -> EmailState:
    async with actions.store.read() as reader:
        return await _state(actions, reader, user_id)


async def do_set_email(actions: Actions, caller: Authenticated, request: SetEmail) -> EmailState:
    """Sends a link to the new address, and word of it to the old one. Raises bad_email, proof_required."""
    await actions.limiter.hit(Rule.MAIL_ACCOUNT, str(caller.user_id))
    address = clean_address(request.email)
    me = await get_me(actions, caller.user_id)
    async with actions.store.write() as uow:
        await require_recent_proof(actions, uow, caller)
        await uow.links.drop_pending(me.id)
        before = await uow.users.email(me.id)
        if before is None or mail_key(before) != mail_key(address):
            await ask_to_confirm(actions, uow, me, address)
            if before is not None:
                text = f"Somebody asked for {address} to become the mail address of your account {me.username}."
                await notify(actions, uow, me.id, f"A new mail address for {me.username}", text)
        return await _state(actions, uow, me.id)


async def do_resend_email(actions: Actions, user_id: UserId) -> EmailState:
    """A new link in the place of the one that was sent; nothing when no address waits."""
    await actions.limiter.hit(Rule.MAIL_ACCOUNT, str(user_id))
    me = await get_me(actions, user_id)
    async with actions.store.write() as uow:
        pending = (await _state(actions, uow, user_id)).pending
        if pending is not None:
            await uow.links.drop_pending(user_id)
            await ask_to_confirm(actions, uow, me, pending)
        return await _state(actions, uow, user_id)


async def do_remove_email(actions: Actions, caller: Authenticated) -> None:
    """Also one that waits. Raises proof_required, and email_required where every account has to have one."""
    await actions.limiter.hit(Rule.CHANGE, str(caller.user_id))
    if actions.settings.email == "required":
        raise email_required()
    me = await get_me(actions, caller.user_id)
    async with actions.store.write() as uow:
        await require_recent_proof(actions, uow, caller)
        before = await uow.users.email(me.id)
        await uow.links.drop_pending(me.id)
        if before is not None:
            await uow.links.drop_recoveries(before)
            text = f"This mail address no longer belongs to your account {me.username}."
            await notify(actions, uow, me.id, f"The mail address of {me.username} was removed", text)
            await uow.users.set_email(me.id, None)


async def do_verify_email(actions: Actions, request: VerifyEmail, origin: Origin) -> None:
    """Makes the address that of the account; both addresses are told of a change. Raises bad_link."""
    await actions.limiter.hit(Rule.LINK, address_key(origin.address))
    async with actions.store.write() as uow:
        link = await use_link(actions, uow, "verify", request.token)
        me = None if link.user_id is None else await uow.users.me(link.user_id)
        if me is None:
            raise bad_link()
        before = await uow.users.email(me.id)
        await uow.links.drop_pending(me.id)
        await uow.users.set_email(me.id, link.address)
        if before is not None:
            await uow.links.drop_recoveries(before)
            text = f"The mail address of your account {me.username} is now {link.address}."
            for to in (before, link.address):
                await notify(actions, uow, me.id, f"The mail address of {me.username} was changed", text, to=to)


async def _state(actions: Actions, reader: Reader, user_id: UserId) -> EmailState:
    link = await reader.links.pending(user_id)
    waits = link is not None and actions.clock.now_ms() < link.expires_ms
    return EmailState(
        email=await reader.users.email(user_id), pending=link.address if link is not None and waits else None
    )

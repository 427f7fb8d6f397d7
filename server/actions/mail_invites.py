"""Inviting somebody by mail, whether they have an account or not."""

from __future__ import annotations

from typing import Final

from server.actions.audit import Change, record
from server.actions.authority import group_seat, public_user
from server.actions.context import Actions
from server.actions.invites import CreateInvite, check_create_invite, make_room, new_code, shown_code
from server.actions.mails import queue_mail
from server.actions.requests import Request
from server.domain.entities import AuditAction, Invite
from server.domain.ids import ChannelId, GroupId, UserId
from server.domain.mail import Mail, clean_address
from server.domain.rates import Rule

LIFETIME_S: Final = 7 * 86_400


class InviteByMail(Request, frozen=True, kw_only=True):
    email: str
    channel_id: ChannelId | None = None
    """Where the guest lands."""


async def do_invite_by_mail(actions: Actions, user_id: UserId, group_id: GroupId, request: InviteByMail) -> Invite:
    """One use, seven days. Needs CREATE_INVITE, in the channel if there is one. Nothing tells whether the address is known here."""
    await actions.limiter.hit(Rule.MAIL_INVITE, str(user_id))
    address = clean_address(request.email)
    code = new_code(actions)
    async with actions.store.write() as uow:
        now_ms = actions.clock.now_ms()
        seat = await group_seat(uow, user_id, group_id, now_ms, channels=request.channel_id is not None)
        check_create_invite(actions, seat, CreateInvite(channel_id=request.channel_id))
        await make_room(uow, group_id, actions.limits.invites_per_group, now_ms)
        invite = Invite(
            code=code,
            group_id=group_id,
            channel_id=request.channel_id,
            creator_id=user_id,
            expires_ms=now_ms + LIFETIME_S * 1000,
            max_uses=1,
            email=address,
        )
        await uow.invites.add(invite)
        changes: dict[str, Change] = {"expires_ms": invite.expires_ms, "max_uses": invite.max_uses, "by": "mail"}
        action = AuditAction.INVITE_CREATE
        await record(actions, uow, seat, action, "invite", shown_code(code), reason=None, changes=changes)
        inviter = await public_user(uow, user_id)
        name = inviter.display_name or inviter.username
        await queue_mail(actions, uow, _mail(actions, address, name, seat.access.group.name, code))
    return invite


def _mail(actions: Actions, address: str, inviter: str, group: str, code: str) -> Mail:
    link = f"{actions.settings.address}/invite/{code}"
    return Mail(
        to=address,
        subject=f"{inviter} invites you to {group}",
        text=(
            f"{inviter} invites you to the group {group}.\n\n"
            f"Open this link to come in; it works once, for seven days:\n\n{link}\n\n"
            "If you do not know who this is, do nothing: nobody learns that this mail arrived.\n"
        ),
    )

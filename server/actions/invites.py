"""Links that let people in."""

from __future__ import annotations

import base64
from typing import Final

import msgspec

from server.actions.audit import record
from server.actions.authority import Seat, group_seat, unknown_channel
from server.actions.context import Actions, Origin
from server.actions.membership import come_in
from server.actions.requests import Request
from server.actions.views import views_of
from server.domain.entities import AuditAction, ChannelKind, Invite, User
from server.domain.errors import Conflict, Invalid, NotFound
from server.domain.events import GroupView
from server.domain.ids import ChannelId, GroupId, UserId
from server.domain.numbers import check_range
from server.domain.permissions import Permission
from server.domain.rates import Rule, address_key
from server.ports import Reader, UnitOfWork

_CODE_BYTES: Final = 12
"""96 bits: not to be guessed."""
_CODE_LENGTH_MAX: Final = 64
_LIFETIME_MIN_S: Final = 60
_SHOWN: Final = 4


class CreateInvite(Request, frozen=True, kw_only=True):
    channel_id: ChannelId | None = None
    """Where the guest lands."""
    expires_in_s: int | None = None
    """Never, when it is not given."""
    max_uses: int | None = None


class InviteList(msgspec.Struct, frozen=True, kw_only=True):
    invites: tuple[Invite, ...]


class InviteCard(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    expires_ms: int | None


class GroupCard(msgspec.Struct, frozen=True, kw_only=True):
    id: GroupId
    name: str


class InvitePreview(msgspec.Struct, frozen=True, kw_only=True):
    """What anybody who has the link may know."""

    invite: InviteCard
    group: GroupCard
    inviter: User
    member_count: int


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    view: GroupView
    channel_id: ChannelId | None
    """Where to go first, if one may view it."""


def _unknown_invite() -> NotFound:
    return NotFound("unknown_invite", "This invitation is not valid, or has ended. Ask for a new one.")


# ----------------------------------------------------------------------------------------------------- make, withdraw


def check_create_invite(actions: Actions, seat: Seat, request: CreateInvite) -> None:
    """Needs CREATE_INVITE, in the channel if there is one."""
    limits = actions.limits
    if request.expires_in_s is not None:
        check_range(request.expires_in_s, "expires_in_s", _LIFETIME_MIN_S, limits.invite_lifetime_max_s)
    if request.max_uses is not None:
        check_range(request.max_uses, "max_uses", 1, limits.invite_uses_max)
    if request.channel_id is not None:
        if not seat.access.may_view(seat.member, request.channel_id):
            raise unknown_channel()
        if seat.access.channels[request.channel_id].kind is ChannelKind.CATEGORY:
            raise Invalid("wrong_channel_kind", "A guest cannot land in a category. Choose a channel.")
    seat.require(Permission.CREATE_INVITE, request.channel_id)


def new_code(actions: Actions) -> str:
    return base64.urlsafe_b64encode(actions.random_bytes(_CODE_BYTES)).decode()


async def do_create_invite(actions: Actions, user_id: UserId, group_id: GroupId, request: CreateInvite) -> Invite:
    """Raises too_many; what has ended does not count."""
    await actions.limiter.hit(Rule.INVITE_CREATE, str(user_id))
    code = new_code(actions)
    async with actions.store.write() as uow:
        now_ms = actions.clock.now_ms()
        seat = await group_seat(uow, user_id, group_id, now_ms, channels=request.channel_id is not None)
        check_create_invite(actions, seat, request)
        await make_room(uow, group_id, actions.limits.invites_per_group, now_ms)
        lifetime_s = request.expires_in_s
        invite = Invite(
            code=code,
            group_id=group_id,
            channel_id=request.channel_id,
            creator_id=user_id,
            expires_ms=None if lifetime_s is None else now_ms + lifetime_s * 1000,
            max_uses=request.max_uses,
        )
        await uow.invites.add(invite)
        changes = {
            "channel_id": invite.channel_id,
            "expires_ms": invite.expires_ms,
            "max_uses": invite.max_uses,
        }
        action = AuditAction.INVITE_CREATE
        await record(actions, uow, seat, action, "invite", shown_code(code), reason=None, changes=changes)
    return invite


def shown_code(code: str) -> str:
    """As much of it as the audit log tells: nobody comes in with that."""
    return code[:_SHOWN]


async def make_room(uow: UnitOfWork, group_id: GroupId, limit: int, now_ms: int) -> None:
    """Forgets what has ended when there are too many. Raises :class:`Conflict` (too_many)."""
    invites = await uow.invites.of_group(group_id)
    if len(invites) < limit:
        return
    ended = [invite for invite in invites if not _is_open(invite, now_ms)]
    for invite in ended:
        await uow.invites.delete(invite.code)
    if len(invites) - len(ended) >= limit:
        raise Conflict("too_many", f"A group has at most {limit} invitations. Withdraw some first.", limit=limit)


async def get_invites(actions: Actions, user_id: UserId, group_id: GroupId) -> InviteList:
    """All that are open with MANAGE_GROUP, else one's own."""
    async with actions.store.read() as reader:
        now_ms = actions.clock.now_ms()
        seat = await group_seat(reader, user_id, group_id, now_ms)
        invites = await reader.invites.of_group(group_id)
    sees_all = seat.may(Permission.MANAGE_GROUP)
    mine = (one for one in invites if _is_open(one, now_ms) and (sees_all or one.creator_id == user_id))
    return InviteList(invites=tuple(mine))


async def do_delete_invite(actions: Actions, user_id: UserId, code: str) -> None:
    """One's own, or with MANAGE_GROUP; to strangers the invite does not exist."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        invite = await _find(uow, code)
        try:
            seat = await group_seat(uow, user_id, invite.group_id, actions.clock.now_ms())
        except NotFound as missing:
            raise _unknown_invite() from missing
        if invite.creator_id != user_id:
            seat.require(Permission.MANAGE_GROUP)
        await uow.invites.delete(code)
        await record(actions, uow, seat, AuditAction.INVITE_DELETE, "invite", shown_code(code), reason=None)


async def open_invite(reader: Reader, code: str, now_ms: int) -> Invite:
    """Raises :class:`NotFound` (unknown_invite), whether it never was or has ended."""
    invite = await _find(reader, code)
    if not _is_open(invite, now_ms):
        raise _unknown_invite()
    return invite


async def _find(reader: Reader, code: str) -> Invite:
    invite = await reader.invites.get(code) if code.isascii() and len(code) <= _CODE_LENGTH_MAX else None
    if invite is None:
        raise _unknown_invite()
    return invite


def _is_open(invite: Invite, now_ms: int) -> bool:
    in_time = invite.expires_ms is None or now_ms < invite.expires_ms
    return in_time and (invite.max_uses is None or invite.uses < invite.max_uses)


# ------------------------------------------------------------------------------------------------------- look, accept


async def look_at_invite(actions: Actions, code: str, origin: Origin) -> InvitePreview:
    """For anybody; raises :class:`NotFound` (unknown_invite), whether it never was or has ended."""
    await actions.limiter.hit(Rule.INVITE_LOOK, address_key(origin.address))
    async with actions.store.read() as reader:
        invite = await _find(reader, code)
        group = await reader.groups.get(invite.group_id)
        inviters = await reader.users.by_ids([invite.creator_id])
        counts = await reader.members.counts([invite.group_id])
    if group is None or invite.creator_id not in inviters or not _is_open(invite, actions.clock.now_ms()):
        raise _unknown_invite()
    return InvitePreview(
        invite=InviteCard(code=invite.code, expires_ms=invite.expires_ms),
        group=GroupCard(id=group.id, name=group.name),
        inviter=inviters[invite.creator_id],
        member_count=counts.get(group.id, 0),
    )


async def do_accept_invite(actions: Actions, user_id: UserId, code: str) -> Accepted:
    """Comes into the group; for a member nothing changes, and no use is counted."""
    await actions.limiter.hit(Rule.INVITE_ACCEPT, str(user_id))
    async with actions.store.write() as uow:
        return await accept_invite(actions, uow, user_id, code, actions.clock.now_ms())


async def accept_invite(actions: Actions, uow: UnitOfWork, user_id: UserId, code: str, now_ms: int) -> Accepted:
    """Part of accepting one, and of signing up with one. Raises unknown_invite, and what holds off newcomers."""
    invite = await _find(uow, code)
    member = await uow.members.get(invite.group_id, user_id)
    if member is None:
        if not await uow.invites.use(code, now_ms):
            raise _unknown_invite()
        view = await come_in(actions, uow, user_id, invite.group_id, now_ms)
    else:
        (view,) = await views_of(uow, actions.voice, [member])
    seen = any(channel.id == invite.channel_id for channel in view.channels)
    return Accepted(view=view, channel_id=invite.channel_id if seen else None)

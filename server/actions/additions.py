"""Asking someone by name to come into a group; they consent, or refuse."""

from __future__ import annotations

import msgspec

from server.actions.audit import record
from server.actions.authority import cannot_message, group_seat, public_user, unknown_user
from server.actions.context import Actions
from server.actions.membership import come_in
from server.actions.requests import Request
from server.actions.views import views_of
from server.domain.entities import Addition, AuditAction, User
from server.domain.errors import Conflict, NotFound
from server.domain.events import AdditionCreate, AdditionDelete, GroupView, ToUsers
from server.domain.ids import AdditionId, GroupId, UserId
from server.domain.names import fold_username
from server.domain.permissions import Permission
from server.domain.rates import Rule
from server.ports import Reader, UnitOfWork


class CreateAddition(Request, frozen=True, kw_only=True):
    username: str


class MyAdditions(msgspec.Struct, frozen=True, kw_only=True):
    additions: tuple[Addition, ...]


class AdditionList(msgspec.Struct, frozen=True, kw_only=True):
    additions: tuple[Addition, ...]
    users: tuple[User, ...]
    """Those who are asked."""


def _unknown_addition() -> NotFound:
    return NotFound("unknown_addition", "Nobody asks for this any more.")


# ---------------------------------------------------------------------------------------------------------------- ask


async def check_addition(actions: Actions, uow: UnitOfWork, user: User, group_id: GroupId) -> None:
    """Raises already_member; too_many when that person has enough to answer."""
    if await uow.members.get(group_id, user.id) is not None:
        raise Conflict("already_member", "This person is in the group already.")
    limit = actions.limits.additions_pending
    if len(await uow.additions.of_user(user.id)) >= limit:
        raise Conflict("too_many", "This person has too many unanswered requests.", limit=limit)


async def do_create_addition(actions: Actions, user_id: UserId, group_id: GroupId, request: CreateAddition) -> Addition:
    """Needs CREATE_INVITE; raises unknown_user, already_member, already_asked, too_many, cannot_message."""
    await actions.limiter.hit(Rule.ADDITION_CREATE, str(user_id))
    limits = actions.limits
    key = fold_username(request.username, shortest=limits.username_min, longest=limits.username_max)
    async with actions.store.write() as uow:
        now_ms = actions.clock.now_ms()
        seat = await group_seat(uow, user_id, group_id, now_ms)
        seat.require(Permission.CREATE_INVITE)
        user = await uow.users.by_username(key) if key is not None else None
        if user is None:
            raise unknown_user()
        await check_addition(actions, uow, user, group_id)
        tie = (await uow.relations.ties(user_id, [user.id]))[user.id]
        if tie.blocked:
            raise cannot_message(tie, user.id)
        addition = Addition(
            id=AdditionId(actions.ids.next(now_ms)),
            group_id=group_id,
            group_name=seat.access.group.name,
            inviter=await public_user(uow, user_id),
            user_id=user.id,
        )
        if not await uow.additions.add(addition):
            raise Conflict("already_asked", "This person was asked already, and has not answered yet.")
        uow.publish(ToUsers((user.id,)), AdditionCreate(addition=addition))
    return addition


async def get_additions(actions: Actions, user_id: UserId, group_id: GroupId) -> AdditionList:
    """All with MANAGE_GROUP, else those one asked oneself."""
    async with actions.store.read() as reader:
        seat = await group_seat(reader, user_id, group_id, actions.clock.now_ms())
        sees_all = seat.may(Permission.MANAGE_GROUP)
        additions = [one for one in await reader.additions.of_group(group_id) if sees_all or one.inviter.id == user_id]
    users = await actions.profiles.by_ids([addition.user_id for addition in additions])
    return AdditionList(additions=tuple(additions), users=tuple(users.values()))


async def do_withdraw_addition(actions: Actions, user_id: UserId, addition_id: AdditionId) -> None:
    """One's own, or with MANAGE_GROUP; to strangers it does not exist."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        addition = await uow.additions.get(addition_id)
        if addition is None:
            raise _unknown_addition()
        try:
            seat = await group_seat(uow, user_id, addition.group_id, actions.clock.now_ms())
        except NotFound as missing:
            raise _unknown_addition() from missing
        if addition.inviter.id != user_id:
            seat.require(Permission.MANAGE_GROUP)
            await record(actions, uow, seat, AuditAction.ADDITION_DELETE, "member", addition.user_id, reason=None)
        await _end(uow, addition)


# ------------------------------------------------------------------------------------------------------------- answer


async def get_my_additions(actions: Actions, user_id: UserId) -> MyAdditions:
    async with actions.store.read() as reader:
        return MyAdditions(additions=tuple(await reader.additions.of_user(user_id)))


async def check_answer(reader: Reader, user_id: UserId, addition_id: AdditionId) -> Addition:
    """The addition, for the one who is asked; to all others it does not exist."""
    addition = await reader.additions.get(addition_id)
    if addition is None or addition.user_id != user_id:
        raise _unknown_addition()
    return addition


async def do_accept_addition(actions: Actions, user_id: UserId, addition_id: AdditionId) -> GroupView:
    await actions.limiter.hit(Rule.INVITE_ACCEPT, str(user_id))
    async with actions.store.write() as uow:
        addition = await check_answer(uow, user_id, addition_id)
        member = await uow.members.get(addition.group_id, user_id)
        if member is None:
            return await come_in(actions, uow, user_id, addition.group_id, actions.clock.now_ms())
        await _end(uow, addition)
        (view,) = await views_of(uow, actions.voice, [member])
    return view


async def do_refuse_addition(actions: Actions, user_id: UserId, addition_id: AdditionId) -> None:
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        await _end(uow, await check_answer(uow, user_id, addition_id))


async def _end(uow: UnitOfWork, addition: Addition) -> None:
    await uow.additions.delete(addition.id)
    uow.publish(ToUsers((addition.user_id,)), AdditionDelete(addition_id=addition.id))

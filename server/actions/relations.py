"""Friends, requests and blocks. What one side does is told to the other only as far as it changes the other's own word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

from server.actions.acquaintances import acquaintance
from server.actions.authority import cannot_message, unknown_user
from server.actions.context import Actions
from server.actions.counts import counts_of_all, publish_recount
from server.actions.requests import Request
from server.domain.entities import Relation, RelationKind, UserKind
from server.domain.errors import Conflict, Invalid, NotFound
from server.domain.events import AdditionDelete, RelationDelete, RelationUpdate, ToUsers
from server.domain.ids import UserId
from server.domain.names import fold_username
from server.domain.rates import Rule
from server.domain.relations import NONE, Step, Tie, after
from server.ports import UnitOfWork


class AskForFriendship(Request, frozen=True, kw_only=True):
    username: str


class PutRelation(Request, frozen=True, kw_only=True):
    kind: Literal["friend", "blocked"]
    """``friend`` asks, or says yes to who asked; ``blocked`` ends everything else between the two."""


class RelationList(msgspec.Struct, frozen=True, kw_only=True):
    relations: tuple[Relation, ...]
    """By user id."""


def unknown_relation() -> NotFound:
    return NotFound("unknown_relation", "There is nothing between you and this person that you could end.")


async def get_relations(actions: Actions, user_id: UserId) -> RelationList:
    async with actions.store.read() as reader:
        return RelationList(relations=tuple(await reader.relations.of_user(user_id)))


# ---------------------------------------------------------------------------------------------------------- what one does


async def do_ask_for_friendship(actions: Actions, user_id: UserId, request: AskForFriendship) -> Relation:
    """By user name, so it may be anybody. Raises unknown_user, cannot_message, too_many."""
    await actions.limiter.hit(Rule.RELATE, str(user_id))
    limits = actions.limits
    key = fold_username(request.username, shortest=limits.username_min, longest=limits.username_max)
    async with actions.store.write() as uow:
        other = await uow.users.by_username(key) if key is not None else None
        if other is None:
            raise unknown_user()
        check_other(user_id, other.id, "username")
        return await _own(await _go(actions, uow, user_id, other.id, Step.ASK))


async def do_put_relation(actions: Actions, user_id: UserId, other_id: UserId, request: PutRelation) -> Relation:
    """With somebody whom one may know of. Raises unknown_user, cannot_message (asking where there is a block), too_many."""
    await actions.limiter.hit(Rule.RELATE, str(user_id))
    check_other(user_id, other_id, "user")
    async with actions.store.write() as uow:
        other = await acquaintance(uow, user_id, other_id)
        if request.kind == "friend":
            if other.kind is not UserKind.PERSON:
                raise cannot_message(NONE, other_id)  # nobody there who could say yes
            return await _own(await _go(actions, uow, user_id, other_id, Step.ASK))
        pair = await _go(actions, uow, user_id, other_id, Step.BLOCK)
        await _end_additions(pair)
        return await _own(pair)


async def do_end_relation(actions: Actions, user_id: UserId, other_id: UserId) -> None:
    """Refuses, withdraws, ends a friendship, unblocks. Raises unknown_relation."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        await _go(actions, uow, user_id, other_id, Step.END)


def check_other(user_id: UserId, other_id: UserId, where: str) -> None:
    if user_id == other_id:
        raise Invalid("bad_request", "That is you. Name somebody else.", where=where)


def check_step(tie: Tie, step: Step, other_id: UserId) -> Tie:
    """What it leads to. Raises unknown_relation, cannot_message."""
    now = after(tie, step)
    if now is None:
        raise unknown_relation() if step is Step.END else cannot_message(tie, other_id)
    return now


# ------------------------------------------------------------------------------------------------------- what becomes of it


@dataclass(frozen=True, slots=True)
class _Pair:
    """One who does something, and the other."""

    actions: Actions
    uow: UnitOfWork
    user_id: UserId
    other_id: UserId

    @property
    def turned(self) -> _Pair:
        return _Pair(self.actions, self.uow, self.other_id, self.user_id)


async def _go(actions: Actions, uow: UnitOfWork, user_id: UserId, other_id: UserId, step: Step) -> _Pair:
    """Each of the two is told of their own word, if it changes."""
    pair = _Pair(actions, uow, user_id, other_id)
    before = (await uow.relations.ties(user_id, [other_id]))[other_id]
    now = check_step(before, step, other_id)
    blocks = RelationKind.BLOCKED in (before.mine, now.mine) and now.mine is not before.mine
    counts = await counts_of_all(uow, user_id) if blocks else {}
    if now.mine is not before.mine:
        await _check_own_room(pair, now.mine)
    if now.theirs is not before.theirs:
        await _check_their_room(pair, before, now.theirs)
        await _put(pair.turned, now.theirs)
    if now.mine is not before.mine:
        await _put(pair, now.mine)
    if counts:  # what somebody whom one blocks has written is not unread
        await publish_recount(uow, user_id, counts)
    return pair


async def _check_own_room(pair: _Pair, kind: RelationKind | None) -> None:
    limit = pair.actions.limits.relations_max
    if kind is not None and await pair.uow.relations.count(pair.user_id, kind) >= limit:
        raise Conflict("too_many", f"You have {limit} of these already. End some first.", limit=limit)


async def _check_their_room(pair: _Pair, before: Tie, kind: RelationKind | None) -> None:
    """How many others ask them is not told."""
    limit = pair.actions.limits.relations_max
    if kind is None or await pair.uow.relations.count(pair.other_id, kind) < limit:
        return
    if kind is RelationKind.INCOMING:
        raise cannot_message(before, pair.other_id)
    raise Conflict("too_many", f"This person has {limit} friends already.", limit=limit)


async def _put(pair: _Pair, kind: RelationKind | None) -> None:
    """The word of the first of the two."""
    uow, audience = pair.uow, ToUsers((pair.user_id,))
    if kind is None:
        await uow.relations.delete(pair.user_id, pair.other_id)
        uow.publish(audience, RelationDelete(user_id=pair.other_id))
    else:
        await uow.relations.put(pair.user_id, pair.other_id, kind, pair.actions.clock.now_ms())
        uow.publish(audience, RelationUpdate(relation=await _own(pair)))


async def _own(pair: _Pair) -> Relation:
    relation = await pair.uow.relations.get(pair.user_id, pair.other_id)
    if relation is None:
        raise unknown_relation()
    return relation


async def _end_additions(pair: _Pair) -> None:
    """Neither asks the other into a group any more."""
    for asked_id, inviter_id in ((pair.user_id, pair.other_id), (pair.other_id, pair.user_id)):
        for addition in await pair.uow.additions.of_user(asked_id):
            if addition.inviter.id == inviter_id:
                await pair.uow.additions.delete(addition.id)
                pair.uow.publish(ToUsers((asked_id,)), AdditionDelete(addition_id=addition.id))

"""Whom a message pings: of those whom its text names, the ones whom its author may ping, wants to, and can reach."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from server.actions.context import Actions
from server.actions.counts import tell_all_readers, tell_readers
from server.actions.places import ConversationPlace, GroupPlace, Place
from server.domain.access import everyone_role_id
from server.domain.entities import Mentions, Message
from server.domain.ids import RoleId, Snowflake, UserId
from server.domain.mentions import AllowedMentions, Named
from server.domain.permissions import Permission
from server.ports import EVERYONE_ID, HERE_ID, Ping, Reader, UnitOfWork

TOLD_ONE_BY_ONE_MAX: Final = 100
"""Readers whose counts change by an edit; with more, those who are connected are found where that is known."""


async def resolve(
    reader: Reader, place: Place, named: Named, allowed: AllowedMentions | None, answered_id: UserId | None
) -> Mentions | None:
    """What the message carries, if it pings anybody. ``answered_id`` wrote what this message answers."""
    if not named and answered_id is None:
        return None
    allowed = AllowedMentions() if allowed is None else allowed
    user_ids = [one for one in named.user_ids if allowed.user_ids is None or one in allowed.user_ids]
    if answered_id is not None and allowed.replied_user is not False:
        user_ids.append(answered_id)
    wide = place.may(Permission.MENTION_EVERYONE) and allowed.everyone is not False
    mentions = Mentions(
        user_ids=await _who_listens(reader, place, user_ids),
        role_ids=tuple(_roles(place, named.role_ids, allowed)),
        everyone=named.everyone and wide,
        here=named.here and wide,
    )
    return mentions or None


async def _who_listens(reader: Reader, place: Place, user_ids: Iterable[UserId]) -> tuple[UserId, ...]:
    """Others who may view the place and have not blocked the author, in their order."""
    others = [one for one in dict.fromkeys(user_ids) if one != place.user_id]
    if not others:
        return ()
    viewers = await _viewers(reader, place, others)
    blockers = await reader.relations.blockers(place.user_id, viewers) if viewers else set()
    return tuple(one for one in others if one in viewers and one not in blockers)


async def _viewers(reader: Reader, place: Place, user_ids: Collection[UserId]) -> set[UserId]:
    if isinstance(place, ConversationPlace):
        return set(place.conversation.member_ids) & set(user_ids)
    members = await reader.members.by_users(place.channel.group_id, user_ids)
    return set(place.seat.access.viewers(place.id, members))


def _roles(place: Place, named: Iterable[RoleId], allowed: AllowedMentions) -> Iterable[RoleId]:
    """Everyone's role is no name for everyone."""
    if not isinstance(place, GroupPlace):
        return
    any_role = place.may(Permission.MENTION_EVERYONE)
    for role_id in named:
        role = place.seat.access.roles.get(role_id)
        if role is None or role_id == everyone_role_id(place.channel.group_id):
            continue
        if (any_role or role.mentionable) and (allowed.role_ids is None or role_id in allowed.role_ids):
            yield role_id


# ---------------------------------------------------------------------------------------------------------- write down


async def ping(actions: Actions, uow: UnitOfWork, place: Place, message: Message) -> None:
    """Counts the new message for all whom it pings. Clients count for themselves where it names them, a role of theirs or
    everyone; those who are here are told."""
    mentions = message.mentions
    if mentions is None:
        return
    here = await _who_is_here(actions, uow, place) if mentions.here else set()
    pings = [Ping(user_id, user_id) for user_id in mentions.user_ids]
    pings += [Ping(EVERYONE_ID, EVERYONE_ID)] if mentions.everyone else []
    pings += [Ping(user_id, HERE_ID) for user_id in here]
    await uow.pings.add(place.id, message.id, pings)
    if isinstance(place, GroupPlace) and mentions.role_ids:
        await _ping_holders(uow, place, message, mentions.role_ids)
    if not mentions.everyone:
        await tell_readers(uow, place.id, here.difference(mentions.user_ids), message.id)


async def _ping_holders(uow: UnitOfWork, place: GroupPlace, message: Message, role_ids: Collection[RoleId]) -> None:
    """There may be very many: they are read only where some of them may not view the channel."""
    but = {place.user_id}
    if not place.seat.access.all_view(place.id):
        holders = await uow.members.by_roles(place.channel.group_id, role_ids)
        but |= {member.user_id for member in holders} - set(place.seat.access.viewers(place.id, holders))
    await uow.pings.add_holders(place.id, message.id, place.channel.group_id, role_ids, but)


async def _who_is_here(actions: Actions, reader: Reader, place: Place) -> set[UserId]:
    """Others who may view the place and are connected."""
    if isinstance(place, ConversationPlace):
        user_ids: Collection[UserId] = place.conversation.member_ids
    else:
        user_ids = await reader.members.ids(place.channel.group_id)
    connected = actions.attendance.connected(user_ids) - {place.user_id}
    if not connected or (isinstance(place, GroupPlace) and place.seat.access.all_view(place.id)):
        return connected
    return await _viewers(reader, place, connected)


async def unping(uow: UnitOfWork, place: Place, before: Message, after: Message) -> None:
    """An edit has made ``after`` of ``before``: it pings nobody anew, and whom it names no longer has one ping less."""
    if before.mentions is None:
        return
    mentions = after.mentions or Mentions()
    reasons: set[Snowflake] = {*mentions.user_ids, *mentions.role_ids}
    reasons |= {EVERYONE_ID} if mentions.everyone else set()
    reasons |= {HERE_ID} if mentions.here else set()
    gone = await uow.pings.keep(after.channel_id, after.id, reasons)
    if EVERYONE_ID in gone or len(gone) > TOLD_ONE_BY_ONE_MAX:
        await tell_all_readers(uow, place, after.id)
    elif gone:  # some of them may not read here any more
        await tell_readers(uow, place.id, await _viewers(uow, place, gone), after.id)

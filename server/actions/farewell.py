"""The end of an account whose time of grace is over.

In many small units of work, each of which may be the last one before the server stops: the standing stays until all is done, and
what was done already is done again without harm. First nobody can log in and the name goes, on old messages too; then what was
written, if its owner wanted that; then memberships, conversations and relations; in the end what belonged to the account alone.
Messages that stay are those of a deleted user, and so are reactions.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import msgspec

from server.actions.acquaintances import known_elsewhere
from server.actions.audit import record
from server.actions.authority import group_seat, public_user
from server.actions.bot_tokens import silence_bots
from server.actions.bots import end_bot
from server.actions.context import Actions
from server.actions.conversations import take_out_of
from server.actions.counts import tell_readers
from server.actions.departure import take_out
from server.actions.groups import delete_group
from server.actions.sessions import revoke_all
from server.domain.entities import AuditAction, Conversation, ConversationKind, RelationKind, UserKind
from server.domain.events import (
    AdditionDelete,
    GroupUpdate,
    MessageDeleteBulk,
    RelationDelete,
    ToChannel,
    ToContacts,
    ToGroup,
    ToUsers,
    UserUpdate,
)
from server.domain.ids import MAX_ID, ChannelId, GroupId, MessageId, UserId
from server.domain.search import all_by
from server.domain.standing import Standing
from server.ports import UnitOfWork

_ACCOUNTS_AT_ONCE: Final = 20
_MESSAGES_AT_ONCE: Final = 100
_MESSAGES_MAX: Final = 10_000
"""Of one account, each time; the database is everybody's."""
_HEIRS_LOOKED_AT: Final = 50


async def do_finish_deletions(actions: Actions) -> int:
    """Housekeeping: how many accounts are gone now. One with very much to delete takes several rounds."""
    async with actions.store.read() as reader:
        due = await reader.standings.due(actions.clock.now_ms(), _ACCOUNTS_AT_ONCE)
    gone = 0
    for standing in due:
        gone += await _finish(actions, standing)
    return gone


async def _finish(actions: Actions, standing: Standing) -> bool:
    user_id = standing.user_id
    await _become_nobody(actions, user_id)
    if standing.deletes_messages and not await _take_back_messages(actions, user_id):
        return False
    await _leave_groups(actions, user_id)
    await _leave_conversations(actions, user_id)
    await _end_relations(actions, user_id)
    async with actions.store.write() as uow:
        for addition in await uow.additions.of_inviter(user_id):
            uow.publish(ToUsers((addition.user_id,)), AdditionDelete(addition_id=addition.id))
        await uow.farewells.purge(user_id)
        await uow.farewells.done(user_id)
    return True


async def _become_nobody(actions: Actions, user_id: UserId) -> None:
    async with actions.store.write() as uow:
        now_ms = actions.clock.now_ms()
        await revoke_all(uow, user_id, now_ms)
        await silence_bots(uow, user_id)
        for bot in await uow.bots.of_owner(user_id):
            await end_bot(uow, bot.user_id, now_ms)
        await uow.farewells.anonymise(user_id)
        user = await public_user(uow, user_id)
        uow.publish(ToContacts(user_id, await known_elsewhere(uow, user_id)), UserUpdate(user=user))


# ------------------------------------------------------------------------------------------------------------- messages


async def _take_back_messages(actions: Actions, user_id: UserId) -> bool:
    """False when there are more than one round takes."""
    before = MAX_ID
    for _ in range(_MESSAGES_MAX // _MESSAGES_AT_ONCE):
        async with actions.store.read() as reader:
            found = await reader.search.find(all_by(user_id, before), _MESSAGES_AT_ONCE)
        if not found:
            return True
        before = int(found[-1][1])
        by_channel: dict[ChannelId, list[MessageId]] = defaultdict(list)
        for channel_id, message_id in found:
            by_channel[channel_id].append(message_id)
        for channel_id, message_ids in by_channel.items():
            async with actions.store.write() as uow:
                await _take_back(uow, channel_id, message_ids)
    return False


async def _take_back(uow: UnitOfWork, channel_id: ChannelId, message_ids: list[MessageId]) -> None:
    await uow.channels.lock_writer(channel_id)
    deleted = tuple(await uow.messages.delete_many(channel_id, message_ids))
    if not deleted:
        return
    event = MessageDeleteBulk(channel_id=channel_id, message_ids=deleted)
    channel = await uow.channels.get(channel_id)
    if channel is not None:
        uow.publish(ToChannel(channel.group_id, channel_id), event)
        return
    conversation = await uow.conversations.get(channel_id)
    if conversation is not None:
        uow.publish(ToUsers(conversation.member_ids), event)
        await tell_readers(uow, channel_id, conversation.member_ids, deleted[-1])


# --------------------------------------------------------------------------------------------------------------- people


async def _leave_groups(actions: Actions, user_id: UserId) -> None:
    async with actions.store.read() as reader:
        group_ids = [member.group_id for member in await reader.members.of_user(user_id)]
    for group_id in group_ids:
        async with actions.store.write() as uow:
            await _leave_group(actions, uow, user_id, group_id)


async def _leave_group(actions: Actions, uow: UnitOfWork, user_id: UserId, group_id: GroupId) -> None:
    if await uow.members.get(group_id, user_id) is None:
        return
    seat = await group_seat(uow, user_id, group_id, actions.clock.now_ms(), channels=True)
    if seat.is_owner:  # made or taken over since the end was asked for
        heir_id = await _heir(uow, user_id, group_id)
        if heir_id is None:
            await delete_group(uow, group_id)
            return
        group = msgspec.structs.replace(seat.access.group, owner_id=heir_id)
        await uow.groups.update(group)
        await record(actions, uow, seat, AuditAction.GROUP_TRANSFER, "member", heir_id, reason=None)
        uow.publish(ToGroup(group_id), GroupUpdate(group=group))
    await take_out(uow, seat, seat.member)


async def _heir(uow: UnitOfWork, user_id: UserId, group_id: GroupId) -> UserId | None:
    """The oldest account among the members that is a person's."""
    member_ids = [member.user_id for member in await uow.members.page(group_id, None, _HEIRS_LOOKED_AT)]
    users = await uow.users.by_ids(member_ids)
    people = (one for one in member_ids if one != user_id and users[one].kind is UserKind.PERSON)
    return next(people, None)


async def _leave_conversations(actions: Actions, user_id: UserId) -> None:
    """Direct ones stay to the other, who can write no more into them."""
    async with actions.store.read() as reader:
        conversations = await reader.conversations.of_user(user_id)
    for conversation in conversations:
        async with actions.store.write() as uow:
            if conversation.kind is ConversationKind.DIRECT:
                await _close(uow, user_id, conversation, actions.clock.now_ms())
            else:
                await uow.channels.lock_writer(conversation.id)
                now = await uow.conversations.get(conversation.id)
                if now is not None and user_id in now.member_ids:
                    await take_out_of(uow, now, user_id)


async def _close(uow: UnitOfWork, user_id: UserId, conversation: Conversation, now_ms: int) -> None:
    """As by a block of the one who is gone: that is all it takes, everywhere."""
    for other_id in conversation.member_ids:
        if other_id != user_id:
            await uow.relations.put(user_id, other_id, RelationKind.BLOCKED, now_ms)


async def _end_relations(actions: Actions, user_id: UserId) -> None:
    """Others keep a block of their own: it says what they want to see of what was written."""
    async with actions.store.write() as uow:
        partners = set(await uow.conversations.partners(user_id))
        for relation in await uow.relations.of_user(user_id):
            if relation.user.id not in partners:
                await uow.relations.delete(user_id, relation.user.id)
        having = await uow.relations.having(user_id)
        blockers = await uow.relations.blockers(user_id, having)
        for other_id in having:
            if other_id not in blockers:
                await uow.relations.delete(other_id, user_id)
                uow.publish(ToUsers((other_id,)), RelationDelete(user_id=user_id))

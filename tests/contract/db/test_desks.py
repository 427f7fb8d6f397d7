from __future__ import annotations

import pytest

from db.store import SqlStore
from server.domain.entities import ChannelKind, Conversation, ConversationKind, Overwrite, RelationKind
from server.domain.ids import ChannelId, Snowflake
from server.domain.relations import NONE, Tie
from server.ports import Desk
from tests.support.rows import (
    ANNA,
    BEN,
    CLEO,
    ELSEWHERE,
    GENERAL,
    GROUP,
    MODERATOR,
    OTHER_GROUP,
    RANDOM,
    channel,
    member,
    message,
    message_id,
    user,
    user_id,
)

CATEGORY, INNER, TALK, DIRECT = (ChannelId(Snowflake(number)) for number in (3101, 3102, 3103, 3104))
NOBODY = user_id(9)


@pytest.fixture
async def furnished(world: SqlStore) -> SqlStore:
    """A category with a channel in it, both with overwrites, and a conversation of Anna's and Cleo's."""
    async with world.write() as uow:
        for_anna = Overwrite(target="member", target_id=ANNA, deny=4)
        await uow.channels.add(channel(CATEGORY, kind=ChannelKind.CATEGORY, overwrites=(for_anna,)))
        for_ben = Overwrite(target="member", target_id=BEN, allow=1)
        for_all = Overwrite(target="role", target_id=GROUP, deny=2)
        inner = channel(INNER, category_id=CATEGORY, overwrites=(for_ben, for_all))
        await uow.channels.add(inner)
        await uow.members.put_role(GROUP, BEN, MODERATOR)
        talk = Conversation(id=TALK, kind=ConversationKind.GROUP, name="Talk", owner_id=CLEO, member_ids=(ANNA, CLEO))
        assert await uow.conversations.add(talk)
    return world


async def test_in_a_group_it_is_what_the_repositories_say_one_by_one(furnished: SqlStore) -> None:
    async with furnished.write() as uow:
        await uow.messages.add(message(7, channel_id=INNER))
    async with furnished.read() as reader:
        desk = await reader.desks.at(INNER, BEN)
        assert desk.channel == await reader.channels.get(INNER)
        assert desk.channel is not None
        assert (len(desk.channel.overwrites), desk.last_message_id) == (2, 7)
        assert desk.category == await reader.channels.get(CATEGORY)
        assert desk.category is not None
        assert len(desk.category.overwrites) == 1
        assert desk.group == await reader.groups.get(GROUP)
        assert sorted(desk.roles, key=lambda role: (role.position, role.id)) == await reader.roles.of_groups([GROUP])
        assert desk.member == await reader.members.get(GROUP, BEN)
        assert desk.member is not None
        assert desk.member.role_ids == (MODERATOR,)
        assert desk.user == user(BEN, "ben")
        assert (desk.conversation, desk.written) == (None, None)


async def test_in_no_category(furnished: SqlStore) -> None:
    async with furnished.read() as reader:
        desk = await reader.desks.at(GENERAL, ANNA)
        assert desk.channel == channel(GENERAL)
        assert desk.category is None
        assert desk.member == member(ANNA)
        assert desk.last_message_id is None


async def test_a_stranger_is_no_member(furnished: SqlStore) -> None:
    async with furnished.read() as reader:
        desk = await reader.desks.at(ELSEWHERE, BEN)
        assert desk.channel == channel(ELSEWHERE, group_id=OTHER_GROUP)
        assert desk.user == user(BEN, "ben")
        assert desk.member is None


async def test_an_account_that_is_gone(furnished: SqlStore) -> None:
    async with furnished.read() as reader:
        desk = await reader.desks.at(GENERAL, NOBODY)
        assert (desk.user, desk.member) == (None, None)
        assert desk.channel is not None


@pytest.mark.parametrize("of", [ANNA, BEN, NOBODY])
async def test_in_a_conversation(furnished: SqlStore, of: Snowflake) -> None:
    async with furnished.write() as uow:
        await uow.messages.add(message(8, channel_id=TALK))
    async with furnished.read() as reader:
        desk = await reader.desks.at(TALK, user_id(of))
        assert desk.conversation == await reader.conversations.get(TALK)
        assert desk.conversation is not None
        assert (desk.conversation.member_ids, desk.last_message_id) == ((ANNA, CLEO), 8)
        assert (desk.user is None) == (of == NOBODY)
        assert (desk.channel, desk.category, desk.group, desk.member, desk.roles) == (None, None, None, None, ())


async def test_how_the_two_of_a_direct_conversation_stand_to_each_other(furnished: SqlStore) -> None:
    direct = Conversation(id=DIRECT, kind=ConversationKind.DIRECT, member_ids=(ANNA, CLEO))
    async with furnished.write() as uow:
        assert await uow.conversations.add(direct)
        assert (await uow.desks.at(DIRECT, ANNA)).tie == NONE
        await uow.relations.put(ANNA, CLEO, RelationKind.FRIEND, 1)
        await uow.relations.put(CLEO, ANNA, RelationKind.BLOCKED, 1)
        await uow.relations.put(ANNA, BEN, RelationKind.OUTGOING, 1)
    async with furnished.read() as reader:
        assert (await reader.desks.at(DIRECT, ANNA)).tie == Tie(RelationKind.FRIEND, RelationKind.BLOCKED)
        assert (await reader.desks.at(DIRECT, CLEO)).tie == Tie(RelationKind.BLOCKED, RelationKind.FRIEND)
        assert (await reader.desks.at(DIRECT, ANNA)).conversation == direct
        assert (await reader.desks.at(TALK, ANNA)).tie == NONE, "among several it does not matter"


async def test_where_there_is_no_channel_there_is_nothing(furnished: SqlStore) -> None:
    async with furnished.read() as reader:
        assert await reader.desks.at(ChannelId(Snowflake(9)), ANNA) == Desk()
    async with furnished.write() as uow:
        assert await uow.desks.of_writer(ChannelId(Snowflake(9)), ANNA, "n") == Desk()


async def test_a_writer_finds_what_was_written_with_the_same_nonce(furnished: SqlStore) -> None:
    async with furnished.write() as uow:
        await uow.messages.add(message(7, channel_id=INNER, author_id=BEN, nonce="n"))
        await uow.messages.add(message(8, channel_id=INNER, author_id=ANNA, nonce="o"))
        await uow.messages.add(message(9, channel_id=RANDOM, author_id=BEN, nonce="p"))
    async with furnished.write() as uow:
        desk = await uow.desks.of_writer(INNER, BEN, "n")
        assert desk.written == message(7, channel_id=INNER, author_id=BEN, nonce="n")
        assert desk.last_message_id == message_id(8)
        for nonce in ("o", "p", "N"):
            assert (await uow.desks.of_writer(INNER, BEN, nonce)).written is None
        await uow.messages.delete(INNER, message_id(7))
        gone = (await uow.desks.of_writer(INNER, BEN, "n")).written
        assert gone == message(7, channel_id=INNER, author_id=BEN, nonce="n", sections=())

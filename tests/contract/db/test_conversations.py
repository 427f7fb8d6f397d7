from __future__ import annotations

import msgspec

from db.store import SqlStore
from server.domain.entities import Conversation, ConversationKind, Reaction
from server.domain.ids import ChannelId, MessageId, Snowflake, UserId
from tests.support.rows import ANNA, BEN, CLEO, GENERAL, RANDOM, VOICE, message, message_id, user_id

DIRECT, ROUND, OTHER_ROUND = (ChannelId(Snowflake(number)) for number in (5001, 5002, 5003))
NOBODY = user_id(9)


def direct(channel_id: ChannelId, *member_ids: UserId) -> Conversation:
    return Conversation(id=channel_id, kind=ConversationKind.DIRECT, member_ids=member_ids)


def of_several(channel_id: ChannelId, *member_ids: UserId, name: str = "") -> Conversation:
    return Conversation(
        id=channel_id, kind=ConversationKind.GROUP, name=name, owner_id=member_ids[0], member_ids=member_ids
    )


async def test_conversations_are_kept(world: SqlStore) -> None:
    round_ = of_several(ROUND, ANNA, BEN, CLEO, name="round")
    async with world.write() as uow:
        assert await uow.conversations.add(direct(DIRECT, ANNA, BEN))
        assert await uow.conversations.add(round_)
    async with world.read() as reader:
        assert await reader.conversations.get(DIRECT) == direct(DIRECT, ANNA, BEN)
        assert await reader.conversations.get(ROUND) == round_
        assert await reader.conversations.get(GENERAL) is None
        assert {one.id for one in await reader.conversations.of_user(ANNA)} == {DIRECT, ROUND}
        assert await reader.conversations.of_user(CLEO) == [round_]
        assert await reader.conversations.of_user(NOBODY) == []
        assert await reader.channels.get(DIRECT) is None, "it is a channel of no group"


async def test_two_people_have_one_direct_conversation(world: SqlStore) -> None:
    async with world.write() as uow:
        assert await uow.conversations.add(direct(DIRECT, ANNA, BEN))
        assert not await uow.conversations.add(direct(ROUND, ANNA, BEN))
        assert await uow.conversations.add(of_several(ROUND, BEN, ANNA))
        assert await uow.conversations.add(of_several(OTHER_ROUND, BEN, ANNA))
    async with world.read() as reader:
        for one, other in ((ANNA, BEN), (BEN, ANNA)):
            assert await reader.conversations.between(one, other) == direct(DIRECT, ANNA, BEN)
        assert await reader.conversations.between(ANNA, CLEO) is None


async def test_a_conversation_changes(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.conversations.add(of_several(ROUND, ANNA, BEN))
        await uow.conversations.rename(ROUND, "friends")
        await uow.conversations.hand_over(ROUND, BEN)
        await uow.conversations.add_member(ROUND, CLEO)
        await uow.conversations.add_member(ROUND, CLEO)
        await uow.messages.add(message(1, channel_id=ROUND))
    changed = Conversation(
        id=ROUND,
        kind=ConversationKind.GROUP,
        name="friends",
        owner_id=BEN,
        member_ids=(ANNA, BEN, CLEO),
        last_message_id=message_id(1),
    )
    async with world.read() as reader:
        assert await reader.conversations.get(ROUND) == changed


async def test_who_goes_takes_their_cursor_along(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.conversations.add(of_several(ROUND, ANNA, BEN))
        await uow.messages.add(message(1, channel_id=ROUND))
        for reader_id in (ANNA, BEN):
            await uow.cursors.set(reader_id, ROUND, message_id(1))
        await uow.conversations.remove_member(ROUND, BEN)
        await uow.conversations.remove_member(ROUND, CLEO)
    async with world.read() as reader:
        found = await reader.conversations.get(ROUND)
        assert found is not None
        assert found.member_ids == (ANNA,)
        assert await reader.cursors.of_user(BEN, [ROUND]) == {}
        assert await reader.cursors.of_user(ANNA, [ROUND]) == {ROUND: message_id(1)}


async def test_a_conversation_goes_with_all_that_is_in_it(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.conversations.add(of_several(ROUND, ANNA, BEN))
        await uow.messages.add(message(1, channel_id=ROUND))
        await uow.cursors.set(ANNA, ROUND, message_id(1))
        await uow.conversations.delete(ROUND)
    async with world.read() as reader:
        assert await reader.conversations.get(ROUND) is None
        assert await reader.conversations.of_user(ANNA) == []
        assert await reader.messages.get(ROUND, message_id(1)) is None
        assert await reader.cursors.of_user(ANNA, [ROUND]) == {}


async def test_who_is_in_a_conversation_with_whom(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.conversations.add(direct(DIRECT, ANNA, BEN))
        await uow.conversations.add(of_several(ROUND, ANNA, BEN, CLEO))
        await uow.conversations.add(of_several(OTHER_ROUND, BEN, CLEO))
    async with world.read() as reader:
        assert await reader.conversations.partners(ANNA) == [BEN, CLEO]
        assert await reader.conversations.partners(NOBODY) == []
        assert await reader.conversations.sharing(ANNA, [ANNA, CLEO, NOBODY]) == {CLEO}
        assert await reader.conversations.sharing(ANNA, []) == set()
        assert await reader.conversations.counts([ANNA, BEN, NOBODY], ConversationKind.GROUP) == {
            ANNA: 1,
            BEN: 2,
            NOBODY: 0,
        }
        assert await reader.conversations.counts([CLEO], ConversationKind.DIRECT) == {CLEO: 0}


async def test_the_newest_message_of_each_channel_is_one_that_is_there(world: SqlStore) -> None:
    async with world.write() as uow:
        for number in (1, 2, 3):
            await uow.messages.add(message(number))
        for number in (4, 5):
            await uow.messages.add(message(number, channel_id=RANDOM))
        await uow.messages.add(message(6, channel_id=VOICE))
        await uow.messages.delete(GENERAL, message_id(3))
        await uow.messages.delete(VOICE, message_id(6))
        for channel_id, number, emoji, who in (
            (GENERAL, 2, "a", ANNA),
            (GENERAL, 2, "b", BEN),
            (GENERAL, 2, "a", CLEO),
            (GENERAL, 1, "c", ANNA),
            (RANDOM, 4, "d", ANNA),
        ):
            await uow.reactions.add(channel_id, message_id(number), emoji, who, number)
    reactions = (Reaction(emoji="a", count=2), Reaction(emoji="b", count=1))
    async with world.read() as reader:
        newest = await reader.messages.newest([GENERAL, RANDOM, VOICE, DIRECT])
        assert newest == {
            GENERAL: msgspec.structs.replace(message(2), reactions=reactions),
            RANDOM: message(5, channel_id=RANDOM),
        }
        assert await reader.messages.newest([]) == {}


async def test_the_newest_messages_of_channels_with_the_same_ids(world: SqlStore) -> None:
    """Ids rise within a channel; the same one may stand in two."""
    async with world.write() as uow:
        for channel_id, last in ((GENERAL, 3), (RANDOM, 2)):
            for number in range(1, last + 1):
                await uow.messages.add(message(number, channel_id=channel_id))
                await uow.reactions.add(channel_id, message_id(number), f"{channel_id}", ANNA, 1)
    async with world.read() as reader:
        newest = await reader.messages.newest([GENERAL, RANDOM])
    assert {key: MessageId(one.id) for key, one in newest.items()} == {GENERAL: 3, RANDOM: 2}
    assert {key: one.reactions for key, one in newest.items()} == {
        channel_id: (Reaction(emoji=f"{channel_id}", count=1),) for channel_id in (GENERAL, RANDOM)
    }

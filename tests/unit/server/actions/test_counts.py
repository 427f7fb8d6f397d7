from __future__ import annotations

from server.actions.counts import counts_of_all, publish_recount, tell_readers
from server.actions.cursors import MoveCursor, do_move_cursor
from server.actions.messages import do_delete_message
from server.domain.entities import Cursor, RelationKind
from server.domain.events import CursorUpdate, MessageDelete, ToUsers
from tests.support.actions import House, text_channel
from tests.support.statements import counted


async def test_those_who_have_not_read_so_far_are_told(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    channel_id = text_channel(await house.group(anna, ben, cleo))
    first = await house.say(anna, channel_id, f"<@{ben}> @everyone")
    await do_move_cursor(house.actions, cleo, channel_id, MoveCursor(message_id=first.id))
    house.published()
    async with house.store.write() as uow:
        cursor = Cursor(channel_id=channel_id, last_read_id=None, unread=1, mentions=1)
        assert await tell_readers(uow, channel_id, (anna, ben, cleo), first.id) == {ben: cursor}
        assert await tell_readers(uow, channel_id, (), first.id) == {}
    assert house.published() == [(ToUsers((ben,)), CursorUpdate(cursor=cursor))]


async def test_in_a_conversation_a_deletion_tells_its_readers_at_once(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    talk = await house.conversation(anna, ben, cleo)
    first = await house.say(anna, talk, f"<@{ben}>")
    await house.say(anna, talk)
    await do_move_cursor(house.actions, cleo, talk, MoveCursor(message_id=first.id))
    house.published()
    await do_delete_message(house.actions, anna, talk, first.id)
    (audience, deleted), *told = house.published()
    assert audience == ToUsers((anna, ben, cleo))
    assert deleted == MessageDelete(channel_id=talk, message_id=first.id)
    left = Cursor(channel_id=talk, last_read_id=None, unread=1, mentions=0)
    assert told == [(ToUsers((ben,)), CursorUpdate(cursor=left))]


async def test_after_a_block_ones_counts_are_told(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna, ben)
    more = await house.channel(anna, view.group.id)
    talk = await house.conversation(anna, ben)
    channels = [text_channel(view), talk]
    for channel_id in channels:
        await house.say(anna, channel_id, f"<@{ben}>")
    last = await house.say(ben, more.id)
    house.published()
    async with house.store.write() as uow:
        before = await counts_of_all(uow, ben)
        assert {key: (cursor.unread, cursor.mentions) for key, cursor in before.items()} == {
            text_channel(view): (1, 1),
            more.id: (0, 0),
            talk: (1, 1),
        }
        assert before[more.id].last_read_id == last.id
        await uow.relations.put(ben, anna, RelationKind.BLOCKED, house.clock.ms)
        with counted(house.store) as statements:
            await publish_recount(uow, ben, before)
        assert len(statements) == 2, "the block, and the counts"
    nothing = [Cursor(channel_id=channel_id, last_read_id=None, unread=0) for channel_id in channels]
    assert house.published() == [(ToUsers((ben,)), CursorUpdate(cursor=cursor)) for cursor in nothing]

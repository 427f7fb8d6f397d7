from __future__ import annotations

import pytest

from server.actions.cursors import MoveCursor, do_move_cursor
from server.actions.messages import do_delete_message
from server.actions.snapshot import group_view
from server.domain.entities import Cursor
from server.domain.errors import Invalid, NotFound
from server.domain.events import CursorUpdate, ToUsers
from server.domain.ids import MAX_ID, MessageId, Snowflake
from tests.support.actions import House, text_channel, voice_channel


def to(message_id: int) -> MoveCursor:
    return MoveCursor(message_id=MessageId(Snowflake(message_id)))


async def test_a_cursor_moves_forward_and_tells_ones_own_devices(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna, ben)
    channel = text_channel(view)
    ids = [(await house.say(anna, channel)).id for _ in range(3)]
    house.published()

    cursor = await do_move_cursor(house.actions, ben, channel, to(ids[1]))
    assert cursor == Cursor(channel_id=channel, last_read_id=ids[1], unread=1)
    assert house.published() == [(ToUsers((ben,)), CursorUpdate(cursor=cursor))]
    for earlier in (ids[0], ids[1]):
        assert await do_move_cursor(house.actions, ben, channel, to(earlier)) == cursor
    assert house.published() == []
    assert (await group_view(house.actions, ben, view.group.id)).cursors == (cursor,)


async def test_a_cursor_does_not_run_ahead_of_what_is_written(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    channel = text_channel(await house.group(anna, ben))
    nothing = Cursor(channel_id=channel, last_read_id=None, unread=0)
    assert await do_move_cursor(house.actions, ben, channel, to(MAX_ID)) == nothing
    last = (await house.say(anna, channel)).id
    cursor = await do_move_cursor(house.actions, ben, channel, to(MAX_ID))
    assert cursor == Cursor(channel_id=channel, last_read_id=last, unread=0)
    await house.say(anna, channel)
    assert (await do_move_cursor(house.actions, ben, channel, to(0))).unread == 1


async def test_reading_up_to_a_message_that_is_gone_counts(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    channel = text_channel(await house.group(anna, ben))
    first, second = (await house.say(anna, channel)).id, (await house.say(anna, channel)).id
    await do_delete_message(house.actions, anna, channel, first)
    assert (await do_move_cursor(house.actions, ben, channel, to(first))).unread == 1
    assert (await do_move_cursor(house.actions, ben, channel, to(second))).unread == 0


def unread_from(message_id: int) -> MoveCursor:
    return MoveCursor(message_id=MessageId(Snowflake(message_id)), unread=True)


async def test_marking_unread_moves_back_to_just_before_a_message(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    channel = text_channel(await house.group(anna, ben))
    ids = [(await house.say(anna, channel, text)).id for text in ("one", f"<@{ben}>", "three", "four")]
    await do_move_cursor(house.actions, ben, channel, to(ids[3]))
    house.published()
    cursor = await do_move_cursor(house.actions, ben, channel, unread_from(ids[2]))
    assert cursor == Cursor(channel_id=channel, last_read_id=ids[1], unread=2)
    assert house.published() == [(ToUsers((ben,)), CursorUpdate(cursor=cursor))]
    for later in (ids[2], ids[3]):  # it is unread already
        assert await do_move_cursor(house.actions, ben, channel, unread_from(later)) == cursor
    assert house.published() == []
    further = await do_move_cursor(house.actions, ben, channel, unread_from(ids[1]))
    assert further == Cursor(channel_id=channel, last_read_id=ids[0], unread=3, mentions=1)
    whole = await do_move_cursor(house.actions, ben, channel, unread_from(ids[0]))
    assert whole == Cursor(channel_id=channel, last_read_id=None, unread=4, mentions=1)
    assert await do_move_cursor(house.actions, ben, channel, unread_from(ids[0])) == whole


async def test_ones_own_message_can_be_marked_unread_and_does_not_count(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    channel = text_channel(await house.group(anna, ben))
    mine = await house.say(anna, channel)
    await house.say(ben, channel, "@everyone")
    await do_move_cursor(house.actions, anna, channel, to(MAX_ID))
    cursor = await do_move_cursor(house.actions, anna, channel, unread_from(mine.id))
    assert cursor == Cursor(channel_id=channel, last_read_id=None, unread=1)


async def test_what_is_gone_cannot_be_marked_unread(house: House) -> None:
    anna = await house.user("anna")
    channel = text_channel(await house.group(anna))
    first, second, third = [(await house.say(anna, channel)).id for _ in range(3)]
    await do_delete_message(house.actions, anna, channel, second)
    with pytest.raises(NotFound) as refused:
        await do_move_cursor(house.actions, anna, channel, unread_from(second))
    assert refused.value.code == "unknown_message"
    assert (await do_move_cursor(house.actions, anna, channel, unread_from(third))).last_read_id == first


async def test_cursors_are_in_conversations_too(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    talk = await house.conversation(anna, ben)
    said = await house.say(anna, talk, f"<@{ben}>")
    cursor = await do_move_cursor(house.actions, ben, talk, to(said.id))
    assert cursor == Cursor(channel_id=talk, last_read_id=said.id, unread=0)
    again = await do_move_cursor(house.actions, ben, talk, unread_from(said.id))
    assert again == Cursor(channel_id=talk, last_read_id=None, unread=1, mentions=1)
    with pytest.raises(NotFound):
        await do_move_cursor(house.actions, cleo, talk, to(said.id))


async def test_cursors_are_in_text_channels_one_may_view(house: House) -> None:
    anna, cleo = await house.user("anna"), await house.user("cleo")
    view = await house.group(anna)
    with pytest.raises(NotFound):
        await do_move_cursor(house.actions, cleo, text_channel(view), to(1))
    with pytest.raises(Invalid) as refused:
        await do_move_cursor(house.actions, anna, voice_channel(view), to(1))
    assert refused.value.code == "wrong_channel_kind"

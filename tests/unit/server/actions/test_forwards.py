from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass

import pytest

from server.actions.files import get_file
from server.actions.forwards import OriginView, get_origin
from server.actions.members import do_remove_member
from server.actions.messages import do_delete_message
from server.actions.uploads import do_upload
from server.domain.access import everyone_role_id
from server.domain.errors import ParleyError
from server.domain.ids import ChannelId, GroupId, Snowflake, UserId
from server.domain.limits import Limits
from server.domain.permissions import Permission
from server.domain.sections import Code, Contact, File, Forward, NewFile, NewForward, NewSection, Reply, Text
from tests.support.actions import House, no_message, text_channel, voice_channel
from tests.support.pictures import chunks


@dataclass
class Room:
    """Anna's group with Ben in it, and one of Ben's own with Cleo."""

    house: House
    group_id: GroupId
    channel_id: ChannelId
    there: ChannelId
    anna: UserId
    ben: UserId
    cleo: UserId

    async def origin(self, user_id: UserId, channel_id: ChannelId, message_id: Snowflake) -> OriginView:
        return await get_origin(self.house.actions, user_id, channel_id, message_id)  # type: ignore[arg-type]


@pytest.fixture
async def room(house: House) -> Room:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    view, other = await house.group(anna, ben), await house.group(ben, cleo)
    house.published()
    return Room(house, view.group.id, text_channel(view), text_channel(other), anna, ben, cleo)


async def code_of(attempt: Awaitable[object]) -> str:
    with pytest.raises(ParleyError) as refused:
        await attempt
    return refused.value.code


async def test_a_forward_is_a_copy_without_what_it_answers(room: Room) -> None:
    house = room.house
    first = await house.say(room.anna, room.channel_id)
    said: tuple[NewSection, ...] = (Reply(first.id), Text("look"), Code("x", "py"), Contact(room.ben))
    original = (await house.write(room.anna, room.channel_id, *said)).message
    house.clock.advance(60)
    written = await house.write(room.ben, room.there, Text("see:"), NewForward(room.channel_id, original.id))
    copy = Forward((Text("look"), Code("x", "py"), Contact(room.ben)), original.id.created_ms)
    assert written.message.sections == (Text("see:"), copy)
    assert await room.origin(room.ben, room.there, written.message.id) == OriginView(
        channel_id=room.channel_id,
        message_id=original.id,
        author=(await house.write(room.anna, room.channel_id, Text("x"))).author,
    )


async def test_the_copy_stays_as_it_is(room: Room) -> None:
    house = room.house
    original = await house.say(room.anna, room.channel_id, "first")
    message = (await house.write(room.ben, room.there, NewForward(room.channel_id, original.id))).message
    await house.edit(original, Text("second"))
    await do_delete_message(house.actions, room.anna, room.channel_id, original.id)
    async with house.store.read() as reader:
        assert await reader.messages.get(room.there, message.id) == message
    assert await code_of(room.origin(room.ben, room.there, message.id)) == "unknown_message"


async def test_only_what_one_may_read_can_be_forwarded(room: Room) -> None:
    house, anna, cleo = room.house, room.anna, room.cleo
    original = await house.say(anna, room.channel_id)
    copy = NewForward(room.channel_id, original.id)
    assert await code_of(house.write(cleo, room.there, copy)) == "unknown_channel"
    gone = NewForward(room.channel_id, no_message())
    assert await code_of(house.write(room.ben, room.there, gone)) == "unknown_message"
    everyone = everyone_role_id(room.group_id)
    await house.overwrite(anna, room.channel_id, "role", everyone, deny=Permission.READ_HISTORY)
    assert await code_of(house.write(room.ben, room.there, copy)) == "forbidden"
    await house.overwrite(anna, room.channel_id, "role", everyone, deny=Permission.VIEW_CHANNEL)
    assert await code_of(house.write(room.ben, room.there, copy)) == "unknown_channel"


async def test_voice_channels_hold_no_messages(room: Room) -> None:
    voice = voice_channel(await room.house.group(room.ben))
    attempt = room.house.write(room.ben, room.there, NewForward(voice, no_message()))
    assert await code_of(attempt) == "wrong_channel_kind"


async def test_the_origin_is_told_to_those_who_may_read_there(room: Room) -> None:
    house = room.house
    original = await house.say(room.anna, room.channel_id)
    message = (await house.write(room.ben, room.there, NewForward(room.channel_id, original.id))).message
    assert (await room.origin(room.ben, room.there, message.id)).message_id == original.id
    assert await code_of(room.origin(room.cleo, room.there, message.id)) == "unknown_message"
    assert await code_of(room.origin(room.anna, room.there, message.id)) == "unknown_channel"
    await do_remove_member(house.actions, room.anna, room.group_id, room.ben)
    assert await code_of(room.origin(room.ben, room.there, message.id)) == "unknown_message"
    plain = await house.say(room.ben, room.there)
    for message_id in (plain.id, no_message()):
        assert await code_of(room.origin(room.ben, room.there, message_id)) == "unknown_message"


async def test_a_mere_forward_is_passed_on_from_where_it_came(room: Room) -> None:
    house = room.house
    original = await house.say(room.anna, room.channel_id, "first")
    house.clock.advance(60)
    copy = (await house.write(room.ben, room.there, NewForward(room.channel_id, original.id))).message
    house.clock.advance(60)
    copy_of_copy = (await house.write(room.ben, room.channel_id, NewForward(room.there, copy.id))).message
    assert copy_of_copy.sections == copy.sections
    assert (await room.origin(room.anna, room.channel_id, copy_of_copy.id)).message_id == original.id


async def test_a_forward_with_words_around_it_is_one_text(room: Room) -> None:
    house = room.house
    original = await house.say(room.anna, room.channel_id, "first")
    copy = await house.write(room.ben, room.there, NewForward(room.channel_id, original.id), Text("!"))
    house.clock.advance(60)
    flat = (await house.write(room.ben, room.channel_id, NewForward(room.there, copy.message.id))).message
    assert flat.sections == (Forward((Text("first"), Text("!")), copy.message.id.created_ms),)
    assert (await room.origin(room.ben, room.channel_id, flat.id)).message_id == copy.message.id


async def test_forwards_of_forwards_come_to_an_end(room: Room) -> None:
    small = room.house.with_limits(Limits(forward_text_max=8))
    message = (await small.write(room.ben, room.there, Text("1234"))).message
    message = (await small.write(room.ben, room.there, NewForward(room.there, message.id), Text("1234"))).message
    message = (await small.write(room.ben, room.there, NewForward(room.there, message.id), Text("1"))).message
    assert await code_of(small.write(room.ben, room.there, NewForward(room.there, message.id))) == "too_long"


async def test_files_in_a_forward_are_for_its_readers_too(room: Room) -> None:
    house = room.house
    file_id = (await do_upload(house.actions, room.anna, "a.txt", chunks(b"bytes"))).file_id
    original = (await house.write(room.anna, room.channel_id, NewFile(file_id))).message
    assert await code_of(get_file(house.actions, room.cleo, file_id)) == "unknown_file"
    message = (await house.write(room.ben, room.there, NewForward(room.channel_id, original.id))).message
    (forward,) = message.sections
    assert isinstance(forward, Forward)
    assert forward.sections == (File(file_id, "a.txt", "text/plain", 5),)
    await do_delete_message(house.actions, room.anna, room.channel_id, original.id)
    assert (await get_file(house.actions, room.cleo, file_id)).file.name == "a.txt"
    await house.edit(message, Text("nothing"))
    assert await code_of(get_file(house.actions, room.cleo, file_id)) == "unknown_file"


async def test_into_a_conversation_and_out_of_it(room: Room) -> None:
    house = room.house
    talk = await house.conversation(room.anna, room.cleo)
    said = await house.say(room.cleo, talk, "between us")
    copy = (await house.write(room.anna, room.channel_id, NewForward(talk, said.id))).message
    assert (await room.origin(room.anna, room.channel_id, copy.id)).channel_id == talk
    assert await code_of(room.origin(room.ben, room.channel_id, copy.id)) == "unknown_message"
    back = await house.write(room.anna, talk, NewForward(room.channel_id, copy.id))
    assert back.message.sections == copy.sections
    assert await code_of(house.write(room.ben, room.there, NewForward(talk, said.id))) == "unknown_channel"

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass

import pytest

from server.actions.invites import CreateInvite, do_accept_invite, do_create_invite, do_delete_invite
from server.actions.messages import do_delete_message, get_message
from server.actions.uploads import do_upload
from server.domain.access import everyone_role_id
from server.domain.entities import RelationKind
from server.domain.errors import ParleyError
from server.domain.ids import ChannelId, FileId, GroupId, MessageId, Snowflake, UserId
from server.domain.permissions import Permission
from server.domain.sections import (
    Contact,
    File,
    Forward,
    Invitation,
    NewFile,
    NewForward,
    NewSection,
    Reply,
    Section,
    Text,
)
from tests.support.actions import House, text_channel
from tests.support.pictures import chunks
from tests.support.statements import counted

TEXT = Text("look")


@dataclass
class Room:
    """Anna's group with Ben in it; Cleo is elsewhere."""

    house: House
    group_id: GroupId
    channel_id: ChannelId
    anna: UserId
    ben: UserId
    cleo: UserId

    async def upload(self, user_id: UserId, name: str = "notes.txt") -> FileId:
        return (await do_upload(self.house.actions, user_id, name, chunks(b"some bytes"))).file_id

    async def held(self, file_id: FileId) -> list[tuple[ChannelId, MessageId]]:
        """The messages that the file is in."""
        async with self.house.store.read() as reader:
            return await reader.files.uses(file_id)

    async def refused(self, user_id: UserId, *sections: NewSection) -> str:
        return await code_of(self.house.write(user_id, self.channel_id, *sections))


@pytest.fixture
async def room(house: House) -> Room:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    view = await house.group(anna, ben)
    await house.group(cleo)
    house.published()
    return Room(house, view.group.id, text_channel(view), anna, ben, cleo)


async def code_of(attempt: Awaitable[object]) -> str:
    with pytest.raises(ParleyError) as refused:
        await attempt
    return refused.value.code


# -------------------------------------------------------------------------------------------------------------- files


async def test_a_file_is_filled_in(room: Room) -> None:
    file_id = await room.upload(room.ben)
    written = await room.house.write(room.ben, room.channel_id, NewFile(file_id))
    assert written.message.sections == (File(file_id, "notes.txt", "text/plain", 10),)
    assert await room.held(file_id) == [(room.channel_id, written.message.id)]
    found = await get_message(room.house.actions, room.anna, room.channel_id, written.message.id)
    assert found.message == written.message


async def test_a_file_is_ones_own_and_in_one_message(room: Room) -> None:
    file_id = await room.upload(room.ben)
    assert await room.refused(room.anna, NewFile(file_id)) == "unknown_file"
    assert await room.refused(room.ben, NewFile(FileId(Snowflake(7)))) == "unknown_file"
    await room.house.write(room.ben, room.channel_id, NewFile(file_id))
    assert await room.refused(room.ben, NewFile(file_id)) == "unknown_file"


async def test_files_need_the_permission(room: Room) -> None:
    file_id = await room.upload(room.ben)
    everyone = everyone_role_id(room.group_id)
    await room.house.overwrite(room.anna, room.channel_id, "role", everyone, deny=Permission.ATTACH_FILES)
    assert await room.refused(room.ben, NewFile(file_id)) == "forbidden"
    written = await room.house.write(room.anna, room.channel_id, NewFile(await room.upload(room.anna)))
    elsewhere = await room.house.channel(room.anna, room.group_id)
    await room.house.write(room.ben, elsewhere.id, NewForward(room.channel_id, written.message.id))
    assert await room.refused(room.ben, NewForward(room.channel_id, written.message.id)) == "forbidden"


async def test_an_edit_keeps_adds_and_drops_files(room: Room) -> None:
    house = room.house
    first, second = await room.upload(room.ben), await room.upload(room.ben, "b.txt")
    message = (await house.write(room.ben, room.channel_id, NewFile(first), TEXT)).message
    message = await house.edit(message, NewFile(second), NewFile(first))
    assert [section.file_id for section in message.sections if isinstance(section, File)] == [second, first]
    assert await room.held(first) == await room.held(second) == [(room.channel_id, message.id)]
    message = await house.edit(message, NewFile(second))
    assert await room.held(first) == []
    await house.write(room.ben, room.channel_id, NewFile(first))
    assert await code_of(house.edit(message, NewFile(second), NewFile(first))) == "unknown_file"


# ----------------------------------------------------------------------------------------------------------- contacts


async def test_a_contact_is_somebody_one_knows(room: Room) -> None:
    written = await room.house.write(room.anna, room.channel_id, Contact(room.ben), Contact(room.anna))
    assert written.message.sections == (Contact(room.ben), Contact(room.anna))
    assert [user.username for user in written.users] == ["ben"]
    assert await room.refused(room.anna, Contact(room.ben), Contact(room.cleo)) == "unknown_user"
    await room.house.relate(room.anna, room.cleo, RelationKind.FRIEND)
    written = await room.house.write(room.anna, room.channel_id, Contact(room.cleo))
    assert [user.username for user in written.users] == ["cleo"]
    assert await room.refused(room.ben, Contact(room.cleo)) == "unknown_user"
    await room.house.conversation(room.ben, room.cleo)
    await room.house.write(room.ben, room.channel_id, Contact(room.cleo))


# -------------------------------------------------------------------------------------------------------- invitations


async def test_an_invitation_is_open_when_it_is_sent(room: Room) -> None:
    house, actions = room.house, room.house.actions
    invite = await do_create_invite(actions, room.anna, room.group_id, CreateInvite(max_uses=1))
    written = await house.write(room.ben, room.channel_id, Invitation(invite.code))
    assert written.message.sections == (Invitation(invite.code),)
    for code in ("nothing", "", "\ud800", "x" * 100):
        assert await room.refused(room.ben, Invitation(code)) == "unknown_invite"
    await do_accept_invite(actions, room.cleo, invite.code)
    assert await room.refused(room.ben, Invitation(invite.code)) == "unknown_invite"


async def test_what_an_edit_leaves_as_it_was_needs_no_reason_again(room: Room) -> None:
    house, actions = room.house, room.house.actions
    invite = await do_create_invite(actions, room.anna, room.group_id, CreateInvite())
    answered = await house.say(room.anna, room.channel_id)
    talk = await house.conversation(room.ben, room.cleo)
    said: tuple[NewSection, ...] = (Reply(answered.id), Invitation(invite.code), Contact(room.cleo))
    message = (await house.write(room.ben, room.channel_id, *said)).message
    await do_delete_invite(actions, room.anna, invite.code)
    await do_delete_message(actions, room.anna, room.channel_id, answered.id)
    async with house.store.write() as uow:
        await uow.channels.delete(talk)
    edited = await house.edit(message, *said, TEXT)
    assert edited.sections == (*said, TEXT)
    assert await code_of(house.edit(await house.edit(edited, TEXT), *said[:1], TEXT)) == "unknown_message"
    for section, code in ((said[1], "unknown_invite"), (said[2], "unknown_user")):
        assert await code_of(house.edit(edited, section, TEXT)) == code


# ----------------------------------------------------------------------------------------------------------- forwards


async def test_a_forward_is_kept_by_naming_the_message_itself(room: Room) -> None:
    house = room.house
    original = await house.say(room.anna, room.channel_id, "first")
    copy: Section = Forward((Text("first"),), original.id.created_ms)
    message = (await house.write(room.ben, room.channel_id, NewForward(room.channel_id, original.id))).message
    assert message.sections == (copy,)
    itself = NewForward(room.channel_id, message.id)
    await house.edit(original, Text("second"))
    assert (await house.edit(message, itself, TEXT)).sections == (copy, TEXT)
    async with house.store.read() as reader:
        assert await reader.origins.get(room.channel_id, message.id) is not None
    for other in (NewForward(room.channel_id, original.id), NewForward(ChannelId(Snowflake(7)), message.id)):
        assert await code_of(house.edit(message, other)) == "bad_request"
    plain = await house.edit(message, TEXT)
    assert plain.sections == (TEXT,)
    async with house.store.read() as reader:
        assert await reader.origins.get(room.channel_id, message.id) is None
    assert await code_of(house.edit(message, itself)) == "bad_request"


# ------------------------------------------------------------------------------------------------------------- prices


async def test_a_plain_message_asks_for_nothing_more_than_one_without_sections_to_fill_in(room: Room) -> None:
    """What sections and mentions cost is paid by those who use them."""
    with counted(room.house.store) as statements:
        await room.house.say(room.ben, room.channel_id)
    about = " ".join(statements)
    for table in ("mentions", "file_uses", "relations", "invites", "message_origins"):
        assert f"FROM {table}" not in about
        assert f"INTO {table}" not in about


async def test_the_number_of_statements_does_not_depend_on_how_many_sections_there_are(room: Room) -> None:
    numbers = []
    await room.house.say(room.ben, room.channel_id)  # what is read once for a group has been read
    for count in (1, 5):
        files = [NewFile(await room.upload(room.ben)) for _ in range(count)]
        contacts = [Contact(room.anna)] * count
        with counted(room.house.store) as statements:
            await room.house.write(room.ben, room.channel_id, *files, *contacts)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]

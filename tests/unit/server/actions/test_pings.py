from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import pytest

from server.actions.members import do_remove_member
from server.actions.messages import do_delete_message
from server.actions.snapshot import recount
from server.domain.access import everyone_role_id
from server.domain.entities import Cursor, Mentions, Message, RelationKind, Role
from server.domain.errors import TooMany
from server.domain.events import CursorUpdate, MessageCreate, MessageUpdate, Recount, ToUsers
from server.domain.ids import ChannelId, GroupId, RoleId, UserId
from server.domain.mentions import AllowedMentions
from server.domain.permissions import Permission
from server.domain.rates import Rate, Rule
from server.domain.sections import Code, NewForward, Reply, Text
from tests.support.actions import House, text_channel
from tests.support.statements import counted

VIEW = Permission.VIEW_CHANNEL


@dataclass
class Room:
    """Anna owns the group; Ben and Cleo are in it, and Dora, who does not see the channel; Ben and Dora are gardeners."""

    house: House
    group_id: GroupId
    channel_id: ChannelId
    role_id: RoleId
    anna: UserId
    ben: UserId
    cleo: UserId
    dora: UserId

    @property
    def people(self) -> Sequence[UserId]:
        return self.anna, self.ben, self.cleo, self.dora

    async def say(self, user_id: UserId, text: str, allowed: AllowedMentions | None = None) -> Message:
        return (await self.house.write(user_id, self.channel_id, Text(text), allowed=allowed)).message

    async def mentions(self) -> list[int]:
        """How many each of the four has."""
        return [(await self.house.counts(user_id, self.channel_id))[1] for user_id in self.people]

    async def set_role(self, *, mentionable: bool) -> None:
        async with self.house.store.write() as uow:
            role = next(role for role in await uow.roles.of_groups([self.group_id]) if role.id == self.role_id)
            await uow.roles.update(msgspec.structs.replace(role, mentionable=mentionable))

    def told(self) -> dict[UserId, tuple[int, int]]:
        """The last counts that were told to each, and forgets them."""
        found: dict[UserId, tuple[int, int]] = {}
        for audience, event in self.house.published():
            if isinstance(event, CursorUpdate) and isinstance(audience, ToUsers):
                (user_id,) = audience.user_ids
                found[user_id] = (event.cursor.unread, event.cursor.mentions)
        return found


@pytest.fixture
async def room(house: House) -> Room:
    anna, ben, cleo, dora = [await house.user(name) for name in ("anna", "ben", "cleo", "dora")]
    view = await house.group(anna, ben, cleo, dora)
    channel_id = text_channel(view)
    role: Role = await house.appoint(anna, view.group.id, ben, Permission.SPEAK)
    async with house.store.write() as uow:
        await uow.members.put_role(view.group.id, dora, role.id)
    await house.overwrite(anna, channel_id, "member", dora, deny=VIEW)
    house.published()
    return Room(house, view.group.id, channel_id, role.id, anna, ben, cleo, dora)


async def test_people_are_pinged_by_their_names(room: Room) -> None:
    message = await room.say(room.anna, f"<@{room.cleo}>, <@{room.ben}> and <@{room.cleo}>")
    assert message.mentions == Mentions(user_ids=(room.cleo, room.ben))
    assert await room.mentions() == [0, 1, 1, 0]
    ((_, event),) = room.house.published()
    assert isinstance(event, MessageCreate)
    assert event.message == message
    assert [user.username for user in event.users] == ["ben", "cleo"]


async def test_neither_oneself_nor_who_cannot_see_it(room: Room) -> None:
    stranger = await room.house.user("stranger")
    message = await room.say(room.ben, f"<@{room.ben}> <@{room.dora}> <@{stranger}> <@7>")
    assert message.mentions is None
    assert await room.mentions() == [0, 0, 0, 0]


async def test_a_name_of_a_member_may_be_known_and_that_of_a_stranger_not(room: Room) -> None:
    stranger = await room.house.user("stranger")
    text = Text(f"<@{room.ben}> <@{room.dora}> <@{stranger}> <@7>")
    written = await room.house.write(room.ben, room.channel_id, text)
    assert [user.username for user in written.users] == ["dora"]


async def test_who_has_blocked_the_author_is_not_pinged(room: Room) -> None:
    await room.house.relate(room.cleo, room.anna, RelationKind.BLOCKED)
    await room.house.relate(room.anna, room.ben, RelationKind.BLOCKED)
    message = await room.say(room.anna, f"<@{room.cleo}> <@{room.ben}>")
    assert message.mentions == Mentions(user_ids=(room.ben,))


async def test_code_and_forwards_ping_nobody(room: Room) -> None:
    first = await room.say(room.anna, f"<@{room.cleo}> @everyone")
    code = Code(f"<@{room.cleo}>")
    for sections in ((code,), (NewForward(room.channel_id, first.id),), (Text(f"`<@{room.cleo}>`"),)):
        written = await room.house.write(room.anna, room.channel_id, *sections)
        assert written.message.mentions is None


# -------------------------------------------------------------------------------------------------------- a great many


async def test_roles_are_pinged_when_they_are_for_everybody_to_mention(room: Room) -> None:
    assert (await room.say(room.cleo, f"<@&{room.role_id}>")).mentions is None
    await room.set_role(mentionable=True)
    message = await room.say(room.cleo, f"<@&{room.role_id}> <@&7> <@&{room.group_id}>")
    assert message.mentions == Mentions(role_ids=(room.role_id,))
    assert await room.mentions() == [0, 1, 0, 0]


async def test_with_the_right_any_role_and_everyone_are_pinged(room: Room) -> None:
    message = await room.say(room.anna, f"<@&{room.role_id}> @everyone")
    assert message.mentions == Mentions(role_ids=(room.role_id,), everyone=True)
    assert await room.mentions() == [0, 1, 1, 1]
    assert (await room.say(room.cleo, f"<@&{room.role_id}> @everyone @here")).mentions is None


async def test_of_those_with_a_role_only_who_sees_it_is_pinged(room: Room) -> None:
    """Where nobody is kept out, nobody is asked."""
    elsewhere = await room.house.channel(room.anna, room.group_id)
    await room.house.say(room.anna, elsewhere.id, f"<@&{room.role_id}>")
    await room.house.say(room.anna, room.channel_id, f"<@&{room.role_id}>")
    assert [(await room.house.counts(one, elsewhere.id))[1] for one in room.people] == [0, 1, 0, 1]
    assert await room.mentions() == [0, 1, 0, 0]


async def test_a_role_pings_those_who_had_it_when_it_was_written(room: Room) -> None:
    await room.say(room.anna, f"<@&{room.role_id}>")
    async with room.house.store.write() as uow:
        await uow.members.drop_role(room.group_id, room.ben, room.role_id)
        await uow.members.put_role(room.group_id, room.cleo, room.role_id)
    assert await room.mentions() == [0, 1, 0, 0]


async def test_the_author_is_not_pinged_by_a_role_of_theirs(room: Room) -> None:
    await room.set_role(mentionable=True)
    await room.say(room.ben, f"<@&{room.role_id}>")
    assert await room.mentions() == [0, 0, 0, 0]


async def test_here_are_those_who_are_connected_and_they_are_told(room: Room) -> None:
    room.house.attendees.there = {room.anna, room.cleo, room.dora}
    message = await room.say(room.anna, "@here")
    assert message.mentions == Mentions(here=True)
    assert room.told() == {room.cleo: (1, 1)}
    assert await room.mentions() == [0, 0, 1, 0]


async def test_who_counts_anyway_is_not_told(room: Room) -> None:
    """Clients count for themselves where a message names them, or everyone."""
    room.house.attendees.there = {room.ben, room.cleo}
    await room.say(room.anna, f"@here <@{room.cleo}>")
    assert room.told() == {room.ben: (1, 1)}
    await room.say(room.anna, f"@here <@&{room.role_id}>")
    assert room.told() == {room.ben: (2, 2), room.cleo: (2, 2)}
    await room.say(room.anna, "@here @everyone")
    assert room.told() == {}
    assert await room.mentions() == [0, 3, 3, 1]


async def test_counts_that_are_told_come_after_their_message(room: Room) -> None:
    room.house.attendees.there = {room.ben}
    message = await room.say(room.anna, "@here")
    (_, created), (audience, told) = room.house.published()
    assert isinstance(created, MessageCreate)
    cursor = Cursor(channel_id=room.channel_id, last_read_id=None, unread=1, mentions=1)
    assert (audience, told) == (ToUsers((room.ben,)), CursorUpdate(cursor=cursor))
    assert created.message == message


async def test_pinging_a_great_many_is_limited(room: Room) -> None:
    slow = room.house.with_rates({Rule.PING_MANY: Rate(1, 60)})
    await slow.say(room.anna, room.channel_id, "@everyone")
    for text in ("@here", f"<@&{room.role_id}>"):
        with pytest.raises(TooMany):
            await slow.say(room.anna, room.channel_id, text)
    await slow.say(room.anna, room.channel_id, f"<@{room.ben}>")


# ------------------------------------------------------------------------------------------------- what the author wants


@pytest.mark.parametrize(
    ("allowed", "pinged"),
    [
        (AllowedMentions(), "users roles everyone here"),
        (AllowedMentions(user_ids=()), "roles everyone here"),
        (AllowedMentions(role_ids=()), "users everyone here"),
        (AllowedMentions(everyone=False), "users roles"),
        (AllowedMentions(everyone=True), "users roles everyone here"),
        (AllowedMentions(user_ids=(), role_ids=(), everyone=False), ""),
    ],
)
async def test_an_author_may_ping_fewer_than_they_name(room: Room, allowed: AllowedMentions, pinged: str) -> None:
    message = await room.say(room.anna, f"<@{room.ben}> <@&{room.role_id}> @everyone @here", allowed)
    mentions = message.mentions or Mentions()
    words = {
        "users": bool(mentions.user_ids),
        "roles": bool(mentions.role_ids),
        "everyone": mentions.everyone,
        "here": mentions.here,
    }
    assert " ".join(word for word, holds in words.items() if holds) == pinged


async def test_a_list_holds_all_that_may_be_pinged_and_pings_nobody_else(room: Room) -> None:
    allowed = AllowedMentions(user_ids=(room.cleo, room.anna), role_ids=(room.role_id,))
    message = await room.say(room.anna, f"<@{room.ben}> <@{room.cleo}>", allowed)
    assert message.mentions == Mentions(user_ids=(room.cleo,))


async def test_an_answer_pings_the_one_it_answers(room: Room) -> None:
    first = await room.say(room.cleo, "hello?")
    for allowed, mentions in (
        (None, Mentions(user_ids=(room.cleo,))),
        (AllowedMentions(user_ids=()), Mentions(user_ids=(room.cleo,))),
        (AllowedMentions(replied_user=False), None),
    ):
        answer = await room.house.write(room.ben, room.channel_id, Reply(first.id), Text("yes"), allowed=allowed)
        assert answer.message.mentions == mentions
    mine = await room.house.write(room.cleo, room.channel_id, Reply(first.id), Text("well"))
    assert mine.message.mentions is None


# ---------------------------------------------------------------------------------------------------------------- edits


async def test_an_edit_pings_nobody_anew(room: Room) -> None:
    message = await room.say(room.anna, "hello")
    edited = await room.house.edit(message, Text(f"<@{room.ben}> @everyone"))
    assert edited.mentions == Mentions(user_ids=(room.ben,), everyone=True)
    assert await room.mentions() == [0, 0, 0, 0]
    assert room.told() == {}


async def test_who_is_named_no_longer_is_counted_no_longer_and_told(room: Room) -> None:
    message = await room.say(room.anna, f"<@{room.ben}> <@{room.cleo}> <@&{room.role_id}>")
    assert await room.mentions() == [0, 1, 1, 0]
    room.house.published()
    message = await room.house.edit(message, Text(f"<@&{room.role_id}>"))
    assert message.mentions == Mentions(role_ids=(room.role_id,))
    assert await room.mentions() == [0, 1, 0, 0]
    assert room.told() == {room.ben: (1, 1), room.cleo: (1, 0)}
    await room.house.edit(message, Text("nobody"))
    assert await room.mentions() == [0, 0, 0, 0]
    assert room.told() == {room.ben: (1, 0)}
    await room.house.edit(message, Text(f"<@{room.ben}>"))
    assert await room.mentions() == [0, 0, 0, 0]


async def test_who_has_read_it_is_not_told(room: Room) -> None:
    message = await room.say(room.anna, f"<@{room.ben}> <@{room.cleo}>")
    await room.say(room.cleo, "read")
    room.house.published()
    await room.house.edit(message, Text("nobody"))
    assert room.told() == {room.ben: (2, 0)}


async def test_who_may_not_read_it_any_more_is_not_told(room: Room) -> None:
    message = await room.say(room.anna, f"<@{room.ben}> <@{room.cleo}>")
    await room.house.overwrite(room.anna, room.channel_id, "member", room.cleo, deny=VIEW)
    await do_remove_member(room.house.actions, room.anna, room.group_id, room.ben)
    room.house.published()
    await room.house.edit(message, Text("nobody"))
    assert room.told() == {}


async def test_everyone_hears_through_the_gateway_that_they_are_pinged_no_longer(room: Room) -> None:
    message = await room.say(room.anna, "@everyone")
    room.house.published()
    await room.house.edit(message, Text("nobody"))
    assert Recount(room.group_id, room.channel_id, message.id) in room.house.bus.notices
    room.house.published()
    await recount(room.house.actions, room.channel_id, message.id, room.people)
    assert room.told() == {room.ben: (1, 0), room.cleo: (1, 0), room.dora: (1, 0)}


async def test_so_do_a_great_many(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.actions.pings.TOLD_ONE_BY_ONE_MAX", 1)
    message = await room.say(room.anna, f"<@{room.ben}> <@{room.cleo}>")
    message = await room.house.edit(message, Text(f"<@{room.cleo}>"))
    assert Recount(room.group_id, room.channel_id, message.id) not in room.house.bus.notices
    message = await room.say(room.anna, f"<@{room.ben}> <@{room.cleo}>")
    await room.house.edit(message, Text("nobody"))
    assert Recount(room.group_id, room.channel_id, message.id) in room.house.bus.notices


async def test_an_edit_that_leaves_the_mentions_tells_nobody(room: Room) -> None:
    room.house.attendees.there = {room.cleo}
    text = f"<@{room.ben}> <@&{room.role_id}> @everyone @here"
    message = await room.say(room.anna, text)
    before = await room.mentions()
    room.house.published()
    await room.house.edit(message, Text(text + "!"))
    assert await room.mentions() == before
    ((_, event),) = room.house.published()
    assert isinstance(event, MessageUpdate)


async def test_an_edited_answer_pings_as_it_did(room: Room) -> None:
    first = await room.say(room.cleo, "hello?")
    answer = (await room.house.write(room.ben, room.channel_id, Reply(first.id), Text("yse"))).message
    assert (await room.house.edit(answer, Reply(first.id), Text("yes"))).mentions == answer.mentions
    assert (await room.house.edit(answer, Text("yes"))).mentions is None
    quiet = AllowedMentions(replied_user=False)
    silent = (await room.house.write(room.ben, room.channel_id, Reply(first.id), Text("yse"), allowed=quiet)).message
    assert (await room.house.edit(silent, Reply(first.id), Text("yes"))).mentions is None
    await do_delete_message(room.house.actions, room.cleo, room.channel_id, first.id)
    assert (await room.house.edit(silent, Reply(first.id), Text("well"))).mentions is None


async def test_an_answer_to_what_is_gone_pings_as_it_did(room: Room) -> None:
    first = await room.say(room.cleo, "hello?")
    named = Text(f"yse <@{room.anna}>")
    answer = (await room.house.write(room.ben, room.channel_id, Reply(first.id), named)).message
    await do_delete_message(room.house.actions, room.cleo, room.channel_id, first.id)
    edited = await room.house.edit(answer, Reply(first.id), Text("yes"))
    assert edited.mentions == Mentions(user_ids=(room.cleo,))
    assert await room.mentions() == [0, 0, 1, 0]
    assert (await room.house.edit(edited, Text("yes"))).mentions is None


async def test_a_right_that_is_lost_is_lost_for_edits(room: Room) -> None:
    role = await room.house.appoint(room.anna, room.group_id, room.cleo, Permission.MENTION_EVERYONE)
    message = await room.say(room.cleo, "@everyone")
    assert message.mentions == Mentions(everyone=True)
    async with room.house.store.write() as uow:
        await uow.members.drop_role(room.group_id, room.cleo, role.id)
    assert (await room.house.edit(message, Text("@everyone!"))).mentions is None


# -------------------------------------------------------------------------------------------------------- conversations


async def test_in_a_conversation_all_may_ping_all(house: House, room: Room) -> None:
    talk = await house.conversation(room.anna, room.ben, room.cleo)
    house.attendees.there = {room.ben, room.dora}
    message = await house.say(room.cleo, talk, f"@here <@{room.anna}> <@{room.dora}> <@&{room.role_id}>")
    assert message.mentions == Mentions(user_ids=(room.anna,), here=True)
    assert room.told() == {room.ben: (1, 1)}
    await house.say(room.cleo, talk, "@everyone")
    assert [await house.counts(user_id, talk) for user_id in room.people[:3]] == [(2, 2), (2, 2), (0, 0)]


async def test_all_of_a_conversation_hear_that_they_are_pinged_no_longer(house: House, room: Room) -> None:
    talk = await house.conversation(room.anna, room.ben, room.cleo)
    message = await house.say(room.cleo, talk, "@everyone")
    house.published()
    await house.edit(message, Text("nobody"))
    assert room.told() == {room.anna: (1, 0), room.ben: (1, 0)}


# --------------------------------------------------------------------------------------------------------------- prices


async def test_the_number_of_statements_does_not_depend_on_how_many_are_pinged(house: House, room: Room) -> None:
    async with house.store.write() as uow:
        await uow.members.put_role(room.group_id, room.cleo, room.role_id)
    numbers = []
    for there, text in (
        ({room.ben}, f"<@{room.ben}> @here"),
        ({room.ben, room.cleo}, f"<@{room.ben}> <@{room.cleo}> @here"),
    ):
        house.attendees.there = there
        with counted(house.store) as statements:
            await room.say(room.anna, text)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]


async def test_everyones_role_is_no_way_to_ping_everyone(room: Room) -> None:
    assert (await room.say(room.anna, f"<@&{everyone_role_id(room.group_id)}>")).mentions is None

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from server.actions.audit import AuditQuery, get_audit
from server.actions.members import TimeOut, do_time_out
from server.actions.messages import (
    CreateMessage,
    EditMessage,
    PageQuery,
    Written,
    do_create_message,
    do_delete_message,
    do_edit_message,
    get_message,
    get_messages,
)
from server.actions.snapshot import group_view
from server.domain import codec
from server.domain.access import everyone_role_id
from server.domain.entities import AuditAction, Cursor, User
from server.domain.errors import Forbidden, Invalid, NotFound, ParleyError, TooMany
from server.domain.events import MessageCreate, MessageDelete, MessageUpdate, ToChannel
from server.domain.ids import MAX_ID, ChannelId, GroupId, MessageId, Snowflake, Snowflakes, UserId
from server.domain.limits import Limits
from server.domain.permissions import Permission
from server.domain.rates import Rate, Rule
from server.domain.sections import Code, NewSection, Reply, Text
from tests.support.actions import House, no_message, text_channel, voice_channel


class Room:
    """Anna's group with Ben in it, and its text channel; Cleo is elsewhere."""

    def __init__(self, house: House, group_id: GroupId, channel_id: ChannelId, *people: UserId) -> None:
        self.house = house
        self.group_id = group_id
        self.channel_id = channel_id
        self.anna, self.ben, self.cleo = people
        self.audience = ToChannel(group_id, channel_id)


@pytest.fixture
async def room(house: House) -> Room:
    people = [await house.user(name) for name in ("anna", "ben", "cleo")]
    view = await house.group(people[0], people[1])
    house.published()
    return Room(house, view.group.id, text_channel(view), *people)


def says(text: str, nonce: str = "n") -> CreateMessage:
    return CreateMessage(nonce=nonce, sections=(Text(text),))


async def code_of(attempt: object) -> str:
    with pytest.raises(ParleyError) as refused:
        await attempt  # type: ignore[misc]
    return refused.value.code


# -------------------------------------------------------------------------------------------------------------- write


async def test_a_message_is_stored_and_told_to_those_who_may_view_the_channel(house: House, room: Room) -> None:
    sections: tuple[NewSection, ...] = (Text("look:"), Code("print(1)", "python"))
    request = CreateMessage(nonce="n-1", sections=sections)
    written, is_new = await do_create_message(house.actions, room.ben, room.channel_id, request)
    assert is_new
    assert written.author == User(id=room.ben, username="ben", display_name="Ben")
    assert written.message.sections == sections
    assert (written.message.author_id, written.message.nonce) == (room.ben, "n-1")
    assert house.published() == [
        (room.audience, MessageCreate(message=written.message, author=written.author, member=written.member))
    ]
    assert await get_message(house.actions, room.anna, room.channel_id, written.message.id) == written


async def test_ids_rise_in_a_channel_whatever_the_clock_does(house: House, room: Room) -> None:
    first = await house.say(room.anna, room.channel_id)
    house.clock.advance(-3600)
    second = await house.say(room.ben, room.channel_id)
    assert second.id > first.id


async def test_ids_rise_in_a_channel_across_restarts_too(house: House, room: Room) -> None:
    first = await house.say(room.anna, room.channel_id)
    house.clock.advance(-3600)
    restarted = replace(house, actions=replace(house.actions, ids=Snowflakes()))
    assert (await restarted.say(room.ben, room.channel_id)).id > first.id


async def test_ones_own_message_is_read_and_unread_for_the_others(house: House, room: Room) -> None:
    message = await house.say(room.anna, room.channel_id)
    mine = (await group_view(house.actions, room.anna, room.group_id)).cursors
    theirs = (await group_view(house.actions, room.ben, room.group_id)).cursors
    assert mine == (Cursor(channel_id=room.channel_id, last_read_id=message.id, unread=0),)
    assert theirs == (Cursor(channel_id=room.channel_id, last_read_id=None, unread=1),)


async def test_the_same_nonce_gives_the_first_message_whatever_it_says_now(house: House, room: Room) -> None:
    first, _ = await do_create_message(house.actions, room.anna, room.channel_id, says("once"))
    again, is_new = await do_create_message(house.actions, room.anna, room.channel_id, says("twice"))
    assert not is_new
    assert again == first
    assert len(house.published()) == 1
    other, is_new = await do_create_message(house.actions, room.ben, room.channel_id, says("mine"))
    assert is_new
    assert other.message.id != first.message.id


async def test_the_same_nonce_at_once_writes_once(house: House, room: Room) -> None:
    attempts = [do_create_message(house.actions, room.anna, room.channel_id, says("once")) for _ in range(10)]
    written = await asyncio.gather(*attempts)
    assert len({one.message.id for one, _ in written}) == 1
    assert [is_new for _, is_new in written].count(True) == 1
    assert len(house.published()) == 1


async def test_a_nonce_stays_known_when_its_message_is_gone_or_its_author_silenced(house: House, room: Room) -> None:
    first, _ = await do_create_message(house.actions, room.ben, room.channel_id, says("once"))
    await do_time_out(house.actions, room.anna, room.group_id, room.ben, TimeOut(until_ms=house.clock.ms + 1000))
    second, is_new = await do_create_message(house.actions, room.ben, room.channel_id, says("once"))
    assert (second.message, is_new) == (first.message, False)
    await do_delete_message(house.actions, room.anna, room.channel_id, first.message.id)
    again, is_new = await do_create_message(house.actions, room.ben, room.channel_id, says("once"))
    assert (again.message.id, again.message.sections, is_new) == (first.message.id, (), False)


async def test_people_who_write_at_once_are_heard_in_one_order(house: House, room: Room) -> None:
    writers = [room.anna, room.ben] * 10
    await asyncio.gather(*(house.say(user_id, room.channel_id) for user_id in writers))
    ids = [event.message.id for _, event in house.published() if isinstance(event, MessageCreate)]
    assert len(ids) == 20
    assert ids == sorted(ids)


@pytest.mark.parametrize("nonce", ["", "x" * 65, "a b", "é", "a\x00"])
async def test_a_nonce_is_a_short_word(house: House, room: Room, nonce: str) -> None:
    assert await code_of(do_create_message(house.actions, room.anna, room.channel_id, says("hi", nonce))) == "bad_nonce"


async def test_what_a_message_may_not_be(house: House, room: Room) -> None:
    empty = CreateMessage(nonce="n", sections=())
    assert await code_of(do_create_message(house.actions, room.anna, room.channel_id, empty)) == "empty_message"
    assert await code_of(do_create_message(house.actions, room.anna, room.channel_id, says("x" * 4001))) == "too_long"
    voice = voice_channel(await group_view(house.actions, room.anna, room.group_id))
    assert await code_of(do_create_message(house.actions, room.anna, voice, says("hi"))) == "wrong_channel_kind"


async def test_who_may_not_write(house: House, room: Room) -> None:
    assert await code_of(do_create_message(house.actions, room.cleo, room.channel_id, says("hi"))) == "unknown_channel"
    nowhere = ChannelId(Snowflake(1))
    assert await code_of(do_create_message(house.actions, room.anna, nowhere, says("hi"))) == "unknown_channel"
    await do_time_out(house.actions, room.anna, room.group_id, room.ben, TimeOut(until_ms=house.clock.ms + 1000))
    assert await code_of(do_create_message(house.actions, room.ben, room.channel_id, says("hi"))) == "timed_out"
    house.clock.advance(1)
    await house.overwrite(room.anna, room.channel_id, "member", room.ben, deny=Permission.SEND_MESSAGES)
    with pytest.raises(Forbidden) as refused:
        await do_create_message(house.actions, room.ben, room.channel_id, says("hi"))
    assert (refused.value.code, refused.value.data) == ("forbidden", {"permission": "send_messages"})
    await house.overwrite(room.anna, room.channel_id, "member", room.ben, deny=Permission.VIEW_CHANNEL)
    assert await code_of(do_create_message(house.actions, room.ben, room.channel_id, says("hi"))) == "unknown_channel"


async def test_nobody_floods_a_channel(house: House, room: Room) -> None:
    house = house.with_rates({Rule.MESSAGE_WRITE: Rate(2, 10)})
    for _ in range(2):
        await house.say(room.anna, room.channel_id)
    with pytest.raises(TooMany):
        await house.say(room.anna, room.channel_id)
    await house.say(room.ben, room.channel_id)
    house.clock.advance(10)
    await house.say(room.anna, room.channel_id)


async def test_an_answer_needs_its_question_in_the_same_channel(house: House, room: Room) -> None:
    question = await house.say(room.anna, room.channel_id)
    elsewhere = await house.say(room.anna, (await house.channel(room.anna, room.group_id)).id)
    answer = CreateMessage(nonce="a", sections=(Reply(question.id), Text("yes")))
    written, _ = await do_create_message(house.actions, room.ben, room.channel_id, answer)
    assert written.message.sections[0] == Reply(question.id)
    for missing in (elsewhere.id, no_message()):
        request = CreateMessage(nonce="b", sections=(Reply(missing), Text("yes")))
        assert await code_of(do_create_message(house.actions, room.ben, room.channel_id, request)) == "unknown_message"


# --------------------------------------------------------------------------------------------------------------- edit


async def test_an_edit_replaces_the_sections_and_says_when(house: House, room: Room) -> None:
    message = await house.say(room.ben, room.channel_id, "tpyo")
    house.published()
    house.clock.advance(5)
    edit = EditMessage(sections=(Text("typo"),))
    written = await do_edit_message(house.actions, room.ben, room.channel_id, message.id, edit)
    assert (written.message.sections, written.message.edited_ms) == ((Text("typo"),), house.clock.ms)
    assert (written.message.id, written.message.nonce) == (message.id, message.nonce)
    assert house.published() == [(room.audience, MessageUpdate(message=written.message))]
    assert await get_message(house.actions, room.anna, room.channel_id, message.id) == written


async def test_only_the_author_edits_and_only_while_writing_is_allowed(house: House, room: Room) -> None:
    message = await house.say(room.ben, room.channel_id)
    edit = EditMessage(sections=(Text("other"),))

    def attempt(user_id: UserId, message_id: MessageId = message.id) -> object:
        return do_edit_message(house.actions, user_id, room.channel_id, message_id, edit)

    assert await code_of(attempt(room.anna)) == "forbidden"
    assert await code_of(attempt(room.cleo)) == "unknown_channel"
    assert await code_of(attempt(room.ben, no_message())) == "unknown_message"
    await do_time_out(house.actions, room.anna, room.group_id, room.ben, TimeOut(until_ms=house.clock.ms + 1000))
    assert await code_of(attempt(room.ben)) == "timed_out"
    empty = EditMessage(sections=(Text(" "),))
    assert (
        await code_of(do_edit_message(house.actions, room.ben, room.channel_id, message.id, empty)) == "empty_message"
    )


async def test_an_answer_stays_one_when_its_question_is_gone(house: House, room: Room) -> None:
    question = await house.say(room.anna, room.channel_id)
    request = CreateMessage(nonce="a", sections=(Reply(question.id), Text("yes")))
    answer, _ = await do_create_message(house.actions, room.ben, room.channel_id, request)
    await do_delete_message(house.actions, room.anna, room.channel_id, question.id)
    same = EditMessage(sections=(Reply(question.id), Text("no")))
    edited = await do_edit_message(house.actions, room.ben, room.channel_id, answer.message.id, same)
    assert edited.message.sections == same.sections
    other = EditMessage(sections=(Reply(no_message()), Text("no")))
    attempt = do_edit_message(house.actions, room.ben, room.channel_id, answer.message.id, other)
    assert await code_of(attempt) == "unknown_message"
    none = EditMessage(sections=(Text("no"),))
    await do_edit_message(house.actions, room.ben, room.channel_id, answer.message.id, none)


# ------------------------------------------------------------------------------------------------------------- delete


async def test_one_deletes_ones_own_message_once(house: House, room: Room) -> None:
    message = await house.say(room.ben, room.channel_id)
    house.published()
    await do_delete_message(house.actions, room.ben, room.channel_id, message.id)
    gone = MessageDelete(channel_id=room.channel_id, message_id=message.id)
    assert house.published() == [(room.audience, gone)]
    for attempt in (
        do_delete_message(house.actions, room.ben, room.channel_id, message.id),
        get_message(house.actions, room.ben, room.channel_id, message.id),
    ):
        assert await code_of(attempt) == "unknown_message"


async def test_deleting_what_others_wrote_needs_the_permission(house: House, room: Room) -> None:
    message = await house.say(room.anna, room.channel_id)
    with pytest.raises(Forbidden) as refused:
        await do_delete_message(house.actions, room.ben, room.channel_id, message.id)
    assert refused.value.data == {"permission": "manage_messages"}
    await house.appoint(room.anna, room.group_id, room.ben, Permission.MANAGE_MESSAGES)
    await do_delete_message(house.actions, room.ben, room.channel_id, message.id)


async def test_in_time_out_one_deletes_nothing_and_silenced_still_ones_own(house: House, room: Room) -> None:
    message = await house.say(room.ben, room.channel_id)
    await house.overwrite(
        room.anna, room.channel_id, "role", everyone_role_id(room.group_id), deny=Permission.SEND_MESSAGES
    )
    await do_time_out(house.actions, room.anna, room.group_id, room.ben, TimeOut(until_ms=house.clock.ms + 1000))
    attempt = do_delete_message(house.actions, room.ben, room.channel_id, message.id)
    assert await code_of(attempt) == "timed_out"
    house.clock.advance(1)
    await do_delete_message(house.actions, room.ben, room.channel_id, message.id)


# ------------------------------------------------------------------------------------------------------------ history


async def history(house: House, room: Room, count: int) -> list[MessageId]:
    return [(await house.say(room.anna, room.channel_id, f"{number}")).id for number in range(count)]


async def page(house: House, room: Room, **query: int) -> tuple[list[MessageId], bool, bool]:
    wanted = codec.convert({key: str(value) for key, value in query.items()}, PageQuery)
    found = await get_messages(house.actions, room.ben, room.channel_id, wanted)
    assert [user.id for user in found.users] == ([room.anna] if found.messages else [])
    return [message.id for message in found.messages], found.has_before, found.has_after


async def test_pages_walk_the_history_both_ways(house: House, room: Room) -> None:
    ids = await history(house, room, 7)
    assert await page(house, room) == (ids, False, False)
    assert await page(house, room, limit=7) == (ids, False, False)
    assert await page(house, room, limit=3) == (ids[4:], True, False)
    assert await page(house, room, before=ids[4], limit=3) == (ids[1:4], True, True)
    assert await page(house, room, before=ids[1], limit=3) == (ids[:1], False, True)
    assert await page(house, room, before=ids[0], limit=3) == ([], False, True)
    assert await page(house, room, after=ids[0], limit=3) == (ids[1:4], True, True)
    assert await page(house, room, after=ids[3], limit=3) == (ids[4:], True, False)
    assert await page(house, room, after=ids[6], limit=3) == ([], True, False)
    assert await page(house, room, after=0, limit=3) == (ids[:3], False, True)


async def test_a_page_around_a_message_has_it_in_the_middle(house: House, room: Room) -> None:
    ids = await history(house, room, 7)
    assert await page(house, room, around=ids[3], limit=4) == (ids[1:5], True, True)
    assert await page(house, room, around=ids[3], limit=3) == (ids[2:5], True, True)
    assert await page(house, room, around=ids[3], limit=1) == (ids[3:4], True, True)
    assert await page(house, room, around=ids[0], limit=4) == (ids[:2], False, True)
    assert await page(house, room, around=ids[6], limit=4) == (ids[4:], True, False)
    assert await page(house, room, around=ids[3], limit=100) == (ids, False, False)


async def test_a_page_around_what_is_gone_has_its_neighbours(house: House, room: Room) -> None:
    ids = await history(house, room, 3)
    await do_delete_message(house.actions, room.anna, room.channel_id, ids[1])
    assert await page(house, room, around=ids[1], limit=4) == ([ids[0], ids[2]], False, False)


@pytest.mark.parametrize("bound", [0, 1, MAX_ID])
@pytest.mark.parametrize("side", ["before", "after", "around"])
async def test_a_page_may_begin_anywhere(house: House, room: Room, side: str, bound: int) -> None:
    assert await page(house, room, **{side: bound}) == ([], False, False)


async def test_pages_have_a_size_and_one_bound(house: House, room: Room) -> None:
    for limit in (0, -1, 101):
        with pytest.raises(Invalid):
            await page(house, room, limit=limit)
    with pytest.raises(Invalid) as refused:
        await page(house, room, before=1, after=1)
    assert refused.value.code == "bad_request"


async def test_history_is_for_those_who_may_read_it(house: House, room: Room) -> None:
    message = await house.say(room.anna, room.channel_id)
    everyone = everyone_role_id(room.group_id)
    await house.overwrite(room.anna, room.channel_id, "role", everyone, deny=Permission.READ_HISTORY)
    for attempt in (
        get_messages(house.actions, room.ben, room.channel_id, PageQuery()),
        get_message(house.actions, room.ben, room.channel_id, message.id),
    ):
        assert await code_of(attempt) == "forbidden"
    for attempt in (
        get_messages(house.actions, room.cleo, room.channel_id, PageQuery()),
        get_message(house.actions, room.cleo, room.channel_id, message.id),
    ):
        assert await code_of(attempt) == "unknown_channel"


async def test_in_time_out_one_still_reads(house: House, room: Room) -> None:
    message = await house.say(room.anna, room.channel_id)
    await do_time_out(house.actions, room.anna, room.group_id, room.ben, TimeOut(until_ms=house.clock.ms + 1000))
    assert await page(house, room) == ([message.id], False, False)


async def test_messages_of_one_channel_are_not_found_in_another(house: House, room: Room) -> None:
    message = await house.say(room.anna, room.channel_id)
    other = await house.channel(room.anna, room.group_id)
    with pytest.raises(NotFound):
        await get_message(house.actions, room.anna, other.id, message.id)


async def test_limits_are_those_of_the_house(house: House, room: Room) -> None:
    small = house.with_limits(Limits(text_max=3, page_max=1))
    assert await code_of(do_create_message(small.actions, room.anna, room.channel_id, says("four"))) == "too_long"
    assert await code_of(get_messages(small.actions, room.anna, room.channel_id, PageQuery(limit=2))) == "bad_request"
    written, _ = await do_create_message(small.actions, room.anna, room.channel_id, says("abc"))
    assert isinstance(written, Written)


async def test_what_moderators_delete_of_others_stands_in_the_audit_log(house: House, room: Room) -> None:
    mine, his = await house.say(room.anna, room.channel_id), await house.say(room.ben, room.channel_id)
    for message in (mine, his):
        await do_delete_message(house.actions, room.anna, room.channel_id, message.id, "off topic")
    query = AuditQuery(action=AuditAction.MESSAGE_DELETE)
    (entry,) = (await get_audit(house.actions, room.anna, room.group_id, query)).entries
    assert (entry.target_id, entry.reason) == (str(int(his.id)), "off topic")
    assert entry.changes == {"channel_id": str(int(room.channel_id)), "user_id": str(int(room.ben))}

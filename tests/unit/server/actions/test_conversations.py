from __future__ import annotations

import pytest
from msgspec.structs import replace

from server.actions.conversations import (
    BeginConversation,
    ConversationList,
    RenameConversation,
    do_begin_conversation,
    do_bring_in,
    do_rename_conversation,
    do_take_out,
    get_conversation,
    get_conversations,
)
from server.actions.cursors import MoveCursor, do_move_cursor
from server.actions.messages import CreateMessage, PageQuery, do_create_message, do_delete_message, get_messages
from server.domain.entities import Conversation, ConversationKind, Cursor, DirectFrom
from server.domain.errors import Conflict, Forbidden, Invalid, NotFound, ParleyError, TooMany
from server.domain.events import ConversationDelete, ConversationUpdate, ConversationView, ToUsers
from server.domain.ids import ChannelId, Snowflake, UserId
from server.domain.limits import Limits
from server.domain.rates import Rate, Rule
from server.domain.relations import BLOCKED_BY, BLOCKING, FRIENDS, Tie
from server.domain.sections import Contact
from tests.support.actions import House
from tests.support.statements import counted

NOBODY = UserId(Snowflake(1))
NOWHERE = ChannelId(Snowflake(1))


async def people(house: House, *names: str) -> list[UserId]:
    return [await house.user(name) for name in names]


async def together(house: House, *names: str) -> list[UserId]:
    """People of one group."""
    made = await people(house, *names)
    await house.group(*made)
    house.published()
    return made


def request(*user_ids: UserId, name: str | None = None) -> BeginConversation:
    return BeginConversation(user_ids=user_ids) if name is None else BeginConversation(user_ids=user_ids, name=name)


# -------------------------------------------------------------------------------------------------------------- begin


async def test_two_people_have_one_conversation_for_ever(house: House) -> None:
    anna, ben = await people(house, "anna", "ben")
    view, fresh = await do_begin_conversation(house.actions, anna, request(ben))
    assert fresh
    conversation = view.conversation
    assert conversation == Conversation(id=conversation.id, kind=ConversationKind.DIRECT, member_ids=(anna, ben))
    cursor = Cursor(channel_id=conversation.id, last_read_id=None, unread=0)
    assert view == ConversationView(conversation=conversation, cursor=cursor)
    ((audience, event),) = house.published()
    assert audience == ToUsers((anna, ben))
    assert isinstance(event, ConversationUpdate)
    assert (event.conversation, event.cursor) == (conversation, cursor)
    assert sorted(user.username for user in event.users) == ["anna", "ben"]

    await house.say(anna, conversation.id)
    house.published()
    for one, other in ((anna, ben), (ben, anna)):
        again, fresh = await do_begin_conversation(house.actions, one, request(other))
        assert not fresh
        assert again == await get_conversation(house.actions, one, conversation.id)
    assert house.published() == []


async def test_several_people_have_as_many_conversations_as_they_like(house: House) -> None:
    anna, ben, cleo = await together(house, "anna", "ben", "cleo")
    first = await house.talk(anna, ben, cleo, ben)
    second = await house.talk(anna, ben, cleo, name="  the second  ")
    of_two = await house.talk(anna, ben, name="")
    assert (first.kind, first.name, first.owner_id) == (ConversationKind.GROUP, "", anna)
    assert first.member_ids == (anna, ben, cleo)
    assert second.name == "the second"
    assert of_two.kind is ConversationKind.GROUP
    assert len({first.id, second.id, of_two.id}) == 3


@pytest.mark.parametrize("others", [(), ("anna",), ("anna", "ben")])
async def test_a_conversation_is_with_others(house: House, others: tuple[str, ...]) -> None:
    named = dict(zip(("anna", "ben"), await people(house, "anna", "ben"), strict=True))
    with pytest.raises(Invalid) as refused:
        await do_begin_conversation(house.actions, named["anna"], request(*(named[other] for other in others)))
    assert (refused.value.code, refused.value.data) == ("bad_request", {"where": "user_ids"})


@pytest.mark.parametrize(
    ("direct_from", "may"),
    [
        (DirectFrom.EVERYONE, {"stranger", "member", "friend"}),
        (DirectFrom.GROUPS, {"member", "friend"}),
        (DirectFrom.FRIENDS, {"friend"}),
    ],
)
async def test_everybody_decides_who_may_write_to_them(house: House, direct_from: DirectFrom, may: set[str]) -> None:
    """To strangers, who may not write and have nothing in common with that person, there is no such person."""
    stranger, member, friend, cleo = await people(house, "stranger", "member", "friend", "cleo")
    await house.group(member, cleo)
    await house.tie(friend, cleo, FRIENDS)
    await house.hears_from(cleo, direct_from)
    for name, user_id in (("stranger", stranger), ("member", member), ("friend", friend)):
        if name in may:
            await house.talk(user_id, cleo)
        else:
            refused = NotFound if name == "stranger" else Forbidden
            with pytest.raises(refused) as error:
                await house.talk(user_id, cleo)
            assert error.value.code == ("unknown_user" if name == "stranger" else "cannot_message")


async def test_who_is_brought_into_one_of_several(house: House) -> None:
    """Friends, and people of one's groups who do not want to hear from friends alone; never strangers."""
    anna, ben, cleo = await together(house, "anna", "ben", "cleo")
    (dora,) = await people(house, "dora")
    with pytest.raises(NotFound) as unknown:
        await house.talk(anna, ben, dora)
    assert unknown.value.code == "unknown_user"
    with pytest.raises(NotFound):
        await house.talk(anna, ben, NOBODY)
    await house.tie(anna, dora, FRIENDS)
    await house.talk(anna, ben, dora)
    await house.hears_from(cleo, DirectFrom.FRIENDS)
    with pytest.raises(Forbidden) as refused:
        await house.talk(anna, ben, cleo)
    assert (refused.value.code, refused.value.data) == ("cannot_message", {"user_id": cleo})


async def refusal(house: House, user_id: UserId, *other_ids: UserId, name: str | None = None) -> ParleyError:
    with pytest.raises(ParleyError) as refused:
        await do_begin_conversation(house.actions, user_id, request(*other_ids, name=name))
    return refused.value


@pytest.mark.parametrize("name", [None, "of several"])
async def test_a_block_looks_like_any_other_wish_not_to_be_written_to(house: House, name: str | None) -> None:
    anna, ben, cleo = await together(house, "anna", "ben", "cleo")
    await house.tie(anna, ben, BLOCKED_BY)
    await house.hears_from(cleo, DirectFrom.FRIENDS)
    blocked, unheard = await refusal(house, anna, ben, name=name), await refusal(house, anna, cleo, name=name)
    assert (blocked.code, blocked.message) == (unheard.code, unheard.message) == ("cannot_message", unheard.message)
    own = await refusal(house, ben, anna, name=name)
    assert (own.code, own.message) == ("cannot_message", "You have blocked this person. Unblock them first.")


async def test_a_stranger_who_is_blocked_finds_nobody(house: House) -> None:
    anna, ben = await people(house, "anna", "ben")
    await house.tie(anna, ben, BLOCKED_BY)
    blocked, nobody = await refusal(house, anna, ben), await refusal(house, anna, NOBODY)
    assert (blocked.code, blocked.message, blocked.data) == (nobody.code, nobody.message, nobody.data)


async def test_a_conversation_has_ten_people_at_most(house: House) -> None:
    crowd = await together(house, *(f"user{number}" for number in range(11)))
    assert len((await house.talk(*crowd[:10])).member_ids) == 10
    refused = await refusal(house, *crowd)
    assert (refused.code, refused.data) == ("too_many", {"limit": 10})
    conversation = await house.talk(*crowd[1:])
    with pytest.raises(Conflict):
        await do_bring_in(house.actions, crowd[1], conversation.id, crowd[0])


async def test_one_person_is_in_so_many_conversations_at_most(house: House) -> None:
    house = house.with_limits(Limits(conversations_max=2, direct_conversations_max=1))
    anna, ben, cleo = await together(house, "anna", "ben", "cleo")
    await house.talk(anna, ben)
    assert (await refusal(house, cleo, anna)).code == "too_many"
    assert (await refusal(house, anna, cleo)).code == "too_many"
    await house.talk(anna, ben, name="one")
    await house.talk(ben, anna, name="two")
    assert (await refusal(house, cleo, anna, ben)).message == "Somebody of them is in 2 conversations already."
    assert (await refusal(house, anna, cleo, name="three")).message == "You are in 2 conversations already."


async def test_how_often_one_may_begin(house: House) -> None:
    house = house.with_rates({Rule.CONVERSE: Rate(1, 60)})
    anna, ben = await together(house, "anna", "ben")
    await house.talk(anna, ben)
    with pytest.raises(TooMany):
        await house.talk(anna, ben)


# --------------------------------------------------------------------------------------------------------------- look


async def test_the_list_has_the_latest_first_with_the_last_message_that_is_there(house: House) -> None:
    anna, ben, cleo = await together(house, "anna", "ben", "cleo")
    with_ben, with_cleo, of_three = (
        await house.talk(anna, ben),
        await house.talk(anna, cleo),
        await house.talk(anna, ben, cleo),
    )
    said = [await house.say(ben, with_ben.id) for _ in range(2)]
    gone = await house.say(cleo, with_cleo.id)
    await do_delete_message(house.actions, cleo, with_cleo.id, gone.id)
    found = await get_conversations(house.actions, anna)
    assert [view.conversation.id for view in found.conversations] == [with_cleo.id, with_ben.id, of_three.id]
    assert [view.last_message for view in found.conversations] == [None, said[1], None]
    assert [view.cursor.unread for view in found.conversations] == [0, 2, 0]
    assert found.conversations[0].conversation.last_message_id == gone.id
    assert {user.id for user in found.users} == {anna, ben, cleo}
    assert await get_conversations(house.actions, await house.user("dora")) == ConversationList(
        conversations=(), users=()
    )


async def test_who_wrote_last_and_left_is_named_in_the_list(house: House) -> None:
    anna, ben, cleo = await together(house, "anna", "ben", "cleo")
    conversation = await house.talk(anna, ben, cleo)
    await house.say(cleo, conversation.id)
    await do_take_out(house.actions, cleo, conversation.id, cleo)
    found = await get_conversations(house.actions, anna)
    assert {user.id for user in found.users} == {anna, ben, cleo}
    assert found.conversations[0].conversation.member_ids == (anna, ben)


async def test_whose_card_the_last_message_is_is_named_in_the_list(house: House) -> None:
    anna, ben, cleo = await together(house, "anna", "ben", "cleo")
    direct = await house.talk(anna, ben)
    card = CreateMessage(nonce="card", sections=(Contact(user_id=cleo),))
    await do_create_message(house.actions, ben, direct.id, card)
    found = await get_conversations(house.actions, anna)
    assert {user.id for user in found.users} == {anna, ben, cleo}


async def test_the_list_takes_the_same_few_statements_for_two_and_for_twenty(house: House) -> None:
    anna, *others = await together(house, "anna", *(f"user{number}" for number in range(20)))
    seen = []
    for some in (others[:2], others[2:]):
        for other in some:
            conversation = await house.talk(anna, other)
            await house.say(other, conversation.id)
        await get_conversations(house.actions, anna)  # profiles are known from here on
        with counted(house.store) as statements:
            await get_conversations(house.actions, anna)
        seen.append(len(statements))
    assert seen == [5, 5]


async def test_a_conversation_is_only_there_for_its_members(house: House) -> None:
    anna, ben, cleo = await together(house, "anna", "ben", "cleo")
    direct = await house.talk(anna, ben)
    for channel_id in (direct.id, NOWHERE):
        for attempt in (
            get_conversation(house.actions, cleo, channel_id),
            do_rename_conversation(house.actions, cleo, channel_id, RenameConversation(name="x")),
            do_bring_in(house.actions, cleo, channel_id, cleo),
            do_take_out(house.actions, cleo, channel_id, anna),
        ):
            with pytest.raises(NotFound) as refused:
                await attempt
            assert refused.value.code == "unknown_conversation"


# ------------------------------------------------------------------------------------------------------------- change


async def test_everybody_in_it_may_rename_it(house: House) -> None:
    anna, ben, cleo = await together(house, "anna", "ben", "cleo")
    conversation = await house.talk(anna, ben, cleo, name="first")
    house.published()
    renamed = await do_rename_conversation(house.actions, ben, conversation.id, RenameConversation(name="second"))
    assert renamed == replace(conversation, name="second")
    ((audience, event),) = house.published()
    assert audience == ToUsers((anna, ben, cleo))
    assert isinstance(event, ConversationUpdate)
    assert (event.conversation, event.cursor) == (renamed, None)
    assert (await do_rename_conversation(house.actions, ben, conversation.id, RenameConversation(name=" "))).name == ""
    with pytest.raises(Invalid):
        await do_rename_conversation(house.actions, ben, conversation.id, RenameConversation(name="x" * 101))


async def test_a_direct_conversation_stays_as_it_is(house: House) -> None:
    anna, ben, cleo = await together(house, "anna", "ben", "cleo")
    direct = await house.talk(anna, ben)
    for attempt in (
        do_rename_conversation(house.actions, anna, direct.id, RenameConversation(name="x")),
        do_bring_in(house.actions, anna, direct.id, cleo),
        do_take_out(house.actions, anna, direct.id, anna),
    ):
        with pytest.raises(Invalid) as refused:
            await attempt
        assert refused.value.code == "wrong_channel_kind"


async def test_who_is_brought_in_has_read_what_was_written_before(house: House) -> None:
    anna, ben, cleo, dora = await together(house, "anna", "ben", "cleo", "dora")
    conversation = await house.talk(anna, ben, cleo)
    said = [await house.say(anna, conversation.id) for _ in range(3)]
    house.published()
    grown = await do_bring_in(house.actions, ben, conversation.id, dora)
    assert grown.member_ids == (anna, ben, cleo, dora)
    (to_dora, for_dora), (to_others, for_others) = house.published()
    assert (to_dora, to_others) == (ToUsers((dora,)), ToUsers((anna, ben, cleo)))
    assert isinstance(for_dora, ConversationUpdate)
    assert isinstance(for_others, ConversationUpdate)
    assert for_dora.cursor == Cursor(channel_id=conversation.id, last_read_id=said[-1].id, unread=0)
    assert for_others.cursor is None
    assert for_dora.conversation == for_others.conversation == grown
    page = await get_messages(house.actions, dora, conversation.id, PageQuery())
    assert page.messages == tuple(said)
    await house.say(anna, conversation.id)
    assert (await get_conversation(house.actions, dora, conversation.id)).cursor.unread == 1

    house.published()
    assert await do_bring_in(house.actions, anna, conversation.id, dora) == replace(
        grown,
        last_message_id=(await get_conversation(house.actions, anna, conversation.id)).conversation.last_message_id,
    )
    assert house.published() == [], "who is there comes in no more"


async def test_who_may_not_be_brought_in(house: House) -> None:
    anna, ben, cleo, dora = await together(house, "anna", "ben", "cleo", "dora")
    (stranger,) = await people(house, "stranger")
    conversation = await house.talk(anna, ben, cleo)
    await house.tie(anna, dora, BLOCKING)
    with pytest.raises(Forbidden):
        await do_bring_in(house.actions, anna, conversation.id, dora)
    with pytest.raises(NotFound):
        await do_bring_in(house.actions, anna, conversation.id, stranger)
    await do_bring_in(house.actions, ben, conversation.id, dora)


async def test_leaving_and_coming_back(house: House) -> None:
    anna, ben, cleo = await together(house, "anna", "ben", "cleo")
    conversation = await house.talk(anna, ben, cleo)
    said = await house.say(anna, conversation.id)
    await do_move_cursor(house.actions, cleo, conversation.id, MoveCursor(message_id=said.id))
    house.published()
    await do_take_out(house.actions, cleo, conversation.id, cleo)
    (to_cleo, for_cleo), (to_others, for_others) = house.published()
    assert (to_cleo, for_cleo) == (ToUsers((cleo,)), ConversationDelete(channel_id=conversation.id))
    assert to_others == ToUsers((anna, ben))
    assert isinstance(for_others, ConversationUpdate)
    assert for_others.conversation.member_ids == (anna, ben)
    with pytest.raises(NotFound):
        await house.say(cleo, conversation.id)
    missed = await house.say(anna, conversation.id)
    await do_bring_in(house.actions, anna, conversation.id, cleo)
    assert (await get_conversation(house.actions, cleo, conversation.id)).cursor == Cursor(
        channel_id=conversation.id, last_read_id=missed.id, unread=0
    )


async def test_only_its_owner_takes_others_out(house: House) -> None:
    anna, ben, cleo = await together(house, "anna", "ben", "cleo")
    conversation = await house.talk(anna, ben, cleo)
    with pytest.raises(Forbidden) as refused:
        await do_take_out(house.actions, ben, conversation.id, cleo)
    assert (refused.value.code, refused.value.data) == ("forbidden", {"permission": "owner"})
    await do_take_out(house.actions, anna, conversation.id, cleo)
    with pytest.raises(NotFound) as gone:
        await do_take_out(house.actions, anna, conversation.id, cleo)
    assert gone.value.code == "unknown_member"


async def test_the_owners_part_passes_on_and_the_last_one_out_ends_it(house: House) -> None:
    anna, ben, cleo = await together(house, "anna", "ben", "cleo")
    conversation = await house.talk(cleo, anna, ben)
    said = await house.say(anna, conversation.id)
    await do_take_out(house.actions, cleo, conversation.id, cleo)
    assert (await get_conversation(house.actions, ben, conversation.id)).conversation.owner_id == anna
    await do_take_out(house.actions, anna, conversation.id, ben)
    house.published()
    await do_take_out(house.actions, anna, conversation.id, anna)
    assert house.published() == [(ToUsers((anna,)), ConversationDelete(channel_id=conversation.id))]
    async with house.store.read() as reader:
        assert await reader.conversations.get(conversation.id) is None
        assert await reader.messages.get(conversation.id, said.id) is None


# -------------------------------------------------------------------------------------------------- writing in them


@pytest.mark.parametrize("tie", [BLOCKED_BY, BLOCKING])
async def test_nobody_writes_through_a_block(house: House, tie: Tie) -> None:
    anna, ben = await people(house, "anna", "ben")
    direct = await house.talk(anna, ben)
    said = await house.say(anna, direct.id)
    await house.tie(anna, ben, tie)
    for user_id in (anna, ben):
        with pytest.raises(Forbidden) as refused:
            await house.say(user_id, direct.id)
        assert refused.value.code == "cannot_message"
        assert (await get_messages(house.actions, user_id, direct.id, PageQuery())).messages == (said,)
        assert (await do_begin_conversation(house.actions, user_id, request(anna if user_id == ben else ben)))[
            1
        ] is False
    with pytest.raises(Forbidden):
        await do_delete_message(house.actions, ben, direct.id, said.id)
    await do_delete_message(house.actions, anna, direct.id, said.id)


async def test_a_block_does_not_reach_into_conversations_of_several(house: House) -> None:
    anna, ben, cleo = await together(house, "anna", "ben", "cleo")
    conversation = await house.talk(anna, ben, cleo)
    await house.tie(anna, ben, BLOCKING)
    for user_id in (anna, ben):
        await house.say(user_id, conversation.id)

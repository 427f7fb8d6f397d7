from __future__ import annotations

import itertools

from server.actions.messages import PageQuery, get_message, get_messages
from server.actions.people import named_in
from server.actions.places import place_of
from server.domain.sections import Contact, NewForward, Text
from tests.support.actions import House, text_channel
from tests.support.statements import counted


async def test_a_page_names_who_is_named_in_it(house: House) -> None:
    anna, ben, cleo, dora, eve = [await house.user(name) for name in ("anna", "ben", "cleo", "dora", "eve")]
    view = await house.group(anna, ben, cleo)
    channel_id = text_channel(view)
    await house.conversation(anna, dora)
    await house.say(anna, channel_id, f"<@{ben}> and a stranger, <@{eve}>")
    carded = await house.write(anna, channel_id, Contact(dora))
    page = await get_messages(house.actions, ben, channel_id, PageQuery())
    assert {user.username for user in page.users} == {"anna", "ben", "dora"}
    assert {member.user_id for member in page.members} == {anna, ben}
    one = await get_message(house.actions, ben, channel_id, carded.message.id)
    assert (one.author.username, [user.username for user in one.users]) == ("anna", ["dora"])
    await house.write(anna, channel_id, NewForward(channel_id, page.messages[0].id), Text(f"\\<@{cleo}>"))
    newest = await get_messages(house.actions, ben, channel_id, PageQuery(limit=1))
    assert {user.username for user in newest.users} == {"anna", "ben"}


async def test_in_a_conversation_its_members_are_known(house: House) -> None:
    anna, ben, eve = [await house.user(name) for name in ("anna", "ben", "eve")]
    talk = await house.conversation(anna, ben)
    said = await house.say(anna, talk, f"<@{anna}> <@{ben}> <@{eve}>")
    async with house.store.read() as reader:
        place = await place_of(reader, anna, talk, house.clock.ms)
        assert await named_in(reader, place, [said]) == {anna, ben}


async def test_a_page_takes_as_many_statements_for_many_messages_as_for_one(house: House) -> None:
    people = [await house.user(f"user{number}") for number in range(8)]
    view = await house.group(*people)
    channel_id = text_channel(view)
    numbers = []
    for user_id, other_id in itertools.pairwise(people):
        await house.write(user_id, channel_id, Text(f"<@{other_id}> <@{people[0]}>"), Contact(other_id))
    for limit in (1, 7):
        with counted(house.store) as statements:
            page = await get_messages(house.actions, people[0], channel_id, PageQuery(limit=limit))
        assert len(page.messages) == limit
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]

from __future__ import annotations

import pytest

from server.actions.messages import EditMessage, do_delete_message, do_edit_message
from server.actions.search import SearchPage, SearchQuery, get_search
from server.domain.access import everyone_role_id
from server.domain.entities import Conversation, ConversationKind
from server.domain.errors import ParleyError
from server.domain.ids import ChannelId, UserId
from server.domain.permissions import Permission
from server.domain.sections import Text
from tests.support.actions import House, text_channel
from tests.support.statements import counted


def found(page: SearchPage) -> list[str]:
    return [section.text for hit in page.results for section in hit.message.sections if isinstance(section, Text)]


async def search(house: House, user_id: UserId, q: str, **more: object) -> list[str]:
    return found(await get_search(house.actions, user_id, SearchQuery(q=q, **more)))  # type: ignore[arg-type]


async def code(house: House, user_id: UserId, q: str, **more: object) -> tuple[str, object]:
    with pytest.raises(ParleyError) as refused:
        await search(house, user_id, q, **more)
    return refused.value.code, refused.value.data.get("where")


async def test_only_what_one_may_read_is_found(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    view = await house.group(anna, ben)
    general = text_channel(view)
    secret = await house.channel(anna, view.group.id, "secret")
    everyone = everyone_role_id(view.group.id)
    await house.overwrite(anna, secret.id, "role", everyone, deny=Permission.VIEW_CHANNEL)
    silent = await house.channel(anna, view.group.id, "no history")
    await house.overwrite(anna, silent.id, "role", everyone, deny=Permission.READ_HISTORY)
    for channel_id in (general, secret.id, silent.id):
        await house.say(anna, channel_id, f"roses in {channel_id}")
    elsewhere = await house.group(cleo)
    await house.say(cleo, text_channel(elsewhere), "roses of cleo")
    assert await search(house, anna, "roses") == [f"roses in {one}" for one in (silent.id, secret.id, general)]
    assert await search(house, ben, "roses") == [f"roses in {general}"]
    assert await search(house, ben, "roses", group=view.group.id) == [f"roses in {general}"]
    assert await search(house, cleo, "roses") == ["roses of cleo"]
    assert (await code(house, cleo, "roses", group=view.group.id))[0] == "unknown_group"
    assert (await code(house, ben, "roses", channel=secret.id))[0] == "unknown_channel"
    assert (await code(house, ben, "roses", channel=silent.id))[0] == "forbidden"
    assert await code(house, ben, "roses in:secret") == ("bad_search", "in")


async def test_conversations_are_searched_too(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    id_ = ChannelId(house.actions.ids.next(house.clock.ms))
    async with house.store.write() as uow:
        members = tuple(sorted((anna, ben)))
        await uow.conversations.add(Conversation(id=id_, kind=ConversationKind.DIRECT, member_ids=members))
    await house.say(anna, id_, "roses in private")
    assert await search(house, ben, "roses") == ["roses in private"]
    assert await search(house, ben, "roses", channel=id_) == ["roses in private"]
    assert await search(house, cleo, "roses") == []


async def test_names_in_filters(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna, ben)
    general, other = text_channel(view), await house.channel(anna, view.group.id, "Two Words")
    await house.say(anna, general, "one")
    await house.say(ben, other.id, "two")
    assert await search(house, anna, "from:Ben") == ["two"]
    assert await search(house, anna, f"from:{int(anna)}") == ["one"]
    assert await search(house, anna, 'in:"two words"') == ["two"]
    assert await search(house, anna, f"in:{int(general)}") == ["one"]
    assert await code(house, anna, "from:nobody") == ("bad_search", "from")
    assert await code(house, anna, "mentions:?") == ("bad_search", "mentions")
    assert await code(house, anna, "") == ("bad_search", "q")


async def test_edits_and_deletions_change_what_is_found(house: House) -> None:
    anna = await house.user("anna")
    channel_id = text_channel(await house.group(anna))
    message = await house.say(anna, channel_id, "roses")
    await do_edit_message(house.actions, anna, channel_id, message.id, EditMessage(sections=(Text("tulips"),)))
    assert await search(house, anna, "roses") == []
    assert await search(house, anna, "tulips") == ["tulips"]
    await do_delete_message(house.actions, anna, channel_id, message.id)
    assert await search(house, anna, "tulips") == []


async def test_results_come_by_pages_with_what_stands_beside_them(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna, ben)
    channel_id = text_channel(view)
    for number in range(5):
        await house.say(anna, channel_id, f"rose {number}")
        await house.say(ben, channel_id, f"between {number}")
    first = await get_search(house.actions, ben, SearchQuery(q="rose", limit=3, group=view.group.id))
    assert found(first) == ["rose 4", "rose 3", "rose 2"]
    assert first.next == first.results[-1].message.id
    assert [found_in(hit.context_before) + found_in(hit.context_after) for hit in first.results] == [
        [f"between {number - 1}", f"between {number}"] for number in (4, 3, 2)
    ]
    assert {user.id for user in first.users} == {anna, ben}
    assert {member.user_id for member in first.members} == {anna, ben}
    second = await get_search(house.actions, ben, SearchQuery(q="rose", limit=3, before=first.next))
    assert {member.user_id for member in second.members} == {anna, ben}, "everywhere as in one group"
    assert (found(second), second.next) == (["rose 1", "rose 0"], None)
    assert second.results[-1].context_before == ()


async def test_who_is_named_is_told_with_their_nickname_here(house: House) -> None:
    anna, ben, cleo = await house.user("anna"), await house.user("ben"), await house.user("cleo")
    view = await house.group(anna, ben)
    await house.say(anna, text_channel(view), f"rose for <@{ben}>, not for <@{cleo}>")
    page = await get_search(house.actions, anna, SearchQuery(q="rose"))
    assert {user.id for user in page.users} == {anna, ben}, "a stranger to the group is anybody, whose name is not told"
    assert {(member.group_id, member.user_id) for member in page.members} == {
        (view.group.id, anna),
        (view.group.id, ben),
    }


def found_in(messages: tuple[object, ...]) -> list[str]:
    return [section.text for one in messages for section in one.sections]  # type: ignore[attr-defined]


async def test_what_may_not_be_read_is_passed_over_whatever_there_is_of_it(house: House) -> None:
    """More channels than are named in the question, and hidden messages before the one that is not."""
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna, ben)
    await house.say(anna, text_channel(view), "rose for all")
    secret = await house.channel(anna, view.group.id, "secret")
    await house.overwrite(anna, secret.id, "role", everyone_role_id(view.group.id), deny=Permission.VIEW_CHANNEL)
    for number in range(32):
        await house.channel(anna, view.group.id, f"c{number}")
    for _ in range(205):
        house.clock.advance(1)
        await house.say(anna, secret.id, "rose for few")
    assert await search(house, ben, "rose") == ["rose for all"]


async def test_the_number_of_statements_does_not_grow(house: House) -> None:
    anna = await house.user("anna")
    await house.actions.profiles.by_ids([anna])  # read once, and known from then on
    counts = []
    for _ in range(2):
        for _ in range(3):
            channel_id = text_channel(await house.group(anna))
            for number in range(3):
                await house.say(anna, channel_id, f"rose {number}")
        with counted(house.store) as statements:
            assert len(await search(house, anna, "rose", limit=50)) >= 9
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 14
